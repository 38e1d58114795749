package history

import (
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// For how many days what could not be read counts.
const (
	// keptFor is how long a workbook that is gone is missed before it is taken to
	// have been put away, and how long an answer waits for one that is there and
	// cannot be read: longer than any holiday.
	keptFor = 35
	// goneFor is how long an answer waits for a workbook that is gone.
	goneFor = 7
	// doubtFor is how long what came up meanwhile is not told at once.
	doubtFor = 3
)

// absence is a sheet that was read of late, and could not be read this time.
type absence struct {
	Glance
	gone bool // its workbook is not there
}

// absences are all of them.
type absences struct {
	sheets map[Sheet]absence
	latest map[register.Kind]calendar.Date // when a sheet was last read at which an answer may hang
}

// absentFrom lists the sheets that were read of late and were not in a reading. A
// sheet that was taken out of a workbook that was read is none.
func absentFrom(p *Past, r *Reading) absences {
	books := map[string]*Book{}
	for i := range r.Books {
		books[r.Books[i].Path] = &r.Books[i]
	}
	a := absences{sheets: map[Sheet]absence{}}
	for s, last := range p.Sheets {
		b := books[s.Workbook]
		switch {
		case b == nil && (!r.Expects(s.Workbook) || r.AsOf-last.Day > keptFor):
		case b == nil, !b.Read, slices.Contains(b.Unread, s.Name):
			a.sheets[s] = absence{last, b == nil || b.Gone}
		}
	}
	return a
}

// has reports whether a sheet of a kind is absent.
func (a *absences) has(k register.Kind) bool {
	for _, s := range a.sheets {
		if s.Kind == k {
			return true
		}
	}
	return false
}

// forgetRenamed takes out the workbooks that are there under another name, and
// returns them: a new workbook has the same sheets, and most of what was open in
// the old one.
func (a *absences) forgetRenamed(n *Now) (renamed []string) {
	known := map[string]bool{}
	for s := range n.Past.Sheets {
		known[s.Workbook] = true
	}
	fresh := map[string]map[string]register.Kind{} // of workbooks that were never read before
	for s, kind := range n.Sheets {
		if known[s.Workbook] {
			continue
		}
		if fresh[s.Workbook] == nil {
			fresh[s.Workbook] = map[string]register.Kind{}
		}
		fresh[s.Workbook][s.Name] = kind
	}
	if len(fresh) == 0 {
		return nil
	}
	gone := map[string]map[string]register.Kind{}
	for s, absent := range a.sheets {
		if !absent.gone {
			continue
		}
		if gone[s.Workbook] == nil {
			gone[s.Workbook] = map[string]register.Kind{}
		}
		gone[s.Workbook][s.Name] = absent.Kind
	}
	open, moved := map[string]int{}, map[[2]string]int{} // by workbook: how much was open, and is elsewhere now
	for _, l := range n.Past.Lives {
		switch {
		case l.seen:
			open[l.before]++
			moved[[2]string{l.before, l.Workbook}]++
		case l.State != Closed:
			open[l.Workbook]++
		}
	}
	for old, sheets := range gone {
		for other, has := range fresh {
			if isWithin(sheets, has) && 2*moved[[2]string{old, other}] >= open[old] {
				renamed = append(renamed, old)
				for name := range sheets {
					delete(a.sheets, Sheet{old, name})
				}
				break
			}
		}
	}
	slices.Sort(renamed)
	return renamed
}

// isWithin reports whether all sheets are among others.
func isWithin(sheets, others map[string]register.Kind) bool {
	for name, kind := range sheets {
		if others[name] != kind {
			return false
		}
	}
	return true
}

// sum finds out at which kinds of sheets answers may still hang.
func (a *absences) sum(asOf calendar.Date) {
	a.latest = map[register.Kind]calendar.Date{}
	for _, s := range a.sheets {
		limit := calendar.Date(keptFor)
		if s.gone {
			limit = goneFor
		}
		if asOf-s.Day <= limit {
			a.latest[s.Kind] = max(a.latest[s.Kind], s.Day)
		}
	}
}
