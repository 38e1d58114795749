package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regcert/internal/config"
	"regcert/internal/history"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// How long emails are tried to be sent by themselves.
const (
	digestTime     = 3 * 24 * time.Hour
	escalationTime = 24 * time.Hour
)

// timeShown is how the times of messages are shown.
const timeShown = "Mon 2 Jan 2006 at 15:04"

// postman makes the postman of the configuration, who works for a command. He
// has no transport yet: to look after the outbox he needs none.
func (a *app) postman(cfg *config.Config, state *store.Store, command string) *mail.Postman {
	return &mail.Postman{
		Outbox: state, Hold: cfg.Mail.OnUnknown == "hold", What: "regcert " + command,
		Now: func() time.Time { return a.Now().In(cfg.Location) },
	}
}

// transport makes the transport of the configuration.
func (a *app) transport(cfg *config.Config) (mail.Transport, error) {
	settings, err := cfg.MailSettings(a.Getenv)
	if err != nil {
		return nil, err
	}
	return mail.New(settings)
}

// queue puts a letter into the outbox, unless it is there already.
func queue(ctx context.Context, state *store.Store, l *letter, lasts time.Duration) (store.Message, error) {
	told, err := state.Told(ctx, l.to.Email)
	if err != nil {
		return store.Message{}, err
	}
	var tells []store.Told
	for _, m := range l.tells {
		if before, known := told[m.Life.ID]; m.Life.ID != 0 && (!known || history.IsWorse(m.Severity, before)) {
			tells = append(tells, store.Told{Finding: m.Life.ID, Severity: m.Severity})
		}
	}
	m, _, err := state.Enqueue(ctx, store.Message{
		Key: l.key, Name: l.to.Name, MessageID: l.MessageID, Sender: l.From, Written: l.Date, Deadline: l.Date.Add(lasts),
	}, l.Bytes, tells...)
	return m, err
}

// send queues the letters of a digest, and delivers those that have not gone out.
func (a *app) send(ctx context.Context, postman *mail.Postman, zone *time.Location, letters []letter) error {
	err := postman.Recover(ctx)
	if err != nil {
		return busy(trouble(err, ""))
	}
	state := postman.Outbox
	var queued []store.Message
	var asked []int64
	for i := range letters {
		l := &letters[i]
		if l.isSilent() {
			a.printer().linef("Nothing to say to %s: no mail is sent.", printable(l.to.Name))
			continue
		}
		m, err := queue(ctx, state, l, digestTime)
		if err == nil && m.State == store.Failed {
			m, err = state.Retry(ctx, m.ID, a.Now())
		}
		if err != nil {
			return trouble(err, "")
		}
		if queued = append(queued, m); m.State == store.Pending || postman.Due(m) {
			asked = append(asked, m.ID)
		}
	}
	if len(asked) > 0 {
		_, err = postman.Deliver(ctx, asked...)
	}
	for _, before := range queued {
		now, unread := state.Message(context.WithoutCancel(ctx), before.ID)
		if unread != nil {
			return trouble(errors.Join(err, unread), "")
		}
		a.tellDigest(before, now, zone)
	}
	if err != nil {
		return busy(trouble(err, ""))
	}
	return nil
}

// deliver sends the messages of the outbox that are due, and says what has
// become of them.
func (a *app) deliver(ctx context.Context, cfg *config.Config, state *store.Store, command string) error {
	open, err := state.OpenMessages(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	postman := a.postman(cfg, state, command)
	if postman.Transport, err = a.transport(cfg); err != nil {
		return trouble(err, "") // the rest of the command is done
	}
	done, err := postman.Deliver(ctx)
	for _, m := range done {
		name := printable(m.Name)
		if m.State == store.Sent {
			a.tell("Sent to %s (%s): %s", name, m.Job, m.Receipt)
			continue
		}
		a.code = exitTrouble
		a.tellUnsent(fmt.Sprintf("the %s for %s", m.Job, name), m, cfg.Location)
	}
	if _, isBusy := errors.AsType[*store.Busy](err); isBusy {
		return nil // the other sends what is due
	}
	return err
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
