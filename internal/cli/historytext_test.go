package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/store"
)

// historyOf is all that history prints where s stands wherever text may come from
// workbooks, their names or the configuration.
func historyOf(s string) string {
	var out bytes.Buffer
	p := printer{w: &out}
	day := calendar.NewDate(2026, time.May, 11)
	var runs []store.Run
	for _, outcome := range []string{"written", "failed", "unchanged", "read"} {
		runs = append(runs, store.Run{AsOf: day, Finished: day.Time(), Trigger: "by hand", Named: true, Policy: s, RuleSet: "0123456789", Changes: map[history.Change]int{history.New: 1}, Counts: map[string]int{"todo": 1},
			Workbooks: []store.Workbook{{Path: s, Outcome: outcome, Reason: s, Before: "aa", After: "bb", Counts: map[string]int{"todo": 1}}}})
	}
	p.runs(runs, time.UTC)
	p.checked(runs, s, time.UTC)
	life := &history.Life{
		ID: 1, Sight: history.Sight{Rule: "CLM-01", Clause: "P 5.3", Severity: policy.Overdue, LearnerID: s, QualificationCode: s, UnitCode: s, Workbook: s, Sheet: s, Row: 7, Col: 3, State: history.Open},
		Events: []history.Event{{Observation: 1, Day: day, State: history.Open, Severity: policy.Overdue}},
	}
	told := store.Telling{Told: store.Told{Finding: 1, Severity: policy.Overdue}, Message: store.Message{Key: store.Key{Job: s, Slot: s, Recipient: s}, Name: s, State: store.Sent, Since: day.Time()}}
	p.learner(policy.Titles{"CLM-01": s}, s, []*history.Life{life}, map[int64][]store.Telling{1: {told}}, time.UTC)
	return out.String()
}

// Nothing that stands in a cell, the name of a file or the configuration makes a
// line of its own, takes hold of the terminal, or turns the text round.
func FuzzHistory(f *testing.F) {
	for _, s := range []string{"claims.xlsx", "a\nb", "a\r\nb", "\x1b[31m", "\u202eevil\u2066", "\x00\x07\x9b", "", "\xff", "%s%d"} {
		f.Add(s)
	}
	lines := strings.Count(historyOf("plain"), "\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := historyOf(s)
		if n := strings.Count(got, "\n"); n != lines {
			t.Errorf("%q makes %d lines of %d", s, n, lines)
		}
		if clean := printableLines(got); clean != got {
			t.Errorf("%q leaves in it what is not printable: %q", s, got)
		}
	})
}
