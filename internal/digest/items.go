package digest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/xlsx"
)

// compose makes a section of a sorted pile that is not empty.
func compose(kind section, pile []*policy.Finding, asOf calendar.Date) Section {
	s := Section{Key: kind.key, Title: kind.title}
	shown := 0
	var last *policy.Finding
	for _, f := range pile {
		if f.Logged {
			s.Logged++
			continue
		}
		s.Count++
		if last == nil || !isTogether(last, f) {
			if len(s.Items) == maxItems {
				continue
			}
			s.Items = append(s.Items, newItem(f, asOf))
			last = f
		}
		if item := &s.Items[len(s.Items)-1]; len(item.Steps) < maxSteps {
			item.Steps = append(item.Steps, newStep(f))
			shown++
		}
	}
	s.More = s.Count - shown
	return s
}

// isTogether reports whether one role has to act on both about one record, by
// the same day.
func isTogether(a, b *policy.Finding) bool {
	return a.Workbook == b.Workbook && a.Sheet == b.Sheet && a.Row == b.Row && a.Owner == b.Owner && a.Severity == b.Severity && a.Due == b.Due
}

func newItem(f *policy.Finding, asOf calendar.Date) Item {
	item := Item{Title: oneLine(f.LearnerID, 40), Code: oneLine(f.QualificationCode, 40), Owner: f.Owner, Due: f.Due.Long()}
	if item.Title == "" {
		item.Title = wholePlace(f)
	}
	item.Tone, item.Label = look(f)
	if f.Snooze != nil {
		item.Sleep = fmt.Sprintf("Snoozed until %s by %s: %s", f.Snooze.Until.Long(), oneLine(f.Snooze.By, 60), sentence(oneLine(f.Snooze.Reason, 300)))
	}
	if f.Severity != policy.Breach && f.Severity != policy.Info { // what is done is neither late nor in time
		item.Days = daysWords(asOf, f)
	}
	return item
}

// countSnoozed says how much is snoozed, and how much of it is overdue; nothing
// where nothing is.
func countSnoozed(pile []*policy.Finding) string {
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

// wholePlace names what a finding without a learner is about.
func wholePlace(f *policy.Finding) string {
	switch {
	case f.Workbook == "":
		return "The policy"
	case f.Row == 0:
		return oneLine(f.Sheet, 40)
	}
	return fmt.Sprintf("%s, row %d", oneLine(f.Sheet, 40), f.Row)
}

// look says how an item is shown: its tone, and what that means in words.
func look(f *policy.Finding) (tone, label string) {
	if isReadyToClaim(f) {
		return "blue", "Ready"
	}
	switch f.Severity {
	case policy.Breach:
		return "red", "Missed"
	case policy.Overdue:
		return "red", "Overdue"
	case policy.AtRisk:
		return "amber", "At risk"
	case policy.Todo:
		return "blue", "To do"
	case policy.Data:
		return "violet", "To correct"
	}
	return "grey", "For information"
}

// newStep is what a finding asks for. Of what is wrong in the data or was missed
// the action alone says too little. The clause stands beside the rule, not again
// behind the message.
func newStep(f *policy.Finding) Step {
	s := Step{Action: sentence(oneLine(f.Action, 300)), Where: where(f), Rule: strings.TrimSpace(f.Rule + " " + f.Clause)}
	if f.Severity == policy.Data || f.Severity == policy.Breach || f.Severity == policy.Info || s.Action == "" {
		message := strings.TrimSuffix(strings.TrimSuffix(f.Message, "."), " ("+f.Clause+")")
		s.Found = sentence(oneLine(message, 400))
	}
	return s
}

// where names workbook and cell, "enrolments.xlsx, Enrolments!R12".
func where(f *policy.Finding) string {
	if f.Workbook == "" {
		return ""
	}
	place := oneLine(f.Workbook, 120) + ", " + oneLine(f.Sheet, 40)
	switch {
	case f.Row == 0:
		return place
	case f.Col == 0:
		return fmt.Sprintf("%s, row %d", place, f.Row)
	}
	return place + "!" + xlsx.CellName(f.Row, f.Col)
}

// daysWords says how much time is left, or how late it is: "4 working days
// left", "due today", "2 working days late". Nothing without a due date.
func daysWords(asOf calendar.Date, f *policy.Finding) string {
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

// sentence ends s with a full stop, unless it ends like one.
func sentence(s string) string {
	if end, _ := utf8.DecodeLastRuneInString(s); s == "" || strings.ContainsRune(".…?!", end) {
		return s
	}
	return s + "."
}

// oneLine makes one line of at most n characters of what may have come from a
// cell: without control characters, without marks that turn the direction of
// the text round them, and without line breaks of any kind.
func oneLine(s string, n int) string {
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
