package daemon

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"regcert/internal/calendar"
	"regcert/internal/status"
	"regcert/internal/store"
	"regcert/internal/web"
)

// chores does what is to be done once a day.
func (s *service) chores(ctx context.Context, now time.Time) error {
	today := calendar.FromTime(now)
	if s.today == today {
		return nil
	}
	cfg := s.cfg()
	if cfg.ListEndsSoon(today) {
		s.troubles.raise(ctx, store.TroubleCalendar, "", fmt.Sprintf("bank holidays are listed until %s: name a newer list under calendar: bank_holidays:, or install a newer regcert", cfg.ListedUntil.Long()))
	} else {
		s.troubles.end(ctx, store.TroubleCalendar, "")
	}
	last, err := s.state.LastObserved(ctx)
	switch {
	case err != nil:
		return err
	case last > today:
		s.troubles.raise(ctx, store.TroubleClock, "", fmt.Sprintf("the clock shows %s, and what was found on %s is remembered: set the clock right; if it was wrong then, nothing that is found before that day becomes part of the history or is told at once", today.Long(), last.Long()))
	default:
		s.troubles.end(ctx, store.TroubleClock, "")
	}
	s.today = today
	return nil
}

// show answers those who watch regcert, where that is configured. Where it cannot,
// the work goes on.
func (s *service) show(ctx context.Context) {
	address := s.cfg().Daemon.Listen
	if address == "" {
		return
	}
	l, err := web.Listen(ctx, address)
	if err == nil {
		s.Log.Info("the page about regcert is there", "address", address)
		read := func(ctx context.Context) (*status.Status, error) {
			return status.Read(ctx, s.state, s.cfg(), s.Clock.Now())
		}
		err = web.Serve(ctx, l, web.Handler(address, read, s.Metrics))
	}
	if err != nil {
		s.Log.Error("there is no page about regcert", "error", err)
	}
}

// hear has the system tell when something changes in the folders of the workbooks,
// so that it is seen the sooner. Where the system cannot, they are looked at every
// now and then all the same.
func (s *service) hear(ctx context.Context) {
	if !s.Notify {
		return
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		s.Log.Info("the system does not tell of changes in folders", "error", err)
		return
	}
	defer watcher.Close()
	every := time.NewTicker(deliverEvery)
	defer every.Stop()
	for {
		s.hearOf(watcher)
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		case <-watcher.Errors: // what is missed is seen at the next look
		case _, open := <-watcher.Events:
			if !open {
				return
			}
			wakeUp(s.wakeWork)
			if more := pauseOn(ctx, watcher.Events); more {
				wakeUp(s.wakeWork)
			}
		}
	}
}

// pauseOn lets a second pass, and with it what else happens then, and reports
// whether anything did: a workbook that is being copied changes many times.
func pauseOn(ctx context.Context, events <-chan fsnotify.Event) (more bool) {
	enough := time.After(time.Second)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-enough:
			return more
		case _, open := <-events:
			if more = open; !open {
				return false
			}
		}
	}
}

// hearOf adds the folders of the workbooks that are there now.
func (s *service) hearOf(watcher *fsnotify.Watcher) {
	for _, w := range s.cfg().Workbooks {
		folders, _ := filepath.Glob(filepath.Dir(w.Path)) // the pattern was checked when it was read
		for _, dir := range folders {
			_ = watcher.Add(dir) // one that is known is not added again; one that cannot be is looked at
		}
	}
}
