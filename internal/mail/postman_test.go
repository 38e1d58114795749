package mail

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/store"
)

// TestSettled guards what becomes of a message, by what became of its letter.
func TestSettled(t *testing.T) {
	failure := func(o Outcome) error { return &Error{Outcome: o, Err: errors.New("why")} }
	deadline := monday.Add(24 * time.Hour)
	was := monday.Add(-time.Second)
	for _, c := range []struct {
		name       string
		tries      int
		unanswered int
		err        error
		now        time.Time
		want       store.State
		next       time.Time // zero: none
		wantLost   int
	}{
		{"taken", 1, 0, nil, monday, store.Sent, time.Time{}, 0},
		{"taken at last", 9, 1, nil, monday, store.Sent, time.Time{}, 1},
		{"later", 1, 0, failure(Temporary), monday, store.Pending, monday.Add(time.Minute), 0},
		{"later again", 2, 0, failure(Temporary), monday, store.Pending, monday.Add(2 * time.Minute), 0},
		{"later, the sixth time", 6, 0, failure(Temporary), monday, store.Pending, monday.Add(32 * time.Minute), 0},
		{"later, the seventh time", 7, 0, failure(Temporary), monday, store.Pending, monday.Add(time.Hour), 0},
		{"later, the hundredth time", 100, 0, failure(Temporary), monday, store.Pending, monday.Add(time.Hour), 0},
		{"another error", 1, 0, errors.New("why"), monday, store.Pending, monday.Add(time.Minute), 0},
		{"just before the deadline", 1, 0, failure(Temporary), deadline.Add(-1), store.Pending, deadline.Add(time.Minute - 1), 0},
		{"at the deadline", 1, 0, failure(Temporary), deadline, store.Failed, time.Time{}, 0},
		{"refused", 1, 0, failure(Refused), monday, store.Failed, time.Time{}, 0},
		{"wrong setting", 1, 0, failure(Misconfigured), monday, store.Pending, was, 0},
		{"lost", 1, 0, failure(Unknown), monday, store.Unknown, monday.Add(time.Hour), 1},
		{"lost again", 2, 1, failure(Unknown), monday, store.Unknown, time.Time{}, 2},
		{"lost, then later", 2, 1, failure(Temporary), monday, store.Unknown, monday.Add(2 * time.Minute), 1},
		{"lost, then refused", 2, 1, failure(Refused), monday, store.Unknown, time.Time{}, 1},
		{"lost, then a wrong setting", 2, 1, failure(Misconfigured), monday, store.Unknown, was, 1},
		{"lost twice, then asked for, later", 1, 2, failure(Temporary), monday, store.Unknown, time.Time{}, 2},
	} {
		m := store.Message{State: store.Sending, Tries: c.tries, Unanswered: c.unanswered, NextTry: was, Deadline: deadline, Error: "before"}
		got := settled(m, "receipt", c.err, c.now, false)
		if got.State != c.want || !got.NextTry.Equal(c.next) || got.Unanswered != c.wantLost || !got.Since.Equal(c.now) || (got.Error == "") != (c.err == nil) {
			t.Errorf("%s: %+v; want %s, next %v, lost %d times", c.name, got, c.want, c.next, c.wantLost)
		}
	}
}

func TestDeliver(t *testing.T) {
	p, c, tr := newPostman(t)
	a, b := enqueue(t, p.Outbox, "a@centre.example", monday), enqueue(t, p.Outbox, "b@centre.example", monday)
	tr.send = func(ctx context.Context, l *Letter, beforeDot func() error) (string, error) {
		want := letter(t, l.To)
		want.Date = monday
		if !reflect.DeepEqual(l, want) {
			t.Errorf("the letter is %+v, want %+v", l, want)
		}
		for _, state := range []store.State{store.Sending, store.DotSent} {
			if open, err := p.Outbox.OpenMessages(ctx); err != nil || !slices.ContainsFunc(open, func(m store.Message) bool { return m.Recipient == l.To && m.State == state }) {
				t.Errorf("it is not recorded as %s: %+v (%v)", state, open, err)
			}
			if state == store.Sending {
				if err := beforeDot(); err != nil {
					t.Error(err)
				}
			}
		}
		return "taken", nil
	}
	c.now = monday.Add(time.Minute)
	done := deliver(t, p)
	if len(done) != 2 || done[0].ID != a.ID || done[1].ID != b.ID {
		t.Fatalf("done: %+v", done)
	}
	for _, m := range done {
		if m.State != store.Sent || m.Receipt != "taken" || m.Tries != 1 || !m.Since.Equal(c.now) || m.Error != "" {
			t.Errorf("%+v", m)
		}
	}
	if again := deliver(t, p); again != nil || len(tr.tried) != 2 {
		t.Errorf("a second pass did %+v", again)
	}
}

