package cli

import (
	"context"
	"errors"
	netmail "net/mail"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// digestJob names the deliveries of the weekly digest in the state.
const digestJob = "digest"

// digestKey names the digest of a day for a recipient.
func digestKey(asOf calendar.Date, email string) store.Key {
	return store.Key{Job: digestJob, Slot: asOf.String(), Recipient: email}
}

// digestCommand composes the digest from the workbooks as they are.
func (a *app) digestCommand() *cobra.Command {
	var preview string
	var send bool
	cmd := &cobra.Command{
		Use:   "digest [--preview DIR | --send]",
		Short: "Compose the digest for managers: print it, preview it, or send it",
		Long: `Read and judge the workbooks and compose the digest that managers get by email.
Without an option its text is printed.

--preview DIR writes what each recipient would get into DIR: the email as .eml,
its HTML part as .html, its text part as .txt.
--send sends it: into the outbox folder or through the mail server, as the
configuration says. Nobody is sent the digest of one day twice; what could not be
sent is kept, and sent by the next --send of that day or by ` + "`regcert mail retry`" + `.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a workbook could
not be read, or the digest could not be sent to somebody.`,
		Example: "  regcert digest --preview preview\n  regcert digest --send",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case preview != "" && send:
				return usage("--preview and --send exclude each other")
			case a.json():
				return usage("digest is text, HTML and email; `regcert check --format json` gives the same findings as JSON")
			}
			return a.digest(cmd.Context(), preview, send)
		},
	}
	cmd.Flags().StringVar(&preview, "preview", "", "write what would be sent into this folder")
	cmd.Flags().BoolVar(&send, "send", false, "send it")
	return cmd
}

// digest composes the digest, and previews, sends or prints it.
func (a *app) digest(ctx context.Context, preview string, send bool) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	var state *store.Store // only sending remembers
	if send {
		if state, err = a.openState(ctx, cfg); err != nil {
			return err
		}
		defer state.Close()
	}
	result, err := a.check(ctx, cfg, nil, state)
	if err != nil {
		return err
	}
	if result.Troubled() {
		a.code = exitTrouble
	}
	letters, err := a.letters(cfg, result)
	switch {
	case err != nil:
		return err
	case preview != "":
		return a.preview(preview, letters)
	case send:
		if len(letters) == 0 {
			return noRecipients()
		}
		return a.send(ctx, cfg, state, result.Report.AsOf, letters)
	default:
		templates, err := digest.LoadTemplates("")
		if err != nil {
			return err
		}
		text, err := templates.Text(digest.Compose(a.digestInput(cfg, result), digest.Recipient{}))
		if err != nil {
			return err
		}
		_, err = a.Out.Write(text)
		return err
	}
}

// letter is a digest for one recipient, rendered.
type letter struct {
	*mail.Letter
	name       string
	text, html []byte
}

// letters composes and renders the digest of every recipient.
func (a *app) letters(cfg *config.Config, result *batch.Result) ([]letter, error) {
	templates, err := digest.LoadTemplates("")
	if err != nil {
		return nil, err
	}
	in := a.digestInput(cfg, result)
	var out []letter
	for _, r := range cfg.Recipients {
		if len(r.Views) == 0 {
			continue // gets no digest
		}
		d := digest.Compose(in, digest.Recipient{Name: r.Name, Views: r.Views})
		l := letter{name: r.Name}
		if l.text, err = templates.Text(d); err != nil {
			return nil, err
		}
		if l.html, err = templates.HTML(d); err != nil {
			return nil, err
		}
		l.Letter, err = mail.Render(mail.Message{
			From: cfg.Mail.From, ReplyTo: cfg.Mail.ReplyTo, To: netmail.Address{Name: r.Name, Address: r.Email}, Subject: d.Subject(), Text: l.text, HTML: l.html,
			Date: a.Now().In(cfg.Location).Truncate(time.Second), Key: digestKey(result.Report.AsOf, r.Email).Joined(), List: digestJob,
		})
		if err != nil {
			return nil, &failure{code: exitUsage, err: err}
		}
		out = append(out, l)
	}
	return out, nil
}

func (a *app) digestInput(cfg *config.Config, result *batch.Result) *digest.Input {
	in := &digest.Input{Now: result.Now, Report: result.Report, Calendar: cfg.Calendar, Centre: cfg.Centre, ReadAt: a.Now().In(cfg.Location)}
	for _, w := range result.Workbooks {
		read := w.Outcome != batch.Failed && (w.Outcome != batch.Deferred || len(w.Sheets) > 0)
		in.Workbooks = append(in.Workbooks, digest.Workbook{Path: w.Path, Read: read, Troubled: w.Troubled, Reason: w.Reason, Unread: w.Headless})
	}
	return in
}

// preview writes what each recipient would get into a folder.
func (a *app) preview(dir string, letters []letter) error {
	if len(letters) == 0 {
		return noRecipients()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return trouble(err, "Name a folder that can be written.")
	}
	for _, l := range letters {
		base := filepath.Join(dir, mail.Slug(l.name))
		for ext, data := range map[string][]byte{".eml": l.Bytes, ".html": l.html, ".txt": l.text} {
			if err := os.WriteFile(base+ext, data, 0o600); err != nil {
				return trouble(err, "Name a folder that can be written.")
			}
		}
		a.printer().linef("The digest for %s: %s.eml, .html and .txt", printable(l.name), base)
	}
	return nil
}

func noRecipients() error {
	return &failure{code: exitUsage, err: errors.New("the configuration names no recipients"), remedy: "Say under recipients: who gets the digest."}
}
