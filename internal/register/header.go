package register

import (
	"maps"
	"slices"

	"regcert/internal/xlsx"
)

// headerWithin is how many rows are searched for the header row, and
// headerNames how many known column names make one.
const (
	headerWithin = 20
	headerNames  = 3
)

// heading is a text in a row that may hold headings.
type heading struct {
	col    int
	text   string
	column Column // that it names in a sheet of the kind; 0: none
}

// headings is such a row.
type headings struct {
	row  int
	list []heading // from left to right
}

// at returns the text in the column, nil where there is none.
func (h *headings) at(col int) *heading {
	for i := range h.list {
		if h.list[i].col == col {
			return &h.list[i]
		}
	}
	return nil
}

// first returns where each known column stands: of equal headings the leftmost.
func (h *headings) first() map[Column]int {
	found := map[Column]int{}
	for _, t := range h.list {
		if t.column != 0 && found[t.column] == 0 {
			found[t.column] = t.col
		}
	}
	return found
}

// joined puts another row's headings into the columns in which this one has none
// that is known, or none at all, unless it has a column of that name.
func (h *headings) joined(other *headings, onlyEmpty bool) *headings {
	found := h.first()
	out := &headings{row: h.row, list: slices.Clone(h.list)}
	for _, t := range other.list {
		if t.column == 0 || found[t.column] != 0 {
			continue
		}
		switch own := out.at(t.col); {
		case own == nil:
			out.list = append(out.list, t)
		case own.column == 0 && !onlyEmpty:
			*own = t
		}
	}
	slices.SortFunc(out.list, func(a, b heading) int { return a.col - b.col })
	return out
}

// texts reads a row that may hold headings, until too many bytes of long texts
// have been seen.
func (sr *sheetReader) texts(row *xlsx.Row) TopRow {
	top := TopRow{Row: row.Num}
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Kind == xlsx.None {
			continue
		}
		text := clean(cell.Text())
		if text == "" {
			continue
		}
		if sr.spend(text); sr.long > mostLong {
			return TopRow{Row: row.Num}
		}
		top.Texts = append(top.Texts, TopText{cell.Col, text})
	}
	return top
}

// headingsIn looks up which columns the texts name.
func (sr *sheetReader) headingsIn(top *TopRow) headings {
	h := headings{row: top.Row}
	for _, t := range top.Texts {
		h.list = append(h.list, heading{t.Col, t.Text, sr.names[NormalHeading(t.Text)]})
	}
	return h
}

// header takes the row as the header row if enough known names stand in it.
// Where headings are merged downwards beside groups of them, those of some
// columns stand in the row above.
func (sr *sheetReader) header(row *xlsx.Row) {
	texts := sr.texts(row)
	h := sr.headingsIn(&texts)
	above := sr.above
	sr.above = h
	looks := sr.reader.shapeOf(&texts)
	if looks.weight > sr.shape.weight {
		sr.shape = looks
	}
	if !sr.isHeader(h.first()) {
		return
	}
	if sr.reader.contradicts(sr.out.Kind, &h, &looks) {
		sr.misfit, sr.shape = true, looks
		return
	}
	if above.row == row.Num-1 {
		h = *h.joined(&above, true)
	}
	sr.settle(&h, row.Num)
}

// isHeader reports whether enough headings are found for a header row: three, or
// both where only two columns are to be filled.
func (sr *sheetReader) isHeader(found map[Column]int) bool {
	if inputs := sr.out.Kind.Inputs(); len(inputs) < headerNames {
		return !slices.ContainsFunc(inputs, func(c Column) bool { return found[c] == 0 })
	}
	return len(found) >= headerNames
}

// settle takes the headings as those of the sheet; last is the last row of them.
func (sr *sheetReader) settle(h *headings, last int) {
	s := sr.out
	sr.heads = *h
	s.HeaderRow, s.LastHeaderRow, s.LastCol, s.Unknown, s.Doubled = h.row, last, 0, nil, nil
	found := h.first()
	for _, t := range h.list {
		s.LastCol = t.col
		switch {
		case t.column == 0:
			s.Unknown = append(s.Unknown, t.text)
		case found[t.column] != t.col:
			s.Doubled = append(s.Doubled, Doubled{t.column, found[t.column], t.col})
		}
	}
	sr.known = make([]Column, s.LastCol+1)
	s.column, s.position = [columnCount]int16{}, [columnCount]uint8{}
	for i, c := range slices.Sorted(maps.Keys(found)) {
		s.column[c], s.position[c] = int16(found[c]), uint8(i+1)
		sr.known[found[c]] = c
	}
	s.width = len(found)
	sr.bare = make([]int, s.LastCol+1)
	sr.leftmost = heading{}
	for _, t := range h.list {
		sr.bare[t.col] = -1
		if sr.leftmost.col == 0 && t.column != 0 && !t.column.Written() {
			sr.leftmost = t
		}
	}
	s.Table, s.ShortTable = "", ""
	sr.tables(found)
}

// below looks at the row under the header row: it holds more headings, as where
// the first row names groups of columns, if nothing stands in it under the
// headings that are known, and names do elsewhere. Such a row is no record.
func (sr *sheetReader) below(row *xlsx.Row) bool {
	beneath := false // something stands under a known heading
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Col < len(sr.known) && sr.known[cell.Col] != 0 && (cell.Formula || cell.Kind != xlsx.None && clean(cell.Text()) != "") {
			beneath = true
			break
		}
	}
	found := sr.heads.first()
	more := headings{row: row.Num}
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Kind != xlsx.Text || cell.Col < len(sr.known) && sr.known[cell.Col] != 0 {
			continue
		}
		text := cell.Text()
		if len(text) > longText {
			continue
		}
		if c := sr.names[NormalHeading(text)]; c != 0 && found[c] == 0 {
			more.list = append(more.list, heading{cell.Col, clean(text), c})
		}
	}
	switch {
	case len(more.list) == 0:
		return false
	case beneath:
		sr.out.stray = &more
		return false
	}
	sr.settle(sr.heads.joined(&more, false), row.Num)
	return true
}

// repeats reports whether a row holds the headings once more, as where registers
// were copied below each other.
func (sr *sheetReader) repeats(row *xlsx.Row) bool {
	same := 0
	for i := range row.Cells {
		cell := &row.Cells[i]
		if cell.Col < len(sr.known) && sr.known[cell.Col] != 0 && cell.Kind == xlsx.Text && sr.names[NormalHeading(cell.Text())] == sr.known[cell.Col] {
			same++
		}
	}
	return same >= headerNames
}
