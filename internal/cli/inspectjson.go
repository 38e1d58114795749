package cli

import (
	"strings"

	"regcert/internal/config"
	"regcert/internal/inspect"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// inspectDocument is the JSON of inspect.
type inspectDocument struct {
	Workbooks  []jsonInspected `json:"workbooks"`
	Suggestion string          `json:"suggestion"` // lines for config.yaml
	Remarks    []string        `json:"remarks"`    // on names that cannot be configured
	NotChecked []jsonUnasked   `json:"not_checked"`
}

type jsonInspected struct {
	Path    string               `json:"path"`
	Reason  string               `json:"reason"` // why it could not be read
	Sheets  []jsonInspectedSheet `json:"sheets"`
	Remarks []string             `json:"remarks"`
}

type jsonInspectedSheet struct {
	Name            string           `json:"name"`
	Hidden          bool             `json:"hidden"`
	Kind            string           `json:"kind"`
	By              inspect.Way      `json:"by"`   // name, alias, headings
	Sure            inspect.Sureness `json:"sure"` // of one by headings
	HeaderRow       int              `json:"header_row"`
	LastHeaderRow   int              `json:"last_header_row"`
	Headings        []jsonHeading    `json:"headings"`
	MissingRequired []string         `json:"missing_required"`
	Missing         []string         `json:"missing"`
	Records         int              `json:"records"`
	Dates           jsonDates        `json:"dates"`
}

type jsonHeading struct {
	Cell   string      `json:"cell"`
	Text   string      `json:"text"`
	Column string      `json:"column"` // empty: no rule needs it
	By     inspect.Way `json:"by"`
}

type jsonDates struct {
	Filled     int               `json:"filled"`
	Unreadable int               `json:"unreadable"`
	Examples   []jsonDateExample `json:"examples"`
}

type jsonDateExample struct {
	Cell   string `json:"cell"`
	Column string `json:"column"`
	Found  string `json:"found"`
}

func (f *inspected) json() inspectDocument {
	doc := inspectDocument{Workbooks: []jsonInspected{}, Suggestion: strings.Join(config.AliasLines(f.suggest), "\n"), Remarks: append([]string{}, f.taken...), NotChecked: []jsonUnasked{}}
	for _, w := range f.all {
		out := jsonInspected{Path: w.Path, Reason: w.Reason, Sheets: []jsonInspectedSheet{}, Remarks: []string{}}
		if book := f.of(w.Path); book != nil {
			for i := range book.Sheets {
				out.Sheets = append(out.Sheets, inspectedJSON(&book.Sheets[i]))
			}
			out.Remarks = append(out.Remarks, book.Book.Remarks...)
		}
		doc.Workbooks = append(doc.Workbooks, out)
	}
	for _, n := range f.notChecked {
		doc.NotChecked = append(doc.NotChecked, jsonUnasked{n.Rule, n.Reason})
	}
	return doc
}

func inspectedJSON(s *inspect.Sheet) jsonInspectedSheet {
	out := jsonInspectedSheet{
		Name: s.Name, Hidden: s.Hidden, By: s.By, Sure: s.Sure, HeaderRow: s.HeaderRow, LastHeaderRow: s.HeaderRow, Headings: []jsonHeading{},
		MissingRequired: append([]string{}, names(s.Required)...), Missing: append([]string{}, names(s.Missing)...),
		Dates: jsonDates{s.Dates.Filled, s.Dates.Unreadable, []jsonDateExample{}},
	}
	if s.Kind == 0 {
		return out
	}
	out.Kind = s.Kind.String()
	for _, h := range s.Headings {
		if h.Column == 0 && s.Sure == inspect.Perhaps {
			continue // it may be anything
		}
		out.Headings = append(out.Headings, jsonHeading{xlsx.CellName(h.Row, h.Col), h.Text, columnName(h.Column), h.By})
	}
	if s.Read != nil {
		out.LastHeaderRow, out.Records = s.Read.LastHeaderRow, len(s.Read.Records)
	}
	for _, e := range s.Dates.Examples {
		out.Dates.Examples = append(out.Dates.Examples, jsonDateExample{xlsx.CellName(e.Row, e.Col), e.Column.String(), e.Found})
	}
	return out
}

func columnName(c register.Column) string {
	if c == 0 {
		return ""
	}
	return c.String()
}
