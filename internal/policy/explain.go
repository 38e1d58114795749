package policy

import (
	"cmp"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Explanation is one learner's whole position: what the rules say of each
// record, and how they came to say it.
type Explanation struct {
	AsOf       calendar.Date
	Policy     string // the version in force on AsOf
	LearnerID  string // as staff wrote it where it stands first
	Steps      []Step // what to do next, most urgent first
	Positions  []Position
	NotChecked []NotChecked // as of Report
}

// Position is what belongs together: an enrolment with its units, claims and
// withdrawals; or records that belong to no enrolment.
type Position struct {
	QualificationCode string     // as staff wrote it where it stands first; empty where there is none
	Accounts          []*Account // by kind, each in the order of the set
}

// Account is what is known of one record.
type Account struct {
	Row        Row
	Duplicate  bool          // an earlier record stands for the same (DAT-05)
	Current    bool          // of the enrolments on the qualification the one that counts today
	Since      calendar.Date // when its clock started, no date where it has none
	Cells      []Cell        // what is filled in, but what identifies the learner
	Counts     []Count       // in the order in which they were made
	Conditions []Condition   // of a claim that belongs to an enrolment
	Rulings    []Ruling      // in the order of rules
}

// Count is a date that was counted, and how.
type Count struct {
	What    string            // what ends on Date
	Number  string            // its key
	Period  calendar.Duration // its value
	Clock   calendar.Clock    // whose working days they are
	Policy  string            // the version that says so
	Clause  string
	From    calendar.Date
	Cell    Cell // where From stands
	Date    calendar.Date
	Skipped []calendar.Skipped // weekdays that were not counted
	Rule    string             // the ID of the rule that had it counted; empty: it makes the status
}

// Cell is a cell of a workbook and what it says. A text is only said to be there.
type Cell struct {
	Workbook, Sheet string
	Row, Col        int    // Col is 0 where the sheet has no such column
	Column          string // its name
	Says            string // such as "yes", "Mon 30 Mar 2026", "blank"
}

// Condition is a condition of eligibility for a claim (P 5.1).
type Condition struct {
	Name  string
	On    calendar.Date // the day on which it has to hold
	Why   string        // why it does not; empty where it does
	Proof []Cell        // what shows it; none where no unit is achieved whose assessor counts
}

// Outcome is what became of a rule on a record.
type Outcome string

// The outcomes.
const (
	Raised   Outcome = "raised"
	Holds    Outcome = "holds"
	NotAsked Outcome = "not asked"
)

// Ruling is what a rule says of a record.
type Ruling struct {
	Rule     *Rule
	Outcome  Outcome
	Why      string        // why it asks nothing
	Since    calendar.Date // when the clock started that it goes by, no date where it goes by none
	Policy   string        // the version by which it judges
	Findings []Finding     // what it raised
}

// Step is one thing to do next.
type Step struct {
	Finding
	Account *Account
}

// Explain judges a set of workbooks as Judge does, and explains what it says of
// one learner's records: of all, or of those with one Qualification Code. There
// are no positions where the learner has no such records.
func Explain(workbooks []*register.Workbook, opt Options, learnerID, qualificationCode string) *Explanation {
	j := newJudge(&opt)
	j.trace = &trace{id: register.NormalID(learnerID), accounts: map[*entry]*Account{}}
	j.judge(workbooks)
	x := &Explanation{AsOf: j.asOf, Policy: j.report.Policy, NotChecked: j.report.NotChecked}
	rows := map[*register.Record]*Row{}
	for i := range j.report.Rows {
		rows[j.report.Rows[i].Record] = &j.report.Rows[i]
	}
	j.trace.each(j.set, func(e *entry, a *Account) {
		a.Row = *rows[e.rec]
		j.describe(e, a)
		if x.LearnerID == "" {
			x.LearnerID = e.rec.LearnerID()
		}
	})
	x.Positions = j.positions(register.NormalCode(qualificationCode))
	for _, p := range x.Positions {
		for _, a := range p.Accounts {
			x.Steps = append(x.Steps, j.steps(a)...)
		}
	}
	slices.SortStableFunc(x.Steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(urgency(&a.Finding), urgency(&b.Finding)), compareStarts(a.Due, b.Due))
	})
	return x
}

// describe completes the account of a record.
func (j *judge) describe(e *entry, a *Account) {
	kind := e.rec.Sheet.Kind
	a.Duplicate, a.Since = e.duplicate, e.own
	a.Current = kind == register.Enrolments && e.enrolment.isCurrent
	for _, c := range kind.Inputs() {
		if v := e.rec.Value(c); !isLeftOut(c) && v.State != register.Blank {
			a.Cells = append(a.Cells, cellOf(e.rec, c))
		}
	}
	for _, r := range j.plans[kind].unasked {
		i := slices.IndexFunc(j.report.NotChecked, func(n NotChecked) bool { return n.Rule == r.ID })
		a.Rulings = append(a.Rulings, Ruling{Rule: r, Outcome: NotAsked, Why: j.report.NotChecked[i].Reason, Policy: j.report.Policy})
	}
	slices.SortStableFunc(a.Rulings, func(a, b Ruling) int { return cmp.Compare(a.Rule.ID, b.Rule.ID) })
}

// isLeftOut reports whether a column says who somebody is, or what the account's
// heading says, or nothing of the learner's position.
func isLeftOut(c register.Column) bool {
	switch c {
	case register.LearnerID, register.ULN, register.LegalFirstName, register.LegalLastName, register.DateOfBirth, register.Email, register.Telephone, register.Tutor,
		register.QualificationCode, register.UnitCode, register.QualificationTitle, register.Level, register.Credits, register.AdjustmentType, register.SnoozeReason, register.SnoozeBy:
		return true
	}
	return false
}

// positions puts the learner's records together: those of one file, and each
// that has no file by its code. Codes are compared as given; empty: all.
func (j *judge) positions(code string) []Position {
	type place struct {
		file *file
		code string
	}
	at := map[place]int{}
	var out []Position
	j.trace.each(j.set, func(e *entry, a *Account) {
		key := e.rec.Key.Code
		if code != "" && key != code {
			return
		}
		where := place{e.file, key}
		i, known := at[where]
		if !known {
			i = len(out)
			at[where] = i
			out = append(out, Position{QualificationCode: e.rec.QualificationCode()})
		}
		out[i].Accounts = append(out[i].Accounts, a)
	})
	return out
}

// steps lists what there is to do about the record: what its findings ask for,
// or where there are none, its status.
func (j *judge) steps(a *Account) []Step {
	var all []Finding
	for i := range a.Rulings {
		all = append(all, a.Rulings[i].Findings...)
	}
	var out []Step
	for _, f := range all {
		if !f.Logged && f.Snooze == nil {
			out = append(out, Step{f, a})
		}
	}
	if mostUrgent(all) != nil {
		return out
	}
	rec := a.Row.Record
	if owner, action := asks(rec.Sheet.Kind, a.Row.Status); action != "" {
		p := problem{due: a.Row.Deadline, action: action}
		f := Finding{
			Severity: Todo, Owner: owner, Action: j.text.action(&p, ""), Due: a.Row.Deadline, Policy: a.Row.Policy,
			Workbook: rec.Sheet.Workbook, Sheet: rec.Sheet.Name, Kind: rec.Sheet.Kind, Row: rec.Row,
		}
		if !f.Due.IsZero() {
			f.WorkingDaysLeft = j.cal.Left(j.asOf, f.Due)
		}
		out = append(out, Step{f, a})
	}
	return out
}
