// Package calendar counts days as the policy does: working days of the
// awarding body, centre days of the training centre, days, weeks and months.
package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Clock says whose days are counted where a period is in working days.
type Clock uint8

const (
	// AwardingBody counts Monday to Friday but bank holidays: what is owed to
	// the awarding body runs on it, whether the centre is open or not.
	AwardingBody Clock = iota
	// Centre counts the awarding body's working days but the centre's closures.
	Centre
)

// Span is a run of days, both ends included.
type Span struct{ From, To Date }

// ParseSpan reads "2026-12-24" or "2026-12-29..2026-12-31".
func ParseSpan(s string) (Span, error) {
	from, to, isRange := strings.Cut(s, "..")
	if !isRange {
		to = from
	}
	a, errA := ParseISO(strings.TrimSpace(from))
	b, errB := ParseISO(strings.TrimSpace(to))
	if errA != nil || errB != nil || b < a {
		return Span{}, fmt.Errorf(`%q is neither a day nor a run of days: write one such as 2026-12-24 or 2026-12-29..2026-12-31`, s)
	}
	return Span{a, b}, nil
}

// The years for which working days are counted ahead of time. Dates in
// workbooks end in 2100 and durations after 50 years.
const (
	firstYear = 1899
	lastYear  = 2160
)

// count holds, for one clock, the working days as a list and, for each day,
// how many of them are not after it.
type count struct {
	days   []Date  // the working days in order
	before []int32 // before[d-first]: how many working days w have w <= d
}

// Calendar knows the working days of one division and one centre. It is
// immutable and safe for concurrent use.
type Calendar struct {
	first, last Date
	holidays    Holidays
	closures    []Span
	counts      [2]count
}

// New makes the calendar of a centre from its division's bank holidays and its
// own closures.
func New(holidays Holidays, closures []Span) *Calendar {
	c := &Calendar{first: NewDate(firstYear, time.December, 31), last: NewDate(lastYear, time.December, 31), holidays: holidays, closures: closures}
	for clock := AwardingBody; clock <= Centre; clock++ {
		k := &c.counts[clock]
		k.before = make([]int32, c.last-c.first+1)
		k.days = make([]Date, 0, len(k.before)*5/7)
		for d := c.first; d <= c.last; d++ {
			if c.whyNot(d, clock) == "" {
				k.days = append(k.days, d)
			}
			k.before[d-c.first] = int32(len(k.days))
		}
	}
	return c
}

// whyNot says why d is no working day on the clock, or "" where it is one.
func (c *Calendar) whyNot(d Date, clock Clock) string {
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return "weekend"
	}
	if title, ok := c.holidays[d]; ok {
		return title
	}
	if clock == Centre {
		for _, s := range c.closures {
			if s.From <= d && d <= s.To {
				return "closure"
			}
		}
	}
	return ""
}

// IsWorking reports whether d is a working day on the clock.
func (c *Calendar) IsWorking(d Date, clock Clock) bool { return c.whyNot(d, clock) == "" }

// Nth returns the n-th working day strictly after d on the clock; d itself is
// day 0, whatever day it is. It is the policy's WD(d,n) and CD(d,n).
func (c *Calendar) Nth(d Date, n int, clock Clock) Date {
	if n == 0 {
		return d
	}
	k := &c.counts[clock]
	i := int(k.upTo(d, c.first)) + n - 1
	return k.days[min(i, len(k.days)-1)]
}

// upTo counts the working days that are not after d.
func (k *count) upTo(d, first Date) int32 {
	return k.before[min(max(d-first, 0), Date(len(k.before)-1))]
}

// Left returns how many centre days are left: those after asOf up to due, or,
// where due has passed, minus those after due up to asOf.
func (c *Calendar) Left(asOf, due Date) int {
	k := &c.counts[Centre]
	return int(k.upTo(due, c.first) - k.upTo(asOf, c.first))
}

// Add returns the day on which a period that starts with d ends: working days
// are counted on the clock, other units in calendar arithmetic.
func (c *Calendar) Add(d Date, p Duration, clock Clock) Date {
	switch p.Unit {
	case WorkingDays:
		return c.Nth(d, p.N, clock)
	case Weeks:
		return d + Date(7*p.N)
	case Months:
		return d.AddMonths(p.N)
	default:
		return d + Date(p.N)
	}
}

// Soon reports whether a warning window before due is open on asOf: in working
// days when no more centre days than that are left, in another unit when asOf
// plus the window reaches due.
func (c *Calendar) Soon(asOf, due Date, window Duration) bool {
	if window.Unit == WorkingDays {
		return c.Left(asOf, due) <= window.N
	}
	return c.Add(asOf, window, Centre) >= due
}

// Skipped is a weekday that was not counted, and why.
type Skipped struct {
	Date   Date
	Reason string
}

// Skipped lists the weekdays after from up to to that the clock does not count.
func (c *Calendar) Skipped(from, to Date, clock Clock) []Skipped {
	var out []Skipped
	for d := from + 1; d <= to; d++ {
		if why := c.whyNot(d, clock); why != "" && why != "weekend" {
			out = append(out, Skipped{d, why})
		}
	}
	return out
}
