// Package digest turns what is open into the emails that managers get: who must
// do what, worst first, and what has changed. It is pure: but for the templates of
// a centre's own it reads no file, and no clock.
package digest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
)

// Input is what emails are composed of.
type Input struct {
	Now       *history.Now // what is open, and what was
	Report    *policy.Report
	Centre    string        // the centre's name, may be empty
	Workbooks []Workbook    // all of the set, in its order
	ReadAt    time.Time     // when they were read, in the centre's time zone
	Next      calendar.Date // the day of the next digest
}

// Workbook is what became of one workbook of the set.
type Workbook struct {
	Path     string   // as reports show it
	Read     bool     // what is in it is part of the report
	Troubled bool     // it could not be read, or not be written although it should
	Reason   string   // why
	Unread   []string // its sheets that are known but were not read, having no header row of their kind
}

// Kind says which email a Digest is for.
type Kind int

// The kinds of email.
const (
	Weekly     Kind = iota // all that is open
	Escalation             // what has newly come to be at risk, late or missed
)

// Digest is what one recipient is told. All text in it that came from a
// workbook is one line of bounded length without control characters; it is not
// escaped.
type Digest struct {
	Kind       Kind
	Title      string
	Centre     string
	AsOf       calendar.Date
	Policy     string // the version in force on AsOf
	Recipient  string // whom it is for, may be empty
	Scope      string // what the recipient gets, in words; empty for all
	Balance    string // how what was open became what is open, in a line; empty where there was no digest before, or nothing to add up
	Counts     []Count
	Idle       bool   // nothing needs doing, as far as the recipient is told
	Lead       string // what matters most, in a sentence
	Soon       string // what will be late before the next digest, in a sentence; empty where nothing will
	Snoozed    string // how much is snoozed, and how much of it is overdue; empty where nothing is
	Warning    string // what could not be read, and what that means; empty where all could
	Owners     []OwnerCount
	Weeks      []history.Week // how much was open of late, oldest first; fewer than two where that is not known
	Read       string         // the workbooks that were read
	ReadAt     string         // when
	Sections   []Section
	NotChecked []string // rules that could not be answered, by reason
	Listed     string   // where all that is not shown is listed: "in the attached action list"

	unread    int  // workbooks that could not be read
	unchanged bool // nothing was closed, or opened, since the digest before
}

// Count is one figure of the headline.
type Count struct {
	Label  string // such as "overdue"
	Tone   string // the look: "red", "amber", "blue", "violet", "grey"
	N      int
	Change string // on the digest before, such as "+3", "−2" or "="; empty where there was none
}

// OwnerCount says how much one role has to do.
type OwnerCount struct {
	Owner              string
	N, Overdue, AtRisk int // all, and of these the overdue and the at-risk ones
}

// Section is a part of the digest: items of one kind by who must act, then by
// qualification, then by date.
type Section struct {
	Key    string // what the configuration calls it, or "snoozed"
	Title  string
	Count  int // findings in it but the logged ones
	Logged int // breaches that the quality log already records: counted, not shown
	Groups []Group
	More   int // findings that are counted but not shown, for want of room
}

// Group is what one role has to do; Owner is empty where that says nothing.
type Group struct {
	Owner string
	Items []Item
}

// Item is what one role has to do about one record.
type Item struct {
	Tone  string // the look, as of Count
	Label string // what the tone means: "Overdue"
	Title string // the Learner ID, or the place where there is none
	Name  string // the learner's name or initials, as the recipient's tier allows
	Code  string // the Qualification Code
	Mark  string // what has become of it since the digest before: "New"; empty where nothing
	Since string // since when it is open: "open since Mon 4 May 2026"; empty where that is today
	AsOf  string // why it is as it was on an earlier day; empty where it was seen
	Sleep string // until when it is snoozed, on whose word and why; empty where it is not
	Due   string // "Mon 9 Feb 2026", empty without a due date
	Days  string // "2 working days late"
	Steps []Step

	rank int // its place among those of the section, the worst first
}

// Step is one thing to do.
type Step struct {
	Found  string // what is wrong, where the action does not say it
	Action string
	Where  string // workbook and cell
	Rule   string // ID, and clause
}

// weeksShown is how far back the digest shows how much was open.
const weeksShown = 12

