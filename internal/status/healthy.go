package status

import (
	"fmt"
	"time"

	"regcert/internal/store"
)

const (
	// longWait is for how long a message may wait.
	longWait = time.Hour
	// fresh is for how long a message that was not delivered is news.
	fresh = 24 * time.Hour
)

// Healthy reports whether regcert does what it is there for, or else why not, one
// reason a line. That no daemon runs is no reason by itself: runs may be started
// by hand, or by the system.
func (s *Status) Healthy() (bool, []string) {
	var why []string
	add := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	for _, j := range s.Jobs {
		switch {
		case !j.Late.IsZero() && !s.Serves:
			add("the %s of %s was not done: no daemon runs", j.Name, Moment(j.Late))
		case !j.Late.IsZero():
			add("the %s of %s was not done yet", j.Name, Moment(j.Late))
		default:
			if slot, ok := lastEnded(j); ok && slot.State == store.SlotFailed {
				add("the %s of %s failed%s", j.Name, Moment(slot.At), colon(slot.Note))
			}
		}
	}
	for _, t := range s.Troubles {
		switch t.Kind {
		case store.TroubleRun:
			add("the check of the schedule has failed since %s%s", Moment(t.Since), colon(t.Reason))
		case store.TroubleSaved:
			add("the check after a save has failed since %s%s", Moment(t.Since), colon(t.Reason))
		case store.TroubleDigest:
			add("the digest has failed since %s%s", Moment(t.Since), colon(t.Reason))
		case store.TroubleConfig:
			add("the configuration has been wrong since %s, and an earlier one is in force%s", Moment(t.Since), colon(t.Reason))
		case store.TroubleClock:
			add("%s", t.Reason)
		}
	}
	why = append(why, s.mailReasons()...)
	return len(why) == 0, why
}

// mailReasons says what is wrong with the mail.
func (s *Status) mailReasons() (why []string) {
	m := &s.Mail
	if m.Pause != nil {
		why = append(why, fmt.Sprintf("mail has been paused since %s%s", Moment(m.Pause.Since), colon(m.Pause.Reason)))
	}
	if !m.Oldest.IsZero() && s.At.Sub(m.Oldest) > longWait {
		why = append(why, fmt.Sprintf("a message has been waiting since %s", Moment(m.Oldest)))
	}
	for _, stuck := range m.Stuck {
		if s.At.Sub(stuck.Since) > fresh || !stuck.NextTry.IsZero() {
			continue
		}
		what := "was not sent"
		if stuck.State == store.Unknown {
			what = "may not have arrived"
		}
		why = append(why, fmt.Sprintf("message %d, the %s for %s, %s (`regcert mail` says why)", stuck.ID, stuck.Job, stuck.To, what))
	}
	return why
}

// lastEnded is the latest slot of a job that is not due any more.
func lastEnded(j Job) (Slot, bool) {
	for _, slot := range j.Last {
		if slot.State != store.SlotDue {
			return slot, true
		}
	}
	return Slot{}, false
}

// colon puts a reason behind a sentence.
func colon(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
