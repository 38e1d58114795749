package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regcert/internal/jobs"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// timeShown is how the times of messages are shown.
const timeShown = "Mon 2 Jan 2006 at 15:04"

// send queues the letters of a digest, and delivers those that have not gone out.
func (a *app) send(ctx context.Context, office *jobs.Office, postman *mail.Postman, letters []jobs.Letter) error {
	err := postman.Recover(ctx)
	if err != nil {
		return undone(err)
	}
	var queued []store.Message
	var asked []int64
	for i := range letters {
		l := &letters[i]
		if l.IsSilent() {
			a.printer().linef("Nothing to say to %s: no mail is sent.", printable(l.To.Name))
			continue
		}
		m, err := office.QueueDigest(ctx, l)
		if err != nil {
			return undone(err)
		}
		if queued = append(queued, m); m.State == store.Pending || postman.Due(m) {
			asked = append(asked, m.ID)
		}
	}
	if len(asked) > 0 {
		_, err = postman.Deliver(ctx, asked...)
	}
	for _, before := range queued {
		now, unread := office.State.Message(context.WithoutCancel(ctx), before.ID)
		if unread != nil {
			return trouble(errors.Join(err, unread), "")
		}
		a.tellDigest(before, now, office.Config.Location)
	}
	if err != nil {
		return undone(err)
	}
	return nil
}

// deliver sends the messages of the outbox that are due, and says what has
// become of them.
func (a *app) deliver(ctx context.Context, office *jobs.Office) error {
	done, err := office.Deliver(ctx)
	for _, m := range done {
		name := printable(m.Name)
		if m.State == store.Sent {
			a.tell("Sent to %s (%s): %s", name, m.Job, m.Receipt)
			continue
		}
		a.code = exitTrouble
		a.tellUnsent(fmt.Sprintf("the %s for %s", m.Job, name), m, office.Config.Location)
	}
	if _, isBusy := errors.AsType[*store.Busy](err); isBusy {
		return nil // the other sends what is due
	}
	if err != nil {
		return trouble(err, "") // the rest of the command is done
	}
	return nil
}

// tell prints a line, beside a JSON document where that is what is wanted.
func (a *app) tell(format string, args ...any) {
	if a.json() {
		a.note(format, args...)
		return
	}
	a.printer().linef("%s", printable(fmt.Sprintf(format, args...)))
}

// tellDigest says what has become of the digest for somebody.
func (a *app) tellDigest(before, now store.Message, zone *time.Location) {
	name, when := printable(now.Name), now.Since.In(zone).Format(timeShown)
	if now.Name == "" {
		name = now.Recipient // of an earlier version
	}
	switch {
	case now.State == store.Sent && before.State == store.Sent:
		a.printer().linef("The digest of %s was sent to %s before, on %s.", now.Slot, name, when)
	case now.State == store.Sent:
		a.printer().linef("Sent to %s: %s", name, printable(now.Receipt))
	case now.State == store.Dropped:
		a.printer().linef("The digest of %s for %s was dropped on %s: it is not sent.", now.Slot, name, when)
	default:
		a.code = exitTrouble
		a.tellUnsent(fmt.Sprintf("the digest for %s", name), now, zone)
	}
}

// tellUnsent says why something was not sent, or why nobody knows.
func (a *app) tellUnsent(what string, m store.Message, zone *time.Location) {
	switch why := m.Error; {
	case m.State == store.Unknown && m.NextTry.Before(a.Now()): // none, or its time is over
		a.warn("%s may have arrived, and is not sent again by itself: %s; `regcert mail retry %d` sends it again", what, why, m.ID)
	case m.State == store.Unknown:
		a.warn("%s may have arrived, and is due once more on %s: %s", what, m.NextTry.In(zone).Format(timeShown), why)
	case why == "":
		a.warn("%s was not sent: it waits until the other mail can be sent", what)
	default:
		a.warn("%s was not sent: %s", what, why)
	}
}
