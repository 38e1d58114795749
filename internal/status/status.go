// Package status says how regcert is doing: what was checked last and what comes
// next, which mail waits, and what is in the way. It is a function of the state,
// the configuration and the clock, so that it is known whether the daemon runs or
// not. Of learners it holds nothing.
package status

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/store"
)

// The jobs of the schedule, as the state names them.
const (
	checkJob  = "check"
	digestJob = "digest"
)

// lookBack is for how long what became of workbooks and messages is looked up.
const lookBack = 31 * 24 * time.Hour

// Status is how regcert is doing at a moment. All times are in the zone of the
// configuration.
type Status struct {
	At        time.Time
	Centre    string         // as the configuration names it; may be empty
	NoState   bool           // nothing was ever done here
	Serves    bool           // a daemon serves this state
	Server    string         // how it names itself
	LastRun   *Run           // nil: there was none
	Open      map[string]int // what is open, by severity, and what is snoozed under store.Snoozed
	Workbooks []Workbook     // those whose statuses are not as they should be come first
	Jobs      []Job          // check and digest
	Mail      Mail
	Troubles  []store.Trouble // what keeps regcert from its work, the oldest first

	HolidaysUntil calendar.Date // the last day for which all bank holidays are listed
}

// Run is the run that was recorded last. It may have treated only some of the
// workbooks.
type Run struct {
	Started, Finished time.Time
	AsOf              calendar.Date
	Policy            string   // the version that was in force
	Treated           []string // the workbooks that it treated
}

// Workbook is what became of a workbook of the set.
type Workbook struct {
	Path    string
	Outcome batch.Outcome
	Reason  string // in one line, without what stands in cells
	Cells   int    // how many were written
	Checked time.Time
	Ready   bool      // its statuses are as they should be
	Current time.Time // when they last were; zero: not within a month
}

// Mail is what became of messages: those that are not at an end, and those that
// came to it within a month.
type Mail struct {
	Counts map[store.State]int
	Pause  *store.Pause // nil: there is none
	Oldest time.Time    // when the oldest that waits was written; zero: none waits
	Stuck  []Message    // what failed, or may not have arrived
}

// Message is a message that may need somebody.
type Message struct {
	ID        int64
	Job, Slot string
	To        string // the recipient as the configuration names them
	State     store.State
	Since     time.Time
	NextTry   time.Time // zero: none by itself
}

// Read says how regcert is doing. The state is nil where there is none yet.
func Read(ctx context.Context, state *store.Store, cfg *config.Config, now time.Time) (*Status, error) {
	now = now.In(cfg.Location)
	s := &Status{At: now, Centre: cfg.Centre, NoState: state == nil, Open: map[string]int{}, Jobs: jobs(cfg, now), HolidaysUntil: cfg.ListedUntil, Mail: Mail{Counts: map[store.State]int{}}}
	if state == nil {
		return s, nil
	}
	var err error
	if s.Server, s.Serves, err = state.Server(); err != nil {
		return nil, err
	}
	s.Server = plain(s.Server)
	if s.Open, err = state.OpenFindings(ctx); err != nil {
		return nil, err
	}
	for _, part := range []func(context.Context, *store.Store, *config.Config) error{s.readRun, s.readWorkbooks, s.readMail, s.readTroubles} {
		if err := part(ctx, state, cfg); err != nil {
			return nil, err
		}
	}
	for i := range s.Jobs {
		if err := s.readSlots(ctx, state, &s.Jobs[i], cfg.Location); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Status) readRun(ctx context.Context, state *store.Store, cfg *config.Config) error {
	run, found, err := state.LastRun(ctx)
	if err != nil || !found {
		return err
	}
	s.LastRun = &Run{Started: run.Started.In(cfg.Location), Finished: run.Finished.In(cfg.Location), AsOf: run.AsOf, Policy: plain(run.Policy)}
	for _, w := range run.Workbooks {
		if w.Outcome != string(batch.Context) {
			s.LastRun.Treated = append(s.LastRun.Treated, plain(w.Path))
		}
	}
	return nil
}

// readWorkbooks takes up the configured workbooks.
func (s *Status) readWorkbooks(ctx context.Context, state *store.Store, cfg *config.Config) error {
	since := s.At.Add(-lookBack)
	list, err := state.Lately(ctx, since)
	if err != nil {
		return err
	}
	for _, l := range list {
		isConfigured, writeBack := configured(cfg, l.Path)
		if !isConfigured {
			continue
		}
		w := Workbook{
			Path: plain(l.Path), Outcome: batch.Outcome(l.Outcome), Reason: Harmless(l.Reason), Cells: l.Cells, Checked: l.At.In(cfg.Location),
			Current: l.At.In(cfg.Location),
		}
		w.Ready = w.Outcome == batch.Unchanged || w.Outcome == batch.Written || w.Outcome == batch.ReadOnly && !writeBack
		if !w.Ready {
			at, err := state.InOrder(ctx, l.Path, since)
			if err != nil {
				return err
			}
			w.Current = inZone(at, cfg.Location)
		}
		s.Workbooks = append(s.Workbooks, w)
	}
	slices.SortStableFunc(s.Workbooks, func(a, b Workbook) int {
		if a.Ready != b.Ready {
			return map[bool]int{false: -1, true: 1}[a.Ready]
		}
		return strings.Compare(a.Path, b.Path)
	})
	return nil
}

// configured reports whether a workbook, as the state names it, is one of those
// that the configuration names, and whether it may be written.
func configured(cfg *config.Config, name string) (is, writeBack bool) {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(cfg.Dir, path)
	}
	writeBack = true
	for _, w := range cfg.Workbooks {
		if ok, err := filepath.Match(w.Path, path); ok && err == nil {
			is, writeBack = true, writeBack && w.WriteBack
		}
	}
	return is, writeBack
}

