package xlsx

import (
	"bytes"
	"strconv"
)

// cellType is the t attribute of a cell (18.18.11).
type cellType uint8

const (
	typNumber cellType = iota
	typShared
	typStr
	typInline
	typBool
	typError
	typDate
)

func cellTypeOf(t []byte) (cellType, bool) {
	switch string(t) {
	case "n", "":
		return typNumber, true
	case "s":
		return typShared, true
	case "str":
		return typStr, true
	case "inlineStr":
		return typInline, true
	case "b":
		return typBool, true
	case "e":
		return typError, true
	case "d":
		return typDate, true
	}
	return 0, false
}

// settle decides what the cell holds, from its type, its value and whether it has one at all (an empty <v> is one).
// It says what is wrong with that, if anything is.
func (c *Cell) settle(typ cellType, value []byte, has bool, maxSST int) (wrong string) {
	full := len(value) > 0
	c.str = typ == typStr
	c.NoValue = c.Formula && !full && !(has && c.str)
	switch {
	case typ == typStr, typ == typInline:
		if has {
			c.Kind = Text
		}
		return tooLong(value)
	case !full:
	case typ == typShared:
		n, ok := atoi(value)
		if !ok || n >= maxSST {
			return "it refers to shared string " + quoteBytes(value) + ", of which there are " + strconv.Itoa(maxSST)
		}
		if long := c.row.f.strings.long; long != nil && long[n] > 0 {
			return longText(long[n])
		}
		c.shared, c.Kind = int32(n), Text
	case typ == typNumber:
		c.Kind = Number
	case typ == typBool:
		c.Kind = Bool
	case typ == typError:
		c.Kind = Error
	case typ == typDate:
		c.Kind = ISODate
	}
	return ""
}

// tooLong says so of a text that is longer than Excel allows, escapes and all.
func tooLong(text []byte) string {
	if n := textLength(text); n > maxText {
		if n = textLength([]byte(unescapeBstr(string(text)))); n > maxText {
			return longText(n)
		}
	}
	return ""
}

func longText(n int) string {
	return "its text has " + strconv.Itoa(n) + " characters, and a cell can hold " + strconv.Itoa(maxText)
}

// atoi reads a whole number of at most nine digits.
func atoi(digits []byte) (n int, ok bool) {
	if len(digits) == 0 || len(digits) > 9 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

// content is what the children of a cell give.
type content struct {
	typ   cellType
	value []byte
	has   bool // there is a <v>, or an <is> where the type asks for it
	seen  map[string]bool
}

// cell reads a cell in whatever form XML allows. t is its start tag, just taken.
func (p *rowParser) cell(x *lexer, t *token, c *Cell) error {
	c.start = int32(t.start)
	typ, err := p.cellTag(t, c)
	if err != nil {
		return err
	}
	in := content{typ: typ}
	for done := t.kind == tokEmpty; !done; {
		if done, err = p.child(x, c, &in); err != nil {
			return err
		}
	}
	if wrong := c.settle(typ, in.value, in.has, p.maxSST); wrong != "" {
		return p.refuse(c.Col, wrong)
	}
	return nil
}

// child reads the next thing inside a cell, and tells when that is its end.
func (p *rowParser) child(x *lexer, c *Cell, in *content) (done bool, err error) {
	t, err := x.next()
	if err != nil {
		return false, err
	}
	switch t.kind {
	case tokText, tokComment, tokPI:
		if t.kind == tokText && !blank(t.text) {
			break
		}
		return false, nil
	case tokEnd:
		if p.named(&t, "c") {
			return true, nil
		}
	case tokStart, tokEmpty:
		name := string(t.local())
		if !p.named(&t, name) || in.seen[name] {
			break
		}
		if in.seen == nil {
			in.seen = map[string]bool{}
		}
		in.seen[name] = true
		switch name {
		case "v":
			return false, p.value(x, &t, c, in)
		case "is":
			return false, p.inline(x, &t, c, in)
		case "f":
			c.Formula = true
			return false, p.formula(x, &t, c)
		case "extLst":
			return false, p.skip(x, &t)
		}
	}
	return false, p.refuse(c.Col, "the cell holds what does not belong into one")
}

// cellTag reads a cell's attributes (18.3.1.4).
func (p *rowParser) cellTag(t *token, c *Cell) (typ cellType, err error) {
	if err := checkAttrs(t.attrs); err != nil {
		return 0, err
	}
	for rest := t.attrs; ; {
		a, more, ok, _ := nextAttr(rest)
		if !ok {
			return typ, nil
		}
		rest = more
		switch {
		case string(a.name) == "r":
			row, col, ok := parseCell(a.value)
			if !ok || row != p.row.Num {
				return 0, p.refuse(0, "a cell in it has the reference "+quoteBytes(a.value))
			}
			c.Col = col
		case string(a.name) == "s":
			if c.Style, ok = atoi(a.value); !ok && len(a.value) > 0 {
				return 0, p.refuse(c.Col, "its style is "+quoteBytes(a.value))
			}
		case string(a.name) == "t":
			if typ, ok = cellTypeOf(a.value); !ok {
				return 0, p.refuse(c.Col, "its type is "+quoteBytes(a.value))
			}
		case bytes.HasPrefix(a.name, []byte("xmlns")):
			return 0, p.refuse(c.Col, "the cell declares namespaces of its own")
		}
	}
}

// value reads <v>. Where the cell is an inline string that has one too, <is> is what counts.
func (p *rowParser) value(x *lexer, t *token, c *Cell, in *content) error {
	if c.rich {
		return p.skip(x, t)
	}
	in.has = true
	if t.kind == tokEmpty {
		return nil
	}
	c.lo = int32(t.end)
	for {
		t, err := x.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case tokText:
			if in.value, err = appendDecoded(in.value, t.text); err != nil {
				return p.place(c.Col, err)
			}
			c.odd = c.odd || bytes.IndexByte(t.text, '&') >= 0
		case tokCDATA:
			in.value = append(in.value, t.text...)
			c.odd = true
		case tokComment, tokPI:
			c.odd = true
		case tokEnd:
			if p.named(&t, "v") {
				c.hi = int32(t.start)
				return nil
			}
			return p.refuse(c.Col, "its tags do not match")
		default:
			return p.refuse(c.Col, "the cell's value holds elements")
		}
	}
}

