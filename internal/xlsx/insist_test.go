package xlsx

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// insists gives the rules that a package breaks on which Excel insists although no schema holds them: it "repairs" a
// workbook that breaks one, or shows it wrongly. Each is named with its place.
func insists(t testing.TB, data []byte) []string {
	t.Helper()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		return []string{"it cannot be opened: " + err.Error()}
	}
	b := &bookRules{t: t, f: f, formats: 1}
	b.pkg()
	b.styles()
	tables := map[string]string{}
	for _, s := range f.Sheets() {
		sheet := &sheetRules{bookRules: b, s: s, at: map[[2]int]holding{}}
		sheet.rows()
		sheet.around()
		for _, table := range s.Tables {
			key := strings.ToLower(table.Name)
			if tables[key] != "" {
				b.broken("the table %s is on %s and on %s", table.Name, tables[key], s.Name)
			}
			tables[key] = s.Name
			sheet.table(table)
		}
	}
	return b.found
}

// newlyBroken gives the rules that after breaks and before did not.
func newlyBroken(t testing.TB, before, after []byte) []string {
	t.Helper()
	is := insists(t, after)
	if len(is) == 0 {
		return nil
	}
	was := insists(t, before)
	return slices.DeleteFunc(is, func(rule string) bool { return slices.Contains(was, rule) })
}

type bookRules struct {
	t       testing.TB
	f       *File
	formats int // how many cell formats there are
	found   []string
}

func (b *bookRules) broken(format string, args ...any) {
	b.found = append(b.found, fmt.Sprintf(format, args...))
}

func (b *bookRules) part(e *entry) []byte {
	b.t.Helper()
	part, err := b.f.zip.read(e)
	if err != nil {
		b.t.Fatal(err)
	}
	return part
}

// pkg: every part has a type, and every relationship inside the package leads to a part.
func (b *bookRules) pkg() {
	types, err := parseTree(b.part(b.f.zip.byName["[content_types].xml"]), 1)
	if err != nil {
		b.broken("[Content_Types].xml: %v", err)
		return
	}
	typed := map[string]bool{}
	for i := range types.children {
		c := &types.children[i]
		typed["."+strings.ToLower(attrString(c.attrs, "Extension"))] = c.local() == "Default"
		typed[strings.ToLower(attrString(c.attrs, "PartName"))] = c.local() == "Override"
	}
	for _, e := range b.f.zip.entries {
		name := partKey(e.name)
		if !typed["/"+name] && !typed[path.Ext(name)] && name != "[content_types].xml" && !strings.HasSuffix(name, "/") {
			b.broken("%s has no content type", e.name)
		}
	}
}

// styles: what a cell format refers to is there, numbers of formats stand once, and counts are right.
func (b *bookRules) styles() {
	if b.f.styles == nil {
		return
	}
	root, err := parseTree(b.part(b.f.styles), 2)
	if err != nil {
		b.broken("styles: %v", err)
		return
	}
	size := map[string]int{}
	codes := map[int]int{}
	for i := range root.children {
		list := &root.children[i]
		size[list.local()] += len(list.children)
		if n := attrInt(list.attrs, "count", len(list.children)); n != len(list.children) {
			b.broken("styles: <%s> states %d items and has %d", list.local(), n, len(list.children))
		}
		for j := range list.children {
			if list.local() == "numFmts" {
				codes[attrInt(list.children[j].attrs, "numFmtId", -1)]++
			}
		}
	}
	for id, n := range codes {
		if n > 1 {
			b.broken("styles: the number format %d stands %d times", id, n)
		}
	}
	for i := range root.children {
		list := &root.children[i]
		if list.local() != "cellXfs" {
			continue
		}
		b.formats = len(list.children)
		for j := range list.children {
			xf := &list.children[j]
			for id, of := range map[string]string{"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"} {
				if n := attrInt(xf.attrs, id, 0); n > 0 && n >= size[of] {
					b.broken("styles: a cell format has the %s %d of %d", id, n, size[of])
				}
			}
			if id := attrInt(xf.attrs, "numFmtId", 0); id >= firstCustom && codes[id] == 0 {
				b.broken("styles: the cell format %d has the number format %d, which is not there", j, id)
			}
		}
	}
	if b.formats > maxCellXfs {
		b.broken("styles: %d cell formats", b.formats)
	}
}

// holding is what a cell holds.
type holding struct {
	text    string
	kind    Kind
	formula bool
}

type sheetRules struct {
	*bookRules
	s      *Sheet
	at     map[[2]int]holding // the cells of the first rows of tables, and of totals rows
	used   Range              // around all cells that hold something
	merged []Range
}

