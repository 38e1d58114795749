package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// trace notes how one learner's records are judged while they are. A nil trace
// notes nothing.
type trace struct {
	id       string // the Learner ID as compared
	accounts map[*entry]*Account
}

// of returns the account of a record, nil where it is not the learner's.
func (t *trace) of(e *entry) *Account {
	if t == nil || e.rec.Key.ID != t.id || t.id == "" {
		return nil
	}
	a := t.accounts[e]
	if a == nil {
		a = &Account{}
		t.accounts[e] = a
	}
	return a
}

// count notes a date that was counted from a day in a column of the record.
func (t *trace) count(j *judge, e *entry, column register.Column, c Count) {
	a := t.of(e)
	if a == nil {
		return
	}
	if c.Period.Unit == calendar.WorkingDays {
		c.Skipped = j.cal.Skipped(c.From, c.Date, c.Clock)
	}
	c.Cell = origin(e, column, c.From)
	for i := range j.rules {
		if r := &j.rules[i]; r.ID == j.keys[c.Number].UsedBy[0] {
			c.Clause = r.Clause
		}
	}
	if j.at == e {
		c.Rule, c.Clause = j.rule.ID, j.rule.Clause
	}
	a.Counts = append(a.Counts, c)
}

// origin finds the cell with the day from which something was counted: that of
// the column, or of the last sign-off, which stands in for the IQA's confirmation.
func origin(e *entry, column register.Column, day calendar.Date) Cell {
	if column != 0 && e.rec.Value(column).Date == day {
		return cellOf(e.rec, column)
	}
	for _, a := range e.file.mandatory() {
		if a.signedOff == day {
			return cellOf(a.rec, register.IQASignedOff)
		}
	}
	return Cell{}
}

// conditions notes whether the conditions of the claim hold, and what shows it.
func (t *trace) conditions(j *judge, c *claim) {
	a := t.of(&c.entry)
	if a == nil {
		return
	}
	for i, why := range c.failed {
		cond := condition(i)
		a.Conditions = append(a.Conditions, Condition{Name: cond.String(), On: j.testedOn(c), Why: why, Proof: j.proof(c, cond)})
	}
}

// rule notes what the rule in hand, which has looked at the record in hand, says
// of it.
func (t *trace) rule(j *judge, e *entry, findings []Finding) {
	a := t.of(e)
	if a == nil || len(findings) == 0 && j.why == ofOtherSheets {
		return
	}
	since := j.clockInHand()
	r := Ruling{Rule: j.rule, Outcome: Holds, Since: since, Policy: j.numbers(since).Version}
	switch {
	case len(findings) > 0:
		r.Outcome, r.Findings = Raised, append(r.Findings, findings...)
	case j.why != "":
		r.Outcome, r.Why = NotAsked, j.why
	}
	a.Rulings = append(a.Rulings, r)
}

// each calls do with the learner's records and their accounts, by kind, each in
// the order of the set.
func (t *trace) each(s *set, do func(*entry, *Account)) {
	visit := func(e *entry) {
		if a := t.of(e); a != nil {
			do(e, a)
		}
	}
	for i := range s.enrolments {
		visit(&s.enrolments[i].entry)
	}
	for i := range s.assessments {
		visit(&s.assessments[i].entry)
	}
	for i := range s.claims {
		visit(&s.claims[i].entry)
	}
	for i := range s.withdrawals {
		visit(&s.withdrawals[i].entry)
	}
	for i := range s.adjustments {
		visit(&s.adjustments[i].entry)
	}
}

// cellOf says where a cell is and what it holds. What could name somebody is
// not repeated: of a text it says only that it is there.
func cellOf(r *register.Record, c register.Column) Cell {
	s := r.Sheet
	cell := Cell{Workbook: s.Workbook, Sheet: s.Name, Row: r.Row, Col: s.Column(c), Column: c.String()}
	switch v := r.Value(c); {
	case !s.Has(c):
		cell.Says = "no such column"
	case v.State == register.Unreadable:
		cell.Says = "cannot be read"
	case v.IsNA():
		cell.Says = "n/a"
	case v.IsBlank():
		cell.Says = "blank"
	case !v.Date.IsZero():
		cell.Says = v.Date.Long()
	case v.Answer == register.Yes:
		cell.Says = "yes"
	case v.Answer == register.No:
		cell.Says = "no"
	case c == register.UnitCode || c.Type() == register.TypeDecision || c.Type() == register.TypeRole:
		cell.Says = v.Text
	default:
		cell.Says = "filled in"
	}
	return cell
}