// Compose says what in has for the recipient.
func Compose(in *Input, who Recipient) *Digest {
	r := newRoute(who)
	d := in.begin("Registrations and claims", who, r)
	piles := piled(in.Now.Matters, r)
	c := newComposer(in, r)
	d.tally(piles[:snoozed])
	d.Snoozed = countSnoozed(piles[snoozed])
	for i, pile := range piles {
		if len(pile) > 0 || i == centre && c.in.Report.IsApplying() && r.isToldOfCentre() {
			d.Sections = append(d.Sections, c.section(i, pile))
		}
	}
	d.unchanged = true
	if c.compared {
		balance := in.Now.Balance(c.base, r.admits)
		d.Balance, d.unchanged = balanceInWords(balance, in.Report.AsOf), balance.Closed == 0
		d.compare(in.Now, c.base, r)
	}
	if d.Scope != "" { // a nought would speak of what the recipient is not told
		d.Counts = slices.DeleteFunc(d.Counts, func(c Count) bool { return c.N == 0 && (c.Change == "" || c.Change == "=") })
	}
	d.Weeks = slices.DeleteFunc(in.Now.Weeks(weeksShown, r.admits), func(w history.Week) bool { return !w.Known })
	d.workbooks(in, r)
	d.Lead = lead(d, piles)
	d.Soon = soon(in, piles[:snoozed])
	return d
}

// begin makes what every email to the recipient says.
func (in *Input) begin(title string, who Recipient, r *route) *Digest {
	return &Digest{
		Title: title, Centre: OneLine(in.Centre, 80), AsOf: in.Report.AsOf, Policy: OneLine(in.Report.Policy, 20),
		Recipient: OneLine(who.Name, 80), Scope: scope(r), NotChecked: notChecked(in.Report.NotChecked),
		ReadAt: in.ReadAt.Format("Mon 2 Jan 2006") + " at " + in.ReadAt.Format("15:04"), Listed: "by regcert check",
	}
}

// IsEmpty reports whether there is nothing to say: nothing is open or snoozed,
// nothing was closed since the digest before, and every workbook was read.
func (d *Digest) IsEmpty() bool {
	return d.Idle && d.unchanged && d.Snoozed == "" && d.Warning == "" && !slices.ContainsFunc(d.Sections, func(s Section) bool { return s.Count > 0 })
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
func (d *Digest) tally(piles [][]told) {
	n := map[string]int{}
	owners := map[string]*OwnerCount{}
	for _, f := range slices.Concat(piles...) {
		if f.Severity == policy.Info {
			continue
		}
		n[countOf(f.Life, f.Severity)]++
		o := owners[f.Owner]
		if o == nil {
			o = &OwnerCount{Owner: OneLine(f.Owner, 60)}
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
	d.Counts = counts()
	for i := range d.Counts {
		d.Counts[i].N = n[d.Counts[i].Label]
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

// counts are the figures of the headline, in their order.
func counts() []Count {
	return []Count{
		{Label: InWords(policy.Overdue), Tone: "red"}, {Label: InWords(policy.AtRisk), Tone: "amber"}, {Label: readyToClaim, Tone: "blue"},
		{Label: InWords(policy.Todo), Tone: "blue"}, {Label: InWords(policy.Data), Tone: "violet"}, {Label: InWords(policy.Breach), Tone: "red"},
	}
}

// readyToClaim is what claims that can be submitted are counted as.
const readyToClaim = "ready to claim"

// ByUrgency lists the severities as people work through them: what can still be
// done comes before what was missed.
func ByUrgency() []policy.Severity {
	return []policy.Severity{policy.Overdue, policy.AtRisk, policy.Todo, policy.Data, policy.Breach, policy.Info}
}

// InWords is what people call a severity.
func InWords(s policy.Severity) string {
	switch s {
	case policy.Breach:
		return "missed"
	case policy.Overdue:
		return "overdue"
	case policy.AtRisk:
		return "at risk"
	case policy.Todo:
		return "to do"
	case policy.Data:
		return "to correct"
	}
	return "for information"
}

// lead says in a sentence what matters most.
func lead(d *Digest, piles [sectionCount][]told) string {
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
func about(nouns [2]string, pile []told, s policy.Severity, due string, asOf calendar.Date) string {
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
		out += fmt.Sprintf("%s %s (%s)", due, f.Due.Long(), DaysInWords(asOf, f.Finding))
	}
	return out + "."
}

func first(pile []told, s policy.Severity) *told {
	i := slices.IndexFunc(pile, func(f told) bool { return f.Severity == s })
	if i < 0 {
		return nil
	}
	return &pile[i]
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
		out[i] = fmt.Sprintf("%s (%s)", list, OneLine(reason, 100))
	}
	return out
}
