package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/xlsx"
)

// composer makes the sections of one email.
type composer struct {
	in       *Input
	asOf     calendar.Date
	base     history.Observation // of the digest before
	compared bool                // there was one
	names    map[string]person   // by Learner ID as compared; nil where none is told
}

func newComposer(in *Input, r *route) *composer {
	c := &composer{in: in, asOf: in.Report.AsOf}
	c.base, c.compared = in.Now.Past.Baseline(c.asOf)
	if r.most.rank() > References.rank() {
		c.names = namesOf(in.Report)
	}
	return c
}

// section makes a section of a sorted pile that is not empty. The worst items
// stand in it, grouped by who must act.
func (c *composer) section(place int, pile []told) Section {
	s := Section{Key: keyAt(place), Title: c.title(place)}
	var items []item
	shown, withheld := 0, 0
	for i := range pile {
		f := &pile[i]
		switch {
		case f.Logged:
			s.Logged++
			continue
		case f.how == Counts:
			s.Count++
			withheld++
			continue
		}
		s.Count++
		if len(items) == 0 || !c.isTogether(items[len(items)-1].first, f) {
			if len(items) == maxItems {
				continue
			}
			items = append(items, item{Item: c.item(f), first: f})
			items[len(items)-1].rank = len(items) - 1
		}
		if last := &items[len(items)-1]; len(last.Steps) < maxSteps {
			last.Steps = append(last.Steps, c.step(f))
			shown++
		}
	}
	s.More = s.Count - withheld - shown
	s.Groups = grouped(items)
	return s
}

// item is an Item while it is put into its place.
type item struct {
	Item
	first *told
}

// grouped sorts items by who must act, those with the worst first, then by
// qualification, then by date.
func grouped(items []item) []Group {
	var owners []string
	for i := range items {
		if o := items[i].first.Owner; !slices.Contains(owners, o) {
			owners = append(owners, o)
		}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(
			cmp.Compare(slices.Index(owners, a.first.Owner), slices.Index(owners, b.first.Owner)),
			cmp.Compare(a.first.Life.Code, b.first.Life.Code),
			compareDue(a.first.Due, b.first.Due))
	})
	var groups []Group
	for i := range items {
		o := OneLine(items[i].first.Owner, 60)
		if n := len(groups); n == 0 || groups[n-1].Owner != o {
			groups = append(groups, Group{Owner: o})
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, items[i].Item)
	}
	return groups
}

// isTogether reports whether one role has to act on both about one record, by
// the same day, and the same has become of both.
func (c *composer) isTogether(a, b *told) bool {
	return a.Workbook == b.Workbook && a.Sheet == b.Sheet && a.Row == b.Row && a.Owner == b.Owner && a.Severity == b.Severity && a.Due == b.Due &&
		a.AsOf == b.AsOf && c.mark(a) == c.mark(b)
}

// mark says what has become of a finding since the digest before.
func (c *composer) mark(f *told) string {
	if !c.compared || f.Snooze != nil || f.Severity == policy.Info {
		return ""
	}
	switch f.Life.Change(c.base.ID) {
	case history.New:
		return "New"
	case history.Reopened:
		return "Back again"
	case history.Woken:
		return "Awake again"
	case history.Worse:
		return "Worse"
	}
	return ""
}

func (c *composer) item(f *told) Item {
	out := Item{Title: OneLine(f.LearnerID, 40), Code: OneLine(f.QualificationCode, 40), Due: f.Due.Long(), Mark: c.mark(f)}
	if out.Title == "" {
		out.Title = WholePlace(f.Finding)
	} else if c.names != nil {
		out.Name = c.names[f.Life.Key.ID].shown(f.how)
	}
	out.Tone, out.Label = look(f.Finding)
	if f.Snooze != nil {
		out.Sleep = sleep(f.Snooze)
	}
	if since := f.Life.Since(); since < c.asOf && f.Severity != policy.Info {
		out.Since = "open since " + since.Long()
	}
	if !f.AsOf.IsZero() {
		out.AsOf = "As of " + f.AsOf.Long() + ": " + unseen(f, c.in.Workbooks)
	}
	if f.Severity != policy.Breach && f.Severity != policy.Info { // what is done is neither late nor in time
		out.Days = DaysInWords(c.asOf, f.Finding)
	}
	return out
}

// sleep says until when a finding is snoozed, on whose word and why, as far as
// that is known.
func sleep(s *policy.Snooze) string {
	text := "Snoozed until " + s.Until.Long()
	if s.Reason == "" {
		return text + "."
	}
	return fmt.Sprintf("%s by %s: %s", text, OneLine(s.By, 60), Sentence(OneLine(s.Reason, 300)))
}

// unseen says why a finding could not be seen.
func unseen(f *told, workbooks []Workbook) string {
	for _, w := range workbooks {
		if w.Path == f.Workbook && w.Read && !slices.Contains(w.Unread, f.Sheet) {
			return "a workbook that it depends on could not be read."
		}
	}
	return OneLine(f.Workbook, 120) + " could not be read."
}

// countSnoozed says how much is snoozed, and how much of it is overdue; nothing
// where nothing is.
func countSnoozed(pile []told) string {
	overdue := 0
	for _, f := range pile {
		if f.Severity == policy.Overdue {
			overdue++
		}
	}
	if len(pile) == 0 {
		return ""
	}
	return SnoozedInWords(len(pile), overdue)
}

