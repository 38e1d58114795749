// Package cli holds regcert's commands: it parses what was asked, calls the
// packages that do it, and prints what they answer.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"regcert/internal/calendar"
)

// The exit codes.
const (
	exitDone     = 0 // nothing open beyond what is to do in time or snoozed
	exitFindings = 1 // check: something is missed, overdue, at risk or to be corrected
	exitUsage    = 2 // the command or the configuration is wrong
	exitTrouble  = 3 // a workbook could not be read or written; the others were processed
)

// defaultConfig is where the configuration is looked for.
const defaultConfig = "config.yaml"

// Streams are what the commands see of the world outside.
type Streams struct {
	Out, Err      io.Writer
	OutIsTerminal bool
	ErrIsTerminal bool
	Getenv        func(string) string
	Now           func() time.Time
	Host          string // the computer's name; empty where it has none
	ClockUnset    bool   // the system says that nothing keeps its clock right

	In           io.Reader                      // what somebody types
	Open         func(path string) error        // shows a file in the program that the system has for it
	CacheDir     func() (dir string, err error) // where programs keep files for the user
	Folder       string                         // the program's own folder; empty where it is not known
	ClosesWindow bool                           // the window closes when the process ends

	// Hangups tells of the signal SIGHUP, which then ends nothing, until done is called.
	Hangups func() (asks <-chan os.Signal, done func())
}

// System returns the streams of the process.
func System() Streams {
	// It would end the program when a workbook is dropped on its icon, and send people to a terminal.
	cobra.MousetrapHelpText = ""
	host, _ := os.Hostname() // it only helps to recognise copies
	folder := ""
	if exe, err := os.Executable(); err == nil {
		folder = filepath.Dir(exe)
	}
	return Streams{
		Host: host, ClockUnset: isClockUnset(), Hangups: hangups,
		In: os.Stdin, Open: openFile, CacheDir: os.UserCacheDir, Folder: folder, ClosesWindow: closesWindow(),
		Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Now: time.Now,
		OutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())), ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// hangups listens to the signal SIGHUP, where there is one.
func hangups() (asks <-chan os.Signal, done func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() { signal.Stop(signals) }
}

// app is one invocation of the program.
type app struct {
	Streams
	configFile string
	asOf       string
	format     string
	quiet      bool
	verbose    bool
	noColour   bool
	code       int
	holds      bool // somebody may have started the program by its icon
}

// Main runs the command that the arguments ask for and returns the exit code.
func Main(ctx context.Context, args []string, streams Streams) int {
	a := &app{Streams: streams}
	root := a.root()
	root.SetArgs(args)
	code := a.ended(root.ExecuteContext(ctx))
	if a.holds {
		a.hold()
	}
	return code
}

// ended prints the error that a command has ended with, and returns the exit code.
func (a *app) ended(err error) int {
	if err == nil {
		return a.code
	}
	f := asFailure(err)
	fmt.Fprintf(a.Err, "regcert: %s\n", printableLines(f.err.Error()))
	if f.remedy != "" {
		fmt.Fprintf(a.Err, "%s\n", f.remedy)
	}
	return f.code
}

// failure is an error with the exit code it ends in and a line that says what
// to do about it.
type failure struct {
	code   int
	err    error
	remedy string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// asFailure is the failure that an error is: where nobody has said more of it, a
// mistake in the command.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return &failure{code: exitUsage, err: err}
}

// usage is a mistake in the command.
func usage(format string, args ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...), remedy: "`regcert help` lists the commands and their options."}
}

