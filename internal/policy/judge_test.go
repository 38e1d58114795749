package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

func TestNotChecked(t *testing.T) {
	centre := "CEN-01 CEN-02 CEN-03 CEN-04 CEN-05 CEN-06 CEN-07 CEN-08 CEN-09"
	all := "Enrolments Assessments Claims Withdrawals Adjustments Qualifications Units Staff Sanctions"
	for _, c := range []struct{ without, want string }{
		{"", ""},
		{"Enrolments", "ASM-01 CLM-01 CLM-02 CLM-03 CLM-04 CLM-05 CLM-06 CLM-07 CLM-08 DAT-09 WDL-08"},
		{"Assessments", "WDL-06"},
		{"Claims", "CLM-08"},
		{"Withdrawals", ""},
		{"Adjustments", ""},
		{"Sanctions", ""},
		{"Qualifications", "DAT-09 REG-07"},
		{"Units", "ASM-06 CLM-08"},
		{"Staff", "ASM-02 ASM-03"},
	} {
		t.Run("without "+c.without, func(t *testing.T) {
			var lines []string
			for kind := range strings.FieldsSeq(all) {
				if kind != c.without {
					lines = append(lines, kind+"!")
				}
			}
			var want, got []string
			for id := range strings.FieldsSeq(centre) {
				want = append(want, id+" no Centre sheet")
			}
			for id := range strings.FieldsSeq(c.want) {
				want = append(want, id+" no "+c.without+" sheet")
			}
			slices.Sort(want)
			for _, n := range judgeCase(t, testCase{lines: lines}).NotChecked {
				got = append(got, n.Rule+" "+n.Reason)
			}
			if !slices.Equal(got, want) {
				t.Errorf("not checked %q, want %q", got, want)
			}
		})
	}
}

func TestNotCheckedNamesEachSheet(t *testing.T) {
	report := judgeCase(t, testCase{lines: []string{"Adjustments!"}})
	reasons := map[string]string{}
	for _, n := range report.NotChecked {
		if reasons[n.Rule] != "" {
			t.Errorf("%s stands twice", n.Rule)
		}
		reasons[n.Rule] = n.Reason
	}
	if got, want := reasons["CLM-08"], "no Enrolments sheet, no Units sheet, no Claims sheet"; got != want {
		t.Errorf("CLM-08: %q, want %q", got, want)
	}
}

