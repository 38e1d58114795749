package digest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
	"regcert/internal/xlsx"
)

var update = flag.Bool("update", false, "write the golden files anew")

// monday is the as-of date of these tests: Mon 11 May 2026.
var monday = calendar.NewDate(2026, time.May, 11)

func testCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.New(holidays, nil)
}

// findings reads a table: rule, severity, learner, code, due, cell, owner,
// action; and, behind "!!", what was found. Behind the action may stand the
// snooze: until when, by whom, why. A severity of "logged" is a breach
// that the quality log has.
func findings(t testing.TB, cal *calendar.Calendar, table string) []policy.Finding {
	t.Helper()
	var out []policy.Finding
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 8 && len(cells) != 11 {
			t.Fatalf("%d cells in %q, want 8 or 11", len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		f := policy.Finding{Rule: cells[0], Clause: "P 3.2", Severity: policy.Severity(cells[1]), LearnerID: cells[2], QualificationCode: cells[3], Owner: cells[6], Policy: "1.0"}
		if cells[1] == "logged" {
			f.Severity, f.Logged = policy.Info, true
		}
		if cells[4] != "" {
			due, err := calendar.ParseISO(cells[4])
			if err != nil {
				t.Fatal(err)
			}
			f.Due, f.WorkingDaysLeft = due, cal.Left(monday, due)
		}
		f.Workbook, f.Sheet, f.Row, f.Col = cell(t, cells[5])
		f.Action, f.Message, _ = strings.Cut(cells[7], " !! ")
		if len(cells) == 11 {
			until, err := calendar.ParseISO(cells[8])
			if err != nil {
				t.Fatal(err)
			}
			f.Snooze = &policy.Snooze{Until: until, By: cells[9], Reason: cells[10]}
		}
		out = append(out, f)
	}
	return out
}

// cell reads "enrolments.xlsx Enrolments!R12".
func cell(t testing.TB, s string) (workbook, sheet string, row, col int) {
	t.Helper()
	if s == "" {
		return "", "", 0, 0
	}
	workbook, rest, _ := strings.Cut(s, " ")
	sheet, ref, _ := strings.Cut(rest, "!")
	letters := strings.TrimRight(ref, "0123456789")
	if _, err := fmt.Sscan(ref[len(letters):], &row); err != nil {
		t.Fatalf("%q names no cell: %v", s, err)
	}
	for col = 1; letters != "" && xlsx.ColName(col) != letters; col++ {
	}
	if letters == "" {
		col = 0
	}
	return workbook, sheet, row, col
}

const richTable = `
	CLM-01 | overdue | L014 | 610/1234/5 | 2026-04-24 | claims.xlsx Claims!L9     | Compliance Team | Submit the claim to AIM now; it was due by Fri 24 Apr 2026
	CLM-01 | overdue | L022 | 603/5678/X | 2026-05-08 | claims.xlsx Claims!L15    | Compliance Team | Submit the claim to AIM now; it was due by Fri 8 May 2026
	CLM-04 | overdue | L031 | 610/1234/5 | 2026-05-07 | claims.xlsx Claims!A18    | Quality Team | Have the remaining mandatory units achieved and signed off: U104, U107
	CLM-04 | overdue | L031 | 610/1234/5 | 2026-05-07 | claims.xlsx Claims!I18    | Quality Team | Settle the EQA sampling and enter yes, or n/a where none is asked for
	CLM-02 | at-risk | L019 | 610/1234/5 | 2026-05-15 | claims.xlsx Claims!L12    | Compliance Team | Submit the claim to AIM by Fri 15 May 2026
	CLM-08 | todo    | L044 | 603/5678/X | 2026-05-20 | enrolments.xlsx Enrolments!A47 | Quality Team | Enter the claim on the Claims sheet and have it submitted by Wed 20 May 2026
	CLM-06 | todo    | L003 | 603/5678/X |            | claims.xlsx Claims!M4     | Compliance Team | Ask AIM for the confirmation of the claim and enter its date
	REG-01 | overdue | L051 | 603/5678/X | 2026-05-08 | enrolments.xlsx Enrolments!R54 | Administration Team | Submit the registration to AIM at once as a late one; it was due by Fri 8 May 2026
	REG-02 | at-risk | L007 | 610/1234/5 | 2026-05-11 | enrolments.xlsx Enrolments!R10 | Administration Team | Submit the registration to AIM by Mon 11 May 2026
	REG-02 | at-risk | L009 | 610/1234/5 | 2026-05-15 | enrolments.xlsx Enrolments!R12 | Administration Team | Submit the registration to AIM by Fri 15 May 2026
	REG-02 | at-risk | L010 | 610/1234/5 | 2026-05-26 | enrolments.xlsx Enrolments!R13 | Administration Team | Submit the registration to AIM by Tue 26 May 2026
	WDL-01 | overdue | L038 | 610/1234/5 | 2026-05-09 | claims.xlsx Withdrawals!G5 | Compliance Team | Submit the withdrawal to AIM now; it was due by Sat 9 May 2026
	WDL-02 | at-risk | L040 | 610/1234/5 | 2026-05-16 | claims.xlsx Withdrawals!G7 | Compliance Team | Submit the withdrawal to AIM by Sat 16 May 2026
	WDL-04 | todo    | L040 | 610/1234/5 |            | claims.xlsx Withdrawals!E7 | Compliance Team | Tell the learner in writing and enter when
	WDL-04 | todo    | L040 | 610/1234/5 |            | claims.xlsx Withdrawals!F7 | Compliance Team | Update the MIS and enter yes
	CRT-01 | overdue | L002 | 610/1234/5 | 2026-05-06 | claims.xlsx Claims!T3     | Administration Team | Issue the certificate to the learner and enter when; it was due by Wed 6 May 2026
	CRT-05 | todo    | L005 | 603/5678/X | 2026-05-14 | claims.xlsx Claims!Q6     | Administration Team | Check the certificate for accuracy by Thu 14 May 2026 and enter when
	ASM-01 | breach  | L027 | 610/1234/5 |            | assessments.xlsx Assessments!D31 | Assessor | Have the registration confirmed, ask AIM whether the evidence counts, and record it in the quality log (Quality Log Ref) !! Work on the unit is recorded on Mon 6 Apr 2026 and AIM's confirmation of the registration is not (P 3.1).
	ASM-05 | todo    | L030 | 610/1234/5 | 2026-05-19 | assessments.xlsx Assessments!I36 | IQA | Review the decision by Tue 19 May 2026 and enter the sign-off
	REG-03 | breach  | L011 | 610/1234/5 | 2026-04-30 | enrolments.xlsx Enrolments!R14 | Compliance Team | Record the late registration in the quality log and enter its Quality Log Ref !! The registration was submitted to AIM on Tue 5 May 2026, after its deadline of Thu 30 Apr 2026 (P 3.2).
	REG-03 | logged  | L012 | 610/1234/5 | 2026-04-30 | enrolments.xlsx Enrolments!R15 | Compliance Team | Nothing !! The registration was submitted late and is logged (P 3.2).
	REG-04 | todo    | L011 | 610/1234/5 |            | enrolments.xlsx Enrolments!W14 | Compliance Team | Enter why the registration is late (Late Reason)
	REG-04 | todo    | L011 | 610/1234/5 |            | enrolments.xlsx Enrolments!X14 | Compliance Team | Tell the Head of Quality and enter when
	REG-04 | todo    | L051 | 603/5678/X |            | enrolments.xlsx Enrolments!W54 | Compliance Team | Enter why the registration is late (Late Reason)
	REG-09 | todo    | L048 | 610/1234/5 |            | enrolments.xlsx Enrolments!P51 | Admissions Team | Verify the learner's identity documents and enter yes in ID Verified
	REG-08 | overdue | L049 | 610/1234/5 | 2026-05-05 | enrolments.xlsx Enrolments!O52 | Tutor | Tell the Administration Team of the new learner and enter when
	REC-03 | info    | L001 |            |            | claims.xlsx Adjustments!E2 | Quality Team | Decide whether the record is still needed, else dispose of it and enter when !! The record was to be kept until Thu 7 May 2026 and may now be disposed of (P 6.1).
	POL-01 | at-risk |      |            | 2026-06-30 |            | Head of Quality | Review the policy by Tue 30 Jun 2026 and enter the new version in the configuration
	DAT-02 | data    | L016 | 610/1234/5 |            | enrolments.xlsx Enrolments!L19 | Admissions Team | Correct Course Start: enter a date such as 24/03/2026 !! "31/02/2026" in Course Start cannot be read as a date such as 24/03/2026 (P 3.1).
	DAT-01 | data    |      | 610/1234/5 |            | enrolments.xlsx Enrolments!A61 | Admissions Team | Fill in Learner ID !! Learner ID is blank, and every record must fill it (P 3.1).
	REG-07 | data    | L020 | 610/1234/5 |            | enrolments.xlsx Enrolments!J23 | Quality Team | Correct Level here or on the Qualifications sheet, and with AIM if it was registered so !! Level is "2" here and "3" on the Qualifications sheet (P 3.4).
	REG-02 | at-risk | L015 | 610/1234/5 | 2026-05-19 | enrolments.xlsx Enrolments!R18 | Administration Team | Submit the registration to AIM by Tue 19 May 2026 | 2026-05-15 | Dana Whitlock | New ULN applied for on 07/05
	CLM-04 | overdue | L023 | 603/5678/X | 2026-05-07 | claims.xlsx Claims!G16    | Quality Team | Have the decisions taken by an approved assessor, or the records corrected | 2026-05-19 | Owen Marsh | The EQA visits on 19/05.
	CLM-04 | overdue | L023 | 603/5678/X | 2026-05-07 | claims.xlsx Claims!I16    | Quality Team | Settle the EQA sampling and enter yes, or n/a where none is asked for | 2026-05-19 | Owen Marsh | The EQA visits on 19/05.
	REG-06 | logged  | L015 | 610/1234/5 | 2026-04-30 | enrolments.xlsx Enrolments!W18 | Quality Team | Nothing !! The registration was checked late and is logged (P 3.4). | 2026-05-15 | Dana Whitlock | New ULN applied for on 07/05
`

// rich is a report with something in every section.
func rich(t testing.TB) Input {
	t.Helper()
	cal := testCalendar(t)
	books := registertest.Read(t, monday, `
		== claims.xlsx
		-- Claims
		Learner ID | Qualification Code | Claim Submitted
		L060       | 603/5678/X         |
		L061       | 610/1234/5         |
		L062       | 603/5678/X         |
	`)
	records := books[0].Sheets[0].Records
	return Input{
		Report: &policy.Report{
			AsOf: monday, Policy: "1.0", Findings: findings(t, cal, richTable),
			Rows: []policy.Row{
				{Record: &records[0], Status: "Ready to claim", Deadline: monday + 10},
				{Record: &records[1], Status: "In progress"},
				{Record: &records[2], Status: "Ready to claim", Deadline: monday + 11, Snooze: &policy.Snooze{Until: monday + 4, By: "Owen Marsh", Reason: "Claimed with the others on Friday"}},
			},
			NotChecked: []policy.NotChecked{
				{Rule: "ASM-02", Reason: "no Staff sheet"}, {Rule: "ASM-03", Reason: "no Staff sheet"},
				{Rule: "CEN-01", Reason: "no Centre sheet"}, {Rule: "CEN-02", Reason: "no Centre sheet"}, {Rule: "CEN-03", Reason: "no Centre sheet"}, {Rule: "CEN-04", Reason: "no Centre sheet"},
			},
		},
		Calendar: cal, Centre: "Northfield Training Centre",
		Workbooks: []Workbook{
			{Path: "enrolments.xlsx", Read: true}, {Path: "assessments.xlsx", Read: true, Unread: []string{"Units"}}, {Path: "claims.xlsx", Read: true, Troubled: true, Reason: "open on the computer OFFICE-2 since 07:48; its statuses are written when it is closed"},
			{Path: "archive/claims 2024-25.xls", Troubled: true, Reason: "this is a workbook of Excel 97-2003; save it as .xlsx"},
		},
		ReadAt: time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC),
	}
}

