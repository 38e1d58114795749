package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/config"
	"regcert/internal/status"
	"regcert/internal/store"
)

// listedDays is how long what is at an end is listed.
const listedDays = 30

// mailCommand lists the messages of the outbox, and acts on one.
func (a *app) mailCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mail",
		Short: "List the mail that is to be sent, was sent, or could not be; retry or drop a message",
		Long: `List every message that waits or could not be sent, and those that were sent or
dropped in the last 30 days: to whom, since when, and what was wrong.

A message that could not be sent is tried again by the daemon, or else by the next
run or digest --send: after a minute at the earliest, then after twice as long each
time, until its time is over: a digest's is three days, that of what is told at once
is one. A message
whose receipt was not confirmed may have arrived: it is sent once more, an hour
later at the earliest, unless mail.on_unknown says hold. While a setting is wrong,
such as the password, all mail is paused.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a message could
not be sent.`,
		Example: "  regcert mail\n  regcert mail retry 12\n  regcert mail drop 12",
		Args:    exactly("", 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.mail(cmd.Context()) },
	}
	cmd.AddCommand(
		a.messageCommand("retry", "Send a message again that was not sent, or may not have arrived",
			`Send a message now that waits, failed, or may not have arrived: the same message with
the same ID, whatever its time and a pause say.`, a.mailRetry),
		a.messageCommand("drop", "Give a message up that was not sent",
			`Give a message up: it is not sent any more, and its text is deleted. The same digest
is not sent to the same recipient again.`, a.mailDrop),
		&cobra.Command{
			Use:   "resume",
			Short: "End the pause of mail, once the setting is right",
			Long: `While a setting is wrong, all mail is paused, and tried again from time to time. This
ends the pause, so that what is due is sent by the daemon, or else by the next
command that sends mail.

Exit code: 0 done; 2 the command or the configuration is wrong.`,
			Args: exactly("", 0),
			RunE: func(cmd *cobra.Command, _ []string) error {
				if a.json() {
					return usage("mail resume has no JSON; `regcert mail --format json` tells whether mail is paused")
				}
				return a.withOutbox(cmd.Context(), func(_ *config.Config, state *store.Store) error { return a.mailResume(cmd.Context(), state) })
			},
		},
	)
	return cmd
}

// messageCommand is a command about one message.
func (a *app) messageCommand(name, short, long string, do func(context.Context, *config.Config, *store.Store, int64) error) *cobra.Command {
	return &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Long:  long + "\n\nExit code: 0 done; 2 the command or the configuration is wrong; 3 it could not be done.",
		Args:  exactly("the ID of the message, as `regcert mail` lists it,", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usage("%q is no ID of a message; `regcert mail` lists them", args[0])
			}
			if a.json() {
				return usage("mail %s has no JSON; `regcert mail --format json` tells how the message is then", name)
			}
			return a.withOutbox(cmd.Context(), func(cfg *config.Config, state *store.Store) error { return do(cmd.Context(), cfg, state, id) })
		},
	}
}

// withOutbox does something with the state, and says so where there is none yet.
func (a *app) withOutbox(ctx context.Context, do func(*config.Config, *store.Store) error) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(cfg.StateDir, store.FileName)); err != nil {
		return do(cfg, nil)
	}
	state, err := a.openState(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(cfg, state), state.Close())
}

// mail lists the messages.
func (a *app) mail(ctx context.Context) error {
	return a.withOutbox(ctx, func(cfg *config.Config, state *store.Store) error {
		var list []store.Message
		var pause *store.Pause
		if state != nil {
			var err error
			if list, err = state.Messages(ctx, a.Now().AddDate(0, 0, -listedDays)); err != nil {
				return trouble(err, "")
			}
			if pause, err = state.Paused(ctx); err != nil {
				return trouble(err, "")
			}
		}
		if a.json() {
			return a.encode(mailDocument(list, pause))
		}
		a.printer().messages(list, pause, cfg.Location)
		return nil
	})
}

func (a *app) mailRetry(ctx context.Context, cfg *config.Config, state *store.Store, id int64) error {
	office, _ := a.office(cfg, state, "mail retry")
	postman := office.Postman()
	var err error
	if postman.Transport, err = office.Transport(); err != nil {
		return undone(err)
	}
	m, err := a.byHand(ctx, cfg, state, id, (*store.Store).Retry)
	if err != nil {
		return err
	}
	_, err = postman.Deliver(ctx, id)
	m, unread := state.Message(context.WithoutCancel(ctx), m.ID)
	if err = errors.Join(err, unread); err != nil {
		return busy(trouble(err, ""))
	}
	if m.State == store.Sent {
		a.printer().linef("Sent to %s: %s", printable(toWhom(m)), printable(m.Receipt))
		return nil
	}
	a.code = exitTrouble
	a.tellUnsent(fmt.Sprintf("message %d to %s", id, toWhom(m)), m, cfg.Location)
	return nil
}

