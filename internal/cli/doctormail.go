package cli

import (
	"context"
	"fmt"
	"time"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/store"
)

// mailTime bounds how long doctor waits for a mail server.
const mailTime = time.Minute

// examineMail says whether mail could be sent, and sends nothing.
func (a *app) examineMail(ctx context.Context, office *jobs.Office) batch.Check {
	cfg := office.Config
	check := batch.Check{Verdict: batch.Pass, Subject: "mail", Text: "the mail server takes encryption and the login"}
	if cfg.Mail.Transport == "outbox" {
		check.Subject, check.Text = folderSubject(cfg, cfg.Mail.OutboxDir), "letters can be written here"
	}
	transport, err := office.Transport()
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, mailTime)
		defer cancel()
		err = transport.Check(ctx)
	}
	if err != nil {
		check.Verdict, check.Text = batch.Fail, err.Error()
	}
	return check
}

// examineOutbox names the messages that need somebody, and a pause.
func (a *app) examineOutbox(ctx context.Context, cfg *config.Config, state *store.Store) ([]batch.Check, error) {
	if state == nil {
		return nil, nil
	}
	list, err := state.OpenMessages(ctx)
	if err != nil {
		return nil, err
	}
	pause, err := state.Paused(ctx)
	if err != nil {
		return nil, err
	}
	var checks []batch.Check
	if pause != nil {
		checks = append(checks, batch.Check{Verdict: batch.Warn, Subject: "mail",
			Text:   fmt.Sprintf("it is paused until %s: %s", pause.Until.In(cfg.Location).Format(timeShown), pause.Reason),
			Remedy: "when that is put right, `regcert mail resume` ends the pause"})
	}
	for _, m := range list {
		check := batch.Check{Verdict: batch.Warn, Subject: fmt.Sprintf("message %d", m.ID)}
		what := fmt.Sprintf("the %s of %s to %s", m.Job, m.Slot, toWhom(m))
		switch m.State {
		case store.Failed:
			check.Text = fmt.Sprintf("%s was not sent: %s", what, m.Error)
			check.Remedy = fmt.Sprintf("`regcert mail retry %d` sends it again, `regcert mail drop %d` gives it up", m.ID, m.ID)
		case store.Unknown:
			check.Text = fmt.Sprintf("%s may have arrived: %s", what, m.Error)
			check.Remedy = fmt.Sprintf("if it has arrived, `regcert mail drop %d`; if not, `regcert mail retry %d`", m.ID, m.ID)
		default:
			continue
		}
		checks = append(checks, check)
	}
	return checks, nil
}
