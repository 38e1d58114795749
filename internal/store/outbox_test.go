package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func key(n int) Key {
	return Key{Job: "digest", Slot: "2026-05-11", Recipient: fmt.Sprintf("person%02d@centre.example", n)}
}

func queued(n int) Message {
	return Message{Key: key(n), Name: "Person", MessageID: "id@centre.example", Sender: "regcert@centre.example", Written: monday, Deadline: monday.Add(24 * time.Hour)}
}

func mustEnqueue(t testing.TB, s *Store, m Message) Message {
	t.Helper()
	there, isNew, err := s.Enqueue(t.Context(), m, []byte("Subject: L001\r\n"))
	if err != nil || !isNew {
		t.Fatalf("Enqueue = %+v, %t, %v; want a new one", there, isNew, err)
	}
	return there
}

func TestEnqueueOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	first := mustEnqueue(t, s, queued(1))
	want := queued(1)
	want.ID, want.State, want.Since, want.NextTry = first.ID, Pending, monday, monday
	if first != want {
		t.Errorf("Enqueue = %+v, want %+v", first, want)
	}
	other := queued(1)
	other.MessageID, other.Written = "other@centre.example", monday.Add(time.Hour)
	if there, isNew, err := s.Enqueue(t.Context(), other, []byte("other")); err != nil || isNew || there != want {
		t.Errorf("the same key: %+v, %t, %v; want %+v", there, isNew, err, want)
	}
	if data, err := s.MessageBytes(t.Context(), first.ID); err != nil || string(data) != "Subject: L001\r\n" {
		t.Errorf("its bytes are %q, %v", data, err)
	}
	// Another slot, job or recipient is another message.
	for _, k := range []Key{{"digest", "2026-05-18", key(1).Recipient}, {"escalation", "2026-05-11", key(1).Recipient}, key(2)} {
		m := queued(1)
		m.Key = k
		mustEnqueue(t, s, m)
	}
	if all, err := s.OpenMessages(t.Context()); err != nil || len(all) != 4 || all[0] != want {
		t.Errorf("OpenMessages = %+v, %v", all, err)
	}
}

// TestRecord guards that a message goes on only from where it is known to be,
// and that nothing of it stays in the file when it is sent or dropped.
func TestRecord(t *testing.T) {
	for _, end := range []State{Sent, Dropped, Failed, Unknown} {
		t.Run(string(end), func(t *testing.T) {
			dir := t.TempDir()
			s := mustOpen(t, dir)
			m := mustEnqueue(t, s, queued(1))
			m.State = Sending
			if err := s.Record(t.Context(), m, Pending, Unknown); err != nil {
				t.Fatal(err)
			}
			wantError(t, s.Record(t.Context(), m, Pending), "message 1 is not [pending]")
			m.State, m.Since, m.Tries, m.Unanswered, m.NextTry, m.Error, m.Receipt = end, monday.Add(time.Second), 2, 1, monday.Add(time.Hour), "why", "taken"
			if err := s.Record(t.Context(), m, Sending, DotSent); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Message(t.Context(), m.ID); err != nil || got != m {
				t.Errorf("Message = %+v, %v; want %+v", got, err, m)
			}
			gone := end == Sent || end == Dropped
			if data, err := s.MessageBytes(t.Context(), m.ID); err != nil || (len(data) == 0) != gone {
				t.Errorf("its bytes are %q, %v", data, err)
			}
			if _, err := s.db.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile(filepath.Join(dir, FileName))
			if err != nil || bytes.Contains(file, []byte("L001")) == gone {
				t.Errorf("its text stands in the file: %t (%v)", !gone, err)
			}
		})
	}
}

