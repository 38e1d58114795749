package xlsx

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// colours is a fill and the font colour that is read on it (RRGGBB). Both are always set together, so that they stay
// readable in Excel's dark theme too; TestColoursAreReadable holds the contrast.
type colours struct{ fill, font string }

// colours gives those of a status look, Excel's own for good, bad and neutral; ok is false for a look without any.
func (l Look) colours() (c colours, ok bool) {
	switch l {
	case Red:
		return colours{"FFC7CE", "9C0006"}, true
	case Amber:
		return colours{"FFEB9C", "7F6000"}, true
	case Green:
		return colours{"C6EFCE", "006100"}, true
	case Grey:
		return colours{"D9D9D9", "404040"}, true
	}
	return c, false
}

const (
	dateFormat = "dd/mm/yyyy"

	generalID   = 0   // number format General
	textID      = 49  // number format @
	firstCustom = 164 // below are the built-in number formats (ECMA-376 part 1, 18.8.30)
	maxCellXfs  = 65490
)

// styleSheet is a styles part: it tells which cell formats show dates, and takes up new cell formats at the end of its
// lists, never renumbering one. It is not safe for concurrent use.
type styleSheet struct {
	part    []byte
	root    *element
	numFmts styleList
	fonts   styleList
	fills   styleList
	cellXfs styleList
	dates   []bool // by cell format, of those in the part

	unsure error          // why nothing may be added: the lists cannot be counted with certainty
	done   map[derive]int // answers of xf
}

type derive struct {
	base int
	look Look
}

// styleList is one of the lists of the part; its items are numbered by their order.
type styleList struct {
	name, item string                   // local names of the list and of its items
	key        func(item []byte) string // the same for items that mean the same
	el         *element                 // nil where the part has none
	items      [][]byte                 // each a whole element, those added last
	old        int                      // how many of them stood in the part
	reserved   int                      // how many of the first have a meaning of their own, and are never found
	first      map[string]int           // key → its first index + 1; made when it is first asked for
}

// newStyleSheet reads a styles part (ECMA-376 part 1, 18.8.39), with any prefix. The part must not be changed afterwards.
func newStyleSheet(part []byte) (*styleSheet, error) {
	root, err := parseTree(part, 2)
	if err != nil {
		return nil, err
	}
	if root.local() != "styleSheet" {
		return nil, malformed("the root element is <%s>, not <styleSheet>", clip(root.name, 60))
	}
	s := &styleSheet{
		part: part, root: root, done: map[derive]int{},
		numFmts: styleList{name: "numFmts", item: "numFmt", key: itemKey},
		fonts:   styleList{name: "fonts", item: "font", key: itemKey},
		fills:   styleList{name: "fills", item: "fill", key: fillKey, reserved: 2},
		cellXfs: styleList{name: "cellXfs", item: "xf", key: xfKey},
	}
	for _, list := range s.lists() {
		if list.el, err = root.child(list.name); err != nil {
			return nil, err
		}
		if list.el != nil {
			s.readList(list)
		}
	}
	for i := range root.children {
		if root.children[i].local() == "AlternateContent" {
			s.unsure = malformed("the styles part holds <%s>, so its lists cannot be counted", root.children[i].name)
		}
	}
	s.findDangling()
	s.findDates()
	return s, nil
}

// lists are those that may grow, in the order of the schema.
func (s *styleSheet) lists() []*styleList {
	return []*styleList{&s.numFmts, &s.fonts, &s.fills, &s.cellXfs}
}

// readList takes up the items of a list. Anything else in it (alternatives for other programs) makes the count unsure.
func (s *styleSheet) readList(list *styleList) {
	for _, c := range list.el.children {
		if c.local() != list.item || !bytes.Equal(prefixOf(c.name), prefixOf(list.el.name)) {
			s.unsure = malformed("<%s> holds <%s>, so its items cannot be counted", list.el.name, clip(c.name, 60))
			continue
		}
		if c.text {
			s.unsure = malformed("<%s> holds text, which means nothing there", clip(c.name, 60))
		}
		list.items = append(list.items, s.part[c.start:c.end])
	}
	list.old = len(list.items)
}

// findDangling makes sure that nothing refers to a font or fill beyond the end of its list: one that is added there would
// be shown where nobody asked for it.
func (s *styleSheet) findDangling() {
	check := func(xf *element, id string, to *styleList) {
		// A list that is not there gets its default in the first place.
		if n := attrInt(xf.attrs, id, 0); s.unsure == nil && (n < 0 || n > 0 && n >= to.old) {
			s.unsure = malformed("a cell format has the %s %d, but the workbook has only %d", to.item, n, to.old)
		}
	}
	for i := range s.root.children {
		list := &s.root.children[i]
		if name := list.local(); name != "cellXfs" && name != "cellStyleXfs" {
			continue
		}
		for i := range list.children {
			check(&list.children[i], "fontId", &s.fonts)
			check(&list.children[i], "fillId", &s.fills)
		}
	}
}

