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
	if why := unsent(open, pause, s.now()); why != "" {
		s.troubles.raise(ctx, store.TroubleMail, "", why)
		return nil
	}
	s.troubles.end(ctx, store.TroubleMail, "")
	return nil
}

// unsent says which mail stays unsent; empty: none.
func unsent(open []store.Message, pause *store.Pause, now time.Time) string {
	if pause != nil {
		return "no mail is sent: " + pause.Reason
	}
	for _, m := range open {
		what := fmt.Sprintf("the %s for %s (message %d)", m.Job, m.Name, m.ID)
		switch {
		case m.State == store.Failed && now.Before(m.Since.Add(failedFor)):
			return what + " was not sent: " + m.Error
		case m.State == store.Unknown && m.NextTry.IsZero() && now.Before(m.Since.Add(failedFor)):
			return what + " may not have arrived: " + m.Error
		case m.State == store.Pending && m.Written.Add(unsentFor).Before(now):
			return what + " was not sent yet: " + m.Error
		}
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
