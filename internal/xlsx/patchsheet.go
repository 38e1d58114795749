package xlsx

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
)

// sheetPatcher copies a worksheet part token by token and row by row, putting cells in on the way.
type sheetPatcher struct {
	*sheetScan
	p       *patch
	sp      *SheetPatch
	out     *packer
	edits   editQueue     // those not written yet
	byCol   map[int][]int // the rows of all edits, by column
	grown   Range         // around all edits that leave something in the sheet
	fresh   map[int]bool  // the new columns
	gain    Range         // the cells that the growing table gains; zero where none grows
	cols    []colRange    // what <cols> says
	hasCols bool
	widths  []NewColumn // those whose <col> is not written yet
	made    []byte      // scratch: the row being made
}

// patchSheet writes the sheet with its edits into out.
func (p *patch) patchSheet(sp *SheetPatch, edits editQueue, out *packer) error {
	sc, err := sp.Sheet.open()
	if err != nil {
		return err
	}
	defer sc.close()
	s := &sheetPatcher{sheetScan: sc, p: p, sp: sp, out: out, edits: edits, byCol: edits.columns(), grown: edits.around(), fresh: map[int]bool{}}
	for _, c := range sp.NewColumns {
		s.fresh[c.Col] = true
		if c.Width > 0 {
			s.widths = append(s.widths, c)
		}
	}
	s.gain = sp.gain()
	if err := s.reserved(); err != nil {
		return err
	}
	if err := s.copy(); err != nil {
		return err
	}
	if !s.edits.empty() {
		return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: "the sheet has no place for rows", Remedy: openAndSave}
	}
	return nil
}

// with is the range grown to take in a cell; the zero Range holds none.
func (r Range) with(row, col int) Range {
	if r == (Range{}) {
		return Range{row, col, row, col}
	}
	return Range{min(r.FirstRow, row), min(r.FirstCol, col), max(r.LastRow, row), max(r.LastCol, col)}
}

// overlaps reports whether two ranges have a cell in common; the zero Range has none with any.
func (r Range) overlaps(other Range) bool {
	return r.FirstRow <= other.LastRow && other.FirstRow <= r.LastRow && r.FirstCol <= other.LastCol && other.FirstCol <= r.LastCol
}

// gain is what the table that is to grow gains: the new columns, from its first row to its last, totals row included.
func (sp *SheetPatch) gain() Range {
	for _, t := range sp.Sheet.Tables {
		if t.Name == sp.GrowTable && len(sp.NewColumns) > 0 {
			return Range{t.Ref.FirstRow, t.Ref.LastCol + 1, t.Ref.LastRow, t.Ref.LastCol + len(sp.NewColumns)}
		}
	}
	return Range{}
}

// reserved keeps out of the headings and the totals of tables, which have to be those that the table's part holds, out of
// other tables where one grows, and out of pivot tables, whose next refresh would overwrite what is written there.
func (s *sheetPatcher) reserved() error {
	for _, t := range s.sp.Sheet.Tables {
		head, totals := t.Ref, t.Ref
		head.LastRow = head.FirstRow + t.HeaderRows - 1
		totals.FirstRow = totals.LastRow - t.TotalsRows + 1
		if err := s.freeArea(head, "the headings of the table "+strconv.Quote(t.Name), keepFree); err != nil {
			return err
		}
		if err := s.freeArea(totals, "the totals row of the table "+strconv.Quote(t.Name), keepFree); err != nil {
			return err
		}
		if s.gain.overlaps(t.Ref) {
			return s.freeArea(t.Ref, "the table "+strconv.Quote(t.Name), "move that table, or make room for the columns between the two")
		}
		for _, c := range s.sp.NewColumns {
			if t.Ref.Contains(s.sp.HeaderRow, c.Col) {
				return s.occupied(s.sp.HeaderRow, c.Col, fmt.Sprintf("it belongs to the table %q (%s)", t.Name, t.Ref), keepFree)
			}
		}
	}
	read := map[*entry]bool{}
	rels, err := s.f.relationships(s.sp.Sheet.Part, read)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		e := s.f.zip.byName[partKey(rel.target)]
		if rel.kind != "pivotTable" || e == nil || read[e] {
			continue
		}
		part, err := s.f.load(e, read)
		if err != nil {
			return err
		}
		err = s.f.each(part, func(r *reader, t token) error {
			if r.depth != 2 || !t.opens("location") {
				return nil
			}
			ref, _ := attr(t.attrs, "ref")
			area, ok := parseRange(ref)
			if !ok {
				return malformed("a pivot table with the range %s", quoteBytes(ref))
			}
			// Its page fields and a blank row stand above the range (18.10.1.49); to the right and down it may grow.
			area.FirstRow = max(1, area.FirstRow-attrInt(t.attrs, "rowPageCount", -1)-1)
			area.LastRow, area.LastCol = MaxRow, MaxCol
			return s.freeArea(area, "what a pivot table may fill", "move the pivot table to a sheet of its own")
		})
		if err != nil {
			return refusePart(e.name, err)
		}
	}
	return nil
}

