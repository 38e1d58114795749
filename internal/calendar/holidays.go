package calendar

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
)

// Division is a part of the United Kingdom with bank holidays of its own, by
// the name that the published list gives it.
type Division string

// The divisions of the published list.
const (
	EnglandAndWales Division = "england-and-wales"
	Scotland        Division = "scotland"
	NorthernIreland Division = "northern-ireland"
)

// Divisions are the names that a configuration may use.
func Divisions() []Division { return []Division{EnglandAndWales, Scotland, NorthernIreland} }

// Holidays are the bank holidays of one division, by day, with their titles.
type Holidays map[Date]string

// published is the government's list of bank holidays, 2019 to 2028.
//
//go:embed bank-holidays.json
var published []byte

// publishedFrom is the first year of the published list.
const publishedFrom = 2019

// fullYear is the least number of bank holidays that a division has in a year.
// A list with fewer does not reach that year.
const fullYear = 8

// BankHolidays returns the bank holidays of a division: the published list,
// added to by the given list in the same JSON form (or none), and computed by
// rule in the years that the lists do not reach.
func BankHolidays(division Division, added []byte) (Holidays, error) {
	days, perYear, err := listed(division, added)
	if err != nil {
		return nil, err
	}
	for year := firstYear; year <= lastYear; year++ {
		if perYear[year] >= fullYear {
			continue
		}
		for d, title := range computed(division, year) {
			if _, listed := days[d]; !listed {
				days[d] = title
			}
		}
	}
	return days, nil
}

// ListedUntil returns the last day of the years for which the lists name all bank
// holidays of a division. In later years only the usual ones are known, by rule,
// and none that is moved or declared for once.
func ListedUntil(division Division, added []byte) (Date, error) {
	_, perYear, err := listed(division, added)
	if err != nil {
		return 0, err
	}
	year := publishedFrom
	for perYear[year+1] >= fullYear {
		year++
	}
	return NewDate(year, time.December, 31), nil
}

// listed returns the bank holidays that the lists name, and how many a year.
func listed(division Division, added []byte) (days Holidays, perYear map[int]int, err error) {
	if days, err = parseList(published, division); err != nil {
		return nil, nil, err
	}
	if len(added) > 0 {
		more, err := parseList(added, division)
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(days, more)
	}
	perYear = map[int]int{}
	for d := range days {
		perYear[d.Year()]++
	}
	return days, perYear, nil
}

func parseList(data []byte, division Division) (Holidays, error) {
	var list map[Division]struct {
		Events []struct{ Title, Date string }
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errors.New("not a list of bank holidays in the published JSON form")
	}
	part, ok := list[division]
	if !ok {
		return nil, fmt.Errorf("the list of bank holidays has no division %q", division)
	}
	days := Holidays{}
	for _, e := range part.Events {
		d, err := ParseISO(e.Date)
		if err != nil {
			return nil, fmt.Errorf("the bank holiday %q: %w", e.Title, err)
		}
		days[d] = e.Title
	}
	return days, nil
}

// computed returns the usual bank holidays of a year by rule. One that falls
// on a weekend moves to the next weekday that is free.
func computed(division Division, year int) Holidays {
	days := Holidays{}
	var weekend []*cal.Holiday
	for _, h := range rules(division) {
		t, _ := h.Calc(year)
		if d := FromTime(t); isWeekend(d) {
			weekend = append(weekend, h)
		} else {
			days[d] = h.Name
		}
	}
	for _, h := range weekend {
		t, _ := h.Calc(year)
		d := FromTime(t)
		for isWeekend(d) || days[d] != "" {
			d++
		}
		days[d] = h.Name + " (substitute day)"
	}
	return days
}

func isWeekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// rules are a division's usual bank holidays, in the order in which substitute
// days are given out.
func rules(division Division) []*cal.Holiday {
	fixed := func(name string, m time.Month, day int) *cal.Holiday {
		return &cal.Holiday{Name: name, Month: m, Day: day, Func: cal.CalcDayOfMonth}
	}
	monday := func(name string, m time.Month, nth int) *cal.Holiday {
		return &cal.Holiday{Name: name, Month: m, Weekday: time.Monday, Offset: nth, Func: cal.CalcWeekdayOffset}
	}
	easter := func(name string, offset int) *cal.Holiday {
		return &cal.Holiday{Name: name, Offset: offset, Func: cal.CalcEasterOffset}
	}
	const first, last = 1, -1
	list := []*cal.Holiday{
		fixed("New Year's Day", time.January, 1),
		easter("Good Friday", -2),
		monday("Early May bank holiday", time.May, first),
		monday("Spring bank holiday", time.May, last),
		fixed("Christmas Day", time.December, 25),
		fixed("Boxing Day", time.December, 26),
	}
	switch division {
	case Scotland:
		list = slices.Insert(list, 1, fixed("2nd January", time.January, 2))
		list = append(list, monday("Summer bank holiday", time.August, first), fixed("St Andrew's Day", time.November, 30))
	default:
		list = append(list, easter("Easter Monday", 1), monday("Summer bank holiday", time.August, last))
	}
	if division == NorthernIreland {
		list = append(list, fixed("St Patrick's Day", time.March, 17), fixed("Battle of the Boyne (Orangemen's Day)", time.July, 12))
	}
	return list
}
