package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/store"
	"regcert/internal/swap"
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
	var output string
	cmd := &cobra.Command{
		Use:   "check [WORKBOOK…]",
		Short: "Check the workbooks and print what needs doing, changing nothing",
		Long: `Read the workbooks, judge every row, and print what needs doing, worst first, with
the workbook and the cell. Nothing is written into them.

--format html makes a page for a browser of it, with search and filters; --output
FILE.html puts it into that file, in the place of an earlier one.

` + namedHelp + `

Exit code: 0 nothing open beyond what is to do in time or snoozed; 1 something is
missed, overdue, at risk or to be corrected; 2 the command or the configuration is wrong;
3 a workbook could not be read (the others were processed).`,
		Example: "  regcert check\n  regcert check claims.xlsx --format json\n  regcert check --format html --output report.html",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.mayOutput(output); err != nil {
				return err
			}
			cfg, err := a.configOrNamed(args)
			if err != nil {
				return err
			}
			result, err := a.check(cmd.Context(), cfg, args)
			if err != nil {
				return err
			}
			a.judge(result)
			if a.format == "html" {
				return a.showPage(a.pageOf(cfg, result), output)
			}
			return a.show(result, printer.report)
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "write the page of --format html into this file")
	return cmd
}

// judge sets the exit code that what was found asks for.
func (a *app) judge(result *batch.Result) {
	switch {
	case result.Troubled():
		a.code = exitTrouble
	case summarise(result.Report.Findings).pressing():
		a.code = exitFindings
	}
}

// run treats the workbooks and remembers the run, tells at once what is urgent,
// and delivers what is due.
func (a *app) run(ctx context.Context, cfg *config.Config, named []string) error {
	state, err := a.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer state.Close()
	office, wipe := a.office(cfg, state, "run")
	result, err := office.Run(ctx, named)
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
	waiting, err := office.Escalate(ctx, result)
	if err != nil {
		return undone(err)
	}
	for _, w := range waiting {
		if w.Sent == 0 {
			a.tell("%s newly urgent for %s: told after the quiet hours (escalation.quiet_hours)", plural(w.Items, "item"), w.Name)
		} else {
			a.tell("%s newly urgent for %s: told another day, as %s went out today (escalation.most_a_day)", plural(w.Items, "item"), w.Name, plural(w.Sent, "message"))
		}
	}
	return a.deliver(ctx, office)
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
	office, wipe := a.office(cfg, nil, "check")
	result, err := office.Job(named).Check(ctx)
	wipe()
	return result, noWorkbooks(err, cfg)
}

// compared reads and judges the workbooks, and compares what is open with what
// is remembered in the state, if there is one.
func (a *app) compared(ctx context.Context, cfg *config.Config, state *store.Store, command string) (*jobs.Office, *batch.Result, error) {
	office, wipe := a.office(cfg, state, command)
	_, result, err := office.Compare(ctx)
	wipe()
	return office, result, noWorkbooks(err, cfg)
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

// office is where the jobs of a command are done, and what wipes its progress out
// again.
func (a *app) office(cfg *config.Config, state *store.Store, command string) (*jobs.Office, func()) {
	progress, wipe := a.progress()
	return &jobs.Office{
		Config: cfg, State: state, Getenv: a.Getenv, Now: a.Now, Host: a.Host, Program: version(), What: "regcert " + command, AsOf: a.day(), Progress: progress,
	}, wipe
}

// day is the day of --as-of, which was checked before; without it no date.
func (a *app) day() calendar.Date {
	if a.asOf == "" {
		return 0
	}
	day, _ := calendar.ParseISO(a.asOf)
	return day
}

// today is the day of --as-of, or that in the configured time zone.
func (a *app) today(cfg *config.Config) calendar.Date {
	if day := a.day(); !day.IsZero() {
		return day
	}
	return calendar.FromTime(a.Now().In(cfg.Location))
}

// undone is the error of a job that could not be done.
func undone(err error) error {
	if _, ok := errors.AsType[*jobs.Setting](err); ok {
		return &failure{code: exitUsage, err: err}
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return busy(f)
	}
	return busy(trouble(err, ""))
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
