package xlsx

import (
	"bytes"
	"fmt"
)

// rowSide is one of the two worksheet parts under proof: tokens and, inside sheetData, whole rows. It finds the ends of
// rows and cells by itself, not as the scanner does.
type rowSide struct {
	*reader
	prefix []byte // of the rows; nil before sheetData
	inRows bool
	num    int // of the row at hand, or the last

	tok    token
	row    []byte // the row at hand; nil: tok is
	tag    token  // its start tag, offsets in row
	tagNum int    // the row's number, while it is not yet at hand
	plain  bool   // every < in the row begins a tag
	other  *rowSide
	cells  []span
	i      int // the next cell that part gives
	pos    int // behind the last bytes that part gave

	openRow, openCell, openFormula, shutCell, shutRow []byte // the beginnings of tags, with the prefix
}

// span is one cell of a row: offsets of the whole element.
type span struct{ col, start, end int }

// advance goes to the next row or token.
func (s *rowSide) advance() error {
	s.pos0()
	if s.inRows {
		found, err := s.findRow()
		if found || err != nil {
			return err
		}
	}
	var err error
	if s.tok, err = s.next(); err != nil {
		return err
	}
	switch {
	case s.depth == 2 && s.tok.opens("sheetData") && mainSpace(s.space(s.tok.name)):
		p := string(prefixOf(s.tok.name))
		s.prefix, s.openRow, s.openCell = []byte(p), []byte("<"+p+"row"), []byte("<"+p+"c")
		s.openFormula = []byte("<" + p + "f")
		s.shutCell, s.shutRow = []byte("</"+p+"c"), []byte("</"+p+"row")
		s.inRows = s.tok.kind == tokStart
	case s.tok.kind == tokEnd && s.depth == 1:
		s.inRows = false
	}
	return nil
}

// pos0 leaves the row at hand behind.
func (s *rowSide) pos0() {
	s.reader.pos += len(s.row)
	s.row = nil
}

func (s *rowSide) raw() []byte {
	if s.row != nil {
		return s.row
	}
	return s.buf[s.tok.start:s.tok.end]
}

// findRow takes the row that begins here; false where none does.
func (s *rowSide) findRow() (bool, error) {
	for {
		b := s.buf[s.reader.pos:]
		n := 0
		if len(b) > len(s.openRow) || s.last {
			if !bytes.HasPrefix(b, s.openRow) || isNameByte(b[len(s.openRow):]) {
				return false, nil
			}
			var err error
			if n, err = s.split(b); err != nil && err != errMore {
				return false, err
			}
		}
		if n > 0 {
			s.row, s.i, s.pos = b[:n], 0, s.tag.end
			s.num = s.tagNum
			return true, nil
		}
		if s.last {
			return false, malformed("the part ends inside a row")
		}
		if err := s.more(); err != nil {
			return false, err
		}
	}
}

// split finds the end of the row at the beginning of b, and its cells; 0 where the row is not all there. An end tag may
// stand as text in a comment, a CDATA section or a processing instruction: rows with any of these are taken apart token
// by token.
func (s *rowSide) split(b []byte) (int, error) {
	x := lexer{buf: b, last: s.last}
	t, err := x.next()
	if err != nil {
		return 0, err
	}
	s.tag, s.cells, s.tagNum = t, s.cells[:0], s.num+1
	if r, ok := attr(t.attrs, "r"); ok {
		if s.tagNum, ok = parseRowNum(r); !ok {
			return 0, malformed("a row has the number %s", quoteBytes(r))
		}
	}
	if s.tagNum <= s.num {
		return 0, malformed("row %d: the rows are not in order", s.tagNum)
	}
	if t.kind == tokEmpty {
		return t.end, nil
	}
	n, plain, err := s.plainCells(b, s.sharedCells(b))
	if s.plain = plain; !plain {
		s.cells = s.cells[:0]
		return s.anyCells(&x)
	}
	return n, err
}

// sharedCells takes the cells over from the same row of the other side as far as both rows have the same bytes, which
// is most of the row most of the time, and gives the offset behind them.
func (s *rowSide) sharedCells(b []byte) int {
	o := s.other
	if o == nil || o.row == nil || !o.plain || o.num != s.tagNum {
		return s.tag.end
	}
	same := commonPrefix(o.row[o.tag.end:], b[s.tag.end:])
	shift := s.tag.end - o.tag.end
	end := s.tag.end
	for _, c := range o.cells {
		if c.end > o.tag.end+same {
			break
		}
		s.cells = append(s.cells, span{c.col, c.start + shift, c.end + shift})
		end = c.end + shift
	}
	return end
}

