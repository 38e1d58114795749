package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Ready returns what no rule finds fault with and somebody has to do all the
// same: the claims that are ready to be submitted, with time left. They are
// findings without a rule; cal counts the days left.
func (r *Report) Ready(cal *calendar.Calendar) []Finding {
	var out []Finding
	for i := range r.Rows {
		row := &r.Rows[i]
		rec := row.Record
		if row.Status != readyToClaim || rec.Sheet.Kind != register.Claims {
			continue
		}
		out = append(out, Finding{
			Clause: "P 5.3", Severity: Todo, Owner: ComplianceTeam, Policy: row.Policy,
			Workbook: rec.Sheet.Workbook, Sheet: rec.Sheet.Name, Kind: rec.Sheet.Kind, Row: rec.Row, Col: rec.Sheet.Column(register.ClaimSubmitted),
			LearnerID: rec.LearnerID(), QualificationCode: rec.QualificationCode(), Snooze: row.Snooze,
			Due: row.Deadline, WorkingDaysLeft: cal.Left(r.AsOf, row.Deadline),
			Action: "Submit the claim to AIM by " + row.Deadline.Long(),
		})
	}
	return out
}

// IsReady reports whether the finding is one of Report.Ready.
func (f *Finding) IsReady() bool { return f.Rule == "" }
