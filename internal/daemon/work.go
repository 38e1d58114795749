package daemon

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"regcert/internal/batch"
	"regcert/internal/schedule"
	"regcert/internal/status"
	"regcert/internal/store"
	"regcert/internal/web"
)

// work does what is due at the desk for workbooks, one job at most, and says how
// long it may rest then.
func (s *service) work(ctx context.Context) (time.Duration, error) {
	now := s.now()
	s.reread(ctx)
	if err := s.lookUp(ctx, now); err != nil {
		return 0, err
	}
	did, err := s.doSlot(ctx, now)
	if did || err != nil {
		return 0, err
	}
	if err := s.look(ctx, now); err != nil {
		return 0, err
	}
	did, err = s.doSaved(ctx, now)
	if did || err != nil {
		return 0, err
	}
	if err := s.chores(ctx, now); err != nil {
		return 0, err
	}
	if err := s.notify(ctx, now); err != nil {
		return 0, err
	}
	return s.untilNext(now), nil
}

// check treats the workbooks, or only the named ones, and has those told who are
// to know at once.
func (s *service) check(ctx context.Context, named []string, trigger string) error {
	defer debug.FreeOSMemory() // until the next job the room is better used by others
	office := s.office.Load()
	office.Trigger = trigger
	began := s.now()
	result, err := office.Run(ctx, named)
	s.Metrics.Ran(outcome(result, err))
	if result != nil { // one that was broken off has a result, too
		s.took(context.WithoutCancel(ctx), result, len(named) == 0)
		s.Log.Info("a run has ended", "trigger", trigger, "took", s.now().Sub(began).String(), "workbooks", len(result.Workbooks), "rows", len(result.Report.Rows), "findings", len(result.Report.Findings))
	}
	if err != nil {
		return err
	}
	waiting, err := office.Escalate(ctx, result)
	for _, w := range waiting {
		s.Log.Info("what is urgent is told later", "recipient", w.Name, "items", w.Items, "messages_today", w.Sent)
	}
	defer wakeUp(s.wakeMail)
	if err != nil {
		return err
	}
	if outcome(result, nil) == web.RunDone {
		s.ping.Store(true)
	}
	return nil
}

// outcome is how a run went: done, if every workbook could be read, and be written
// that was not in use.
func outcome(result *batch.Result, err error) string {
	switch {
	case err != nil:
		return web.RunFailed
	case slices.ContainsFunc(result.Workbooks, func(w batch.Workbook) bool { return w.Outcome == batch.Failed }):
		return web.RunTroubled
	default:
		return web.RunDone
	}
}

// digest queues the digest of a slot for all recipients: for each of them once,
// however often it is tried.
func (s *service) digest(ctx context.Context, slot schedule.Slot) error {
	defer debug.FreeOSMemory()
	office := s.office.Load()
	if len(office.Config.Recipients) == 0 {
		s.Log.Info("nobody gets a digest: the configuration names no recipients")
		return nil
	}
	letters, _, err := office.Digest(ctx, slot.Day())
	if err != nil {
		return err
	}
	for i := range letters {
		if letters[i].IsSilent() {
			continue
		}
		m, err := office.QueueDigest(ctx, &letters[i])
		if err != nil {
			return err
		}
		s.Log.Info("a digest is in the outbox", "message", m.ID, "recipient", m.Name, "slot", m.Slot)
	}
	wakeUp(s.wakeMail)
	return nil
}

// took takes over what became of the workbooks of a run.
func (s *service) took(ctx context.Context, result *batch.Result, all bool) {
	now := s.now()
	seen := map[string]bool{}
	for _, w := range result.Workbooks {
		if w.Outcome == batch.Context {
			continue
		}
		seen[w.Path] = true
		level, f := s.Log.Debug, s.file(w.Path)
		switch w.Outcome {
		case batch.Deferred:
			level = s.Log.Info
			f.later(now, time.Minute, 15*time.Minute)
			s.troubles.raise(ctx, store.TroubleOpen, w.Path, w.Reason)
			s.troubles.end(ctx, store.TroubleWorkbook, w.Path)
		case batch.Failed:
			level = s.Log.Warn
			f.later(now, 5*time.Minute, longestWait)
			s.troubles.raise(ctx, store.TroubleWorkbook, w.Path, w.Reason)
			s.troubles.end(ctx, store.TroubleOpen, w.Path)
		default:
			if w.Outcome == batch.Written {
				level = s.Log.Info
			}
			f.treated(w.SHA256)
			s.troubles.end(ctx, store.TroubleOpen, w.Path)
			s.troubles.end(ctx, store.TroubleWorkbook, w.Path)
		}
		level("a workbook", "path", w.Path, "outcome", string(w.Outcome), "cells", w.Cells, "reason", status.Harmless(w.Reason))
	}
	if all {
		s.troubles.endOthers(ctx, seen, store.TroubleOpen, store.TroubleWorkbook)
	}
	s.tellConflicts(ctx, result)
}

// tellConflicts raises what somebody has to look at because two saved a workbook
// at once, until that is put right.
func (s *service) tellConflicts(ctx context.Context, result *batch.Result) {
	for _, r := range result.Resumed {
		switch {
		case r.Err != nil:
			s.Log.Error("an earlier write could not be cleared up", "path", r.Path, "error", r.Err)
		case r.Broken:
			s.Log.Warn("an earlier run was broken off while it wrote a workbook; it is whole", "path", r.Path, "new_version", r.Written)
		}
	}
	conflicts, err := s.state.Conflicts(ctx)
	if err != nil {
		s.Log.Error("the versions that are kept cannot be listed", "error", err)
		return
	}
	there := map[string]bool{}
	for _, c := range conflicts {
		if exists(c.Kept.Path) {
			there[c.Kept.Path] = true
			s.troubles.raise(ctx, store.TroubleConflict, c.Kept.Path, "somebody saved "+c.Path+" while regcert wrote it, and that version is kept as "+c.Kept.Path+": compare the two, take over what is right, and delete it")
		}
	}
	s.troubles.endOthers(ctx, there, store.TroubleConflict)
}

// doSaved treats the workbooks that were saved, or could not be treated before,
// and reports whether there are any.
func (s *service) doSaved(ctx context.Context, now time.Time) (bool, error) {
	var names, paths []string
	for _, f := range s.waiting(now) {
		names, paths = append(names, f.name), append(paths, f.path)
	}
	if len(paths) == 0 {
		return false, nil
	}
	s.Log.Info("workbooks were saved, or are tried again", "workbooks", names)
	err := s.safely(func() error { return s.check(ctx, paths, "after a save") })
	switch {
	case err == nil:
		s.troubles.end(ctx, store.TroubleSaved, "")
		return true, nil
	case ctx.Err() != nil:
		return true, nil
	case errors.Is(err, store.ErrDamaged):
		return true, err
	}
	for _, name := range names {
		s.file(name).later(now, time.Minute, 15*time.Minute)
	}
	s.Log.Error("a run failed", "error", err)
	s.troubles.raise(ctx, store.TroubleSaved, "", oneLine(err.Error()))
	return true, nil
}
