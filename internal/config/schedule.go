package config

import (
	"strings"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/schedule"
)

// Escalation says when what is urgent is told at once.
type Escalation struct {
	QuietFrom, QuietTo time.Duration // since midnight; nothing is sent in between. Equal: there are no quiet hours
	MostADay           int           // messages to one recipient
}

func (e *Escalation) read(v value) {
	v.object("write quiet_hours or most_a_day",
		field{"quiet_hours", func(v value) { v.quietHours(e) }},
		field{"most_a_day", func(v value) { v.number(1, 100, "how many messages one recipient gets a day", &e.MostADay) }},
	)
}

// IsQuiet reports whether nothing is sent at a time of day.
func (e *Escalation) IsQuiet(at time.Time) bool {
	since := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	if e.QuietFrom <= e.QuietTo {
		return e.QuietFrom <= since && since < e.QuietTo
	}
	return since >= e.QuietFrom || since < e.QuietTo
}

// quietHours reads from when until when nothing is sent, "none" for never.
func (v value) quietHours(e *Escalation) {
	const want = `write from when until when, such as "19:00..07:00", or none`
	var s string
	if !v.filled(want, &s) {
		return
	}
	if s == "none" {
		e.QuietFrom, e.QuietTo = 0, 0
		return
	}
	from, to, _ := strings.Cut(s, "..")
	begin, err := time.Parse("15:04", strings.TrimSpace(from))
	end, endErr := time.Parse("15:04", strings.TrimSpace(to))
	if err != nil || endErr != nil || begin.Equal(end) {
		v.fail("%s are no such hours: %s", v.quoted(s), want)
		return
	}
	midnight := begin.Truncate(24 * time.Hour)
	e.QuietFrom, e.QuietTo = begin.Sub(midnight), end.Sub(midnight)
}

// Schedule says when the daemon does what, in the configured time zone.
type Schedule struct {
	Check, Digest *schedule.Spec
	CatchUp       time.Duration // how late a missed job is still done
}

// What is the least time between two checks, and between two digests: nobody is
// sent the digest of one day twice.
const (
	leastCheck  = 5 * time.Minute
	leastDigest = 24 * time.Hour
)

// mostCatchUp is the most time after which a missed job is still done. The digest
// of the week before last is no news.
const mostCatchUp = 7 * 24 * time.Hour

func defaultSchedule() (Schedule, error) {
	check, err := schedule.Parse("0 7,12,17 * * MON-FRI", leastCheck)
	if err != nil {
		return Schedule{}, err
	}
	digest, err := schedule.Parse("0 8 * * MON", leastDigest)
	return Schedule{Check: check, Digest: digest, CatchUp: 24 * time.Hour}, err
}

// NextDigest is the day of the first digest after a day, in the time zone of the
// configuration.
func (c *Config) NextDigest(after calendar.Date) calendar.Date {
	y, m, d := after.Time().Date()
	_, at := c.Schedule.Digest.Next(time.Date(y, m, d, 23, 59, 59, 0, c.Location), c.Location)
	return calendar.FromTime(at)
}

func (s *Schedule) read(v value) {
	v.object("write check, digest or catch_up",
		field{"check", func(v value) { v.schedule(leastCheck, &s.Check) }},
		field{"digest", func(v value) { v.schedule(leastDigest, &s.Digest) }},
		field{"catch_up", func(v value) { v.hours(mostCatchUp, &s.CatchUp) }},
	)
}

// schedule reads when a job is done.
func (v value) schedule(least time.Duration, into **schedule.Spec) {
	var s string
	if !v.filled(`write minute, hour, day, month and weekday, such as "0 8 * * MON"`, &s) {
		return
	}
	spec, err := schedule.Parse(s, least)
	if err != nil {
		v.fail("%v", err)
		return
	}
	*into = spec
}

// hours reads a time as clocks measure it.
func (v value) hours(most time.Duration, into *time.Duration) {
	const want = "write hours and minutes such as 24h or 90m"
	var s string
	if !v.filled(want, &s) {
		return
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil || d < 0:
		v.fail("%s is no such time: %s", v.quoted(s), want)
	case d > most:
		v.fail("%s is too long: write at most %dh", v.quoted(s), most/time.Hour)
	default:
		*into = d
	}
}