func (s *Status) readMail(ctx context.Context, state *store.Store, cfg *config.Config) error {
	list, err := state.Messages(ctx, s.At.Add(-lookBack))
	if err != nil {
		return err
	}
	if s.Mail.Pause, err = state.Paused(ctx); err != nil {
		return err
	}
	if p := s.Mail.Pause; p != nil {
		p.Reason, p.Since, p.Until = Harmless(p.Reason), p.Since.In(cfg.Location), p.Until.In(cfg.Location)
	}
	for _, m := range list {
		s.Mail.Counts[m.State]++
		switch m.State {
		case store.Failed, store.Unknown:
			s.Mail.Stuck = append(s.Mail.Stuck, Message{
				ID: m.ID, Job: plain(m.Job), Slot: plain(m.Slot), To: plain(toWhom(m)), State: m.State, Since: m.Since.In(cfg.Location), NextTry: inZone(m.NextTry, cfg.Location),
			})
		case store.Pending, store.Sending, store.DotSent:
			if s.Mail.Oldest.IsZero() || m.Written.Before(s.Mail.Oldest) {
				s.Mail.Oldest = m.Written.In(cfg.Location)
			}
		}
	}
	return nil
}

func (s *Status) readTroubles(ctx context.Context, state *store.Store, cfg *config.Config) error {
	list, err := state.Troubles(ctx)
	for _, t := range list {
		t.Subject, t.Since, t.Told = plain(t.Subject), t.Since.In(cfg.Location), inZone(t.Told, cfg.Location)
		if cfg.Daemon.Owner.Address == "" { // then only the log was told
			t.Told = time.Time{}
		}
		if t.Kind == store.TroubleConfig { // what it quotes stands in config.yaml
			t.Reason = plain(t.Reason)
		} else {
			t.Reason = Harmless(t.Reason)
		}
		s.Troubles = append(s.Troubles, t)
	}
	return err
}

// checkedSince reports whether every workbook was checked at a time or later.
func (s *Status) checkedSince(at time.Time) bool {
	return len(s.Workbooks) > 0 && !slices.ContainsFunc(s.Workbooks, func(w Workbook) bool { return w.Checked.Before(at) })
}

// toWhom is the recipient as the configuration names them. An earlier version
// recorded only addresses, which are nobody's business here.
func toWhom(m store.Message) string {
	if m.Name == "" {
		return "somebody"
	}
	return m.Name
}
