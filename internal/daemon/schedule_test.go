package daemon

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regcert/internal/register/registertest"
	"regcert/internal/schedule"
)

// TestWeek guards that each slot of a week is done, each once, that statuses are
// written, and the digest is sent.
func TestWeek(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-10 18:00", "Europe/London", settings)
	c.start()
	c.hop("2026-05-17 18:00", 10*time.Minute)
	check(t, c.end())
	c.wantSlots("digest", "2026-05-11T08:00 done")
	var want []string
	for day := 11; day <= 15; day++ {
		for _, hour := range []int{7, 12, 17} {
			want = append(want, fmt.Sprintf("2026-05-%02dT%02d:00 done", day, hour))
		}
	}
	c.wantSlots("check", want...)
	c.wantSent("quality@centre.example", 1)
	c.wantSent("admin@centre.example", 0)
	if got := c.status("enrolments.xlsx", "L001"); got != "Overdue" {
		t.Errorf("the status is %q", got)
	}
}

const nightly = settings + `schedule: {check: "30 1 * * *", digest: "0 8 * * MON", catch_up: 24h}
`

// TestSummerTime guards that an hour that does not exist moves to the next that
// does, and that one which comes twice counts once.
func TestSummerTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zone, from, to string
		slots          []string
	}{
		{"Europe/London", "2026-03-28 12:00", "2026-03-30 06:00", []string{"2026-03-29T01:30 done", "2026-03-30T01:30 done"}},
		{"Europe/London", "2026-10-24 12:00", "2026-10-26 06:00", []string{"2026-10-25T01:30 done", "2026-10-26T01:30 done"}},
		{"America/Santiago", "2026-04-04 12:00", "2026-04-06 06:00", []string{"2026-04-05T01:30 done", "2026-04-06T01:30 done"}},
		{"Australia/Lord_Howe", "2026-04-04 12:00", "2026-04-06 06:00", []string{"2026-04-05T01:30 done", "2026-04-06T01:30 done"}},
		{"Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-05 06:00", []string{"2026-10-04T01:30 done", "2026-10-05T01:30 done"}},
	} {
		c := newCentre(t, tt.from, tt.zone, nightly)
		c.start()
		c.hop(tt.to, 5*time.Minute)
		check(t, c.end())
		c.wantSlots("check", tt.slots...)
		c.wantLogged("a job of the schedule is done\" job=check", len(tt.slots))
	}
}

// TestYear goes through a whole year by the hour, as a computer does that sleeps
// most of the time: each slot is done, each once.
func TestYear(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	for _, zone := range []string{"Europe/London", "America/Santiago", "Australia/Lord_Howe"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			c := newCentre(t, "2026-01-01 00:10", zone, nightly)
			c.start()
			end := c.clock.Now().AddDate(1, 0, 0)
			c.hop(end.Format("2006-01-02 15:04"), time.Hour)
			check(t, c.end())
			for job, spec := range map[string]string{"check": "30 1 * * *", "digest": "0 8 * * MON"} {
				s, err := schedule.Parse(spec, 0)
				check(t, err)
				var want []string
				for _, slot := range s.Due(end.AddDate(-1, 0, 0), end, end.Location()) {
					want = append(want, slot.String()+" done")
				}
				c.wantSlots(job, want...)
				c.wantLogged(`a job of the schedule is done" job=`+job, len(want))
			}
			c.wantSent("quality@centre.example", 52)
		})
	}
}

// TestDowntime guards that what was missed is done once, within the time that is
// configured: over a restart, a suspend, and both together.
func TestDowntime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, back string // when it is there again
		restart    bool
		digest     []string
		check      []string
	}{
		{"an hour late", "2026-05-11 09:00", true, []string{"2026-05-11T08:00 done"}, []string{"2026-05-11T07:00 done"}},
		{"an hour late after a suspend", "2026-05-11 09:00", false, []string{"2026-05-11T08:00 done"}, []string{"2026-05-11T07:00 done"}},
		{"a day late, but for a minute", "2026-05-12 07:59", true, []string{"2026-05-11T08:00 done"},
			[]string{"2026-05-11T12:00 skipped", "2026-05-11T17:00 skipped", "2026-05-12T07:00 done"}},
		{"a day late", "2026-05-12 08:00", true, nil, []string{"2026-05-11T12:00 skipped", "2026-05-11T17:00 skipped", "2026-05-12T07:00 done"}},
		{"a day late after a suspend", "2026-05-12 08:01", false, nil, []string{"2026-05-11T12:00 skipped", "2026-05-11T17:00 skipped", "2026-05-12T07:00 done"}},
		{"a year late", "2027-05-16 12:00", true, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newCentre(t, "2026-05-10 18:00", "Europe/London", settings)
			c.start()
			c.until("2026-05-10 18:10")
			back, err := time.ParseInLocation("2006-01-02 15:04", tt.back, c.clock.Now().Location())
			check(t, err)
			if tt.restart {
				check(t, c.end())
			}
			c.clock.Jump(back.Sub(c.clock.Now()))
			if tt.restart {
				c.start()
			}
			c.clock.Settle(2)
			c.look()
			c.look()
			check(t, c.end())
			c.wantSlots("digest", tt.digest...)
			c.wantSlots("check", tt.check...)
			c.wantSent("quality@centre.example", len(tt.digest))
		})
	}
}

// TestClockIsSet guards that no slot is done twice when the clock goes back, and
// that a clock which was years ahead for a while keeps no later slot from being done.
func TestClockIsSet(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", strings.Replace(settings, `path: "*.xlsx"`, `path: "*.xlsx", password_env: BOOM`, 1))
	var fails atomic.Bool
	c.getenv = func(string) string {
		if fails.Load() {
			panic("boom")
		}
		return ""
	}
	c.start()
	c.until("2026-05-11 08:30")
	c.clock.Jump(-2 * time.Hour)
	c.hop("2026-05-11 12:30", 10*time.Minute)
	fails.Store(true) // so that what is due then is not done
	c.clock.Jump(4 * 365 * 24 * time.Hour)
	c.look()
	c.write("enrolments.xlsx", registertest.Files(t, registers)[0].Data)
	c.look()
	c.look()
	c.look()
	c.clock.Jump(-4 * 365 * 24 * time.Hour)
	fails.Store(false)
	c.until("2026-05-11 12:40")
	if got := c.status("enrolments.xlsx", "L001"); got == "" {
		t.Error("what was saved while the clock was ahead has no status")
	}
	c.hop("2026-05-18 08:30", 10*time.Minute)
	check(t, c.end())
	got := slices.DeleteFunc(c.slots("digest"), func(s string) bool { return strings.HasPrefix(s, "2030") })
	if want := []string{"2026-05-11T08:00 done", "2026-05-18T08:00 done"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	c.wantLogged(`a job of the schedule is done" job=check slot=2026-05-11T07:00`, 1)
	c.wantLogged(`a job of the schedule is done" job=check slot=2026-05-11T12:00`, 1)
	c.wantLogged(`a job of the schedule is done" job=check slot=2026-05-18T07:00`, 1)
}
