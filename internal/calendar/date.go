package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Date is a day without a time of day or a time zone, counted in days since
// 30/12/1899, so that a Date from March 1900 on equals its serial in a
// workbook of the 1900 date system (ECMA-376 Part 1, 18.17.4.1). The zero Date
// means that there is none.
type Date int32

// epoch is the day that the zero Date stands for.
const epoch = -25569 // days from 01/01/1970 to 30/12/1899

// NewDate returns the given day. A day or month outside its range is carried
// over, as by time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return FromTime(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// FromTime returns the day that t's clock shows in t's own time zone.
func FromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 - epoch)
}

// ParseISO reads a date written as 2026-03-24.
func ParseISO(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date such as 2026-03-24", s)
	}
	return FromTime(t), nil
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix((int64(d)+epoch)*86400, 0).UTC() }

// IsZero reports whether d stands for no date.
func (d Date) IsZero() bool { return d == 0 }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(((int(d)-1)%7 + 7) % 7) }

// Year returns the year.
func (d Date) Year() int { return d.Time().Year() }

// AddMonths returns the same day number n months on, or the last day of that
// month where it has no such day.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Time().Date()
	first := NewDate(y, m+time.Month(n), 1)
	last := NewDate(y, m+time.Month(n)+1, 1) - 1
	return min(first+Date(day-1), last)
}

// AgeAt returns whole years between a birth on d and the day at. Somebody born
// on 29 February has a birthday on 1 March in common years.
func (d Date) AgeAt(at Date) int {
	by, bm, bd := d.Time().Date()
	y, m, day := at.Time().Date()
	age := y - by
	if m < bm || (m == bm && day < bd) {
		age--
	}
	return age
}

// String returns the ISO form, 2026-03-24, and nothing for no date.
func (d Date) String() string { return d.format("2006-01-02") }

// UK returns the form 24/03/2026, and nothing for no date.
func (d Date) UK() string { return d.format("02/01/2006") }

// Long returns the form that people read, Tue 24 Mar 2026, and nothing for no
// date.
func (d Date) Long() string { return d.format("Mon 2 Jan 2006") }

func (d Date) format(layout string) string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(layout)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Date) UnmarshalJSON(text []byte) (err error) {
	if string(text) == "null" {
		*d = 0
		return nil
	}
	*d, err = ParseISO(strings.Trim(string(text), `"`))
	return err
}

// MarshalJSON writes the ISO form, or null for no date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}
