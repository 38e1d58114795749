package xlsx

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is the most a cell may hold, in UTF-16 code units ("Excel specifications and limits").
const maxText = 32767

// CellValue is what is written into a cell. The zero value leaves the cell without a value.
type CellValue struct {
	text   string
	serial int32
	kind   Kind
}

// TextValue is a string, never a formula. What XML cannot hold is dropped from it, and what is longer than a cell may
// hold is cut.
func TextValue(s string) CellValue { return CellValue{kind: Text, text: cellText(s)} }

// DateValue is a day as a number, in the workbook's own date system (File.Date1904).
func DateValue(serial int) CellValue { return CellValue{kind: Number, serial: int32(serial)} }

// Clear leaves a cell without a value.
var Clear = CellValue{}

// cellText is s as a cell can hold it.
func cellText(s string) string {
	units := 0
	var b strings.Builder
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				continue
			}
		}
		if !legalXML(r) {
			continue
		}
		if units += utf16.RuneLen(r); units > maxText {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Edit is one cell to be written.
type Edit struct {
	Row, Col     int
	Value        CellValue
	Look         Look
	NeighbourCol int // the column whose cell in the same row lends font, border and alignment; 0: the cell's own
}

// NewColumn is a column that is added: its heading, which has the look of the heading on its left, and its width.
type NewColumn struct {
	Col     int
	Heading string
	Width   float64 // in characters, as 18.3.1.13 counts; 0 leaves the sheet's default. A width that is set already stays
}

// SheetPatch is what is written into one worksheet.
type SheetPatch struct {
	Sheet      *Sheet // of the File that is patched
	HeaderRow  int    // where the headings of NewColumns go
	NewColumns []NewColumn
	Edits      []Edit // in the order of rows, then columns
	GrowTable  string // the name of the table that grows over NewColumns; "" where none does
}

// leftNeighbour as Edit.NeighbourCol stands for the nearest cell on the left that is not ours.
const leftNeighbour = -1

func compareEdits(a, b Edit) int {
	if a.Row != b.Row {
		return a.Row - b.Row
	}
	return a.Col - b.Col
}

// editQueue gives the cells that a patch writes, headings too, row by row. The edits of a large sheet are not copied.
type editQueue struct{ heads, rest []Edit }

// queue checks that the cells are in order, none of them twice and none beyond the edge of a worksheet.
func (sp *SheetPatch) queue() (editQueue, error) {
	q := editQueue{rest: sp.Edits}
	for _, c := range sp.NewColumns {
		q.heads = append(q.heads, Edit{Row: sp.HeaderRow, Col: c.Col, Value: TextValue(c.Heading), Look: Heading, NeighbourCol: leftNeighbour})
	}
	refuse := func(e Edit, what string) (editQueue, error) {
		return q, &Refusal{Kind: Unsupported, Part: sp.Sheet.Name + "!" + CellName(e.Row, e.Col), Detail: "the cell to be written " + what, Remedy: reportIt}
	}
	for _, list := range [][]Edit{q.heads, q.rest} {
		for i, e := range list {
			switch {
			case e.Row < 1 || e.Row > MaxRow || e.Col < 1 || e.Col > MaxCol:
				return refuse(e, "lies beyond the edge of a worksheet")
			case i > 0 && compareEdits(list[i-1], e) >= 0:
				return refuse(e, "is written twice, or out of order")
			}
		}
	}
	for _, e := range q.heads {
		if _, twice := slices.BinarySearchFunc(q.rest, e, compareEdits); twice {
			return refuse(e, "is written twice, once as a heading")
		}
	}
	return q, nil
}

func (q *editQueue) empty() bool { return len(q.heads) == 0 && len(q.rest) == 0 }

// row is the next row that has any; MaxRow+1 behind the last.
func (q *editQueue) row() int {
	row := MaxRow + 1
	if len(q.heads) > 0 {
		row = q.heads[0].Row
	}
	if len(q.rest) > 0 {
		row = min(row, q.rest[0].Row)
	}
	return row
}

// take gives the edits of a row, if that is the next that has any.
func (q *editQueue) take(row int) []Edit {
	if q.row() != row {
		return nil
	}
	n := 0
	for n < len(q.rest) && q.rest[n].Row == row {
		n++
	}
	edits := q.rest[:n:n]
	q.rest = q.rest[n:]
	if len(q.heads) > 0 && q.heads[0].Row == row { // they share one row
		edits = append(edits, q.heads...)
		slices.SortFunc(edits, compareEdits)
		q.heads = nil
	}
	return edits
}

// columns gives the rows of all edits, in order, by column.
func (q *editQueue) columns() map[int][]int {
	byCol := map[int][]int{}
	for _, list := range [][]Edit{q.heads, q.rest} {
		for _, e := range list {
			byCol[e.Col] = append(byCol[e.Col], e.Row)
		}
	}
	for _, rows := range byCol {
		slices.Sort(rows)
	}
	return byCol
}

// around is the range around all edits that leave something in the sheet.
func (q *editQueue) around() Range {
	var area Range
	for _, list := range [][]Edit{q.heads, q.rest} {
		for _, e := range list {
			if e.Value.kind != None {
				area = area.with(e.Row, e.Col)
			}
		}
	}
	return area
}
