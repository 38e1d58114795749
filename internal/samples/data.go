package samples

import (
	"embed"
	"fmt"
	"strings"
)

// The centre is kept as text, so that it can be read and changed as text.
//
//go:embed data/*.txt
var files embed.FS

// row is one row of a sheet, cell by heading. A cell is written as staff would
// type it: 24/03/2026 is a date, and what stands in "quotes" is text exactly
// as it is.
type row map[string]string

// readTable reads a table of the centre: a line of headings, then a line a
// row, with | between cells.
func readTable(name string) ([]row, error) {
	var headings []string
	var rows []row
	err := eachLine(name, func(cells []string) error {
		if headings == nil {
			headings = cells
			return nil
		}
		if len(cells) > len(headings) {
			return fmt.Errorf("%d cells under %d headings", len(cells), len(headings))
		}
		r := row{}
		for i, c := range cells {
			r[headings[i]] = c
		}
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// change is what differs on one row from what ordinarily stands there.
type change struct {
	who    string // a Learner ID, or Learner ID/cohort
	unit   string // a Unit Code, or * for all; empty but on Assessments
	cells  row
	remove bool // the row does not exist
}

// readChanges reads a list of changes: who and, for assessments, which unit,
// then "Column = cell" for each cell.
func readChanges(name string) ([]change, error) {
	var list []change
	err := eachLine(name, func(cells []string) error {
		c := change{cells: row{}}
		c.who, c.unit, _ = strings.Cut(cells[0], " ")
		for _, cell := range cells[1:] {
			column, value, ok := strings.Cut(cell, "=")
			switch {
			case ok:
				c.cells[strings.TrimSpace(column)] = strings.TrimSpace(value)
			case cell == "remove":
				c.remove = true
			default:
				return fmt.Errorf("%q is neither a cell nor remove", cell)
			}
		}
		list = append(list, c)
		return nil
	})
	return list, err
}

// eachLine calls fn with the cells of every line that is neither empty nor a
// comment.
func eachLine(name string, fn func(cells []string) error) error {
	text, err := files.ReadFile("data/" + name)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		if err := fn(cells); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, i+1, err)
		}
	}
	return nil
}
