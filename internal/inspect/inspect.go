// Package inspect finds out what is in workbooks that nobody has described yet:
// which sheet is which register, and which heading means which column. It reads
// headings, and of the rows only what regcert would read anyway.
package inspect

import (
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/likeness"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// Way is how a sheet or a heading was recognised.
type Way string

// The ways.
const (
	ByName     Way = "name"     // as regcert calls it
	ByAlias    Way = "alias"    // as the configuration calls it
	ByHeadings Way = "headings" // a sheet, by its headings
	ByLikeness Way = "likeness" // a heading that is like the column's name, or often stands for it
)

// Sureness is how sure a kind is that was recognised by headings.
type Sureness string

// How sure.
const (
	Surely   Sureness = "surely"
	Probably Sureness = "probably"
	Perhaps  Sureness = "perhaps"
)

// Workbook is what was found out about a workbook.
type Workbook struct {
	Path    string
	Sheets  []Sheet
	Suggest register.Aliases   // what the configuration has to say for the workbook to be read as it was recognised
	Book    *register.Workbook // as it is read then
}

// Sheet is what was found out about a sheet.
type Sheet struct {
	Name      string
	Hidden    bool
	Kind      register.Kind // 0: nothing that regcert knows
	By        Way
	Sure      Sureness
	HeaderRow int
	Headings  []Heading         // of the header row
	Required  []register.Column // that every record must fill, and that are missing
	Missing   []register.Column // others that are missing
	Read      *register.Sheet   // as it is read with what is suggested; nil: it cannot be
	Dates     Dates

	rows []register.TopRow
}

// Heading is a heading and the column that it means.
type Heading struct {
	Row, Col int
	Text     string
	Column   register.Column // 0: none that a rule needs
	By       Way
}

// Dates counts what stands in the columns of dates.
type Dates struct {
	Filled, Unreadable int
	Examples           []Example // of the unreadable ones: the first few
}

// Example is a date that cannot be read. What was found is told only where it
// can be no name, and no date of birth.
type Example struct {
	Row, Col int
	Column   register.Column
	Found    string
}

// mostHeadings is how many cells of a row are taken for headings: far more than a
// register has columns.
const mostHeadings = 500

// mostExamples is how many unreadable dates of a sheet are shown.
const mostExamples = 5

type inspector struct {
	reader *register.Reader
	usual  map[register.Column][]string // as headings are compared
	names  map[string]bool              // of the columns of all kinds, as headings are compared
	bare   map[register.Column]bareName
}

// bareName is the name of a column as headings are compared, and of its words
// those that tell something.
type bareName struct{ name, words string }

func newInspector(asOf calendar.Date, aliases register.Aliases) *inspector {
	x := &inspector{reader: register.NewReader(asOf, aliases), usual: map[register.Column][]string{}, names: map[string]bool{}, bare: map[register.Column]bareName{}}
	for c, names := range usual() {
		for _, n := range names {
			x.usual[c] = append(x.usual[c], register.NormalHeading(n))
		}
	}
	for _, k := range register.Kinds() {
		for _, c := range slices.Concat(k.Inputs(), k.Outputs()) {
			name := register.NormalHeading(c.String())
			x.names[name], x.bare[c] = true, bareName{name, bareWords(c.String())}
		}
	}
	return x
}

// Inspect finds out what is in a workbook. Aliases are those of the
// configuration. An error is an *xlsx.Refusal: something cannot be read.
func Inspect(path string, file *xlsx.File, asOf calendar.Date, aliases register.Aliases) (*Workbook, error) {
	x := newInspector(asOf, aliases)
	w := &Workbook{Path: path, Suggest: register.Aliases{Sheets: map[register.Kind][]string{}, Columns: map[register.Kind]map[register.Column][]string{}}}
	for _, source := range file.Sheets() {
		rows, err := register.TopRows(source)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Texts = rows[i].Texts[:min(len(rows[i].Texts), mostHeadings)]
		}
		s := x.sheet(source, rows)
		s.rows = rows
		x.suggest(w, &s)
		w.Sheets = append(w.Sheets, s)
	}
	var err error
	if w.Book, err = register.NewReader(asOf, Merge(aliases, w.Suggest)).Read(path, file); err != nil {
		return nil, err
	}
	for i := range w.Sheets {
		x.look(&w.Sheets[i], w.Book)
	}
	return w, nil
}

