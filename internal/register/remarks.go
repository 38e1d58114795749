package register

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/xlsx"
)

// remarks gathers what staff should put right in a workbook.
type remarks struct {
	lines []string
	alike map[Kind][]string // the sheets that look like one of the kind and are not called so
	found map[Kind]int      // how many of its columns the first of them has
}

// other takes up a sheet whose name says nothing.
func (m *remarks) other(name string, s shape) {
	if !s.isSure() {
		return
	}
	if m.alike == nil {
		m.alike, m.found = map[Kind][]string{}, map[Kind]int{}
	}
	if len(m.alike[s.kind]) == 0 {
		m.found[s.kind] = len(s.found)
	}
	m.alike[s.kind] = append(m.alike[s.kind], name)
}

// headless takes up a known sheet that is not read.
func (m *remarks) headless(sr *sheetReader) {
	s := &sr.shape
	if s.kind != sr.out.Kind && s.isSure() {
		m.add("the sheet %q holds %s, as its headings say (%s), and was not read: call it %[2]s, or put the headings of %[4]s there", sr.out.Name, s.kind, some(columnNames(s.own)), sr.out.Kind)
		return
	}
	need, such := "at least three column names", sr.out.Kind.Required()
	if inputs := sr.out.Kind.Inputs(); len(inputs) < headerNames {
		need, such = "all its column names", inputs
	}
	m.add("the sheet %q has no header row and was not read: %s must stand in one of its first %d rows, such as %s", sr.out.Name, need, headerWithin, some(columnNames(such)))
}

// read takes up a sheet that is read.
func (m *remarks) read(sr *sheetReader) {
	s := sr.out
	for _, d := range s.Doubled {
		m.add("%s!%s and %s both are headings of %s: column %s is read, column %s is not: rename one of the two",
			s.Name, xlsx.CellName(s.HeaderRow, d.Read), xlsx.CellName(s.HeaderRow, d.Ignored), d.Column, xlsx.ColName(d.Read), xlsx.ColName(d.Ignored))
	}
	m.wide(sr)
	if s.stray != nil {
		var names []string
		for _, t := range s.stray.list {
			names = append(names, t.column.String())
		}
		m.add("row %d of the sheet %q holds headings (%s) and is taken for a record, as row %d is the header row: put all headings into one row", s.stray.row, s.Name, some(names), s.HeaderRow)
	}
	if len(s.Repeated) > 0 {
		m.add("row %d of the sheet %q repeats the headings and is taken for a record%s: delete it", s.Repeated[0], s.Name, andMore(len(s.Repeated)-1))
	}
}

// wide finds headings that are merged with the cell on their right, where
// something stands below that cell: nobody reads it.
func (m *remarks) wide(sr *sheetReader) {
	s := sr.out
	taken := func(col int) int {
		if col < len(sr.bare) {
			return max(sr.bare[col], 0)
		}
		return s.Beyond(col)
	}
	if !slices.ContainsFunc(sr.heads.list, func(t heading) bool { return t.column != 0 && taken(t.col+1) > 0 }) {
		return
	}
	merged, err := s.source.Merged(s.HeaderRow)
	if err != nil {
		return // the rows have been read, and this is about their looks
	}
	for _, area := range merged {
		if area.FirstCol >= len(sr.known) || sr.known[area.FirstCol] == 0 {
			continue
		}
		for col := area.FirstCol + 1; col <= area.LastCol; col++ {
			if row := taken(col); row > 0 {
				m.add("%s!%s is the heading of columns %s to %s, merged, of which only %[3]s is read, and %[5]s holds something: unmerge it and give each column a heading of its own",
					s.Name, xlsx.CellName(s.HeaderRow, area.FirstCol), xlsx.ColName(area.FirstCol), xlsx.ColName(area.LastCol), xlsx.CellName(row, col))
				break
			}
		}
	}
}

// all returns the lines, those of sheets with names that say nothing last.
func (m *remarks) all() []string {
	for _, k := range Kinds() {
		names := m.alike[k]
		if len(names) == 0 {
			continue
		}
		subject, looks, was, it := "the sheet "+quoted(names), "looks", "was", "it"
		if len(names) > 1 {
			subject, looks, was, it = "the sheets "+quoted(names), "look", "were", "them"
		}
		m.add("%s %s like %s (%d of its columns) and %s not read: if regcert is to read %s, write %[3]s: [%[7]s] under sheets: in the configuration",
			subject, looks, k, m.found[k], was, it, strings.Join(names, ", "))
	}
	return m.lines
}

func (m *remarks) add(format string, args ...any) {
	m.lines = append(m.lines, fmt.Sprintf(format, args...))
}

func columnNames(columns []Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.String())
	}
	return names
}

// some joins the first few names.
func some(names []string) string {
	const most = 3
	if len(names) > most {
		names = names[:most]
	}
	return strings.Join(names, ", ")
}

func quoted(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, fmt.Sprintf("%q", n))
	}
	return strings.Join(list, ", ")
}

func andMore(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", and so does one more"
	default:
		return fmt.Sprintf(", and so do %d more", n)
	}
}