// TestBackOff guards when a message is tried again, and when no more.
func TestBackOff(t *testing.T) {
	p, c, tr := newPostman(t)
	m := enqueue(t, p.Outbox, "a@centre.example", monday)
	tr.send = fails(Temporary)
	var tried []time.Duration
	for c.now = monday; c.now.Before(monday.Add(25 * time.Hour)); c.now = c.now.Add(time.Minute) {
		before := len(tr.tried)
		deliver(t, p)
		if len(tr.tried) > before {
			tried = append(tried, c.now.Sub(monday)/time.Minute)
		}
	}
	if want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183}; !slices.Equal(tried[:9], want) || len(tried) != 29 {
		t.Errorf("it was tried after %d minutes, %d times; want %d, and 29 times", tried, len(tried), want)
	}
	m, err := p.Outbox.Message(t.Context(), m.ID)
	if want := "mail.example:587: cannot try: no luck"; err != nil || m.State != store.Failed || m.Error != want || !m.Since.Equal(m.Deadline.Add(time.Minute)) {
		t.Errorf("at the end: %+v (%v); want failed because of %q", m, err, want)
	}
	// Whoever asks for it gets one more try.
	if m, err = p.Outbox.Retry(t.Context(), m.ID, c.now); err != nil {
		t.Fatal(err)
	}
	if done := deliver(t, p, m.ID); len(done) != 1 || done[0].State != store.Failed {
		t.Errorf("asked for: %+v", done)
	}
	tr.send = takes
	if m, err = p.Outbox.Retry(t.Context(), m.ID, c.now); err != nil {
		t.Fatal(err)
	}
	if done := deliver(t, p, m.ID); len(done) != 1 || done[0].State != store.Sent {
		t.Errorf("asked for again: %+v", done)
	}
}

// TestNeverTried guards that a message which waited beyond its time is not sent.
func TestNeverTried(t *testing.T) {
	p, c, tr := newPostman(t)
	enqueue(t, p.Outbox, "a@centre.example", monday)
	c.now = monday.Add(24*time.Hour + time.Minute)
	if done := deliver(t, p); len(done) != 1 || done[0].State != store.Failed || done[0].Error == "" || len(tr.tried) != 0 {
		t.Errorf("done: %+v, tried %q", done, tr.tried)
	}
}

// TestUnknownAtTheEnd guards that what may have arrived has its hour even if the
// deadline comes before, and is not sent days later.
func TestUnknownAtTheEnd(t *testing.T) {
	for _, c := range []struct {
		later time.Duration
		want  store.State
		tries int
	}{{time.Hour, store.Sent, 2}, {2 * time.Hour, store.Sent, 2}, {2*time.Hour + time.Minute, store.Unknown, 1}} {
		p, clock, tr := newPostman(t)
		m := enqueue(t, p.Outbox, "a@centre.example", monday)
		clock.now = m.Deadline
		tr.send = fails(Unknown)
		deliver(t, p)
		tr.send = takes
		clock.now = m.Deadline.Add(c.later)
		if done := deliver(t, p); len(done) != 1 || done[0].State != c.want || len(tr.tried) != c.tries || !done[0].NextTry.IsZero() {
			t.Errorf("%v after the deadline: %+v, tried %d times; want %s, %d", c.later, done, len(tr.tried), c.want, c.tries)
		}
		if done := deliver(t, p); len(done) != 0 {
			t.Errorf("once more: %+v", done)
		}
	}
}