// rows: formats are there, spans reach around the cells, no text is too long, rows and cells are in order (Scan refuses
// others).
func (r *sheetRules) rows() {
	wanted := map[int]bool{}
	for _, t := range r.s.Tables {
		wanted[t.Ref.FirstRow], wanted[t.Ref.LastRow] = true, true
	}
	err := r.s.Scan(func(row *Row) error {
		first, last := 0, MaxCol
		if spans, ok := attr(row.attrs, "spans"); ok {
			first, last, _ = spanEdges(spans)
		}
		for i := range row.Cells {
			c := &row.Cells[i]
			name := r.s.Name + "!" + CellName(row.Num, c.Col)
			if c.Style >= r.formats {
				r.broken("%s has the cell format %d of %d", name, c.Style, r.formats)
			}
			if c.Kind == None && !c.Formula {
				continue
			}
			r.used = r.used.with(row.Num, c.Col)
			if c.Col < first || c.Col > last {
				r.broken("%s stands outside the spans of its row", name)
			}
			if c.Kind == Text && len(c.Text()) > 4*maxText {
				r.broken("%s holds too long a text", name)
			}
			if wanted[row.Num] {
				r.at[[2]int{row.Num, c.Col}] = holding{c.Text(), c.Kind, c.Formula}
			}
		}
		return nil
	})
	if err != nil {
		r.broken("%v", err)
	}
}

// around: columns are listed in order and once, the dimension reaches around the cells, merged ranges have no cell in
// common, and formulas that several cells share stand within the range that their first one states.
func (r *sheetRules) around() {
	lastCol, shared := 0, map[string]Range{}
	here := ""
	err := r.f.each(r.part(r.s.entry), func(x *reader, t token) error {
		switch name := string(t.local()); {
		case x.depth == 2 && name == "dimension":
			ref, _ := attr(t.attrs, "ref")
			if d, ok := parseRange(ref); ok && r.used != (Range{}) && d != d.with(r.used.FirstRow, r.used.FirstCol).with(r.used.LastRow, r.used.LastCol) {
				r.broken("%s: the dimension does not reach around the cells", r.s.Name)
			}
		case x.depth == 3 && name == "col":
			first, last := attrInt(t.attrs, "min", 0), attrInt(t.attrs, "max", 0)
			if first <= lastCol || last < first || last > MaxCol {
				r.broken("%s: the columns %d to %d are listed behind column %d", r.s.Name, first, last, lastCol)
			}
			if style := attrInt(t.attrs, "style", 0); style >= r.formats {
				r.broken("%s: column %d has the cell format %d of %d", r.s.Name, first, style, r.formats)
			}
			lastCol = last
		case x.depth == 3 && name == "mergeCell":
			ref, _ := attr(t.attrs, "ref")
			area, _ := parseRange(ref)
			for _, other := range r.merged {
				if area.overlaps(other) {
					r.broken("%s: merged cells %s and %s overlap", r.s.Name, area, other)
				}
			}
			r.merged = append(r.merged, area)
		case x.depth == 4 && name == "c":
			here = attrString(t.attrs, "r")
		case x.depth == 5 && name == "f":
			r.formula(here, &t, shared)
		}
		return nil
	})
	if err != nil {
		r.broken("%s: %v", r.s.Name, err)
	}
}

func (r *sheetRules) formula(cell string, t *token, shared map[string]Range) {
	row, col, ok := parseCell([]byte(cell))
	kind := attrString(t.attrs, "t")
	if !ok || kind == "" || kind == "normal" {
		return
	}
	ref, given := attr(t.attrs, "ref")
	area, _ := parseRange(ref)
	si := attrString(t.attrs, "si")
	if kind == "shared" && given {
		shared[si] = area
	} else if kind == "shared" {
		area = shared[si]
	}
	if !area.Contains(row, col) {
		r.broken("%s!%s: its %s formula is for %s", r.s.Name, cell, kind, area)
	}
}

// table: as many columns as cells, names that differ and are those of the header cells, a filter over all but the totals,
// totals as the part states them, and nothing merged or of another table within.
func (r *sheetRules) table(table Table) {
	place := r.s.Name + ", table " + table.Name
	root, err := parseTree(r.part(r.f.zip.byName[partKey(table.Part)]), 3)
	if err != nil {
		r.broken("%s: %v", place, err)
		return
	}
	width := table.Ref.LastCol - table.Ref.FirstCol + 1
	names, ids := map[string]bool{}, map[int]bool{}
	for i := range root.children {
		switch c := &root.children[i]; c.local() {
		case "autoFilter":
			want := table.Ref
			want.LastRow -= table.TotalsRows
			if ref, ok := refOf(c); !ok || ref != want {
				r.broken("%s: the filter is on %s, the table on %s", place, ref, table.Ref)
			}
		case "tableColumns":
			if n := attrInt(c.attrs, "count", width); n != width || len(c.children) != width {
				r.broken("%s: %d columns, %d stated, %d cells wide", place, len(c.children), n, width)
			}
			for n := range c.children {
				r.column(place, table, &c.children[n], n, names, ids)
			}
		}
	}
	for _, m := range r.merged {
		if m.overlaps(table.Ref) {
			r.broken("%s: cells are merged in it, %s", place, m)
		}
	}
	for _, other := range r.s.Tables {
		if other.Part != table.Part && other.Ref.overlaps(table.Ref) {
			r.broken("%s: it overlaps the table %s", place, other.Name)
		}
	}
}

