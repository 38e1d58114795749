package page

import "fmt"

// What a page holds. Browsers read all of it at once, but lay out only what is
// open.
const (
	mostFindings = 50_000 // findings of a page, the worst first
	mostRows     = 20_000 // rows with their statuses
	firstShown   = 500    // findings of a list that are open from the beginning
	partSize     = 1_000  // rows that are opened by one click
	mostPrinted  = 3_000  // rows up to which all is printed, what is not open too
)

// part is some rows of a long table. All but the first of a list are opened by hand.
type part[T any] struct {
	Label string // empty where it is open from the beginning
	Rows  []T
}

// parted breaks rows into parts, the first of which may be open.
func parted[T any](rows []T, open int) (out []part[T]) {
	if n := min(open, len(rows)); n > 0 {
		out = append(out, part[T]{Rows: rows[:n]})
	}
	for at := min(open, len(rows)); at < len(rows); at += partSize {
		end := min(at+partSize, len(rows))
		label := fmt.Sprintf("%d to %d of %d", at+1, end, len(rows))
		if open == 0 && end-at == len(rows) {
			label = plural(len(rows), "row")
		}
		out = append(out, part[T]{Label: label, Rows: rows[at:end]})
	}
	return out
}

// bound breaks what is long into parts, and says what there is no room for. It
// returns how many rows the page has.
func (p *view) bound() (shown int) {
	findings, rows, over := mostFindings, mostRows, 0
	for i := range p.Lists {
		l := &p.Lists[i]
		l.items = l.items[:min(len(l.items), findings)]
		findings -= len(l.items)
		over += l.N - len(l.items)
		l.Parts = parted(l.items, firstShown)
	}
	rowsOver := 0
	for i := range p.Registers {
		r := &p.Registers[i]
		r.rows = r.rows[:min(len(r.rows), rows)]
		rows -= len(r.rows)
		rowsOver += r.N - len(r.rows)
		r.Parts = parted(r.rows, 0)
	}
	switch {
	case over > 0 && rowsOver > 0:
		p.More = fmt.Sprintf("%s and the status of %s", plural(over, "less urgent finding"), plural(rowsOver, "row"))
	case over > 0:
		p.More = plural(over, "less urgent finding")
	case rowsOver > 0:
		p.More = "the status of " + plural(rowsOver, "row")
	}
	return mostFindings - findings + mostRows - rows
}