// TestRefusedAlone guards that what becomes of one message is nothing to the others.
func TestRefusedAlone(t *testing.T) {
	p, _, tr := newPostman(t)
	want := map[string]store.State{"a@centre.example": store.Sent, "b@centre.example": store.Failed, "c@centre.example": store.Pending, "d@centre.example": store.Unknown, "e@centre.example": store.Sent}
	for _, to := range []string{"a", "b", "c", "d", "e"} {
		enqueue(t, p.Outbox, to+"@centre.example", monday)
	}
	tr.send = func(ctx context.Context, l *Letter, beforeDot func() error) (string, error) {
		switch want[l.To] {
		case store.Failed:
			return fails(Refused)(ctx, l, beforeDot)
		case store.Pending:
			return fails(Temporary)(ctx, l, beforeDot)
		case store.Unknown:
			return fails(Unknown)(ctx, l, beforeDot)
		}
		return takes(ctx, l, beforeDot)
	}
	done := deliver(t, p)
	if len(done) != len(want) {
		t.Errorf("%d are done, want %d", len(done), len(want))
	}
	for _, m := range done {
		if m.State != want[m.Recipient] {
			t.Errorf("%s is %s, want %s", m.Recipient, m.State, want[m.Recipient])
		}
	}
}

// TestPaused guards that a wrong setting stops all mail, which is tried again
// from time to time with one message, and goes on after a success.
func TestPaused(t *testing.T) {
	p, c, tr := newPostman(t)
	a, b := enqueue(t, p.Outbox, "a@centre.example", monday), enqueue(t, p.Outbox, "b@centre.example", monday)
	tr.send = fails(Misconfigured)
	var tried []time.Duration
	for c.now = monday; c.now.Before(monday.Add(130 * time.Minute)); c.now = c.now.Add(time.Minute) {
		if done := deliver(t, p); len(done) > 1 {
			t.Fatalf("%d messages were tried at once", len(done))
		} else if len(done) == 1 {
			tried = append(tried, c.now.Sub(monday)/time.Minute)
		}
	}
	if want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123}; !slices.Equal(tried, want) {
		t.Errorf("it was tried after %d minutes, want %d", tried, want)
	}
	pause, err := p.Outbox.Paused(t.Context())
	if err != nil || pause == nil || !pause.Since.Equal(monday) || !pause.Until.Equal(monday.Add(183*time.Minute)) || pause.Reason != "mail.example:587: cannot try: no luck" {
		t.Errorf("the pause is %+v (%v)", pause, err)
	}
	for _, id := range []int64{a.ID, b.ID} {
		if m, err := p.Outbox.Message(t.Context(), id); err != nil || m.State != store.Pending {
			t.Errorf("%+v (%v)", m, err)
		}
	}
	// Whoever asks gets a try of one message, and no more of them.
	before := len(tr.tried)
	if done := deliver(t, p, a.ID, b.ID); len(done) != 1 || len(tr.tried) != before+1 {
		t.Errorf("asked for: %+v", done)
	}
	// A refusal says nothing of the setting; a success does.
	tr.send = fails(Refused)
	deliver(t, p, b.ID)
	if pause, err := p.Outbox.Paused(t.Context()); err != nil || pause == nil {
		t.Errorf("a refusal ended the pause (%v)", err)
	}
	tr.send = takes
	deliver(t, p, a.ID)
	if pause, err := p.Outbox.Paused(t.Context()); err != nil || pause != nil {
		t.Errorf("after a success the pause is %+v (%v)", pause, err)
	}
}

// TestUnknown guards that what may have arrived is sent once more, an hour
// later, and then no more unless somebody asks.
func TestUnknown(t *testing.T) {
	for _, hold := range []bool{false, true} {
		t.Run(fmt.Sprintf("hold %t", hold), func(t *testing.T) {
			p, c, tr := newPostman(t)
			p.Hold = hold
			m := enqueue(t, p.Outbox, "a@centre.example", monday)
			tr.send = fails(Unknown)
			var tried []time.Duration
			for c.now = monday; c.now.Before(monday.Add(4 * time.Hour)); c.now = c.now.Add(time.Minute) {
				tried = append(tried, slices.Repeat([]time.Duration{c.now.Sub(monday) / time.Minute}, len(deliver(t, p)))...)
			}
			want := map[bool][]time.Duration{false: {0, 60}, true: {0}}[hold]
			if !slices.Equal(tried, want) {
				t.Errorf("it was sent after %d minutes, want %d", tried, want)
			}
			tr.send = takes
			m, err := p.Outbox.Retry(t.Context(), m.ID, c.now)
			if err != nil || m.State != store.Unknown {
				t.Fatalf("%+v (%v)", m, err)
			}
			if done := deliver(t, p, m.ID); len(done) != 1 || done[0].State != store.Sent {
				t.Errorf("asked for: %+v", done)
			}
		})
	}
}

