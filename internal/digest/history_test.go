package digest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// weekly is a past made of tables, a week apart, the last of them a week ago;
// of each a digest was made.
func weekly(t testing.TB, in *Input, tables ...string) {
	t.Helper()
	past := &history.Past{Sheets: map[history.Sheet]history.Glance{}}
	id := int64(0)
	for i, table := range tables {
		day := monday - calendar.Date(7*(len(tables)-i))
		now := past.Observe(&history.Reading{AsOf: day, Findings: findings(t, testCalendar(t), table), Books: books(in.Workbooks, true), Expects: expectsAll})
		for _, l := range now.Changed() {
			if id++; l.ID == 0 {
				l.ID = id
			}
		}
		now.Recorded(history.Observation{ID: int64(i + 1), Day: day})
		past.Lives = now.Lives
		past.Digests = append(past.Digests, history.Observation{ID: int64(i + 1), Day: day})
		for s, kind := range now.Sheets {
			past.Sheets[s] = history.Glance{Day: day, Kind: kind}
		}
	}
	all := slices.Concat(in.Report.Findings, in.Report.Ready(testCalendar(t)))
	in.Now = past.Observe(&history.Reading{AsOf: monday, Findings: all, Books: books(in.Workbooks, false), Expects: expectsAll, Left: left(t), Tutor: history.TutorsOf(in.Report)})
	for _, l := range in.Now.Changed() {
		if id++; l.ID == 0 {
			l.ID = id
		}
	}
}

// left counts the days left on the day of the tests.
func left(t testing.TB) func(calendar.Date) int {
	return func(due calendar.Date) int { return testCalendar(t).Left(monday, due) }
}

func expectsAll(string) bool { return true }

// books are the workbooks as a reading has them, all of them read if once.
func books(all []Workbook, once bool) (out []history.Book) {
	for _, w := range all {
		b := history.Book{Path: w.Path, Read: w.Read || once}
		if b.Read {
			b.Sheets = map[string]register.Kind{"Enrolments": register.Enrolments, "Claims": register.Claims}
			if w.Path == "archive.xlsx" {
				b.Sheets = map[string]register.Kind{"Claims": register.Claims}
			}
		}
		out = append(out, b)
	}
	return out
}

const (
	lastWeek = `
		REG-02 | at-risk | L051 | 603/5678/X | 2026-05-08 | enrolments.xlsx Enrolments!R54 | Administration Team | Submit the registration to AIM by Fri 8 May 2026
		REG-02 | at-risk | L007 | 610/1234/5 | 2026-05-11 | enrolments.xlsx Enrolments!R10 | Administration Team | Submit the registration to AIM by Mon 11 May 2026
		REG-09 | todo    | L048 | 610/1234/5 |            | enrolments.xlsx Enrolments!P51 | Admissions Team | Verify the learner's identity documents
		REG-10 | todo    | L060 | 610/1234/5 |            | enrolments.xlsx Enrolments!Q61 | Administration Team | Log the learner on the MIS
		CLM-06 | todo    | L003 | 603/5678/X |            | archive.xlsx Claims!M4 | Compliance Team | Ask AIM for the confirmation
		WDL-04 | todo    | L040 | 610/1234/5 |            | claims.xlsx Withdrawals!E7 | Compliance Team | Tell the learner in writing | 2026-05-08 | Dana Whitlock | On holiday
		DAT-01 | data    | L070 | 610/1234/5 |            | enrolments.xlsx Enrolments!B70 | Admissions Team | Fill in ULN`
	thisWeek = `
		REG-01 | overdue | L051 | 603/5678/X | 2026-05-08 | enrolments.xlsx Enrolments!R12 | Administration Team | Submit the registration to AIM at once
		REG-02 | at-risk | L007 | 610/1234/5 | 2026-05-11 | enrolments.xlsx Enrolments!R10 | Administration Team | Submit the registration to AIM by Mon 11 May 2026
		REG-09 | todo    | L048 | 610/1234/5 |            | enrolments.xlsx Enrolments!P51 | Admissions Team | Verify the learner's identity documents | 2026-05-20 | Dana Whitlock | New passport
		CLM-01 | overdue | L014 | 610/1234/5 | 2026-04-24 | claims.xlsx Claims!L9 | Compliance Team | Submit the claim to AIM now
		WDL-04 | todo    | L040 | 610/1234/5 |            | claims.xlsx Withdrawals!E7 | Compliance Team | Tell the learner in writing
		DAT-01 | data    | L070 | 610/1234/5 |            | enrolments.xlsx Enrolments!B70 | Admissions Team | Fill in ULN`
)

