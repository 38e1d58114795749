package digest

import (
	"strings"
	"testing"
)

func TestSnoozedInWords(t *testing.T) {
	for _, c := range []struct {
		n, overdue int
		want       string
	}{
		{1, 0, "1 snoozed"}, {1, 1, "1 snoozed, and overdue"}, {2, 0, "2 snoozed"}, {2, 1, "2 snoozed, 1 of them overdue"}, {2, 2, "2 snoozed, all of them overdue"},
	} {
		if got := SnoozedInWords(c.n, c.overdue); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.overdue, c.n, got, c.want)
		}
	}
}

// The lead sentence says nothing of what sleeps that is not so.
func TestLeadBesidesWhatIsSnoozed(t *testing.T) {
	const (
		late  = "REG-01 | overdue | L1 | q | 2026-05-08 | a.xlsx S!A2 | Administration Team | x"
		soon  = "REG-02 | at-risk | L2 | q | 2026-05-12 | a.xlsx S!A3 | Administration Team | x"
		todo  = "REG-09 | todo | L3 | q | | a.xlsx S!A4 | Admissions Team | x"
		sleep = " | 2026-05-20 | Owen Marsh | why"
	)
	cal := testCalendar(t)
	for _, c := range []struct {
		table  []string
		unread bool
		want   string
	}{
		{[]string{todo}, false, "Nothing is overdue or at risk."},
		{[]string{todo, late + sleep}, false, "Besides what is snoozed, nothing is overdue or at risk."},
		{[]string{todo, soon + sleep}, false, "Besides what is snoozed, nothing is overdue or at risk."},
		{[]string{todo, todo + sleep}, false, "Nothing is overdue or at risk."},
		{[]string{soon, soon + sleep}, false, "Nothing is overdue. Most urgent: 1 registration at risk, due on Tue 12 May 2026 (1 working day left)."},
		{[]string{soon, late + sleep}, false, "Besides what is snoozed, nothing is overdue. Most urgent: 1 registration at risk, due on Tue 12 May 2026 (1 working day left)."},
		{[]string{late, late + sleep}, false, "Most urgent: 1 overdue registration, due on Fri 8 May 2026 (1 working day late)."},
		{[]string{soon + sleep}, false, "Besides what is snoozed, nothing needs doing."},
		{[]string{soon + sleep}, true, "Besides what is snoozed, nothing needs doing in the workbooks that were read."},
		{nil, true, "Nothing needs doing in the workbooks that were read."},
	} {
		in := idle(t)
		in.Report.Findings = findings(t, cal, strings.Join(c.table, "\n"))
		in.Workbooks[0].Read = !c.unread
		in.look(t)
		if got := Compose(in, Recipient{}).Lead; got != c.want {
			t.Errorf("%q: %q, want %q", c.table, got, c.want)
		}
	}
}
