package xlsx

import (
	"slices"
	"strings"
)

// table proves that the table gained the new columns on its right, and nothing else.
func (p *proof) table(old Table, sp *SheetPatch) error {
	e := p.before.byName[partKey(old.Part)]
	other := p.take(e)
	if other == nil {
		return differs(old.Part, "the table %q did not grow", old.Name)
	}
	before, after, err := p.contents(e, other)
	if err != nil {
		return err
	}
	g := growth{
		lists: map[string]string{"tableColumns": "tableColumn"},
		attrs: map[string]string{"table": "ref", "autoFilter": "ref", "sortState": "ref", "tableColumns": "count"},
	}
	if err := p.grew(e, before, after, g); err != nil {
		return err
	}
	x, err := parseTree(before, 64)
	if err != nil {
		return refusePart(e.name, err)
	}
	y, err := parseTree(after, 64)
	if err != nil {
		return refusePart(e.name, err)
	}
	if !wider(x, y, old.Ref, len(sp.NewColumns), 0) {
		return differs(old.Part, "the ranges of the table %q are not what they should be", old.Name)
	}
	return p.tableColumns(old, sp, y)
}

// wider goes through both versions of a table together: its range, and those of its own filter and sorting that reach
// over its whole width, are wider by the new columns; all others are the same.
func wider(x, y *element, table Range, columns, depth int) bool {
	a, okA := refOf(x)
	b, okB := refOf(y)
	if depth == 0 || depth == 1 && (x.local() == "autoFilter" || x.local() == "sortState") {
		if okA && a.FirstCol == table.FirstCol && a.LastCol == table.LastCol {
			a.LastCol += columns
		}
	}
	if okA != okB || a != b || x.local() != y.local() || len(x.children) > len(y.children) {
		return false
	}
	for i := range x.children {
		if !wider(&x.children[i], &y.children[i], table, columns, depth+1) {
			return false
		}
	}
	return true
}

// tableColumns proves that the columns added bear the new headings, each with the next number and nothing else.
func (p *proof) tableColumns(old Table, sp *SheetPatch, root *element) error {
	i := slices.IndexFunc(root.children, func(c element) bool { return c.local() == "tableColumns" })
	columns := root.children[i].children // growth.check has compared what was there
	if len(columns) != len(old.Columns)+len(sp.NewColumns) {
		return differs(old.Part, "the table %q has %d columns", old.Name, len(columns))
	}
	highest, names := 0, map[string]bool{}
	for n := range columns {
		c := &columns[n]
		name, id := columnName(c), attrInt(c.attrs, "id", 0)
		if n >= len(old.Columns) {
			heading := cellText(sp.NewColumns[n-len(old.Columns)].Heading)
			alone := c.empty && blank(withoutAttr(withoutAttr(c.attrs, "id"), "name"))
			if name != heading || !alone || id != highest+1 || names[strings.ToLower(name)] {
				return differs(old.Part, "the new column %q of the table %q is not what it should be", name, old.Name)
			}
		}
		highest, names[strings.ToLower(name)] = max(highest, id), true
	}
	return nil
}
