// Package daemon does regcert's jobs by itself: on schedule, and soon after
// somebody has saved a workbook. It is one process for a state, which may end at any
// moment and goes on where it was: what is to be done, and what was done, stands in
// the state.
//
// Two desks work side by side, each one thing after the other: one treats
// workbooks and composes mail, the other delivers it. A slow mail server keeps no
// status from being written.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/store"
	"regcert/internal/web"
)

// Daemon is what the process is given.
type Daemon struct {
	File    string         // the configuration's, which is read again when it changes
	Config  *config.Config // as it was read
	Program string         // the version of regcert
	Host    string         // this computer's name
	Getenv  func(string) string
	Clock   Clock
	Log     *slog.Logger
	Metrics *web.Metrics
	Reread  <-chan os.Signal // asks for the configuration to be read again; may be nil
	Notify  bool             // have the system tell of changes in folders, too
}

// Clock is the time, and what waits for it.
type Clock interface {
	Now() time.Time
	// Timer fires once, after d of the time that passes while the computer is awake.
	Timer(d time.Duration) (fires <-chan time.Time, stop func())
}

// System is the computer's clock.
type System struct{}

// Now is time.Now.
func (System) Now() time.Time { return time.Now() }

// Timer is time.NewTimer.
func (System) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// How often is looked whether there is something to do, and how long the end of the
// process is put off for what has begun. Looking is cheap, and makes it matter
// little when the clock jumps or the computer was asleep.
const (
	lookEvery    = 15 * time.Second
	deliverEvery = time.Minute
	grace        = 9 * time.Second
)

// service is a daemon at work.
type service struct {
	*Daemon
	state    *store.Store
	office   atomic.Pointer[jobs.Office] // replaced when the configuration is read again
	troubles *troubles
	wakeWork chan struct{}
	wakeMail chan struct{}

	// What only the desk for workbooks sees.
	horizon  map[string]time.Time // until when the slots of a job were looked up
	mayBeDue bool                 // slots may be due, as far as is known
	files    map[string]*file     // the workbooks by name
	text     reading              // the configuration as it was last read
	today    calendar.Date        // the day whose chores are done

	ping  atomic.Bool // a run was good, and that is to be told
	asked atomic.Bool // the configuration is to be read again
}

// Run works until ctx ends. It returns nil then, after what has begun is finished
// or, when that takes too long, left to the next process. *store.Busy is the error
// where another process serves the state.
func (d *Daemon) Run(ctx context.Context) (err error) {
	defer func() {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) { // told to stop before it began
			err = nil
		}
	}()
	state, err := store.Open(ctx, d.Config.StateDir)
	if err != nil {
		return err
	}
	if w := state.Warning(); w != "" {
		d.Log.Warn(w)
	}
	release, err := state.Serving(ctx, "regcert serve", d.Clock.Now())
	if err != nil {
		return errors.Join(err, state.Close())
	}
	s := &service{Daemon: d, state: state, wakeWork: make(chan struct{}, 1), wakeMail: make(chan struct{}, 1), horizon: map[string]time.Time{}, files: map[string]*file{}}
	s.open(d.Config)
	if err := s.begin(ctx); err != nil {
		return errors.Join(err, release(), state.Close())
	}
	ended, err := s.serve(ctx)
	if !ended { // the state stays open, as somebody still uses it
		d.Log.Warn("what had begun takes too long: it is left to the next process, which finishes or undoes it")
		return err
	}
	return errors.Join(err, release(), state.Close())
}

// serve has all work until ctx ends, or something happens after which no work can
// be done, which is the error. It reports whether all have ended in time.
func (s *service) serve(ctx context.Context) (ended bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	all.Go(func() { s.attend(ctx, cancel, desk{"workbooks", s.wakeWork, s.work}) })
	all.Go(func() { s.attend(ctx, cancel, desk{"mail", s.wakeMail, s.post}) })
	all.Go(func() { s.show(ctx) })
	all.Go(func() { s.hear(ctx) })
	all.Go(func() { s.listen(ctx) })
	<-ctx.Done()
	s.Log.Info("ending")
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return s.ended(&all), err
}

// ended waits for all to end, as long as that may take.
func (s *service) ended(all *sync.WaitGroup) bool {
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	late, stop := s.Clock.Timer(grace)
	defer stop()
	select {
	case <-done:
		return true
	case <-late:
		return false
	}
}

// open begins to work by a configuration.
func (s *service) open(cfg *config.Config) {
	s.office.Store(&jobs.Office{
		Config: cfg, State: s.state, Getenv: s.Getenv, Now: s.Clock.Now, Host: s.Host, Program: s.Program, What: "regcert serve",
	})
}

// begin recalls what was when the last process ended.
func (s *service) begin(ctx context.Context) error {
	var err error
	if s.troubles, err = recallTroubles(ctx, s); err != nil {
		return err
	}
	if err = s.recallFiles(ctx); err != nil {
		return err
	}
	for known := range s.troubles.known { // perhaps it was closed, or mended, meanwhile
		if known.kind == store.TroubleOpen || known.kind == store.TroubleWorkbook {
			f := s.file(known.subject)
			f.due, f.held = s.now(), true
		}
	}
	s.text.remember(s.File)
	s.Log.Info("regcert serves", "version", s.Program, "config", s.File, "state", s.cfg().StateDir)
	return nil
}

func (s *service) cfg() *config.Config { return s.office.Load().Config }

// now is the time in the configured time zone.
func (s *service) now() time.Time { return s.Clock.Now().In(s.cfg().Location) }

// desk is where one thing is done after the other.
type desk struct {
	name string
	wake <-chan struct{} // somebody wants it to look now
	step func(context.Context) (rest time.Duration, err error)
}

// attend takes one step after the other, with the rest between them that each asks
// for, until ctx ends. A step that fails or panics is taken again later.
func (s *service) attend(ctx context.Context, stop context.CancelCauseFunc, d desk) {
	for failures := 0; ctx.Err() == nil; {
		var wait time.Duration
		err := s.safely(func() (err error) {
			wait, err = d.step(ctx)
			return err
		})
		wake := d.wake
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return
		case errors.Is(err, store.ErrDamaged):
			s.Log.Error("regcert ends: what it remembers cannot be trusted", "error", err)
			stop(err)
			return
		default:
			failures++
			wait, wake = backoff(failures, time.Minute, 15*time.Minute), nil // or each saved workbook would have it try
			s.Log.Error("this could not be done", "desk", d.name, "error", err, "again_in", wait.String())
		}
		if wait > 0 {
			s.rest(ctx, wait, wake)
		}
	}
}

// rest waits, unless somebody wakes it up.
func (s *service) rest(ctx context.Context, wait time.Duration, wake <-chan struct{}) {
	fires, stop := s.Clock.Timer(wait)
	defer stop()
	select {
	case <-fires:
	case <-wake:
	case <-ctx.Done():
	}
}

// wakeUp has a desk look now; one that is to look already is not told twice.
func wakeUp(desk chan<- struct{}) {
	select {
	case desk <- struct{}{}:
	default:
	}
}

// safely does something, and makes of a panic in it an error.
func (s *service) safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("regcert stumbled; please report it with the lines in the log: %v", p)
			s.Log.Error("regcert stumbled; please report it with these lines", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	return do()
}

// backoff is how long is waited after so many tries in vain: first, then twice as
// long each time, at most longest.
func backoff(tries int, first, longest time.Duration) time.Duration {
	return min(first<<min(max(tries-1, 0), 16), longest)
}