// SnoozedInWords says how many findings are snoozed, and how many of them are
// overdue, so that nothing sleeps unseen.
func SnoozedInWords(n, overdue int) string {
	out := fmt.Sprintf("%d snoozed", n)
	switch {
	case overdue == 0:
		return out
	case overdue < n:
		return fmt.Sprintf("%s, %d of them overdue", out, overdue)
	case n == 1:
		return out + ", and overdue"
	default:
		return out + ", all of them overdue"
	}
}

// WholePlace names what a finding without a learner is about.
func WholePlace(f *policy.Finding) string {
	switch {
	case f.Workbook == "":
		return "The policy"
	case f.Row == 0:
		return OneLine(f.Sheet, 40)
	case f.Subject != "":
		return OneLine(f.Subject, 60)
	}
	return fmt.Sprintf("%s, row %d", OneLine(f.Sheet, 40), f.Row)
}

// look says how a finding is shown: its tone, and what that means in words.
func look(f *policy.Finding) (tone, label string) {
	if f.IsReady() {
		return "blue", "Ready"
	}
	label = InWords(f.Severity)
	return ToneOf(f.Severity), strings.ToUpper(label[:1]) + label[1:]
}

// ToneOf is the look of a severity: "red", "amber", "blue", "violet" or "grey".
func ToneOf(s policy.Severity) string {
	switch s {
	case policy.Breach, policy.Overdue:
		return "red"
	case policy.AtRisk:
		return "amber"
	case policy.Todo:
		return "blue"
	case policy.Data:
		return "violet"
	}
	return "grey"
}

// step is what a finding asks for. Of what is wrong in the data or was missed
// the action alone says too little. The clause stands beside the rule, not again
// behind the message.
func (c *composer) step(f *told) Step {
	s := Step{Action: Sentence(OneLine(f.Action, 300)), Where: where(f.Finding), Rule: strings.TrimSpace(f.Rule + " " + c.in.clauseOf(f.Finding))}
	if f.Message == "" { // it is remembered, and what was found is not
		s.Found = Sentence(OneLine(c.in.Report.Titles[f.Rule], 200))
		return s
	}
	if f.Severity == policy.Data || f.Severity == policy.Breach || f.Severity == policy.Info || s.Action == "" {
		s.Found = FoundInWords(f.Finding)
	}
	return s
}

// FoundInWords is what was found, in a sentence; the clause stands elsewhere.
func FoundInWords(f *policy.Finding) string {
	return Sentence(OneLine(strings.TrimSuffix(strings.TrimSuffix(f.Message, "."), " ("+f.Clause+")"), 400))
}

// clauseOf is the clause that a finding serves, with the version of the policy
// that judged it where another is in force today.
func (in *Input) clauseOf(f *policy.Finding) string {
	if f.Policy == "" || f.Policy == in.Report.Policy {
		return f.Clause
	}
	return f.Clause + ", policy " + OneLine(f.Policy, 20)
}

// where names workbook and cell, "enrolments.xlsx, Enrolments!R12".
func where(f *policy.Finding) string {
	if f.Workbook == "" {
		return ""
	}
	place := OneLine(f.Workbook, 120) + ", " + OneLine(f.Sheet, 40)
	switch {
	case f.Row == 0:
		return place
	case f.Col == 0:
		return fmt.Sprintf("%s, row %d", place, f.Row)
	}
	return place + "!" + xlsx.CellName(f.Row, f.Col)
}

// DaysInWords says how much time is left, or how late it is: "4 working days
// left", "due today", "2 working days late". Nothing without a due date.
func DaysInWords(asOf calendar.Date, f *policy.Finding) string {
	n := f.WorkingDaysLeft
	switch {
	case f.Due.IsZero():
		return ""
	case f.Due == asOf:
		return "due today"
	case f.Due > asOf && n <= 0:
		return "no working day left"
	case f.Due > asOf:
		return plural(n, "working day", "working days") + " left"
	case n >= 0:
		return "less than a working day late"
	}
	return plural(-n, "working day", "working days") + " late"
}

// Sentence ends s with a full stop, unless it ends like one.
func Sentence(s string) string {
	if end, _ := utf8.DecodeLastRuneInString(s); s == "" || strings.ContainsRune(".…?!", end) {
		return s
	}
	return s + "."
}

// OneLine makes one line of at most n characters of what may have come from a
// cell: without control characters, without marks that turn the direction of
// the text round them, and without line breaks of any kind.
func OneLine(s string, n int) string {
	line := make([]rune, 0, min(len(s), n+1))
	space := false
	for _, r := range s {
		if len(line) > n {
			break
		}
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			space = len(line) > 0
			continue
		case !unicode.IsGraphic(r), r == unicode.ReplacementChar:
			continue // format characters, such as right-to-left overrides, among them
		case space:
			line = append(line, ' ')
			space = false
		}
		line = append(line, r)
	}
	if len(line) > n {
		line = append(line[:n-1], '…')
	}
	return string(line)
}

func plural(n int, one, many string) string { return fmt.Sprintf("%d %s", n, choose(n, one, many)) }

func choose(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// join lists words: "a, b and c".
func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
