package cli

import (
	"fmt"
	"strings"

	"regcert/internal/config"
	"regcert/internal/inspect"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// inspected prints what was found out about workbooks.
func (p printer) inspected(f *inspected) {
	for i, w := range f.all {
		if i > 0 {
			p.linef("")
		}
		p.linef("%s", p.bold(printable(w.Path)))
		book := f.of(w.Path)
		if book == nil {
			p.linef("  could not be read: %s", printableLines(w.Reason))
			continue
		}
		for k := range book.Sheets {
			p.inspectedSheet(&book.Sheets[k])
		}
		for _, remark := range book.Book.Remarks {
			p.linef("  to put right: %s", printable(remark))
		}
	}
	for _, t := range f.taken {
		p.linef("  to put right: %s", printable(t))
	}
	if lines := config.AliasLines(f.suggest); len(lines) > 0 {
		p.linef("")
		p.linef("%s", p.bold("FOR CONFIG.YAML"))
		p.linef("What looks like a register is read with these lines, and its rows and dates above are")
		p.linef("counted as if they were there. Take out what is not meant. (Where config.yaml has the")
		p.linef("keys sheets or columns already, add what stands below them.)")
		p.linef("")
		for _, line := range lines {
			p.linef("%s", printable(line))
		}
	}
	if len(f.books) > 0 {
		p.notChecked(f.notChecked)
	}
}

// inspectedSheet prints what was found out about a sheet.
func (p printer) inspectedSheet(s *inspect.Sheet) {
	p.linef("  %s", printable(sheetInWords(s)))
	if s.Kind == 0 || s.Sure == inspect.Perhaps { // then its headings may be anything
		return
	}
	var exact, unknown []string
	for _, h := range s.Headings {
		cell := xlsx.CellName(h.Row, h.Col)
		switch h.By {
		case inspect.ByName:
			exact = append(exact, fmt.Sprintf("%s (%s)", h.Column, xlsx.ColName(h.Col)))
		case inspect.ByAlias:
			p.item("configured", fmt.Sprintf("%q (%s) is %s", h.Text, cell, h.Column))
		case inspect.ByLikeness:
			p.item("suggested", fmt.Sprintf("%q (%s) is probably %s", h.Text, cell, h.Column))
		default:
			unknown = append(unknown, fmt.Sprintf("%q", h.Text))
		}
	}
	p.items("exactly", exact)
	p.items("no rule needs", unknown)
	if s.Read == nil {
		return
	}
	p.items("missing, needed in every row", names(s.Required))
	switch {
	case p.verbose:
		p.items("missing", names(s.Missing))
	case len(s.Missing) > 0:
		p.item("missing", plural(len(s.Missing), "column")+" that may be left out (--verbose names them)")
	}
	p.dates(&s.Dates)
}

// sheetInWords says what a sheet is, and how much of it is read.
func sheetInWords(s *inspect.Sheet) string {
	text := fmt.Sprintf("%q", s.Name)
	if s.Hidden {
		text += " (hidden)"
	}
	switch {
	case s.Kind == 0:
		return text + " is nothing that regcert knows"
	case s.By == inspect.ByName:
		text += " is " + s.Kind.String()
	case s.By == inspect.ByAlias:
		text += " is " + s.Kind.String() + ", as the configuration says"
	default:
		text += fmt.Sprintf(" is %s %s, by its headings", s.Sure, s.Kind)
	}
	switch {
	case s.Read == nil && s.HeaderRow == 0:
		return text + "; no header row was found"
	case s.Read == nil:
		return text + fmt.Sprintf("; not read, the headings seem to be in row %d", s.HeaderRow)
	case s.Read.LastHeaderRow > s.HeaderRow:
		return text + fmt.Sprintf(": headings in rows %d and %d, %s", s.HeaderRow, s.Read.LastHeaderRow, plural(len(s.Read.Records), "row"))
	}
	return text + fmt.Sprintf(": headings in row %d, %s", s.HeaderRow, plural(len(s.Read.Records), "row"))
}

func (p printer) dates(d *inspect.Dates) {
	if d.Unreadable == 0 {
		return
	}
	var examples []string
	for _, e := range d.Examples {
		text := fmt.Sprintf("%s (%s)", xlsx.CellName(e.Row, e.Col), e.Column)
		if e.Found != "" {
			text += fmt.Sprintf(" %q", e.Found)
		}
		examples = append(examples, text)
	}
	if more := d.Unreadable - len(d.Examples); more > 0 {
		examples = append(examples, fmt.Sprintf("and %d more", more))
	}
	p.items(fmt.Sprintf("%d of %s cannot be read", d.Unreadable, plural(d.Filled, "date")), examples)
}

// item prints one thing that was found out about a sheet.
func (p printer) item(what, text string) { p.linef("    %s: %s", what, printable(text)) }

// items prints a list, if there is anything in it.
func (p printer) items(what string, list []string) {
	if len(list) > 0 {
		p.item(what, strings.Join(list, ", "))
	}
}

func names(columns []register.Column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.String())
	}
	return out
}