// withPast is a week in which something of every kind has happened.
func withPast(t testing.TB) *Input {
	in := reportOf(t, findings(t, testCalendar(t), thisWeek)...)
	in.Centre = "Northfield Training Centre"
	in.ReadAt = time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC)
	in.Workbooks = []Workbook{{Path: "enrolments.xlsx", Read: true}, {Path: "claims.xlsx", Read: true}, {Path: "archive.xlsx", Troubled: true, Reason: "the file is damaged"}}
	weekly(t, in, "", "REG-02 | at-risk | L007 | 610/1234/5 | 2026-05-11 | enrolments.xlsx Enrolments!R10 | Administration Team | Submit", lastWeek)
	return in
}

// Everything that has happened since last week is told, and adds up.
func TestWhatHasChanged(t *testing.T) {
	d := Compose(withPast(t), Recipient{})
	if want := "Last week 6 + 1 new + 1 awake again − 1 closed − 1 snoozed = 6 open"; d.Balance != want {
		t.Errorf("the balance is %q, want %q", d.Balance, want)
	}
	var counts []string
	open := 0
	for _, c := range d.Counts {
		counts = append(counts, c.Label+" "+c.Change)
		open += c.N
	}
	if got, want := strings.Join(counts, ", "), "overdue +2, at risk −1, ready to claim =, to do −1, to correct =, missed ="; got != want || open != 6 {
		t.Errorf("the counts are %q and add up to %d, want %q and 6", got, open, want)
	}
	got := map[string]string{}
	for _, s := range d.Sections {
		for _, g := range s.Groups {
			for _, i := range g.Items {
				got[i.Title] = strings.Join([]string{i.Mark, i.Since, i.AsOf}, "|")
			}
		}
	}
	want := map[string]string{
		"L051": "Worse|open since Mon 4 May 2026|", "L007": "|open since Mon 27 Apr 2026|", "L048": "|open since Mon 4 May 2026|", "L014": "New||", "L040": "Awake again|open since Mon 4 May 2026|",
		"L070": "|open since Mon 4 May 2026|", "L003": "|open since Mon 4 May 2026|As of Mon 4 May 2026: archive.xlsx could not be read.", "archive.xlsx": "||",
	}
	for title, marks := range want {
		if got[title] != marks {
			t.Errorf("%s: %q, want %q", title, got[title], marks)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d items, want %d: %q", len(got), len(want), got)
	}
	if want := "archive.xlsx could not be read. 1 item stands here as last seen, since Mon 4 May 2026 at the earliest; what has changed in it since is missing."; d.Warning != want {
		t.Errorf("the warning is %q, want %q", d.Warning, want)
	}
	if len(d.Weeks) != 4 || d.Weeks[3] != (history.Week{Day: monday, Overdue: 2, AtRisk: 1, Other: 3, Known: true}) || d.Weeks[2].AtRisk != 2 || d.Weeks[0].Other != 0 {
		t.Errorf("the weeks are %+v", d.Weeks)
	}
	if want := "1 will be late before the next digest on Mon 18 May 2026, unless somebody acts."; d.Soon != want {
		t.Errorf("soon: %q, want %q", d.Soon, want)
	}
}

// Of what will be late, the last day in time is the day before the next digest.
func TestSoon(t *testing.T) {
	for due, want := range map[string]bool{"2026-05-10": false, "2026-05-11": true, "2026-05-17": true, "2026-05-18": false} {
		in := reportOf(t, findings(t, testCalendar(t), "REG-02 | at-risk | L1 | q | "+due+" | a.xlsx S!A2 | Administration Team | x")...)
		if got := Compose(in, Recipient{}).Soon != ""; got != want {
			t.Errorf("due %s: told %t, want %t", due, got, want)
		}
	}
}

func TestBalanceInWords(t *testing.T) {
	for _, c := range []struct {
		b    history.Balance
		want string
	}{
		{history.Balance{Day: monday - 7, Before: 31, New: 9, Closed: 12, Snoozed: 2, Now: 26}, "Last week 31 + 9 new − 12 closed − 2 snoozed = 26 open"},
		{history.Balance{Day: monday - 7}, ""},
		{history.Balance{Day: monday - 7, Before: 3, Now: 3}, "Last week 3 = 3 open"},
		{history.Balance{Day: monday - 5, Before: 1, Closed: 1}, "Last week 1 − 1 closed = 0 open"},
		{history.Balance{Day: monday - 9, New: 1, Woken: 2, Now: 3}, "Last week 0 + 1 new + 2 awake again = 3 open"},
		{history.Balance{Day: monday - 4, Before: 1, Now: 1}, "On Thu 7 May 2026: 1 = 1 open"},
		{history.Balance{Day: monday - 10, Before: 1, Now: 1}, "On Fri 1 May 2026: 1 = 1 open"},
	} {
		if got := balanceInWords(c.b, monday); got != c.want {
			t.Errorf("%+v: %q, want %q", c.b, got, c.want)
		}
	}
}

// A digest is empty only where nothing is open, snoozed, closed or unread.
func TestIsEmpty(t *testing.T) {
	const one = "REG-09 | todo | L1 | q | | enrolments.xlsx Enrolments!A2 | Admissions Team | x"
	for name, c := range map[string]struct {
		last, this string
		change     func(*Input)
		want       bool
	}{
		"nothing, and nothing before": {want: true},
		"something":                   {this: one},
		"something is snoozed":        {this: one + " | 2026-05-20 | Dana | why"},
		"the last was closed":         {last: one},
		"a workbook was not read":     {change: func(in *Input) { in.Workbooks[0].Read = false }},
		"one was not written":         {change: func(in *Input) { in.Workbooks[0].Troubled = true }},
		"what is for information":     {this: strings.Replace(one, "todo", "info", 1)},
		"what is logged":              {this: strings.Replace(one, "REG-09 | todo", "REG-03 | logged", 1), want: true},
	} {
		in := idle(t)
		in.Report.Findings = findings(t, testCalendar(t), c.this)
		if c.change != nil {
			c.change(in)
		}
		weekly(t, in, c.last)
		if got := Compose(in, Recipient{}).IsEmpty(); got != c.want {
			t.Errorf("%s: empty is %t", name, got)
		}
	}
}

const people = `
	== enrolments.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Tutor
	L051       | Ada              | Archer          | 2000-01-02    | 603/5678/X         | Jane Doe
	L007       | Émile            | de la Croix     | 2000-01-02    | 610/1234/5         | jane doe
	L048       | Cleo             |                 | 2000-01-02    | 610/1234/5         | Ann Lee
	L014       | Dov              | Dunn            | 2000-01-02    | 610/1234/5         |
`

// named is withPast with the names of learners and tutors.
func named(t testing.TB) *Input {
	in := withPast(t)
	for _, b := range registertest.Read(t, monday, people) {
		for i := range b.Sheets[0].Records {
			in.Report.Rows = append(in.Report.Rows, policy.Row{Record: &b.Sheets[0].Records[i], Status: "Registered"})
		}
	}
	weekly(t, in, lastWeek)
	return in
}

// titles lists what a digest shows: learner and name.
func titles(d *Digest) string {
	var out []string
	for _, s := range d.Sections {
		for _, g := range s.Groups {
			for _, i := range g.Items {
				out = append(out, strings.TrimSpace(i.Title+" "+i.Name))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestWhoIsToldWhat(t *testing.T) {
	for _, c := range []struct {
		name  string
		views []View
		want  string
		scope string
	}{
		{"everything", nil, "L003, L007, L014, L040, L048, L051, L070, archive.xlsx", ""},
		{"a role's actions", []View{{Owners: []string{policy.ComplianceTeam}}}, "L003, L014, L040, archive.xlsx", "everything for the Compliance Team"},
		{"a qualification, however written", []View{{Codes: []string{"603-5678-x"}}}, "L003, L051, archive.xlsx", "everything on 603-5678-x"},
		{"sections and a role", []View{{Sections: []string{"registrations", "other"}, Owners: []string{policy.AdministrationTeam}}}, "L007, L051", "registrations and other for the Administration Team"},
		{"a tutor's learners", []View{{Tutor: "JANE DOE"}}, "L007, L051, archive.xlsx", "everything about the learners of JANE DOE"},
		{"another tutor's", []View{{Tutor: "Ann Lee", Sections: []string{"other"}}}, "L048", "other about the learners of Ann Lee"},
		{"nobody's", []View{{Tutor: "No One", Sections: []string{"other"}}}, "", "other about the learners of No One"},
		{"two roles", []View{{Sections: []string{"claims"}}, {Tutor: "Ann Lee"}}, "L003, L014, L048, archive.xlsx", "claims; and everything about the learners of Ann Lee"},
		{"initials", []View{{Privacy: Initials, Sections: []string{"registrations", "other"}}}, "L007 É.d., L048 C., L051 A.A.", "registrations and other"},
		{"names", []View{{Privacy: Names, Sections: []string{"registrations", "other"}}}, "L007 Émile de la Croix, L048 Cleo, L051 Ada Archer", "registrations and other"},
		{"counts", []View{{Privacy: Counts, Sections: []string{"registrations", "claims"}}}, "", "claims and registrations"},
		{"the most open view counts", []View{{Sections: []string{"registrations"}}, {Tutor: "Jane Doe", Privacy: Names}, {Sections: []string{"claims"}, Privacy: Counts}}, "L007 Émile de la Croix, L051 Ada Archer, archive.xlsx",
			"registrations; and everything about the learners of Jane Doe; and claims"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Compose(named(t), Recipient{Views: c.views})
			if got := titles(d); got != c.want {
				t.Errorf("told of %q, want %q", got, c.want)
			}
			if d.Scope != c.scope {
				t.Errorf("scope %q, want %q", d.Scope, c.scope)
			}
			open := 0
			for _, n := range d.Counts {
				open += n.N
			}
			if (open > 0 || d.Balance != "") && !strings.HasSuffix(d.Balance, plural(open, "open", "open")) {
				t.Errorf("%d are counted, and the balance is %q", open, d.Balance)
			}
			if last := d.Weeks[len(d.Weeks)-1]; last.Overdue+last.AtRisk+last.Other != open {
				t.Errorf("%d are counted, and the last week is %+v", open, last)
			}
		})
	}
}

// With the tier counts nothing of a learner stands anywhere.
func TestCountsNameNobody(t *testing.T) {
	d := Compose(named(t), Recipient{Views: []View{{Privacy: Counts}}})
	text, html := rendered(t, builtIn(t), d)
	all := string(text) + string(html) + d.Subject()
	for _, id := range []string{"L003", "L007", "L014", "L040", "L048", "L051", "L070", "Ada", "Archer", "passport"} {
		if strings.Contains(all, id) {
			t.Errorf("the digest names %s", id)
		}
	}
	if !strings.Contains(all, "Overdue claims") || d.Counts[0].N != 2 {
		t.Error("the digest does not count")
	}
}

// Dates of birth stand in no digest, whatever the tier.
func TestNoDateOfBirth(t *testing.T) {
	d := Compose(named(t), Recipient{Views: []View{{Privacy: Names}}})
	if text, html := rendered(t, builtIn(t), d); strings.Contains(string(text)+string(html), "2000") {
		t.Error("the digest tells a date of birth")
	}
}

func TestUrgent(t *testing.T) {
	in := named(t)
	ids := map[string]int64{}
	for _, m := range in.Now.Matters {
		ids[m.LearnerID] = m.Life.ID
	}
	// archive.xlsx could not be read: what may be so only because of that waits.
	in.Workbooks[2].Read = true
	weekly(t, in, lastWeek)
	urgent := func(who Recipient, told map[int64]policy.Severity) string {
		var out []string
		for _, m := range Urgent(in, who, told) {
			out = append(out, m.LearnerID)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	for _, m := range in.Now.Matters {
		ids[m.LearnerID] = m.Life.ID
	}
	for _, c := range []struct {
		name string
		who  Recipient
		told map[int64]policy.Severity
		want string
	}{
		{"nothing was told", Recipient{}, nil, "L007 L014 L051"},
		{"all of it was", Recipient{}, map[int64]policy.Severity{ids["L007"]: policy.AtRisk, ids["L014"]: policy.Overdue, ids["L051"]: policy.Overdue}, ""},
		{"it got worse since", Recipient{}, map[int64]policy.Severity{ids["L007"]: policy.AtRisk, ids["L014"]: policy.Breach, ids["L051"]: policy.AtRisk}, "L051"},
		{"claims alone", Recipient{Views: []View{{Sections: []string{"claims"}}}}, nil, "L014"},
		{"a tutor's learners", Recipient{Views: []View{{Tutor: "Jane Doe"}}}, nil, "L007 L051"},
	} {
		if got := urgent(c.who, c.told); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	d := Escalate(in, Recipient{Name: "Head of Quality"}, Urgent(in, Recipient{}, nil))
	if got := titles(d); got != "L007, L014, L051" || d.Balance != "" || len(d.Weeks) != 0 {
		t.Errorf("the email tells of %q, %q, %v", got, d.Balance, d.Weeks)
	}
	if want := "Newly at risk or late, Mon 11 May 2026: 2 overdue, 1 at risk"; d.Subject() != want {
		t.Errorf("the subject is %q, want %q", d.Subject(), want)
	}
}

// What may be so only because a workbook could not be read is told in the digest
// and not at once: archive.xlsx has claims, at which rules on claims look.
func TestDoubtfulIsNotUrgent(t *testing.T) {
	var got []string
	for _, m := range Urgent(withPast(t), Recipient{}, nil) {
		got = append(got, m.LearnerID)
	}
	if !slices.Equal(got, []string{"L051", "L007"}) {
		t.Errorf("%q are told at once while archive.xlsx cannot be read", got)
	}
}