func TestMessagesSince(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for n, state := range []State{Pending, Failed, Unknown, Sent, Dropped, Sent} {
		m := mustEnqueue(t, s, queued(n))
		m.State, m.Since = state, monday.Add(time.Duration(n)*time.Hour)
		if err := s.Record(t.Context(), m, Pending); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Messages(t.Context(), monday.Add(4*time.Hour))
	var states []State
	for _, m := range list {
		states = append(states, m.State)
	}
	if want := []State{Pending, Failed, Unknown, Dropped, Sent}; err != nil || !reflect.DeepEqual(states, want) {
		t.Errorf("Messages are %q, %v; want %q", states, err, want)
	}
}

func TestByHand(t *testing.T) {
	later := monday.Add(time.Hour)
	for _, c := range []struct {
		state       State
		bytes       string
		retry, drop string // the refusal, or nothing
	}{
		{Pending, "text", "", ""},
		{Failed, "text", "", ""},
		{Unknown, "text", "", ""},
		{Unknown, "", "nothing of its text is kept", ""},
		{Sending, "text", "is being sent at this moment", "is being sent at this moment"},
		{DotSent, "text", "is being sent at this moment", "is being sent at this moment"},
		{Sent, "text", "was sent: it cannot be retried", "was sent: there is nothing to drop"},
		{Dropped, "text", "was dropped: it cannot be retried", "was dropped: there is nothing to drop"},
	} {
		t.Run(string(c.state)+" "+c.bytes, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			m, _, err := s.Enqueue(t.Context(), queued(1), []byte(c.bytes))
			if err != nil {
				t.Fatal(err)
			}
			m.State, m.Tries, m.Unanswered, m.NextTry, m.Error = c.state, 3, 1, time.Time{}, "why"
			if err := s.Record(t.Context(), m, Pending); err != nil {
				t.Fatal(err)
			}
			try := func(do func() (Message, error), refusal string, want Message) {
				t.Helper()
				got, err := do()
				if refusal != "" {
					var r *Refusal
					if wantError(t, err, refusal); !errors.As(err, &r) {
						t.Errorf("%T is no refusal", err)
					}
					want = m
				} else if err != nil || got != want {
					t.Errorf("%+v, %v; want %+v", got, err, want)
				}
				if there, err := s.Message(t.Context(), m.ID); err != nil || there != want {
					t.Errorf("there is %+v, %v; want %+v", there, err, want)
				}
			}
			retried := m
			retried.Tries, retried.NextTry = 0, later
			if m.State == Failed {
				retried.State, retried.Since = Pending, later
			}
			try(func() (Message, error) { return s.Retry(t.Context(), m.ID, later) }, c.retry, retried)
			if c.retry == "" {
				m = retried
			}
			dropped := m
			dropped.State, dropped.Since, dropped.NextTry = Dropped, later, time.Time{}
			try(func() (Message, error) { return s.Drop(t.Context(), m.ID, later) }, c.drop, dropped)
		})
	}
	s := mustOpen(t, t.TempDir())
	_, err := s.Retry(t.Context(), 7, later)
	wantError(t, err, "there is no message 7")
	_, err = s.Drop(t.Context(), 7, later)
	wantError(t, err, "there is no message 7")
	_, err = s.Message(t.Context(), 7)
	wantError(t, err, "there is no message 7")
}

func TestPause(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if p, err := s.Paused(t.Context()); p != nil || err != nil {
		t.Errorf("Paused = %+v, %v; want none", p, err)
	}
	for n := 1; n <= 2; n++ {
		want := Pause{Reason: "the login", Since: monday, Until: monday.Add(time.Minute), Tries: n}
		if err := s.Pause(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if p, err := s.Paused(t.Context()); err != nil || p == nil || *p != want {
			t.Errorf("Paused = %+v, %v; want %+v", p, err, want)
		}
	}
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Paused(t.Context()); p != nil || err != nil {
		t.Errorf("Paused = %+v, %v; want none", p, err)
	}
}

// TestDelivering guards that one process delivers at a time, and that this does
// not keep another from writing workbooks.
func TestDelivering(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	release, err := s.Delivering(t.Context(), "regcert digest", monday, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Delivering(t.Context(), "regcert mail", monday, 10*time.Millisecond)
	wantError(t, err, "another regcert is delivering mail at this moment (regcert digest, process ")
	writing, err := s.Writing(t.Context(), "regcert run", monday, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writing(), release()); err != nil {
		t.Fatal(err)
	}
	if release, err = s.Delivering(t.Context(), "regcert mail", monday, 0); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

// TestMigrateDeliveries guards that what an earlier version sent is not sent
// again after an upgrade, and what it did not send is.
func TestMigrateDeliveries(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{schema1, schema2, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = 2`, applicationID), `INSERT INTO delivery VALUES
		('digest', '2026-05-11', 'person01@centre.example', 'one@centre.example', 'sent', '2026-05-11T07:00:00.000Z', ''),
		('digest', '2026-05-11', 'person02@centre.example', 'two@centre.example', 'failed', '2026-05-11T07:00:00.000Z', 'why'),
		('digest', '2026-05-11', 'person03@centre.example', 'three@centre.example', 'sending', '2026-05-11T07:00:00.000Z', '')`} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, dir)
	for n, want := range map[int]struct {
		state      State
		isNew      bool
		unanswered int
	}{1: {Sent, false, 0}, 2: {Pending, true, 0}, 3: {Unknown, false, 2}} {
		m, isNew, err := s.Enqueue(t.Context(), queued(n), []byte("text"))
		if err != nil || isNew != want.isNew || m.State != want.state || m.Unanswered != want.unanswered || isNew == m.NextTry.IsZero() {
			t.Errorf("%d: %+v, %t, %v; want %+v", n, m, isNew, err, want)
		}
	}
	var tables int
	if err := s.db.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name = 'delivery'`).Scan(&tables); err != nil || tables != 0 {
		t.Errorf("the old table is there (%d, %v)", tables, err)
	}
}

// TestEnqueueInOneProcess guards the key between goroutines and between two
// handles on one file.
func TestEnqueueInOneProcess(t *testing.T) {
	dir := t.TempDir()
	handles := []*Store{mustOpen(t, dir), mustOpen(t, dir)}
	var added atomic.Int32
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			_, isNew, err := handles[i%2].Enqueue(t.Context(), queued(1), []byte("text"))
			if err != nil {
				t.Error(err)
			}
			if isNew {
				added.Add(1)
			}
		})
	}
	group.Wait()
	if n := added.Load(); n != 1 {
		t.Errorf("%d callers added the message, want 1", n)
	}
}
