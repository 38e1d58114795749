package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/store"
	"regcert/internal/swap"
)

// doctorCommand finds out whether regcert can do its work here.
func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Find out whether everything is in place: configuration, clock, disks, rights, mail",
		Long: `Check the configuration, the state folder, how far the list of bank holidays
reaches, the clock, the time zone, the schedule and the room on the disks. Then the
folders of the workbooks and each workbook: whether it can be read, and replaced
without losing what somebody saves meanwhile, and what earlier runs left behind.
Then mail: whether the server takes the login (nothing is sent), or letters can be
written, and which messages need somebody. Then the daemon: whether one runs, and
what it needs besides. Each check is one line with pass, warn or fail, and what to
do. No workbook is touched, and nothing is left behind.

Exit code: 0 nothing fails; 1 something does; 2 the command is wrong.`,
		Example: "  regcert doctor\n  regcert doctor --config /srv/registers/config.yaml",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := a.examine(cmd.Context())
			if err != nil {
				return err
			}
			if _, failures := batch.Summary(checks); failures > 0 {
				a.code = exitFindings
			}
			if a.json() {
				return a.encode(doctorDocument(checks))
			}
			a.printer().checks(checks)
			return nil
		},
	}
}

// examine does the checks, the configuration first: without it there is nothing
// else to look at.
func (a *app) examine(ctx context.Context) ([]batch.Check, error) {
	cfg, err := a.config()
	if err != nil {
		return []batch.Check{{Verdict: batch.Fail, Subject: a.configFile, Text: err.Error()}}, nil
	}
	checks := append([]batch.Check{understood(a.configFile)}, examineRules(cfg, a.today(cfg))...)
	state, check := a.examineState(ctx, cfg)
	checks = append(checks, check)
	if state != nil {
		defer state.Close()
	}
	more, err := a.examineTime(ctx, cfg, state)
	if err != nil {
		return nil, trouble(err, "")
	}
	checks = append(append(checks, more...), examineFiles(cfg, a.Now().In(cfg.Location))...)
	office, _ := a.office(cfg, state, "doctor")
	more, err = office.Job(nil).Examine(ctx)
	if err != nil {
		return nil, trouble(err, "")
	}
	checks = append(append(checks, more...), a.examineMail(ctx, office))
	more, err = a.examineOutbox(ctx, cfg, state)
	if err != nil {
		return nil, trouble(err, "")
	}
	return append(append(checks, more...), a.examineDaemon(ctx, cfg, state)...), nil
}

// examineState opens the state if there is one, and says whether that can be
// done, or else whether it could be made.
func (a *app) examineState(ctx context.Context, cfg *config.Config) (*store.Store, batch.Check) {
	check := batch.Check{Verdict: batch.Pass, Subject: folderSubject(cfg, cfg.StateDir)}
	if _, err := os.Stat(filepath.Join(cfg.StateDir, store.FileName)); errors.Is(err, fs.ErrNotExist) {
		check.Text = "the state will be made here by the first run"
		if err := makeable(cfg.StateDir); err != nil {
			check.Verdict, check.Text, check.Remedy = batch.Fail, err.Error(), "give the user who runs regcert the right to make it, or set state_dir to another folder"
		}
		return nil, check
	}
	state, err := store.Open(ctx, cfg.StateDir)
	switch {
	case err != nil:
		check.Verdict, check.Text = batch.Fail, err.Error()
		return nil, check
	case state.Warning() != "":
		check.Verdict, check.Text = batch.Warn, state.Warning()
	default:
		check.Text = "the state can be read and written, and is whole"
	}
	return state, check
}

// subject is how a file or folder is shown: relative to the configuration where it
// lies below.
func subject(cfg *config.Config, path string) string {
	if rel, err := filepath.Rel(cfg.Dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// folderSubject is how a folder is shown.
func folderSubject(cfg *config.Config, dir string) string {
	shown := subject(cfg, dir)
	if shown != dir {
		shown += "/"
	}
	return shown
}

// makeable tries whether a folder could be made: whether a file can be made in
// the nearest one that is there.
func makeable(dir string) error {
	there, err := nearest(dir)
	if err == nil {
		_, err = swap.Probe(there)
	}
	return err
}

// nearest is a folder, or the nearest above it that is there.
func nearest(dir string) (string, error) {
	for {
		if info, err := os.Stat(dir); err == nil {
			if !info.IsDir() {
				return "", fmt.Errorf("%s is a file, not a folder", dir)
			}
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", fmt.Errorf("there is no %s", dir)
		}
		dir = above
	}
}

// checks prints the checks, one a line, and what to do below.
func (p printer) checks(checks []batch.Check) {
	width := 0
	for _, c := range checks {
		width = max(width, len([]rune(c.Subject)))
	}
	width = min(width, 40)
	for _, c := range checks {
		p.linef("%s  %-*s  %s", p.verdict(c.Verdict), width, printable(c.Subject), printable(strings.ReplaceAll(c.Text, "\n", "; ")))
		if c.Remedy != "" {
			p.linef("      %s", printable(c.Remedy))
		}
	}
	warnings, failures := batch.Summary(checks)
	p.linef("")
	switch {
	case warnings+failures == 0:
		p.linef("Everything is in place.")
	default:
		p.linef("%s, %s.", plural(failures, "failure"), plural(warnings, "warning"))
	}
}

func (p printer) verdict(v batch.Verdict) string {
	code := map[batch.Verdict]string{batch.Pass: "32", batch.Warn: "33", batch.Fail: "31"}[v]
	if !p.colour {
		return string(v)
	}
	return "\x1b[" + code + "m" + string(v) + "\x1b[0m"
}

// jsonDoctor is the JSON of doctor.
type jsonDoctor struct {
	Checks   []jsonCheck `json:"checks"`
	Warnings int         `json:"warnings"`
	Failures int         `json:"failures"`
}

type jsonCheck struct {
	Verdict batch.Verdict `json:"verdict"`
	Subject string        `json:"subject"`
	Text    string        `json:"text"`
	Remedy  string        `json:"remedy"`
}

func doctorDocument(checks []batch.Check) jsonDoctor {
	doc := jsonDoctor{Checks: []jsonCheck{}}
	for _, c := range checks {
		doc.Checks = append(doc.Checks, jsonCheck(c))
	}
	doc.Warnings, doc.Failures = batch.Summary(checks)
	return doc
}
