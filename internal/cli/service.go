package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/config"
)

// What the system's service manager calls the service.
const (
	serviceName  = "regcert"
	serviceTitle = "regcert: registrations and certificate claims from the centre's workbooks"
)

// settles is how long a service that was started is watched: one whose
// configuration is wrong ends at once.
const settles = 2 * time.Second

// setup is how the service is to run. Paths are absolute.
type setup struct {
	exe, config string
	user        string   // the account that it runs as
	password    string   // the account's, on Windows; never shown
	state       string   // the state folder
	own         []string // folders of regcert alone, the state folder among them
	shared      []string // folders of workbooks that are written
	reads       []string // what else it reads
	variables   []string // environment variables that hold the secrets
}

// command is what the service runs.
func (s *setup) command() []string { return []string{s.exe, "serve", "--config", s.config} }

// serviceState is how the service is.
type serviceState struct {
	installed, running bool
	text               string // what the system tells of it, such as since when
}

// serviceCommand has regcert run by the system's service manager.
func (a *app) serviceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "service",
		Short: "Have the system run regcert always: install, uninstall, start, stop, status",
		Long: `Have the system run ` + "`regcert serve`" + ` from when the computer starts, whether somebody has
logged on or not: as a service of Windows, by systemd on Linux, by launchd on macOS.

All but status and install --dry-run need an administrator's rights.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("service: %q is not a command", args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(
		a.serviceInstallCommand(),
		a.serviceAction("uninstall", "Stop the service and remove it",
			"Stop the service and remove it. The configuration, the state, the passwords and the\nworkbooks stay as they are.", a.serviceUninstall),
		a.serviceAction("start", "Start the service", "Start the service, and look whether it goes on running.", a.serviceStart),
		a.serviceAction("stop", "Stop the service until the computer starts again",
			"Stop the service: it finishes or gives up the workbook that it is at, within ten\nseconds. It starts again with the computer.", a.serviceStop),
		&cobra.Command{
			Use:   "status",
			Short: "Say whether the service is installed and running",
			Long: `Say whether the service is installed and running, and since when, where the system
tells. What regcert itself has to tell is in ` + "`regcert status`" + `.

Exit code: 0 it is running; 2 the command is wrong; 3 it is not running.`,
			Args: exactly("", 0),
			RunE: func(cmd *cobra.Command, _ []string) error {
				if err := a.noServiceJSON("status"); err != nil {
					return err
				}
				return a.serviceStatus(cmd.Context())
			},
		},
	)
	return cmd
}

func (a *app) serviceInstallCommand() *cobra.Command {
	var user, passwordEnv string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install the service, or bring it up to date",
		Long: `Install the service, or bring one that is installed up to date with the options of
this command and with the configuration: do so after every change of the folders in
it. Say everything again that was said the first time.

` + installHelp + `

