package realparts

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"regcert/internal/config"
	"regcert/internal/daemon"
	"regcert/internal/daemon/daemontest"
	"regcert/internal/web"
)

// serving is a daemon that works for a centre by a clock that the test moves.
type serving struct {
	t     *testing.T
	clock *daemontest.Clock
	zone  *time.Location
	log   string
	stop  context.CancelFunc
	ended chan error
}

// serve starts a daemon at a time such as 2026-05-11 08:00.
func serve(t *testing.T, c centre, at string) *serving {
	t.Helper()
	cfg, err := config.Load(filepath.Join(string(c), "config.yaml"))
	check(t, err)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	s := &serving{t: t, clock: daemontest.New(t, at, cfg.Location.String()), zone: cfg.Location, log: log.Name(), stop: stop, ended: make(chan error, 1)}
	go func() {
		s.ended <- (&daemon.Daemon{
			File: cfg.File, Config: cfg, Program: "test", Getenv: os.Getenv, Clock: s.clock, Log: slog.New(slog.NewTextHandler(log, nil)), Metrics: web.NewMetrics("test"),
		}).Run(ctx)
		log.Close()
	}()
	return s
}

// until lets the time pass.
func (s *serving) until(text string) {
	s.t.Helper()
	end, err := time.ParseInLocation("2006-01-02 15:04", text, s.zone)
	check(s.t, err)
	for s.clock.Settle(2); !s.clock.Next(end); s.clock.Settle(2) {
	}
	s.clock.Settle(2)
}

// end stops the daemon, and returns its log.
func (s *serving) end() string {
	s.t.Helper()
	s.stop()
	check(s.t, <-s.ended)
	said := string(readFile(s.t, s.log))
	if s.t.Failed() {
		s.t.Log(said)
	}
	return said
}
