// Package blank makes the empty workbooks with which a new centre begins, from
// what regcert knows of sheets and columns.
package blank

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// Workbook is an empty workbook.
type Workbook struct {
	Name string // of the file
	Data []byte
}

// plan says which sheets stand in which workbook.
type plan struct {
	name, title string
	kinds       []register.Kind
}

// plans has every kind of sheet once. Those that belong to no register of
// learners stand together in the last workbook.
func plans() []plan {
	list := []plan{
		{"enrolments.xlsx", "Enrolments", []register.Kind{register.Enrolments, register.Withdrawals, register.Adjustments, register.Qualifications}},
		{"assessments.xlsx", "Assessments", []register.Kind{register.Assessments, register.Units, register.Staff}},
		{"claims.xlsx", "Claims", []register.Kind{register.Claims, register.Sanctions}},
	}
	rest := plan{"centre.xlsx", "Centre", nil}
	for _, k := range register.Kinds() {
		if !slices.ContainsFunc(list, func(p plan) bool { return slices.Contains(p.kinds, k) }) {
			rest.kinds = append(rest.kinds, k)
		}
	}
	if len(rest.kinds) > 0 {
		list = append(list, rest)
	}
	return list
}

// Workbooks makes the empty workbooks: the same bytes each time.
func Workbooks() ([]Workbook, error) {
	var made []Workbook
	for _, p := range plans() {
		data, err := p.build()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		made = append(made, Workbook{p.name, data})
	}
	return made, nil
}

// book is a workbook being made. The first error stops all that follows.
type book struct {
	*excelize.File
	plan   plan
	styles map[look]int
	err    error
}

// try keeps the first error.
func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (p *plan) build() ([]byte, error) {
	b := &book{File: excelize.NewFile(), plan: *p, styles: map[look]int{}}
	defer b.Close()
	b.try(b.SetDefaultFont("Calibri"))
	const made = "2026-01-01T00:00:00Z" // always the same
	b.try(b.SetDocProps(&excelize.DocProperties{Title: p.title, Creator: "regcert", LastModifiedBy: "regcert", Created: made, Modified: made}))
	b.try(b.SetAppProps(&excelize.AppProperties{Application: "regcert"}))
	for i, k := range p.kinds {
		if i == 0 {
			b.try(b.SetSheetName("Sheet1", k.String()))
		} else {
			_, err := b.NewSheet(k.String())
			b.try(err)
		}
	}
	for _, k := range p.kinds { // a list may stand on a later sheet
		b.sheet(k)
	}
	b.SetActiveSheet(0)
	if b.err != nil {
		return nil, b.err
	}
	buf, err := b.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// sheet makes a sheet: a row of headings, and columns that are ready to be
// filled.
func (b *book) sheet(k register.Kind) {
	columns := slices.Concat(k.Inputs(), k.Outputs())
	name := k.String()
	total := 0.0
	for i, c := range columns {
		total += width(k, c)
		letter, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.SetColWidth(name, letter, letter, width(k, c)))
		b.try(b.SetColStyle(name, letter, b.style(look{date: isDate(c), long: c == register.NextAction || c == register.Problems})))
		head := letter + "1"
		b.try(b.SetCellStr(name, head, c.String()))
		b.try(b.SetCellStyle(name, head, head, b.style(look{head: true, written: c.Written(), required: slices.Contains(k.Required(), c)})))
		b.validate(k, c, letter)
	}
	b.try(b.SetRowHeight(name, 1, 34))
	rows := policy.CentreRows()[k]
	for i, row := range rows {
		b.try(b.SetSheetRow(name, cell(1, i+2), &row))
		if k == register.Centre {
			b.item(register.ItemNamed(row[0]), i+2)
		}
	}
	last := cell(len(columns), 1+len(rows))
	b.try(b.AutoFilter(name, "A1:"+last, nil))
	b.try(b.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: "B2", ActiveCell: "B2", Pane: "bottomRight"}}}))
	b.try(b.SetSheetDimension(name, "A1:"+last))
	b.try(b.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}))
	const a4, readable = 9, 200 // readable: characters across a page
	b.try(b.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: ptr("landscape"), Size: ptr(a4), FitToWidth: ptr(1 + int(total)/readable), FitToHeight: ptr(0)}))
	b.try(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: fmt.Sprintf("'%s'!$A:$A,'%[1]s'!$1:$1", name)}))
}

// item has the value of an item of the application look like one.
func (b *book) item(c register.Column, row int) {
	at := cell(slices.Index(register.Centre.Inputs(), register.ItemValue)+1, row)
	if isDate(c) {
		b.try(b.SetCellStyle(register.Centre.String(), at, at, b.style(look{date: true})))
	}
	b.offer(register.Centre, c, at)
}

// isDate reports whether a column holds dates.
func isDate(c register.Column) bool {
	return c.Type() == register.TypeDate || c.Type() == register.TypeDateOrYes
}

// width is the width of a column, in characters.
func width(k register.Kind, c register.Column) float64 {
	const date, status, short, long, actions = 14, 20, 16, 26, 75
	switch {
	case c == register.NextAction || c == register.Problems:
		return actions
	case c == k.Status():
		return status
	case isDate(c) || c.Type() == register.TypeYesNo:
		return date
	case c.Type() == register.TypeText && isLong(c):
		return long
	default:
		return short
	}
}

// isLong reports whether a column holds names, titles or sentences.
func isLong(c register.Column) bool {
	switch c {
	case register.LearnerID, register.ULN, register.QualificationCode, register.UnitCode, register.Level, register.Telephone, register.QualityLogRef, register.LateLogRef,
		register.AIMRegistrationNo, register.ClaimRef, register.CertificateNo:
		return false
	}
	return true
}

// look is how cells look.
type look struct {
	head, written, required bool // a heading: of a column that regcert writes, or that every row must fill
	date                    bool
	long                    bool
}

func (b *book) style(l look) int {
	if id, known := b.styles[l]; known {
		return id
	}
	const ink, slate, grey = "1F2937", "2F4858", "6B7280"
	x := &excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Color: ink}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: l.long}}
	if l.date {
		x.CustomNumFmt = ptr("dd/mm/yyyy")
		x.Alignment.Horizontal = "center"
	}
	if l.head {
		fill := slate
		if l.written {
			fill = grey
		}
		x.Font.Color, x.Font.Bold, x.Font.Italic = "FFFFFF", l.required || l.written, !l.required && !l.written
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		x.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true}
	}
	id, err := b.NewStyle(x)
	b.try(err)
	b.styles[l] = id
	return id
}

// cell returns the reference of a cell, and one that excelize refuses where there
// is no such cell.
func cell(col, row int) string {
	ref, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err.Error()
	}
	return ref
}

func ptr[T any](v T) *T { return &v }