// asleep is a report in which all there is to do is snoozed.
func asleep(t testing.TB) Input {
	t.Helper()
	in := rich(t)
	in.Report.Findings = slices.DeleteFunc(in.Report.Findings, func(f policy.Finding) bool { return f.Snooze == nil })
	in.Report.Rows = in.Report.Rows[2:]
	in.Workbooks = idle(t).Workbooks
	return in
}

// idle is a report without anything to do.
func idle(t testing.TB) Input {
	t.Helper()
	in := rich(t)
	in.Report = &policy.Report{AsOf: monday, Policy: "1.0"}
	in.Workbooks = []Workbook{{Path: "enrolments.xlsx", Read: true}, {Path: "claims.xlsx", Read: true}}
	return in
}

func TestGolden(t *testing.T) {
	for name, d := range map[string]*Digest{
		"rich":   Compose(rich(t), Recipient{Name: "Head of Quality", Sections: []string{All}}),
		"claims": Compose(rich(t), Recipient{Name: "Compliance Team", Sections: []string{"claims", "withdrawals"}}),
		"idle":   Compose(idle(t), Recipient{}),
		"asleep": Compose(asleep(t), Recipient{}),
	} {
		golden(t, name+".txt", append([]byte(d.Subject()+"\n\n"), d.Text()...))
		golden(t, name+".html", d.HTML())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i == len(w) || g[i] != w[i] {
			t.Fatalf("%s, line %d, is\n%s\nwant\n%s\n(go test -update accepts it)", name, i+1, g[i], strings.Join(w[min(i, len(w)):min(i+1, len(w))], ""))
		}
	}
	t.Fatalf("%s has %d lines, want %d", name, len(g), len(w))
}

