package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"regcert/internal/schedule"
	"regcert/internal/store"
)

// The jobs of the schedule, as the state names them.
const (
	checkJob  = "check"
	digestJob = "digest"
)

// leastCatchUp is how late a job is done in any case: a short while is no delay.
const leastCatchUp = 10 * time.Minute

// catchUp is how late a job is still done.
func (s *service) catchUp() time.Duration { return max(s.cfg().Schedule.CatchUp, leastCatchUp) }

// lookUp remembers the slots that have come since it last looked. What is too old
// to be caught up is let go: a clock that is set right again brings it back.
func (s *service) lookUp(ctx context.Context, now time.Time) error {
	cfg := s.cfg()
	for _, job := range []struct {
		name string
		spec *schedule.Spec
	}{{checkJob, cfg.Schedule.Check}, {digestJob, cfg.Schedule.Digest}} {
		since, known := s.horizon[job.name]
		if !known {
			var err error
			if since, known, err = s.state.Horizon(ctx, job.name); err != nil {
				return err
			}
			if !known { // what was before regcert was installed is not caught up
				since = now
				if err := s.state.AddSlots(ctx, job.name, nil, now); err != nil {
					return err
				}
			}
			s.mayBeDue = true // what the last process left
		}
		if since.After(now) { // the clock was set back: slots that are known do not come again
			s.Log.Warn("the clock was set back", "job", job.name, "from", since, "to", now)
			since = now
		}
		if oldest := now.Add(-s.catchUp()); since.Before(oldest) {
			since = oldest
		}
		var at []string
		for _, slot := range job.spec.Due(since, now, cfg.Location) {
			at = append(at, slot.String())
		}
		if len(at) > 0 {
			if err := s.state.AddSlots(ctx, job.name, at, now); err != nil {
				return err
			}
			s.mayBeDue = true
		}
		s.horizon[job.name] = now
	}
	return nil
}

// doSlot does the job of a slot that is due, and reports whether there was one.
// Of several slots of a job that were missed the latest is done, and stands for
// those before it.
func (s *service) doSlot(ctx context.Context, now time.Time) (did bool, err error) {
	if !s.mayBeDue {
		return false, nil
	}
	due, err := s.state.DueSlots(ctx)
	if err != nil {
		return false, err
	}
	s.mayBeDue = len(due) > 0
	zone := s.cfg().Location
	due = slices.DeleteFunc(due, func(slot store.Slot) bool { // of when the clock was ahead
		at, err := schedule.ParseSlot(slot.At)
		return err == nil && at.In(zone).After(now)
	})
	for i, slot := range due {
		at, err := schedule.ParseSlot(slot.At)
		if err != nil {
			return false, err
		}
		switch {
		case slices.ContainsFunc(due[i+1:], func(later store.Slot) bool { return later.Job == slot.Job }):
			slot.State, slot.Ended, slot.Note = store.SlotSkipped, now, "a later one was due, too"
		case at.In(zone).Add(s.catchUp()).Before(now):
			slot.State, slot.Ended = store.SlotFailed, now
			if slot.Note == "" {
				slot.Note = "it could not be done in time"
			}
			s.Log.Error("a job of the schedule is given up", "job", slot.Job, "slot", slot.At, "why", slot.Note)
		case waits(slot.NextTry, now):
			continue
		default:
			return true, s.attempt(ctx, slot, at)
		}
		if err := s.state.SaveSlot(ctx, slot); err != nil {
			return false, err
		}
	}
	return false, nil
}

// longestWait is how long is waited at the most before something is tried again.
const longestWait = time.Hour

// waits reports whether something is not to be tried yet. What lies further ahead
// than anything waits was said by a clock that was ahead.
func waits(until, now time.Time) bool {
	return until.After(now) && !until.After(now.Add(longestWait))
}

// attempt does the job of a slot. That it began is on the disk before, so that a
// job which takes the process with it is not begun anew at once for ever.
func (s *service) attempt(ctx context.Context, slot store.Slot, at schedule.Slot) error {
	began := s.now()
	slot.Tries++
	slot.NextTry = began.Add(backoff(slot.Tries, time.Minute, longestWait))
	if err := s.state.SaveSlot(ctx, slot); err != nil {
		return err
	}
	s.Log.Info("a job of the schedule begins", "job", slot.Job, "slot", slot.At, "try", slot.Tries)
	err := s.safely(func() error {
		if slot.Job == digestJob {
			return s.digest(ctx, at)
		}
		return s.check(ctx, nil, "on schedule")
	})
	now, lasting := s.now(), context.WithoutCancel(ctx)
	switch {
	case err == nil:
		slot.State, slot.Ended, slot.Note = store.SlotDone, now, ""
		s.Log.Info("a job of the schedule is done", "job", slot.Job, "slot", slot.At, "took", now.Sub(began).String())
		s.troubles.end(lasting, jobKind(slot.Job), "")
		if slot.Job == checkJob { // what was saved is treated with it
			s.troubles.end(lasting, store.TroubleSaved, "")
		}
	case ctx.Err() != nil: // the next process does it
		slot.Tries, slot.NextTry = slot.Tries-1, now
	default:
		slot.Note = oneLine(err.Error())
		s.Log.Error("a job of the schedule failed", "job", slot.Job, "slot", slot.At, "error", err, "again", slot.NextTry)
		s.troubles.raise(lasting, jobKind(slot.Job), "", slot.Note)
	}
	saved := s.state.SaveSlot(lasting, slot)
	if errors.Is(err, store.ErrDamaged) {
		return errors.Join(err, saved)
	}
	return saved
}

// jobKind is the kind of trouble that a job has which fails.
func jobKind(job string) string {
	if job == digestJob {
		return store.TroubleDigest
	}
	return store.TroubleRun
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
