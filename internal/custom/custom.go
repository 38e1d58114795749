// Package custom makes rules of what a centre has written in its configuration:
// a condition, a message, a due date. It is pure.
package custom

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Clause stands for the clause of the policy, which such a rule has none of.
const Clause = "own rule"

// Definition is a rule of the centre's own.
type Definition struct {
	ID, Title string
	Why       string // may be empty
	Kind      register.Kind
	When      *Condition
	Severity  policy.Severity
	Owner     string
	Message   *Text
	Action    *Text // nil: the message says what to do
	Due       *Due  // nil: there is no due date
}

// Due is a due date counted from a cell. Working days are the centre's: its
// closures do not count.
type Due struct {
	From  register.Column
	After calendar.Duration
}

// String says how the due date is counted.
func (d *Due) String() string { return fmt.Sprintf("%s after %s", d.After, d.From) }

// Mistake is what is wrong with a condition or a text, and where: from one
// character to before another.
type Mistake struct {
	From, To int
	Text     string   // what is wrong and what would be right
	Name     string   // the name that nobody knows, if that is it
	Known    []string // those that could be meant
}

// Error says what is wrong and what would be right.
func (m *Mistake) Error() string {
	if m.Known == nil {
		return m.Text
	}
	return fmt.Sprintf("%s: write one of %s", m.Text, strings.Join(m.Known, ", "))
}

// Rule makes the rule. What is late by its due date is overdue, and what is not
// late yet is neither overdue nor missed.
func (d *Definition) Rule() (policy.Rule, error) {
	d.Title = strings.TrimRight(d.Title, ". ")
	r := policy.Rule{
		ID: d.ID, Clause: Clause, Severities: []policy.Severity{d.Severity}, Owner: d.Owner, Title: d.Title,
		Rationale: "The centre has added this rule.", On: d.Kind, Wording: fmt.Sprintf("on %s: %s", d.Kind, d.When.text), Ask: d.ask,
	}
	if d.Why != "" {
		r.Rationale = strings.TrimRight(d.Why, ". ") + "."
	}
	if d.Due != nil {
		r.Wording += "; due " + d.Due.String()
		if d.comesDue() {
			r.Severities = []policy.Severity{policy.Overdue, d.Severity}
		}
	}
	return r, r.Check()
}

// comesDue reports whether what is open becomes overdue when its day has passed.
func (d *Definition) comesDue() bool {
	return d.Due != nil && (d.Severity == policy.Todo || d.Severity == policy.AtRisk)
}

// IsDated reports whether it depends on the day if something is raised.
func (d *Definition) IsDated() bool { return d.When.dated || d.Due != nil && !d.comesDue() }

// ask answers for a record. One with a cell that the rules on the data report is
// not judged by what is in it.
func (d *Definition) ask(c *policy.Case) (policy.Answer, bool) {
	if slices.ContainsFunc(d.When.columns, c.IsWrong) || d.Due != nil && c.IsWrong(d.Due.From) || d.When.holds(c) != yes {
		return policy.Answer{}, false
	}
	a := policy.Answer{Severity: d.Severity, Column: d.When.columns[0], Brief: d.Title}
	if d.Due != nil {
		if from := c.Value(d.Due.From).Date; !from.IsZero() {
			a.Due = c.Calendar().Add(from, d.Due.After, calendar.Centre)
		}
		isLate := !a.Due.IsZero() && c.AsOf() > a.Due
		switch {
		case isLate && d.comesDue():
			a.Severity = policy.Overdue
		case !isLate && !d.comesDue():
			return policy.Answer{}, false
		}
	}
	a.Message = d.Message.fill(c, a.Due)
	a.Action = a.Message
	if d.Action != nil {
		a.Action = d.Action.fill(c, a.Due)
	}
	return a, true
}

// NameOf is how conditions call a column: course_start is Course Start.
func NameOf(c register.Column) string {
	return strings.ReplaceAll(strings.ToLower(c.String()), " ", "_")
}

// columnNamed finds the column of the kind that a name means: without case,
// punctuation and white space, as headings are compared.
func columnNamed(kind register.Kind, name string) (register.Column, bool) {
	normal := register.NormalHeading(name)
	for _, c := range kind.Inputs() {
		if normal == register.NormalHeading(c.String()) {
			return c, true
		}
	}
	return 0, false
}
