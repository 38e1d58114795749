package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/store"
	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

const namedHelp = `Without names, the configured workbooks are treated. With names, only those are
treated and reported on, and the configured ones are read so that learners can be
looked up in them.`

// runCommand judges and writes back.
func (a *app) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run [WORKBOOK…]",
		Short: "Check the workbooks and write a status, deadline and next action beside each row",
		Long: `Read the workbooks, judge every row, write the answers into regcert's own columns,
and record the run. A workbook that somebody has open, or that cannot be changed
with certainty, is left as it is, and the report says why. Then those who are to
know are told at once of what is newly at risk, overdue or missed.

` + namedHelp + `

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a workbook could
not be read or written (the others were processed), or a message not be sent.`,
		Example: "  regcert run\n  regcert run claims.xlsx --as-of 2026-05-11",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.configOrNamed(args)
			if err != nil {
				return err
			}
			return a.run(cmd.Context(), cfg, args)
		},
	}
}

// checkCommand judges and writes nothing.
func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [WORKBOOK…]",
		Short: "Check the workbooks and print what needs doing, changing nothing",
		Long: `Read the workbooks, judge every row, and print what needs doing, worst first, with
the workbook and the cell. Nothing is written.

` + namedHelp + `

Exit code: 0 nothing open beyond what is to do in time or snoozed; 1 something is
missed, overdue, at risk or to be corrected; 2 the command or the configuration is wrong;
3 a workbook could not be read (the others were processed).`,
		Example: "  regcert check\n  regcert check claims.xlsx --format json",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.configOrNamed(args)
			if err != nil {
				return err
			}
			result, err := a.check(cmd.Context(), cfg, args)
			if err != nil {
				return err
			}
			if summarise(result.Report.Findings).pressing() {
				a.code = exitFindings
			}
			return a.show(result, printer.report)
		},
	}
}

// run treats the workbooks and remembers the run.
func (a *app) run(ctx context.Context, cfg *config.Config, named []string) error {
	state, err := a.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer state.Close()
	job, wipe, err := a.job(cfg, named)
	if err != nil {
		return err
	}
	job.State, job.Program = state, version()
	result, err := job.Run(ctx)
	wipe()
	if result == nil {
		return busy(noWorkbooks(err, cfg))
	}
	a.tellResumed(result.Resumed)
	text := printer.summary
	if a.verbose {
		text = printer.report
	}
	if shown := a.show(result, text); shown != nil {
		return shown
	}
	if err != nil {
		return trouble(err, "")
	}
	return a.escalate(ctx, cfg, state, result)
}

// tellResumed says what has become of writes that an earlier run left unfinished.
func (a *app) tellResumed(resumed []swap.Resumed) {
	for _, r := range resumed {
		switch {
		case r.Err != nil:
			a.warn("%s: %v", r.Path, r.Err)
		case r.Broken && r.Written:
			a.note("regcert: %s: an earlier run was broken off while it wrote it; the new version is in place, whole", r.Path)
		case r.Broken:
			a.note("regcert: %s: an earlier run was broken off while it wrote it; it is as it was before", r.Path)
		}
		if r.Conflict != "" {
			a.warn("%s: somebody saved it while regcert wrote it; that version is kept as %s: compare the two, take over what is right, and delete it", r.Path, r.Conflict)
		}
	}
}

// busy says what to do where another process is writing.
func busy(err error) error {
	if b, ok := errors.AsType[*store.Busy](err); ok {
		return trouble(b, "Wait until it has ended, and try again.")
	}
	return err
}

// openState opens what is remembered from run to run.
func (a *app) openState(ctx context.Context, cfg *config.Config) (*store.Store, error) {
	state, err := store.Open(ctx, cfg.StateDir)
	if err != nil {
		return nil, trouble(err, "")
	}
	if w := state.Warning(); w != "" {
		a.note("regcert: %s", w)
	}
	return state, nil
}

// check reads and judges the workbooks.
func (a *app) check(ctx context.Context, cfg *config.Config, named []string) (*batch.Result, error) {
	job, wipe, err := a.job(cfg, named)
	if err != nil {
		return nil, err
	}
	result, err := job.Check(ctx)
	wipe()
	return result, noWorkbooks(err, cfg)
}

// compared reads and judges the workbooks, and compares what is open with what
// is remembered in the state, if there is one: those that were here lately and
// are gone are missed, too.
func (a *app) compared(ctx context.Context, cfg *config.Config, state *store.Store) (*batch.Job, *batch.Result, error) {
	job, wipe, err := a.job(cfg, nil)
	if err != nil {
		return nil, nil, err
	}
	job.State, job.Compare = state, true
	result, err := job.Check(ctx)
	wipe()
	return job, result, noWorkbooks(err, cfg)
}

// show prints a result, and sets the exit code where workbooks were troubled.
func (a *app) show(result *batch.Result, text func(printer, *batch.Result)) error {
	if result.Troubled() {
		a.code = exitTrouble
	}
	if a.json() {
		return writeJSON(a.Out, result)
	}
	text(a.printer(), result)
	return nil
}

// job makes the job that the configuration describes.
func (a *app) job(cfg *config.Config, named []string) (*batch.Job, func(), error) {
	asOf, err := a.day(cfg)
	if err != nil {
		return nil, nil, err
	}
	progress, wipe := a.progress()
	job := &batch.Job{
		Dir: cfg.Dir, Named: named, Limits: xlsx.DefaultLimits(),
		Reader:   register.NewReader(asOf, cfg.Aliases),
		Policy:   policy.Options{AsOf: asOf, Calendar: cfg.Calendar, Versions: cfg.Policy, JudgeFrom: cfg.JudgeFrom, SnoozeLimit: cfg.SnoozeLimit},
		Backups:  filepath.Join(cfg.StateDir, "backups"),
		Keep:     cfg.KeepBackups,
		Host:     a.Host,
		Now:      func() time.Time { return a.Now().In(cfg.Location) },
		Progress: progress,
	}
	for _, w := range cfg.Workbooks {
		p := batch.Pattern{Glob: w.Path, WriteBack: w.WriteBack}
		if w.PasswordEnv != "" {
			p.Password = batch.Password{Text: a.Getenv(w.PasswordEnv), Source: "$" + w.PasswordEnv}
		}
		job.Workbooks = append(job.Workbooks, p)
	}
	return job, wipe, nil
}

// day is the as-of date: today in the configured time zone, or --as-of.
func (a *app) day(cfg *config.Config) (calendar.Date, error) {
	if a.asOf == "" {
		return calendar.FromTime(a.Now().In(cfg.Location)), nil
	}
	return calendar.ParseISO(a.asOf)
}

func noWorkbooks(err error, cfg *config.Config) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, batch.ErrNoWorkbooks) {
		return trouble(err, "")
	}
	return &failure{code: exitUsage, err: fmt.Errorf("%s: %w", cfg.File, err),
		remedy: "Correct the paths under workbooks: in it (they are relative to the file), or name a workbook on the command line."}
}
