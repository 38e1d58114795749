package xlsx

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// dress is a cell format, what it was made from, and the look that was put on.
type dress struct {
	base, xf int // indexes of cell formats: base in the styles before, xf in those after
	look     Look
}

// base is the cell format that one of our cells had to take over: its neighbour's, or what the cell, its row or its
// column had before.
func (q *sheetProof) base(e *Edit) int {
	x := q.x
	row := x.row != nil && x.num == e.Row
	own := -1
	for i := len(x.cells) - 1; row && i >= 0; i-- {
		c := x.cells[i]
		if c.col == e.NeighbourCol || e.NeighbourCol == leftNeighbour && c.col < e.Col {
			return x.styleOf(c)
		}
		if c.col == e.Col {
			own = i
		}
	}
	switch {
	case own >= 0:
		return x.styleOf(x.cells[own])
	case row && attrBool(x.tag.attrs, "customFormat", false):
		return attrInt(x.tag.attrs, "s", 0)
	case q.styled[e.Col] != nil:
		return q.styled[e.Col].style
	}
	return 0
}

func (s *rowSide) styleOf(c span) int {
	t, _ := (&lexer{buf: s.row[c.start:c.end], last: true}).next()
	return attrInt(t.attrs, "s", 0)
}

// dressed proves that a cell format is the one it was made from but for the look. It compares the formats themselves: how
// the patcher makes, finds and numbers them is nothing to it.
func (p *proof) dressed(d dress) bool {
	known, ok := p.looks[d]
	if !ok {
		known = p.compareFormats(d)
		if p.looks == nil {
			p.looks = map[dress]bool{}
		}
		p.looks[d] = known
	}
	return known
}

func (p *proof) compareFormats(d dress) bool {
	if d.look == Heading || p.was == nil || p.is == nil {
		return d.xf == d.base
	}
	was, ok1 := p.was.format(d.base)
	is, ok2 := p.is.format(d.xf)
	if !ok1 || !ok2 || is.flag("quotePrefix") || is.flag("pivotButton") {
		return false
	}
	colours, wanted := d.look.colours()
	cleared := !wanted && p.showsStatus(was)
	switch {
	case wanted && !(p.filled(is, colours.fill) && sameFont(was.font, is.font, colours.font)),
		cleared && !(is.id("fillId") == 0 && sameFont(was.font, is.font, "")),
		!wanted && !cleared && !(is.id("fillId") == was.id("fillId") && is.id("fontId") == was.id("fontId")):
		return false
	}
	switch format := is.id("numFmtId"); {
	case d.look == Date && plainDateCode(p.is.codes[format]) != dateFormat,
		d.look != Date && was.id("numFmtId") == textID && format != textID,
		d.look != Date && was.id("numFmtId") != textID && format != generalID:
		return false
	}
	for id, apply := range map[string]string{"numFmtId": "applyNumberFormat", "fontId": "applyFont", "fillId": "applyFill"} {
		if is.id(id) != was.id(id) && !is.flag(apply) || is.id(id) == was.id(id) && is.flag(apply) != was.flag(apply) {
			return false
		}
	}
	return is.rest == was.rest
}

// filled reports whether a format is filled with one colour: a fill that was there, or a new one that says just that.
func (p *proof) filled(f format, colour string) bool {
	if f.id("fillId") < len(p.was.fills) {
		return solidColour(f.fill) == colour
	}
	e, err := parseTree(f.fill, 64)
	return err == nil && inside(e, f.fill, "") == "patternFill(patternType=SOLID){bgColor(indexed=64){},fgColor(rgb=FF"+colour+"){}}"
}

// showsStatus tells whether a format has the colours of a status.
func (p *proof) showsStatus(f format) bool {
	font, err := parseTree(f.font, 1)
	if err != nil {
		return false
	}
	for look := Red; look <= Grey; look++ {
		if c, _ := look.colours(); solidColour(f.fill) == c.fill && childRGB(font, "color") == c.font {
			return true
		}
	}
	return false
}

// wardrobe is a styles part as the proof reads it.
type wardrobe struct {
	formats, fonts, fills [][]byte
	codes                 map[int]string // number formats that the part defines, by id
}