// Every rule and severity stands in exactly one section, and the right one.
func TestEveryFindingHasItsPlace(t *testing.T) {
	want := map[string]int{
		"CLM-01 overdue": overdueClaims, "CLM-04 overdue": overdueClaims, "CLM-08 overdue": overdueClaims,
		"CLM-02 at-risk": claimsDue, "CLM-04 at-risk": claimsDue, "CLM-04 todo": claimsDue, "CLM-08 at-risk": claimsDue, "CLM-08 todo": claimsDue, "CLM-06 todo": claimsDue,
		"REG-01 overdue": overdueRegistrations, "REG-02 at-risk": atRiskRegistrations,
		"WDL-01 overdue": withdrawals, "WDL-02 at-risk": withdrawals, "WDL-04 todo": withdrawals, "WDL-06 todo": withdrawals, "WDL-07 at-risk": withdrawals, "WDL-08 todo": withdrawals,
		"CRT-01 todo": certificates, "CRT-01 overdue": certificates, "CRT-03 overdue": certificates, "CRT-05 todo": certificates, "CRT-05 overdue": certificates, "CRT-06 overdue": certificates,
		"ASM-01 breach": evidence, "ASM-02 breach": evidence, "ASM-02 at-risk": evidence, "ASM-03 breach": evidence, "ASM-03 at-risk": evidence,
		"ASM-04 breach": evidence, "ASM-04 at-risk": evidence, "ASM-05 todo": evidence, "ASM-05 overdue": evidence,
		"ASM-01 info": evidence, "ASM-02 info": evidence, "ASM-03 info": evidence, "ASM-04 info": evidence,
		"REG-04 todo": missed, "REG-03 breach": missed, "REG-06 breach": missed, "REG-08 breach": missed, "CLM-03 breach": missed, "CLM-05 breach": missed,
		"CRT-02 breach": missed, "CRT-04 breach": missed, "WDL-03 breach": missed, "REC-02 breach": missed,
		"REG-03 info": missed, "REG-06 info": missed, "REG-08 info": missed, "CLM-03 info": missed, "CLM-05 info": missed, "CRT-02 info": missed, "CRT-04 info": missed, "WDL-03 info": missed, "REC-02 info": missed,
		"REG-05 todo": other, "REG-06 todo": other, "REG-06 overdue": other, "REG-08 todo": other, "REG-08 overdue": other, "REG-09 todo": other, "REG-10 todo": other,
		"REG-11 overdue": other, "REG-11 at-risk": other, "REG-13 todo": other, "REC-01 todo": other, "REC-03 info": other, "POL-01 overdue": other, "POL-01 at-risk": other,
	}
	shown := map[string]bool{}
	for _, rule := range policy.Rules() {
		severities := slices.Clone(rule.Severities)
		if slices.Contains(severities, policy.Breach) && !slices.Contains(severities, policy.Info) {
			severities = append(severities, policy.Info)
		}
		for _, s := range severities {
			f := policy.Finding{Rule: rule.ID, Severity: s, Owner: rule.Owner, Workbook: "w.xlsx", Sheet: "S", Row: 2,
				Logged: s == policy.Info && slices.Contains(rule.Severities, policy.Breach)}
			name := fmt.Sprintf("%s %s", rule.ID, s)
			shown[name] = true
			section, known := want[name]
			if s == policy.Data {
				section, known = data, true
			}
			if !known {
				t.Errorf("%s: no section is expected here; say which", name)
				continue
			}
			piles := piled(Input{Report: &policy.Report{Findings: []policy.Finding{f}}}, Recipient{})
			for i, pile := range piles {
				if (len(pile) == 1) != (i == section) {
					t.Errorf("%s: section %q holds %d", name, sections()[i].title, len(pile))
				}
			}
		}
	}
	for name := range want {
		if !shown[name] {
			t.Errorf("%s: no rule raises it", name)
		}
	}
}

