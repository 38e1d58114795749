package schedule_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"regcert/internal/schedule"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func parse(t testing.TB, spec string) *schedule.Spec {
	t.Helper()
	s, err := schedule.Parse(spec, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// schedules are walked through: what they are, and the same as a function.
func schedules() map[string]func(time.Time) bool {
	return map[string]func(time.Time) bool{
		"*/15 * * * *":      func(t time.Time) bool { return t.Minute()%15 == 0 },
		"0,30,59 0-3 * * *": func(t time.Time) bool { return slices.Contains([]int{0, 30, 59}, t.Minute()) && t.Hour() < 4 },
		"30 1 * * SUN":      func(t time.Time) bool { return t.Hour() == 1 && t.Minute() == 30 && t.Weekday() == time.Sunday },
		"0 0 * * *":         func(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 },
		"0 7,12,17 * * MON-FRI": func(t time.Time) bool {
			return t.Minute() == 0 && slices.Contains([]int{7, 12, 17}, t.Hour()) && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
		},
	}
}

// firing is a slot and its moment.
type firing struct {
	slot schedule.Slot
	at   time.Time
}

// watch looks at a clock on the wall every minute: a time is due when the clock
// shows it, or something later, for the first time.
func watch(t *testing.T, from, until time.Time, z *time.Location, matches func(time.Time) bool) (out []firing) {
	seen := wall(from, z)
	for at := from.Add(time.Minute); !at.After(until); at = at.Add(time.Minute) {
		for now := wall(at, z); seen.Before(now); {
			seen = seen.Add(time.Minute)
			if matches(seen) {
				slot, err := schedule.ParseSlot(seen.Format("2006-01-02T15:04"))
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, firing{slot, at})
			}
		}
	}
	return out
}

// wall is what a clock shows, as if it were UTC.
func wall(at time.Time, z *time.Location) time.Time {
	_, offset := at.In(z).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// TestWholeYears guards that each slot comes once and in order, at the right
// moment, over clocks put forward and back by an hour, by half an hour, at
// midnight and by a day, in whatever steps time passes.
func TestWholeYears(t *testing.T) {
	for _, tc := range []struct{ zone, from, until string }{
		{"Europe/London", "2025-12-30T23:00:00Z", "2028-01-05T00:00:00Z"},
		{"America/Santiago", "2025-12-30T23:00:00Z", "2028-01-05T00:00:00Z"},
		{"Australia/Lord_Howe", "2025-12-30T23:00:00Z", "2028-01-05T00:00:00Z"},
		{"Africa/Casablanca", "2026-01-30T23:00:00Z", "2026-05-05T00:00:00Z"},
		{"Africa/Cairo", "2026-03-30T23:00:00Z", "2026-11-05T00:00:00Z"},
		{"Pacific/Apia", "2011-09-01T00:00:00Z", "2012-05-05T00:00:00Z"},
		{"America/New_York", "2028-12-30T00:00:00Z", "2029-01-03T00:00:00Z"},
		{"UTC", "2027-12-30T23:00:00Z", "2028-03-05T00:00:00Z"},
	} {
		t.Run(tc.zone, func(t *testing.T) {
			z, from, until := zone(t, tc.zone), moment(t, tc.from), moment(t, tc.until)
			for text, matches := range schedules() {
				spec := parse(t, text)
				want := watch(t, from, until, z, matches)
				walk(t, spec, want, from, until, z)
				for seed := range uint64(3) {
					step(t, spec, want, from, until, z, rand.New(rand.NewPCG(seed, 0)))
				}
			}
		})
	}
}

// walk asks slot by slot what comes next.
func walk(t *testing.T, spec *schedule.Spec, want []firing, from, until time.Time, z *time.Location) {
	t.Helper()
	at := from
	for i, w := range want {
		if got := w.slot.In(z); !got.Equal(w.at) {
			t.Fatalf("%s: %s falls on %s, want %s", spec, w.slot, got, w.at.In(z))
		}
		if i > 0 && w.at.Equal(want[i-1].at) {
			continue // clocks are put forward over several
		}
		slot, next := spec.Next(at, z)
		if slot != w.slot || !next.Equal(w.at) {
			t.Fatalf("%s: after %s comes %s at %s, want %s at %s", spec, at.In(z), slot, next, w.slot, w.at.In(z))
		}
		if slot, next := spec.Next(next.Add(-time.Nanosecond), z); slot != w.slot || !next.Equal(w.at) {
			t.Fatalf("%s: just before %s comes %s at %s", spec, w.at.In(z), slot, next)
		}
		at = next
	}
	if slot, next := spec.Next(at, z); !next.After(until) {
		t.Fatalf("%s: after the last one comes %s at %s", spec, slot, next)
	}
}

// step lets time pass as it does for a program: in short steps, over suspends of
// hours and days, with the clock set back now and then.
func step(t *testing.T, spec *schedule.Spec, want []firing, from, until time.Time, z *time.Location, r *rand.Rand) {
	t.Helper()
	var got []schedule.Slot
	horizon := from
	for now := from; now.Before(until); {
		most := []time.Duration{2 * time.Hour, 30 * time.Hour, 9 * 24 * time.Hour}[r.IntN(3)]
		now = now.Add(time.Duration(r.Int64N(int64(most))))
		if r.IntN(10) == 0 {
			if due := spec.Due(horizon, horizon.Add(-time.Duration(r.Int64N(int64(most)))), z); len(due) > 0 {
				t.Fatalf("%s: with the clock set back %v is due", spec, due)
			}
		}
		if now.After(until) {
			now = until
		}
		got = append(got, spec.Due(horizon, now, z)...)
		horizon = now
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d slots, want %d", spec, len(got), len(want))
	}
	for i, w := range want {
		if got[i] != w.slot {
			t.Fatalf("%s: slot %d is %s, want %s", spec, i, got[i], w.slot)
		}
	}
}

// TestIn guards the moments at which slots fall where clocks are odd.
func TestIn(t *testing.T) {
	for _, tc := range []struct{ why, zone, slot, want string }{
		{"before clocks are put forward", "Europe/London", "2026-03-29T00:59", "2026-03-29T00:59:00Z"},
		{"the first time left out", "Europe/London", "2026-03-29T01:00", "2026-03-29T01:00:00Z"},
		{"left out", "Europe/London", "2026-03-29T01:30", "2026-03-29T01:00:00Z"},
		{"the last time left out", "Europe/London", "2026-03-29T01:59", "2026-03-29T01:00:00Z"},
		{"after clocks were put forward", "Europe/London", "2026-03-29T02:00", "2026-03-29T01:00:00Z"},
		{"after that", "Europe/London", "2026-03-29T02:01", "2026-03-29T01:01:00Z"},
		{"before what comes twice", "Europe/London", "2026-10-25T00:59", "2026-10-24T23:59:00Z"},
		{"twice", "Europe/London", "2026-10-25T01:00", "2026-10-25T00:00:00Z"},
		{"twice", "Europe/London", "2026-10-25T01:59", "2026-10-25T00:59:00Z"},
		{"after what comes twice", "Europe/London", "2026-10-25T02:00", "2026-10-25T02:00:00Z"},
		{"midnight left out", "America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00:00Z"},
		{"after midnight left out", "America/Santiago", "2026-09-06T00:59", "2026-09-06T04:00:00Z"},
		{"before midnight left out", "America/Santiago", "2026-09-05T23:59", "2026-09-06T03:59:00Z"},
		{"the hour before midnight twice", "America/Santiago", "2026-04-04T23:30", "2026-04-05T02:30:00Z"},
		{"midnight after it", "America/Santiago", "2026-04-05T00:00", "2026-04-05T04:00:00Z"},
		{"midnight left out", "Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00:00Z"},
		{"half an hour left out", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"},
		{"after half an hour left out", "Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30:00Z"},
		{"half an hour twice", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"},
		{"after half an hour twice", "Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30:00Z"},
		{"a day left out", "Pacific/Apia", "2011-12-30T08:00", "2011-12-30T10:00:00Z"},
		{"the day before", "Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59:00Z"},
		{"the day after", "Pacific/Apia", "2011-12-31T00:01", "2011-12-30T10:01:00Z"},
		{"Ramadan begins", "Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30:00Z"},
		{"Ramadan ends", "Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00:00Z"},
		{"the last day of a leap year", "America/New_York", "2028-12-31T19:30", "2029-01-01T00:30:00Z"},
		{"far east", "Pacific/Kiritimati", "2026-01-01T00:00", "2025-12-31T10:00:00Z"},
		{"far west", "Etc/GMT+12", "2026-01-01T00:00", "2026-01-01T12:00:00Z"},
	} {
		slot, err := schedule.ParseSlot(tc.slot)
		if err != nil {
			t.Fatal(err)
		}
		z := zone(t, tc.zone)
		if got := slot.In(z); !got.Equal(moment(t, tc.want)) || got.Location() != z {
			t.Errorf("%s, %s: %s falls on %s, want %s", tc.zone, tc.why, tc.slot, got.UTC().Format(time.RFC3339), tc.want)
		}
	}
}

// TestSlots guards the form in which slots are kept.
func TestSlots(t *testing.T) {
	for _, text := range []string{"2026-03-29T01:30", "1970-01-01T00:00", "1969-12-31T23:59", "2400-02-29T23:59"} {
		if slot, err := schedule.ParseSlot(text); err != nil || slot.String() != text || slot.Day() != text[:10] {
			t.Errorf("%s became %s of %s, %v", text, slot, slot.Day(), err)
		}
	}
	for _, text := range []string{"", "2026-03-29", "2026-03-29T1:30", "2026-03-29T01:30:00", "2026-02-30T01:30", "2026-03-29T24:00", "2026-03-29T01:30Z", "2026-03-29 01:30"} {
		if slot, err := schedule.ParseSlot(text); err == nil {
			t.Errorf("%q was read as %s", text, slot)
		}
	}
}

// TestDueIsBounded guards that a state of long ago does not bring all that was
// missed since, and that nobody waits for it.
func TestDueIsBounded(t *testing.T) {
	now := moment(t, "2026-05-11T08:00:00Z")
	for _, tc := range []struct {
		spec        string
		since       time.Time
		want        int
		first, last string
	}{
		{"* * * * *", time.Time{}, 1000, "2026-05-10T15:21", "2026-05-11T08:00"},
		{"*/5 * * * *", now.Add(-1000 * 5 * time.Minute), 1000, "2026-05-07T20:45", "2026-05-11T08:00"},
		{"*/5 * * * *", now.Add(-999*5*time.Minute - time.Second), 1000, "2026-05-07T20:45", "2026-05-11T08:00"},
		{"*/5 * * * *", now.Add(-999 * 5 * time.Minute), 999, "2026-05-07T20:50", "2026-05-11T08:00"},
		{"0 8 * * MON", now.AddDate(-1, 0, 0), 53, "2025-05-12T08:00", "2026-05-11T08:00"},
		{"0 8 29 2 *", time.Time{}, 491, "0004-02-29T08:00", "2024-02-29T08:00"},
		{"0 8 * * MON", now.Add(-time.Nanosecond), 1, "2026-05-11T08:00", "2026-05-11T08:00"},
		{"0 8 * * MON", now, 0, "", ""},
	} {
		due := parse(t, tc.spec).Due(tc.since, now, time.UTC)
		if len(due) != tc.want || tc.want > 0 && (due[0].String() != tc.first || due[len(due)-1].String() != tc.last) {
			t.Errorf("%s since %s: %d slots, %v", tc.spec, tc.since, len(due), due[:min(len(due), 1)])
		}
	}
}

// TestRareDays guards the eight years without a 29 February.
func TestRareDays(t *testing.T) {
	if slot, _ := parse(t, "30 7 29 2 *").Next(moment(t, "2096-02-29T08:00:00Z"), time.UTC); slot.String() != "2104-02-29T07:30" {
		t.Errorf("after 2096 comes %s", slot)
	}
}

// TestParse guards what is a schedule, and what is said about what is none.
func TestParse(t *testing.T) {
	const five, day = 5 * time.Minute, 24 * time.Hour
	for _, tc := range []struct {
		spec  string
		least time.Duration
		want  string // in the error; empty: it is a schedule
	}{
		{"0 7,12,17 * * MON-FRI", five, ""},
		{"  0\t8 * *  MON ", day, ""},
		{"30 7 29 2 *", day, ""},
		{"0 8 ? JAN-MAR,nov 0-6/2", day, ""},
		{"*/5 * * * *", five, ""},
		{"*/4 * * * *", five, `"*/4 * * * *" comes on Thu 1 Jan 2026 at 00:00 and again on Thu 1 Jan 2026 at 00:04: leave at least 5 minutes between two times`},
		{"0,55 0,23 * * *", five, ""},
		{"0,56 0,23 * * *", five, "comes on Thu 1 Jan 2026 at 23:56 and again on Fri 2 Jan 2026 at 00:00"},
		{"0,56 0,23 * * MON,WED", five, ""},
		{"0,56 0,23 31,1 12,1 *", five, "comes on Thu 31 Dec 2026 at 23:56 and again on Fri 1 Jan 2027 at 00:00"},
		{"0,56 0,23 29 2 SUN", five, "comes on Sun 28 Feb 2044 at 23:56 and again on Mon 29 Feb 2044 at 00:00"},
		{"0 8 * * *", day, ""},
		{"0 8,20 1 * *", day, "comes on Thu 1 Jan 2026 at 08:00 and again on Thu 1 Jan 2026 at 20:00: leave at least 24 hours between two times"},
		{"0 8,20 * * *", 12 * time.Hour, ""},
		{"0 8 * * *", 48 * time.Hour, "comes on Thu 1 Jan 2026 at 08:00 and again on Fri 2 Jan 2026 at 08:00: leave at least 48 hours"},
		{"", five, `"" does not have five parts: write minute, hour, day, month and weekday, such as "0 8 * * MON"`},
		{"0 8 * *", five, "does not have five parts"},
		{"0 0 8 * * MON", five, "does not have five parts"},
		{"TZ=0", five, `"TZ=0" names a time zone: set timezone, which all jobs follow, and leave it out here`},
		{"CRON_TZ=UTC 0 8 * * MON", five, "names a time zone"},
		{"0 8 * * TZ=UTC", five, "names a time zone"},
		{"tz=UTC 8 * * MON", five, "names a time zone"},
		{"@weekly", five, `"@weekly" is a short name, which is not known here: write minute`},
		{"@every 1h", five, "is a short name"},
		{"@every 1 2 3 4", five, "is a short name"},
		{"60 8 * * *", five, `"60 8 * * *" has the minute "60", which is none: write 0 to 59`},
		{"0 24 * * *", five, `has the hour "24", which is none: write 0 to 23`},
		{"0 8 0 * *", five, `has the day of the month "0", which is none: write 1 to 31`},
		{"0 8 * 13 *", five, `has the month "13", which is none: write 1 to 12 or JAN to DEC`},
		{"0 8 * * 7", five, `has the weekday "7", which is none: write SUN to SAT`},
		{"0 8 * * FRI-MON", five, `has the weekday "FRI-MON", which is none`},
		{"0 8 * * MONDAY", five, `has the weekday "MONDAY", which is none`},
		{"0 8 * * MON,", five, `has the weekday "MON,", which is none`},
		{", 8 * * MON", five, `has the minute ",", which is none`},
		{"0 *-5 * * MON", five, `has the hour "*-5", which is none`},
		{"*/0 8 * * MON", five, `has the minute "*/0", which is none`},
		{"*/99999999999999999999 8 * * MON", five, `has the minute "*/999999999999999999", which is none`},
		{"-1 8 * * MON", five, `has the minute "-1", which is none`},
		{"0 8 30 2 *", five, `"0 8 30 2 *" never comes, as there is no such day: write minute`},
		{"0 8 31 4,6,9,11 *", five, "never comes"},
	} {
		s, err := schedule.Parse(tc.spec, tc.least)
		switch {
		case tc.want == "" && (err != nil || s.String() != strings.Join(strings.Fields(tc.spec), " ")):
			t.Errorf("%q: %v, %v", tc.spec, s, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%q: %v, want %q", tc.spec, err, tc.want)
		}
	}
}

// TestWords guards how a schedule is told to people.
func TestWords(t *testing.T) {
	for spec, want := range map[string]string{
		"0 8 * * MON":           "on Mondays at 08:00",
		"0 7,12,17 * * MON-FRI": "on weekdays at 07:00, 12:00 and 17:00",
		"5 8 * * 1-5":           "on weekdays at 08:05",
		"0 8 * * SUN,THU":       "on Thursdays and Sundays at 08:00",
		"30 6,18 * * *":         "every day at 06:30 and 18:30",
		"0 6-9 * * *":           "every day at 06:00, 07:00, 08:00 and 09:00",
		"0 6-10 * * *":          `"0 6-10 * * *"`,
		"*/10 8-17 * * MON-FRI": `"*/10 8-17 * * MON-FRI"`,
		"0 8 1 * *":             `"0 8 1 * *"`,
		"0 8 * 9 MON":           `"0 8 * 9 MON"`,
	} {
		if got := parse(t, spec).Words(); got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}

// FuzzParse guards that no text makes the parser or the search fail or run on,
// and that what is accepted comes again and again, never too soon.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0 7,12,17 * * MON-FRI", "0,58 0,23 * * *", "30 7 29 2 *", "0 8 30 2 *", "TZ=0", "CRON_TZ=UTC 0 8 * * *", "@every 1s", "@weekly", ", , , , ,",
		"*-5 ?/2 1-31/3 feb,DEC 0/6", "*/0 * * * *", "1/9223372036854775807 * * * *", "0 8 29 2 MON", "+5 8 * * *", "\xff 8 * * *"} {
		f.Add(s)
	}
	const least = 5 * time.Minute
	now := time.Date(2026, time.March, 28, 23, 59, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := schedule.Parse(text, least)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("the error is %q", err)
			}
			return
		}
		if again, err := schedule.Parse(s.String(), least); err != nil || again.Words() != s.Words() || s.Words() == "" {
			t.Errorf("%q became %v, %v", text, again, err)
		}
		z := zone(t, "Europe/London")
		slot, at := s.Next(now, z)
		for range 20 {
			next, then := s.Next(at, z)
			if !then.After(at) || next < slot+5 || !next.In(z).Equal(then) {
				t.Fatalf("%q: after %s at %s comes %s at %s", text, slot, at, next, then)
			}
			slot, at = next, then
		}
		if due := s.Due(now, at, z); len(due) < 21 || due[len(due)-1] < slot {
			t.Errorf("%q: %d slots until %s", text, len(due), at)
		}
	})
}