// TestCertificateDates: a certificate that has arrived is to be issued and, if
// need be, held by the numbers in force on that day.
func TestCertificateDates(t *testing.T) {
	asOf := day(t, "2026-05-11")
	set := registertest.Read(t, asOf, `
		== claims.xlsx
		-- Claims
		Learner ID | Qualification Code | Certificate Received
		L1         | Q/1                | 2026-04-30
		L2         | Q/1                | 2026-05-01
		L3         | Q/1                |
		L4         | Q/1                | 2026-05-12
	`)
	later := policy.Defaults()
	later.Version, later.InForce, later.CertificateIssue.N, later.CertificateHold.N = "1.1", day(t, "2026-05-01"), 3, 6
	report := policy.Judge(set, policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults(), later}})
	var got []string
	for _, r := range report.Rows {
		got = append(got, fmt.Sprintf("%s %s %s", r.Record.LearnerID(), r.IssueBy, r.HoldUntil))
	}
	want := []string{"L1 2026-05-08 2027-04-30", "L2 2026-05-07 2026-11-01", "L3  ", "L4  "} // 4 May is a bank holiday; 12 May has not come
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSetOfWorkbooks: records of a kind add up over sheets and workbooks, and
// answers keep the order in which they were given.
func TestSetOfWorkbooks(t *testing.T) {
	asOf := day(t, "2026-05-11")
	set := registertest.Read(t, asOf, `
		== z.xlsx
		-- Withdrawals
		Learner ID | Qualification Code | Withdrawn On | Reason | Notified On | MIS Updated
		L2         | Q/1                | 2026-05-08   | left   | yes         |
		-- Enrolments
		Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
		L1         | A                | B               | 2000-01-01    | Q/1                | 2026-05-05   | 2026-06-30
		== a.xlsx
		-- Enrolments @3
		Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | ID Verified | MIS Logged
		L2         | A                | B               | 2000-01-01    | Q 1                | 2026-05-05   |            | yes         | yes
		L1         | A                | B               | 2000-01-01    | Q/1                | 2026-05-05   | 2026-06-30 | yes         | yes
	`)
	report := policy.Judge(set, policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}})
	var got []string
	for _, r := range report.Rows {
		got = append(got, fmt.Sprintf("%s %s!%d %s", r.Record.Sheet.Workbook, r.Record.Sheet.Name, r.Record.Row, r.Status))
	}
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %s!%d,%d %s [%s] %s %s", f.Workbook, f.Sheet, f.Row, f.Col, f.Rule, f.Field, f.LearnerID, f.QualificationCode))
	}
	want := []string{
		"z.xlsx Withdrawals!2 Not registered",
		"z.xlsx Enrolments!2 Due",
		"a.xlsx Enrolments!4 Withdrawn",
		"a.xlsx Enrolments!5 Due",
		"z.xlsx Withdrawals!2,6 WDL-04 [MIS Updated] L2 Q/1",
		"z.xlsx Enrolments!2,0 REG-09 [ID Verified] L1 Q/1",
		"z.xlsx Enrolments!2,0 REG-10 [MIS Logged] L1 Q/1",
		"a.xlsx Enrolments!4,7 DAT-01 [Course End] L2 Q 1",
		"a.xlsx Enrolments!5,1 DAT-05 [] L1 Q/1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if report.AsOf != asOf || report.Policy != "1.0" {
		t.Errorf("judged on %s by %s", report.AsOf, report.Policy)
	}
}

