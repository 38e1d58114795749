package status

import (
	"fmt"
	"time"

	"regcert/internal/batch"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/store"
)

// moment is how times are shown.
const moment = "Mon 2 Jan 2006 at 15:04"

// Moment is a time as it is shown; nothing where it is none.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(moment)
}

// Count is how many of what is open.
type Count struct {
	Severity policy.Severity
	Words    string
	N        int
}

// Counts lists what is open, the most urgent first, and at the end what is snoozed
// without a severity. What there is none of is left out.
func (s *Status) Counts() (out []Count) {
	for _, severity := range digest.ByUrgency() {
		if n := s.Open[string(severity)]; n > 0 {
			out = append(out, Count{severity, digest.InWords(severity), n})
		}
	}
	if n := s.Open[store.Snoozed]; n > 0 {
		out = append(out, Count{"", "snoozed", n})
	}
	return out
}

// What is what became of the workbook.
func (w *Workbook) What() string {
	if w.Outcome == batch.Written {
		return fmt.Sprintf("written (%s)", plural(w.Cells, "cell"))
	}
	return string(w.Outcome)
}

// Statuses says of when the statuses in the workbook are, where they are not as
// they should be.
func (w *Workbook) Statuses() string {
	switch {
	case w.Ready:
		return ""
	case w.Current.IsZero():
		return "no statuses of the last month"
	}
	return "statuses of " + Moment(w.Current)
}

// What is what a run treated.
func (r *Run) What() string {
	if len(r.Treated) == 1 {
		return r.Treated[0]
	}
	return plural(len(r.Treated), "workbook")
}

// Took is how long the run took.
func (r *Run) Took() string { return r.Finished.Sub(r.Started).Round(100 * time.Millisecond).String() }

// MessageWords is what people call the state of a message.
func MessageWords(s store.State) string {
	switch s {
	case store.Pending:
		return "waiting"
	case store.Sending:
		return "being sent"
	case store.DotSent:
		return "being confirmed"
	case store.Unknown:
		return "may have arrived"
	default:
		return string(s)
	}
}

// MessageStates are the states of messages in the order in which they come.
func MessageStates() []store.State {
	return []store.State{store.Pending, store.Sending, store.DotSent, store.Unknown, store.Failed, store.Sent, store.Dropped}
}

// Words says in a few words what a slot has come to.
func (s *Slot) Words() string {
	text := string(s.State)
	if s.State == store.SlotDone && s.Ended.Sub(s.At) > grace {
		text = "done on " + Moment(s.Ended)
	}
	return text + colon(s.Note)
}

// TroubleWords is what a trouble is about.
func TroubleWords(t store.Trouble) string {
	if t.Subject != "" {
		return t.Subject
	}
	switch t.Kind {
	case store.TroubleRun:
		return "the check of the schedule"
	case store.TroubleSaved:
		return "the check after a save"
	case store.TroubleDigest:
		return "the digest"
	case store.TroubleConfig:
		return "the configuration"
	case store.TroubleCalendar:
		return "the bank holidays"
	case store.TroubleClock:
		return "the clock"
	}
	return t.Kind
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
