package actionlist

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheet makes a sheet: what it is, and its table. The page is set up before the
// rows, which are written out one by one.
func (m *maker) sheet(s *Sheet) {
	top := m.top(s)
	head := len(top) + 1
	last := head + max(len(s.Rows), 1) // Excel refuses a table without a row below the headings
	m.page(s, head, last)
	if m.err != nil {
		return
	}
	out, err := m.NewStreamWriter(s.Name)
	if m.try(err); err != nil {
		return
	}
	for i := len(s.Columns); i > 0; i-- { // excelize puts the later before the earlier
		m.try(out.SetColWidth(i, i, s.Columns[i-1].Width))
	}
	m.try(out.SetPanes(panes(s.Frozen, head)))
	for i, cell := range top {
		high := excelize.RowOpts{Height: height(1)}
		if i == 0 {
			high.Height = titleHeight
		}
		m.try(out.SetRow(name(1, i+1), []any{cell}, high))
	}
	m.headings(out, s, head)
	m.rows(out, s, head)
	m.try(out.AddTable(&excelize.Table{
		Range: name(1, head) + ":" + name(len(s.Columns), last), Name: strings.ReplaceAll(s.Name, " ", "_"),
		StyleName: "TableStyleLight1", ShowRowStripes: ptr(false),
	}))
	m.try(out.Flush())
}

// top is what stands above the table, a row each.
func (m *maker) top(s *Sheet) []excelize.Cell {
	name := s.Name
	if s.Clause != "" {
		name += " (" + s.Clause + ")"
	}
	rows := []excelize.Cell{m.line(title, name), m.line(about, m.book.line(s.About))}
	if m.book.Scope != "" {
		rows = append(rows, m.line(about, m.book.Scope))
	}
	for _, w := range m.book.Warnings {
		rows = append(rows, m.line(warning, w))
	}
	return rows
}

func (m *maker) line(p part, text string) excelize.Cell {
	return excelize.Cell{StyleID: m.style(look{part: p}), Value: text}
}

func (m *maker) headings(out *excelize.StreamWriter, s *Sheet, at int) {
	row := make([]any, len(s.Columns))
	most := 1
	for i, c := range s.Columns {
		row[i] = m.line(heading, c.Heading)
		most = max(most, lines(c.Heading, c.Width))
	}
	m.try(out.SetRow(name(1, at), row, excelize.RowOpts{Height: height(most) + spareHeight}))
}

func (m *maker) rows(out *excelize.StreamWriter, s *Sheet, head int) {
	cells := make([]excelize.Cell, len(s.Columns))
	row := make([]any, len(s.Columns))
	for i := range cells {
		row[i] = &cells[i]
	}
	rows := s.Rows
	if len(rows) == 0 {
		rows = [][]Cell{make([]Cell, len(s.Columns))}
	}
	for i, r := range rows {
		if m.err != nil {
			return
		}
		most := 1
		for k, c := range r {
			cells[k] = excelize.Cell{StyleID: m.style(look{kind: c.kind, tone: c.tone})}
			switch c.kind {
			case isText:
				cells[k].Value = c.text
				most = max(most, lines(c.text, s.Columns[k].Width))
			case isDay, isNumber:
				cells[k].Value = c.number
			}
		}
		m.try(out.SetRow(name(1, head+1+i), row, excelize.RowOpts{Height: height(most)}))
	}
}

// panes keeps the headings in view, and the first columns.
func panes(columns, rows int) *excelize.Panes {
	first := name(columns+1, rows+1)
	p := &excelize.Panes{Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: first, ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: first, ActiveCell: first, Pane: "bottomRight"}}}
	if columns == 0 {
		p.ActivePane, p.Selection[0].Pane = "bottomLeft", "bottomLeft"
	}
	return p
}

// page sets the sheet up for printing: A4 across, all columns side by side, the
// headings on every page.
func (m *maker) page(s *Sheet, head, last int) {
	const a4, margin, edge = 9, 0.4, 0.2 // inches
	m.try(m.SetSheetDimension(s.Name, "A1:"+name(len(s.Columns), last)))
	m.try(m.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}))
	m.try(m.SetSheetView(s.Name, 0, &excelize.ViewOptions{ShowGridLines: ptr(false)}))
	m.try(m.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: ptr("landscape"), Size: ptr(a4), FitToWidth: ptr(1), FitToHeight: ptr(0)}))
	m.try(m.SetPageMargins(s.Name, &excelize.PageLayoutMarginsOptions{
		Left: ptr(margin), Right: ptr(margin), Top: ptr(margin), Bottom: ptr(2 * margin), Header: ptr(edge), Footer: ptr(edge),
	}))
	m.try(m.SetHeaderFooter(s.Name, &excelize.HeaderFooterOptions{OddFooter: fmt.Sprintf("&L%s: %s&C%s&RPage &P of &N",
		printed(m.book.Title), printed(s.Name), printed("as of "+m.book.AsOf.Long()))}))
	columns := len(s.Columns)
	if s.Printed > 0 {
		columns = s.Printed
	}
	sheet := "'" + strings.ReplaceAll(s.Name, "'", "''") + "'!"
	m.try(m.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: s.Name, RefersTo: sheet + absolute(1, 1) + ":" + absolute(columns, last)}))
	m.try(m.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: s.Name, RefersTo: fmt.Sprintf("%s$%d:$%[2]d", sheet, head)}))
}

// printed is text as headers and footers of pages want it.
func printed(s string) string { return strings.ReplaceAll(s, "&", "&&") }

// name returns the reference of a cell, and one that excelize refuses where
// there is no such cell.
func name(col, row int) string {
	ref, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err.Error()
	}
	return ref
}

// absolute is name for references that do not move.
func absolute(col, row int) string {
	ref, err := excelize.CoordinatesToCellName(col, row, true)
	if err != nil {
		return err.Error()
	}
	return ref
}