// TestTexts holds the wording of a few findings and rows.
func TestTexts(t *testing.T) {
	for _, c := range []struct {
		name, record                          string
		message, action, nextAction, problems string
	}{
		{
			"due soon", "Enrolments: Course Start=2026-04-01",
			"The registration is due at AIM by Mon 11 May 2026 and no submission is recorded; the Head of Quality is to know (P 3.3(5)).",
			"Submit the registration to AIM by Mon 11 May 2026",
			"Administration Team: submit the registration to AIM by Mon 11 May 2026",
			"REG-02 registration due soon",
		},
		{
			"what is unreadable is quoted", "Registered: Course End=31/02/2026",
			`"31/02/2026" in Course End cannot be read as a date such as 24/03/2026 (P 3.1).`,
			"Correct Course End: enter a date such as 24/03/2026",
			"Admissions Team: correct Course End: enter a date such as 24/03/2026",
			"DAT-02 Course End unreadable",
		},
		{
			"a formula without a value is none", "Registered: Course End==A1",
			"Course End holds a formula that was never calculated (P 3.1).",
			"Open the workbook in Excel and save it, so that Course End is calculated",
			"Admissions Team: open the workbook in Excel and save it, so that Course End is calculated",
			"DAT-02 Course End unreadable",
		},
		{
			"what is wrong with a ULN is said, not shown", "Registered: ULN=10000000OO",
			"The ULN is not valid: it is not written as 10 digits (P 3.1).",
			"Compare the ULN with the learner's record and correct it",
			"Admissions Team: compare the ULN with the learner's record and correct it",
			"DAT-04 ULN not valid",
		},
		{
			"but not where it is private", "Registered: Date of Birth=31/02/2000",
			"The cell in Date of Birth cannot be read as a date such as 24/03/2026 (P 3.1).",
			"Correct Date of Birth: enter a date such as 24/03/2026",
			"Admissions Team: correct Date of Birth: enter a date such as 24/03/2026",
			"DAT-02 Date of Birth unreadable",
		},
		{
			"and not whole where it is long", "Registered: Credits=" + strings.Repeat("é", 100),
			`"` + strings.Repeat("é", 60) + `…" in Credits cannot be read as a number (P 3.1).`,
			"Correct Credits: enter a number",
			"Admissions Team: correct Credits: enter a number",
			"DAT-02 Credits unreadable",
		},
		{
			"what stands in braces is text", "Registered: Credits={due}",
			`"{due}" in Credits cannot be read as a number (P 3.1).`,
			"Correct Credits: enter a number",
			"Admissions Team: correct Credits: enter a number",
			"DAT-02 Credits unreadable",
		},
		{
			"what a snooze lacks", "Registered: Snooze Until=2026-05-12",
			"Nothing is snoozed: Snooze Reason is not given, and Snooze Until, Snooze Reason and Snooze By are wanted together (P 3.1).",
			"Fill in Snooze Reason, or clear the other snooze columns",
			"Admissions Team: fill in Snooze Reason, or clear the other snooze columns",
			"DAT-11 Snooze Reason not given",
		},
		{
			"how far ahead a snooze may reach", "Registered: Snooze Until=2026-07-11; Snooze Reason=Ann Lee asked; Snooze By=Sam",
			"Nothing is snoozed: Snooze Until is Sat 11 Jul 2026, and the furthest is Fri 10 Jul 2026, 60 days ahead (P 3.1).",
			"Enter a day in Snooze Until that is not after Fri 10 Jul 2026",
			"Admissions Team: enter a day in Snooze Until that is not after Fri 10 Jul 2026",
			"DAT-11 Snooze Until too far ahead",
		},
		{
			"what is logged asks for nothing; problems stand worst first",
			"Registered: Accuracy Checked=2026-04-02; Quality Log Ref=1; AIM Registration No=; MIS Logged=",
			"AIM confirmed the registration on Thu 26 Mar 2026 and AIM Registration No is not filled in (P 3.3(4)).",
			"Enter the registration number from AIM's confirmation",
			"Administration Team: enter the registration number from AIM's confirmation",
			"REG-10 MIS Logged open; REG-12 AIM Registration No missing; REG-06 Accuracy Checked late (logged)",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := judgeCase(t, testCase{lines: []string{c.record}})
			row := report.Rows[0]
			if row.NextAction != c.nextAction || row.Problems != c.problems {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", row.NextAction, row.Problems, c.nextAction, c.problems)
			}
			if !slices.ContainsFunc(report.Findings, func(f policy.Finding) bool { return f.Message == c.message && f.Action == c.action }) {
				t.Errorf("got\n%+v\nwant\n%s\n%s", report.Findings, c.message, c.action)
			}
		})
	}
}

// TestNextActionOfStatus: where no finding asks for anything, the status may.
func TestNextActionOfStatus(t *testing.T) {
	for _, c := range []struct {
		kind  register.Kind
		lines []string
		want  string
	}{
		{register.Enrolments, []string{"Enrolments: Course Start=2026-05-05"}, "Administration Team: submit the registration to AIM by Wed 10 Jun 2026"},
		{register.Enrolments, []string{"Enrolments: Course Start=2026-05-12"}, ""},
		{register.Enrolments, []string{"Registered:"}, ""},
		{register.Claims, []string{"Registered:", "Claims: Assessor Confirmed=2026-05-08"}, "IQA: sign off the achieved units, or confirm the claim (IQA Confirmed)"},
		{register.Claims, []string{"Registered:", "Claims: Assessor Confirmed=2026-05-08; IQA Confirmed=2026-05-08"}, "Compliance Team: submit the claim to AIM by Fri 22 May 2026"},
		{register.Claims, []string{"Registered:", "Claims:"}, ""},
		{register.Withdrawals, []string{"Registered:", "Withdrawals: Withdrawn On=2026-05-08"}, "Compliance Team: submit the withdrawal to AIM by Sun 7 Jun 2026"},
		{register.Withdrawals, []string{"Registered:", "Withdrawals: Withdrawn On=2026-05-12"}, ""},
	} {
		for _, row := range judgeCase(t, testCase{lines: c.lines}).Rows {
			if row.Record.Sheet.Kind == c.kind && row.NextAction != c.want {
				t.Errorf("%s: %q, want %q", c.lines, row.NextAction, c.want)
			}
		}
	}
}

