package config

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"regcert/internal/calendar"
	"regcert/internal/custom"
	"regcert/internal/likeness"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// The most rules, and the most characters of a title and of a message: all that is
// found on a row has to go into its cells, where more than 32,767 are cut off.
const (
	mostRules    = 100
	longestTitle = 100
	longestText  = 500
)

// ruleExample is a row that stands beside a rule, and what the rule is to say of it.
type ruleExample struct {
	at     value
	rule   policy.Rule
	asOf   calendar.Date // no date: the rule says the same on every day
	row    map[register.Column]string
	raises bool
}

// readRules reads the rules of the centre's own.
func (c *Config) readRules(v value) {
	items, _ := v.items("write a list of rules, each with id, sheet, when, severity, owner, title and message")
	if len(items) > mostRules {
		v.fail("there are %d rules: take those out that matter least, until there are %d", len(items), mostRules)
		return
	}
	for _, item := range items {
		c.readRule(item)
	}
}

func (c *Config) readRule(item value) {
	later := func(value) {}
	before := len(item.doc.problems)
	var d custom.Definition
	seen := item.object("write a rule, such as {id: X-01, sheet: Enrolments, when: is_empty(tutor), severity: todo, owner: Administration Team, title: …, message: …}",
		field{"id", func(v value) { c.readRuleID(v, &d.ID) }},
		field{"sheet", func(v value) { v.kind(&d.Kind) }},
		field{"when", later},
		field{"severity", func(v value) {
			var words []string
			for _, s := range policy.Severities() {
				words = append(words, string(s))
			}
			v.oneOf((*string)(&d.Severity), words...)
		}},
		field{"owner", func(v value) { v.owner(&d.Owner) }},
		field{"title", func(v value) {
			v.atMost(longestTitle, "write what is wrong where the rule is raised, in a few words", &d.Title)
		}},
		field{"message", later},
		field{"action", later},
		field{"due", later},
		field{"why", func(v value) { v.text("write in a sentence why the rule matters", &d.Why) }},
		field{"examples", later},
	)
	item.wants(seen, "id", "sheet", "when", "severity", "owner", "title", "message")
	if d.Kind == 0 { // whatever stands there means columns of the sheet
		return
	}
	if v, ok := seen["when"]; ok {
		v.condition(d.Kind, &d.When)
	}
	if v, ok := seen["due"]; ok {
		v.due(&d)
	}
	if v, ok := seen["message"]; ok {
		v.message(&d, "write what is found, such as {Learner ID} has no tutor, in quotes", &d.Message)
	}
	if v, ok := seen["action"]; ok {
		v.message(&d, "write what to do, beginning with a verb, such as Enter the tutor", &d.Action)
	}
	var examples []ruleExample
	if v, ok := seen["examples"]; ok {
		examples = v.examples(d.Kind)
	}
	if len(item.doc.problems) > before {
		return
	}
	rule, err := d.Rule()
	if err != nil {
		item.fail("%v", err)
		return
	}
	c.Rules = append(c.Rules, rule)
	for _, e := range examples {
		if e.asOf.IsZero() && d.IsDated() {
			e.at.fail("what %s says of this row changes with the day: write as_of and a day, such as as_of: 2026-05-11", d.ID)
		}
		e.rule = rule
		c.examples = append(c.examples, e)
	}
}

// readRuleID reads an ID. Those of the policy keep their meaning, in this version
// and in later ones.
func (c *Config) readRuleID(v value, into *string) {
	const want = "write capital letters, a hyphen and a number, such as X-01"
	if !v.filled(want, into) {
		return
	}
	family, _, _ := strings.Cut(*into, "-")
	switch {
	case !policy.RuleID.MatchString(*into):
		v.fail("%s is no ID: %s", v.quoted(*into), want)
	case policy.IsFamily(family):
		v.fail("IDs that begin with %s are the policy's: write letters of your own, such as X-01", family)
	case slices.ContainsFunc(c.Rules, func(r policy.Rule) bool { return r.ID == *into }):
		v.fail("%s is the ID of another rule: give each its own", *into)
	}
}

