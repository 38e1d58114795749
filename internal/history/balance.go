package history

import (
	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// Balance says how what was open at one observation became what is open now:
// Before + New + Woken − Closed − Snoozed = Now.
type Balance struct {
	Day     calendar.Date // of the earlier observation
	Before  int           // open then
	New     int           // open now, and not known then, or closed
	Woken   int           // open now, and snoozed then
	Closed  int           // open then, and closed now
	Snoozed int           // open then, and snoozed now
	Now     int           // open now
}

// Admit says whether somebody is told of a finding that stands so. It may depend
// on how it stands, as what is missed is told in another place than what is to
// do.
type Admit func(*Life, Standing) bool

// Balance compares now with an earlier observation.
func (n *Now) Balance(since Observation, admit Admit) Balance {
	b := Balance{Day: since.Day}
	for _, l := range n.Lives {
		was, is := l.At(since.ID), l.At(Present)
		b.add(was, is, was.State == Open && admit(l, was), is.State == Open && admit(l, is))
	}
	return b
}

// Add counts a finding that stood so at the earlier time, and stands so now.
func (b *Balance) Add(was, is Standing) { b.add(was, is, was.State == Open, is.State == Open) }

// add is Add for somebody who is told of it, or not, before and now.
func (b *Balance) add(was, is Standing, before, now bool) {
	if before {
		b.Before++
	}
	if now {
		b.Now++
	}
	switch {
	case before && !now && is.State == Snoozed:
		b.Snoozed++
	case before && !now:
		b.Closed++
	case !before && now && was.State == Snoozed:
		b.Woken++
	case !before && now:
		b.New++
	}
}

// Baseline returns the observation of the last digest from before the day, and
// whether there is one.
func (p *Past) Baseline(day calendar.Date) (o Observation, found bool) {
	for _, d := range p.Digests {
		if d.Day < day && (!found || d.Day >= o.Day) {
			o, found = d, true
		}
	}
	return o, found
}

// Week is how much was open at the end of a week.
type Week struct {
	Day                    calendar.Date
	Overdue, AtRisk, Other int
	Known                  bool // somebody had looked by then
}

// Weeks counts what was open on the day of now and on the same weekday of the
// weeks before, oldest first, count of them in all.
func (n *Now) Weeks(count int, admit Admit) []Week {
	weeks := make([]Week, count)
	at := make([]int64, count)
	for i := range weeks {
		weeks[i].Day = n.AsOf - calendar.Date(7*(count-1-i))
		at[i], weeks[i].Known = n.observed(weeks[i].Day)
	}
	for _, l := range n.Lives {
		for i := range weeks {
			if !weeks[i].Known {
				continue
			}
			if s := l.At(at[i]); s.State == Open && admit(l, s) {
				weeks[i].add(s)
			}
		}
	}
	return weeks
}

// observed returns the observation that says how things stood on a day: that of
// the day's digest, or else the last one by then.
func (n *Now) observed(day calendar.Date) (id int64, found bool) {
	if day == n.AsOf {
		return Present, true
	}
	for _, o := range n.Past.Observations {
		if o.Day <= day {
			id, found = o.ID, true
		}
	}
	for _, o := range n.Past.Digests {
		if o.Day == day {
			id, found = o.ID, true
		}
	}
	return id, found
}

func (w *Week) add(s Standing) {
	switch s.Severity {
	case policy.Overdue:
		w.Overdue++
	case policy.AtRisk:
		w.AtRisk++
	default:
		w.Other++
	}
}
