package page

import (
	"cmp"
	"fmt"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/xlsx"
)

// list is the findings of one severity, or those that are snoozed, the earliest
// due first.
type list struct {
	Title, ID, Tone string
	About           string
	N               int
	Parts           []part[item]
	items           []item
}

// item is a finding.
type item struct {
	Who, Code     string // the learner, or what it is about, and the qualification
	Found, Action string
	Owner         string
	Due, Days     string
	Sleep         string // until when it is snoozed
	Label, Tone   string // the severity, of what is snoozed
	Book, Cell    string
	Rule, Clause  string
}

// apart tells what is open from what is snoozed, each as it is worked through.
func apart(findings []policy.Finding) (open, asleep []policy.Finding) {
	for _, f := range findings {
		if f.Snooze != nil {
			asleep = append(asleep, f)
		} else {
			open = append(open, f)
		}
	}
	order := map[policy.Severity]int{}
	for i, s := range digest.ByUrgency() {
		order[s] = i
	}
	for _, pile := range [][]policy.Finding{open, asleep} {
		slices.SortStableFunc(pile, func(a, b policy.Finding) int {
			return cmp.Or(cmp.Compare(order[a.Severity], order[b.Severity]), compareDue(a.Due, b.Due))
		})
	}
	return open, asleep
}

// compareDue puts what has no due date last.
func compareDue(a, b calendar.Date) int {
	if a.IsZero() != b.IsZero() {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// lists makes a list of each severity that there is, and one of what is snoozed.
func lists(asOf calendar.Date, open, asleep []policy.Finding) (out []list) {
	for len(open) > 0 {
		severity := open[0].Severity
		n := slices.IndexFunc(open, func(f policy.Finding) bool { return f.Severity != severity })
		if n < 0 {
			n = len(open)
		}
		l := list{Title: capital(digest.InWords(severity)), ID: string(severity), Tone: digest.ToneOf(severity)}
		l.add(asOf, open[:n])
		out, open = append(out, l), open[n:]
	}
	if len(asleep) > 0 {
		l := list{Title: "Snoozed", ID: "snoozed", Tone: "grey", About: "Who has put these to sleep, and why, stands in their rows of the workbook."}
		l.add(asOf, asleep)
		out = append(out, l)
	}
	return out
}

func (l *list) add(asOf calendar.Date, findings []policy.Finding) {
	l.N = len(findings)
	for i := range findings[:min(len(findings), mostFindings)] {
		l.items = append(l.items, newItem(asOf, &findings[i]))
	}
}

func newItem(asOf calendar.Date, f *policy.Finding) item {
	it := item{
		Who: line(f.LearnerID, 40), Code: line(f.QualificationCode, 40), Found: digest.FoundInWords(f), Action: digest.Sentence(line(f.Action, 300)),
		Owner: line(f.Owner, 60), Book: line(f.Workbook, 120), Cell: cellOf(f), Due: f.Due.Long(), Rule: line(f.Rule, 40), Clause: line(f.Clause, 40),
	}
	if it.Who == "" {
		it.Who = digest.WholePlace(f)
	}
	if f.Severity != policy.Breach && f.Severity != policy.Info { // what is done is neither late nor in time
		it.Days = digest.DaysInWords(asOf, f)
	}
	if f.Logged {
		it.Found += " It is in the quality log."
	}
	if f.Snooze != nil {
		it.Sleep = "Snoozed until " + f.Snooze.Until.Long()
		it.Tone, it.Label = digest.ToneOf(f.Severity), capital(digest.InWords(f.Severity))
	}
	return it
}

// cellOf names the sheet and the cell of a finding.
func cellOf(f *policy.Finding) string {
	sheet := line(f.Sheet, 40)
	switch {
	case f.Workbook == "" || f.Row == 0:
		return sheet
	case f.Col == 0:
		return fmt.Sprintf("%s, row %d", sheet, f.Row)
	}
	return sheet + "!" + xlsx.CellName(f.Row, f.Col)
}

// count counts what is open by severity, and by who must act.
func (p *view) count(open []policy.Finding) {
	severities := digest.ByUrgency()
	n := map[policy.Severity]int{}
	for i := range open {
		n[open[i].Severity]++
	}
	for _, s := range severities {
		if n[s] > 0 {
			p.Counts = append(p.Counts, count{N: n[s], Words: digest.InWords(s), Tone: digest.ToneOf(s), ID: string(s)})
		}
	}
	severities = slices.DeleteFunc(severities, func(s policy.Severity) bool { return s == policy.Info })
	for _, t := range digest.TallyByOwner(open, severities) {
		o := owner{Name: line(t.Owner, 60)}
		for i, s := range severities {
			o.N = append(o.N, number{t.N[i], digest.ToneOf(s)})
		}
		p.Owners = append(p.Owners, o)
	}
	for _, s := range severities {
		p.Severities = append(p.Severities, digest.InWords(s))
	}
}

// snoozedInWords says how much is snoozed, nothing where nothing is.
func snoozedInWords(asleep []policy.Finding) string {
	overdue := 0
	for i := range asleep {
		if asleep[i].Severity == policy.Overdue {
			overdue++
		}
	}
	if len(asleep) == 0 {
		return ""
	}
	return digest.SnoozedInWords(len(asleep), overdue)
}