// TestMostUrgent: what has a date comes before what has none, and the earlier
// date first.
func TestMostUrgent(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{"Registered: First Attendance=2026-05-01; Accuracy Checked=", "Quality Team: check the registration"},
		{"Registered: Accuracy Checked=; Submitted to AIM=2026-05-08; AIM Confirmed=2026-05-08; Late Fee Paid=", "Quality Team: check the registration"},
		{"Registered: Accuracy Checked=2026-05-08; ID Verified=; ULN=1", "Quality Team: record the late check"},
		{"Registered: First Attendance=2026-03-24; Accuracy Checked=", "Tutor: tell"},
		{"Registered: ID Verified=; ULN=1", "Admissions Team: compare the ULN"},
		{"Registered: ID Verified=", "Admissions Team: verify"},
	} {
		row := judgeCase(t, testCase{lines: []string{c.record}}).Rows[0]
		if !strings.HasPrefix(row.NextAction, c.want) {
			t.Errorf("%s: %q, want %q", c.record, row.NextAction, c.want)
		}
	}
}

// TestCells: findings show the cell of their field, or another that tells.
func TestCells(t *testing.T) {
	for _, c := range []struct {
		rule  string
		lines []string
		want  int
	}{
		{"REG-13", []string{"Registered: Email="}, 6},
		{"REG-13", []string{"without Enrolments Email", "Registered:"}, 6}, // Telephone
		{"REG-13", []string{"without Enrolments Telephone", "Registered: Email="}, 6},
		{"REG-01", []string{"Enrolments:"}, 18},
		{"REG-01", []string{"without Enrolments Submitted to AIM", "Enrolments:"}, 1},
		{"REG-09", []string{"without Enrolments ID Verified", "Enrolments:"}, 0},
		{"CLM-04", []string{"Registered:", "Claims: IQA Confirmed=2026-05-08; Assessor Confirmed=2026-05-08; EQA Sampling=no"}, 9},
		{"DAT-01", []string{"without Enrolments Course End", "Registered:"}, 0},
		{"DAT-12", []string{"Registered: Problems==A1"}, 35},
		{"DAT-11", []string{"Registered: Snooze Until=2026-05-12"}, 33},
		{"DAT-11", []string{"without Enrolments Snooze Reason", "Registered: Snooze Until=2026-05-12"}, 32},
		{"POL-01", []string{"as-of 2027-05-11", "Registered:"}, 0},
	} {
		report := judgeCase(t, testCase{lines: c.lines})
		i := slices.IndexFunc(report.Findings, func(f policy.Finding) bool { return f.Rule == c.rule })
		if i < 0 || report.Findings[i].Col != c.want {
			t.Errorf("%s, %s: want column %d of %+v", c.lines, c.rule, c.want, report.Findings)
		}
	}
}

func TestLevelsAreCompared(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Level 3", "'3", true}, {"L3", "3.0", true}, {"level3", "l 3", true}, {"Entry 3", "E3", true}, {"Entry Level 3", "e 3", true},
		{"3", "E3", false}, {"3", "4", false}, {"3", "3.5", false}, {"30", "3", false},
	} {
		report := judgeCase(t, testCase{lines: []string{"Registered: Level=" + c.a, "Qualifications: Level=" + c.b}})
		if same := len(report.Findings) == 0; same != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, report.Findings)
		}
	}
}