// free refuses edits that would fall into a range which belongs together.
func (s *sheetPatcher) free(ref []byte, what, remedy string) error {
	area, ok := parseRange(ref)
	if !ok {
		return malformed("%s with the range %s", what, quoteBytes(ref))
	}
	return s.freeArea(area, what, remedy)
}

// freeArea refuses the first edit, by column and row, that falls into an area, and a table that would grow into it.
func (s *sheetPatcher) freeArea(area Range, what, remedy string) error {
	for _, col := range slices.Sorted(maps.Keys(s.byCol)) {
		if col < area.FirstCol || col > area.LastCol {
			continue
		}
		rows := s.byCol[col]
		if i := sort.SearchInts(rows, area.FirstRow); i < len(rows) && rows[i] <= area.LastRow {
			return s.occupied(rows[i], col, fmt.Sprintf("it belongs to %s (%s)", what, area), remedy)
		}
	}
	if s.gain.overlaps(area) {
		return s.inTheWay(max(area.FirstRow, s.gain.FirstRow), max(area.FirstCol, s.gain.FirstCol), fmt.Sprintf("it belongs to %s (%s)", what, area), remedy)
	}
	return nil
}

// keepFree is the remedy where nothing better is known.
const keepFree = "keep the column free for regcert"

func (s *sheetPatcher) occupied(row, col int, what, remedy string) error {
	return &Refusal{Kind: Occupied, Part: s.sp.Sheet.Name + "!" + CellName(row, col), Detail: "the cell is to be written, but " + what, Remedy: remedy}
}

// inTheWay refuses a table that would take in a cell which is not free.
func (s *sheetPatcher) inTheWay(row, col int, what, remedy string) error {
	return &Refusal{Kind: Occupied, Part: s.sp.Sheet.Name + "!" + CellName(row, col),
		Detail: fmt.Sprintf("the table %q is to grow over the cell, but %s", s.sp.GrowTable, what), Remedy: remedy}
}

// copy walks through the whole part.
func (s *sheetPatcher) copy() error {
	s.out.write(s.buf[:s.pos]) // the byte order mark
	for {
		if s.rows != nil && !s.done {
			n, err := s.tryRow()
			if err != nil {
				return err
			}
			if n > 0 {
				if err := s.row(&s.rows.row); err != nil {
					return err
				}
				s.pos += n
				continue
			}
		}
		t, err := s.next()
		if err != nil {
			return err
		}
		if t.kind == tokEOF {
			return nil
		}
		if err := s.token(&t); err != nil {
			return err
		}
	}
}

func (s *sheetPatcher) raw(t *token) []byte { return s.buf[t.start:t.end] }

