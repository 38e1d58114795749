package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// digestTime is how long the digest of a day is tried to be sent by itself.
const digestTime = 24 * time.Hour

// timeShown is how the times of messages are shown.
const timeShown = "Mon 2 Jan 2006 at 15:04"

// postman makes the postman of the configuration, who works for a command.
func (a *app) postman(cfg *config.Config, state *store.Store, command string) (*mail.Postman, error) {
	settings, err := cfg.MailSettings(a.Getenv)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	transport, err := mail.New(settings)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	return &mail.Postman{
		Outbox: state, Transport: transport, Hold: cfg.Mail.OnUnknown == "hold", What: "regcert " + command,
		Now: func() time.Time { return a.Now().In(cfg.Location) },
	}, nil
}

// send queues the letters, and delivers those that have not gone out.
func (a *app) send(ctx context.Context, cfg *config.Config, state *store.Store, asOf calendar.Date, letters []letter) error {
	postman, err := a.postman(cfg, state, "digest")
	if err != nil {
		return err
	}
	if err := postman.Recover(ctx); err != nil {
		return busy(trouble(err, ""))
	}
	queue := make([]store.Message, len(letters))
	var asked []int64
	for i, l := range letters {
		m, _, err := state.Enqueue(ctx, store.Message{
			Key: digestKey(asOf, l.To), Name: l.name, MessageID: l.MessageID, Sender: l.From, Written: l.Date, Deadline: l.Date.Add(digestTime),
		}, l.Bytes)
		if err == nil && m.State == store.Failed {
			m, err = state.Retry(ctx, m.ID, a.Now())
		}
		if err != nil {
			return trouble(err, "")
		}
		if queue[i] = m; m.State == store.Pending || postman.Due(m) {
			asked = append(asked, m.ID)
		}
	}
	if len(asked) > 0 {
		_, err = postman.Deliver(ctx, asked...)
	}
	for _, before := range queue {
		now, unread := state.Message(context.WithoutCancel(ctx), before.ID)
		if unread != nil {
			return trouble(errors.Join(err, unread), "")
		}
		a.tellDigest(before, now, cfg.Location)
	}
	if err != nil {
		return busy(trouble(err, ""))
	}
	return nil
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
	case m.State == store.Unknown && m.NextTry.IsZero():
		a.warn("%s may have arrived, and is not sent again by itself: %s; `regcert mail retry %d` sends it again", what, why, m.ID)
	case m.State == store.Unknown:
		a.warn("%s may have arrived, and is due once more on %s: %s", what, m.NextTry.In(zone).Format(timeShown), why)
	case why == "":
		a.warn("%s was not sent: it waits until the other mail can be sent", what)
	default:
		a.warn("%s was not sent: %s", what, why)
	}
}
