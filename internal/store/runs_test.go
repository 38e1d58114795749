package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"regcert/internal/calendar"
)

var monday = time.Date(2026, time.May, 11, 7, 0, 0, 123e6, time.UTC)

func someFindings(n int) []Finding {
	out := make([]Finding, n)
	for i := range out {
		out[i] = Finding{
			Rule: "REG-02", LearnerID: fmt.Sprintf("L%06d", i), QualificationCode: "610/1234/5", Field: "Admin Notified", Severity: "at-risk",
			Due: calendar.NewDate(2026, time.May, 15) + calendar.Date(i%30), Workbook: "sample-workbooks/enrolments.xlsx", Sheet: "Learners 25-26", Row: i + 2,
		}
	}
	return out
}

func save(t testing.TB, s *Store, findings []Finding) int64 {
	t.Helper()
	id, err := s.SaveRun(t.Context(), Run{AsOf: calendar.NewDate(2026, time.May, 11), Started: monday, Finished: monday, Findings: findings})
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
	save(t, s, someFindings(7))
	london := time.FixedZone("BST", 3600)
	run := Run{
		AsOf: calendar.NewDate(2026, time.May, 11), Started: time.Date(2026, time.May, 11, 8, 0, 0, 0, london), Finished: time.Date(2026, time.May, 11, 8, 0, 1, 5e8, london),
		Policy: "1.0", Program: "0.1.0", Counts: map[string]int{"overdue": 3, "at-risk": 5},
		Workbooks: []Workbook{
			{Path: "b.xlsx", Before: "aa", After: "bb", Outcome: "written", Cells: 240},
			{Path: "a.xlsx", Before: "cc", Outcome: "deferred", Reason: "open in Excel\n“since 09:12”"},
		},
	}
	// Every number of rows around the size of one statement's batch.
	for _, n := range []int{0, 1, batch - 1, batch, batch + 1, 2*batch + 7} {
		findings := someFindings(n)
		if n > 0 {
			findings[n-1].Due, findings[n-1].Row, findings[n-1].LearnerID = 0, 0, `'); DROP TABLE run; --`
		}
		run.Findings = findings
		id, err := s.SaveRun(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		got, found, err := s.LastRun(t.Context())
		if err != nil || !found {
			t.Fatal(found, err)
		}
		want := run
		want.ID, want.Started, want.Finished, want.Findings = id, run.Started.UTC(), run.Finished.UTC(), nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("LastRun\n got %+v\nwant %+v", got, want)
		}
		back, err := s.Findings(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(back) != n || n > 0 && !reflect.DeepEqual(back, findings) {
			t.Errorf("%d findings came back as %d, or changed", n, len(back))
		}
	}
	if first, err := s.Findings(t.Context(), 1); err != nil || len(first) != 7 {
		t.Errorf("the first run has %d findings, %v; want 7", len(first), err)
	}
}

// TestSameFindingsOnce guards that a list of findings is kept once, and that
// lists which differ in anything are told apart.
func TestSameFindingsOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	lists := func() (n int) {
		if err := s.db.QueryRow(`SELECT count(*) FROM finding_list`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := save(t, s, someFindings(20))
	save(t, s, someFindings(21))
	again := save(t, s, someFindings(20))
	if n := lists(); n != 2 || first == again {
		t.Errorf("three runs have %d lists, and the IDs %d and %d", n, first, again)
	}
	want := 2
	for _, change := range []func(*Finding){
		func(f *Finding) { f.Rule += "x" }, func(f *Finding) { f.LearnerID += "x" }, func(f *Finding) { f.QualificationCode += "x" },
		func(f *Finding) { f.Field += "x" }, func(f *Finding) { f.Severity += "x" }, func(f *Finding) { f.Workbook += "x" }, func(f *Finding) { f.Sheet += "x" },
		func(f *Finding) { f.Due++ }, func(f *Finding) { f.Row++ },
		func(f *Finding) { f.Rule, f.LearnerID = f.Rule+f.LearnerID, "" },
	} {
		findings := someFindings(20)
		change(&findings[11])
		id := save(t, s, findings)
		if want++; lists() != want {
			t.Errorf("after a change to %+v there are %d lists, want %d", findings[11], lists(), want)
		}
		if back, err := s.Findings(t.Context(), id); err != nil || !reflect.DeepEqual(back, findings) {
			t.Errorf("the changed findings came back as %+v, %v", back, err)
		}
	}
}

// BenchmarkSaveRun records runs of 100,000 findings: new ones, and the same as
// before.
func BenchmarkSaveRun(b *testing.B) {
	findings := someFindings(100_000)
	b.Run("new", func(b *testing.B) {
		s := mustOpen(b, b.TempDir())
		for b.Loop() {
			findings[0].Row++
			save(b, s, findings)
		}
	})
	b.Run("same", func(b *testing.B) {
		s := mustOpen(b, b.TempDir())
		save(b, s, findings)
		for b.Loop() {
			save(b, s, findings)
		}
	})
}