func (a *app) mailDrop(ctx context.Context, cfg *config.Config, state *store.Store, id int64) error {
	m, err := a.byHand(ctx, cfg, state, id, (*store.Store).Drop)
	if err != nil {
		return err
	}
	a.printer().linef("Message %d to %s is dropped: it is not sent any more.", id, printable(toWhom(m)))
	return nil
}

// byHand changes a message as somebody asks, after what an earlier process left
// behind is settled.
func (a *app) byHand(ctx context.Context, cfg *config.Config, state *store.Store, id int64,
	change func(*store.Store, context.Context, int64, time.Time) (store.Message, error)) (store.Message, error) {
	if state == nil {
		return store.Message{}, usage("there is no message %d: nothing was sent yet", id)
	}
	office, _ := a.office(cfg, state, "mail")
	if err := office.Postman().Recover(ctx); err != nil {
		return store.Message{}, undone(err)
	}
	m, err := change(state, ctx, id, a.Now())
	if _, refused := errors.AsType[*store.Refusal](err); refused {
		return m, &failure{code: exitUsage, err: err, remedy: "`regcert mail` lists the messages."}
	}
	if err != nil {
		return m, trouble(err, "")
	}
	return m, nil
}

func (a *app) mailResume(ctx context.Context, state *store.Store) error {
	var pause *store.Pause
	if state != nil {
		var err error
		if pause, err = state.Paused(ctx); err == nil && pause != nil {
			err = state.Resume(ctx)
		}
		if err != nil {
			return trouble(err, "")
		}
	}
	if pause == nil {
		a.printer().linef("Mail is not paused.")
		return nil
	}
	a.printer().linef("Mail is no longer paused. It was because of this: %s", printable(pause.Reason))
	return nil
}

// toWhom is the recipient as people know them.
func toWhom(m store.Message) string {
	if m.Name == "" {
		return m.Recipient
	}
	return fmt.Sprintf("%s <%s>", m.Name, m.Recipient)
}

// messages prints the messages, one a line, and what was wrong below.
func (p printer) messages(list []store.Message, pause *store.Pause, zone *time.Location) {
	const shown = "Mon 2 Jan 15:04"
	if pause != nil {
		p.linef("Mail is paused until %s: %s", pause.Until.In(zone).Format(timeShown), printable(pause.Reason))
		p.linef("")
	}
	if len(list) == 0 {
		p.linef("There are no messages.")
		return
	}
	for _, m := range list {
		next := ""
		if !m.NextTry.IsZero() {
			next = ", next try " + m.NextTry.In(zone).Format(shown)
		}
		p.linef("%4d  %-16s  %s %s  to %s, since %s%s", m.ID, status.MessageWords(m.State), printable(m.Job), printable(m.Slot), printable(toWhom(m)), m.Since.In(zone).Format(shown), next)
		if m.Error != "" {
			p.linef("      %s", printable(m.Error))
		}
	}
}

// jsonMail is the JSON of mail. Times are in UTC; what is absent is null.
type jsonMail struct {
	Messages []jsonMessage `json:"messages"`
	Pause    *jsonPause    `json:"pause"`
}

type jsonMessage struct {
	ID        int64   `json:"id"`
	State     string  `json:"state"`
	Job       string  `json:"job"`
	Slot      string  `json:"slot"`
	Name      string  `json:"name"`
	Recipient string  `json:"recipient"`
	MessageID string  `json:"message_id"`
	Since     string  `json:"since"`
	Tries     int     `json:"tries"`
	NextTry   *string `json:"next_try"`
	Deadline  string  `json:"deadline"`
	Error     string  `json:"error"`
	Receipt   string  `json:"receipt"`
}

type jsonPause struct {
	Reason string `json:"reason"`
	Since  string `json:"since"`
	Until  string `json:"until"`
}

func mailDocument(list []store.Message, pause *store.Pause) jsonMail {
	doc := jsonMail{Messages: []jsonMessage{}}
	for _, m := range list {
		j := jsonMessage{ID: m.ID, State: string(m.State), Job: m.Job, Slot: m.Slot, Name: m.Name, Recipient: m.Recipient, MessageID: m.MessageID,
			Since: utc(m.Since), Tries: m.Tries, Deadline: utc(m.Deadline), Error: m.Error, Receipt: m.Receipt}
		if !m.NextTry.IsZero() {
			next := utc(m.NextTry)
			j.NextTry = &next
		}
		doc.Messages = append(doc.Messages, j)
	}
	if pause != nil {
		doc.Pause = &jsonPause{Reason: pause.Reason, Since: utc(pause.Since), Until: utc(pause.Until)}
	}
	return doc
}
