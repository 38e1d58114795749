package xlsx

import (
	"bytes"
	"errors"
	"fmt"
)

// Kind is what a cell holds.
type Kind uint8

const (
	None    Kind = iota // no value, or a number or shared string whose value is empty
	Number              // a number, or a date or time stored as one (t="n" or absent)
	Text                // a string: shared, inline, rich, or the text that a formula gave
	Bool                // t="b"
	Error               // t="e", as #REF!
	ISODate             // t="d": an ISO 8601 date, time or both as text (strict workbooks)
)

// Row is one row of a worksheet, valid during the call of Scan's function.
type Row struct {
	Num    int // 1-based, as Excel shows it
	Cells  []Cell
	Hidden bool

	f     *File
	raw   []byte  // from the start tag to the end tag
	tag   int     // length of the start tag
	attrs []byte  // of the start tag
	shut  int     // where the end tag begins; len(raw) for a self-closed row
	areas []Range // of array formulas and data tables
	alien bool    // holds elements besides cells
}

// Cell is one cell of a row, valid as long as the row is.
type Cell struct {
	Col     int // 1-based: A is 1
	Style   int // index of its cellXf in the styles part
	Kind    Kind
	Formula bool // it has an <f>
	NoValue bool // a formula that was never calculated: no <v>, or an empty one that is not marked as text

	str        bool  // t="str"
	odd        bool  // the value holds entities, CDATA sections or comments
	rich       bool  // the value is the whole inside of <is>
	shared     int32 // index of the shared string, -1 for others
	start, end int32 // of the element, in row.raw
	lo, hi     int32 // of the value: the inside of <v>, of the only <t>, or (odd inline strings) of <is>
	row        *Row
}

// SharedString gives the index of the shared string that is the cell's text (18.18.11, s), -1 where none is.
func (c *Cell) SharedString() int { return int(c.shared) }

// SharedString gives a shared string of the sheet's workbook by its index: the Text of a cell with that SharedString.
func (s *Sheet) SharedString(i int) string { return s.f.strings.at(i) }

// rowParser takes rows apart. The forms that programs write are read by quick, everything else that XML allows by
// the lexer: both must see the same (FuzzRow).
type rowParser struct {
	row    Row    // the one last parsed
	prefix []byte // of the elements, with its colon
	maxSST int    // number of shared strings
	depth  int    // deepest nesting allowed inside a row
	last   int    // number of the row before
	slow   bool   // never quick: for tests

	tagRow, tagC, tagV, tagF, tagT, tagTS, endV, endF, endT, endC, endRow []byte
}

func newRowParser(f *File, prefix []byte, depth int) *rowParser {
	p := &rowParser{prefix: append([]byte(nil), prefix...), maxSST: f.strings.n, depth: depth}
	p.row.f = f
	tag := func(open, name, shut string) []byte { return []byte(open + string(prefix) + name + shut) }
	p.tagC, p.endC = tag("<", "c", ""), tag("</", "c", ">")
	p.tagV, p.endV = tag("<", "v", ">"), append(tag("</", "v", ">"), p.endC...)
	p.tagF, p.endF = tag("<", "f", ">"), tag("</", "f", ">")
	p.tagT = append(tag("<", "is", ">"), tag("<", "t", ">")...)
	p.tagTS = append(tag("<", "is", ">"), tag("<", "t", ` xml:space="preserve">`)...)
	p.endT = append(append(tag("</", "t", ">"), tag("</", "is", ">")...), p.endC...)
	p.tagRow = tag("<", "row", "")
	p.endRow = tag("</", "row", ">")
	return p
}

// parse reads the row that begins at b[0] into p.row and says how long it is. errMore asks for more bytes, last says
// that there are none.
func (p *rowParser) parse(b []byte, last bool) (int, error) {
	x := lexer{buf: b, last: last}
	t, err := x.next()
	if err != nil {
		return 0, err
	}
	row := &p.row
	row.Cells, row.areas, row.alien = row.Cells[:0], row.areas[:0], false
	if err := p.rowTag(&t); err != nil {
		return 0, err
	}
	row.tag, row.attrs = t.end, t.attrs
	if t.kind == tokEmpty {
		row.raw, row.shut = b[:t.end], t.end
		return t.end, nil
	}
	n, err := p.cells(&x)
	if err != nil {
		return 0, err
	}
	row.raw = b[:n]
	return n, nil
}