// commonPrefix is how many bytes a and b have in common at their beginnings.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for i+8 <= n && le.Uint64(a[i:]) == le.Uint64(b[i:]) {
		i += 8
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// plainCells finds the cells of a row in which every < begins a tag, and the end of the row; plain is false where one
// does not.
func (s *rowSide) plainCells(b []byte, i int) (n int, plain bool, err error) {
	for within := false; ; i++ {
		lt := bytes.IndexByte(b[i:], '<')
		if lt < 0 || i+lt+1 >= len(b) {
			return 0, true, errMore
		}
		i += lt
		switch b[i+1] {
		case '!', '?':
			return 0, false, nil
		case '/':
			shut := s.shutRow
			if within {
				shut = s.shutCell
			}
			switch end := i + len(shut); {
			case !bytes.HasPrefix(b[i:], shut):
			case end == len(b):
				return 0, true, errMore
			case isSpace(b[end]):
				return 0, false, nil
			case b[end] == '>' && within:
				within = false
				s.cells[len(s.cells)-1].end = end + 1
			case b[end] == '>':
				return end + 1, true, nil
			}
		default:
			if within || !bytes.HasPrefix(b[i:], s.openCell) || isNameByte(b[i+len(s.openCell):]) {
				continue
			}
			from := i + len(s.openCell)
			gt := tagEnd(b, from)
			if gt < 0 {
				return 0, true, errMore
			}
			within = b[gt-1] != '/'
			attrs := b[from:gt]
			if !within {
				attrs = attrs[:len(attrs)-1]
			}
			if err := s.addCell(i, gt+1, attrs); err != nil {
				return 0, true, err
			}
			i = gt
		}
	}
}

// tagEnd finds the bracket that closes a tag, outside its quotes; -1 where it is not there.
func tagEnd(b []byte, i int) int {
	for ; i < len(b); i++ {
		switch c := b[i]; c {
		case '>':
			return i
		case '"', '\'':
			for i++; i < len(b) && b[i] != c; i++ {
			}
		}
	}
	return -1
}

// anyCells is plainCells for every row.
func (s *rowSide) anyCells(x *lexer) (int, error) {
	open := [][]byte{s.tag.name}
	for {
		t, err := x.next()
		if err != nil {
			return 0, err
		}
		cell := len(open) == 1 && bytes.Equal(t.name, s.openCell[1:])
		switch t.kind {
		case tokEOF:
			return 0, errMore
		case tokStart, tokEmpty:
			if cell {
				if err := s.addCell(t.start, t.end, t.attrs); err != nil {
					return 0, err
				}
			}
			if t.kind == tokStart {
				open = append(open, t.name)
			}
		case tokEnd:
			if !bytes.Equal(open[len(open)-1], t.name) {
				return 0, malformed("row %d: its tags do not match", s.tagNum)
			}
			switch open = open[:len(open)-1]; {
			case len(open) == 0:
				return t.end, nil
			case len(open) == 1 && bytes.Equal(t.name, s.openCell[1:]):
				s.cells[len(s.cells)-1].end = t.end
			}
		}
	}
}

func (s *rowSide) addCell(start, end int, attrs []byte) error {
	col, last := 1, 0
	if n := len(s.cells); n > 0 {
		last = s.cells[n-1].col
		col = last + 1
	}
	var ref []byte
	ok := false
	if len(attrs) > 4 && attrs[1] == 'r' && attrs[2] == '=' && attrs[3] == '"' { // as most programs write it
		n := 4
		for n < len(attrs) && attrs[n] != '"' {
			n++
		}
		ref, ok = attrs[4:n], true
	} else {
		ref, ok = attr(attrs, "r")
	}
	if ok {
		var row int
		if row, col, ok = parseCell(ref); !ok || row != s.tagNum {
			return malformed("row %d: a cell has the reference %s", s.tagNum, quoteBytes(ref))
		}
	}
	if col <= last {
		return malformed("row %d: the cells are not in order", s.tagNum)
	}
	s.cells = append(s.cells, span{col, start, end})
	return nil
}

// part gives what stands before the next cell that is not ours, and that cell; nil at the end of the row, where before
// reaches as far as its end tag. It calls mine with each of our cells on the way.
func (s *rowSide) part(before []byte, ours func(col int) bool, mine func(col int, cell []byte) error) ([]byte, []byte, int, error) {
	for ; s.i < len(s.cells); s.i++ {
		c := s.cells[s.i]
		before = append(before, s.row[s.pos:c.start]...)
		s.pos = c.end
		if !ours(c.col) {
			s.i++
			return before, s.row[c.start:c.end], c.col, nil
		}
		if err := mine(c.col, s.row[c.start:c.end]); err != nil {
			return nil, nil, 0, err
		}
	}
	if s.tag.kind == tokStart {
		before = append(before, s.row[s.pos:bytes.LastIndex(s.row, []byte("</"))]...)
		s.pos = len(s.row)
	}
	return before, nil, 0, nil
}

// hasFormula reports whether a cell of the row at hand holds a formula. The bytes are looked for first, as few rows do.
func (s *rowSide) hasFormula() bool {
	if !holds(s.row, s.openFormula) {
		return false
	}
	x := lexer{buf: s.row, last: true}
	for depth := 0; ; {
		t, err := x.next()
		if err != nil || t.kind == tokEOF {
			return false
		}
		const inCell = 2 // row, c
		switch opens := t.kind == tokStart || t.kind == tokEmpty; {
		case opens && depth == inCell && bytes.Equal(t.name, s.openFormula[1:]):
			return true
		case t.kind == tokStart:
			depth++
		case t.kind == tokEnd:
			depth--
		}
	}
}

// place names the token or row at hand in a message.
func (s *rowSide) place() string {
	if s.row != nil {
		return fmt.Sprintf("row %d", s.num)
	}
	if s.tok.kind == tokEOF {
		return "the end"
	}
	return quoteBytes(s.raw())
}
