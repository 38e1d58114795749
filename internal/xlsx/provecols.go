package xlsx

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// colSpec is one <col> as the proof sees it: which columns it is for, and what it says of them.
type colSpec struct {
	first, last, style int
	says               string // its attributes but min and max
}

// colList is all of <cols>, by column, and the tokens that are no <col>.
type colList struct {
	byCol []*colSpec // nil where nothing is said of a column; empty where nothing is said of any
	order bool       // the elements are in order and do not overlap
	other []byte
}

func (l *colList) at(col int) *colSpec {
	if len(l.byCol) == 0 {
		return nil
	}
	return l.byCol[col]
}

// columns reads the <cols> that both sides have at hand, or only the second, and proves that they say the same of every
// column but the new ones.
func (q *sheetProof) columns(both bool) error {
	q.listed = true
	name, attrs := string(q.y.tok.name), string(q.y.tok.attrs)
	was := colList{order: true, other: []byte("</" + name + ">")}
	if both {
		if name != string(q.x.tok.name) || attrs != string(q.x.tok.attrs) {
			return q.differs("%s became %s", q.x.place(), q.y.place())
		}
		var err error
		if was, err = q.x.readCols(); err != nil {
			return err
		}
	}
	now, err := q.y.readCols()
	if err != nil {
		return err
	}
	q.styled = was
	if !bytes.Equal(was.other, now.other) || was.order && !now.order || !both && strings.TrimSpace(attrs) != "" {
		return q.differs("the widths of its columns are not listed as they should be")
	}
	fresh := map[int]bool{}
	for i := range q.sp.NewColumns {
		c := &q.sp.NewColumns[i]
		fresh[c.Col] = true
		if !newWidth(c, was.at(c.Col), now.at(c.Col)) {
			return q.differs("the width of the new column %s is not what was to be set", ColName(c.Col))
		}
	}
	for col := 1; col <= MaxCol; col++ {
		x, y := was.at(col), now.at(col)
		if same := x == nil && y == nil || x != nil && y != nil && x.says == y.says; !same && !fresh[col] {
			return q.differs("the width or look of column %s changed", ColName(col))
		}
	}
	return nil
}

// newWidth reports whether a new column has the width that was asked for, and what was said of it otherwise.
func newWidth(c *NewColumn, x, y *colSpec) bool {
	if x != nil && y != nil && x.says == y.says {
		return true // it had one already
	}
	if y == nil {
		return x == nil && c.Width == 0
	}
	says := func(s *colSpec, width string) string {
		if s == nil {
			s = &colSpec{}
		}
		attrs := []byte(s.says)
		for _, name := range []string{"width", "customWidth", "hidden"} {
			attrs = withoutAttr(attrs, name)
		}
		return string(bytes.TrimSpace(attrs)) + " width=" + width
	}
	got, _ := attr([]byte(y.says), "width")
	return c.Width > 0 && attrBool([]byte(y.says), "customWidth", false) && !attrBool([]byte(y.says), "hidden", false) &&
		says(x, strconv.FormatFloat(c.Width, 'f', -1, 64)) == says(y, string(got))
}

// readCols reads <cols>, whose start tag is at hand, up to its end tag.
func (s *rowSide) readCols() (colList, error) {
	list := colList{order: true}
	if s.tok.kind == tokEmpty {
		list.other = slices.Concat([]byte("</"), s.tok.name, []byte(">"))
		return list, nil
	}
	last := 0
	for outside := s.depth - 1; s.depth > outside; {
		t, err := s.next()
		if err != nil {
			return list, err
		}
		if !t.opens("col") {
			list.other = append(list.other, s.buf[t.start:t.end]...)
			continue
		}
		c := &colSpec{first: attrInt(t.attrs, "min", 0), last: attrInt(t.attrs, "max", 0), style: attrInt(t.attrs, "style", 0)}
		c.says = string(withoutAttr(withoutAttr(t.attrs, "min"), "max"))
		list.order = list.order && c.first > last && c.first <= c.last && c.last <= MaxCol
		last = c.last
		if !list.order {
			return list, malformed("its columns are not listed in order")
		}
		if len(list.byCol) == 0 {
			list.byCol = make([]*colSpec, MaxCol+1)
		}
		for col := c.first; col <= c.last; col++ {
			list.byCol[col] = c
		}
	}
	return list, nil
}
