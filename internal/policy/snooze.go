package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Snooze is what staff say of a record whose findings may wait. Breaches and
// what is wrong in the data cannot.
type Snooze struct {
	Until  calendar.Date // the last day of it
	Reason string        // as staff wrote it
	By     string        // who put it there, as staff wrote it: a person's name
}

// SnoozeLimitKey is what the configuration calls how far ahead a record can be
// snoozed. It belongs to no version of the policy.
const SnoozeLimitKey = "snooze_limit"

// DefaultSnoozeLimit is how far ahead a record can be snoozed where nothing
// else is said: the house's choice.
func DefaultSnoozeLimit() calendar.Duration {
	return calendar.Duration{N: 60, Unit: calendar.Days}
}

// SnoozedUntil returns the last day on which the finding is snoozed, no date
// where it is not.
func (f *Finding) SnoozedUntil() calendar.Date {
	if f.Snooze == nil {
		return 0
	}
	return f.Snooze.Until
}

// snoozeLimit is how far ahead a record can be snoozed, and the last day.
type snoozeLimit struct {
	ahead calendar.Duration
	last  calendar.Date
}

func newSnoozeLimit(opt *Options) snoozeLimit {
	ahead := snoozeAhead(opt.SnoozeLimit)
	return snoozeLimit{ahead, opt.Calendar.Add(opt.AsOf, ahead, calendar.Centre)}
}

// snoozeAhead is the limit, or the default where none is given.
func snoozeAhead(limit calendar.Duration) calendar.Duration {
	if limit.N == 0 {
		return DefaultSnoozeLimit()
	}
	return limit
}

// snoozeColumns are the columns of a snooze, which belong together.
func snoozeColumns() [3]register.Column {
	return [3]register.Column{register.SnoozeUntil, register.SnoozeReason, register.SnoozeBy}
}

// snoozeOf returns the snooze that a record is under, nil where it is under
// none: one that has ended, is incomplete or reaches too far ahead is none.
func (j *judge) snoozeOf(r *register.Record) *Snooze {
	until := r.Value(register.SnoozeUntil)
	if !until.IsReadable() || until.Date < j.asOf || until.Date > j.limit.last {
		return nil
	}
	reason, by := r.Value(register.SnoozeReason), r.Value(register.SnoozeBy)
	if !reason.IsReadable() || !by.IsReadable() {
		return nil
	}
	return &Snooze{Until: until.Date, Reason: reason.Text, By: by.Text}
}

func snoozeIncomplete(j *judge, e *entry) {
	var given, missing register.Column // the first of each
	for _, c := range snoozeColumns() {
		switch set := e.rec.Value(c).IsReadable(); {
		case set && given == 0:
			given = c
		case !set && missing == 0:
			missing = c
		}
	}
	switch until := usable(e.rec, register.SnoozeUntil); {
	case given == 0:
	case missing != 0:
		j.raise(problem{severity: Data, column: missing, look: given, brief: "not given",
			message: "Nothing is snoozed: {field} is not given, and Snooze Until, Snooze Reason and Snooze By are wanted together",
			action:  "Fill in {field}, or clear the other snooze columns"})
	case until > j.limit.last:
		j.raise(problem{severity: Data, column: register.SnoozeUntil, date: until, text: j.limit.ahead.String(), other: j.text.day(j.limit.last), brief: "too far ahead",
			message: "Nothing is snoozed: {field} is {date}, and the furthest is {other}, {text} ahead",
			action:  "Enter a day in {field} that is not after {other}"})
	}
}
