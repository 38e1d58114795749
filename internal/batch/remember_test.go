package batch_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/history"
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

// TestTheRecordOfARun guards that it can be told later what a run was for, by
// what it judged, what it found in each workbook, and what had changed.
func TestTheRecordOfARun(t *testing.T) {
	c := newCentre(t, twoRegisters)
	c.job.Trigger = "on schedule"
	c.on("2026-05-08")
	c.mustRun("claims.xlsx: written\nenrolments.xlsx: written")
	c.job.Trigger = ""
	c.on("2026-05-11")
	c.edit("claims.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Claims", "C2", "")) })
	c.job.Named = []string{c.path("claims.xlsx")}
	c.mustRun("claims.xlsx: written\nenrolments.xlsx: context")
	c.job.Named = nil
	c.job.Compare = true
	result, err := c.job.Check(t.Context())
	check(t, err)
	check(t, c.job.Record(t.Context(), result))

	runs, err := c.job.State.Runs(t.Context(), store.RunQuery{})
	check(t, err)
	var got []string
	for _, r := range runs {
		line := fmt.Sprintf("%s, named %t, observation %d", r.Trigger, r.Named, r.Observation)
		for _, w := range r.Workbooks {
			line += fmt.Sprintf("; %s %s %v", w.Path, w.Outcome, w.Counts)
		}
		got = append(got, line)
	}
	want := []string{
		"for the digest, named false, observation 3; claims.xlsx read map[]; enrolments.xlsx read map[overdue:1 todo:7]",
		"by hand, named true, observation 2; claims.xlsx written map[]; enrolments.xlsx context map[]",
		"on schedule, named false, observation 1; claims.xlsx written map[breach:3 data:1 overdue:2]; enrolments.xlsx written map[overdue:1 todo:7]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the runs are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	sets, err := c.job.State.RuleSets(t.Context())
	check(t, err)
	if len(sets) != 1 || sets[runs[0].RuleSet] == nil || runs[0].RuleSet != runs[2].RuleSet {
		t.Errorf("there are %d rule sets; the runs have %q and %q", len(sets), runs[0].RuleSet, runs[2].RuleSet)
	}
	if n := runs[1].Changes[history.Ended]; n == 0 || len(runs[0].Changes) != 0 {
		t.Errorf("%d findings were closed, and then %v", n, runs[0].Changes)
	}
}

// TestRunPrunes guards that a run rids the state of what is old, once a day, and
// by its as-of date where that is earlier.
func TestRunPrunes(t *testing.T) {
	c := newCentre(t, twoRegisters)
	day := func(n int) time.Time { return time.Date(2026, 5, 11+n, 8, 0, 0, 0, time.UTC) }
	now := day(0)
	c.job.Now = func() time.Time { return now }
	run := func(at time.Time, months int) string {
		t.Helper()
		now = at
		c.on(at.Format(time.DateOnly))
		c.job.Months = months
		c.run()
		last, was, err := c.job.State.LastPruning(t.Context())
		check(t, err)
		return fmt.Sprint(was, " ", last.At.Format("2006-01-02 15:04"), " ", last.Before)
	}
	for _, s := range []struct {
		at     time.Time
		months int
		want   string
	}{
		{day(0), 0, "false 0001-01-01 00:00 "}, // for ever
		{day(0), 6, "true 2026-05-11 08:00 "},
		{day(1).Add(-time.Second), 6, "true 2026-05-11 08:00 "},
		{day(1), 6, "true 2026-05-12 08:00 2025-11-11"},
		{day(400), 6, "true 2027-06-15 08:00 2025-11-11"},
		{day(401), 6, "true 2027-06-16 08:00 2026-12-15"},
	} {
		if got := run(s.at, s.months); got != s.want {
			t.Errorf("on %s, %d months: %s, want %s", s.at, s.months, got, s.want)
		}
	}
	if runs, err := c.job.State.Runs(t.Context(), store.RunQuery{}); err != nil || len(runs) != 2 {
		t.Errorf("%d runs are left, %v", len(runs), err)
	}
	now = day(402)
	c.on("2026-05-11")
	c.run()
	if last, _, err := c.job.State.LastPruning(t.Context()); err != nil || last.Before.String() != "2026-12-15" || !last.At.Equal(now) {
		t.Errorf("what is judged of a day in the past takes away by today: %+v, %v", last, err)
	}
}