// TestRecover guards what is made of a message whose process ended, and that
// another process is left alone.
func TestRecover(t *testing.T) {
	for _, c := range []struct {
		before     store.State
		unanswered int
		want       store.State
		lost       int
		next       time.Time
	}{
		{store.Sending, 0, store.Pending, 0, monday},
		{store.Sending, 1, store.Unknown, 1, monday},
		{store.DotSent, 0, store.Unknown, 1, monday.Add(2 * time.Hour)},
		{store.DotSent, 1, store.Unknown, 2, time.Time{}},
	} {
		p, clock, _ := newPostman(t)
		m := enqueue(t, p.Outbox, "a@centre.example", monday)
		m.State, m.Unanswered = c.before, c.unanswered
		if err := p.Outbox.Record(t.Context(), m, store.Pending); err != nil {
			t.Fatal(err)
		}
		clock.now = monday.Add(time.Hour)
		release, err := p.Outbox.Delivering(t.Context(), "another", monday, 0)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := p.Recover(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("beside another process: %v", err)
		}
		cancel()
		if there, err := p.Outbox.Message(t.Context(), m.ID); err != nil || there != m {
			t.Errorf("beside another process it became %+v (%v)", there, err)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
		if err := p.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := p.Outbox.Message(t.Context(), m.ID)
		if err != nil || got.State != c.want || got.Unanswered != c.lost || !got.NextTry.Equal(c.next) || !got.Since.Equal(clock.now) {
			t.Errorf("%s, lost %d times: %+v (%v); want %s, %d, next %v", c.before, c.unanswered, got, err, c.want, c.lost, c.next)
		}
	}
}

// TestStopped guards that what became of a message is recorded though the user
// stops the program meanwhile, and that no other is begun.
func TestStopped(t *testing.T) {
	for _, stopBeforeDot := range []bool{true, false} {
		p, _, tr := newPostman(t)
		a, b := enqueue(t, p.Outbox, "a@centre.example", monday), enqueue(t, p.Outbox, "b@centre.example", monday)
		ctx, stop := context.WithCancel(t.Context())
		tr.send = func(ctx context.Context, _ *Letter, beforeDot func() error) (string, error) {
			if stopBeforeDot {
				stop()
				err := beforeDot()
				if err == nil {
					t.Error("the letter would have been ended after the stop")
				}
				return "", &Error{Outcome: Temporary, Err: err}
			}
			err := beforeDot()
			stop()
			select { // the answer takes a while
			case <-ctx.Done():
				return "", &Error{Outcome: Unknown, Err: ctx.Err()}
			case <-time.After(100 * time.Millisecond):
				return "taken", err
			}
		}
		_, err := p.Deliver(ctx)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		want := map[bool]store.State{true: store.Pending, false: store.Sent}[stopBeforeDot]
		for id, want := range map[int64]store.State{a.ID: want, b.ID: store.Pending} {
			if m, err := p.Outbox.Message(t.Context(), id); err != nil || m.State != want {
				t.Errorf("%+v (%v), want %s", m, err, want)
			}
		}
		if len(tr.tried) != 1 {
			t.Errorf("tried: %q", tr.tried)
		}
		stop()
	}
}

// TestOutboxGone guards that a letter is not ended if that cannot be recorded.
func TestOutboxGone(t *testing.T) {
	p, _, tr := newPostman(t)
	enqueue(t, p.Outbox, "a@centre.example", monday)
	tr.send = func(_ context.Context, _ *Letter, beforeDot func() error) (string, error) {
		p.Outbox.Close()
		err := beforeDot()
		if err == nil {
			t.Error("it was recorded in a closed state")
		}
		return "", &Error{Outcome: Temporary, Err: err}
	}
	if _, err := p.Deliver(t.Context()); err == nil || !strings.Contains(err.Error(), "record a message") {
		t.Errorf("the error is %v", err)
	}
}
