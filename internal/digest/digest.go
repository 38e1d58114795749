// Package digest turns a report into the weekly email: who must do what, worst
// first, as text and as HTML. It is pure: it reads no file and no clock.
package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// Input is what a digest is composed of.
type Input struct {
	Report    *policy.Report
	Calendar  *calendar.Calendar // counts the days left to the deadlines of rows
	Centre    string             // the centre's name, may be empty
	Workbooks []Workbook         // all of the set, in its order
	ReadAt    time.Time          // when they were read, in the centre's time zone
}

// Workbook is what became of one workbook of the set.
type Workbook struct {
	Path     string   // as reports show it
	Read     bool     // what is in it is part of the report
	Troubled bool     // it could not be read, or not be written although it should
	Reason   string   // why
	Unread   []string // its sheets that are known but were not read, having no header row
}

// Recipient is who gets a digest.
type Recipient struct {
	Name     string
	Sections []string // keys; none, or All, for all
}

// Digest is what one recipient is told. All text in it that came from a
// workbook is one line of bounded length without control characters; it is not
// escaped.
type Digest struct {
	Title      string
	Centre     string
	AsOf       calendar.Date
	Policy     string // the version in force on AsOf
	Recipient  string // whom it is for, may be empty
	Scope      string // the sections that the recipient gets, in words; empty for all
	Counts     []Count
	Idle       bool   // nothing needs doing, as far as the recipient's sections go
	Lead       string // what matters most, in a sentence
	Snoozed    string // how much is snoozed, and how much of it is overdue; empty where nothing is
	Warning    string // what is missing from the digest; empty where nothing is
	Owners     []OwnerCount
	Read       string // the workbooks that were read
	ReadAt     string // when
	Sections   []Section
	NotChecked []string // rules that could not be answered, by reason

	unread int // workbooks that could not be read
}

// Count is one figure of the headline.
type Count struct {
	Label string // such as "overdue"
	Tone  string // the look: "red", "amber", "blue", "violet", "grey"
	N     int
}

// OwnerCount says how much one role has to do.
type OwnerCount struct {
	Owner              string
	N, Overdue, AtRisk int // all, and of these the overdue and the at-risk ones
}

// Section is a part of the digest: items of one kind, worst and earliest first.
type Section struct {
	Key    string // what the configuration calls it, or "snoozed"
	Title  string
	Count  int // findings in it but the logged ones, and rows that are ready to claim
	Logged int // breaches that the quality log already records: counted, not shown
	Items  []Item
	More   int // findings that are counted but not shown
}

// Item is what one role has to do about one record.
type Item struct {
	Tone  string // the look, as of Count
	Label string // what the tone means: "Overdue"
	Title string // the Learner ID, or the place where there is none
	Code  string // the Qualification Code
	Sleep string // until when it is snoozed, on whose word and why; empty where it is not
	Due   string // "Mon 9 Feb 2026", empty without a due date
	Days  string // "2 working days late"
	Owner string
	Steps []Step
}

// Step is one thing to do.
type Step struct {
	Found  string // what is wrong, where the action does not say it
	Action string
	Where  string // workbook and cell
	Rule   string // ID, and clause
}

// Compose says what in has for the recipient.
func Compose(in Input, who Recipient) *Digest {
	d := &Digest{
		Title: "Registrations and claims", Centre: oneLine(in.Centre, 80), AsOf: in.Report.AsOf, Policy: oneLine(in.Report.Policy, 20),
		Recipient: oneLine(who.Name, 80), Scope: scope(who), NotChecked: notChecked(in.Report.NotChecked),
		ReadAt: in.ReadAt.Format("Mon 2 Jan 2006") + " at " + in.ReadAt.Format("15:04"),
	}
	piles := piled(in, who)
	tally(d, piles[:snoozed])
	d.Snoozed = countSnoozed(piles[snoozed])
	for i, pile := range piles {
		if len(pile) > 0 {
			d.Sections = append(d.Sections, compose(sections()[i], pile, d.AsOf))
		}
	}
	d.workbooks(in.Workbooks, who)
	d.Lead = lead(d, piles)
	return d
}

// Subject is the subject of the email. Nothing in it came from a workbook.
func (d *Digest) Subject() string {
	var parts []string
	for _, c := range d.Counts {
		if c.N > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.N, c.Label))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing needs doing")
	}
	if d.Snoozed != "" {
		parts = append(parts, d.Snoozed)
	}
	if d.unread > 0 {
		parts = append(parts, plural(d.unread, "workbook", "workbooks")+" not read")
	}
	return d.Title + ", " + d.AsOf.Long() + ": " + strings.Join(parts, ", ")
}

// tally counts what is to be done, by severity and by owner.
func tally(d *Digest, piles [][]*policy.Finding) {
	n := map[policy.Severity]int{}
	claims := 0
	owners := map[string]*OwnerCount{}
	for _, f := range slices.Concat(piles...) {
		if f.Severity == policy.Info {
			continue
		}
		if isReadyToClaim(f) {
			claims++
		} else {
			n[f.Severity]++
		}
		o := owners[f.Owner]
		if o == nil {
			o = &OwnerCount{Owner: f.Owner}
			owners[f.Owner] = o
		}
		o.N++
		switch f.Severity {
		case policy.Overdue:
			o.Overdue++
		case policy.AtRisk:
			o.AtRisk++
		}
	}
	d.Counts = []Count{
		{"overdue", "red", n[policy.Overdue]}, {"at risk", "amber", n[policy.AtRisk]}, {"ready to claim", "blue", claims},
		{"to do", "blue", n[policy.Todo]}, {"to correct", "violet", n[policy.Data]}, {"missed", "red", n[policy.Breach]},
	}
	if d.Scope != "" { // a nought would speak of what the recipient is not told
		d.Counts = slices.DeleteFunc(d.Counts, func(c Count) bool { return c.N == 0 })
	}
	d.Idle = len(owners) == 0
	for _, o := range owners {
		d.Owners = append(d.Owners, *o)
	}
	slices.SortFunc(d.Owners, func(a, b OwnerCount) int {
		if a.Overdue != b.Overdue {
			return b.Overdue - a.Overdue
		}
		if a.AtRisk != b.AtRisk {
			return b.AtRisk - a.AtRisk
		}
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Owner, b.Owner)
	})
}

