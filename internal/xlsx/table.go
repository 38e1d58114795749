package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxColumnName is the longest name that Excel gives a column of a table, in characters.
const maxColumnName = 255

// parseTable reads a table part (ECMA-376 part 1, 18.5.1.2), with any prefix. partName is the entry it comes from.
func parseTable(partName string, part []byte) (Table, error) {
	tree, err := readTable(part)
	if err != nil {
		return Table{}, err
	}
	table := Table{
		Name:          unescapeBstr(attrString(tree.root.attrs, "displayName")),
		Part:          partName,
		Ref:           tree.ref,
		HeaderRows:    attrInt(tree.root.attrs, "headerRowCount", 1),
		TotalsRows:    attrInt(tree.root.attrs, "totalsRowCount", 0),
		HasAutoFilter: tree.filter != nil,
	}
	for _, c := range tree.columns.children {
		table.Columns = append(table.Columns, columnName(&c))
	}
	return table, nil
}

// tableTree is a table part by its places.
type tableTree struct {
	root    *element
	ref     Range
	columns *element
	filter  *element // nil where the table has none
	sort    *element // nil where it was never sorted
}

func readTable(part []byte) (*tableTree, error) {
	root, err := parseTree(part, 3)
	if err != nil {
		return nil, err
	}
	if root.local() != "table" {
		return nil, malformed("the root element is <%s>, not <table>", clip(root.name, 60))
	}
	tree := &tableTree{root: root}
	for local, at := range map[string]**element{"tableColumns": &tree.columns, "autoFilter": &tree.filter, "sortState": &tree.sort} {
		if *at, err = root.child(local); err != nil {
			return nil, err
		}
	}
	ref, ok := refOf(root)
	if !ok {
		return nil, malformed("the table has the range %q", attrString(root.attrs, "ref"))
	}
	tree.ref = ref
	if tree.columns == nil {
		return nil, malformed("the table has no list of columns")
	}
	return tree, nil
}

func refOf(e *element) (Range, bool) {
	ref, _ := attr(e.attrs, "ref")
	return parseRange(ref)
}

func columnName(column *element) string { return unescapeBstr(attrString(column.attrs, "name")) }

// growTable gives a table part with columns of these headings added on the right: its range, the columns and their count;
// and the ranges of filter and sorting, where they reached over the whole width. Every other byte stays. table is what
// parseTable read from the part. The caller answers for the cells under the new columns being free, and for the headings
// standing in them as text.
//
// A table that mirrors a query or an XML map, that has no header row, or that has such a column already is refused.
func growTable(part []byte, table Table, headings []string) ([]byte, error) {
	if len(headings) == 0 {
		return part, nil
	}
	tree, err := readTable(part)
	if err != nil {
		return nil, refusePart(table.Part, err)
	}
	if r := tree.mayGrow(table, len(headings)); r != nil {
		return nil, r
	}
	put, err := tree.newColumns(table, headings)
	if err != nil {
		return nil, err
	}
	splices := []splice{tree.wider(tree.root, len(headings))}
	for _, e := range []*element{tree.filter, tree.sort} {
		if e == nil {
			continue
		}
		if ref, ok := refOf(e); ok && ref.FirstCol == tree.ref.FirstCol && ref.LastCol == tree.ref.LastCol {
			splices = append(splices, tree.wider(e, len(headings)))
		}
	}
	splices = append(splices, growList(tree.columns, put)...)
	return applySplices(part, splices), nil
}

// wider is the change that moves the right edge of an element's range.
func (tree *tableTree) wider(e *element, columns int) splice {
	ref, _ := refOf(e)
	ref.LastCol += columns
	tag := slices.Concat([]byte("<"), e.name, withAttr(e.attrs, "ref", ref.String()))
	return splice{at: e.start, cut: 1 + len(e.name) + len(e.attrs), put: tag}
}

// mayGrow refuses what could not be grown with certainty.
func (tree *tableTree) mayGrow(table Table, columns int) error {
	refuse := func(kind RefusalKind, remedy, format string, args ...any) error {
		return &Refusal{Kind: kind, Part: table.Part, Detail: fmt.Sprintf("the table %q ", table.Name) + fmt.Sprintf(format, args...), Remedy: remedy}
	}
	const byHand = "add the columns to the table by hand, once, or make it a plain range (Table Design, Convert to Range)"
	if tree.ref != table.Ref || tree.ref.LastCol-tree.ref.FirstCol+1 != len(tree.columns.children) {
		return refuse(Damaged, openAndSave, "has the range %s and %d columns", tree.ref, len(tree.columns.children))
	}
	if table.HeaderRows != 1 {
		return refuse(Unsupported, "show the table's header row in Excel (Table Design, Header Row)", "has %d header rows", table.HeaderRows)
	}
	if tree.ref.LastCol+columns > MaxCol {
		return refuse(Unsupported, byHand, "would reach beyond the last column of the sheet")
	}
	kind := attrString(tree.root.attrs, "tableType")
	_, connected := attr(tree.root.attrs, "connectionId")
	bound := connected || kind != "" && kind != "worksheet"
	for i := range tree.columns.children {
		column := &tree.columns.children[i]
		if column.local() != "tableColumn" {
			return refuse(Unsupported, byHand, "holds <%s> among its columns", clip(column.name, 60))
		}
		_, query := attr(column.attrs, "queryTableFieldId")
		bound = bound || query || slices.ContainsFunc(column.children, func(c element) bool { return c.local() == "xmlColumnPr" })
	}
	if bound {
		return refuse(Unsupported, byHand, "is filled from a query or an XML map, which decides on its columns")
	}
	for i := range tree.root.children {
		if tree.root.children[i].local() == "AlternateContent" {
			return refuse(Unsupported, byHand, "is stored in several versions for different programs")
		}
	}
	return nil
}

// newColumns is the elements of the new columns, with numbers that no other column has.
func (tree *tableTree) newColumns(table Table, headings []string) ([][]byte, error) {
	id, names := 0, map[string]bool{}
	for i := range tree.columns.children {
		column := &tree.columns.children[i]
		id = max(id, attrInt(column.attrs, "id", 0))
		names[strings.ToLower(columnName(column))] = true
	}
	var put [][]byte
	for _, heading := range headings {
		folded := strings.ToLower(heading)
		if heading == "" || utf8.RuneCountInString(heading) > maxColumnName || names[folded] {
			return nil, &Refusal{Kind: Occupied, Part: table.Part,
				Detail: fmt.Sprintf("the table %q cannot have a column %q: names must be unique, and 1 to %d characters long", table.Name, heading, maxColumnName),
				Remedy: "rename the column that has this name"}
		}
		names[folded] = true
		id++
		put = append(put, fmt.Appendf(nil, `<%stableColumn id="%d" name="%s"/>`, prefixOf(tree.columns.name), id, xstring(heading)))
	}
	return put, nil
}

// xstring is text as an attribute of type ST_Xstring holds it (22.9.2.19): line breaks and the like as _x000a_, and what
// only looks like such an escape kept from being taken for one.
func xstring(s string) []byte {
	var b strings.Builder
	for {
		i := strings.IndexFunc(s, func(r rune) bool { return r < 0x20 })
		if i < 0 {
			return appendEscaped(nil, b.String()+escapeBstr(s))
		}
		// The underscore that follows could make an escape of what stands before it.
		b.WriteString(strings.TrimSuffix(escapeBstr(s[:i]+"_"), "_"))
		fmt.Fprintf(&b, "_x%04x_", s[i])
		s = s[i+1:]
	}
}
