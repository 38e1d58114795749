package mail

import (
	"context"
	"errors"
	"testing"
	"time"

	"regcert/internal/store"
)

var monday = time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)

// clock is a clock that a test sets.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

// scripted is a transport that does what a test says.
type scripted struct {
	send  func(ctx context.Context, l *Letter, beforeDot func() error) (string, error)
	tried []string // the recipients, in their order
}

func (s *scripted) Send(ctx context.Context, l *Letter, beforeDot func() error) (string, error) {
	s.tried = append(s.tried, l.To)
	return s.send(ctx, l, beforeDot)
}
func (s *scripted) Check(context.Context) error { return nil }
func (s *scripted) String() string              { return "scripted" }

// fails is a transport's answer with an outcome. What may have arrived was
// recorded before.
func fails(o Outcome) func(context.Context, *Letter, func() error) (string, error) {
	return func(_ context.Context, _ *Letter, beforeDot func() error) (string, error) {
		if o == Unknown {
			if err := beforeDot(); err != nil {
				return "", err
			}
		}
		return "", &Error{Place: "mail.example:587", Step: "try", Outcome: o, Err: errors.New("no\r\nluck")}
	}
}

func takes(_ context.Context, _ *Letter, beforeDot func() error) (string, error) {
	return "taken", beforeDot()
}

func openOutbox(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// enqueue puts a digest for somebody into the outbox, to be tried for a day.
func enqueue(t testing.TB, s *store.Store, to string, at time.Time) store.Message {
	t.Helper()
	l := letter(t, to)
	m, _, err := s.Enqueue(t.Context(), store.Message{
		Key: store.Key{Job: "digest", Slot: "2026-05-11", Recipient: to}, MessageID: l.MessageID, Sender: l.From, Written: at, Deadline: at.Add(24 * time.Hour),
	}, l.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// newPostman is a postman at his outbox, a clock and a transport.
func newPostman(t testing.TB) (*Postman, *clock, *scripted) {
	c, tr := &clock{monday}, &scripted{send: takes}
	return &Postman{Outbox: openOutbox(t, t.TempDir()), Transport: tr, Now: c.read, What: "regcert test"}, c, tr
}

func deliver(t testing.TB, p *Postman, asked ...int64) []store.Message {
	t.Helper()
	done, err := p.Deliver(t.Context(), asked...)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range done {
		if there, err := p.Outbox.Message(t.Context(), m.ID); err != nil || there != m {
			t.Errorf("returned %+v, and there is %+v (%v)", m, there, err)
		}
	}
	return done
}
