package cli

import (
	"context"
	"fmt"
	"slices"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/store"
)

// escalate tells at once what a run has found to be newly at risk, overdue or
// missed (P 3.3(5)), to those who are to know, and delivers what is due. A run
// that is no part of the history tells nobody.
func (a *app) escalate(ctx context.Context, cfg *config.Config, state *store.Store, result *batch.Result) error {
	recipients := slices.DeleteFunc(slices.Clone(cfg.Recipients), func(r config.Recipient) bool { return len(r.Escalations) == 0 })
	if result.Recorded && len(recipients) > 0 {
		w, err := a.writer(cfg, result)
		if err != nil {
			return err
		}
		for _, r := range recipients {
			if err := a.escalateTo(ctx, w, state, r); err != nil {
				return trouble(err, "")
			}
		}
	}
	return a.deliver(ctx, cfg, state, "run")
}

// escalateTo queues what one recipient is to be told at once. In quiet hours, and
// when they have had enough for the day, it waits for a later run.
func (a *app) escalateTo(ctx context.Context, w *writer, state *store.Store, r config.Recipient) error {
	told, err := state.Told(ctx, r.Email)
	if err != nil {
		return err
	}
	who := digest.Recipient{Name: r.Name, Views: r.Escalations}
	urgent := digest.Urgent(w.in, who, told)
	if len(urgent) == 0 {
		return nil
	}
	day := w.in.Report.AsOf.String()
	n, err := state.CountMessages(ctx, escalationJob, day+"/", r.Email)
	switch {
	case err != nil:
		return err
	case w.cfg.Escalation.IsQuiet(w.now):
		a.tell("%s newly urgent for %s: told after the quiet hours (escalation.quiet_hours)", plural(len(urgent), "item"), r.Name)
		return nil
	case n >= w.cfg.Escalation.MostADay:
		a.tell("%s newly urgent for %s: told another day, as %s went out today (escalation.most_a_day)", plural(len(urgent), "item"), r.Name, plural(n, "message"))
		return nil
	}
	key := store.Key{Job: escalationJob, Slot: fmt.Sprintf("%s/%d", day, n+1), Recipient: r.Email}
	l, err := w.render(key, r, digest.Escalate(w.in, who, urgent), nil)
	if err != nil {
		return err
	}
	l.tells = urgent
	_, err = queue(ctx, state, &l, escalationTime)
	return err
}
