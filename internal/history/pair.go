package history

import (
	"cmp"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// likeness is by what a finding and a life are found to belong together.
type likeness struct {
	workbook string
	due      calendar.Date
}

// pair gives each of some findings with one key the life that is most like it:
// one that goes on rather than one that was closed, in the same workbook, due on
// the same day. So a life goes on although rows were sorted or moved, or a
// workbook has another name.
func pair(findings []*policy.Finding, lives []*Life, give func(*policy.Finding, *Life)) {
	if len(findings) == 0 || len(lives) == 0 {
		return
	}
	if len(findings) == 1 && len(lives) == 1 {
		give(findings[0], lives[0])
		return
	}
	slices.SortStableFunc(findings, func(a, b *policy.Finding) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Workbook, b.Workbook), cmp.Compare(a.Row, b.Row))
	})
	given := map[*Life]bool{}
	for _, by := range []struct{ workbook, due, closed bool }{
		{workbook: true, due: true}, {workbook: true}, {due: true}, {}, {due: true, closed: true}, {closed: true},
	} {
		like := func(workbook string, due calendar.Date) (k likeness) {
			if by.workbook {
				k.workbook = workbook
			}
			if by.due {
				k.due = due
			}
			return k
		}
		waiting := map[likeness][]*Life{}
		for _, l := range lives {
			if !given[l] && (by.closed || l.State != Closed) {
				k := like(l.Workbook, l.Due)
				waiting[k] = append(waiting[k], l)
			}
		}
		var rest []*policy.Finding
		for _, f := range findings {
			k := like(f.Workbook, f.Due)
			if len(waiting[k]) == 0 {
				rest = append(rest, f)
				continue
			}
			l := waiting[k][0]
			waiting[k], given[l] = waiting[k][1:], true
			give(f, l)
		}
		if findings = rest; len(findings) == 0 || len(given) == len(lives) {
			return
		}
	}
}
