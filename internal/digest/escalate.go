package digest

import (
	"regcert/internal/history"
	"regcert/internal/policy"
)

// Urgent lists what the recipient is to be told at once (P 3.3(5)): what is at
// risk, overdue or missed, and was not told before as being as bad. Told has the
// severity of what was told, by the ID of its life. What is snoozed waits, and so
// does what could not be seen, or is raised perhaps only because something else
// could not.
func Urgent(in *Input, who Recipient, told map[int64]policy.Severity) []history.Matter {
	r := newRoute(who)
	var out []history.Matter
	for _, m := range in.Now.Matters {
		if !IsUrgent(m) || !m.AsOf.IsZero() || in.Now.Doubtful(m) {
			continue
		}
		if before, known := told[m.Life.ID]; known && !history.IsWorse(m.Severity, before) {
			continue
		}
		if _, yes := r.tells(m.Life, placeOf(m.Finding)); yes {
			out = append(out, m)
		}
	}
	return out
}

// IsUrgent reports whether a finding is of those that are told at once.
func IsUrgent(m history.Matter) bool {
	switch m.Severity {
	case policy.AtRisk, policy.Overdue, policy.Breach:
		return m.Snooze == nil
	}
	return false
}

// Escalate composes the email that tells the recipient what is urgent.
func Escalate(in *Input, who Recipient, urgent []history.Matter) *Digest {
	r := newRoute(who)
	d := in.begin("Newly at risk or late", who, r)
	d.Kind = Escalation
	piles := piled(urgent, r)
	d.tally(piles[:snoozed])
	c := newComposer(in, r)
	for i, pile := range piles {
		if len(pile) > 0 {
			d.Sections = append(d.Sections, c.section(i, pile))
		}
	}
	d.Lead, d.Soon = lead(d, piles), soon(in, piles[:snoozed])
	return d
}
