package xlsx

import "bytes"

// sheetProof compares the two versions of one worksheet.
type sheetProof struct {
	*proof
	sheet  *Sheet
	sp     *SheetPatch
	x, y   *rowSide  // before, after
	edits  editQueue // those of rows that are still to come
	at     []Edit    // those of the row at hand
	found  int       // how many of them were
	grown  Range     // around all edits that leave something
	cols   bool      // the first version has widths of columns
	parser *rowParser
	gapX   []byte
	gapY   []byte
}

func (p *proof) sheet(s *Sheet, other *entry, sp *SheetPatch, edits editQueue) error {
	x, err := p.before.openReader(s.entry, p.old.lim)
	if err != nil {
		return err
	}
	defer x.close()
	y, err := p.after.openReader(other, p.old.lim)
	if err != nil {
		return err
	}
	defer y.close()
	if !bytes.Equal(x.buf[:x.pos], y.buf[:y.pos]) {
		return differs(s.Name, "the byte order mark changed")
	}
	q := &sheetProof{proof: p, sheet: s, sp: sp, x: &rowSide{reader: x}, y: &rowSide{reader: y}, edits: edits, grown: edits.around()}
	q.y.other = q.x
	return q.run()
}

func (q *sheetProof) differs(format string, args ...any) error {
	return differs(q.sheet.Name, format, args...)
}

// run goes through both parts side by side.
func (q *sheetProof) run() error {
	if err := q.x.advance(); err != nil {
		return err
	}
	if err := q.y.advance(); err != nil {
		return err
	}
	for {
		same, err := q.pair()
		if err != nil {
			return err
		}
		if q.x.row == nil && q.x.tok.kind == tokEOF && same {
			return q.missing(MaxRow + 1)
		}
		if same {
			if err := q.x.advance(); err != nil {
				return err
			}
		}
		if err := q.y.advance(); err != nil {
			return err
		}
	}
}

// pair compares what is at hand on both sides; same is false for what only the second has, and may have.
func (q *sheetProof) pair() (same bool, err error) {
	x, y := q.x, q.y
	switch {
	case x.row != nil && y.row != nil && x.num == y.num:
		return true, q.sameRow()
	case y.row != nil && (x.row != nil && y.num < x.num || x.row == nil && (x.tok.kind == tokEnd || x.tok.kind == tokEmpty)):
		return false, q.newRow()
	case x.row != nil || y.row != nil:
		return false, q.differs("%s became %s", x.place(), y.place())
	case x.tok.kind == y.tok.kind && bytes.Equal(x.raw(), y.raw()):
		q.cols = q.cols || x.tok.opens("cols") && x.depth == 2
		return true, nil
	}
	return q.changedToken()
}

// changedToken accounts for a token outside the rows that differs.
func (q *sheetProof) changedToken() (same bool, err error) {
	x, y := &q.x.tok, &q.y.tok
	name := string(y.local())
	opens := y.kind == tokStart || y.kind == tokEmpty
	switch {
	case opens && q.y.depth == 2 && name == "dimension" && x.opens(name) && sameAttrs(x.attrs, y.attrs, "ref"):
		return true, q.dimension(x.attrs, y.attrs)
	case x.kind == tokEmpty && y.kind == tokStart && name == "sheetData" && bytes.Equal(x.name, y.name) && bytes.Equal(x.attrs, y.attrs):
		return false, nil // its rows come, then its end tag
	case y.kind == tokEnd && name == "sheetData" && x.opens(name) && x.kind == tokEmpty:
		return true, nil
	case opens && name == "cols" && q.y.depth == 2 && x.opens("sheetData") && !q.cols:
		return false, nil
	case y.kind == tokEnd && name == "cols" && x.opens("sheetData"):
		return false, nil
	case y.kind == tokEmpty && name == "col" && q.y.depth == 3 && string(localName(q.y.top())) == "cols":
		return false, q.newCol(y)
	}
	return false, q.differs("%s became %s", q.x.place(), q.y.place())
}

// dimension proves that the range grew around the new cells.
func (q *sheetProof) dimension(before, after []byte) error {
	a, _ := attr(before, "ref")
	b, _ := attr(after, "ref")
	x, okX := parseRange(a)
	y, okY := parseRange(b)
	if g := q.grown; okX && okY && g != (Range{}) && y == x.with(g.FirstRow, g.FirstCol).with(g.LastRow, g.LastCol) {
		return nil
	}
	return q.differs("its dimension %s became %s", quoteBytes(a), quoteBytes(b))
}

// newCol proves that a <col> is the width of one new column, and nothing else.
func (q *sheetProof) newCol(t *token) error {
	for _, c := range q.sp.NewColumns {
		rest := t.attrs
		if attrInt(rest, "min", 0) != c.Col || attrInt(rest, "max", 0) != c.Col || c.Width <= 0 {
			continue
		}
		for _, name := range []string{"min", "max", "width", "customWidth"} {
			rest = withoutAttr(rest, name)
		}
		if blank(rest) {
			return nil
		}
	}
	return q.differs("a column got the format %s", quoteBytes(q.y.raw()))
}

// forRow takes the edits of a row; those of rows passed over were not made.
func (q *sheetProof) forRow(num int) error {
	if err := q.missing(num); err != nil {
		return err
	}
	q.at, q.found = q.edits.take(num), 0
	return nil
}