func (r *sheetRules) column(place string, table Table, c *element, n int, names map[string]bool, ids map[int]bool) {
	name, id, col := columnName(c), attrInt(c.attrs, "id", 0), table.Ref.FirstCol+n
	if names[strings.ToLower(name)] || ids[id] || id <= 0 || name == "" {
		r.broken("%s: column %q, number %d, is there twice or has none", place, name, id)
	}
	names[strings.ToLower(name)], ids[id] = true, true
	if head := r.at[[2]int{table.Ref.FirstRow, col}]; table.HeaderRows == 1 && (head.kind != Text || head.formula || !sameHeading(head.text, name)) {
		r.broken("%s: column %q has the header cell %q", place, name, head.text)
	}
	if table.TotalsRows == 0 {
		return
	}
	total := r.at[[2]int{table.Ref.LastRow, col}]
	label, function := unescapeBstr(attrString(c.attrs, "totalsRowLabel")), attrString(c.attrs, "totalsRowFunction")
	switch {
	case label != "" && total.text != label:
		r.broken("%s: column %q has the label %q, its cell holds %q", place, name, label, total.text)
	case function != "" && function != "none" && !total.formula:
		r.broken("%s: column %q has the total %q, but no formula", place, name, function)
	case label == "" && (function == "" || function == "none") && total.kind != None:
		r.broken("%s: column %q has no total, its cell holds %q", place, name, total.text)
	}
}

// sameHeading compares a header cell with a column's name, in which the line breaks may be written differently.
func sameHeading(cell, name string) bool {
	plain := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	return plain.Replace(cell) == plain.Replace(name)
}

// The rules must tell right from wrong: each change of a workbook that keeps them breaks one.
func TestExcelInsists(t *testing.T) {
	before, after, _ := provable(t)
	if found := slices.Concat(insists(t, before), insists(t, after)); len(found) > 0 {
		t.Fatalf("of a workbook that keeps the rules: %q", found)
	}
	table, styles := "xl/tables/table1.xml", "xl/styles.xml"
	for _, c := range []struct {
		part, old, now, word string
	}{
		{sheetPart, `spans="1:4"`, `spans="1:3"`, "outside the spans"},
		{sheetPart, `ref="A1:D9"`, `ref="A1:C9"`, "dimension"},
		{sheetPart, `<col min="3"`, `<col min="2"`, "listed behind"},
		{sheetPart, `<mergeCell ref="A9:B9"/>`, `<mergeCell ref="A9:B9"/><mergeCell ref="B8:B9"/>`, "overlap"},
		{sheetPart, `ref="A9:B9"`, `ref="A2:B2"`, "merged in it"},
		{sheetPart, ` s="1"`, ` s="77"`, "cell format 77"},
		{sheetPart, "Status", "State", "header cell"},
		{sheetPart, "<f>A2</f>", `<f t="shared" si="0" ref="B3:B9">A2</f>`, "shared formula"},
		{sheetPart, "<f>A2</f>", `<f t="shared" si="0"/>`, "shared formula"},
		{table, `name="Status"`, `name="A"`, "twice"},
		{table, `<tableColumn id="3"`, `<tableColumn id="2"`, "twice"},
		{table, `count="3"`, `count="4"`, "4 stated"},
		{table, `<autoFilter ref="A1:C2"`, `<autoFilter ref="A1:B2"`, "filter"},
		{table, `displayName="Learners"`, `displayName="Learners" totalsRowCount="1"`, "filter"},
		{sheetPart, `<c r="B1" t="s"><v>1</v></c>`, `<c r="B1"><v>1</v></c>`, "header cell"},
		{styles, `fontId="1"`, `fontId="9"`, "fontId 9"},
		{styles, `<fonts count="2"`, `<fonts count="3"`, "states 3"},
		{"[Content_Types].xml", `Extension="png"`, `Extension="gif"`, "image1.png has no content type"},
	} {
		broken := newlyBroken(t, before, tampered(t, after, c.part, swap(c.old, c.now)))
		if !strings.Contains(strings.Join(broken, "\n"), c.word) {
			t.Errorf("%s with %s breaks %q, want %q", c.part, c.now, broken, c.word)
		}
	}
}
