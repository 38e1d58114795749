package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register/registertest"
)

// TestCalendarDaysInstead: an awarding body publishes the same rule in calendar
// days, 35 instead of 25 working days. Of the courses that start on the 253
// working days of 2026, 111 then have another due date.
func TestCalendarDaysInstead(t *testing.T) {
	var set strings.Builder
	set.WriteString("== enrolments.xlsx\n-- Enrolments\nLearner ID | Qualification Code | Course Start | Course End\n")
	starts := 0
	for d := calendar.NewDate(2026, 1, 1); d.Year() == 2026; d++ {
		if theCalendar().IsWorking(d, calendar.AwardingBody) {
			starts++
			fmt.Fprintf(&set, "L%d | Q/1 | %s | %s\n", starts, d, d+30)
		}
	}
	asOf := day(t, "2026-01-01")
	opt := policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}}
	n := policy.Defaults()
	n.RegistrationShort = calendar.Duration{N: 35, Unit: calendar.Days}
	books := registertest.Read(t, asOf, set.String())
	d := policy.Compare(policy.Judge(books, opt), policy.Judge(books, opt.Supposing(n, 0)))
	if starts != 253 || d.Dates != 253 || d.Earlier+d.Later != 111 {
		t.Errorf("of %d starts, %d due dates, %d are earlier and %d later; want 253 and 111 that move", starts, d.Dates, d.Earlier, d.Later)
	}
	if d.Later != 0 || d.Sooner == 0 || d.Further != 0 {
		t.Errorf("%d are later, by %d days at most, earlier by %d", d.Later, d.Further, d.Sooner)
	}
}

// TestCompare: what moves, in which direction, who changes status, and what is
// late by which rule, on the last day of the one deadline and of the other.
func TestCompare(t *testing.T) {
	asOf := day(t, "2026-05-11")
	books := registertest.Read(t, asOf, `
		== book.xlsx
		-- Enrolments
		Learner ID | Qualification Code | Course Start | Course End | Submitted to AIM | AIM Confirmed | AIM Registration No | Accuracy Checked | ID Verified | MIS Logged
		L1         | Q/1                | 2026-04-01   | 2026-06-30 |                  |               |                     |                  | yes         | yes
		L2         | Q/1                | 2026-04-06   | 2026-06-30 |                  |               |                     |                  | yes         | yes
		L3         | Q/1                | 2026-04-07   | 2026-06-30 |                  |               |                     |                  | yes         | yes
		L4         | Q/1                | 2026-04-01   | 2026-06-30 | 2026-05-07       | 2026-05-08    | R1                  |                  | yes         | yes
		l4         | Q/2                | 2026-04-02   | 2026-06-30 |                  |               |                     |                  | yes         | yes
		-- Claims
		Learner ID | Qualification Code | Certificate Received | Certificate Checked | Certificate Issued
		L4         | Q/1                | 2026-05-06           | yes                 |
	`)
	opt := policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}}
	n := policy.Defaults()
	n.RegistrationShort = calendar.Duration{N: 35, Unit: calendar.Days}
	n.AccuracyCheck = calendar.Duration{N: 1, Unit: calendar.WorkingDays}
	n.CertificateIssue = calendar.Duration{N: 2, Unit: calendar.Weeks}
	d := policy.Compare(policy.Judge(books, opt), policy.Judge(books, opt.Supposing(n, 0)))
	var got []string
	got = append(got, fmt.Sprintf("%d dates, %d earlier by %d, %d later by %d, late %d then %d", d.Dates, d.Earlier, d.Sooner, d.Later, d.Further, d.Late, d.LateThen))
	for _, m := range d.Moves {
		got = append(got, fmt.Sprintf("%s %s > %s: %d %s", m.Kind, m.From, m.To, m.Records, m.Learners))
	}
	for _, r := range d.Rules {
		got = append(got, fmt.Sprintf("%s %d > %d, late %d > %d", r.Rule, r.Raised, r.Then, r.Late, r.LateThen))
	}
	want := []string{
		"8 dates, 6 earlier by 6, 1 later by 7, late 3 then 7",
		"Enrolments At risk > Overdue: 2 [L1 l4]",
		"Enrolments Registered > Registered late: 1 [L4]",
		"REG-01 0 > 2, late 0 > 2",
		"REG-02 4 > 2, late 0 > 0",
		"REG-03 0 > 1, late 0 > 1",
		"REG-04 0 > 16, late 0 > 0",
		"REG-06 1 > 1, late 0 > 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestSupposing: from which day other numbers count.
func TestSupposing(t *testing.T) {
	first, second := policy.Defaults(), policy.Defaults()
	second.Version, second.InForce = "1.1", day(t, "2026-09-01")
	other := policy.Defaults()
	other.Version = "new"
	for _, c := range []struct{ from, want string }{
		{"", "new 2026-03-24"},
		{"2026-03-23", "new 2026-03-23"},
		{"2026-03-24", "new 2026-03-24"},
		{"2026-03-25", "1.0 2026-03-24, new 2026-03-25"},
		{"2026-09-01", "1.0 2026-03-24, new 2026-09-01"},
		{"2026-09-02", "1.0 2026-03-24, 1.1 2026-09-01, new 2026-09-02"},
	} {
		var from calendar.Date
		if c.from != "" {
			from = day(t, c.from)
		}
		opt := policy.Options{Versions: []policy.Numbers{first, second}}
		then := opt.Supposing(other, from)
		var got []string
		for _, v := range then.Versions {
			got = append(got, v.Version+" "+v.InForce.String())
		}
		if text := strings.Join(got, ", "); text != c.want || then.JudgeFrom != first.InForce || len(opt.Versions) != 2 {
			t.Errorf("from %q: %s, judged from %s; want %s", c.from, text, then.JudgeFrom, c.want)
		}
	}
	opt := policy.Options{Versions: []policy.Numbers{first}, JudgeFrom: day(t, "2026-04-01")}
	if then := opt.Supposing(other, 0); then.JudgeFrom != opt.JudgeFrom {
		t.Errorf("judged from %s", then.JudgeFrom)
	}
}
