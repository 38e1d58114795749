package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/ping"
	"regcert/internal/status"
	"regcert/internal/store"
)

// unsentFor is how long a message may wait until that is a trouble, and
// failedFor how long one that failed is one.
const (
	unsentFor = time.Hour
	failedFor = 7 * 24 * time.Hour
)

// post delivers what is due at the desk for mail, and says how long it may rest.
func (s *service) post(ctx context.Context) (time.Duration, error) {
	office := s.office.Load()
	done, err := office.Deliver(ctx)
	for _, m := range done {
		level := s.Log.Info
		if m.State != store.Sent {
			level = s.Log.Warn
		}
		level("a message", "message", m.ID, "job", m.Job, "recipient", m.Name, "slot", m.Slot, "state", string(m.State), "error", status.Harmless(m.Error))
	}
	_, isBusy := errors.AsType[*store.Busy](err)
	_, isSetting := errors.AsType[*jobs.Setting](err)
	switch {
	case err == nil || isBusy: // the other delivers
		if err := s.lookAtMail(ctx); err != nil {
			return 0, err
		}
	case isSetting:
		s.troubles.raise(ctx, store.TroubleMail, "", oneLine(err.Error()))
	default:
		return 0, err
	}
	s.tellGood(ctx, office.Config)
	return deliverEvery, nil
}

// lookAtMail finds out whether mail stays unsent.
func (s *service) lookAtMail(ctx context.Context) error {
	pause, err := s.state.Paused(ctx)
	if err != nil {
		return err
	}
	open, err := s.state.OpenMessages(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	if why := outage(open, pause, now); why != "" {
		s.troubles.raise(ctx, store.TroubleMail, "", why)
	} else {
		s.troubles.end(ctx, store.TroubleMail, "")
	}
	failed := map[string]bool{"": true} // which is the outage
	for _, m := range open {
		if why := failure(m, now); why != "" {
			subject := fmt.Sprintf("message %d", m.ID)
			failed[subject] = true
			s.troubles.raise(ctx, store.TroubleMail, subject, why)
		}
	}
	s.troubles.endOthers(ctx, failed, store.TroubleMail)
	return nil
}

// outage says why no mail goes out; empty: it does.
func outage(open []store.Message, pause *store.Pause, now time.Time) string {
	if pause != nil {
		return "no mail is sent: " + pause.Reason
	}
	for _, m := range open {
		if m.State == store.Pending && m.Written.Add(unsentFor).Before(now) {
			return fmt.Sprintf("the %s for %s was not sent yet: %s", m.Job, m.Name, m.Error)
		}
	}
	return ""
}

// failure says why a message is not sent any more by itself; empty: it is not so,
// or so for long.
func failure(m store.Message, now time.Time) string {
	switch {
	case now.After(m.Since.Add(failedFor)):
		return ""
	case m.State == store.Failed:
		return fmt.Sprintf("the %s for %s was not sent: %s", m.Job, m.Name, m.Error)
	case m.State == store.Unknown && m.NextTry.IsZero():
		return fmt.Sprintf("the %s for %s may not have arrived: %s", m.Job, m.Name, m.Error)
	}
	return ""
}

// tellGood tells whoever watches that a run was good.
func (s *service) tellGood(ctx context.Context, cfg *config.Config) {
	if !s.ping.CompareAndSwap(true, false) {
		return
	}
	address, err := cfg.Daemon.PingAddress(s.Getenv)
	if err == nil && address != "" {
		err = ping.Ping(ctx, http.DefaultClient, address)
	}
	if err != nil {
		s.Log.Warn("a good run could not be told to daemon.ping_url", "error", err)
	}
}