// inline reads <is>, which counts in inline strings only.
func (p *rowParser) inline(x *lexer, t *token, c *Cell, in *content) error {
	if in.typ != typInline {
		return p.skip(x, t)
	}
	in.has, c.rich = true, true
	c.lo, c.hi = int32(t.end), int32(t.end)
	if t.kind == tokEmpty {
		return nil
	}
	end, err := p.within(x, t)
	if err != nil {
		return err
	}
	c.hi = int32(end)
	text, err := appendRich(nil, x.buf[c.lo:c.hi])
	if err != nil {
		return p.place(c.Col, err)
	}
	if wrong := tooLong(text); wrong != "" {
		return p.refuse(c.Col, wrong)
	}
	return nil
}

// formula reads <f> (18.3.1.40): only which cells it holds together matters here.
func (p *rowParser) formula(x *lexer, t *token, c *Cell) error {
	switch kind, _ := attr(t.attrs, "t"); string(kind) {
	case "array", "dataTable":
		ref, _ := attr(t.attrs, "ref")
		area, ok := parseRange(ref)
		if !ok {
			return p.refuse(c.Col, "its formula fills the range "+quoteBytes(ref))
		}
		p.row.areas = append(p.row.areas, area)
	}
	return p.skip(x, t)
}

func (p *rowParser) skip(x *lexer, t *token) error {
	if t.kind == tokEmpty {
		return nil
	}
	_, err := p.within(x, t)
	return err
}

// within passes over the inside of the element that t opened, and its end tag, whose offset it gives.
func (p *rowParser) within(x *lexer, t *token) (int, error) {
	open := [][]byte{t.name}
	for {
		t, err := x.next()
		if err != nil {
			return 0, err
		}
		switch t.kind {
		case tokStart, tokEmpty:
			if err := checkAttrs(t.attrs); err != nil {
				return 0, err
			}
			if t.kind == tokStart {
				open = append(open, t.name)
			}
			if len(open) > p.depth {
				return 0, p.place(0, forbidden("its elements are nested too deeply"))
			}
		case tokEnd:
			if !bytes.Equal(open[len(open)-1], t.name) {
				return 0, p.refuse(0, "its tags do not match")
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return t.start, nil
			}
		case tokEOF:
			return 0, p.refuse(0, "the part ends inside it")
		}
	}
}
