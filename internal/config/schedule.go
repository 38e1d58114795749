package config

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"regcert/internal/calendar"
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

// NextDigest is the day of the first digest after a day, in the time zone of the
// configuration.
func (c *Config) NextDigest(after calendar.Date) calendar.Date {
	y, m, d := after.Time().Date()
	schedule, err := cron.ParseStandard(c.Schedule.Digest)
	if err != nil { // it was checked when it was read
		return after + 7
	}
	return calendar.FromTime(schedule.Next(time.Date(y, m, d, 23, 59, 59, 0, c.Location)))
}

func (s *Schedule) read(v value) {
	v.object("write check, digest or catch_up",
		field{"check", func(v value) { v.cron(&s.Check) }},
		field{"digest", func(v value) { v.cron(&s.Digest) }},
		field{"catch_up", func(v value) { v.hours(&s.CatchUp) }},
	)
}

// cron reads when a job is done.
func (v value) cron(into *string) {
	const want = `write minute, hour, day, month and weekday, such as "0 8 * * MON"`
	var s string
	if !v.filled(want, &s) {
		return
	}
	if strings.Contains(s, "TZ=") {
		v.fail("%s names a time zone: set timezone, which all jobs follow, and leave it out here", v.quoted(s))
		return
	}
	if len(strings.Fields(s)) != 5 {
		v.fail("%s does not have five parts: %s", v.quoted(s), want)
		return
	}
	schedule, err := cron.ParseStandard(s)
	if err != nil {
		v.fail("%s is no schedule (%v): %s", v.quoted(s), err, want)
		return
	}
	// The search ends after five years, within which every day of these years
	// comes, 29 February too.
	if schedule.Next(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		v.fail("%s never comes, as there is no such day: %s", v.quoted(s), want)
		return
	}
	*into = s
}

// hours reads a time as clocks measure it.
func (v value) hours(into *time.Duration) {
	const want = "write hours and minutes such as 24h or 90m"
	var s string
	if !v.filled(want, &s) {
		return
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		v.fail("%s is no such time: %s", v.quoted(s), want)
		return
	}
	*into = d
}
