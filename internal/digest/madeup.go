package digest

import (
	"regcert/internal/calendar"
	"regcert/internal/history"
)

// madeUp returns digests on which templates are tried: one that says everything
// that can be said, one whose parts say as little as they can, and one that says
// nothing.
func madeUp(kind Kind) []*Digest {
	day := calendar.Date(46153)
	all := &Digest{
		Kind: kind, Title: "Registrations and claims", Centre: "A Centre", AsOf: day, Policy: "1.0", Recipient: "A Manager", Scope: "claims",
		Balance: "Last week 4 + 3 new − 2 closed = 5 open", Lead: "Most urgent: 1 overdue claim.", Soon: "1 will be late.", Snoozed: "1 snoozed",
		Counts:  []Count{{"overdue", "red", 1, "+1"}, {"at risk", "amber", 2, "−1"}, {"ready to claim", "blue", 1, "="}, {"to correct", "violet", 1, "="}, {"missed", "red", 0, ""}},
		Warning: "claims.xlsx could not be read.", Owners: []OwnerCount{{"Quality Team", 3, 1, 2}},
		Weeks: []history.Week{{Day: day - 7, Overdue: 1, AtRisk: 1, Other: 2, Known: true}, {Day: day, Overdue: 1, AtRisk: 2, Other: 2, Known: true}},
		Read:  "enrolments.xlsx", ReadAt: "Mon 11 May 2026 at 08:00", NotChecked: []string{"ASM-02 (no Staff sheet)", "CEN-01 (no Centre sheet)"}, Listed: "in the attached action list",
	}
	full := Item{
		Tone: "red", Label: "Overdue", Title: "L001", Name: "A. B.", Code: "610/1234/5", Mark: "New", Since: "since Mon 4 May 2026", AsOf: "As of Mon 4 May 2026: claims.xlsx could not be read.",
		Sleep: "Snoozed until Fri 15 May 2026 by A Manager: why.", Due: "Fri 8 May 2026", Days: "1 working day late",
		Steps: []Step{{"It was found.", "Act now.", "claims.xlsx, Claims!A2", "CLM-01 P 5.3"}, {Action: "Act, too."}},
	}
	all.Sections = []Section{{Key: keyClaims, Title: "Overdue claims", Count: 9, Logged: 1, Groups: []Group{{Owner: "Quality Team", Items: []Item{full}}}, More: 6}}
	few := &Digest{
		Kind: kind, Idle: true, Counts: []Count{{}}, Owners: []OwnerCount{{}}, Weeks: []history.Week{{}, {Other: 1}},
		Sections: []Section{{}, {Logged: 2}, {Groups: []Group{{}, {Items: []Item{{}, {Steps: []Step{{}}}}}}}},
	}
	return []*Digest{all, few, {Kind: kind}}
}