func newWardrobe(part []byte) (*wardrobe, error) {
	root, err := parseTree(part, 2)
	if err != nil {
		return nil, err
	}
	w := &wardrobe{codes: map[int]string{}}
	for _, list := range root.children {
		for _, item := range list.children {
			raw := part[item.start:item.end]
			switch list.local() {
			case "numFmts":
				w.codes[attrInt(item.attrs, "numFmtId", -1)] = attrString(item.attrs, "formatCode")
			case "fonts":
				w.fonts = append(w.fonts, raw)
			case "fills":
				w.fills = append(w.fills, raw)
			case "cellXfs":
				w.formats = append(w.formats, raw)
			}
		}
	}
	if len(w.formats) == 0 { // cells without a format mean this one
		w.formats = [][]byte{[]byte("<xf/>")}
	}
	if len(w.fonts) == 0 {
		w.fonts = [][]byte{[]byte(defaultFont)}
	}
	return w, nil
}

// format is one cell format taken apart.
type format struct {
	attrs      map[string]string
	font, fill []byte // whole elements; fill is nil where the part has no such
	rest       string // border, style, alignment, protection and all else
}

// looked are the attributes of a cell format that a look may change.
var looked = []string{"numFmtId", "fontId", "fillId", "applyNumberFormat", "applyFont", "applyFill", "quotePrefix", "pivotButton"}

func (w *wardrobe) format(index int) (f format, ok bool) {
	if index < 0 || index >= len(w.formats) {
		return f, false
	}
	e, err := parseTree(w.formats[index], 64)
	if err != nil {
		return f, false
	}
	f.attrs = map[string]string{}
	for rest := e.attrs; ; {
		a, more, ok, err := nextAttr(rest)
		if err != nil || !ok {
			break
		}
		rest = more
		value := strings.NewReplacer("true", "1", "false", "0").Replace(string(a.value))
		if value != "0" && !bytes.HasPrefix(a.name, []byte("xmlns")) { // the default of all of them
			f.attrs[string(localName(a.name))] = value
		}
	}
	if f.id("fontId") < 0 || f.id("fontId") >= len(w.fonts) || f.id("fillId") < 0 || f.id("fillId") > 0 && f.id("fillId") >= len(w.fills) {
		return f, false
	}
	f.font = w.fonts[f.id("fontId")]
	if f.id("fillId") < len(w.fills) {
		f.fill = w.fills[f.id("fillId")]
	}
	others := maps.Clone(f.attrs)
	for _, name := range looked {
		delete(others, name)
	}
	f.rest = inOrder(others) + inside(e, w.formats[index], "")
	return f, true
}

func (f format) flag(name string) bool { return f.attrs[name] == "1" }

func (f format) id(name string) int {
	n, _ := strconv.Atoi(f.attrs[name])
	return n
}

// sameFont reports whether two fonts differ in their colour only, the second having the one wanted: RRGGBB, or "" for none.
func sameFont(was, is []byte, colour string) bool {
	x, err1 := parseTree(was, 64)
	y, err2 := parseTree(is, 64)
	if err1 != nil || err2 != nil || inside(x, was, "color") != inside(y, is, "color") {
		return false
	}
	if own, err := y.child("color"); colour == "" || err != nil {
		return err == nil && own == nil
	}
	return childRGB(y, "color") == colour
}

// inside is what an element holds, but for children of one name: in whatever order, with whatever prefixes.
func inside(e *element, part []byte, without string) string {
	var all []string
	for i := range e.children {
		c := &e.children[i]
		if c.local() == without {
			continue
		}
		attrs := map[string]string{}
		for rest := c.attrs; ; {
			a, more, ok, err := nextAttr(rest)
			if err != nil || !ok {
				break
			}
			rest = more
			if !bytes.HasPrefix(a.name, []byte("xmlns")) {
				attrs[string(localName(a.name))] = strings.ToUpper(string(a.value))
			}
		}
		all = append(all, c.local()+inOrder(attrs)+"{"+inside(c, part, "")+"}")
	}
	if len(e.children) == 0 {
		return string(bytes.TrimSpace(part[e.open:e.close]))
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

func inOrder(attrs map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		all = append(all, name+"="+attrs[name])
	}
	return "(" + strings.Join(all, " ") + ")"
}
