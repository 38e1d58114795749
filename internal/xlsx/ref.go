package xlsx

import "strconv"

// The edges of a worksheet (ECMA-376 part 1, 18.3.1.73 and 18.3.1.13, as Excel limits them).
const (
	MaxRow = 1 << 20
	MaxCol = 1 << 14
)

// Range is a rectangle of cells: 1-based rows, 1-based columns (A is 1), both ends inclusive.
type Range struct{ FirstRow, FirstCol, LastRow, LastCol int }

// Contains reports whether the cell lies in the range.
func (r Range) Contains(row, col int) bool {
	return row >= r.FirstRow && row <= r.LastRow && col >= r.FirstCol && col <= r.LastCol
}

// String is the range in A1 notation, one cell as one reference ("B2", "A1:D9").
func (r Range) String() string {
	first := CellName(r.FirstRow, r.FirstCol)
	if r.FirstRow == r.LastRow && r.FirstCol == r.LastCol {
		return first
	}
	return first + ":" + CellName(r.LastRow, r.LastCol)
}

// ColName is the letters of a column: 1 is "A", 28 is "AB".
func ColName(col int) string { return string(appendCol(nil, col)) }

// CellName is a cell's reference in A1 notation.
func CellName(row, col int) string {
	return string(strconv.AppendInt(appendCol(make([]byte, 0, 12), col), int64(row), 10))
}

func appendCol(dst []byte, col int) []byte {
	var letters [8]byte
	i := len(letters)
	for ; col > 0; col = (col - 1) / 26 {
		i--
		letters[i] = byte('A' + (col-1)%26)
	}
	return append(dst, letters[i:]...)
}

// parseCell reads a reference as files hold it ("AB12", also "$AB$12" and lower case). ok is false for anything else,
// and for a cell beyond the edges of a worksheet.
func parseCell(ref []byte) (row, col int, ok bool) {
	i := 0
	if i < len(ref) && ref[i] == '$' {
		i++
	}
	from := i
	for ; i < len(ref); i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if col = col*26 + int(c-'A') + 1; col > MaxCol {
			return 0, 0, false
		}
	}
	if i == from {
		return 0, 0, false
	}
	if i < len(ref) && ref[i] == '$' {
		i++
	}
	row, ok = parseRowNum(ref[i:])
	return row, col, ok
}

// parseRowNum reads a row number, 1 to MaxRow.
func parseRowNum(digits []byte) (int, bool) {
	if len(digits) == 0 || len(digits) > 7 {
		return 0, false
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n >= 1 && n <= MaxRow
}

// parseRange reads "A1:D9" or "A1".
func parseRange(ref []byte) (Range, bool) {
	first, last := ref, ref
	for i, c := range ref {
		if c == ':' {
			first, last = ref[:i], ref[i+1:]
			break
		}
	}
	r1, c1, ok1 := parseCell(first)
	r2, c2, ok2 := parseCell(last)
	return Range{min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2)}, ok1 && ok2
}
