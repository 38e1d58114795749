package batch_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"testing"
	"time"

	"regcert/internal/store"
)

// TestRunIsRemembered guards what the state says of a run, of one that was
// broken off too, and that a workbook which was here lately is missed.
func TestRunIsRemembered(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	state, err := store.Open(context.Background(), t.TempDir())
	check(t, err)
	defer state.Close()
	c.job.State, c.job.Program = state, "test"
	c.job.Workbooks = c.job.Workbooks[:1]
	c.job.Workbooks[0] = c.pattern("*.xlsx")
	now := time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC)
	c.job.Now = func() time.Time { return now }
	last := func() store.Run {
		t.Helper()
		run, found, err := state.LastRun(context.Background())
		check(t, err)
		if !found {
			t.Fatal("no run is remembered")
		}
		return run
	}

	result := c.mustRun("a.xlsx: written\nb.xlsx: written")
	run := last()
	if run.Program != "test" || run.AsOf != result.Report.AsOf || run.Policy != "1.0" || !run.Started.Equal(now) || len(run.Workbooks) != 2 {
		t.Errorf("%+v", run)
	}
	if w := run.Workbooks[0]; w.Path != "a.xlsx" || w.Outcome != "written" || w.Before == w.After || len(w.Before) != 64 || w.Cells != result.Workbooks[0].Cells || w.Cells == 0 {
		t.Errorf("%+v", w)
	}
	total := 0
	for _, n := range run.Counts {
		total += n
	}
	if total != len(result.Report.Findings) {
		t.Errorf("%d findings are counted of %d", total, len(result.Report.Findings))
	}

	const missed = "a.xlsx: deferred!: it is not there, though it was a short while ago: programs take a workbook away for a moment when they save it; nobody's learners are taken for gone, and it is tried again on the next run\nb.xlsx: unchanged"
	check(t, os.Remove(c.path("a.xlsx")))
	c.mustRun(missed)
	now = now.Add(3 * 24 * time.Hour)
	c.mustRun(missed)
	now = now.Add(time.Second)
	c.mustRun("b.xlsx: unchanged")

	ctx, stop := context.WithCancel(context.Background())
	c.afterReading(stop)
	before := last().ID
	if _, err := c.job.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ends with %v", err)
	}
	if last().ID == before {
		t.Error("a run that was broken off is not remembered")
	}
}

// TestSnoozedIsCountedByItself: what is snoozed is remembered as that, and not
// under its severity.
func TestSnoozedIsCountedByItself(t *testing.T) {
	c := newCentre(t, `
		== a.xlsx
		-- Enrolments
		Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Email | ID Verified | MIS Logged | Snooze Until | Snooze Reason | Snooze By
		L1 | A | B | 2000-01-01 | Q/1 | 2026-04-01 | 2026-06-30 | a@b.example | no | yes | 2026-05-12 | why | who
		L2 | A | B | 2000-01-01 | Q/1 | 2026-04-01 | 2026-06-30 | a@b.example | no | yes | 2026-05-12 | why |
	`)
	state, err := store.Open(context.Background(), t.TempDir())
	check(t, err)
	defer state.Close()
	c.job.State = state
	c.mustRun("a.xlsx: written")
	run, found, err := state.LastRun(context.Background())
	check(t, err)
	if want := map[string]int{"snoozed": 2, "at-risk": 1, "todo": 1, "data": 1}; !found || !maps.Equal(run.Counts, want) {
		t.Errorf("counted %v, want %v", run.Counts, want)
	}
}
