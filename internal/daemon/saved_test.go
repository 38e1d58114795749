package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/register/registertest"
	"regcert/internal/store"
)

// late is enrolments.xlsx after somebody has entered another learner.
const another = `
== enrolments.xlsx
-- Enrolments
Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
L001 | Ada | Archer | 2000-01-02 | 610/1234/5 | 2026-04-06 | 2026-06-30
L003 | Cat | Cooper | 2002-01-02 | 610/1234/5 | 2026-04-06 | 2026-06-30
`

// quiet is a daemon for which nothing is due on its schedule for long.
const quiet = settings + `schedule: {check: "0 7 1 1 *", digest: "0 8 1 1 *"}
`

// lockOf is the mark of a spreadsheet program beside an open workbook.
func (c *centre) lockOf(name string) string {
	dir, base := filepath.Split(filepath.FromSlash(name))
	return filepath.Join(c.dir, dir, ".~lock."+base+"#")
}

func (c *centre) lock(name string) {
	c.t.Helper()
	check(c.t, os.WriteFile(c.lockOf(name), []byte(",anna,desk-3,11.05.2026 09:00,file:///home/anna;"), 0o644))
}

func (c *centre) unlock(name string) { c.t.Helper(); check(c.t, os.Remove(c.lockOf(name))) }

// runs lists the runs that were recorded, by the workbooks that they treated.
func (c *centre) runs() (out []string) {
	c.t.Helper()
	for line := range strings.SplitSeq(c.log.String(), "\n") {
		if _, what, ok := strings.Cut(line, `msg="workbooks were saved, or are tried again" workbooks=`); ok {
			out = append(out, strings.Trim(what, `"[]`))
		}
	}
	return out
}

func (c *centre) wantRuns(want ...string) {
	c.t.Helper()
	if got := strings.Join(c.runs(), "; "); got != strings.Join(want, "; ") {
		c.t.Errorf("the runs are %q, want %q", got, want)
	}
}

// TestSaved guards that a saved workbook has its statuses within a minute, that it
// alone is treated, and once: what regcert writes itself is no save.
func TestSaved(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 09:00", "Europe/London", quiet)
	c.start()
	c.until("2026-05-11 09:05")
	c.wantRuns("enrolments.xlsx others.xlsx")
	c.write("enrolments.xlsx", registertest.Files(t, another)[0].Data)
	c.until("2026-05-11 09:06")
	if got := c.status("enrolments.xlsx", "L003"); got == "" {
		t.Error("there is no status a minute after the workbook was saved")
	}
	c.until("2026-05-11 10:00")
	c.wantRuns("enrolments.xlsx others.xlsx", "enrolments.xlsx")

	// The same bytes with another time stamp are no other version.
	now := time.Now()
	check(t, os.Chtimes(filepath.Join(c.dir, "others.xlsx"), now, now.Add(time.Hour)))
	c.until("2026-05-11 10:10")
	c.wantRuns("enrolments.xlsx others.xlsx", "enrolments.xlsx")

	// What was saved while no daemon ran is treated by the next, and no more than that.
	check(t, c.end())
	c.write("enrolments.xlsx", registertest.Files(t, registers)[0].Data)
	c.start()
	c.until("2026-05-11 10:20")
	check(t, c.end())
	c.wantRuns("enrolments.xlsx others.xlsx", "enrolments.xlsx", "enrolments.xlsx")
}

// TestSavedOften guards that a workbook which is saved again and again is treated
// when it is left alone, with one run.
func TestSavedOften(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 09:00", "Europe/London", quiet)
	c.start()
	c.until("2026-05-11 09:05")
	for i := range 10 {
		c.write("enrolments.xlsx", registertest.Files(t, []string{another, registers}[i%2])[0].Data)
		c.clock.Settle(2)
		c.clock.Next(c.clock.Now().Add(15 * time.Second))
	}
	c.until("2026-05-11 09:20")
	check(t, c.end())
	c.wantRuns("enrolments.xlsx others.xlsx", "enrolments.xlsx")
}

