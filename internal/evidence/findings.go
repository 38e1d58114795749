package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"regcert/internal/actionlist"
	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/history"
)

// on returns how a finding stood at the end of a day.
func on(l *history.Life, day calendar.Date) (s history.Standing) {
	for _, e := range l.Events {
		if e.Day <= day {
			s = history.Standing{State: e.State, Severity: e.Severity}
		}
	}
	return s
}

// isIn reports whether there was anything of a finding in the period: it was not
// closed all the time.
func (r *Record) isIn(l *history.Life) bool {
	if was := on(l, r.From-1); was.State == history.Open || was.State == history.Snoozed {
		return true
	}
	return slices.ContainsFunc(l.Events, func(e history.Event) bool { return r.From <= e.Day && e.Day <= r.To })
}

// balance says how what was open before the period became what was open at its
// end.
func (r *Record) balance() (b history.Balance) {
	for _, l := range r.Lives {
		b.Add(on(l, r.From-1), on(l, r.To))
	}
	return b
}

// mostChanges is how many changes of one finding are told; earlier ones are
// counted.
const mostChanges = 40

// findings lists what was found of each learner and what became of it by the end
// of the period.
func (r *Record) findings() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Findings", Frozen: 1, Columns: []actionlist.Column{
		{Heading: "Learner ID", Width: 12}, {Heading: "Qualification", Width: 13}, {Heading: "Unit or Subject", Width: 16}, {Heading: "Rule", Width: 9}, {Heading: "Clause", Width: 9}, {Heading: "Who Acts", Width: 17},
		{Heading: "Due", Width: 11}, {Heading: "First Seen", Width: 11}, {Heading: "As", Width: 11}, {Heading: "What Happened Then", Width: 40}, {Heading: "At The End", Width: 18}, {Heading: "Workbook", Width: 26}, {Heading: "Cell", Width: 16},
	}}
	var lives []*history.Life
	learners := map[string]bool{}
	for _, l := range r.Lives {
		if r.isIn(l) {
			lives = append(lives, l)
			if l.Key.ID != "" {
				learners[l.Key.ID] = true
			}
		}
	}
	slices.SortStableFunc(lives, func(a, b *history.Life) int {
		return cmp.Or(cmp.Compare(a.Key.ID, b.Key.ID), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Matter, b.Matter), cmp.Compare(a.First(), b.First()), cmp.Compare(a.ID, b.ID))
	})
	for _, l := range lives {
		first, end := l.Events[0], on(l, r.To)
		s.Rows = append(s.Rows, []actionlist.Cell{
			text(cmp.Or(l.LearnerID, "none"), shortText), text(l.QualificationCode, shortText), text(l.UnitCode, shortText), text(cmp.Or(l.Rule, l.Matter), shortText), text(l.Clause, shortText), text(l.Owner, shortText),
			actionlist.Day(l.Due), actionlist.Day(first.Day), actionlist.Status(standing(history.Standing{State: first.State, Severity: first.Severity}), severityTone(first.Severity)),
			text(r.changes(l), 4000), endCell(end), text(l.Workbook, pathText), text(place(l), pathText),
		})
	}
	s.About = fmt.Sprintf("%s about %s; rule, who acts, due date and place are as last seen", plural(len(lives), "finding"), plural(len(learners), "learner"))
	return bounded(s)
}

// standing says how a finding stood.
func standing(s history.Standing) string {
	switch s.State {
	case history.Closed:
		return "closed"
	case history.Snoozed:
		return digest.InWords(s.Severity) + ", snoozed"
	}
	return digest.InWords(s.Severity)
}

func endCell(end history.Standing) actionlist.Cell {
	if end.State == history.Closed {
		return actionlist.Status(standing(end), actionlist.Green)
	}
	return actionlist.Status(standing(end), severityTone(end.Severity))
}

// changes tells what happened to a finding after it was first seen.
func (r *Record) changes(l *history.Life) string {
	was := history.Standing{State: l.Events[0].State, Severity: l.Events[0].Severity}
	var parts []string
	for _, e := range l.Events[1:] {
		if e.Day > r.To {
			break
		}
		is := history.Standing{State: e.State, Severity: e.Severity}
		what := e.Day.UK() + " " + history.ChangeOf(was, is).String()
		if is.State != history.Closed {
			what += ": " + digest.InWords(is.Severity)
		}
		parts = append(parts, what)
		was = is
	}
	if more := len(parts) - mostChanges; more > 0 {
		parts = append([]string{fmt.Sprintf("%d earlier changes", more)}, parts[more:]...)
	}
	return strings.Join(parts, "; ")
}
