package mail

import (
	"context"
	"errors"
	"slices"
	"time"

	"regcert/internal/store"
)

// Postman takes messages from the outbox to the transport, one after the other,
// and records each step before it is taken: after a crash at any moment it is
// known which message went out, which did not, and of which nobody can know.
type Postman struct {
	Outbox    *store.Store
	Transport Transport
	Now       func() time.Time // its time zone names the letters in a folder
	Hold      bool             // what may have arrived is not sent again by itself, from now on
	What      string           // for whom others have to wait, such as "regcert digest"
}

// How long is waited. A message that did not go out, and all mail while a
// setting is wrong, is tried again after firstWait, then after twice as long
// each time. What may have arrived is sent once more after unknownWait: by then
// whoever looks for it has seen it.
const (
	firstWait    = time.Minute
	longestWait  = time.Hour
	unknownWait  = time.Hour
	lockPatience = 5 * time.Second
	parting      = 5 * time.Second
)

// backoff is how long is waited after so many tries in vain.
func backoff(tries int) time.Duration {
	return min(firstWait<<min(max(tries-1, 0), 10), longestWait)
}

// Due reports whether a message is to be sent by itself now.
func (p *Postman) Due(m store.Message) bool {
	now := p.Now()
	return isWaiting(m) && !m.NextTry.IsZero() && !isAhead(m.NextTry, now) && !isOver(m, now)
}

// isAhead reports whether a time is still to come. What lies further ahead than
// anything waits was said by a clock that was ahead, and does not count.
func isAhead(at, now time.Time) bool {
	return at.After(now) && !at.After(now.Add(max(longestWait, unknownWait)))
}

// isWaiting reports whether a message is still to be sent, or may be.
func isWaiting(m store.Message) bool { return m.State == store.Pending || m.State == store.Unknown }

// isOver reports whether a message is too old to be sent by itself. One that
// may have arrived had its hour to wait.
func isOver(m store.Message, now time.Time) bool {
	if m.State == store.Unknown {
		return m.Deadline.Add(2 * unknownWait).Before(now)
	}
	return m.Deadline.Before(now)
}

