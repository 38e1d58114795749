package evidence

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"regcert/internal/actionlist"
)

// pageSource is the template of the page.
//
//go:embed page.html.tmpl
var pageSource string

// mostShown bounds a table of the page: browsers get slow.
const mostShown = 10_000

// page makes the page, which says what the workbook says.
func (r *Record) page(book *actionlist.Book) ([]byte, error) {
	t, err := template.New("page").Parse(pageSource)
	if err != nil {
		return nil, err
	}
	p := page{Title: book.Title, Centre: book.Centre, Period: r.From.Long() + " to " + r.To.Long(), Scope: book.Scope, NotHeld: book.Warnings, Workbook: Workbook}
	for i := range book.Sheets {
		p.Tables = append(p.Tables, newTable(&book.Sheets[i]))
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// page is what the template shows.
type page struct {
	Title, Centre, Period, Scope, Workbook string
	NotHeld                                []string
	Tables                                 []table
}

// table is a table of the page.
type table struct {
	ID, Name, About string
	Headings        []string
	Rows            [][]cell
	More            int // rows that only the workbook has
}

// cell is a cell of the page. A long one is broken into lines.
type cell struct {
	Text string
	Long bool
}

// longWidth is how wide a column of the workbook is whose cells are long.
const longWidth = 20

func newTable(s *actionlist.Sheet) table {
	t := table{ID: strings.ToLower(s.Name), Name: s.Name, About: s.About, More: max(len(s.Rows)-mostShown, 0)}
	for _, c := range s.Columns {
		t.Headings = append(t.Headings, c.Heading)
	}
	for _, row := range s.Rows[:len(s.Rows)-t.More] {
		cells := make([]cell, len(row))
		for i, c := range row {
			cells[i] = cell{c.String(), s.Columns[i].Width >= longWidth}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}
