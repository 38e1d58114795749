package policy_test

import (
	"slices"
	"testing"

	"regcert/internal/policy"
)

// TestSnoozeChangesNoRow: a snooze changes what is said of findings, and
// nothing of what stands in the row.
func TestSnoozeChangesNoRow(t *testing.T) {
	const snooze = "; Snooze Until=2026-05-20; Snooze Reason=awaiting a passport; Snooze By=Sam"
	for _, record := range []string{
		"Enrolments: Course Start=2026-04-01; ID Verified=; ULN=1",
		"Enrolments:",
		"Registered: Accuracy Checked=2026-04-02; MIS Logged=; Quality Log Ref=1",
		"Registered:",
	} {
		awake, asleep := judgeCase(t, testCase{lines: []string{record}}), judgeCase(t, testCase{lines: []string{record + snooze}})
		a, b := awake.Rows[0], asleep.Rows[0]
		if b.Snooze == nil || *b.Snooze != (policy.Snooze{Until: day(t, "2026-05-20"), Reason: "awaiting a passport", By: "Sam"}) {
			t.Errorf("%s: the row is snoozed by %+v", record, b.Snooze)
		}
		a.Record, b.Record, b.Snooze = nil, nil, nil
		if a != b {
			t.Errorf("%s: awake\n%+v\nasleep\n%+v", record, a, b)
		}
		for i := range asleep.Findings {
			asleep.Findings[i].Snooze = nil
		}
		if !slices.Equal(awake.Findings, asleep.Findings) {
			t.Errorf("%s: awake\n%+v\nasleep\n%+v", record, awake.Findings, asleep.Findings)
		}
	}
}
