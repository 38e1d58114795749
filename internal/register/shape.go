package register

import (
	"errors"
	"slices"

	"regcert/internal/xlsx"
)

// shape is what a sheet looks like by a row of its headings: the kind of sheet
// whose columns they name best.
type shape struct {
	kind   Kind
	found  []Column // of the kind, from left to right
	own    []Column // those that no other kind has
	weight float64  // of the columns: each counts less the more kinds have it
	misses int      // how many of those are missing that every record must fill
}

// isSure reports whether a sheet of the shape is one of the kind, whatever it is
// called.
func (s *shape) isSure() bool {
	return len(s.found) >= headerNames && len(s.own) > 0 && Tells(s.kind, s.weight, s.misses)
}

// Tells reports whether columns of that weight tell a kind of sheet, where so many
// are missing that every record must fill: the more they have to weigh.
func Tells(k Kind, weight float64, misses int) bool {
	const all, most = 1.5, 2.5
	return misses == 0 && weight >= all || 2*misses < len(k.Required()) && weight >= most
}

// shapeOf tells what a row of these texts looks like.
func (r *Reader) shapeOf(row *TopRow) shape {
	names := make([]string, len(row.Texts))
	for i, t := range row.Texts {
		names[i] = NormalHeading(t.Text)
	}
	var best shape
	for _, k := range Kinds() {
		s := shape{kind: k}
		for _, name := range names {
			c := r.columns[k][name]
			if c == 0 || c.Written() || slices.Contains(s.found, c) {
				continue
			}
			s.found = append(s.found, c)
			s.weight += r.Weight(c)
			if r.shared[c] == 1 {
				s.own = append(s.own, c)
			}
		}
		for _, c := range k.Required() {
			if !slices.Contains(s.found, c) {
				s.misses++
			}
		}
		if s.weight > best.weight {
			best = s
		}
	}
	return best
}

// contradicts reports whether the header row of a sheet that is called like one
// kind is that of another: it names nothing that the other does not have, and at
// least two columns that only the other has.
func (r *Reader) contradicts(kind Kind, h *headings, s *shape) bool {
	if s.kind == kind || !s.isSure() || len(s.own) < 2 {
		return false
	}
	for _, t := range h.list {
		if t.column != 0 && !t.column.Written() && !slices.Contains(s.kind.Inputs(), t.column) {
			return false
		}
	}
	return true
}

// look tells what a sheet whose name says nothing looks like. What cannot be
// read of it is passed over, as nobody asks for it.
func (r *Reader) look(source *xlsx.Sheet) shape {
	var best shape
	rows, _ := TopRows(source)
	for i := range rows {
		if s := r.shapeOf(&rows[i]); s.weight > best.weight {
			best = s
		}
	}
	return best
}

// TopRow is one of the rows of a sheet among which its header row is looked for.
type TopRow struct {
	Row   int
	Texts []TopText // from left to right
}

// TopText is what stands in a cell of such a row.
type TopText struct {
	Col  int
	Text string
}

// TopRows returns the rows of a sheet among which its header row is looked for,
// the texts in them only.
func TopRows(source *xlsx.Sheet) ([]TopRow, error) {
	sr := sheetReader{}
	seen := errors.New("enough was seen")
	var rows []TopRow
	err := source.Scan(func(row *xlsx.Row) error {
		if row.Num > headerWithin || sr.long > mostLong {
			return seen
		}
		rows = append(rows, sr.texts(row))
		return nil
	})
	if errors.Is(err, seen) {
		err = nil
	}
	return rows, err
}

// KindNamed returns the kind of a sheet by its name or a configured one.
func (r *Reader) KindNamed(sheet string) (Kind, bool) {
	k, known := r.sheets[NormalHeading(sheet)]
	return k, known
}

// ColumnNamed returns the column of a kind of sheet by its name or a configured
// one.
func (r *Reader) ColumnNamed(k Kind, heading string) (Column, bool) {
	c, known := r.columns[k][NormalHeading(heading)]
	return c, known
}

// Weight says how much a column tells of the kind of its sheet: 1 where no other
// kind has it, less the more kinds have it.
func (r *Reader) Weight(c Column) float64 { return 1 / float64(max(r.shared[c], 1)) }
