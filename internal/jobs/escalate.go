package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/store"
)

// escalationTime is how long it is tried to send what is told at once.
const escalationTime = 24 * time.Hour

// Waiting is what somebody is to be told at once, and is told later.
type Waiting struct {
	Name  string // the recipient's
	Items int
	Sent  int // how many messages they had today, where these are enough; 0: there are quiet hours
}

// Escalate queues what a run has found to be newly at risk, overdue or missed
// (P 3.3(5)) for those who are to know at once. A run that is no part of the
// history tells nobody.
func (o *Office) Escalate(ctx context.Context, result *batch.Result) ([]Waiting, error) {
	recipients := slices.DeleteFunc(slices.Clone(o.Config.Recipients), func(r config.Recipient) bool { return len(r.Escalations) == 0 })
	if !result.Recorded || len(recipients) == 0 {
		return nil, nil
	}
	w, err := o.Writer(result)
	if err != nil {
		return nil, err
	}
	var waiting []Waiting
	for _, r := range recipients {
		later, err := o.escalateTo(ctx, w, r)
		if err != nil {
			return waiting, err
		}
		if later != nil {
			waiting = append(waiting, *later)
		}
	}
	return waiting, nil
}

// escalateTo queues what one recipient is to be told at once. In quiet hours, and
// when they have had enough for the day, it waits for a later run.
func (o *Office) escalateTo(ctx context.Context, w *Writer, r config.Recipient) (*Waiting, error) {
	told, err := o.State.Told(ctx, r.Email)
	if err != nil {
		return nil, err
	}
	who := digest.Recipient{Name: r.Name, Views: r.Escalations}
	urgent := digest.Urgent(w.in, who, told)
	if len(urgent) == 0 {
		return nil, nil
	}
	day := w.in.Report.AsOf.String()
	n, err := o.State.CountMessages(ctx, EscalationMail, day+"/", r.Email)
	switch {
	case err != nil:
		return nil, err
	case w.cfg.Escalation.IsQuiet(w.now):
		return &Waiting{Name: r.Name, Items: len(urgent)}, nil
	case n >= w.cfg.Escalation.MostADay:
		return &Waiting{Name: r.Name, Items: len(urgent), Sent: n}, nil
	}
	key := store.Key{Job: EscalationMail, Slot: fmt.Sprintf("%s/%d", day, n+1), Recipient: r.Email}
	l, err := w.render(key, r, digest.Escalate(w.in, who, urgent), nil)
	if err != nil {
		return nil, err
	}
	l.tells = urgent
	_, err = o.queue(ctx, &l, escalationTime)
	return nil, err
}