// Merge puts names together with further ones.
func Merge(a, b register.Aliases) register.Aliases {
	out := register.Aliases{Sheets: map[register.Kind][]string{}, Columns: map[register.Kind]map[register.Column][]string{}}
	for _, from := range []register.Aliases{a, b} {
		for k, names := range from.Sheets {
			out.Sheets[k] = union(out.Sheets[k], names)
		}
		for k, columns := range from.Columns {
			if out.Columns[k] == nil {
				out.Columns[k] = map[register.Column][]string{}
			}
			for c, names := range columns {
				out.Columns[k][c] = union(out.Columns[k][c], names)
			}
		}
	}
	return out
}

// union appends the names that are not there yet, as names are compared.
func union(names, more []string) []string {
	out := slices.Clone(names)
	for _, m := range more {
		if !slices.ContainsFunc(out, func(n string) bool { return register.NormalHeading(n) == register.NormalHeading(m) }) {
			out = append(out, m)
		}
	}
	return out
}

// guess is a row taken for the header row of a kind of sheet.
type guess struct {
	kind     register.Kind
	row      int
	headings []Heading
	known    int     // headings that mean a column
	exact    int     // of them, those by name or alias
	weight   float64 // how much they tell of the kind
	misses   int     // how many columns are missing that every record must fill
}

// sheet recognises a sheet.
func (x *inspector) sheet(source *xlsx.Sheet, rows []register.TopRow) Sheet {
	s := Sheet{Name: source.Name, Hidden: source.Hidden}
	kinds := register.Kinds()
	if k, known := x.reader.KindNamed(source.Name); known {
		s.Kind, s.By = k, ByAlias
		if register.NormalHeading(source.Name) == register.NormalHeading(k.String()) {
			s.By = ByName
		}
		kinds = []register.Kind{k}
	}
	var best guess
	for _, k := range kinds {
		for i := range rows {
			g := x.guess(k, &rows[i])
			if likeness.Nearest(source.Name, []string{k.String()}) != "" {
				g.weight++
			}
			if g.known >= 2 && g.weight > best.weight {
				best = g
			}
		}
	}
	if s.Kind == 0 {
		s.Kind, s.By, s.Sure = best.kind, ByHeadings, best.sure()
		if s.Sure == "" {
			return Sheet{Name: source.Name, Hidden: source.Hidden}
		}
	}
	if best.known == 0 {
		return s
	}
	s.HeaderRow, s.Headings = best.row, best.headings
	return s
}

// sure says how sure it is that a sheet of another name is one of the kind; not
// at all where it says nothing.
func (g *guess) sure() Sureness {
	const columns, little = 3, 1.2
	switch {
	case g.known < columns || g.weight < little:
		return ""
	case !register.Tells(g.kind, g.weight, g.misses):
		return Perhaps
	case g.exact < columns || g.misses > 0:
		return Probably
	default:
		return Surely
	}
}

// guess reads a row as the headings of a kind of sheet. Names count before what
// is only like them, and each column is meant once.
func (x *inspector) guess(k register.Kind, row *register.TopRow) guess {
	g := guess{kind: k, row: row.Row}
	found := map[register.Column]bool{}
	for _, t := range row.Texts {
		h := Heading{Row: row.Row, Col: t.Col, Text: t.Text}
		if c, known := x.reader.ColumnNamed(k, t.Text); known {
			h.Column, h.By = c, ByAlias
			if register.NormalHeading(t.Text) == register.NormalHeading(c.String()) {
				h.By = ByName
			}
			found[c] = true
			if !c.Written() {
				g.exact++
			}
		}
		g.headings = append(g.headings, h)
	}
	for i := range g.headings {
		h := &g.headings[i]
		if h.Column != 0 {
			continue
		}
		if c := x.meant(k, h.Text); c != 0 && !found[c] {
			h.Column, h.By = c, ByLikeness
			found[c] = true
		}
	}
	const lessSure = 0.75
	counted := map[register.Column]bool{}
	for _, h := range g.headings {
		if h.Column == 0 || h.Column.Written() || counted[h.Column] {
			continue
		}
		counted[h.Column] = true
		g.known++
		if weight := x.reader.Weight(h.Column); h.By == ByLikeness {
			g.weight += lessSure * weight
		} else {
			g.weight += weight
		}
	}
	for _, c := range k.Required() {
		if !found[c] {
			g.misses++
		}
	}
	return g
}