// Whatever is found is counted once, in the section and in the headline.
func TestNothingIsMissing(t *testing.T) {
	in := rich(t)
	d := Compose(in, Recipient{})
	sum, head := 0, 0
	for _, s := range d.Sections {
		if s.Key == keyWorkbooks {
			continue
		}
		sum += s.Count + s.Logged
		steps := 0
		for _, item := range s.Items {
			steps += len(item.Steps)
		}
		if steps+s.More != s.Count {
			t.Errorf("%s shows %d and %d more of %d", s.Title, steps, s.More, s.Count)
		}
	}
	if want := len(in.Report.Findings) + 2; sum != want { // and two rows that are ready to claim
		t.Errorf("the sections hold %d, want %d", sum, want)
	}
	if d.Snoozed != "4 snoozed, 2 of them overdue" {
		t.Errorf("what is snoozed is counted as %q", d.Snoozed)
	}
	for _, c := range d.Counts {
		head += c.N
	}
	if want := sum - 7; head != want { // neither what is logged, nor what is for information, nor what is snoozed
		t.Errorf("the headline adds up to %d, want %d", head, want)
	}
	owners := 0
	for _, o := range d.Owners {
		owners += o.N
	}
	if owners != head {
		t.Errorf("the owners have %d to do, want %d", owners, head)
	}
}

