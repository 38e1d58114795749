package digest

import "testing"

// aged is a week in which something of every kind has happened, and something
// has come back.
func aged(t testing.TB) *Input {
	t.Helper()
	in := named(t)
	weekly(t, in, "CLM-01 | overdue | L014 | 610/1234/5 | 2026-04-24 | claims.xlsx Claims!L9 | Compliance Team | Submit the claim to AIM now", "", lastWeek)
	return in
}

// atOnce is what the recipient is to be told at once of the report.
func atOnce(in *Input, who Recipient) *Digest { return Escalate(in, who, Urgent(in, who, nil)) }
