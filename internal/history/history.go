// Package history keeps the life of each finding: when it was first seen, when
// it got worse, was put to sleep, was dealt with, or came back. It is pure: it
// reads no file and no clock.
package history

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Key is what a finding is about, whatever row and workbook it stands in. IDs
// and codes are as they are compared. Several findings can have one key, where
// a record stands twice.
type Key struct {
	Matter string        // the rule, or the one in which the matter ends: see matterOf
	Kind   register.Kind // of the sheet; 0 where it is on none
	ID     string        // Learner ID
	Code   string        // Qualification Code
	Unit   string        // Unit Code, or what a record of the centre's sheets is about
	Field  string
}

// matterOf names what a rule's finding is about over time: a claim that is ready
// to be submitted, then at risk, then overdue is one matter, and so are
// registrations and withdrawals that are at risk and then overdue.
func matterOf(rule string) string {
	switch rule {
	case "REG-02":
		return "REG-01"
	case "CLM-02", "": // ready to claim
		return "CLM-01"
	case "WDL-02":
		return "WDL-01"
	}
	return rule
}

// KeyOf returns the key of a finding.
func KeyOf(f *policy.Finding) Key {
	return Key{
		Matter: matterOf(f.Rule), Kind: f.Kind, Field: f.Field,
		ID: register.NormalID(f.LearnerID), Code: register.NormalCode(f.QualificationCode), Unit: register.NormalCode(unitOf(f)),
	}
}

// unitOf tells what a learner's findings are about, or the centre's.
func unitOf(f *policy.Finding) string {
	if f.Kind.OfCentre() {
		return f.Subject
	}
	return f.UnitCode
}

// State is how a finding stands.
type State string

// The states. A finding that nobody has seen yet has none.
const (
	Open    State = "open"
	Snoozed State = "snoozed"
	Closed  State = "closed"
)

// Sight is a finding as it was last seen.
type Sight struct {
	Rule, Clause                           string
	Severity                               policy.Severity
	Owner                                  string
	Tutor                                  string // of the learner: a Pseudonym; empty where there is none
	LearnerID, QualificationCode, UnitCode string // as staff wrote them; on the centre's sheets the last is the subject
	Due                                    calendar.Date
	Workbook, Sheet                        string
	Row, Col                               int
	Action                                 string
	State                                  State
	Until                                  calendar.Date // the last day of its snooze
}

// Event is a change in the life of a finding.
type Event struct {
	Observation int64 // in which it was seen; Present where that is not recorded yet
	Day         calendar.Date
	State       State
	Severity    policy.Severity
}

// Present is the observation that is not recorded yet.
const Present int64 = math.MaxInt64

// Life is a finding over time.
type Life struct {
	ID int64 // given by the state; 0 where it is not recorded yet
	Key
	Sight
	Events []Event // oldest first; at least one

	changed bool
	seen    bool   // in the reading in hand
	before  string // the workbook in which it was, if it is seen
}

// Standing is how a finding stood at some time.
type Standing struct {
	State    State
	Severity policy.Severity
}

// At returns how the finding stood after an observation: no State where it had
// not been seen.
func (l *Life) At(observation int64) Standing {
	for i := len(l.Events) - 1; i >= 0; i-- {
		if e := &l.Events[i]; e.Observation <= observation {
			return Standing{e.State, e.Severity}
		}
	}
	return Standing{}
}

// First returns the day on which it was first seen.
func (l *Life) First() calendar.Date { return l.Events[0].Day }

// Last returns the day of its last event.
func (l *Life) Last() calendar.Date { return l.Events[len(l.Events)-1].Day }

// Since returns the day since which it has not been closed.
func (l *Life) Since() calendar.Date {
	day := l.Events[0].Day
	for i := 1; i < len(l.Events); i++ {
		if l.Events[i-1].State == Closed {
			day = l.Events[i].Day
		}
	}
	return day
}

// Change is what has become of a finding.
type Change uint8

// The changes.
const (
	Same     Change = iota
	New             // it had never been seen
	Reopened        // it had been closed
	Woken           // it had been snoozed
	Worse           // from to do to at risk, to overdue, to missed
	Milder          // the other way round
	Slept           // it is snoozed now, and was not
	Ended           // it is closed now, and was not
)

// String says it in words.
func (c Change) String() string {
	return [...]string{Same: "as before", New: "new", Reopened: "open again", Woken: "awake again", Worse: "worse", Milder: "less severe", Slept: "snoozed", Ended: "closed"}[c]
}

// InWords says how many findings have become what: "2 new, 1 closed".
func InWords(changes map[Change]int) string {
	var parts []string
	for c := New; c <= Ended; c++ {
		if n := changes[c]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, c))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// ChangeOf returns what has become of a finding that stood so, and stands so now.
func ChangeOf(was, is Standing) Change {
	switch {
	case is.State != was.State && is.State == Closed:
		return Ended
	case is.State != was.State && is.State == Snoozed:
		return Slept
	case was.State == "":
		return New
	case was.State == Closed && is.State != Closed:
		return Reopened
	case was.State == Snoozed && is.State != Snoozed:
		return Woken
	case IsWorse(is.Severity, was.Severity):
		return Worse
	case IsWorse(was.Severity, is.Severity):
		return Milder
	}
	return Same
}

// Change returns what has become of a finding that is open now.
func (l *Life) Change(since int64) Change {
	return ChangeOf(l.At(since), Standing{Open, l.Severity})
}

// IsWorse reports whether a finding of severity now is worse than it was.
func IsWorse(now, was policy.Severity) bool { return now.Rank() < was.Rank() }

// Observation is one look at a set of workbooks.
type Observation struct {
	ID  int64
	Day calendar.Date // the as-of date
}

// Sheet names a sheet of the set.
type Sheet struct{ Workbook, Name string }

// Glance is when a sheet was last read, and of what kind it was then.
type Glance struct {
	Day  calendar.Date
	Kind register.Kind
}

// Past is what is remembered.
type Past struct {
	Lives        []*Life          // all that are not closed, and those that were closed of late
	Sheets       map[Sheet]Glance // that were read, and when last
	Observations []Observation    // of the last Memory days, oldest first
	Digests      []Observation    // those that digests were made of, oldest first
}

// Memory is for how many days what is closed, and what was observed, is
// looked back to: a quarter.
const Memory = 13 * 7

// Last returns the day of the last observation, no date where there is none.
func (p *Past) Last() calendar.Date {
	if n := len(p.Observations); n > 0 {
		return p.Observations[n-1].Day
	}
	return 0
}

// Pseudonym stands for a person's name as it is compared, so that the state
// holds none. It is empty for an empty name.
func Pseudonym(name string) string {
	if name = register.Fold(name); name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}
