package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"regcert/internal/history"
	"regcert/internal/policy"
)

// How far ahead the calendar reaches, in days, and how many days it has at most.
const (
	calendarAhead = 28
	mostEvents    = 200
)

// Calendar makes the calendar of what is due next for the recipient: an iCalendar
// file (RFC 5545) with a whole day for each open action. The same input gives
// the same bytes. There is none where nothing is due of which the recipient is
// told with the learner.
func Calendar(in *Input, who Recipient) (file []byte, ok bool) {
	soonest := dueNext(in, newRoute(who))
	if len(soonest) == 0 {
		return nil, false
	}
	cal := ics.NewCalendarFor("regcert")
	cal.SetProductId("-//regcert//due dates//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetCalscale("GREGORIAN")
	cal.SetXWRCalName("Registrations and claims")
	seen := map[history.Key]int{}
	for i := range soonest {
		f := &soonest[i]
		seen[f.Life.Key]++
		cal.AddVEvent(event(in, f, seen[f.Life.Key]))
	}
	return []byte(cal.Serialize(ics.WithLineLength(75), ics.WithNewLine("\r\n"))), true
}

// dueNext lists what is open and due from now on, soonest first.
func dueNext(in *Input, r *route) []told {
	asOf := in.Report.AsOf
	var out []told
	for _, pile := range piled(in.Now.Matters, r) {
		for _, f := range pile {
			switch f.Severity {
			case policy.Overdue, policy.AtRisk, policy.Todo:
				if f.how != Counts && f.Snooze == nil && f.Due >= asOf && f.Due <= asOf+calendarAhead {
					out = append(out, f)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b told) int { return compareDue(a.Due, b.Due) })
	return out[:min(len(out), mostEvents)]
}

// event is the day on which something is due. Of several things with one key it
// is the nth.
func event(in *Input, f *told, nth int) *ics.VEvent {
	e := ics.NewEvent(uid(f.Life.Key, nth))
	e.SetDtStampTime(in.ReadAt.Truncate(time.Second))
	e.SetAllDayStartAt(f.Due.Time())
	e.SetAllDayEndAt((f.Due + 1).Time())
	e.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy for it
	e.SetSummary(summary(f.Finding))
	lines := filled(Sentence(OneLine(f.Action, 300)), OneLine(f.Owner, 40), where(f.Finding), OneLine(f.Rule+" "+in.clauseOf(f.Finding), 60))
	if !f.AsOf.IsZero() {
		lines = append(lines, "As of "+f.AsOf.Long()+": "+unseen(f, in.Workbooks))
	}
	e.SetDescription(strings.Join(lines, "\n"))
	return e
}

// summary says in a few words what is due, of which learner.
func summary(f *policy.Finding) string {
	what := OneLine(strings.Replace(f.Action, " by "+f.Due.Long(), "", 1), 80)
	if about := filled(OneLine(f.LearnerID, 40), OneLine(f.QualificationCode, 40)); len(about) > 0 {
		what += " (" + strings.Join(about, ", ") + ")"
	}
	return what
}

// uid names an event for good, so that the calendar of next week moves it and
// does not add it again.
func uid(k history.Key, nth int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %d", k.Matter, k.ID, k.Code, k.Unit, k.Field, nth))
	return hex.EncodeToString(sum[:16]) + "@regcert"
}

// filled leaves out empty words.
func filled(words ...string) []string {
	return slices.DeleteFunc(words, func(s string) bool { return s == "" })
}
