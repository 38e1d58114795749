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

	tok   token
	row   []byte // the row at hand; nil: tok is
	tag   token  // its start tag, offsets in row
	cells []span
	i     int // the next cell that part gives
	pos   int // behind the last bytes that part gave
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
		s.prefix = append([]byte{}, prefixOf(s.tok.name)...)
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
	open := append(append([]byte("<"), s.prefix...), "row"...)
	for {
		b := s.buf[s.reader.pos:]
		n, known := 0, len(b) > len(open) || s.last
		if known {
			if !bytes.HasPrefix(b, open) || isNameByte(b[len(open):]) {
				return false, nil
			}
			n = rowLength(b, s.prefix)
		}
		if n > 0 {
			s.row = b[:n]
			return true, s.readRow()
		}
		if s.last {
			return false, malformed("the part ends inside a row")
		}
		if err := s.more(); err != nil {
			return false, err
		}
	}
}

// rowLength finds the end of the row at the beginning of b; 0 where it is not there. An end tag may stand as text in a
// comment, a CDATA section or a processing instruction: rows with any of these are taken apart token by token.
func rowLength(b, prefix []byte) int {
	x := lexer{buf: b}
	t, err := x.next()
	if err != nil || t.kind == tokEmpty {
		return t.end
	}
	shut := append(append([]byte("</"), prefix...), "row>"...)
	n := bytes.Index(b[t.end:], shut)
	if n >= 0 && !bytes.Contains(b[:t.end+n], []byte("<!")) && !bytes.Contains(b[:t.end+n], []byte("<?")) {
		return t.end + n + len(shut)
	}
	for {
		u, err := x.next()
		if err != nil {
			return 0
		}
		if u.kind == tokEnd && bytes.Equal(u.name, t.name) {
			return u.end
		}
	}
}

// readRow finds the row's number and its cells.
func (s *rowSide) readRow() error {
	x := lexer{buf: s.row, last: true}
	var err error
	if s.tag, err = x.next(); err != nil {
		return err
	}
	num := s.num + 1
	if r, ok := attr(s.tag.attrs, "r"); ok {
		if num, ok = parseRowNum(r); !ok {
			return malformed("a row has the number %s", quoteBytes(r))
		}
	}
	if num <= s.num {
		return malformed("row %d: the rows are not in order", num)
	}
	s.num, s.cells, s.i, s.pos = num, s.cells[:0], 0, s.tag.end
	if s.tag.kind == tokEmpty {
		return nil
	}
	if plain := !bytes.Contains(s.row, []byte("<!")) && !bytes.Contains(s.row, []byte("<?")); plain {
		return s.plainCells()
	}
	for depth := 0; ; {
		t, err := x.next()
		if err != nil || t.kind == tokEOF {
			return err
		}
		switch t.kind {
		case tokStart, tokEmpty:
			if depth == 0 && string(t.local()) == "c" {
				if err := s.addCell(t.start, t.end, t.attrs); err != nil {
					return err
				}
			}
			if t.kind == tokStart {
				depth++
			}
		case tokEnd:
			if depth--; depth == 0 && string(t.local()) == "c" {
				s.cells[len(s.cells)-1].end = t.end
			}
		}
	}
}

// plainCells finds the cells of a row in which every < begins a tag.
func (s *rowSide) plainCells() error {
	open := append(append([]byte("<"), s.prefix...), 'c')
	shut := append(append([]byte("</"), s.prefix...), "c>"...)
	x := lexer{buf: s.row, last: true, pos: s.tag.end}
	for {
		n := bytes.Index(s.row[x.pos:], open)
		if n < 0 {
			return nil
		}
		x.pos += n
		if isNameByte(s.row[x.pos+len(open):]) {
			x.pos++
			continue
		}
		t, err := x.next()
		if err != nil {
			return err
		}
		end := t.end
		if t.kind == tokStart {
			if n = bytes.Index(s.row[end:], shut); n < 0 {
				return malformed("row %d: a cell is not closed", s.num)
			}
			end += n + len(shut)
		}
		if err := s.addCell(t.start, end, t.attrs); err != nil {
			return err
		}
		x.pos = end
	}
}

func (s *rowSide) addCell(start, end int, attrs []byte) error {
	col, last := 1, 0
	if n := len(s.cells); n > 0 {
		last = s.cells[n-1].col
		col = last + 1
	}
	if ref, ok := attr(attrs, "r"); ok {
		var row int
		if row, col, ok = parseCell(ref); !ok || row != s.num {
			return malformed("row %d: a cell has the reference %s", s.num, quoteBytes(ref))
		}
	}
	if col <= last {
		return malformed("row %d: the cells are not in order", s.num)
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