// atMost reads text of some characters at most.
func (v value) atMost(most int, want string, into *string) bool {
	if !v.filled(want, into) {
		return false
	}
	if n := utf8.RuneCountInString(*into); n > most {
		v.fail("has %d characters, and %d are the most: write less", n, most)
		return false
	}
	return true
}

// kind reads a kind of sheet.
func (v value) kind(into *register.Kind) {
	var names []string
	for _, k := range register.Kinds() {
		names = append(names, k.String())
	}
	want := "write " + join(names, "or")
	var s string
	if !v.filled(want, &s) {
		return
	}
	if i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, s) }); i >= 0 {
		*into = register.Kinds()[i]
	} else if near := likeness.Nearest(s, names); near != "" {
		v.fail("there is no sheet %s: did you mean %s?", v.quoted(s), near)
	} else {
		v.fail("there is no sheet %s: %s", v.quoted(s), want)
	}
}

// owner reads a role.
func (v value) owner(into *string) {
	roles := policy.Owners()
	want := "write a role: " + join(roles, "or")
	var s string
	if !v.filled(want, &s) {
		return
	}
	i := slices.IndexFunc(roles, func(role string) bool { return strings.EqualFold(role, s) })
	switch near := likeness.Nearest(s, roles); {
	case i >= 0:
		*into = roles[i]
	case near != "":
		v.fail("unknown role %s: did you mean %q?", v.quoted(s), near)
	default:
		v.fail("unknown role %s: %s", v.quoted(s), want)
	}
}

// condition reads when a rule is raised.
func (v value) condition(kind register.Kind, into **custom.Condition) {
	const want = "write a condition, such as course_start < today and not is_yes(id_verified)"
	if n, ok := v.node.(*ast.LiteralNode); ok { // its lines are one condition
		v.at = n.GetToken()
		n.Value.Value = strings.ReplaceAll(strings.TrimSpace(n.Value.Value), "\n", " ")
	}
	var s string
	if !v.filled(want, &s) {
		return
	}
	when, err := custom.ParseCondition(kind, s)
	if err != nil {
		v.mistaken(s, err)
		return
	}
	*into = when
}

// message reads a text with columns in it.
func (v value) message(d *custom.Definition, want string, into **custom.Text) {
	var s string
	if !v.atMost(longestText, want, &s) {
		return
	}
	s = strings.TrimRight(s, ". ")
	text, err := custom.ParseText(d.Kind, s)
	switch {
	case err != nil:
		v.mistaken(s, err)
	case text.UsesDue && d.Due == nil:
		v.fail("{due} stands here, and the rule has no due date: write due: {from: Course Start, after: 10 working days}, or take it out")
	default:
		*into = text
	}
}

// mistaken notes what is wrong inside a text, at its place there.
func (v value) mistaken(text string, err error) {
	m, ok := errors.AsType[*custom.Mistake](err)
	if !ok {
		v.fail("%v", err)
		return
	}
	v.at = v.inside(text, m.From, m.To)
	if near := likeness.Nearest(m.Name, m.Known); near != "" {
		v.fail("%s: did you mean %s?", m.Text, near)
		return
	}
	v.fail("%v", m)
}

// due reads from which day a due date is counted, and how.
func (v value) due(d *custom.Definition) {
	var due custom.Due
	var dates []string
	for _, c := range d.Kind.Inputs() {
		if t := c.Type(); (t == register.TypeDate || t == register.TypeDateOrYes) && c != register.DateOfBirth {
			dates = append(dates, c.String())
		}
	}
	before := len(v.doc.problems)
	seen := v.object("write from which column and after how long, such as {from: Course Start, after: 10 working days}",
		field{"from", func(v value) {
			want := "write a column of dates: " + join(dates, "or")
			var s string
			if !v.filled(want, &s) {
				return
			}
			c, ok := columnOf(d.Kind, s)
			switch near := likeness.Nearest(s, dates); {
			case ok && slices.Contains(dates, c.String()):
				due.From = c
			case ok && c == register.DateOfBirth:
				v.fail("a due date would tell the date of birth: count from another column")
			case near != "":
				v.fail("%s is no column of dates on %s: did you mean %s?", v.quoted(s), d.Kind, near)
			default:
				v.fail("%s is no column of dates on %s: %s", v.quoted(s), d.Kind, want)
			}
		}},
		field{"after", func(v value) { v.duration(&due.After) }},
	)
	v.wants(seen, "from", "after")
	if d.Severity == policy.Data || d.Severity == policy.Info {
		v.fail("what is %s has no due date: take it out, or write another severity", d.Severity)
	}
	if len(v.doc.problems) == before {
		d.Due = &due
	}
}

