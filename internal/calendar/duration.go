package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Unit is what a Duration counts.
type Unit uint8

// The units in which a policy states its periods.
const (
	WorkingDays Unit = iota + 1
	Days
	Weeks
	Months
)

var unitNames = [...]string{WorkingDays: "working day", Days: "day", Weeks: "week", Months: "month"}

// maxDays bounds a Duration, so that no date leaves the years that a Calendar
// covers.
const maxDays = 50 * 366

// daysIn is the most days that one of each unit can span.
var daysIn = [...]int{WorkingDays: 4, Days: 1, Weeks: 7, Months: 31}

// Duration is a period with its unit, such as 25 working days.
type Duration struct {
	N    int
	Unit Unit
}

// ParseDuration reads "25 working days", "30 days", "15 weeks" or "12 months".
// A number without a unit is refused, because some awarding bodies count
// working days and others calendar days.
func ParseDuration(s string) (Duration, error) {
	const want = `write a whole number from 1 and its unit, such as "25 working days", "30 days", "15 weeks" or "12 months"`
	number, unit, found := strings.Cut(strings.Join(strings.Fields(s), " "), " ")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return Duration{}, fmt.Errorf("%q is not a duration: %s", s, want)
	case !found:
		return Duration{}, fmt.Errorf("%q has no unit: %s", s, want)
	case n < 1:
		return Duration{}, fmt.Errorf("%q is less than one: %s", s, want)
	}
	for u := WorkingDays; u <= Months; u++ {
		if name := unitNames[u]; strings.EqualFold(unit, name) || strings.EqualFold(unit, name+"s") {
			if n > maxDays/daysIn[u] {
				return Duration{}, fmt.Errorf("%q is longer than regcert counts (50 years): write a shorter one", s)
			}
			return Duration{N: n, Unit: u}, nil
		}
	}
	return Duration{}, fmt.Errorf("%q has the unit %q, which is not known: %s", s, unit, want)
}

// String returns the form that ParseDuration reads.
func (d Duration) String() string {
	if d.N == 1 {
		return "1 " + unitNames[d.Unit]
	}
	return fmt.Sprintf("%d %ss", d.N, unitNames[d.Unit])
}
