// Package samples makes the workbooks of a fictitious training centre, as its
// staff would have made them, and a register of any size to measure with.
package samples

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"regcert/internal/calendar"
)

// AsOf is the day for which the sample workbooks are made: on it every status
// that there is stands on some row.
func AsOf() calendar.Date { return calendar.NewDate(2026, time.May, 11) }

// Workbook is one of the sample workbooks.
type Workbook struct {
	Name string // of the file
	Data []byte
}

// Workbooks makes the sample workbooks: the same bytes each time.
func Workbooks() ([]Workbook, error) { return WorkbooksOn(AsOf()) }

// WorkbooksOn makes the sample workbooks as they were on an earlier day: what
// happened after it is not entered yet.
func WorkbooksOn(day calendar.Date) ([]Workbook, error) {
	c, err := newCentre()
	if err != nil {
		return nil, err
	}
	if day < AsOf() {
		c.rewind(day)
	}
	var made []Workbook
	for _, p := range plans() {
		data, err := c.build(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		made = append(made, Workbook{p.name, data})
	}
	return made, nil
}

// Write makes the sample workbooks, as they were on a day, in the folder dir, in
// the place of any that are there.
func Write(dir string, day calendar.Date) error {
	made, err := WorkbooksOn(day)
	if err != nil {
		return err
	}
	for _, w := range made {
		if err := os.WriteFile(filepath.Join(dir, w.Name), w.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