// token copies one token that belongs to no row, or puts a changed one in its place.
func (s *sheetPatcher) token(t *token) error {
	opens := t.kind == tokStart || t.kind == tokEmpty
	switch {
	case s.rows != nil && !s.done:
		return s.inSheetData(t)
	case t.kind == tokEnd && s.depth == 1 && string(t.local()) == "cols":
		s.out.write(s.newCols(prefixOf(t.name), MaxCol+1))
	case !opens || !mainSpace(s.space(t.name)):
	case s.depth == 1 && !t.opens("worksheet"):
		return malformed("the part is no worksheet")
	case s.depth == 2 && t.opens("dimension"):
		s.out.write(s.dimension(t))
		return nil
	case s.depth == 2 && t.opens("cols"):
		s.hasCols = true
		if cols := s.emptyCols(t); cols != nil {
			s.out.write(cols)
			return nil
		}
	case s.depth == 3 && t.opens("col"):
		col, err := s.col(t)
		s.out.write(col)
		return err
	case s.depth == 2 && t.opens("sheetData"):
		return s.sheetData(t)
	case s.depth == 3 && t.opens("mergeCell"):
		ref, _ := attr(t.attrs, "ref")
		if err := s.free(ref, "merged cells", keepFree); err != nil {
			return err
		}
	}
	s.out.write(s.raw(t))
	return nil
}

// dimension is the tag with its range grown around the new cells (18.3.1.35).
func (s *sheetPatcher) dimension(t *token) []byte {
	ref, _ := attr(t.attrs, "ref")
	area, ok := parseRange(ref)
	if !ok || s.grown == (Range{}) {
		return s.raw(t)
	}
	wide := area.with(s.grown.FirstRow, s.grown.FirstCol).with(s.grown.LastRow, s.grown.LastCol)
	if wide == area {
		return s.raw(t)
	}
	return retag(s.raw(t), t.name, t.attrs, withAttr(t.attrs, "ref", wide.String()))
}

// retag is a start tag with other attributes.
func retag(raw, name, old, attrs []byte) []byte {
	out := append([]byte("<"), name...)
	out = append(out, attrs...)
	return append(out, raw[1+len(name)+len(old):]...)
}

// sheetData comes to the rows (18.3.1.80), after the widths of new columns where the sheet states none yet.
func (s *sheetPatcher) sheetData(t *token) error {
	if s.rows != nil {
		return malformed("the sheet has two lists of rows")
	}
	s.rows = newRowParser(s.f, prefixOf(t.name), s.maxDepth-s.depth)
	if cols := s.newCols(prefixOf(t.name), MaxCol+1); len(cols) > 0 && !s.hasCols {
		s.out.write(fmt.Appendf(nil, "<%scols>%s</%scols>", prefixOf(t.name), cols, prefixOf(t.name)))
	}
	if t.kind == tokStart {
		s.out.write(s.raw(t))
		return nil
	}
	s.done = true
	if s.grown == (Range{}) {
		s.edits = editQueue{}
		s.out.write(s.raw(t))
		return nil
	}
	s.out.write(fmt.Appendf(nil, "<%s%s>", t.name, t.attrs))
	if err := s.newRows(MaxRow + 1); err != nil {
		return err
	}
	s.out.write(fmt.Appendf(nil, "</%s>", t.name))
	return nil
}

// inSheetData copies what stands between rows, and adds the last new rows at their end.
func (s *sheetPatcher) inSheetData(t *token) error {
	switch {
	case t.kind == tokEnd:
		s.done = true
		if err := s.newRows(MaxRow + 1); err != nil {
			return err
		}
	case t.kind == tokStart, t.kind == tokEmpty:
		return &Refusal{Kind: Unsupported, Part: s.sp.Sheet.Name, Detail: "among its rows is the element " + quoteBytes(t.name), Remedy: openAndSave}
	case t.kind != tokComment && t.kind != tokPI && !blank(t.text):
		return malformed("there is text between the rows")
	}
	s.out.write(s.raw(t))
	return nil
}
