package xlsx

import (
	"slices"
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
	case q.styled.at(e.Col) != nil:
		return q.styled.at(e.Col).style
	}
	return 0
}

func (s *rowSide) styleOf(c span) int {
	t, _ := (&lexer{buf: s.row[c.start:c.end], last: true}).next()
	return attrInt(t.attrs, "s", 0)
}

// dressed proves that a cell format is the one it was made from but for the look: one that was there already means the
// same, one that was added says the same in the same order. It compares the formats themselves: how
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
	fresh := d.xf >= len(p.was.formats)
	was, ok1 := p.was.format(d.base, fresh)
	is, ok2 := p.is.format(d.xf, fresh)
	if !ok1 || !ok2 || is.flag("quotePrefix") || is.flag("pivotButton") || is.rest != was.rest {
		return false
	}
	for id, apply := range map[string]string{"numFmtId": "applyNumberFormat", "fontId": "applyFont", "fillId": "applyFill"} {
		if is.id(id) != was.id(id) && !is.flag(apply) || is.id(id) == was.id(id) && is.flag(apply) != was.flag(apply) || fresh && was.attrs[id] != "" && is.attrs[id] == "" {
			return false
		}
	}
	return p.shown(d.look, was.id("numFmtId"), is.id("numFmtId")) && p.coloured(d.look, was, is)
}

// shown reports whether a number format is the one that a look asks for.
func (p *proof) shown(look Look, was, is int) bool {
	switch {
	case look == Date:
		return plainDateCode(p.is.codes[is]) == dateFormat
	case was == textID:
		return is == textID
	}
	return is == generalID
}

// coloured reports whether font and fill are those that a look asks for; the colours of a status that is no longer there
// are gone.
func (p *proof) coloured(look Look, was, is format) bool {
	if colours, ok := look.colours(); ok {
		return p.sameFont(was, is, colours.font) && p.filled(is, colours.fill)
	}
	if p.showsStatus(was) {
		return p.sameFont(was, is, "") && is.id("fillId") == 0
	}
	return is.id("fontId") == was.id("fontId") && is.id("fillId") == was.id("fillId")
}

// filled reports whether a format is filled with one colour: a fill that was there, or a new one that says just that.
func (p *proof) filled(f format, colour string) bool {
	if f.id("fillId") < len(p.was.fills) {
		return solidColour(f.fill) == colour
	}
	e, err := parseTree(f.fill, 64)
	return err == nil && strings.Join(inside(e, f.fill), "") == "patternFill(patternType=SOLID){fgColor(rgb=FF"+colour+"){},bgColor(indexed=64){}}"
}

// sameFont reports whether two fonts differ in their colour only, the second having the one wanted: RRGGBB, or "" for none.
func (p *proof) sameFont(was, is format, colour string) bool {
	x, err1 := parseTree(was.font, 64)
	y, err2 := parseTree(is.font, 64)
	if err1 != nil || err2 != nil {
		return false
	}
	a, atA := withoutColour(inside(x, was.font))
	b, atB := withoutColour(inside(y, is.font))
	if is.id("fontId") < len(p.was.fonts) {
		slices.Sort(a)
		slices.Sort(b)
		own, err := y.child("color")
		return slices.Equal(a, b) && err == nil && (colour == "" && own == nil || colour != "" && childRGB(y, "color") == colour)
	}
	if atA < 0 { // where the schema has it
		atA = slices.IndexFunc(a, func(c string) bool {
			name, _, _ := strings.Cut(c, "(")
			return slices.Contains([]string{"name", "family", "charset", "scheme"}, name)
		})
		if atA < 0 {
			atA = len(a)
		}
	}
	if colour == "" {
		return slices.Equal(a, b) && atB < 0
	}
	return slices.Equal(a, b) && atB == atA && inside(y, is.font)[atB] == "color(rgb=FF"+colour+"){}"
}

func withoutColour(font []string) (rest []string, at int) {
	at = slices.IndexFunc(font, func(c string) bool { return strings.HasPrefix(c, "color(") })
	if at >= 0 {
		font = slices.Delete(slices.Clone(font), at, at+1)
	}
	return font, at
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