// TestNever guards after_save: never.
func TestNever(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 09:00", "Europe/London", strings.Replace(quiet, "daemon:\n", "daemon:\n  after_save: never\n", 1))
	c.start()
	c.until("2026-05-11 09:30")
	check(t, c.end())
	c.wantRuns()
}

// TestOpen guards that a workbook which somebody has open is treated within a
// minute after it is closed, that the owner is told once when that takes too long,
// and that it is known over a restart.
func TestOpen(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-12 09:00", "Europe/London", quiet)
	c.start()
	c.until("2026-05-12 09:05")
	c.lock("enrolments.xlsx")
	c.write("enrolments.xlsx", registertest.Files(t, another)[0].Data)
	c.hop("2026-05-13 18:00", 10*time.Minute)
	check(t, c.end())
	c.start()
	c.hop("2026-05-14 09:00", 10*time.Minute)
	c.wantSent("admin@centre.example", 0)
	c.hop("2026-05-15 09:00", 10*time.Minute)
	if got := c.sent("admin@centre.example"); len(got) != 1 || !strings.Contains(got[0], "enrolments.xlsx could not be written since Tuesday; its statuses are 2 days old") {
		t.Errorf("the owner was told %q", got)
	}
	c.wantRuns("enrolments.xlsx others.xlsx")
	c.unlock("enrolments.xlsx")
	c.until("2026-05-15 09:01")
	if got := c.status("enrolments.xlsx", "L003"); got == "" {
		t.Error("there is no status a minute after the workbook was closed")
	}
	c.until("2026-05-15 09:05")
	check(t, c.end())
	c.wantSent("admin@centre.example", 1)
	c.state(func(s *store.Store) {
		if troubles, err := s.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("there is still %v %v", troubles, err)
		}
	})
}

// TestOpenAtTheSlot guards that the schedule goes on beside a workbook that is
// open, and that it is tried again when it is closed.
func TestOpenAtTheSlot(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-12 06:59", "Europe/London", settings)
	c.lock("enrolments.xlsx")
	c.start()
	c.until("2026-05-12 07:30")
	if got := c.status("others.xlsx", "L002"); got == "" {
		t.Error("the other workbook has no status")
	}
	if got := c.status("enrolments.xlsx", "L001"); got != "" {
		t.Errorf("the open workbook has the status %q", got)
	}
	c.unlock("enrolments.xlsx")
	c.until("2026-05-12 07:31")
	check(t, c.end())
	if got := c.status("enrolments.xlsx", "L001"); got == "" {
		t.Error("the workbook that was closed has no status")
	}
}

// TestAway guards that a folder which is away for a while is missed, not taken for
// empty, and that all goes on when it is back.
func TestAway(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", strings.Replace(settings, `"*.xlsx"`, "registers/*.xlsx", 1))
	registers := filepath.Join(c.dir, "registers")
	check(t, os.Mkdir(registers, 0o755))
	for _, name := range []string{"enrolments.xlsx", "others.xlsx"} {
		check(t, os.Rename(filepath.Join(c.dir, name), filepath.Join(registers, name)))
	}
	c.start()
	c.until("2026-05-11 06:30")
	check(t, os.Rename(registers, filepath.Join(c.dir, "away")))
	c.hop("2026-05-11 10:00", 10*time.Minute)
	c.state(func(s *store.Store) {
		if troubles, err := s.Troubles(t.Context()); err != nil || len(troubles) != 2 {
			t.Errorf("the troubles are %v %v, want two", troubles, err)
		}
	})
	c.wantSlots("digest", "2026-05-11T08:00 done")
	check(t, os.Rename(filepath.Join(c.dir, "away"), registers))
	c.write("registers/enrolments.xlsx", registertest.Files(t, another)[0].Data)
	c.until("2026-05-11 10:02")
	if got := c.status("registers/enrolments.xlsx", "L003"); got == "" {
		t.Error("there is no status after the folder came back")
	}
	c.until("2026-05-11 12:30")
	check(t, c.end())
	c.wantSlots("check", "2026-05-11T07:00 done", "2026-05-11T12:00 done")
	c.state(func(s *store.Store) {
		if troubles, err := s.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("there is still %v %v", troubles, err)
		}
	})
}
