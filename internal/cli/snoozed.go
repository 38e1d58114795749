package cli

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/digest"
	"regcert/internal/policy"
)

// awake returns the findings that are not snoozed.
func awake(findings []policy.Finding) []policy.Finding {
	out := make([]policy.Finding, 0, len(findings))
	for _, f := range findings {
		if f.Snooze == nil {
			out = append(out, f)
		}
	}
	return out
}

// nap is a record that is snoozed, with its findings, worst first.
type nap struct {
	*policy.Snooze
	findings []policy.Finding
}

// naps gathers the findings that are snoozed by record, the worst record first.
func naps(findings []policy.Finding) []nap {
	var asleep []policy.Finding
	for _, f := range findings {
		if f.Snooze != nil {
			asleep = append(asleep, f)
		}
	}
	slices.SortStableFunc(asleep, worstFirst)
	at := map[*policy.Snooze]int{}
	var out []nap
	for _, f := range asleep {
		i, known := at[f.Snooze]
		if !known {
			i = len(out)
			at[f.Snooze] = i
			out = append(out, nap{Snooze: f.Snooze})
		}
		out[i].findings = append(out[i].findings, f)
	}
	return out
}

// worstFirst orders findings by severity, and then by due date.
func worstFirst(a, b policy.Finding) int {
	if d := a.Severity.Rank() - b.Severity.Rank(); d != 0 {
		return d
	}
	return byDue(a, b)
}

// longestReason is how much of a reason is printed, and of a name, in
// characters.
const longestReason = 200

// words says until when, on whose word and why.
func (n nap) words() string {
	return fmt.Sprintf("until %s, by %s: %s", n.Until.Long(), clip(n.By, longestReason), clip(n.Reason, longestReason))
}

// clip makes one line of a text from a cell, of at most n characters.
func clip(s string, n int) string {
	if text := []rune(s); len(text) > n {
		s = string(text[:n-1]) + "…"
	}
	return printable(s)
}

// snoozedCount counts what is snoozed, and what of it is overdue; nothing where
// nothing is.
func (p printer) snoozedCount(findings []policy.Finding) {
	n, overdue := 0, 0
	for i := range findings {
		if f := &findings[i]; f.Snooze != nil {
			n++
			if f.Severity == policy.Overdue {
				overdue++
			}
		}
	}
	if n > 0 {
		p.linef("  %s", digest.SnoozedInWords(n, overdue))
	}
}

// snoozed prints every finding that is snoozed, by record.
func (p printer) snoozed(findings []policy.Finding) {
	for i, n := range naps(findings) {
		if i == 0 {
			p.heading("", "snoozed")
		}
		p.linef("  %s", n.words())
		for i := range n.findings {
			f := &n.findings[i]
			p.linef("    %s (%s)  %s", p.paint(f.Severity, digest.InWords(f.Severity)), f.Rule, line(f))
		}
	}
}

// snoozedInShort prints a line for each record that is snoozed.
func (p printer) snoozedInShort(findings []policy.Finding) {
	all := naps(findings)
	for i, n := range all {
		switch i {
		case 0:
			p.heading("", "snoozed")
		case mostListed:
			p.linef("  and %d more: `regcert check` lists everything, with workbook and cell", len(all)-mostListed)
			return
		}
		f := &n.findings[0]
		who := printable(strings.TrimSpace(f.LearnerID + "  " + f.QualificationCode))
		p.linef("  %s  %-20s  %s", p.paint(f.Severity, fmt.Sprintf("%-7s", digest.InWords(f.Severity))), who, n.words())
	}
}