// columnOf finds a column that staff fill by its name, as headings are compared.
func columnOf(kind register.Kind, name string) (register.Column, bool) {
	inputs := kind.Inputs()
	i := slices.IndexFunc(inputs, func(c register.Column) bool {
		return register.NormalHeading(c.String()) == register.NormalHeading(name)
	})
	if i < 0 {
		return 0, false
	}
	return inputs[i], true
}

// examples reads rows and what a rule is to say of them.
func (v value) examples(kind register.Kind) []ruleExample {
	const want = "write a list of rows, such as [{row: {Course Start: 2026-03-30}, raises: true}]"
	var out []ruleExample
	items, _ := v.items(want)
	for _, item := range items {
		e := ruleExample{at: item, row: map[register.Column]string{}}
		seen := item.object("write {row: {Course Start: 2026-03-30}, raises: true}",
			field{"as_of", func(v value) { v.date(&e.asOf) }},
			field{"row", func(v value) { v.row(kind, e.row) }},
			field{"raises", func(v value) { v.yesNo(&e.raises) }})
		item.wants(seen, "row", "raises")
		out = append(out, e)
	}
	return out
}

// row reads what stands in the cells of an example.
func (v value) row(kind register.Kind, into map[register.Column]string) {
	var known []string
	for _, c := range kind.Inputs() {
		known = append(known, c.String())
	}
	for _, e := range v.entries("write columns and what stands in their cells, such as {Course Start: 2026-03-30}") {
		c, ok := columnOf(kind, e.key)
		if !ok {
			e.unknown("column of "+kind.String(), known)
			continue
		}
		switch n := e.value.node.(type) {
		case *ast.StringNode:
			into[c] = n.Value
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			into[c] = n.GetToken().Value
		case nil, *ast.NullNode:
		default:
			e.value.wrong("write what stands in the cell, in quotes where it is more than a word, a number or a date")
		}
	}
}

// TryExamples runs the examples that stand beside rules. An error is an *Error that
// names those of which the rule says something else than they do. Today is the day
// for those to which it does not matter.
func (c *Config) TryExamples(today calendar.Date) error {
	if len(c.examples) == 0 {
		return nil
	}
	doc := c.examples[0].at.doc
	doc.problems = nil
	for _, e := range c.examples {
		if e.asOf.IsZero() {
			e.asOf = today
		}
		e.try(c)
	}
	if len(doc.problems) == 0 {
		return nil
	}
	return &Error{File: c.File, Problems: doc.sorted()}
}

// Examples is how many rows stand beside rules as examples.
func (c *Config) Examples() int { return len(c.examples) }

// try judges the row as if it were the only one, whenever its clock began.
func (e *ruleExample) try(c *Config) {
	kind := e.rule.On
	report := policy.Judge([]*register.Workbook{register.MadeUp(e.asOf, kind, e.row)},
		policy.Options{AsOf: e.asOf, Calendar: c.Calendar, Versions: c.Policy, JudgeFrom: 1, SnoozeLimit: c.SnoozeLimit, More: []policy.Rule{e.rule}})
	raised := slices.IndexFunc(report.Findings, func(f policy.Finding) bool { return f.Rule == e.rule.ID })
	switch {
	case raised >= 0 && !e.raises:
		f := &report.Findings[raised]
		e.at.fail("%s is raised by this row (%s: %s): correct the condition, or write raises: true", e.rule.ID, f.Severity, f.Message)
	case raised < 0 && e.raises:
		why := ""
		for _, f := range report.Findings {
			if f.Rule == "DAT-02" || f.Rule == "DAT-08" { // for which the rule may not have been asked
				why = "; " + f.Rule + " is: " + strings.TrimSuffix(f.Message, ".")
				break
			}
		}
		e.at.fail("%s is not raised by this row%s: correct the condition or the row, or write raises: false", e.rule.ID, why)
	}
}
