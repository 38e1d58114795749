package cli

import (
	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// explanation is the JSON of explain.
type explanation struct {
	AsOf       calendar.Date  `json:"as_of"`
	Policy     string         `json:"policy"`
	LearnerID  string         `json:"learner_id"`
	Next       []jsonStep     `json:"next"`
	Positions  []jsonPosition `json:"positions"`
	NotChecked []jsonUnasked  `json:"not_checked"`
	NotRead    []jsonUnread   `json:"not_read"`
}

type jsonStep struct {
	Severity        policy.Severity `json:"severity"`
	Owner           string          `json:"owner"`
	Action          string          `json:"action"`
	Due             calendar.Date   `json:"due"`
	WorkingDaysLeft *int            `json:"working_days_left"`
	Rule            string          `json:"rule"`
	Workbook        string          `json:"workbook"`
	Sheet           string          `json:"sheet"`
	Row             int             `json:"row"`
}

type jsonPosition struct {
	QualificationCode string        `json:"qualification_code"`
	Records           []jsonAccount `json:"records"`
}

type jsonAccount struct {
	jsonRow
	UnitCode     string          `json:"unit_code"`
	Duplicate    bool            `json:"duplicate"`
	Current      bool            `json:"current"`
	SnoozedUntil calendar.Date   `json:"snoozed_until"`
	Policy       string          `json:"policy"`
	ClockStarted calendar.Date   `json:"clock_started"`
	Cells        []jsonCell      `json:"cells"`
	Counts       []jsonCounted   `json:"counts"`
	Conditions   []jsonCondition `json:"conditions"`
	Rules        []jsonRuling    `json:"rules"`
}

type jsonCell struct {
	Cell   string `json:"cell"`
	Column string `json:"column"`
	Says   string `json:"says"`
}

type jsonCounted struct {
	What     string        `json:"what"`
	Rule     string        `json:"rule"`
	Clause   string        `json:"clause"`
	Number   string        `json:"number"`
	Period   string        `json:"period"`
	Clock    string        `json:"clock"`
	Policy   string        `json:"policy"`
	From     calendar.Date `json:"from"`
	FromCell string        `json:"from_cell"`
	Date     calendar.Date `json:"date"`
	Skipped  []jsonSkipped `json:"skipped"`
}

type jsonCondition struct {
	Condition string        `json:"condition"`
	Holds     bool          `json:"holds"`
	On        calendar.Date `json:"on"`
	Why       string        `json:"why"`
	Proof     []jsonCell    `json:"proof"`
}

type jsonRuling struct {
	Rule         string         `json:"rule"`
	Clause       string         `json:"clause"`
	Outcome      policy.Outcome `json:"outcome"`
	Why          string         `json:"why"`
	Policy       string         `json:"policy"`
	ClockStarted calendar.Date  `json:"clock_started"`
	Findings     []jsonFinding  `json:"findings"`
}

type jsonUnread struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

func explanationJSON(x *policy.Explanation, unread []batch.Workbook) explanation {
	out := explanation{AsOf: x.AsOf, Policy: x.Policy, LearnerID: x.LearnerID, Next: []jsonStep{}, NotChecked: []jsonUnasked{}, NotRead: unreadJSON(unread)}
	for i := range x.Steps {
		out.Next = append(out.Next, stepJSON(&x.Steps[i].Finding))
	}
	for _, p := range x.Positions {
		records := []jsonAccount{}
		for _, a := range p.Accounts {
			records = append(records, accountJSON(a))
		}
		out.Positions = append(out.Positions, jsonPosition{p.QualificationCode, records})
	}
	for _, n := range x.NotChecked {
		out.NotChecked = append(out.NotChecked, jsonUnasked{n.Rule, n.Reason})
	}
	return out
}

func unreadJSON(unread []batch.Workbook) []jsonUnread {
	out := []jsonUnread{}
	for _, w := range unread {
		out = append(out, jsonUnread{w.Path, w.Reason})
	}
	return out
}

func stepJSON(f *policy.Finding) jsonStep {
	step := jsonStep{Severity: f.Severity, Owner: f.Owner, Action: f.Action, Due: f.Due, Rule: f.Rule, Workbook: f.Workbook, Sheet: f.Sheet, Row: f.Row}
	if !f.Due.IsZero() {
		step.WorkingDaysLeft = &f.WorkingDaysLeft
	}
	return step
}

func accountJSON(a *policy.Account) jsonAccount {
	out := jsonAccount{
		jsonRow: rowJSON(&a.Row), UnitCode: a.Row.Record.UnitCode(), Duplicate: a.Duplicate, Current: a.Current, Policy: a.Row.Policy, ClockStarted: a.Since,
		Cells: cellsJSON(a.Cells), Counts: []jsonCounted{}, Conditions: []jsonCondition{}, Rules: []jsonRuling{},
	}
	if a.Row.Snooze != nil {
		out.SnoozedUntil = a.Row.Snooze.Until
	}
	for i := range a.Counts {
		c := &a.Counts[i]
		out.Counts = append(out.Counts, jsonCounted{
			What: c.What, Rule: c.Rule, Clause: c.Clause, Number: c.Number, Period: c.Period.String(), Clock: clockName(c.Clock), Policy: c.Policy,
			From: c.From, FromCell: address(c.Cell), Date: c.Date, Skipped: skippedJSON(c.Skipped),
		})
	}
	for _, c := range a.Conditions {
		out.Conditions = append(out.Conditions, jsonCondition{c.Name, c.Why == "", c.On, c.Why, cellsJSON(c.Proof)})
	}
	for i := range a.Rulings {
		r := &a.Rulings[i]
		ruling := jsonRuling{Rule: r.Rule.ID, Clause: r.Rule.Clause, Outcome: r.Outcome, Why: r.Why, Policy: r.Policy, ClockStarted: r.Since, Findings: []jsonFinding{}}
		for k := range r.Findings {
			ruling.Findings = append(ruling.Findings, findingJSON(&r.Findings[k]))
		}
		out.Rules = append(out.Rules, ruling)
	}
	return out
}

func cellsJSON(cells []policy.Cell) []jsonCell {
	out := []jsonCell{}
	for _, c := range cells {
		out = append(out, jsonCell{address(c), c.Column, c.Says})
	}
	return out
}
