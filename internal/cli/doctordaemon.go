package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/store"
	"regcert/internal/web"
)

// examineDaemon says whether a daemon runs, and whether it has what it needs.
func (a *app) examineDaemon(ctx context.Context, cfg *config.Config, state *store.Store) []batch.Check {
	check, serves := examineServer(state)
	checks := []batch.Check{check}
	d := &cfg.Daemon
	checks = append(checks, examineOwner(cfg)...)
	if d.Listen != "" {
		checks = append(checks, examineListen(ctx, d.Listen, serves))
	}
	if d.PingURL != "" || d.PingURLEnv != "" {
		check := batch.Check{Verdict: batch.Pass, Subject: "daemon.ping_url", Text: "there is an address, which is fetched after each good run"}
		if _, err := d.PingAddress(a.Getenv); err != nil {
			check.Verdict, check.Text = batch.Fail, err.Error()
		}
		checks = append(checks, check)
	}
	if d.Log.File != "" {
		dir := filepath.Dir(d.Log.File)
		check := batch.Check{Verdict: batch.Pass, Subject: "daemon.log", Text: "the log can be written in " + folderSubject(cfg, dir)}
		if err := makeable(dir); err != nil {
			check.Verdict, check.Text, check.Remedy = batch.Fail, err.Error(), "give the user who runs regcert the right to write there, or name another file"
		}
		checks = append(checks, check)
	}
	return checks
}

// examineOwner says that nobody looks after regcert, where that is so.
func examineOwner(cfg *config.Config) []batch.Check {
	if cfg.Daemon.Owner.Address != "" {
		return nil
	}
	return []batch.Check{{Verdict: batch.Warn, Subject: "daemon.owner", Text: "nobody is told when regcert is kept from its work",
		Remedy: "name whoever looks after regcert under daemon: owner: in the configuration"}}
}

// examineServer says whether a daemon serves the state. That none does is in order:
// a centre may leave it to the system's scheduler.
func examineServer(state *store.Store) (check batch.Check, serves bool) {
	check = batch.Check{Verdict: batch.Pass, Subject: "daemon",
		Text: "none runs on this state: `regcert serve` or `regcert service start` starts it, unless the system's scheduler calls `regcert run`"}
	if state == nil {
		return check, false
	}
	holder, serves, err := state.Server()
	switch {
	case err != nil:
		check.Verdict, check.Text = batch.Fail, err.Error()
	case serves && holder != "":
		check.Text = fmt.Sprintf("it runs (%s)", holder)
	case serves:
		check.Text = "it runs"
	}
	return check, serves
}

// examineListen tries whether the daemon can listen at an address, or does so.
func examineListen(ctx context.Context, address string, serves bool) batch.Check {
	check := batch.Check{Verdict: batch.Pass, Subject: "daemon.listen", Text: fmt.Sprintf("the page about regcert can be at http://%s/", address)}
	l, err := web.Listen(ctx, address)
	switch {
	case err == nil:
		l.Close()
	case errors.Is(err, web.ErrTaken) && serves:
		check.Text = fmt.Sprintf("the page about regcert is at http://%s/", address)
	default:
		check.Verdict, check.Text = batch.Fail, err.Error()
		return check
	}
	if !web.IsLocal(address) {
		check.Text += ", for other computers, too"
	}
	return check
}
