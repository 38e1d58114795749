package store

import (
	"maps"
	"testing"
	"time"

	"regcert/internal/policy"
)

// TestTold guards who was told what: with the message, or not at all, and no
// more once the message has failed. One that was dropped may have arrived.
func TestTold(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	now := observe(t, s, reading(0, "L1 L2 L3"))
	ids := map[string]int64{}
	for _, m := range now.Matters {
		ids[m.LearnerID] = m.Life.ID
	}
	enqueue := func(slot, to string, tells ...Told) Message {
		t.Helper()
		m, _, err := s.Enqueue(t.Context(), Message{Key: Key{Job: "escalation", Slot: slot, Recipient: to}, Written: monday, Deadline: monday.Add(time.Hour)}, []byte("x"), tells...)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	want := func(to string, want map[int64]policy.Severity) {
		t.Helper()
		got, err := s.Told(t.Context(), to)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s was told %v, %v; want %v", to, got, err, want)
		}
	}
	first := enqueue("2026-05-11/1", "a@centre.example", Told{ids["L1"], policy.AtRisk}, Told{ids["L2"], policy.Overdue})
	enqueue("2026-05-11/1", "a@centre.example", Told{ids["L3"], policy.AtRisk}) // is there already: nothing more is told
	enqueue("2026-05-11/2", "a@centre.example", Told{ids["L1"], policy.Overdue})
	enqueue("2026-05-12/1", "a@centre.example", Told{ids["L1"], policy.AtRisk})
	enqueue("2026-05-11/1", "b@centre.example", Told{ids["L3"], policy.Breach})
	want("a@centre.example", map[int64]policy.Severity{ids["L1"]: policy.Overdue, ids["L2"]: policy.Overdue})
	want("b@centre.example", map[int64]policy.Severity{ids["L3"]: policy.Breach})
	want("c@centre.example", map[int64]policy.Severity{})
	for slots, want := range map[string]int{"2026-05-11/": 2, "2026-05-12/": 1, "2026-05-1": 3, "2026-05-13/": 0} {
		if n, err := s.CountMessages(t.Context(), "escalation", slots, "a@centre.example"); err != nil || n != want {
			t.Errorf("%s: %d messages, %v; want %d", slots, n, err, want)
		}
	}
	if n, err := s.CountMessages(t.Context(), "digest", "2026-05-11", "a@centre.example"); err != nil || n != 0 {
		t.Errorf("%d digests, %v", n, err)
	}
	failed := first
	failed.State = Failed
	if err := s.Record(t.Context(), failed, Pending); err != nil {
		t.Fatal(err)
	}
	want("a@centre.example", map[int64]policy.Severity{ids["L1"]: policy.Overdue})
	if _, err := s.Drop(t.Context(), first.ID, monday); err != nil {
		t.Fatal(err)
	}
	want("a@centre.example", map[int64]policy.Severity{ids["L1"]: policy.Overdue, ids["L2"]: policy.Overdue})
	// A message that tells of what is not there is not queued.
	if _, _, err := s.Enqueue(t.Context(), Message{Key: Key{Job: "escalation", Slot: "2026-05-14/1", Recipient: "a@centre.example"}, Written: monday, Deadline: monday}, nil, Told{999, policy.AtRisk}); err == nil {
		t.Error("a message tells of a finding that is not there")
	}
	if n, err := s.CountMessages(t.Context(), "escalation", "2026-05-14/", "a@centre.example"); err != nil || n != 0 {
		t.Errorf("%d messages are left, %v", n, err)
	}
}
