package custom

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Text is a message with what stands in cells: "{Learner ID} is due by {due}".
type Text struct {
	parts   []part
	UsesDue bool // {due} stands in it
}

// part is a piece of text, and what follows it.
type part struct {
	text   string
	column register.Column // 0 where it is no cell
	word   string          // "due" or "today", where it is one of these
}

// ParseText reads a message about records of the kind. An error is a *Mistake.
func ParseText(kind register.Kind, text string) (*Text, error) {
	if text == "" {
		return nil, &Mistake{From: 0, To: 1, Text: "says nothing: write a sentence"}
	}
	t := &Text{}
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		t.parts = append(t.parts, part{text: before})
		if !found {
			break
		}
		from := utf8.RuneCountInString(text[:len(text)-len(after)]) - 1
		name, behind, closed := strings.Cut(after, "}")
		at := Mistake{From: from, To: from + utf8.RuneCountInString(name) + 2}
		if !closed {
			at.To, at.Text = from+1, "the bracket { is not closed: write a column such as {Learner ID}"
			return nil, &at
		}
		p := &t.parts[len(t.parts)-1]
		if err := p.name(kind, strings.TrimSpace(name), at); err != nil {
			return nil, err
		}
		t.UsesDue = t.UsesDue || p.word == "due"
		rest = behind
	}
	return t, nil
}

// name says what stands behind the text of a part. Messages go into emails, the
// report and the log, so that what tells who somebody is does not get into them.
func (p *part) name(kind register.Kind, name string, at Mistake) error {
	if name == "due" || name == "today" {
		p.word = name
		return nil
	}
	c, ok := columnNamed(kind, name)
	switch {
	case !ok:
		at.Text, at.Name, at.Known = fmt.Sprintf("there is no {%s} on %s", name, kind), name, shownNames(kind)
		return &at
	case isPersonal(c):
		at.Text = fmt.Sprintf("%s says who somebody is, and messages are read by many: take it out, or write {Learner ID}", c)
		return &at
	}
	p.column = c
	return nil
}

// shownNames lists what messages can say.
func shownNames(kind register.Kind) []string {
	names := []string{"due", "today"}
	for _, c := range kind.Inputs() {
		if !isPersonal(c) {
			names = append(names, c.String())
		}
	}
	return names
}

// isPersonal reports whether the cells of a column hold names, dates of birth and
// the like, or what only reports may tell: who snoozed a row, and why.
func isPersonal(c register.Column) bool {
	switch c {
	case register.LegalFirstName, register.LegalLastName, register.DateOfBirth, register.Email, register.Telephone, register.ULN,
		register.Tutor, register.Assessor, register.IQA, register.StaffName, register.ItemValue, register.CentreLead, register.DestructionAuthorisedBy, register.SnoozeBy, register.SnoozeReason:
		return true
	}
	return false
}

// fill puts in what stands in the cells.
func (t *Text) fill(c *policy.Case, due calendar.Date) string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.text)
		switch {
		case p.column != 0:
			b.WriteString(shown(c.Value(p.column)))
		case p.word == "due" && due.IsZero():
			b.WriteString("no date")
		case p.word == "due":
			b.WriteString(due.Long())
		case p.word == "today":
			b.WriteString(c.AsOf().Long())
		}
	}
	return b.String()
}

// longestValue is how much of a cell a message shows, in characters.
const longestValue = 60

// shown is what a cell says, in words.
func shown(v register.Value) string {
	switch {
	case v.State == register.Unreadable:
		return "something unreadable"
	case !v.Date.IsZero():
		return v.Date.Long()
	case v.IsYes():
		return "yes"
	case v.Answer == register.No:
		return "no"
	case v.IsNA():
		return "n/a"
	case v.IsBlank():
		return "nothing"
	}
	if text := []rune(v.Text); len(text) > longestValue {
		return string(text[:longestValue]) + "…"
	}
	return v.Text
}
