// Package schedule knows when jobs are due. A schedule names times as a clock on
// the wall shows them: each of them comes once, whatever is done to the clock
// between winter and summer.
package schedule

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Spec is a schedule. It holds no time zone: whoever asks for a moment says which.
type Spec struct {
	text string
	// cron looks for times in UTC, where every reading of the clock exists once.
	cron cron.Schedule
}

// part is one of the five parts of a schedule.
type part struct {
	name string
	want string // what may stand there
}

func parts() []part {
	return []part{
		{"minute", "0 to 59, such as 0 or 0,30"},
		{"hour", "0 to 23, such as 8 or 7,12,17 or 8-17"},
		{"day of the month", "1 to 31, such as 1 or 1,15, or * for every day"},
		{"month", "1 to 12 or JAN to DEC, such as 9 or SEP-NOV, or * for every month"},
		{"weekday", "SUN to SAT, such as MON or MON,THU or MON-FRI, or * for every day"},
	}
}

// example ends what is said about a schedule that is none.
const example = `write minute, hour, day, month and weekday, such as "0 8 * * MON"`

// item is what may stand between the commas of a part. The library reads more,
// and not as what was meant: it takes *-5 for *, and nothing for never.
var item = regexp.MustCompile(`^([*?]|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?$`)

// Parse reads a schedule of five parts as in crontab(5): minute, hour, day of the
// month, month and weekday. It refuses one that names a time zone, that never
// comes, or two of whose times are less than least apart; the error says what to
// write.
func Parse(spec string, least time.Duration) (*Spec, error) {
	fields := strings.Fields(spec)
	s := &Spec{text: strings.Join(fields, " ")}
	switch {
	case strings.Contains(strings.ToUpper(spec), "TZ="):
		return nil, fmt.Errorf("%.60q names a time zone: set timezone, which all jobs follow, and leave it out here", spec)
	case strings.HasPrefix(s.text, "@"):
		return nil, fmt.Errorf("%.60q is a short name, which is not known here: %s", spec, example)
	case len(fields) != len(parts()):
		return nil, fmt.Errorf("%.60q does not have five parts: %s", spec, example)
	}
	for i, part := range parts() {
		if !reads(fields[i], i) {
			return nil, fmt.Errorf("%.60q has the %s %.20q, which is none: write %s", spec, part.name, fields[i], part.want)
		}
	}
	var err error
	if s.cron, err = parser().Parse(s.text); err != nil {
		return nil, fmt.Errorf("%.60q is no schedule (%w): %s", spec, err, example)
	}
	// Within five years, as far as the library looks, every day of the year comes,
	// 29 February too.
	if s.cron.Next(start().utc()).IsZero() {
		return nil, fmt.Errorf("%.60q never comes, as there is no such day: %s", spec, example)
	}
	if a, b, found := s.closer(least); found {
		const shown = "Mon 2 Jan 2006 at 15:04"
		return nil, fmt.Errorf("%.60q comes on %s and again on %s: leave at least %s between two times", spec, a.utc().Format(shown), b.utc().Format(shown), inWords(least))
	}
	return s, nil
}

func parser() cron.Parser {
	return cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
}

// reads reports whether text can stand as the i-th part.
func reads(text string, i int) bool {
	for _, s := range strings.Split(text, ",") {
		if !item.MatchString(s) {
			return false
		}
	}
	fields := []string{"*", "*", "*", "*", "*"}
	fields[i] = text
	_, err := parser().Parse(strings.Join(fields, " "))
	return err == nil
}

// start is where the times of a schedule are looked through from. Within the
// cycle, every combination of weekdays and leap years comes.
func start() Slot { return shown(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)) - 1 }

const cycle = Slot(28*365+7) * minutesADay

// closer finds two times that follow each other in less than least.
func (s *Spec) closer(least time.Duration) (a, b Slot, found bool) {
	gap := Slot(least / time.Minute)
	// The days on which a schedule comes all have the same times.
	first := s.after(start())
	last := first
	for next := s.after(last); next/minutesADay == first/minutesADay; next = s.after(last) {
		if next-last < gap {
			return last, next, true
		}
		last = next
	}
	if first+minutesADay-last >= gap {
		return 0, 0, false
	}
	for at := last; at < start()+cycle; {
		next := s.after(at)
		if next-at < gap {
			return at, next, true
		}
		at = next + last - first
	}
	return 0, 0, false
}

// after is the first time after a slot.
func (s *Spec) after(slot Slot) Slot {
	// The library gives up after five years, and around 2100 there is no
	// 29 February for eight.
	for t := slot.utc(); ; t = t.AddDate(5, 0, 0) {
		if next := s.cron.Next(t); !next.IsZero() {
			return shown(next)
		}
	}
}

// Next returns the first slot whose moment in the time zone is after a moment,
// and that moment.
func (s *Spec) Next(after time.Time, zone *time.Location) (Slot, time.Time) {
	slot := s.after(shown(after.In(zone)))
	at := slot.In(zone)
	for !at.After(after) { // clocks were put back, and show for the second time what they showed
		slot = s.after(slot)
		at = slot.In(zone)
	}
	return slot, at
}

// mostDue is how many slots are listed as due: with more of them, nobody needs
// the oldest.
const mostDue = 1000

// Due lists the slots whose moments in the time zone are after since and not
// after now, the oldest first: the latest 1,000 of them.
func (s *Spec) Due(since, now time.Time, zone *time.Location) []Slot {
	// Looking back further and further, it takes no time to skip years.
	for days := 1; ; days *= 2 {
		from := now.AddDate(0, 0, -days)
		if !from.After(since) {
			return latest(s.between(since, now, zone))
		}
		if slots := s.between(from, now, zone); len(slots) >= mostDue {
			return latest(slots)
		}
	}
}

func latest(slots []Slot) []Slot { return slots[max(0, len(slots)-mostDue):] }

func (s *Spec) between(since, now time.Time, zone *time.Location) (slots []Slot) {
	slot, at := s.Next(since, zone)
	for !at.After(now) {
		slots = append(slots, slot)
		slot = s.after(slot) // where clocks are put forward, at the same moment
		at = slot.In(zone)
	}
	return slots
}
