package samples

import (
	"fmt"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"
)

// spare is how many rows below the last one are ready to be filled: drop-down
// lists and conditional formats reach so far.
const spare = 40

// book is a workbook being made. The first error stops all that follows.
type book struct {
	*excelize.File
	centre  *centre
	columns map[string][]column
	areas   map[string]area
	styles  map[style]int
	err     error
}

// area is where the records of a sheet stand.
type area struct {
	layout
	header, last int // rows
	columns      []column
}

// try keeps the first error.
func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// build makes one workbook.
func (c *centre) build(p plan) ([]byte, error) {
	columns, err := readColumns()
	if err != nil {
		return nil, err
	}
	b := &book{File: excelize.NewFile(), centre: c, columns: columns, areas: map[string]area{}, styles: map[style]int{}}
	defer b.Close()
	b.try(b.SetDefaultFont("Calibri"))
	for i, l := range p.sheets {
		if i == 0 {
			b.try(b.SetSheetName("Sheet1", l.sheet))
		} else {
			_, err := b.NewSheet(l.sheet)
			b.try(err)
		}
		b.records(l)
	}
	if p.overview != nil {
		b.overview(*p.overview)
	}
	for _, l := range p.sheets { // the lists of one sheet may stand on a later one
		b.validate(b.areas[l.sheet])
	}
	b.properties(p)
	if b.err != nil {
		return nil, b.err
	}
	buf, err := b.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// properties are fixed, so that the same centre makes the same bytes.
func (b *book) properties(p plan) {
	const saved = "2026-05-11T08:05:00Z"
	b.try(b.SetDocProps(&excelize.DocProperties{Title: p.title, Creator: "Brackwater Training Centre", LastModifiedBy: "Office", Created: saved, Modified: saved}))
	// LibreOffice trusts the results of formulas that Excel has saved, and
	// works out those of any other program, as it must here.
	b.try(b.SetAppProps(&excelize.AppProperties{Application: "regcert samples", Company: "Brackwater Training Centre"}))
	recalculate := true
	b.try(b.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}))
	b.SetActiveSheet(0)
	// excelize adds the content types of pictures in any order.
	defaults := b.ContentTypes.Defaults
	sort.Slice(defaults, func(i, j int) bool { return defaults[i].Extension < defaults[j].Extension })
}

// records makes a sheet of records.
func (b *book) records(l layout) {
	a := area{layout: l, header: 1, columns: b.columns[l.sheet]}
	if l.title != "" {
		a.header = 3
	}
	rows := b.centre.sheets[l.sheet]
	a.last = a.header + len(rows)
	b.areas[l.sheet] = a
	b.heading(a)
	for i, r := range rows {
		b.record(a, a.header+1+i, r)
	}
	b.frame(a)
	for _, m := range l.marks {
		b.mark(a, m)
	}
	for _, c := range b.centre.comments {
		if c["Sheet"] == l.sheet {
			b.comment(a, rows, c)
		}
	}
}

func (b *book) record(a area, at int, r row) {
	for i, c := range a.columns {
		c, cell := c.of(r[c.heading]), name(i+1, at)
		if v := c.value(r[c.heading]); v != nil {
			b.try(b.SetCellValue(a.sheet, cell, v))
		}
		b.try(b.SetCellStyle(a.sheet, cell, cell, b.style(c.look(a.table == ""))))
	}
	if a.sheet == "Adjustments" {
		b.retainUntil(a, at, r)
	}
}

// retainUntil is the formula that the centre had before it had regcert.
func (b *book) retainUntil(a area, at int, r row) {
	recorded := a.cell("Recorded On", at)
	var result any = ""
	if d, ok := parseDate(r["Recorded On"]); ok {
		result = float64(d.AddMonths(36))
	}
	b.formula(a.sheet, a.cell("Retain Until", at), fmt.Sprintf(`IF(ISNUMBER(%s),EDATE(%[1]s,36),"")`, recorded), result)
}

// formula writes a formula with the result that it has on this day.
func (b *book) formula(sheet, cell, formula string, result any) {
	b.try(b.SetCellValue(sheet, cell, result))
	b.try(b.SetCellFormula(sheet, cell, formula))
}

func (b *book) comment(a area, rows []row, c row) {
	for i, r := range rows {
		if r[a.columns[0].heading] != c["Record"] {
			continue
		}
		author, _, _ := strings.Cut(c["Note"], ":")
		b.try(b.AddComment(a.sheet, excelize.Comment{
			Cell: a.cell(c["Column"], a.header+1+i), Author: author, Width: 220, Height: 80,
			Paragraph: []excelize.RichTextRun{{Text: c["Note"]}},
		}))
		return
	}
	b.try(fmt.Errorf("comments.txt: %s has no record %s", a.sheet, c["Record"]))
}

// col returns the number of the column with the heading (A = 1), 0 where there
// is none.
func (a area) col(heading string) int {
	for i, c := range a.columns {
		if c.heading == heading {
			return i + 1
		}
	}
	return 0
}

// cell returns the reference of the column's cell in a row.
func (a area) cell(heading string, at int) string { return name(a.col(heading), at) }

// span returns the reference of the column's cells from the first record to a
// row.
func (a area) span(heading string, to int) string {
	return a.cell(heading, a.header+1) + ":" + a.cell(heading, to)
}

// name returns the reference of a cell, and one that excelize refuses where
// there is no such cell.
func name(col, row int) string {
	ref, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err.Error()
	}
	return ref
}