Exit code: 0 done; 2 the command or the configuration is wrong; 3 it could not be
installed.`,
		Args: exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.noServiceJSON("install"); err != nil {
				return err
			}
			s, err := a.newSetup(user, passwordEnv)
			if err != nil {
				return err
			}
			preview, err := s.preview()
			if err != nil {
				return &failure{code: exitUsage, err: err}
			}
			if dryRun {
				_, err = fmt.Fprint(a.Out, preview)
				return err
			}
			return a.serviceInstall(cmd.Context(), s)
		},
	}
	cmd.Flags().StringVar(&user, "user", "", userHelp)
	if usesPassword {
		cmd.Flags().StringVar(&passwordEnv, "password-env", "", "the environment variable with the password of that user")
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be installed, and change nothing")
	return cmd
}

// serviceAction is a command that needs an administrator's rights and no configuration.
func (a *app) serviceAction(name, short, long string, do func(context.Context) error) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: exactly("", 0),
		Long: long + "\n\nExit code: 0 done; 2 the command is wrong; 3 it could not be done.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cmp.Or(a.noServiceJSON(name), mayAdminister(name)); err != nil {
				return err
			}
			return do(cmd.Context())
		},
	}
}

func (a *app) noServiceJSON(name string) error {
	if a.json() {
		return usage("service %s has no JSON", name)
	}
	return nil
}

// mayAdminister wants the rights of an administrator.
func mayAdminister(name string) error {
	if isAdministrator() {
		return nil
	}
	return trouble(fmt.Errorf("service %s needs an administrator's rights", name), howToAdminister)
}

// newSetup takes from the configuration what the service will need.
func (a *app) newSetup(user, passwordEnv string) (*setup, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, trouble(fmt.Errorf("where regcert lies cannot be found out: %w", err), "")
	}
	file, err := filepath.Abs(a.configFile)
	if err != nil {
		return nil, trouble(err, "")
	}
	s := &setup{exe: exe, config: file, user: cmp.Or(user, defaultUser(a.Getenv)), state: real(cfg.StateDir), variables: secretVariables(cfg)}
	if passwordEnv != "" {
		if s.password = a.Getenv(passwordEnv); s.password == "" {
			return nil, usage("--password-env: the environment variable %s is empty: set it to the password of %s first", passwordEnv, s.user)
		}
	}
	s.own = []string{s.state}
	if cfg.Mail.Transport == "outbox" {
		s.own = append(s.own, real(cfg.Mail.OutboxDir))
	}
	if cfg.Daemon.Log.File != "" {
		s.own = append(s.own, real(filepath.Dir(cfg.Daemon.Log.File)))
	}
	s.reads = []string{real(file)}
	smtp := &cfg.Mail.SMTP
	for _, p := range []string{cfg.Templates, smtp.PasswordFile, smtp.CAFile, smtp.OAuth2.ClientSecretFile} {
		if p != "" {
			s.reads = append(s.reads, real(p))
		}
	}
	for _, w := range cfg.Workbooks {
		folder := real(batch.Pattern{Glob: w.Path}.Folder())
		if w.WriteBack {
			s.shared = append(s.shared, folder)
		} else {
			s.reads = append(s.reads, folder)
		}
	}
	slices.Sort(s.shared)
	s.shared = slices.Compact(s.shared)
	return s, nil
}

// real follows links, where the path is there.
func real(path string) string {
	if followed, err := filepath.EvalSymlinks(path); err == nil {
		return followed
	}
	return path
}

// secretVariables are the environment variables that the configuration names.
func secretVariables(cfg *config.Config) []string {
	smtp := &cfg.Mail.SMTP
	names := []string{smtp.PasswordEnv, smtp.OAuth2.ClientSecretEnv, cfg.Daemon.PingURLEnv}
	for _, w := range cfg.Workbooks {
		names = append(names, w.PasswordEnv)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// serviceInstall installs the service and says what comes next.
func (a *app) serviceInstall(ctx context.Context, s *setup) error {
	if err := mayAdminister("install"); err != nil {
		return err
	}
	before, err := lookAtService(ctx)
	if err != nil {
		return trouble(err, "")
	}
	made, err := s.install(ctx)
	if err != nil {
		return trouble(fmt.Errorf("the service could not be installed: %w", err), "Once that is put right, `regcert service install` can be run again.")
	}
	p := a.printer()
	what := "installed"
	if before.installed {
		what = "brought up to date"
	}
	p.linef("The service is %s. From when the computer starts, the user %s runs", what, printable(s.user))
	p.linef("  %s", printable(shown(s.command()...)))
	for _, m := range made {
		p.linef("Made: %s", printable(m))
	}
	if before.running {
		if err := a.serviceStart(ctx); err != nil {
			return err
		}
	}
	p.linef("")
	p.linef("What comes next:")
	for i, step := range s.next(ctx, before.running) {
		p.linef("  %d. %s", i+1, strings.ReplaceAll(printableLines(step), "\n", "\n     "))
	}
	return nil
}

func (a *app) serviceUninstall(ctx context.Context) error {
	state, err := lookAtService(ctx)
	switch {
	case err != nil:
		return trouble(err, "")
	case !state.installed:
		a.printer().linef("The service is not installed.")
		return nil
	}
	if err := uninstallService(ctx); err != nil {
		return trouble(fmt.Errorf("the service could not be removed: %w", err), "")
	}
	a.printer().linef("The service is removed. The configuration, the state, the passwords and the workbooks are as they were.")
	return nil
}

// serviceStart starts the service, if it does not run, and looks what becomes of it.
func (a *app) serviceStart(ctx context.Context) error {
	if err := mustBeInstalled(ctx); err != nil {
		return err
	}
	if err := startService(ctx); err != nil {
		return trouble(fmt.Errorf("the service could not be started: %w", err), whereItsLogIs)
	}
	select {
	case <-ctx.Done():
		return trouble(ctx.Err(), "")
	case <-time.After(settles):
	}
	state, err := lookAtService(ctx)
	if err == nil && !state.running {
		err = errors.New("the service was started, and has ended by itself")
	}
	if err != nil {
		return trouble(err, whereItsLogIs)
	}
	a.printer().linef("The service is running.")
	return nil
}

func (a *app) serviceStop(ctx context.Context) error {
	if err := mustBeInstalled(ctx); err != nil {
		return err
	}
	if err := stopService(ctx); err != nil {
		return trouble(fmt.Errorf("the service could not be stopped: %w", err), "")
	}
	a.printer().linef("The service has stopped.")
	return nil
}

func mustBeInstalled(ctx context.Context) error {
	state, err := lookAtService(ctx)
	if err == nil && !state.installed {
		return trouble(errors.New("the service is not installed"), "`regcert service install --config FILE` installs it.")
	}
	if err != nil {
		return trouble(err, "")
	}
	return nil
}

func (a *app) serviceStatus(ctx context.Context) error {
	state, err := lookAtService(ctx)
	if err != nil {
		return trouble(err, "")
	}
	if !state.running {
		a.code = exitTrouble
	}
	switch p := a.printer(); {
	case !state.installed:
		p.linef("The service is not installed.")
	case state.running:
		p.linef("The service is installed and running%s.", printable(state.text))
	default:
		p.linef("The service is installed and not running%s.", printable(state.text))
	}
	return nil
}