// trouble is work that could not be done.
func trouble(err error, remedy string) error {
	return &failure{code: exitTrouble, err: err, remedy: remedy}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "regcert [WORKBOOK…]",
		Short: "Keeps registrations and certificate claims in order, straight from your workbooks",
		Long: `regcert reads the workbooks in which a training centre keeps its enrolments,
assessments, claims and withdrawals, judges every row against the Registration &
Certification Policy, writes a status beside each row, and tells managers what is
at risk and overdue. It changes nothing in a workbook but its own columns.

With nothing but workbooks, as when they are dropped on the program's icon, it
checks them and shows what it finds in the browser. Nothing is written into them.

Guides:
` + guideList(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.holds = isThere(args)
			switch {
			case len(args) == 0:
				return cmd.Help()
			case !a.holds:
				return usage("%q is not a command", args[0])
			case !areWorkbooks(args):
				return usage("%q is neither a command nor a workbook", args[0])
			}
			return a.byIcon(cmd.Context(), args)
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.checkFormat(cmd); err != nil {
				return err
			}
			getenv, err := withSecrets(a.Getenv)
			if err != nil {
				return &failure{code: exitUsage, err: err}
			}
			a.Getenv = getenv
			return checkAsOf(a.asOf)
		},
	}
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &failure{code: exitUsage, err: err, remedy: fmt.Sprintf("`%s --help` lists its options.", cmd.CommandPath())}
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(a.helpCommand())
	flags := root.PersistentFlags()
	flags.StringVar(&a.configFile, "config", defaultConfig, "the configuration file")
	flags.StringVar(&a.asOf, "as-of", "", "judge as of this day (YYYY-MM-DD) instead of today")
	flags.StringVar(&a.format, "format", "text", "text or json; html with check")
	flags.BoolVar(&a.quiet, "quiet", false, "print only results and errors, no progress")
	flags.BoolVar(&a.verbose, "verbose", false, "print more: every finding of a run, how each sheet was read, the reason for each rule")
	flags.BoolVar(&a.noColour, "no-color", false, "print without colours (as does the environment variable NO_COLOR)")
	root.AddCommand(
		a.runCommand(), a.checkCommand(), a.inspectCommand(), a.newCommand(), a.initCommand(), a.digestCommand(), a.reportCommand(), a.mailCommand(), a.restoreCommand(), a.historyCommand(), a.evidenceCommand(), a.serveCommand(), a.serviceCommand(),
		a.statusCommand(), a.doctorCommand(), a.configCommand(), a.rulesCommand(), a.calendarCommand(), a.versionCommand(),
		a.explainCommand(), a.policyCommand(),
	)
	return root
}

// checkFormat checks --format: html is for check alone.
func (a *app) checkFormat(cmd *cobra.Command) error {
	switch {
	case a.format == "text" || a.format == "json":
		return nil
	case a.format != "html":
		return usage("--format must be text or json (or html, with check), not %q", a.format)
	case cmd.Name() != "check":
		return usage("--format html goes with `regcert check`")
	}
	return nil
}

// checkAsOf checks the day of --as-of, if one is given.
func checkAsOf(s string) error {
	if s == "" {
		return nil
	}
	d, err := calendar.ParseISO(s)
	if err != nil {
		return usage("--as-of: %v", err)
	}
	if d.Year() < 2000 || d.Year() > 2100 {
		return usage("--as-of: %s is not between 2000 and 2100", s)
	}
	return nil
}

// exactly wants n arguments; what says what the first is.
func exactly(what string, n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return usage("%s: %s is missing", cmd.CommandPath(), what)
		case len(args) > n:
			return usage("%s: %q is one argument too many", cmd.CommandPath(), args[n])
		}
		return nil
	}
}

func (a *app) json() bool { return a.format == "json" }

func (a *app) encode(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (a *app) printer() printer {
	return printer{w: a.Out, verbose: a.verbose, colour: a.OutIsTerminal && !a.noColour && a.Getenv("NO_COLOR") == ""}
}

// progress returns what shows the progress of long work on a terminal, and
// what wipes it out again.
func (a *app) progress() (show func(done, of int, what string), wipe func()) {
	if !a.ErrIsTerminal || a.quiet {
		return nil, func() {}
	}
	show = func(done, of int, what string) { fmt.Fprintf(a.Err, "\r\x1b[K%d of %d: %s", done, of, printable(what)) }
	return show, func() { fmt.Fprint(a.Err, "\r\x1b[K") }
}

func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintln(a.Err, printable(fmt.Sprintf(format, args...)))
	}
}

// warn says what somebody has to look at.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.Err, "regcert: %s\n", printable(fmt.Sprintf(format, args...)))
}

// printableLines is printable for a text of several lines.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
