package samples

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// style is one of the looks that cells have.
type style struct {
	format      string // number format; empty: general
	head, title bool
	bold, right bool
	border      bool
}

const dateFormat = "dd/mm/yyyy"

// look returns the style of a column's cells. On a plain range, thin lines
// stand in for the bands of a table.
func (c column) look(plain bool) style {
	s := style{border: plain}
	switch c.kind {
	case kindDate:
		s.format = dateFormat
	case kindNumber:
		s.format = "0"
	}
	return s
}

func (b *book) style(s style) int {
	if id, ok := b.styles[s]; ok {
		return id
	}
	x := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 11, Color: ink, Bold: s.bold},
		Alignment: &excelize.Alignment{Vertical: "top"},
	}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	switch {
	case s.right:
		x.Alignment.Horizontal = "right"
	case s.format != "":
		x.Alignment.Horizontal = "center"
	}
	if s.border {
		x.Border = []excelize.Border{{Type: "bottom", Color: "D1D5DB", Style: 1}}
	}
	if s.head {
		x.Font.Color, x.Font.Bold = "FFFFFF", true
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{slate}}
		x.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true}
		switch {
		case s.right:
			x.Alignment.Horizontal = "right"
		case s.format != "":
			x.Alignment.Horizontal = "center"
		}
	}
	if s.title {
		x.Font = &excelize.Font{Family: "Calibri", Size: 16, Color: slate, Bold: true}
		x.Alignment.Vertical = "center"
	}
	id, err := b.NewStyle(x)
	b.try(err)
	b.styles[s] = id
	return id
}

// asAt is the cell that says for which day a titled sheet is looked at.
const asAt = "$B$2"

// heading makes the title, where the sheet has one, and the header row.
func (b *book) heading(a area) {
	if a.title != "" {
		b.try(b.MergeCell(a.sheet, "A1", name(min(len(a.columns), 12), 1)))
		b.try(b.SetCellValue(a.sheet, "A1", a.title))
		b.try(b.SetCellStyle(a.sheet, "A1", "A1", b.style(style{title: true})))
		b.try(b.SetRowHeight(a.sheet, 1, 28))
		b.position(a.sheet)
	}
	for i, c := range a.columns {
		b.try(b.SetCellValue(a.sheet, name(i+1, a.header), c.heading))
		letter, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.SetColWidth(a.sheet, letter, letter, c.width))
		b.try(b.SetCellStyle(a.sheet, name(i+1, a.header), name(i+1, a.header), b.style(style{head: true, format: c.look(false).format})))
	}
	b.try(b.SetRowHeight(a.sheet, a.header, 48))
}

// position writes for which day a sheet is looked at.
func (b *book) position(sheet string) {
	b.try(b.SetCellValue(sheet, "A2", "Position at"))
	b.try(b.SetCellStyle(sheet, "A2", "A2", b.style(style{bold: true})))
	b.try(b.SetCellValue(sheet, "B2", float64(AsOf())))
	b.try(b.SetCellStyle(sheet, "B2", "B2", b.style(style{format: dateFormat})))
}

// frame freezes the header, adds the table or the filter, and sets up the
// printed page.
func (b *book) frame(a area) {
	view := name(a.frozen+1, a.header+1)
	panes := &excelize.Panes{Freeze: true, XSplit: a.frozen, YSplit: a.header, TopLeftCell: view, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: view, ActiveCell: view, Pane: "bottomRight"}}}
	if a.frozen == 0 {
		panes.ActivePane, panes.Selection[0].Pane = "bottomLeft", "bottomLeft"
	}
	b.try(b.SetPanes(a.sheet, panes))
	all := name(1, a.header) + ":" + name(len(a.columns), a.last)
	if a.table != "" {
		stripes := true
		b.try(b.AddTable(a.sheet, &excelize.Table{Range: all, Name: a.table, StyleName: "TableStyleLight1", ShowRowStripes: &stripes}))
	} else {
		b.try(b.AutoFilter(a.sheet, all, nil))
	}
	b.dimension(a.sheet, len(a.columns), a.last)
	b.try(b.SetSheetProps(a.sheet, &excelize.SheetPropsOptions{TabColorRGB: ptr("FF" + a.tab), FitToPage: ptr(true)}))
	b.page(a.sheet, a.columns)
	// Printed pages side by side all say whose rows they show.
	sheet := a.sheet
	if strings.Contains(sheet, " ") {
		sheet = "'" + sheet + "'"
	}
	b.try(b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: a.sheet,
		RefersTo: fmt.Sprintf("%s!$A:$A,%[1]s!$%d:$%[2]d", sheet, a.header)}))
}

// dimension records which cells are in use, as every spreadsheet program does.
func (b *book) dimension(sheet string, cols, rows int) {
	b.try(b.SetSheetDimension(sheet, "A1:"+name(cols, rows)))
}

// page sets a sheet up for landscape, on as many pages side by side as keep
// its columns readable: A4, or A3 where one page is not enough.
func (b *book) page(sheet string, columns []column) {
	const a3, a4, readable = 8, 9, 200 // readable: characters across a page
	size, across, width := a4, 1, 0.0
	for _, c := range columns {
		width += c.width
	}
	if width > readable {
		size, across = a3, 1+int(width)/(readable*3/2)
	}
	b.try(b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: ptr("landscape"), Size: &size, FitToWidth: &across, FitToHeight: ptr(0)}))
	b.try(b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&F, &A&RPage &P of &N"}))
}

// mark adds a conditional format.
func (b *book) mark(a area, m mark) {
	id, err := b.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{m.fill}}})
	b.try(err)
	format := excelize.ConditionalFormatOptions{Type: "duplicate", Criteria: "=", Format: &id}
	if m.condition != "" {
		format.Type, format.Criteria = "formula", a.expand(m.condition)
	}
	for _, heading := range m.columns {
		b.try(b.SetConditionalFormat(a.sheet, a.span(heading, a.last+spare), []excelize.ConditionalFormatOptions{format}))
	}
}

var bracketed = regexp.MustCompile(`\[[^\]]+\]`)

// expand puts the cells of the first record in the place of [headings].
func (a area) expand(condition string) string {
	return bracketed.ReplaceAllStringFunc(condition, func(s string) string {
		if s == "[asat]" {
			return asAt
		}
		return "$" + a.cell(strings.Trim(s, "[]"), a.header+1)
	})
}

// validate adds drop-down lists, and a warning for what is no date in columns
// of dates: a warning only, so that "tbc" can be typed, and mistakes can.
func (b *book) validate(a area) {
	for _, c := range a.columns {
		if c.choices == "" && c.kind != kindDate {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.SetSqref(a.span(c.heading, a.last+spare))
		if list, ok := strings.CutPrefix(c.choices, "="); ok {
			from := b.areas[list]
			v.SetSqrefDropList(fmt.Sprintf("%s!$A$%d:$A$%d", list, from.header+1, from.last+spare))
		} else if c.choices != "" {
			b.try(v.SetDropList(strings.Split(c.choices, ", ")))
		} else {
			b.try(v.SetRange(1, 73050, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
		}
		v.SetError(excelize.DataValidationErrorStyleWarning, c.heading, "This is not what is usually entered here. Keep it?")
		b.try(b.AddDataValidation(a.sheet, v))
	}
}

func ptr[T any](v T) *T { return &v }
