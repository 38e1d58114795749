package xlsx

import (
	"bytes"
	"slices"
)

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
	wrote  Range     // around those found
	count  int       // how many were found in all
	listed bool      // <cols> has been seen
	styled colList   // what the first version says of its columns
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
			return q.all()
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
	case y.depth == 2 && y.tok.opens("cols"):
		both := x.depth == 2 && x.tok.opens("cols")
		if !both && !x.tok.opens("sheetData") {
			return false, q.differs("%s became %s", x.place(), y.place())
		}
		return both, q.columns(both)
	case y.depth == 2 && y.tok.opens("dimension") && x.tok.opens("dimension"):
		return true, q.dimension()
	case y.depth == 2 && y.tok.opens("sheetData") && !q.listed && slices.ContainsFunc(q.sp.NewColumns, func(c NewColumn) bool { return c.Width > 0 }):
		return false, q.differs("the new columns have no width")
	case x.tok.kind == y.tok.kind && bytes.Equal(x.raw(), y.raw()):
		return true, nil
	}
	return q.changedToken()
}

// changedToken accounts for a token outside the rows that differs: rows come into a list that had none.
func (q *sheetProof) changedToken() (same bool, err error) {
	x, y := &q.x.tok, &q.y.tok
	name := string(y.local())
	switch {
	case x.kind == tokEmpty && y.kind == tokStart && name == "sheetData" && bytes.Equal(x.name, y.name) && bytes.Equal(x.attrs, y.attrs):
		return false, nil // its rows come, then its end tag
	case y.kind == tokEnd && name == "sheetData" && x.opens(name) && x.kind == tokEmpty:
		return true, nil
	}
	return false, q.differs("%s became %s", q.x.place(), q.y.place())
}

// dimension proves that the range grew around the new cells.
func (q *sheetProof) dimension() error {
	x, y := &q.x.tok, &q.y.tok
	a, _ := attr(x.attrs, "ref")
	b, _ := attr(y.attrs, "ref")
	was, okX := parseRange(a)
	if g := q.grown; okX && g != (Range{}) {
		was = was.with(g.FirstRow, g.FirstCol).with(g.LastRow, g.LastCol)
	}
	now, okY := parseRange(b)
	if x.kind == y.kind && bytes.Equal(x.name, y.name) && sameAttrs(x.attrs, y.attrs, "ref") && okX == okY && (okX && was == now || bytes.Equal(a, b)) {
		return nil
	}
	return q.differs("its dimension %s became %s", quoteBytes(a), quoteBytes(b))
}

// all proves, at the end, that as many cells were found as were asked for, and no further away: the lists by which rows
// were told apart are the patcher's too.
func (q *sheetProof) all() error {
	if err := q.missing(MaxRow + 1); err != nil {
		return err
	}
	want := len(q.sp.NewColumns)
	for i := range q.sp.Edits {
		if q.sp.Edits[i].Value.kind != None {
			want++
		}
	}
	if q.count != want || q.wrote != q.grown {
		return q.differs("%d cells were written in %s, instead of %d in %s", q.count, q.wrote, want, q.grown)
	}
	return nil
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
	q.formulas = q.formulas || x.hasFormula()
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

// spans proves that the row's spans reach around the old ones and our cells, and no further.
func (q *sheetProof) spans() bool {
	before, had := attr(q.x.tag.attrs, "spans")
	after, has := attr(q.y.tag.attrs, "spans")
	first, last, ok := spanEdges(before)
	if had != has || !ok {
		return had == has && bytes.Equal(before, after)
	}
	for _, e := range q.at {
		if e.Value.kind != None {
			first, last = min(first, e.Col), max(last, e.Col)
		}
	}
	lo, hi, ok := spanEdges(after)
	return ok && lo == first && hi == last && bytes.IndexByte(after, ' ') < 0
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

// complete proves that all cells of the row at hand were written; one that is cleared keeps its place and look.
func (q *sheetProof) complete() error {
	want := 0
	for _, e := range q.at {
		there := q.x.row != nil && q.x.num == e.Row && slices.ContainsFunc(q.x.cells, func(c span) bool { return c.col == e.Col })
		if e.Value.kind != None || there {
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
	if holds(cell, q.x.openFormula) {
		return q.differs("the formula in %s was overwritten", CellName(q.x.num, col))
	}
	return nil
}

// holds reports whether a tag begins somewhere in b with those bytes, its name ending there.
func holds(b, tag []byte) bool {
	for {
		i := bytes.Index(b, tag)
		if i < 0 {
			return false
		}
		if b = b[i+len(tag):]; !isNameByte(b) {
			return true
		}
	}
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
	ok := c.Col == col && !c.Formula && c.Kind == e.Value.kind
	switch e.Value.kind {
	case Text:
		ok = ok && c.Text() == e.Value.text
	case Number:
		n, isNum := c.Number()
		ok = ok && isNum && n == float64(e.Value.serial)
	}
	if !ok {
		return q.differs("%s is not what was to be written", CellName(e.Row, e.Col))
	}
	q.found++
	if e.Value.kind != None {
		q.count++
		q.wrote = q.wrote.with(e.Row, e.Col)
	}
	if base := q.base(e); !q.dressed(dress{base, c.Style, e.Look}) {
		return q.differs("%s does not look as it should: its cell format is %d, made from %d", CellName(e.Row, e.Col), c.Style, base)
	}
	return nil
}
