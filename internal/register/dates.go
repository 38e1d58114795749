package register

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"regcert/internal/calendar"
)

// The spellings of a date that are read as text, day first. A time of day may
// follow any of them.
var (
	timeOfDay   = `(?: ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?[ap]m)?)?`
	dayFirst    = regexp.MustCompile(`^([0-9]{1,2})([/.-])([0-9]{1,2})([/.-])([0-9]{2}|[0-9]{4})` + timeOfDay + `$`)
	monthInWord = regexp.MustCompile(`^(?:(?:` + weekdays + `)[.,]? )?([0-9]{1,2})(?:st|nd|rd|th)?([ /.-])([a-z]+)\.?,?([ /.-])([0-9]{2}|[0-9]{4})` + timeOfDay + `$`)
	yearFirst   = regexp.MustCompile(`^([0-9]{4})([/-])([0-9]{1,2})([/-])([0-9]{1,2})(?:[ t]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(?: ?[ap]m)?z?)?$`)
)

const weekdays = `mon|monday|tue|tues|tuesday|wed|weds|wednesday|thu|thur|thurs|thursday|fri|friday|sat|saturday|sun|sunday`

// textDate reads clean text as a date; ok is false where it is none. A year of
// two digits is reported, because a date of birth may need another century.
func textDate(s string) (d calendar.Date, twoDigits, ok bool) {
	if len(s) < 6 || len(s) > 60 {
		return 0, false, false
	}
	s = strings.ToLower(s)
	var day, month, year string
	var clock []string
	if m := dayFirst.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		day, month, year, clock = m[1], m[3], m[5], m[6:]
	} else if m := monthInWord.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		n := monthNumber(m[3])
		if n == 0 {
			return 0, false, false
		}
		day, month, year, clock = m[1], strconv.Itoa(n), m[5], m[6:]
	} else if m := yearFirst.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		year, month, day, clock = m[1], m[3], m[5], m[6:]
	} else {
		return 0, false, false
	}
	if !isTimeOfDay(clock) {
		return 0, false, false
	}
	y := atoi(year)
	if twoDigits = len(year) == 2; twoDigits {
		y += 2000
		if y >= 2050 {
			y -= 100
		}
	}
	d, ok = civil(y, atoi(month), atoi(day))
	return d, twoDigits, ok
}

// civil returns the day, and false where the month has no such day.
func civil(year, month, day int) (calendar.Date, bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	d := calendar.NewDate(year, time.Month(month), day)
	return d, d.Time().Day() == day
}

func isTimeOfDay(hms []string) bool {
	return atoi(hms[0]) < 24 && atoi(hms[1]) < 60 && atoi(hms[2]) < 60
}

// atoi reads digits that a pattern has matched; none are 0.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// monthNumber reads the name of a month in lower case, short or full, 0 for
// anything else.
func monthNumber(s string) int {
	if s == "sept" {
		return 9
	}
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); s == name || s == name[:3] {
			return int(m)
		}
	}
	return 0
}
