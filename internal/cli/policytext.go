package cli

import (
	"fmt"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/policy"
)

type jsonPolicy struct {
	Version  string            `json:"version"`
	InForce  calendar.Date     `json:"in_force"`
	ReviewBy calendar.Date     `json:"review_by"`
	Judges   bool              `json:"in_force_today"`
	Numbers  map[string]string `json:"numbers"`
}

// showVersions prints the versions of the policy, oldest first.
func (a *app) showVersions(cfg *config.Config) error {
	asOf := a.today(cfg)
	today := policy.InForce(cfg.Policy, asOf)
	if a.json() {
		versions := []jsonPolicy{}
		for i := range cfg.Policy {
			v := &cfg.Policy[i]
			versions = append(versions, jsonPolicy{v.Version, v.InForce, v.ReviewBy, v == today, valuesOf(v)})
		}
		return a.encode(map[string]any{"as_of": asOf, "versions": versions})
	}
	p := a.printer()
	for i := range cfg.Policy {
		v := &cfg.Policy[i]
		before := valuesOf(v)
		if i > 0 {
			p.linef("")
			before = valuesOf(&cfg.Policy[i-1])
		}
		when := "in force from " + v.InForce.Long()
		if v == today {
			when += ", and today"
		}
		p.linef("%s", p.bold(printable(fmt.Sprintf("Policy version %s, %s, to be reviewed by %s", v.Version, when, v.ReviewBy.Long()))))
		p.numbers(before, valuesOf(v), false)
	}
	return nil
}

// valuesOf returns the numbers of a version by key.
func valuesOf(n *policy.Numbers) map[string]string {
	values := n.Values(policy.DefaultSnoozeLimit())
	delete(values, policy.SnoozeLimitKey) // belongs to no version
	return values
}

// numbers prints the numbers of a version, or only those that differ from the
// ones before.
func (p printer) numbers(before, after map[string]string, onlyOther bool) {
	for _, k := range policy.NumberKeys() {
		switch was, is := before[k.Key], after[k.Key]; {
		case was != is:
			p.linef("  %-22s  %s (before: %s)", k.Key, is, was)
		case !onlyOther:
			p.linef("  %-22s  %s", k.Key, is)
		}
	}
}

// supposition prints what other numbers would change.
func (p printer) supposition(s *supposition) {
	p.linef("%s", p.bold(printable(fmt.Sprintf("What would be different on %s with the numbers in %s", s.asOf.Long(), s.file))))
	since := "as if they had always been in force"
	if !s.from.IsZero() {
		since = "in force from " + s.from.Long()
	}
	p.text(fmt.Sprintf("%s, compared with the policy as it is (today version %s)", since, s.now.Version))
	if s.from.IsZero() && !s.inForce.IsZero() {
		p.text(fmt.Sprintf("The file says in_force: %s. --from %s compares from that day.", s.inForce, s.inForce))
	}
	p.linef("")
	p.linef("%s", p.bold("NUMBERS"))
	before, after := valuesOf(&s.now), valuesOf(&s.other)
	p.numbers(before, after, true)
	if len(numbersJSON(before, after)) == 0 {
		p.linef("  They are those of today's version.")
	}
	p.linef("")
	p.linef("%s", p.bold("DUE DATES"))
	p.text(movedInWords(s.Difference))
	p.linef("")
	p.linef("%s", p.bold("STATUSES"))
	for _, m := range s.Moves {
		p.move(&m)
	}
	if len(s.Moves) == 0 {
		p.linef("  Every row has the status that it has now.")
	}
	p.linef("")
	p.linef("%s", p.bold("OVERDUE OR MISSED"))
	p.linef("  %s", inAll(s.Late, s.LateThen))
	p.ruleDifferences(s.Rules)
	p.notRead(s.unread)
}

// movedInWords says how many due dates move, and how far.
func movedInWords(d *policy.Difference) string {
	if d.Earlier+d.Later == 0 {
		return fmt.Sprintf("None of %s moves.", plural(d.Dates, "due date"))
	}
	var parts []string
	if d.Earlier > 0 {
		parts = append(parts, fmt.Sprintf("%d to an earlier day, by %s at most", d.Earlier, plural(d.Sooner, "day")))
	}
	if d.Later > 0 {
		parts = append(parts, fmt.Sprintf("%d to a later day, by %s at most", d.Later, plural(d.Further, "day")))
	}
	return fmt.Sprintf("%d of %s move: %s.", d.Earlier+d.Later, plural(d.Dates, "due date"), strings.Join(parts, "; "))
}

// mostNamed is how many learners are named of those who move from one status to
// another, unless more is asked for.
const mostNamed = 25

// move prints who is in another status.
func (p printer) move(m *policy.Move) {
	p.linef("  %s: %s → %s, %s", m.Kind, m.From, m.To, plural(m.Records, "row"))
	ids := m.Learners
	if len(ids) > mostNamed && !p.verbose {
		ids = append(ids[:mostNamed:mostNamed], fmt.Sprintf("and %d more (--verbose)", len(m.Learners)-mostNamed))
	}
	for _, line := range folded(printable(strings.Join(ids, ", ")), screen-4) {
		p.linef("    %s", line)
	}
}

// inAll says how many findings there are, and would be.
func inAll(now, then int) string {
	switch {
	case then > now:
		return fmt.Sprintf("%d now, %d then: %d more", now, then, then-now)
	case then < now:
		return fmt.Sprintf("%d now, %d then: %d fewer", now, then, now-then)
	default:
		return fmt.Sprintf("%d now and then", now)
	}
}

// ruleDifferences prints the rules that raise more or less: first what is overdue
// or missed.
func (p printer) ruleDifferences(rules []policy.RuleDifference) {
	for _, r := range rules {
		if r.Late != r.LateThen {
			p.linef("  %-7s %4d → %-4d %s", r.Rule, r.Late, r.LateThen, r.Title)
		}
	}
	first := true
	for _, r := range rules {
		if now, then := r.Raised-r.Late, r.Then-r.LateThen; now != then {
			if first {
				p.linef("")
				p.linef("%s", p.bold("AT RISK, TO DO OR TO CORRECT"))
				first = false
			}
			p.linef("  %-7s %4d → %-4d %s", r.Rule, now, then, r.Title)
		}
	}
}