// lead says in a sentence what matters most.
func lead(d *Digest, piles [sectionCount][]*policy.Finding) string {
	asleep := piles[snoozed]
	if d.Idle {
		text := "nothing needs doing"
		if d.unread > 0 {
			text += " in the workbooks that were read"
		}
		return besides(len(asleep) > 0, text) + "."
	}
	for i, pile := range piles[:snoozed] {
		if first(pile, policy.Overdue) != nil {
			return "Most urgent: " + about(sections()[i].overdue, pile, policy.Overdue, "; the oldest was due on", d.AsOf)
		}
	}
	late := first(asleep, policy.Overdue) != nil
	for i, pile := range piles[:snoozed] {
		if first(pile, policy.AtRisk) != nil {
			return besides(late, "nothing is overdue") + ". Most urgent: " + about(sections()[i].atRisk, pile, policy.AtRisk, "; the first is due on", d.AsOf)
		}
	}
	return besides(late || first(asleep, policy.AtRisk) != nil, "nothing is overdue or at risk") + "."
}

// besides begins a sentence which is true of what is not snoozed, and says so
// where it is not true of all.
func besides(isSnoozed bool, nothing string) string {
	if isSnoozed {
		return "Besides what is snoozed, " + nothing
	}
	return "N" + nothing[1:]
}

// about counts the records in a sorted pile that have findings of a severity,
// and names the date of the first.
func about(nouns [2]string, pile []*policy.Finding, s policy.Severity, due string, asOf calendar.Date) string {
	type record struct {
		workbook, sheet string
		row             int
	}
	records := map[record]bool{}
	for _, f := range pile {
		if f.Severity == s {
			records[record{f.Workbook, f.Sheet, f.Row}] = true
		}
	}
	n := len(records)
	out := plural(n, nouns[0], nouns[1])
	if f := first(pile, s); !f.Due.IsZero() {
		if n == 1 {
			due = ", due on"
		}
		out += fmt.Sprintf("%s %s (%s)", due, f.Due.Long(), daysWords(asOf, f))
	}
	return out + "."
}

func first(pile []*policy.Finding, s policy.Severity) *policy.Finding {
	i := slices.IndexFunc(pile, func(f *policy.Finding) bool { return f.Severity == s })
	if i < 0 {
		return nil
	}
	return pile[i]
}

// workbooks says which workbooks were read and, to those who care for them,
// which were not processed and why.
func (d *Digest) workbooks(all []Workbook, who Recipient) {
	var read []string
	s := Section{Key: keyWorkbooks, Title: "Workbooks not processed"}
	for _, w := range all {
		path := oneLine(w.Path, 120)
		if w.Read {
			read = append(read, path)
		} else {
			d.unread++
		}
		label, why := trouble(w)
		if label == "" {
			continue
		}
		if s.Count++; len(s.Items) < maxItems {
			s.Items = append(s.Items, Item{Tone: "amber", Label: label, Title: path, Steps: []Step{{Action: why}}})
		} else {
			s.More++
		}
	}
	if s.Count > 0 && who.gets(keyWorkbooks) {
		d.Sections = append(d.Sections, s)
	}
	d.Read = oneLine(strings.Join(read, ", "), 1000)
	if d.unread > 0 {
		d.Warning = plural(d.unread, "workbook", "workbooks") + " could not be read. What is in " + choose(d.unread, "it", "them") + " is missing from this email."
	}
}

// trouble says what was not done with a workbook, and why; nothing where all
// was.
func trouble(w Workbook) (label, why string) {
	var reasons []string
	switch {
	case !w.Read:
		label = "Not read"
	case w.Troubled:
		label = "Not written"
	case len(w.Unread) > 0:
		label = "Read in part"
	default:
		return "", ""
	}
	if w.Reason != "" && label != "Read in part" {
		reasons = append(reasons, oneLine(w.Reason, 400))
	}
	if len(w.Unread) > 0 {
		reasons = append(reasons, headless(w.Unread))
	}
	return label, strings.Join(reasons, "; ")
}

func headless(sheets []string) string {
	quoted := make([]string, min(len(sheets), 10))
	for i := range quoted {
		quoted[i] = "“" + oneLine(sheets[i], 40) + "”"
	}
	return fmt.Sprintf("%s %s %s not read: no header row was found in the first 20 rows",
		choose(len(sheets), "the sheet", "the sheets"), strings.Join(quoted, ", "), choose(len(sheets), "was", "were"))
}

// notChecked groups the rules that could not be answered by the reason.
func notChecked(all []policy.NotChecked) []string {
	var reasons []string
	rules := map[string][]string{}
	for _, n := range all {
		if rules[n.Reason] == nil {
			reasons = append(reasons, n.Reason)
		}
		rules[n.Reason] = append(rules[n.Reason], n.Rule)
	}
	out := make([]string, len(reasons))
	for i, reason := range reasons {
		ids := rules[reason]
		list := strings.Join(ids, ", ")
		if len(ids) > 3 {
			list = ids[0] + " to " + ids[len(ids)-1]
		}
		out[i] = fmt.Sprintf("%s (%s)", list, oneLine(reason, 100))
	}
	return out
}
