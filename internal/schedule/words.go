package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// String returns the five parts, with one space between them.
func (s *Spec) String() string { return s.text }

// mostTimes is how many times of day are said in words.
const mostTimes = 4

// Words says when jobs are due, such as "on weekdays at 07:00, 12:00 and 17:00".
// A schedule that is the same not in every week, or has many times a day, is
// quoted.
func (s *Spec) Words() string {
	if fields := strings.Fields(s.text); fields[2] != "*" || fields[3] != "*" {
		return strconv.Quote(s.text)
	}
	monday := shown(time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC))
	var days, times []string
	for slot := s.after(monday - 1); slot < monday+7*minutesADay; slot = s.after(slot) {
		day, clock := slot.utc().Format("Mondays"), slot.utc().Format("15:04")
		if !slices.Contains(days, day) {
			days = append(days, day)
		}
		if !slices.Contains(times, clock) {
			times = append(times, clock)
		}
	}
	if len(times) > mostTimes {
		return strconv.Quote(s.text)
	}
	const week = "Mondays Tuesdays Wednesdays Thursdays Fridays"
	when := "on " + list(days)
	switch {
	case len(days) == 7:
		when = "every day"
	case strings.Join(days, " ") == week:
		when = "on weekdays"
	}
	return when + " at " + list(times)
}

// list joins words, "and" before the last.
func list(words []string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " and " + words[n]
	}
	return words[0]
}

// inWords says how long whole minutes or hours are.
func inWords(d time.Duration) string {
	n, unit := int(d/time.Minute), "minute"
	if d%time.Hour == 0 {
		n, unit = int(d/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
