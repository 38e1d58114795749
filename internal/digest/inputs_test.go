package digest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register/registertest"
	"regcert/internal/xlsx"
)

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
func rich(t testing.TB) *Input {
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
	in := &Input{
		Report: &policy.Report{
			Titles: policy.TitlesOf(nil),
			AsOf:   monday, Policy: "1.0", Findings: findings(t, cal, richTable),
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
		Centre: "Northfield Training Centre",
		Workbooks: []Workbook{
			{Path: "enrolments.xlsx", Read: true}, {Path: "assessments.xlsx", Read: true, Unread: []string{"Units"}}, {Path: "claims.xlsx", Read: true, Troubled: true, Reason: "open on the computer OFFICE-2 since 07:48; its statuses are written when it is closed"},
			{Path: "archive/claims 2024-25.xls", Troubled: true, Reason: "this is a workbook of Excel 97-2003; save it as .xlsx"},
		},
		ReadAt: time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC), Next: monday + 7,
	}
	in.look(t)
	return in
}

// look has what the report finds observed, for the first time.
func (in *Input) look(t testing.TB) {
	t.Helper()
	findings := slices.Concat(in.Report.Findings, in.Report.Ready(testCalendar(t)))
	in.Now = (&history.Past{}).Observe(&history.Reading{AsOf: in.Report.AsOf, Findings: findings})
}

// asleep is a report in which all there is to do is snoozed.
func asleep(t testing.TB) *Input {
	t.Helper()
	in := rich(t)
	in.Report.Findings = slices.DeleteFunc(in.Report.Findings, func(f policy.Finding) bool { return f.Snooze == nil })
	in.Report.Rows = in.Report.Rows[2:]
	in.Workbooks = idle(t).Workbooks
	in.look(t)
	return in
}

// idle is a report without anything to do.
func idle(t testing.TB) *Input {
	t.Helper()
	in := rich(t)
	in.Report = &policy.Report{AsOf: monday, Policy: "1.0", Titles: policy.TitlesOf(nil)}
	in.Workbooks = []Workbook{{Path: "enrolments.xlsx", Read: true}, {Path: "claims.xlsx", Read: true}}
	in.look(t)
	return in
}

// reportOf is a report of these findings, and of nothing else.
func reportOf(t testing.TB, findings ...policy.Finding) *Input {
	t.Helper()
	in := &Input{Report: &policy.Report{AsOf: monday, Policy: "1.0", Findings: findings, Titles: policy.TitlesOf(nil)}, Next: monday + 7}
	in.look(t)
	return in
}
