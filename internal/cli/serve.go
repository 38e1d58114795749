package cli

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"regcert/internal/daemon"
	"regcert/internal/journal"
	"regcert/internal/store"
	"regcert/internal/web"
)

// serveCommand is the daemon.
func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Do it all by itself: check on schedule and soon after a save, send the digest",
		Long: `Check the workbooks on schedule, and each one soon after somebody has saved and
closed it; send the digest on its day; tell at once what is urgent; and send again
what could not be sent. This goes on until it is told to stop, by Ctrl-C or by the
system. What was missed meanwhile is caught up, within schedule.catch_up, and
nothing is done twice. A workbook that is open is treated when it is closed.

The configuration is read again when it changes, or on the signal SIGHUP; a wrong
one is refused, and the old one stays in force. What is done is logged (daemon.log);
` + "`regcert status`" + ` tells how it is going, and the owner (daemon.owner) is told by mail
what stays in the way. ` + "`regcert service install`" + ` has the system start it.

Exit code: 0 it was told to stop; 2 the command or the configuration is wrong; 3 it
cannot work: another one works on the same state, or the state cannot be trusted.`,
		Example: "  regcert serve\n  regcert serve --config /srv/registers/config.yaml",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case a.json():
				return usage("serve prints nothing: daemon: {log: {format: json}} in the configuration gives its log as JSON")
			case a.asOf != "":
				return usage("serve goes by the clock: --as-of is for commands that judge once")
			}
			return a.underManager(cmd.Context(), a.serve)
		},
	}
}

// serve works until ctx ends.
func (a *app) serve(ctx context.Context) error {
	file, err := filepath.Abs(a.configFile)
	if err != nil {
		return usage("%v", err)
	}
	a.configFile = file // the working directory may become another
	cfg, err := a.config()
	if err != nil {
		return err
	}
	log, closer := journal.New(cfg.Daemon.Log, a.Err)
	defer closer.Close()
	reread, done := a.Hangups()
	defer done()
	d := &daemon.Daemon{
		File: file, Config: cfg, Program: version(), Host: a.Host, Getenv: a.Getenv, Clock: daemon.System{}, Log: log, Metrics: web.NewMetrics(version()), Reread: reread, Notify: true,
	}
	if where := cfg.Daemon.Log.File; where != "" {
		a.note("regcert serves until it is told to stop; its log is in %s", where)
	}
	err = d.Run(ctx)
	if _, isBusy := errors.AsType[*store.Busy](err); isBusy {
		return trouble(err, "One daemon is enough for a state. `regcert status` tells how it is doing.")
	}
	if err != nil {
		log.Error("regcert ends", "error", err)
		return trouble(err, "")
	}
	return nil
}