func TestRouting(t *testing.T) {
	in := rich(t)
	for _, c := range []struct {
		sections []string
		want     string // the keys of the sections, in order
		scope    string
	}{
		{nil, "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{[]string{All}, "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{Keys(), "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{[]string{"withdrawals", "claims"}, "claims claims withdrawals snoozed", "claims and withdrawals"},
		{[]string{"workbooks"}, "workbooks", "workbooks"},
		{[]string{"data"}, "data", "data"},
	} {
		d := Compose(in, Recipient{Sections: c.sections})
		var got []string
		for _, s := range d.Sections {
			got = append(got, s.Key)
		}
		if strings.Join(got, " ") != c.want || d.Scope != c.scope {
			t.Errorf("%q gets %q (%q), want %q (%q)", c.sections, got, d.Scope, c.want, c.scope)
		}
		// What is missing from a digest is said to everybody.
		if d.Warning == "" || !strings.Contains(d.Subject(), "1 workbook not read") {
			t.Errorf("%q: the unread workbook is not mentioned: %q, %q", c.sections, d.Warning, d.Subject())
		}
	}
}

// Items are sorted worst first, then earliest first, those without a date last;
// what one role has to do about one record is one item.
func TestOrderAndGrouping(t *testing.T) {
	cal := testCalendar(t)
	in := Input{Calendar: cal, Report: &policy.Report{AsOf: monday, Findings: findings(t, cal, `
		WDL-04 | todo    | A | q |            | b.xlsx S!C2 | Compliance Team | one
		REG-09 | todo    | B | q |            | a.xlsx S!C3 | Admissions Team | two
		REG-10 | todo    | B | q |            | a.xlsx S!D3 | Administration Team | three
		REG-13 | todo    | B | q |            | a.xlsx S!E3 | Admissions Team | four
		REG-11 | at-risk | C | q | 2026-05-20 | a.xlsx S!F4 | Quality Team | five
		REG-11 | at-risk | D | q | 2026-05-19 | a.xlsx S!F5 | Quality Team | six
		REG-06 | todo    | E | q | 2026-05-12 | a.xlsx S!F6 | Quality Team | seven
		REG-06 | overdue | F | q | 2026-05-08 | a.xlsx S!F7 | Quality Team | eight
	`)}}
	var got []string
	for _, s := range Compose(in, Recipient{Sections: []string{"other"}}).Sections {
		for _, item := range s.Items {
			line := item.Title + " " + item.Owner + ":"
			for _, step := range item.Steps {
				line += " " + step.Action
			}
			got = append(got, line)
		}
	}
	want := []string{"F Quality Team: eight.", "D Quality Team: six.", "C Quality Team: five.", "E Quality Team: seven.", "B Administration Team: three.", "B Admissions Team: two. four."}
	if !slices.Equal(got, want) {
		t.Errorf("items\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDaysWords(t *testing.T) {
	cal := testCalendar(t)
	saturday := monday + 5
	for _, c := range []struct {
		asOf, due calendar.Date
		want      string
	}{
		{monday, monday, "due today"},
		{monday, monday + 1, "1 working day left"},
		{monday, monday + 4, "4 working days left"},
		{monday, monday + 7, "5 working days left"},
		{monday, monday + 15, "10 working days left"}, // over a bank holiday
		{monday, monday - 3, "1 working day late"},
		{monday, monday - 4, "2 working days late"},
		{saturday - 1, saturday, "no working day left"},
		{saturday + 1, saturday, "less than a working day late"},
		{saturday, saturday, "due today"},
		{monday, 0, ""},
	} {
		f := policy.Finding{Due: c.due, WorkingDaysLeft: cal.Left(c.asOf, c.due)}
		if got := daysWords(c.asOf, &f); got != c.want {
			t.Errorf("on %s, due %s: %q, want %q", c.asOf.Long(), c.due.Long(), got, c.want)
		}
	}
}

func TestSubject(t *testing.T) {
	cal := testCalendar(t)
	for _, c := range []struct{ table, want string }{
		{"", "nothing needs doing"},
		{"REC-03 | info | L1 | | | a.xlsx S!A2 | Quality Team | x", "nothing needs doing"},
		{"REG-01 | overdue | <b>L1 | 610 | 2026-05-08 | a.xlsx S!A2 | Administration Team | x", "1 overdue"},
		{richTable, "8 overdue, 6 at risk, 10 to do, 3 to correct, 2 missed, 3 snoozed, 2 of them overdue"},
	} {
		in := Input{Calendar: cal, Report: &policy.Report{AsOf: monday, Findings: findings(t, cal, c.table)}}
		if got, want := Compose(in, Recipient{}).Subject(), "Registrations and claims, Mon 11 May 2026: "+c.want; got != want {
			t.Errorf("the subject is %q, want %q", got, want)
		}
	}
}

func TestKindsOfSheetsThatAreReadyToClaim(t *testing.T) {
	in := rich(t)
	in.Report.Findings = nil
	in.Report.Rows[1].Status = "Ready to claim"
	in.Report.Rows[1].Record.Sheet.Kind = register.Enrolments
	if d := Compose(in, Recipient{}); len(d.Sections) != 1 || d.Sections[0].Key != keyWorkbooks {
		t.Errorf("a status of another kind of sheet counts as a claim: %+v", d.Sections)
	}
}
