package policy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// coverage is which severities of rules, and which statuses, the cases show.
type coverage struct{ open map[string]bool }

func newCoverage() *coverage {
	c := &coverage{open: map[string]bool{}}
	for _, r := range policy.Rules() {
		for _, s := range r.Severities {
			c.open[r.ID+" "+string(s)] = true
		}
	}
	for _, k := range register.Kinds() {
		for _, s := range policy.Statuses(k) {
			if isNeverDue(k) && (s.Name == "Overdue" || s.Name == "Due soon") {
				continue
			}
			c.open[k.String()+": "+s.Name] = true
		}
	}
	return c
}

// isNeverDue reports whether nothing on sheets of the kind has a date that the
// rules know.
func isNeverDue(k register.Kind) bool {
	return k == register.Sites || k == register.Contacts || k == register.PolicyPoints
}

func (c *coverage) add(r *policy.Report) {
	for _, f := range r.Findings {
		delete(c.open, f.Rule+" "+string(f.Severity))
	}
	for _, row := range r.Rows {
		delete(c.open, row.Record.Sheet.Kind.String()+": "+row.Status)
	}
}

func (c *coverage) check(t *testing.T) {
	for what := range c.open {
		t.Errorf("no case shows %s", what)
	}
}

var (
	unfilled = regexp.MustCompile(`[{}]|  |\(\)`)
	private  = regexp.MustCompile(`(?i)\b(ann|lee|sam|kim|ghost|2000|1234567890|1000000001)\b`)
)

// checkReport holds what is true of every report: findings agree with the
// registry and stand in order, texts are whole and name nobody.
func checkReport(t *testing.T, r *policy.Report) {
	t.Helper()
	rules := map[string]policy.Rule{}
	for _, rule := range policy.Rules() {
		rules[rule.ID] = rule
	}
	for i, f := range r.Findings {
		rule, known := rules[f.Rule]
		severity := f.Severity
		if f.Logged {
			if severity != policy.Info {
				t.Errorf("%s is logged and %s", f.Rule, severity)
			}
			severity = policy.Breach
		}
		if !known || f.Clause != rule.ClauseOn(f.Kind) || f.Owner != rule.OwnerOn(f.Kind) || !slices.Contains(rule.Severities, severity) {
			t.Errorf("the registry knows no %s %s of %s (%s)", f.Rule, severity, f.Owner, f.Clause)
		}
		for _, text := range []string{f.Message, f.Action} {
			if text == "" || unfilled.MatchString(text) {
				t.Errorf("%s: the text %q is not whole", f.Rule, text)
			}
			if private.MatchString(text) {
				t.Errorf("%s: the text %q names somebody", f.Rule, text)
			}
		}
		if !strings.HasSuffix(f.Message, " ("+f.Clause+").") || f.Action[0] < 'A' || f.Action[0] > 'Z' {
			t.Errorf("%s: %q, %q", f.Rule, f.Message, f.Action)
		}
		if i > 0 && !inOrder(&r.Findings[i-1], &f) {
			t.Errorf("%s on row %d [%s] stands after %s on row %d [%s]", f.Rule, f.Row, f.Field, r.Findings[i-1].Rule, r.Findings[i-1].Row, r.Findings[i-1].Field)
		}
	}
	for _, row := range r.Rows {
		if !slices.Contains(policy.Statuses(row.Record.Sheet.Kind), policy.Status{Name: row.Status, Tone: row.Tone}) {
			t.Errorf("%s has no status %s with the tone %d", row.Record.Sheet.Kind, row.Status, row.Tone)
		}
	}
}

// inOrder reports whether a may stand before b: on the same sheet by row, then
// rule, then field, and never the same twice.
func inOrder(a, b *policy.Finding) bool {
	switch {
	case a.Workbook != b.Workbook || a.Sheet != b.Sheet:
		return true
	case a.Row != b.Row:
		return a.Row < b.Row
	case a.Rule != b.Rule:
		return a.Rule < b.Rule
	default:
		return a.Field < b.Field
	}
}
