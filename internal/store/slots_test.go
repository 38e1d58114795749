package store

import (
	"reflect"
	"testing"
	"time"
)

// TestSlots guards that a slot exists once, whatever the clock does.
func TestSlots(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	ctx := t.Context()
	now := time.Date(2026, time.May, 11, 7, 0, 0, 0, time.UTC)
	if _, known, err := s.Horizon(ctx, "digest"); known || err != nil {
		t.Errorf("a new state knows a horizon: %v %v", known, err)
	}
	if err := s.AddSlots(ctx, "digest", []string{"2026-05-11T08:00"}, now); err != nil {
		t.Fatal(err)
	}
	if until, known, err := s.Horizon(ctx, "digest"); !until.Equal(now) || !known || err != nil {
		t.Errorf("the horizon is %v %v %v", until, known, err)
	}
	due, err := s.DueSlots(ctx)
	want := []Slot{{Job: "digest", At: "2026-05-11T08:00", State: SlotDue, NextTry: now}}
	if err != nil || !reflect.DeepEqual(due, want) {
		t.Fatalf("due is %+v %v", due, err)
	}
	done := due[0]
	done.State, done.Tries, done.Ended, done.Note = SlotDone, 1, now.Add(time.Minute), "all is well"
	if err := s.SaveSlot(ctx, done); err != nil {
		t.Fatal(err)
	}
	// The clock goes back, and the slot comes again, with one that is new.
	if err := s.AddSlots(ctx, "digest", []string{"2026-05-11T08:00", "2026-05-18T08:00"}, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if until, _, err := s.Horizon(ctx, "digest"); !until.Equal(now.Add(-time.Hour)) || err != nil {
		t.Errorf("the horizon is %v %v", until, err)
	}
	if due, err = s.DueSlots(ctx); err != nil || len(due) != 1 || due[0].At != "2026-05-18T08:00" {
		t.Errorf("due is %+v %v", due, err)
	}
	last, err := s.LastSlots(ctx, "digest", 2)
	if err != nil || len(last) != 2 || !reflect.DeepEqual(last[1], done) {
		t.Errorf("the last are %+v %v", last, err)
	}
	if other, err := s.LastSlots(ctx, "check", 2); err != nil || len(other) != 0 {
		t.Errorf("another job has %+v %v", other, err)
	}
}

// TestTroubles guards that it is known since when something is in the way, and
// whether it was told.
func TestTroubles(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	ctx := t.Context()
	now := time.Date(2026, time.May, 11, 7, 0, 0, 0, time.UTC)
	save := func(trouble Trouble) {
		t.Helper()
		if err := s.SaveTrouble(ctx, trouble); err != nil {
			t.Fatal(err)
		}
	}
	save(Trouble{Kind: "workbook", Subject: "claims.xlsx", Since: now, Reason: "it is open"})
	save(Trouble{Kind: "workbook", Subject: "claims.xlsx", Since: now.Add(time.Hour), Reason: "it is still open"})
	message := Message{Key: Key{"notice", "2026-05-11/1", "owner@centre.example"}, MessageID: "1@centre.example", Sender: "regcert@centre.example", Written: now, Deadline: now.Add(time.Hour)}
	if err := s.Tell(ctx, &message, []byte("a message"), []Trouble{{Kind: "workbook", Subject: "claims.xlsx", Told: now.Add(time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	if open, err := s.OpenMessages(ctx); err != nil || len(open) != 1 {
		t.Errorf("queued are %v %v", open, err)
	}
	save(Trouble{Kind: "workbook", Subject: "claims.xlsx", Since: now.Add(2 * time.Hour), Reason: "open yet"})
	save(Trouble{Kind: "mail", Since: now.Add(time.Minute), Reason: "the login is refused"})
	got, err := s.Troubles(ctx)
	want := []Trouble{
		{Kind: "workbook", Subject: "claims.xlsx", Since: now, Reason: "open yet", Told: now.Add(time.Hour)},
		{Kind: "mail", Since: now.Add(time.Minute), Reason: "the login is refused"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v %v", got, err)
	}
	if was, err := s.EndTrouble(ctx, "workbook", "claims.xlsx"); !was || err != nil {
		t.Errorf("ending it says %v %v", was, err)
	}
	if was, err := s.EndTrouble(ctx, "workbook", "claims.xlsx"); was || err != nil {
		t.Errorf("ending it again says %v %v", was, err)
	}
}

// TestServing guards that one daemon serves a state, and that others can tell.
func TestServing(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	now := time.Date(2026, time.May, 11, 7, 0, 0, 0, time.UTC)
	if _, serves, err := s.Server(); serves || err != nil {
		t.Errorf("somebody serves a new state: %v", err)
	}
	release, err := s.Serving(t.Context(), "regcert serve", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Serving(t.Context(), "regcert serve", now); err == nil {
		t.Error("two serve")
	}
	if who, serves, err := s.Server(); !serves || err != nil || who == "" {
		t.Errorf("who serves: %q %v %v", who, serves, err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, serves, err := s.Server(); serves || err != nil {
		t.Errorf("somebody serves a state that was left: %v", err)
	}
}
