package store

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func key(n int) Key {
	return Key{Job: "digest", Slot: "2026-05-11", Recipient: fmt.Sprintf("person%02d@centre.example", n)}
}

func TestClaimOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	const id = "<digest.2026-05-11@centre.example>"
	later := monday.Add(time.Minute)
	claim := func(k Key, wantClaimed bool, wantState State) {
		t.Helper()
		d, claimed, err := s.Claim(t.Context(), k, id, monday)
		if err != nil || claimed != wantClaimed || d.State != wantState || d.MessageID != id || d.Key != k {
			t.Errorf("Claim = %+v, %t, %v; want %t, %s", d, claimed, err, wantClaimed, wantState)
		}
	}
	claim(key(1), true, Sending)
	claim(key(1), false, Sending)
	if err := s.Delivered(t.Context(), key(1), later); err != nil {
		t.Fatal(err)
	}
	claim(key(1), false, Sent)

	claim(key(2), true, Sending)
	if err := s.Failed(t.Context(), key(2), later, "450 mailbox busy"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Deliveries(t.Context(), "digest", "2026-05-11")
	want := []Delivery{
		{Key: key(1), MessageID: id, State: Sent, Since: later},
		{Key: key(2), MessageID: id, State: Failed, Since: later, Error: "450 mailbox busy"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Deliveries = %+v, %v; want %+v", got, err, want)
	}
	claim(key(2), true, Sending)
	claim(key(2), false, Sending)

	// Another slot or job is another message.
	claim(Key{Job: "digest", Slot: "2026-05-18", Recipient: key(1).Recipient}, true, Sending)
	claim(Key{Job: "escalation", Slot: "2026-05-11", Recipient: key(1).Recipient}, true, Sending)
}

// TestSettleNeedsAClaim guards that nothing is recorded as sent, or set free
// again, that nobody had claimed.
func TestSettleNeedsAClaim(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	wantError(t, s.Delivered(t.Context(), key(1), monday), "the digest of 2026-05-11 to person01@centre.example was not claimed")
	if _, _, err := s.Claim(t.Context(), key(1), "id", monday); err != nil {
		t.Fatal(err)
	}
	if err := s.Delivered(t.Context(), key(1), monday); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.Failed(t.Context(), key(1), monday, "late news"), "was not claimed")
	if _, claimed, err := s.Claim(t.Context(), key(1), "id", monday); claimed || err != nil {
		t.Errorf("a message that was sent could be claimed again (%v)", err)
	}
}

// TestClaimInOneProcess guards the claim between goroutines and between two
// handles on one file.
func TestClaimInOneProcess(t *testing.T) {
	dir := t.TempDir()
	handles := []*Store{mustOpen(t, dir), mustOpen(t, dir)}
	var claims atomic.Int32
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			_, claimed, err := handles[i%2].Claim(t.Context(), key(1), "id", monday)
			if err != nil {
				t.Error(err)
			}
			if claimed {
				claims.Add(1)
			}
		})
	}
	group.Wait()
	if n := claims.Load(); n != 1 {
		t.Errorf("%d callers got the claim, want 1", n)
	}
}
