package jobs

import (
	"context"
	"errors"
	"reflect"
	"time"

	"regcert/internal/batch"
	"regcert/internal/history"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// digestTime is how long it is tried to send a digest.
const digestTime = 3 * 24 * time.Hour

// Postman gives the postman of the configuration. Without a transport he can look
// after the outbox, and deliver nothing.
func (o *Office) Postman() *mail.Postman {
	return &mail.Postman{Outbox: o.State, Hold: o.Config.Mail.OnUnknown == "hold", What: o.What, Now: o.now}
}

// Transport gives the transport of the configuration: the same one as before, as
// long as the settings and the secrets are the same.
func (o *Office) Transport() (mail.Transport, error) {
	settings, err := o.Config.MailSettings(o.Getenv)
	if err != nil {
		return nil, &Setting{err}
	}
	if o.transport != nil && reflect.DeepEqual(settings, o.settings) {
		return o.transport, nil
	}
	transport, err := mail.New(settings)
	if err != nil {
		return nil, &Setting{err}
	}
	o.settings, o.transport = settings, transport
	return transport, nil
}

// Deliver sends the messages of the outbox that are due, and returns those that
// something was done about, as they are now. *store.Busy is the error where
// another process delivers.
func (o *Office) Deliver(ctx context.Context) ([]store.Message, error) {
	open, err := o.State.OpenMessages(ctx)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	postman := o.Postman()
	if postman.Transport, err = o.Transport(); err != nil {
		return nil, err
	}
	return postman.Deliver(ctx)
}

// queue puts a letter into the outbox, unless it is there already.
func (o *Office) queue(ctx context.Context, l *Letter, lasts time.Duration) (store.Message, error) {
	told, err := o.State.Told(ctx, l.To.Email)
	if err != nil {
		return store.Message{}, err
	}
	var tells []store.Told
	for _, m := range l.tells {
		if before, known := told[m.Life.ID]; m.Life.ID != 0 && (!known || history.IsWorse(m.Severity, before)) {
			tells = append(tells, store.Told{Finding: m.Life.ID, Severity: m.Severity})
		}
	}
	m, _, err := o.State.Enqueue(ctx, store.Message{
		Key: l.key, Name: l.To.Name, MessageID: l.MessageID, Sender: l.From, Written: l.Date, Deadline: l.Date.Add(lasts),
	}, l.Bytes, tells...)
	return m, err
}

// QueueDigest puts a digest into the outbox, unless it is there already: nobody
// is sent the digest of one slot twice. One that failed is tried anew.
func (o *Office) QueueDigest(ctx context.Context, l *Letter) (store.Message, error) {
	m, err := o.queue(ctx, l, digestTime)
	if err == nil && m.State == store.Failed {
		m, err = o.State.Retry(ctx, m.ID, o.now())
	}
	return m, err
}

// Digest composes the digests of all recipients and records what they were made
// of, while no run writes: the next one counts from there. The slot is the day
// that they are for; empty: the as-of date.
func (o *Office) Digest(ctx context.Context, slot string) (letters []Letter, result *batch.Result, err error) {
	release, err := o.State.Writing(ctx, o.What, o.now(), batch.Patience)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	job, result, err := o.Compare(ctx)
	if err != nil {
		return nil, nil, err
	}
	w, err := o.Writer(result)
	if err != nil {
		return nil, result, err
	}
	if slot != "" {
		w.slot = slot
	}
	if err := job.Record(ctx, result); err != nil {
		return nil, result, err
	}
	if letters, err = w.Digests(o.Config.Recipients); err != nil {
		return nil, result, err
	}
	if result.Recorded {
		err = o.State.SaveDigest(ctx, result.Now.Past.Observations[len(result.Now.Past.Observations)-1])
	}
	return letters, result, err
}