// cells reads the inside of a row up to its end tag.
func (p *rowParser) cells(x *lexer) (int, error) {
	row := &p.row
	for col := 0; ; {
		if len(row.Cells) < cap(row.Cells) {
			row.Cells = row.Cells[:len(row.Cells)+1]
		} else {
			row.Cells = append(row.Cells, Cell{})
		}
		c := &row.Cells[len(row.Cells)-1]
		*c = Cell{shared: -1, row: row, start: int32(x.pos), Col: col + 1}
		if !p.slow {
			if n := p.quick(x.buf, x.pos, c); n > 0 {
				if c.Col <= col || c.Col > MaxCol {
					return 0, p.misplaced(c)
				}
				x.pos, col = n, c.Col
				c.end = int32(n)
				continue
			}
			*c = Cell{shared: -1, row: row, start: int32(x.pos), Col: col + 1}
		}
		row.Cells = row.Cells[:len(row.Cells)-1]
		if bytes.HasPrefix(x.buf[x.pos:], p.endRow) {
			row.shut = x.pos
			return x.pos + len(p.endRow), nil
		}
		t, err := x.next()
		if err != nil {
			return 0, err
		}
		switch {
		case t.kind == tokText && blank(t.text), t.kind == tokComment, t.kind == tokPI:
		case t.kind == tokEnd && p.named(&t, "row"):
			row.shut = t.start
			return t.end, nil
		case (t.kind == tokStart || t.kind == tokEmpty) && p.named(&t, "c"):
			row.Cells = row.Cells[:len(row.Cells)+1]
			if err := p.cell(x, &t, c); err != nil {
				return 0, err
			}
			if c.Col <= col || c.Col > MaxCol {
				return 0, p.misplaced(c)
			}
			col = c.Col
			c.end = int32(x.pos)
		case t.kind == tokStart || t.kind == tokEmpty:
			row.alien = true
			if err := p.skip(x, &t); err != nil {
				return 0, err
			}
		default:
			return 0, p.refuse(0, "the row holds what belongs into a cell")
		}
	}
}

// misplaced refuses a cell that does not stand behind the one before it, or that lies beyond the edge.
func (p *rowParser) misplaced(c *Cell) error {
	if c.Col > MaxCol {
		return p.refuse(0, "its cells reach beyond the edge of a worksheet")
	}
	return p.refuse(c.Col, "the cells of the row are not in order")
}

func blank(text []byte) bool { return len(bytes.Trim(text, " \t\r\n")) == 0 }

// named reports whether the token's name is the local name with the worksheet's prefix.
func (p *rowParser) named(t *token, local string) bool {
	return len(t.name) == len(p.prefix)+len(local) && bytes.HasPrefix(t.name, p.prefix) && string(t.name[len(p.prefix):]) == local
}

// refuse names the place: the cell, or the row where col is 0.
func (p *rowParser) refuse(col int, what string) error { return p.place(col, malformed("%s", what)) }

// place adds to what is wrong where it is.
func (p *rowParser) place(col int, err error) error {
	var x *syntaxError
	if errors.As(err, &x) {
		if x.at = fmt.Sprintf("%d:%[1]d", p.row.Num); col > 0 {
			x.at = CellName(p.row.Num, col)
		}
	}
	return err
}

// rowTag reads the row's own attributes (18.3.1.73).
func (p *rowParser) rowTag(t *token) error {
	row := &p.row
	row.Num, row.Hidden = p.last+1, false
	if err := checkAttrs(t.attrs); err != nil {
		return err
	}
	for rest := t.attrs; ; {
		a, more, ok, _ := nextAttr(rest)
		if !ok {
			break
		}
		rest = more
		switch {
		case string(a.name) == "r":
			n, ok := parseRowNum(a.value)
			if !ok {
				return malformed("a row has the number %s", quoteBytes(a.value))
			}
			row.Num = n
		case string(a.name) == "hidden":
			row.Hidden = string(a.value) == "1" || string(a.value) == "true"
		case bytes.HasPrefix(a.name, []byte("xmlns")):
			return p.refuse(0, "a row declares namespaces of its own")
		}
	}
	if row.Num <= p.last {
		return p.refuse(0, "the rows are not in order")
	}
	if row.Num > MaxRow {
		return p.refuse(0, "the row lies beyond the edge of a worksheet")
	}
	return nil
}
