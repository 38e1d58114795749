package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"regcert/internal/swap"
)

func someIntent(path string, at time.Time) swap.Intent {
	return swap.Intent{
		Path: path, Before: swap.Sum{1, 2}, After: swap.Sum{3, 4}, Temp: "/r/.regcert-1.tmp", Backup: "/state/backups/1.xlsx", Way: swap.Exchange,
		At: at, Reason: "run", State: swap.Intended, Changes: []swap.Change{{Sheet: "Claims 25-26", Column: "Claim Status", Cells: 12}, {Sheet: "Learners", Column: "Next Action"}},
	}
}

func TestWritesComeBack(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	first, second := someIntent("/r/claims.xlsx", monday), someIntent("/r/claims.xlsx", monday.Add(time.Hour))
	other := someIntent("/r/other.xlsx", monday)
	other.Changes = nil
	for _, i := range []*swap.Intent{&second, &first, &other} { // the later one is recorded first: the list is by time
		id, err := s.Intend(t.Context(), *i)
		if err != nil {
			t.Fatal(err)
		}
		i.ID = id
	}
	pending := func(want ...swap.Intent) {
		t.Helper()
		got, err := s.Pending(t.Context())
		if err != nil || len(got) != len(want) {
			t.Fatalf("pending %+v, %v; want %+v", got, err, want)
		}
		for n := range want {
			if !reflect.DeepEqual(got[n], want[n]) {
				t.Errorf("pending %+v, want %+v", got[n], want[n])
			}
		}
	}
	pending(second, first, other)
	conclude := func(i *swap.Intent, state swap.State, kept swap.Kept) {
		t.Helper()
		i.State = state
		if kept.Path != "" {
			i.Kept = kept
		}
		if err := s.Conclude(t.Context(), i.ID, state, kept); err != nil {
			t.Fatal(err)
		}
	}
	conclude(&first, swap.Placed, swap.Kept{Path: "/r/claims (conflicted copy).xlsx", Sum: swap.Sum{5}})
	conclude(&other, swap.Undone, swap.Kept{})
	pending(second, first)
	conclude(&first, swap.Settled, swap.Kept{}) // what is known of a conflict stays
	pending(second)

	// It is there for the next process, too.
	s = mustOpen(t, dir)
	pending(second)
	got, err := s.Writes(t.Context(), "/r/claims.xlsx")
	want := []swap.Intent{first, second}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Writes\n got %+v, %v\nwant %+v", got, err, want)
	}
	if got, err := s.Conflicts(t.Context()); err != nil || !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("Conflicts %+v, %v", got, err)
	}
	wantError(t, s.Conclude(t.Context(), 99, swap.Settled, swap.Kept{}), "no write 99")
	wantError(t, s.Conclude(t.Context(), second.ID, "lost", swap.Kept{}), "CHECK")
}

// TestOldStateIsBroughtUpToDate opens a state with the tables of the first version.
func TestOldStateIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{schema1, "PRAGMA application_id = 1919248227; PRAGMA user_version = 1",
		"INSERT INTO run VALUES (7, '2026-05-11', '2026-05-11T07:00:00.000Z', '2026-05-11T07:00:01.000Z', '1.0', '0.1')"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, dir)
	if run, found, err := s.LastRun(t.Context()); !found || run.ID != 7 || err != nil {
		t.Errorf("%+v, %v", run, err)
	}
	if _, err := s.Intend(t.Context(), someIntent("/r/a.xlsx", monday)); err != nil {
		t.Error(err)
	}
}

func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	a, b := mustOpen(t, dir), mustOpen(t, dir)
	release, err := a.Writing(t.Context(), "regcert run", monday, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Writing(t.Context(), "regcert restore", monday, 100*time.Millisecond)
	var busy *Busy
	if !errors.As(err, &busy) {
		t.Fatalf("the second got %v", err)
	}
	wantError(t, err, "another regcert is writing", "regcert run, process ", "since ")

	// Who waits gets it when the first has ended.
	time.AfterFunc(100*time.Millisecond, func() {
		if err := release(); err != nil {
			t.Error(err)
		}
	})
	again, err := b.Writing(t.Context(), "regcert restore", monday, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
	// Nothing that a process left behind keeps the next one out.
	if release, err = a.Writing(t.Context(), "regcert run", monday, 0); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
