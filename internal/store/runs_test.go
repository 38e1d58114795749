package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"regcert/internal/calendar"
)

var monday = time.Date(2026, time.May, 11, 7, 0, 0, 123e6, time.UTC)

func someWorkbooks(n int) []Workbook {
	out := make([]Workbook, n)
	for i := range out {
		out[i] = Workbook{Path: fmt.Sprintf("registers/%06d.xlsx", i), Before: "aa", After: "bb", Outcome: "written", Cells: i}
	}
	return out
}

func save(t testing.TB, s *Store, workbooks []Workbook) int64 {
	t.Helper()
	id, err := s.SaveRun(t.Context(), Run{AsOf: calendar.NewDate(2026, time.May, 11), Started: monday, Finished: monday, Workbooks: workbooks})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRunComesBack(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if run, found, err := s.LastRun(t.Context()); found || err != nil {
		t.Fatalf("a new state has the run %+v, %v", run, err)
	}
	save(t, s, someWorkbooks(7))
	london := time.FixedZone("BST", 3600)
	run := Run{
		AsOf: calendar.NewDate(2026, time.May, 11), Started: time.Date(2026, time.May, 11, 8, 0, 0, 0, london), Finished: time.Date(2026, time.May, 11, 8, 0, 1, 5e8, london),
		Policy: "1.0", Program: "0.1.0", Counts: map[string]int{"overdue": 3, "at-risk": 5},
		Workbooks: []Workbook{
			{Path: "b.xlsx", Before: "aa", After: "bb", Outcome: "written", Cells: 240},
			{Path: "a.xlsx", Before: "cc", Outcome: "deferred", Reason: "open in Excel\n“since 09:12”'); DROP TABLE run; --"},
		},
	}
	id, err := s.SaveRun(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := s.LastRun(t.Context())
	if err != nil || !found {
		t.Fatal(found, err)
	}
	want := run
	want.ID, want.Started, want.Finished = id, run.Started.UTC(), run.Finished.UTC()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("LastRun\n got %+v\nwant %+v", got, want)
	}
}

func TestReadSince(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	run := func(at time.Time, workbooks ...Workbook) {
		if _, err := s.SaveRun(t.Context(), Run{AsOf: calendar.FromTime(at), Started: at, Finished: at, Workbooks: workbooks}); err != nil {
			t.Fatal(err)
		}
	}
	run(monday, Workbook{Path: "old.xlsx", Before: "aa"})
	run(monday.AddDate(0, 0, 1), Workbook{Path: "b.xlsx", Before: "aa"}, Workbook{Path: "absent.xlsx"})
	run(monday.AddDate(0, 0, 2), Workbook{Path: "a.xlsx", Before: "aa"}, Workbook{Path: "b.xlsx", Before: "bb"})
	got, err := s.ReadSince(t.Context(), monday.AddDate(0, 0, 1))
	if err != nil || !reflect.DeepEqual(got, []string{"a.xlsx", "b.xlsx"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCounted(t *testing.T) {
	for _, c := range []struct {
		trigger, outcome string
		counts           map[string]int
		want             bool
	}{
		{"by hand", "written", nil, true}, {"by hand", "failed", nil, false}, {"by hand", "failed", map[string]int{"todo": 1}, true}, // it could not be written
		{"", "written", nil, false}, // of an earlier version
	} {
		w := Workbook{Outcome: c.outcome, Counts: c.counts}
		if got := w.Counted(&Run{Trigger: c.trigger}); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