func (s *styleSheet) findDates() {
	shown := map[int]bool{} // number formats that the part defines itself, built-in ids too
	for _, item := range s.numFmts.items {
		attrs := tagAttrs(item)
		if id := attrInt(attrs, "numFmtId", -1); id >= 0 {
			shown[id] = dateCode(attrString(attrs, "formatCode"))
		}
	}
	s.dates = make([]bool, len(s.cellXfs.items))
	for i, item := range s.cellXfs.items {
		id := attrInt(tagAttrs(item), "numFmtId", generalID)
		date, own := shown[id]
		s.dates[i] = date || !own && builtinDate(id)
	}
}

// tagAttrs gives the attributes of an element that parseTree has accepted.
func tagAttrs(item []byte) []byte {
	t, _ := (&lexer{buf: item, last: true}).next()
	return t.attrs
}

// isDate tells whether the cell format shows a number as a date or a time, elapsed time included. A format that the part
// does not have shows none.
func (s *styleSheet) isDate(xf int) bool {
	return xf >= 0 && xf < len(s.dates) && s.dates[xf]
}

// xf gives the index of the cell format that is base with the look put on: an equal one where there is one, so that a
// later run finds what an earlier one added, else a new one at the end. Font, border, alignment and protection stay
// base's; a text or date that is written has neither quotePrefix nor pivotButton.
func (s *styleSheet) xf(base int, look Look) (int, error) {
	if look == Heading {
		return base, nil
	}
	if xf, ok := s.done[derive{base, look}]; ok {
		return xf, nil
	}
	if s.unsure != nil {
		return 0, s.unsure
	}
	if base < 0 || base >= len(s.cellXfs.items) && (base > 0 || len(s.cellXfs.items) > 0) {
		return 0, malformed("a cell has the format %d, but the workbook has only %d", base, len(s.cellXfs.items))
	}
	if len(s.cellXfs.items) == 0 { // cells without a format mean this one
		s.cellXfs.add([]byte("<" + s.prefix() + `xf numFmtId="0"/>`))
	}
	made, err := s.derived(s.cellXfs.items[base], look)
	if err != nil {
		return 0, err
	}
	xf := base // before any other that is equal to it
	if xfKey(made) != xfKey(s.cellXfs.items[base]) {
		xf = s.cellXfs.findOrAdd(made)
	}
	if xf >= maxCellXfs {
		return 0, malformed("the workbook has %d cell formats, as many as Excel allows", maxCellXfs)
	}
	s.done[derive{base, look}] = xf
	return xf, nil
}

// derived is the cell format base with the look put on.
func (s *styleSheet) derived(base []byte, look Look) ([]byte, error) {
	e, err := parseTree(base, 0)
	if err != nil {
		return nil, err
	}
	attrs := e.attrs
	set := func(id, apply string, to int) {
		if attrInt(attrs, id, 0) != to {
			attrs = withAttr(withAttr(attrs, id, strconv.Itoa(to)), apply, "1")
		}
	}
	format := attrInt(attrs, "numFmtId", generalID)
	switch {
	case look == Date:
		format = s.dateFormatID(format)
	case format != textID:
		format = generalID
	}
	set("numFmtId", "applyNumberFormat", format)

	font, fill := attrInt(attrs, "fontId", 0), attrInt(attrs, "fillId", 0)
	if c, ok := look.colours(); ok {
		if font, err = s.recoloured(font, c.font); err != nil {
			return nil, err
		}
		fill = s.solidFill(c.fill)
	} else if s.showsStatus(font, fill) {
		if font, err = s.recoloured(font, ""); err != nil {
			return nil, err
		}
		fill = 0
	}
	set("fontId", "applyFont", font)
	set("fillId", "applyFill", fill)
	attrs = withoutAttr(withoutAttr(attrs, "quotePrefix"), "pivotButton")
	rest := 1 + len(e.name) + len(e.attrs) // from the closing bracket of the start tag on
	return slices.Concat([]byte("<"), e.name, attrs, base[rest:]), nil
}