// suggest adds what the configuration has to say for the sheet to be read.
func (x *inspector) suggest(w *Workbook, s *Sheet) {
	if s.Kind == 0 || s.Sure == Perhaps {
		return
	}
	if s.By == ByHeadings {
		w.Suggest.Sheets[s.Kind] = union(w.Suggest.Sheets[s.Kind], []string{s.Name})
	}
	for _, h := range s.Headings {
		if h.By != ByLikeness || x.taken(w, s.Kind, h) {
			continue
		}
		if w.Suggest.Columns[s.Kind] == nil {
			w.Suggest.Columns[s.Kind] = map[register.Column][]string{}
		}
		w.Suggest.Columns[s.Kind][h.Column] = union(w.Suggest.Columns[s.Kind][h.Column], []string{h.Text})
	}
}

// taken reports whether a heading stands for another column already, on another
// sheet of the kind.
func (x *inspector) taken(w *Workbook, k register.Kind, h Heading) bool {
	for c, names := range w.Suggest.Columns[k] {
		if c != h.Column && slices.ContainsFunc(names, func(n string) bool { return register.NormalHeading(n) == register.NormalHeading(h.Text) }) {
			return true
		}
	}
	return false
}

// look takes over how the sheet is read.
func (x *inspector) look(s *Sheet, book *register.Workbook) {
	if s.Kind == 0 {
		return
	}
	if at := slices.IndexFunc(book.Sheets, func(r *register.Sheet) bool { return r.Name == s.Name }); at >= 0 {
		s.Read = book.Sheets[at]
		s.Dates = datesOf(s.Read)
		x.header(s)
	}
	found := map[register.Column]bool{}
	for _, h := range s.Headings {
		found[h.Column] = true
	}
	for _, c := range s.Kind.Inputs() {
		switch {
		case found[c]:
		case slices.Contains(s.Kind.Required(), c):
			s.Required = append(s.Required, c)
		default:
			s.Missing = append(s.Missing, c)
		}
	}
}

// header takes over which row is read as the header row, and the headings of the
// row beside it.
func (x *inspector) header(s *Sheet) {
	if s.HeaderRow != s.Read.HeaderRow {
		s.HeaderRow = s.Read.HeaderRow
		for i := range s.rows {
			if s.rows[i].Row == s.HeaderRow {
				s.Headings = x.guess(s.Kind, &s.rows[i]).headings
			}
		}
	}
	beside := s.Read.LastHeaderRow
	if beside == s.HeaderRow {
		beside--
	}
	for _, c := range slices.Concat(s.Kind.Inputs(), s.Kind.Outputs()) {
		col := s.Read.Column(c)
		if col == 0 || slices.ContainsFunc(s.Headings, func(h Heading) bool { return h.Column == c }) {
			continue
		}
		for i := range s.rows {
			for _, t := range s.rows[i].Texts {
				if s.rows[i].Row == beside && t.Col == col {
					s.Headings = append(s.Headings, x.guess(s.Kind, &register.TopRow{Row: beside, Texts: []register.TopText{t}}).headings...)
				}
			}
		}
	}
	slices.SortStableFunc(s.Headings, func(a, b Heading) int { return a.Col - b.Col })
}

// datesOf counts the dates of a sheet.
func datesOf(s *register.Sheet) Dates {
	var d Dates
	for i := range s.Records {
		r := &s.Records[i]
		for _, c := range s.Kind.Inputs() {
			if c.Type() != register.TypeDate && c.Type() != register.TypeDateOrYes {
				continue
			}
			v := r.Value(c)
			if v.IsBlank() {
				continue
			}
			d.Filled++
			if v.IsReadable() {
				continue
			}
			d.Unreadable++
			if len(d.Examples) < mostExamples {
				d.Examples = append(d.Examples, Example{r.Row, s.Column(c), c, shown(c, v.Text)})
			}
		}
	}
	return d
}

// shown returns what was found in a column of dates, empty where that may be
// somebody's name or date of birth: a heading may have been taken for another.
func shown(c register.Column, text string) string {
	const long = 40
	isDigit := func(r rune) bool { return '0' <= r && r <= '9' }
	isError := len(text) > 1 && text[0] == '#'
	if c == register.DateOfBirth || len(text) > long {
		return ""
	}
	if text == register.NeverCalculated || isError || slices.ContainsFunc([]rune(text), isDigit) {
		return text
	}
	return ""
}
