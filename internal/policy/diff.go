package policy

import (
	"cmp"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Supposing returns the options with other numbers in force from a day on, in the
// place of the versions that begin there or later. No date: from the first day of
// the earliest version, as if they had always been in force. Records are judged
// from the same day as before.
func (o Options) Supposing(n Numbers, from calendar.Date) Options {
	if o.JudgeFrom.IsZero() {
		o.JudgeFrom = o.Versions[0].InForce
	}
	n.InForce = cmp.Or(from, o.Versions[0].InForce)
	var versions []Numbers
	for _, v := range o.Versions {
		if v.InForce < n.InForce {
			versions = append(versions, v)
		}
	}
	o.Versions = append(versions, n)
	return o
}

// Difference is what is judged otherwise by other numbers.
type Difference struct {
	Dates    int // due dates that both have: deadlines of records, and of what is to be done about them
	Earlier  int // of them
	Later    int
	Sooner   int // by how many days one is earlier at most
	Further  int // by how many days one is later at most
	Moves    []Move
	Rules    []RuleDifference // in the order of IDs
	Late     int              // what is overdue or missed, logged too, in the first
	LateThen int              // in the second
}

// Move is records of a kind that are in another status.
type Move struct {
	Kind     register.Kind
	From, To string
	Records  int
	Learners []string // their IDs as staff wrote them, each once, in the order of the set; a record may have none
	ids      map[string]bool
}

// RuleDifference is a rule that raises more or less.
type RuleDifference struct {
	Rule, Title    string
	Raised, Then   int // how many findings in the first, in the second
	Late, LateThen int // of them overdue or missed, logged too
}

// Compare says what the second report of a set of workbooks says otherwise than
// the first. Both are of the same records, in the same order.
func Compare(first, second *Report) *Difference {
	d := &Difference{}
	then := dues(second)
	for at, day := range dues(first) {
		if other := then[at]; !other.IsZero() {
			d.date(day, other)
		}
	}
	for i := range first.Rows {
		if a, b := &first.Rows[i], &second.Rows[i]; a.Status != b.Status {
			d.move(a.Record, a.Status, b.Status)
		}
	}
	slices.SortStableFunc(d.Moves, func(a, b Move) int { return cmp.Compare(a.Kind, b.Kind) })
	d.compareRules(first, second)
	return d
}

// duty is what is due about a record: its deadline, what its certificate waits
// for, or what one of its findings does.
type duty struct {
	workbook, sheet string
	row             int
	date            int    // which of the row's dates
	rule, field     string // of a finding
}

// dues lists the due dates of records, each once: those of findings that are no
// deadline of the record.
func dues(r *Report) map[duty]calendar.Date {
	out := map[duty]calendar.Date{}
	for i := range r.Rows {
		row := &r.Rows[i]
		at := duty{workbook: row.Record.Sheet.Workbook, sheet: row.Record.Sheet.Name, row: row.Record.Row}
		for k, day := range [...]calendar.Date{row.Deadline, row.IssueBy, row.HoldUntil} {
			if at.date = k; !day.IsZero() {
				out[at] = day
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		at := duty{workbook: f.Workbook, sheet: f.Sheet, row: f.Row}
		isKnown := false
		for at.date = range 3 {
			isKnown = isKnown || out[at] == f.Due
		}
		if at.rule, at.field = f.Rule, f.Field; !isKnown && !f.Due.IsZero() {
			out[at] = f.Due
		}
	}
	return out
}

// date takes a due date into account.
func (d *Difference) date(first, second calendar.Date) {
	d.Dates++
	switch days := int(second - first); {
	case days < 0:
		d.Earlier++
		d.Sooner = max(d.Sooner, -days)
	case days > 0:
		d.Later++
		d.Further = max(d.Further, days)
	}
}

// move takes a record into account that is in another status.
func (d *Difference) move(r *register.Record, from, to string) {
	i := slices.IndexFunc(d.Moves, func(m Move) bool { return m.Kind == r.Sheet.Kind && m.From == from && m.To == to })
	if i < 0 {
		i = len(d.Moves)
		d.Moves = append(d.Moves, Move{Kind: r.Sheet.Kind, From: from, To: to, ids: map[string]bool{}})
	}
	m := &d.Moves[i]
	m.Records++
	if id := r.Key.ID; id != "" && !m.ids[id] {
		m.ids[id] = true
		m.Learners = append(m.Learners, r.LearnerID())
	}
}

// compareRules counts the findings of each rule.
func (d *Difference) compareRules(first, second *Report) {
	rules := map[string]*RuleDifference{}
	count := func(findings []Finding, raised, late func(*RuleDifference) *int, total *int) {
		for i := range findings {
			f := &findings[i]
			if rules[f.Rule] == nil {
				rules[f.Rule] = &RuleDifference{Rule: f.Rule, Title: first.Titles[f.Rule]}
			}
			r := rules[f.Rule]
			*raised(r)++
			if f.Severity == Overdue || f.Severity == Breach || f.Logged {
				*late(r)++
				*total++
			}
		}
	}
	count(first.Findings, func(r *RuleDifference) *int { return &r.Raised }, func(r *RuleDifference) *int { return &r.Late }, &d.Late)
	count(second.Findings, func(r *RuleDifference) *int { return &r.Then }, func(r *RuleDifference) *int { return &r.LateThen }, &d.LateThen)
	for _, r := range rules {
		if r.Raised != r.Then || r.Late != r.LateThen {
			d.Rules = append(d.Rules, *r)
		}
	}
	slices.SortFunc(d.Rules, func(a, b RuleDifference) int { return cmp.Compare(a.Rule, b.Rule) })
}
