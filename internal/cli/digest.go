package cli

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/jobs"
)

// digestCommand composes the digest from the workbooks as they are.
func (a *app) digestCommand() *cobra.Command {
	var preview, recipient string
	var send bool
	cmd := &cobra.Command{
		Use:   "digest [--preview DIR [--recipient NAME] | --send]",
		Short: "Compose the digest for managers: print it, preview it, or send it",
		Long: `Read and judge the workbooks and compose the digest that managers get by email.
Without an option its text is printed.

--preview DIR writes what each recipient would get into DIR: the email as .eml, its
HTML part as .html, its text part as .txt, its picture and what is attached; with
index.html, which leads to all of it. Nothing is sent and nothing remembered.
--recipient NAME composes the digest of that recipient alone.
--send sends it: into the outbox folder or through the mail server, as the
configuration says, and remembers what is open: the next digest counts from there.
Nobody is sent the digest of one day twice. What could not be sent is kept, and
tried again by the next --send or run, or by ` + "`regcert mail retry`" + `.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a workbook could
not be read, or the digest could not be sent to somebody.`,
		Example: "  regcert digest --preview preview\n  regcert digest --send",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case preview != "" && send:
				return usage("--preview and --send exclude each other")
			case recipient != "" && send:
				return usage("--recipient is for --preview and for printing: --send sends to all")
			case a.json():
				return usage("digest is text, HTML and email; `regcert check --format json` gives the same findings as JSON")
			}
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if send {
				return a.sendDigest(cmd.Context(), cfg)
			}
			return a.showDigest(cmd.Context(), cfg, preview, recipient)
		},
	}
	cmd.Flags().StringVar(&preview, "preview", "", "write what would be sent into this folder")
	cmd.Flags().BoolVar(&send, "send", false, "send it")
	cmd.Flags().StringVar(&recipient, "recipient", "", "only what this recipient would get")
	return cmd
}

// showDigest prints a digest, or writes what each recipient would get into a
// folder. It compares with what is remembered, where anything is, and remembers
// nothing.
func (a *app) showDigest(ctx context.Context, cfg *config.Config, preview, recipient string) error {
	recipients := cfg.Recipients
	if recipient != "" {
		r, err := configuredRecipient(cfg, recipient)
		if err != nil {
			return err
		}
		recipients = []config.Recipient{r}
	}
	state, err := a.stateIfAny(ctx, cfg)
	if err != nil {
		return err
	}
	if state != nil {
		defer state.Close()
	}
	office, result, err := a.compared(ctx, cfg, state, "digest")
	if err != nil {
		return err
	}
	if result.Troubled() {
		a.code = exitTrouble
	}
	w, err := office.Writer(result)
	if err != nil {
		return undone(err)
	}
	if preview != "" {
		letters, err := w.Digests(recipients)
		if err != nil {
			return undone(err)
		}
		return a.preview(preview, result.Report.AsOf, letters)
	}
	var who digest.Recipient
	if recipient != "" {
		who = digest.Recipient{Name: recipients[0].Name, Views: recipients[0].Views}
	}
	text, err := w.Text(who)
	if err == nil {
		_, err = a.Out.Write(text)
	}
	return err
}

// sendDigest sends the digest to all recipients, and remembers what it says: the
// next one counts from there.
func (a *app) sendDigest(ctx context.Context, cfg *config.Config) error {
	if len(cfg.Recipients) == 0 {
		return noRecipients()
	}
	state, err := a.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer state.Close()
	office, wipe := a.office(cfg, state, "digest")
	postman := office.Postman()
	if postman.Transport, err = office.Transport(); err != nil {
		return undone(err)
	}
	letters, result, err := office.Digest(ctx, "")
	wipe()
	if result != nil && result.Troubled() {
		a.code = exitTrouble
	}
	if err != nil {
		return undone(noWorkbooks(err, cfg))
	}
	return a.send(ctx, office, postman, letters)
}

// preview writes what each recipient would get into a folder, with a page that
// leads to all of it.
func (a *app) preview(dir string, asOf calendar.Date, letters []jobs.Letter) error {
	if len(letters) == 0 {
		return noRecipients()
	}
	const remedy = "Name a folder that can be written."
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return trouble(err, remedy)
	}
	page := indexPage{AsOf: asOf.Long()}
	for _, l := range letters {
		entry := indexEntry{Name: l.To.Name, Email: l.To.Email, Subject: l.Subject, Silent: l.IsSilent()}
		page.Entries = append(page.Entries, entry)
		if entry.Silent {
			a.printer().linef("The digest for %s: nothing to say, so no mail is sent", printable(l.To.Name))
			continue
		}
		shown := &page.Entries[len(page.Entries)-1]
		for _, f := range l.Files {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
				return trouble(err, remedy)
			}
			shown.Files = append(shown.Files, f.Name)
		}
		a.printer().linef("The digest for %s: %s.html, .txt and .eml", printable(l.To.Name), filepath.Join(dir, l.Base))
	}
	var index bytes.Buffer
	if err := indexTemplate().Execute(&index, page); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), index.Bytes(), 0o600); err != nil {
		return trouble(err, remedy)
	}
	a.printer().linef("All of them: %s", filepath.Join(dir, "index.html"))
	return nil
}

// indexPage leads to the emails of a preview.
type indexPage struct {
	AsOf    string
	Entries []indexEntry
}

type indexEntry struct {
	Name, Email, Subject string
	Silent               bool // no mail is sent
	Files                []string
}

func indexTemplate() *template.Template {
	return template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Digests of {{.AsOf}}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 'Segoe UI', Arial, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
li { margin: 1em 0; }
</style>
</head>
<body>
<h1>Digests of {{.AsOf}}</h1>
<ul>
{{range .Entries}}<li><b>{{.Name}}</b>, {{.Email}}<br>{{if .Silent}}There is nothing to say, so no mail is sent.{{else}}{{.Subject}}<br>
{{range $i, $f := .Files}}{{if $i}} &middot; {{end}}<a href="{{$f}}">{{$f}}</a>{{end}}{{end}}</li>
{{end}}</ul>
</body>
</html>
`))
}

func noRecipients() error {
	return &failure{code: exitUsage, err: errors.New("the configuration names no recipients"), remedy: "Say under recipients: who gets the digest."}
}