// missing reports edits of rows before num: only what was to be cleared may be without a cell.
func (q *sheetProof) missing(num int) error {
	for row := q.edits.row(); row < num; row = q.edits.row() {
		for _, e := range q.edits.take(row) {
			if e.Value.kind != None {
				return q.differs("%s was not written", CellName(e.Row, e.Col))
			}
		}
	}
	return nil
}

// sameRow proves that two versions of a row differ by our cells only.
func (q *sheetProof) sameRow() error {
	x, y := q.x, q.y
	if err := q.forRow(x.num); err != nil {
		return err
	}
	if len(q.at) == 0 {
		if !bytes.Equal(x.row, y.row) {
			return q.differs("row %d changed", x.num)
		}
		return nil
	}
	if !bytes.Equal(x.tag.name, y.tag.name) || !sameAttrs(x.tag.attrs, y.tag.attrs, "spans") || !q.spans() {
		return q.differs("the start tag of row %d changed", x.num)
	}
	for {
		gapX, cellX, colX, err := x.part(q.gapX[:0], q.ours, q.replaced)
		if err != nil {
			return err
		}
		gapY, cellY, colY, err := y.part(q.gapY[:0], q.ours, q.written)
		if err != nil {
			return err
		}
		q.gapX, q.gapY = gapX, gapY
		if colX != colY || !bytes.Equal(cellX, cellY) || !bytes.Equal(gapX, gapY) {
			return q.differs("%s changed", CellName(x.num, max(colX, colY, 1)))
		}
		if cellX == nil {
			return q.complete()
		}
	}
}

// spans proves that the row's spans, if they changed, reach around the old ones and our cells, and no further.
func (q *sheetProof) spans() bool {
	before, had := attr(q.x.tag.attrs, "spans")
	after, has := attr(q.y.tag.attrs, "spans")
	if had != has || bytes.Equal(before, after) {
		return had == has
	}
	first, last, ok1 := spanEdges(before)
	lo, hi, ok2 := spanEdges(after)
	for _, e := range q.at {
		if e.Value.kind != None {
			first, last = min(first, e.Col), max(last, e.Col)
		}
	}
	return ok1 && ok2 && lo == first && hi == last && bytes.IndexByte(after, ' ') < 0
}

// newRow proves that a row which is only in the second version holds nothing but our cells.
func (q *sheetProof) newRow() error {
	y := q.y
	if err := q.forRow(y.num); err != nil {
		return err
	}
	if !blank(withoutAttr(y.tag.attrs, "r")) || y.tag.kind != tokStart {
		return q.differs("row %d was added with %s", y.num, quoteBytes(y.row[:y.tag.end]))
	}
	gap, cell, col, err := y.part(q.gapY[:0], q.ours, q.written)
	if err != nil {
		return err
	}
	if cell != nil || len(gap) > 0 || len(q.at) == 0 {
		return q.differs("%s was added", CellName(y.num, max(col, 1)))
	}
	return q.complete()
}

func (q *sheetProof) edit(col int) *Edit {
	for i := range q.at {
		if q.at[i].Col == col {
			return &q.at[i]
		}
	}
	return nil
}

func (q *sheetProof) ours(col int) bool { return q.edit(col) != nil }

// complete proves that all cells of the row at hand were written.
func (q *sheetProof) complete() error {
	want := 0
	for _, e := range q.at {
		if e.Value.kind != None {
			want++
		}
	}
	if q.found != want {
		return q.differs("in row %d, %d cells were written instead of %d", q.y.num, q.found, want)
	}
	return nil
}

// replaced looks at what one of our cells held before.
func (q *sheetProof) replaced(col int, cell []byte) error {
	formula := append(append([]byte("<"), q.x.prefix...), 'f')
	if i := bytes.Index(cell, formula); i >= 0 && !isNameByte(cell[i+len(formula):]) {
		return q.differs("the formula in %s was overwritten", CellName(q.x.num, col))
	}
	return nil
}

// written reads one of our cells back, as the next run will.
func (q *sheetProof) written(col int, cell []byte) error {
	if q.parser == nil {
		q.parser = newRowParser(q.old, q.y.prefix, q.y.maxDepth)
	}
	p := q.parser
	p.row.Num, p.row.raw = q.y.num, cell
	c := Cell{shared: -1, row: &p.row}
	if n := p.quick(cell, 0, &c); n != len(cell) {
		x := lexer{buf: cell, last: true}
		t, err := x.next()
		if err != nil {
			return err
		}
		c = Cell{shared: -1, row: &p.row}
		if err := p.cell(&x, &t, &c); err != nil {
			return err
		}
	}
	e := q.edit(col)
	ok := c.Col == col && !c.Formula && c.Kind == e.Value.kind && (c.Style == 0 || q.xfs != nil && c.Style < len(q.xfs.dates))
	switch e.Value.kind {
	case Text:
		ok = ok && c.Text() == e.Value.text && q.looks(c.Style, e.Look)
		q.found++
	case Number:
		n, isNum := c.Number()
		ok = ok && isNum && n == float64(e.Value.serial) && (e.Look != Date || q.xfs != nil && q.xfs.isDate(c.Style)) && q.looks(c.Style, e.Look)
		q.found++
	}
	if !ok {
		return q.differs("%s is not what was to be written", CellName(e.Row, e.Col))
	}
	return nil
}

// looks proves that a cell format has a look: putting it on once more changes nothing.
func (q *sheetProof) looks(xf int, look Look) bool {
	if q.xfs == nil {
		return true
	}
	again, err := q.xfs.xf(xf, look)
	return err == nil && again == xf
}
