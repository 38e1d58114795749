package policy

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Case is a record about which a rule is asked that was made outside this
// package. It is the same one for every question, so nobody keeps it.
type Case struct {
	j   *judge
	rec *register.Record
}

// AsOf is the day as of which is judged.
func (c *Case) AsOf() calendar.Date { return c.j.asOf }

// Calendar counts days.
func (c *Case) Calendar() *calendar.Calendar { return c.j.cal }

// Value is the cell of a column, blank where the sheet has no such column.
func (c *Case) Value(column register.Column) register.Value { return c.rec.Value(column) }

// IsWrong reports whether a cell cannot be used because of what DAT-02 or DAT-08
// say of it: it is unreadable, or a date of something that has happened, and lies
// ahead.
func (c *Case) IsWrong(column register.Column) bool {
	v := c.rec.Value(column)
	return v.State == register.Unreadable || v.Date > c.j.asOf && hasHappened(column)
}

// Answer is what such a rule has found.
type Answer struct {
	Severity Severity
	Column   register.Column // the cell to look at, 0 where there is none
	Due      calendar.Date   // no date where there is none
	Brief    string          // a few words
	Message  string          // without clause and full stop
	Action   string          // what to do, beginning with a verb
}

// ask puts the rule in hand to the record in hand. A panic costs the rule this
// one answer.
func (j *judge) ask(e *entry) {
	defer func() {
		if p := recover(); p != nil {
			s := j.stumbled[j.rule.ID]
			if s.rows++; s.rows == 1 {
				s.first = fmt.Sprintf("%s, %s, row %d", j.sheet.Workbook, j.sheet.Name, e.rec.Row)
			}
			j.stumbled[j.rule.ID] = s
		}
	}()
	j.asked.rec = e.rec
	if a, raised := j.rule.Ask(&j.asked); raised {
		j.raise(problem{severity: a.Severity, look: a.Column, due: a.Due, brief: a.Brief, text: a.Message, other: a.Action, message: "{text}", action: "{other}"})
	}
}

// stumble is how often a rule failed, and where it did first.
type stumble struct {
	rows  int
	first string
}

// tellStumbles says of which rules answers are missing.
func (j *judge) tellStumbles() {
	for id, s := range j.stumbled {
		why := fmt.Sprintf("regcert stumbled over %d rows, first over %s; please report it", s.rows, s.first)
		if s.rows == 1 {
			why = fmt.Sprintf("regcert stumbled over %s; please report it", s.first)
		}
		j.report.NotChecked = append(j.report.NotChecked, NotChecked{id, why})
	}
	slices.SortFunc(j.report.NotChecked, func(a, b NotChecked) int { return strings.Compare(a.Rule, b.Rule) })
}

// AllRules returns the registry with more rules, in the order of IDs.
func AllRules(more []Rule) []Rule {
	rules := append(Rules(), more...)
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules
}

// Titles are the titles of rules by their IDs.
type Titles map[string]string

// TitlesOf returns the titles of the policy's rules, and of more.
func TitlesOf(more []Rule) Titles {
	titles := Titles{}
	for _, r := range AllRules(more) {
		titles[r.ID] = r.Title
	}
	return titles
}

// IsFamily reports whether IDs of the policy's rules begin with the letters.
func IsFamily(letters string) bool {
	return letters == "CEN" || slices.ContainsFunc(Rules(), func(r Rule) bool { return strings.HasPrefix(r.ID, letters+"-") })
}

// RuleID is the form of rules' IDs: a family and a number, such as REG-02.
var RuleID = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,5}-[0-9]{1,3}$`)

// Check says what a rule lacks, whoever made it; nil where it lacks nothing.
func (r *Rule) Check() error {
	known := func(s Severity) bool { return slices.Contains(Severities(), s) }
	switch {
	case !RuleID.MatchString(r.ID):
		return fmt.Errorf("the ID %q is not like REG-02: capital letters, a hyphen, a number", r.ID)
	case r.Title == "" || strings.HasSuffix(r.Title, "."):
		return fmt.Errorf("%s: the title %q is empty or ends with a full stop", r.ID, r.Title)
	case !strings.HasSuffix(r.Rationale, "."):
		return fmt.Errorf("%s: the rationale %q is no sentence", r.ID, r.Rationale)
	case r.Clause == "":
		return fmt.Errorf("%s serves no clause", r.ID)
	case len(r.Severities) == 0 || slices.ContainsFunc(r.Severities, func(s Severity) bool { return !known(s) }):
		return fmt.Errorf("%s: the severities %q are none or not known", r.ID, r.Severities)
	case !slices.Contains(Owners(), r.Owner) || r.OwnerOnEnrolments != "" && !slices.Contains(Owners(), r.OwnerOnEnrolments):
		return fmt.Errorf("%s: the owner %q is no role", r.ID, r.Owner)
	case (r.Ask != nil) != (r.On != 0):
		return fmt.Errorf("%s: what asks and the kind of sheet it is asked of go together", r.ID)
	case r.Ask == nil && r.report == nil && r.sheet == nil && r.entry == nil && r.enrolment == nil && r.assessment == nil && r.claim == nil && r.withdrawal == nil && r.adjustment == nil && r.centre == nil:
		return fmt.Errorf("%s checks nothing", r.ID)
	}
	return nil
}
