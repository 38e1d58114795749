package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
)

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseISO(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func holidays(t testing.TB, division calendar.Division, added string) calendar.Holidays {
	t.Helper()
	h, err := calendar.BankHolidays(division, []byte(added))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func newCalendar(t testing.TB, division calendar.Division, closures ...string) *calendar.Calendar {
	t.Helper()
	var spans []calendar.Span
	for _, s := range closures {
		span, err := calendar.ParseSpan(s)
		if err != nil {
			t.Fatal(err)
		}
		spans = append(spans, span)
	}
	return calendar.New(holidays(t, division, ""), spans)
}

func TestNth(t *testing.T) {
	c := newCalendar(t, calendar.EnglandAndWales, "2026-12-24", "2026-12-29..2026-12-31")
	tests := []struct {
		why   string
		from  string
		n     int
		clock calendar.Clock
		want  string
	}{
		{"the day itself is day 0", "2026-03-24", 0, calendar.AwardingBody, "2026-03-24"},
		{"Friday to Monday", "2026-05-15", 1, calendar.AwardingBody, "2026-05-18"},
		{"from a Saturday", "2026-05-16", 1, calendar.AwardingBody, "2026-05-18"},
		{"from a bank holiday", "2026-05-25", 1, calendar.AwardingBody, "2026-05-26"},
		{"over Easter", "2026-04-02", 1, calendar.AwardingBody, "2026-04-07"},
		{"a short course's 25 working days over Easter and early May", "2026-03-30", 25, calendar.AwardingBody, "2026-05-07"},
		{"the awarding body works through closures", "2026-12-23", 1, calendar.AwardingBody, "2026-12-24"},
		{"the centre does not", "2026-12-23", 1, calendar.Centre, "2027-01-04"},
		{"the last day before a closure", "2026-12-22", 1, calendar.Centre, "2026-12-23"},
		{"month end", "2026-01-30", 1, calendar.AwardingBody, "2026-02-02"},
		{"29 February", "2028-02-28", 1, calendar.AwardingBody, "2028-02-29"},
		{"the state funeral of 2022", "2022-09-16", 1, calendar.AwardingBody, "2022-09-20"},
	}
	for _, tt := range tests {
		if got := c.Nth(day(t, tt.from), tt.n, tt.clock); got != day(t, tt.want) {
			t.Errorf("%s: %d after %s = %s, want %s", tt.why, tt.n, tt.from, got, tt.want)
		}
	}
}

func TestLeft(t *testing.T) {
	c := newCalendar(t, calendar.EnglandAndWales, "2026-05-13")
	tests := []struct {
		asOf, due string
		want      int
	}{
		{"2026-05-11", "2026-05-11", 0},
		{"2026-05-11", "2026-05-12", 1},
		{"2026-05-11", "2026-05-13", 1}, // a closure
		{"2026-05-11", "2026-05-15", 3},
		{"2026-05-11", "2026-05-16", 3}, // a Saturday
		{"2026-05-12", "2026-05-11", -1},
		{"2026-05-18", "2026-05-15", -1},
		{"2026-05-17", "2026-05-15", 0}, // late, though no centre day has passed
	}
	for _, tt := range tests {
		if got := c.Left(day(t, tt.asOf), day(t, tt.due)); got != tt.want {
			t.Errorf("Left(%s, %s) = %d, want %d", tt.asOf, tt.due, got, tt.want)
		}
	}
}

// TestAgainstCounting compares the tables with a loop that looks at every day.
func TestAgainstCounting(t *testing.T) {
	for _, division := range calendar.Divisions() {
		c := newCalendar(t, division, "2026-08-03..2026-08-14", "2030-12-24")
		r := rand.New(rand.NewPCG(1, 2))
		for range 4000 {
			clock := calendar.Clock(r.IntN(2))
			from := calendar.NewDate(1990+r.IntN(120), 1, 1+r.IntN(366))
			n := r.IntN(80)
			slow, left := from, n
			for left > 0 {
				slow++
				if c.IsWorking(slow, clock) {
					left--
				}
			}
			if got := c.Nth(from, n, clock); got != slow {
				t.Fatalf("%s: Nth(%s, %d) = %s, counting says %s", division, from, n, got, slow)
			}
			to, count := from+calendar.Date(r.IntN(200)-100), 0
			for d := min(from, to) + 1; d <= max(from, to); d++ {
				if c.IsWorking(d, calendar.Centre) {
					count++
				}
			}
			if to < from {
				count = -count
			}
			if got := c.Left(from, to); got != count {
				t.Fatalf("%s: Left(%s, %s) = %d, counting says %d", division, from, to, got, count)
			}
			for _, s := range c.Skipped(from, from+20, clock) {
				if c.IsWorking(s.Date, clock) || s.Reason == "" {
					t.Fatalf("%s: %v is said to be skipped", division, s)
				}
			}
		}
	}
}

func TestComputedYears(t *testing.T) {
	tests := []struct {
		division calendar.Division
		year     int
		want     string
	}{
		{calendar.EnglandAndWales, 2033, "01-03 04-15 04-18 05-02 05-30 08-29 12-26 12-27"}, // New Year on a Saturday, Christmas on a Sunday
		{calendar.EnglandAndWales, 2032, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"}, // Christmas on a Saturday
		{calendar.Scotland, 2033, "01-03 01-04 04-15 05-02 05-30 08-01 11-30 12-26 12-27"},
		{calendar.Scotland, 2036, "01-01 01-02 04-11 05-05 05-26 08-04 12-01 12-25 12-26"}, // St Andrew's Day on a Sunday
		{calendar.NorthernIreland, 2029, "01-01 03-19 03-30 04-02 05-07 05-28 07-12 08-27 12-25 12-26"},
	}
	for _, tt := range tests {
		h := holidays(t, tt.division, "")
		var got []string
		for d := calendar.NewDate(tt.year, time.January, 1); d.Year() == tt.year; d++ {
			if h[d] != "" {
				got = append(got, d.String()[5:])
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s %d: %s, want %s", tt.division, tt.year, strings.Join(got, " "), tt.want)
		}
	}
}

func TestAddedList(t *testing.T) {
	h := holidays(t, calendar.EnglandAndWales, `{"england-and-wales":{"events":[{"title":"A jubilee","date":"2031-06-03"}]}}`)
	for _, d := range []string{"2031-06-03", "2031-12-25", "2026-04-03"} {
		if h[day(t, d)] == "" {
			t.Errorf("%s is no bank holiday", d)
		}
	}
	for bad, want := range map[string]string{
		`{`: "published JSON form", `{"scotland":{}}`: `no division "england-and-wales"`,
		`{"england-and-wales":{"events":[{"title":"X","date":"3 June"}]}}`: `"3 June" is not a date`,
	} {
		if _, err := calendar.BankHolidays(calendar.EnglandAndWales, []byte(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", bad, err, want)
		}
	}
}

// TestListedUntil guards the day from which only the usual bank holidays are known:
// a list that names a single one of a year, or leaves a year out, reaches no further.
func TestListedUntil(t *testing.T) {
	year := func(y string, n int) string {
		var events []string
		for i := range n {
			events = append(events, fmt.Sprintf(`{"title":"X","date":"%s-0%d-01"}`, y, i+1))
		}
		return strings.Join(events, ",")
	}
	for _, tt := range []struct{ why, events, want string }{
		{"no list", "", "2028-12-31"},
		{"one more year", year("2029", 8), "2029-12-31"},
		{"a year without all of them", year("2029", 7), "2028-12-31"},
		{"two more years", year("2029", 8) + "," + year("2030", 9), "2030-12-31"},
		{"a year left out", year("2030", 9), "2028-12-31"},
		{"an old list", year("2024", 8), "2028-12-31"},
	} {
		var added []byte
		if tt.events != "" {
			added = []byte(`{"scotland":{"events":[` + tt.events + `]}}`)
		}
		if got, err := calendar.ListedUntil(calendar.Scotland, added); err != nil || got != day(t, tt.want) {
			t.Errorf("%s: %s, %v, want %s", tt.why, got, err, tt.want)
		}
	}
	for _, division := range calendar.Divisions() {
		if got, err := calendar.ListedUntil(division, nil); err != nil || got < day(t, "2028-12-31") {
			t.Errorf("%s: %s, %v", division, got, err)
		}
	}
	if _, err := calendar.ListedUntil(calendar.Scotland, []byte("{")); err == nil {
		t.Error("what is no list has no error")
	}
}

func TestAddMonths(t *testing.T) {
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"}, {"2026-11-30", 3, "2027-02-28"}, {"2026-03-15", 36, "2029-03-15"}, {"2026-03-31", -1, "2026-02-28"},
	} {
		if got := day(t, tt.from).AddMonths(tt.n); got != day(t, tt.want) {
			t.Errorf("%s + %d months = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func TestAgeAt(t *testing.T) {
	for _, tt := range []struct {
		birth, at string
		want      int
	}{
		{"2012-02-29", "2026-02-28", 13}, {"2012-02-29", "2026-03-01", 14}, {"2012-02-29", "2028-02-28", 15}, {"2012-02-29", "2028-02-29", 16},
		{"2012-05-11", "2026-05-10", 13}, {"2012-05-11", "2026-05-11", 14},
	} {
		if got := day(t, tt.birth).AgeAt(day(t, tt.at)); got != tt.want {
			t.Errorf("born %s, on %s: %d, want %d", tt.birth, tt.at, got, tt.want)
		}
	}
}

func TestSoon(t *testing.T) {
	c := newCalendar(t, calendar.EnglandAndWales)
	for _, tt := range []struct {
		window, asOf, due string
		want              bool
	}{
		{"5 working days", "2026-05-11", "2026-05-18", true},
		{"5 working days", "2026-05-11", "2026-05-19", false},
		{"7 days", "2026-05-11", "2026-05-18", true},
		{"7 days", "2026-05-11", "2026-05-19", false},
		{"1 month", "2026-01-31", "2026-02-28", true},
		{"1 month", "2026-01-31", "2026-03-01", false},
	} {
		w, err := calendar.ParseDuration(tt.window)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Soon(day(t, tt.asOf), day(t, tt.due), w); got != tt.want {
			t.Errorf("%s before %s on %s: %v", tt.window, tt.due, tt.asOf, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]string{
		"25 working days": "25 working days", " 1  Working Day ": "1 working day", "30 days": "30 days", "15 weeks": "15 weeks", "1 month": "1 month", "12 months": "12 months",
	} {
		if d, err := calendar.ParseDuration(text); err != nil || d.String() != want {
			t.Errorf("%q: %s, %v", text, d, err)
		}
	}
	for text, want := range map[string]string{
		"25": "has no unit", "": "not a duration", "0 working days": "less than one", "-3 days": "less than one", "2.5 days": "not a duration",
		"25 hours": `unit "hours"`, "99999 days": "longer than", "days": "not a duration",
	} {
		if _, err := calendar.ParseDuration(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestDateForms(t *testing.T) {
	d := day(t, "2026-02-09")
	if d.String() != "2026-02-09" || d.UK() != "09/02/2026" || d.Long() != "Mon 9 Feb 2026" || d != 46062 {
		t.Errorf("%s, %s, %s, %d", d, d.UK(), d.Long(), d)
	}
	for d := calendar.NewDate(1899, 12, 31); d < calendar.NewDate(2160, 1, 1); d++ {
		if d.Weekday() != d.Time().Weekday() || calendar.FromTime(d.Time()) != d {
			t.Fatalf("%d is not %v", d, d.Time())
		}
	}
	var none calendar.Date
	if j, _ := none.MarshalJSON(); string(j) != "null" || none.String() != "" {
		t.Errorf("no date is %s", j)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"25 working days", "2026-12-24..2026-12-31", "2026-02-30", "1 month", ".."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := calendar.ParseDuration(s); err == nil {
			if again, err := calendar.ParseDuration(d.String()); err != nil || again != d {
				t.Errorf("%q became %v, %v", s, again, err)
			}
		}
		if span, err := calendar.ParseSpan(s); err == nil && span.To < span.From {
			t.Errorf("%q ends before it starts", s)
		}
	})
}