// Deliver sends the messages that are due, in the order in which they came, and
// gives up those whose deadline is over. With messages that are asked for it
// sends these instead, as long as they wait, whatever their time and a pause say.
// It returns those that it did something about, as they are now. A setting that
// is wrong stops it, and pauses all mail. *store.Busy is the error where another
// process delivers.
func (p *Postman) Deliver(ctx context.Context, asked ...int64) (done []store.Message, err error) {
	err = p.alone(ctx, func() error {
		queue, err := p.Outbox.OpenMessages(ctx)
		if err != nil {
			return err
		}
		pause, err := p.Outbox.Paused(ctx)
		if err != nil {
			return err
		}
		for _, m := range queue {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if len(asked) == 0 && isWaiting(m) && !m.NextTry.IsZero() && isOver(m, p.Now()) {
				if m, err = p.giveUp(ctx, m); err != nil {
					return err
				}
				done = append(done, m)
			}
			if !p.wants(m, pause, asked) {
				continue
			}
			m, became, err := p.send(ctx, m)
			if err != nil {
				return err
			}
			done = append(done, m)
			switch became {
			case arrived:
				pause, err = nil, p.Outbox.Resume(ctx)
			case Misconfigured:
				pause = longer(pause, m.Error, p.Now())
				if err = p.Outbox.Pause(ctx, *pause); err == nil && len(asked) > 0 {
					return nil
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

// wants reports whether a message is to be sent in this pass.
func (p *Postman) wants(m store.Message, pause *store.Pause, asked []int64) bool {
	if len(asked) > 0 {
		return slices.Contains(asked, m.ID) && isWaiting(m)
	}
	return p.Due(m) && (pause == nil || !isAhead(pause.Until, p.Now()))
}

// Recover settles what a process left behind that ended while it delivered.
// Deliver does so by itself.
func (p *Postman) Recover(ctx context.Context) error {
	return p.alone(ctx, func() error { return nil })
}

// alone does something while no other process delivers. Whoever is alone and
// finds a message being sent knows that its process has ended.
func (p *Postman) alone(ctx context.Context, do func() error) error {
	release, err := p.Outbox.Delivering(ctx, p.What, p.Now(), lockPatience)
	if err != nil {
		return err
	}
	if err = p.recover(ctx); err == nil {
		err = do()
	}
	return errors.Join(err, release())
}

func (p *Postman) recover(ctx context.Context) error {
	queue, err := p.Outbox.OpenMessages(ctx)
	if err != nil {
		return err
	}
	for _, m := range queue {
		before := m.State
		switch before {
		case store.Sending:
			m = waiting(m)
		case store.DotSent:
			m = unanswered(m, p.Now(), p.Hold)
			m.Error = "regcert ended before the receipt of the message was confirmed; look whether it arrived before it is sent again"
		default:
			continue
		}
		m.Since = p.Now()
		if err := p.Outbox.Record(ctx, m, before); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends the tries of a message whose deadline is over.
func (p *Postman) giveUp(ctx context.Context, m store.Message) (store.Message, error) {
	m.NextTry = time.Time{}
	if m.State == store.Pending {
		m.State, m.Since = store.Failed, p.Now()
	}
	if m.Error == "" {
		m.Error = "nobody tried to send it before its time was over"
	}
	return m, p.Outbox.Record(ctx, m, store.Pending, store.Unknown)
}

// send hands one message over, and records what became of it even if ctx ends
// meanwhile.
func (p *Postman) send(ctx context.Context, m store.Message) (store.Message, Outcome, error) {
	data, err := p.Outbox.MessageBytes(ctx, m.ID)
	if err != nil {
		return m, 0, err
	}
	before := m.State
	m.State, m.Since, m.Tries = store.Sending, p.Now(), m.Tries+1
	if err := p.Outbox.Record(ctx, m, before); err != nil {
		return m, 0, err
	}
	l := &Letter{From: m.Sender, To: m.Recipient, MessageID: m.MessageID, Date: m.Written.In(p.Now().Location()), Key: m.Key.Joined(), Bytes: data}
	sending, ended := lingering(ctx, parting)
	defer ended()
	receipt, failure := p.Transport.Send(sending, l, func() error {
		handed := m
		handed.State, handed.Since = store.DotSent, p.Now()
		return p.Outbox.Record(ctx, handed, store.Sending) // whoever is told to stop ends no message
	})
	m = settled(m, receipt, failure, p.Now(), p.Hold)
	return m, outcome(failure), p.Outbox.Record(context.WithoutCancel(ctx), m, store.Sending, store.DotSent)
}

// lingering is a context that ends a while after ctx does. The answer to a message
// that was handed over is waited for so long, or nobody would know whether it
// arrived.
func lingering(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(while, cancel) })
	return lasting, func() {
		stop()
		cancel()
	}
}

// arrived is the outcome of what was accepted.
const arrived Outcome = 0

// outcome is what an error of a transport means for the letter.
func outcome(err error) Outcome {
	var e *Error
	switch {
	case err == nil:
		return arrived
	case errors.As(err, &e):
		return e.Outcome
	default:
		return Temporary
	}
}

// settled is a message after it was handed over, or after that was tried. One
// that may have arrived before does not become one that surely has not.
func settled(m store.Message, receipt string, failure error, now time.Time, hold bool) store.Message {
	m.Since, m.Receipt, m.Error = now, receipt, ""
	if failure != nil {
		m.Error = oneLine(failure.Error())
	}
	switch outcome(failure) {
	case arrived:
		m.State, m.NextTry = store.Sent, time.Time{}
		return m
	case Unknown:
		return unanswered(m, now, hold)
	case Misconfigured: // it is due as before; the pause has all mail wait
	case Refused:
		m.NextTry = time.Time{}
	default:
		if m.NextTry = now.Add(backoff(m.Tries)); !now.Before(m.Deadline) || m.Unanswered > 1 {
			m.NextTry = time.Time{}
		}
	}
	m = waiting(m)
	if m.State == store.Pending && m.NextTry.IsZero() {
		m.State = store.Failed
	}
	return m
}

// waiting is a message that was not handed over this time.
func waiting(m store.Message) store.Message {
	m.State = store.Pending
	if m.Unanswered > 0 {
		m.State = store.Unknown
	}
	return m
}

// unanswered is a message of which nobody knows whether it arrived. It is sent
// once more, later, and then no more; or not at all where it is to be held.
func unanswered(m store.Message, now time.Time, hold bool) store.Message {
	m.State, m.NextTry = store.Unknown, time.Time{}
	if m.Unanswered++; m.Unanswered == 1 && !hold {
		m.NextTry = now.Add(unknownWait)
	}
	return m
}

// longer is the pause after mail was tried in vain once more.
func longer(p *store.Pause, reason string, now time.Time) *store.Pause {
	longer := store.Pause{Since: now}
	if p != nil {
		longer = *p
	}
	longer.Reason = reason
	longer.Tries++
	longer.Until = now.Add(backoff(longer.Tries))
	return &longer
}