// xfKey is the same for cell formats that mean the same: absent attributes count with their defaults.
func xfKey(item []byte) string {
	e, err := parseTree(item, 64)
	if err != nil {
		return string(item)
	}
	var key strings.Builder
	attrs := e.attrs
	for _, name := range []string{"numFmtId", "fontId", "fillId", "borderId", "xfId"} {
		fmt.Fprintf(&key, "%d ", attrInt(attrs, name, 0))
		attrs = withoutAttr(attrs, name)
	}
	for _, name := range []string{"quotePrefix", "pivotButton", "applyNumberFormat", "applyFont", "applyFill", "applyBorder", "applyAlignment", "applyProtection"} {
		fmt.Fprintf(&key, "%t ", attrBool(attrs, name, false))
		attrs = withoutAttr(attrs, name)
	}
	e.attrs = attrs
	return key.String() + canonical(e, item)
}

// dateFormatID is the number format shown as dd/mm/yyyy: base where it is that already, one that the part has, or a new one.
func (s *styleSheet) dateFormatID(base int) int {
	found, highest := -1, firstCustom-1
	for _, item := range s.numFmts.items {
		attrs := tagAttrs(item)
		id := attrInt(attrs, "numFmtId", -1)
		if plainDateCode(attrString(attrs, "formatCode")) == dateFormat && (found < 0 || id == base) {
			found = id
		}
	}
	if found >= 0 {
		return found
	}
	// Differential formats and orphaned references count too: no number may get a second meaning.
	for rest := s.part; ; {
		i := bytes.Index(rest, []byte("numFmtId="))
		if i < 0 {
			break
		}
		rest = rest[i+len("numFmtId="):]
		digits := bytes.TrimLeft(rest, `"'`)
		n := 0
		for n < len(digits) && n < 9 && digits[n] >= '0' && digits[n] <= '9' {
			n++
		}
		if id, err := strconv.Atoi(string(digits[:n])); err == nil {
			highest = max(highest, id)
		}
	}
	s.numFmts.add(fmt.Appendf(nil, `<%snumFmt numFmtId="%d" formatCode="%s"/>`, s.prefixIn(&s.numFmts), highest+1, dateFormat))
	return highest + 1
}

// plainDateCode drops from a format code what Excel adds to it without changing what is seen in a British workbook: the
// locale in front, the escaped separators, the section for text.
func plainDateCode(code string) string {
	if strings.HasPrefix(code, "[$-") {
		code = code[strings.IndexByte(code, ']')+1:]
	}
	return strings.ToLower(strings.TrimSuffix(strings.ReplaceAll(code, `\/`, "/"), ";@"))
}

func (s *styleSheet) prefix() string { return string(prefixOf(s.root.name)) }

func (s *styleSheet) prefixIn(list *styleList) string {
	if list.el != nil {
		return string(prefixOf(list.el.name))
	}
	return s.prefix()
}

// add appends an item and gives its index.
func (l *styleList) add(item []byte) int {
	l.items = append(l.items, item)
	return len(l.items) - 1
}

// findOrAdd gives the index of the first item that means the same, of item itself where there is none.
func (l *styleList) findOrAdd(item []byte) int {
	if l.first == nil {
		l.first = make(map[string]int, len(l.items))
		for i, old := range l.items {
			if key := l.key(old); i >= l.reserved && l.first[key] == 0 {
				l.first[key] = i + 1
			}
		}
	}
	key := l.key(item)
	if i := l.first[key]; i > 0 {
		return i - 1
	}
	l.first[key] = l.add(item) + 1
	return len(l.items) - 1
}

// grew reports whether something was added.
func (s *styleSheet) grew() bool {
	return slices.ContainsFunc(s.lists(), func(l *styleList) bool { return len(l.items) > l.old })
}

// bytes is the part with what was added; where nothing was, the part itself. Only the ends of the lists and their counts
// differ from it.
func (s *styleSheet) bytes() []byte {
	// The order of the part's children that the schema wants.
	order := []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}
	var splices []splice
	for _, list := range s.lists() {
		if len(list.items) == list.old {
			continue
		}
		if list.el != nil {
			splices = append(splices, growList(list.el, list.items[list.old:])...)
			continue
		}
		put := fmt.Appendf(nil, `<%s%s count="%d">`, s.prefix(), list.name, len(list.items))
		put = append(put, bytes.Join(list.items, nil)...)
		put = fmt.Appendf(put, "</%s%s>", s.prefix(), list.name)
		at := s.root.close
		for _, c := range s.root.children {
			if slices.Contains(order[slices.Index(order, list.name)+1:], c.local()) {
				at = c.start
				break
			}
		}
		splices = append(splices, splice{at: at, put: put})
	}
	if len(splices) == 0 {
		return s.part
	}
	if s.root.empty { // nothing stands in it yet: all the lists are new and go between two tags
		splices = append([]splice{{at: s.root.end - 2, cut: 2, put: []byte(">")}}, splices...)
		splices = append(splices, splice{at: s.root.end, put: []byte("</" + string(s.root.name) + ">")})
	}
	return applySplices(s.part, splices)
}
