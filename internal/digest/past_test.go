package digest

import (
	"slices"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register/registertest"
)

// aged is the rich report after five weeks with a digest each. Something in it
// is new, worse, back and awake again; some has been closed; and the assessments
// could not be read this time. Two of the learners have names.
func aged(t testing.TB) *Input {
	t.Helper()
	in := rich(t)
	past := &history.Past{Sheets: map[history.Sheet]calendar.Date{}}
	for week := range 5 {
		day := monday - calendar.Date(7*(5-week))
		now := past.Observe(earlier(in, day, week))
		for i, l := range now.Changed() {
			if l.ID == 0 {
				l.ID = int64(100*week + i + 1)
			}
		}
		now.Recorded(history.Observation{ID: int64(week + 1), Day: day})
		past.Lives, past.Digests = now.Lives, append(past.Digests, past.Observations[week])
		for _, s := range now.Sheets {
			past.Sheets[s] = day
		}
	}
	in.Workbooks[1] = Workbook{Path: "assessments.xlsx", Troubled: true, Reason: "it is damaged; open it in Excel and save it anew"}
	in.Report.Findings = slices.DeleteFunc(in.Report.Findings, func(f policy.Finding) bool { return f.Workbook == "assessments.xlsx" })
	in.Report.Rows = append(in.Report.Rows, withNames(t)...)
	in.Now = past.Observe(reading(in, monday, slices.Concat(in.Report.Findings, in.Report.Ready(in.Calendar))))
	return in
}

// earlier is what the workbooks of the report showed in a week, counted from 0.
func earlier(in *Input, day calendar.Date, week int) *history.Reading {
	var out []policy.Finding
	for i, f := range in.Report.Findings {
		switch {
		case f.LearnerID == "L048" && week > 2, // back again
			f.LearnerID == "L022", f.LearnerID == "L010" || f.LearnerID == "L044", // worse; new
			i%5 == 1 && week == 0, i%7 == 2 && week < 3:
			continue
		case f.LearnerID == "L031" && week == 4: // awake again
			f.Snooze = &policy.Snooze{Until: monday - 1, By: "Owen Marsh", Reason: "x"}
		}
		out = append(out, f)
	}
	f := out[0]
	f.LearnerID, f.QualificationCode, f.Rule, f.Severity = "L022", "603/5678/X", "CLM-02", policy.AtRisk
	out = append(out, f)
	for i := range 6 - week { // dealt with, one after the other
		f := in.Report.Findings[28] // DAT-02
		f.LearnerID, f.Row = "L07"+string(rune('0'+i)), 70+i
		out = append(out, f)
	}
	return reading(in, day, out)
}

// reading is of the report's workbooks, with findings.
func reading(in *Input, day calendar.Date, findings []policy.Finding) *history.Reading {
	r := &history.Reading{AsOf: day, Findings: findings, Expects: func(string) bool { return true }}
	for _, w := range in.Workbooks {
		b := history.Book{Path: w.Path, Read: w.Read}
		if w.Read {
			b.Sheets = []string{"Enrolments", "Assessments", "Claims", "Withdrawals", "Adjustments"}
		}
		r.Books = append(r.Books, b)
	}
	return r
}

// withNames are rows of learners with names.
func withNames(t testing.TB) []policy.Row {
	t.Helper()
	books := registertest.Read(t, monday, `
		== enrolments.xlsx
		-- Enrolments
		Learner ID | Qualification Code | Legal First Name | Legal Last Name
		L014       | 610/1234/5         | Amara            | Okafor-Lindqvist
		L022       | 603/5678/X         | Tom              | O'Neill <tom@x.example>
	`)
	var rows []policy.Row
	for i := range books[0].Sheets[0].Records {
		rows = append(rows, policy.Row{Record: &books[0].Sheets[0].Records[i]})
	}
	return rows
}

// atOnce is what is to be told at once of the report.
func atOnce(in *Input, who Recipient) *Digest { return Escalate(in, who, Urgent(in, who, nil)) }
