package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/evidence"
	"regcert/internal/store"
)

// evidenceCommand writes the pack for an auditor.
func (a *app) evidenceCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "evidence --from DATE --to DATE DIR",
		Short: "Write a pack for an auditor: what was checked in a period, by which rules, and what came of it",
		Long: `Write into the folder DIR what is recorded of a period, both days counted: the runs,
what each did with each workbook (with its SHA-256), the rules with the numbers in
force, what was found of each learner and what became of it, and which emails were
sent. evidence.html is to be read and printed, evidence.xlsx to be filtered and
sorted, and manifest.txt has the SHA-256 of both. Learners stand in it by ID, never by
name. No workbook is read: it all comes from regcert's own record.

DIR must be new or empty, or hold an earlier pack as regcert left it, which is
replaced.

Exit code: 0 done; 2 the command or the configuration is wrong, or there is nothing
recorded; 3 the pack could not be made or written.`,
		Example: "  regcert evidence --from 2026-04-01 --to 2026-06-30 audit-2026-q2",
		Args:    exactly("the folder to write", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.json() {
				return usage("evidence writes a workbook and a page; `regcert history --format json` gives the record as JSON")
			}
			first, last, err := period(from, to)
			if err != nil {
				return err
			}
			return a.evidence(cmd.Context(), first, last, args[0])
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first day of the period (YYYY-MM-DD)")
	cmd.Flags().StringVar(&to, "to", "", "its last day")
	return cmd
}

// period reads the first and the last day of a period.
func period(from, to string) (first, last calendar.Date, err error) {
	for _, d := range []struct {
		flag, text string
		into       *calendar.Date
	}{{"--from", from, &first}, {"--to", to, &last}} {
		if d.text == "" {
			return 0, 0, usage("%s is missing: say which day (YYYY-MM-DD)", d.flag)
		}
		if *d.into, err = calendar.ParseISO(d.text); err != nil {
			return 0, 0, usage("%s: %v", d.flag, err)
		}
	}
	if last < first {
		return 0, 0, usage("--to %s is before --from %s", to, from)
	}
	return first, last, nil
}

func (a *app) evidence(ctx context.Context, from, to calendar.Date, dir string) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if err := mayHoldPack(dir, cfg); err != nil {
		return err
	}
	state, err := a.stateIfAny(ctx, cfg)
	if err != nil {
		return err
	}
	if state == nil {
		return &failure{code: exitUsage, err: errors.New("nothing is recorded yet, so there is nothing to show"), remedy: "`regcert run` records what it checks."}
	}
	defer state.Close()
	record, err := a.evidenceOf(ctx, cfg, state, from, to)
	if err != nil {
		return trouble(err, "")
	}
	files, err := record.Files()
	if err != nil {
		return trouble(err, "")
	}
	if err := writePack(dir, files, cfg); err != nil {
		return err
	}
	p := a.printer()
	p.linef("Evidence from %s to %s: %s", from.Long(), to.Long(), printable(dir))
	for _, f := range files {
		p.linef("  %s", f.Name)
	}
	return nil
}

// evidenceOf gathers what is recorded of a period.
func (a *app) evidenceOf(ctx context.Context, cfg *config.Config, state *store.Store, from, to calendar.Date) (*evidence.Record, error) {
	first, end := midnight(from, cfg.Location), midnight(to+1, cfg.Location)
	r := &evidence.Record{Centre: cfg.Centre, From: from, To: to, MadeAt: a.Now().In(cfg.Location), Program: version()}
	var errs [6]error
	var pruning store.Pruning
	r.Begins, errs[0] = state.Beginning(ctx)
	pruning, _, errs[1] = state.LastPruning(ctx)
	r.Pruned = pruning.Before
	r.Runs, errs[2] = state.Runs(ctx, store.RunQuery{From: first, Before: end})
	r.RuleSets, errs[3] = state.RuleSets(ctx)
	r.Lives, errs[4] = state.AllLives(ctx)
	r.Messages, errs[5] = state.Written(ctx, first, end)
	return r, errors.Join(errs[:]...)
}

// mayHoldPack refuses a folder in which is anything but an earlier pack as regcert
// left it.
func mayHoldPack(dir string, cfg *config.Config) error {
	refuse := func(why string) error {
		return &failure{code: exitUsage, err: fmt.Errorf("%s: %s", dir, why), remedy: "Nothing was written. Name a new folder."}
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return refuse("it is there, and no folder that can be read")
	}
	files := map[string][]byte{}
	for _, e := range entries {
		switch {
		case e.Name() != evidence.Page && e.Name() != evidence.Workbook && e.Name() != evidence.Manifest:
			return refuse("there is something else in it: " + e.Name())
		case !e.Type().IsRegular():
			return refuse(e.Name() + " in it is no file")
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return trouble(err, "Name a new folder.")
		}
	}
	if len(entries) > 0 && !evidence.IsWhole(files) {
		return refuse("the pack in it is not as regcert left it: it may be somebody's work")
	}
	return mayReplace(filepath.Join(dir, evidence.Workbook), cfg)
}

// writePack writes a pack in the place of an earlier one. The manifest, which says
// that it is whole, comes last.
func writePack(dir string, files []evidence.File, cfg *config.Config) error {
	const remedy = "Name a folder that can be written."
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return trouble(err, remedy)
	}
	if err := mayHoldPack(dir, cfg); err != nil { // gathering took a while, and somebody may have come
		return err
	}
	for _, f := range files {
		temp := filepath.Join(dir, ".regcert-"+f.Name+".tmp")
		err := os.WriteFile(temp, f.Data, 0o600)
		if err == nil {
			err = os.Rename(temp, filepath.Join(dir, f.Name))
		}
		if err != nil {
			os.Remove(temp)
			return trouble(err, remedy)
		}
	}
	return nil
}
