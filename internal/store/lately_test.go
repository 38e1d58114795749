package store

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
)

// saveRun saves a run that ended some hours after Monday morning, over workbooks
// in the form "path outcome".
func saveRun(t *testing.T, s *Store, hours int, workbooks ...string) {
	t.Helper()
	at := monday.Add(time.Duration(hours) * time.Hour)
	run := Run{AsOf: calendar.FromTime(at), Started: at, Finished: at}
	for _, w := range workbooks {
		path, outcome, _ := strings.Cut(w, " ")
		run.Workbooks = append(run.Workbooks, Workbook{Path: path, Outcome: outcome})
	}
	if _, err := s.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
}

// TestLately guards that each workbook is as the last run left it that treated
// it, and that one which the last run over all did not find is not listed.
func TestLately(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	lately := func(since int) string {
		t.Helper()
		list, err := s.Lately(t.Context(), monday.Add(time.Duration(since)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, l := range list {
			out = append(out, fmt.Sprintf("%s %s %v", l.Path, l.Outcome, l.At.Sub(monday).Hours()))
		}
		return strings.Join(out, ", ")
	}
	if got := lately(0); got != "" {
		t.Errorf("a new state knows %s", got)
	}
	saveRun(t, s, 0, "a written", "b unchanged", "gone written")
	saveRun(t, s, 1, "a context", "b written", "gone context")
	if got, want := lately(0), "b written 1, a written 0, gone written 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	saveRun(t, s, 5, "a unchanged", "b deferred")
	if got, want := lately(0), "a unchanged 5, b deferred 5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	saveRun(t, s, 6, "a context", "b failed", "named written")
	saveRun(t, s, 7, "a context", "b deferred")
	if got, want := lately(0), "b deferred 7, named written 6, a unchanged 5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := lately(6), "b deferred 7, named written 6"; got != want {
		t.Errorf("since the sixth hour: got %s, want %s", got, want)
	}
	for _, c := range []struct {
		path        string
		since, want time.Duration
	}{{"b", 0, 1}, {"b", 1, 1}, {"a", 0, 5}, {"gone", 0, 0}} {
		at, err := s.InOrder(t.Context(), c.path, monday.Add(c.since*time.Hour))
		if err != nil || !at.Equal(monday.Add(c.want*time.Hour)) {
			t.Errorf("%s since %d is in order at %v, %v", c.path, c.since, at, err)
		}
	}
	if at, err := s.InOrder(t.Context(), "b", monday.Add(time.Hour+time.Millisecond)); !at.IsZero() || err != nil {
		t.Errorf("b was in order at %v, %v", at, err)
	}
}

// TestOpenFindings guards that what is open is counted, and what is closed is not.
func TestOpenFindings(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if got, err := s.OpenFindings(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("a new state has %v, %v", got, err)
	}
	observe(t, s, reading(0, "L1 L2 L3/overdue L4"))
	observe(t, s, reading(1, "L1 zzL2 L3/overdue"))
	got, err := s.OpenFindings(t.Context())
	want := map[string]int{"at-risk": 1, "overdue": 2, "data": 1, Snoozed: 1}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
