package xlsx

import (
	"fmt"
	"strconv"
)

// colRange is one <col>: columns that share width and style (18.3.1.13).
type colRange struct{ first, last, style int }

// col takes up a <col> and gives what is written for it, after the new columns that come before it. A width that somebody
// gave a new column already stays; one that is only a program's default for the rest of the sheet does not, nor does the
// hiding of all that was not in use: statuses are there to be seen. Such a <col> is cut, and its other pieces stay as
// they were.
func (s *sheetPatcher) col(t *token) ([]byte, error) {
	c := colRange{attrInt(t.attrs, "min", 0), attrInt(t.attrs, "max", 0), attrInt(t.attrs, "style", 0)}
	last := 0
	if n := len(s.cols); n > 0 {
		last = s.cols[n-1].last
	}
	if c.first <= last || c.first > c.last || c.last > MaxCol {
		return nil, malformed("its columns %d to %d are not listed in order", c.first, c.last)
	}
	s.cols = append(s.cols, c)
	if c.style >= s.p.formats {
		s.p.dangles(fmt.Sprintf("%s!%s:%s", s.sp.Sheet.Name, ColName(c.first), ColName(c.last)), c.style)
	}
	out := s.newCols(prefixOf(t.name), c.first)
	stays := attrBool(t.attrs, "customWidth", false) && !attrBool(t.attrs, "hidden", false)
	from := c.first
	for ; len(s.widths) > 0 && s.widths[0].Col <= c.last; s.widths = s.widths[1:] {
		if n := s.widths[0]; !stays {
			out = appendPiece(out, t, t.attrs, from, n.Col-1, c.last)
			out = appendPiece(out, t, withAttr(withAttr(withoutAttr(t.attrs, "hidden"), "width", formatWidth(n.Width)), "customWidth", "1"), n.Col, n.Col, c.last)
			from = n.Col + 1
		}
	}
	if from == c.first {
		return append(out, s.raw(t)...), nil
	}
	return appendPiece(out, t, t.attrs, from, c.last, c.last), nil
}

// appendPiece writes a <col> for some of the columns that t is for, the end tag of the last piece being that of t.
func appendPiece(out []byte, t *token, attrs []byte, first, last, end int) []byte {
	if first > last {
		return out
	}
	attrs = withAttr(withAttr(attrs, "min", strconv.Itoa(first)), "max", strconv.Itoa(last))
	shut := "/>"
	if t.kind == tokStart && last == end {
		shut = ">"
	}
	return fmt.Appendf(out, "<%s%s%s", t.name, attrs, shut)
}

// newCols is the <col> of the new columns before a column.
func (s *sheetPatcher) newCols(prefix []byte, before int) []byte {
	var out []byte
	for ; len(s.widths) > 0 && s.widths[0].Col < before; s.widths = s.widths[1:] {
		c := s.widths[0]
		out = fmt.Appendf(out, `<%scol min="%d" max="%d" width="%s" customWidth="1"/>`, prefix, c.Col, c.Col, formatWidth(c.Width))
	}
	return out
}

// emptyCols is a self-closed <cols> with the new columns in it; nil where it may stay as it is.
func (s *sheetPatcher) emptyCols(t *token) []byte {
	if t.kind != tokEmpty || len(s.widths) == 0 {
		return nil
	}
	return fmt.Appendf(nil, "<%s%s>%s</%s>", t.name, t.attrs, s.newCols(prefixOf(t.name), MaxCol+1), t.name)
}

func formatWidth(width float64) string { return strconv.FormatFloat(width, 'f', -1, 64) }
