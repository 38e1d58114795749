package digest

import (
	"fmt"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
)

// balanceInWords says how what was open became what is open, in a line that adds
// up: "Last week 31 + 9 new − 12 closed − 2 snoozed = 26 open". It is empty where
// nothing was open, and nothing is.
func balanceInWords(b history.Balance, asOf calendar.Date) string {
	if b == (history.Balance{Day: b.Day}) {
		return ""
	}
	var s strings.Builder
	if ago := asOf - b.Day; ago >= 5 && ago <= 9 {
		s.WriteString("Last week ")
	} else {
		s.WriteString("On " + b.Day.Long() + ": ")
	}
	fmt.Fprint(&s, b.Before)
	for _, part := range []struct {
		sign string
		n    int
		what string
	}{{"+", b.New, "new"}, {"+", b.Woken, "awake again"}, {"−", b.Closed, "closed"}, {"−", b.Snoozed, "snoozed"}} {
		if part.n > 0 {
			fmt.Fprintf(&s, " %s %d %s", part.sign, part.n, part.what)
		}
	}
	fmt.Fprintf(&s, " = %d open", b.Now)
	return s.String()
}

// compare says of each count how it has changed since the digest before.
func (d *Digest) compare(now *history.Now, base history.Observation, r *route) {
	before := map[string]int{}
	for _, l := range now.Lives {
		if was := l.At(base.ID); was.State == history.Open && r.admits(l, was) {
			before[countOf(l, was.Severity)]++
		}
	}
	for i := range d.Counts {
		c := &d.Counts[i]
		switch n := c.N - before[c.Label]; {
		case n > 0:
			c.Change = fmt.Sprintf("+%d", n)
		case n < 0:
			c.Change = fmt.Sprintf("−%d", -n)
		default:
			c.Change = "="
		}
	}
}

// countOf is the label of the count that has a finding.
func countOf(l *history.Life, s policy.Severity) string {
	if l.Matter == "CLM-01" && s == policy.Todo {
		return readyToClaim
	}
	return InWords(s)
}

// soon says how much will be late before the next digest.
func soon(in *Input, piles [][]told) string {
	n := 0
	for _, pile := range piles {
		for i := range pile {
			f := &pile[i]
			if (f.Severity == policy.AtRisk || f.Severity == policy.Todo) && !f.Due.IsZero() && f.Due >= in.Report.AsOf && f.Due < in.Next {
				n++
			}
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d will be late", n) + " before the next digest on " + in.Next.Long() + ", unless somebody acts."
}
