package status

import (
	"context"
	"time"

	"regcert/internal/config"
	"regcert/internal/schedule"
	"regcert/internal/store"
)

const (
	// slotsShown is how many of a job's slots are looked up.
	slotsShown = 5
	// grace is how long after its time a job may still be about to be done.
	grace = 30 * time.Minute
)

// Job is a job of the schedule.
type Job struct {
	Name string // check or digest
	When string // in words
	Next time.Time
	Last []Slot    // the latest first
	Late time.Time // a slot that is over by more than the grace, and was not done; zero: none
	spec *schedule.Spec
}

// Slot is a time at which a job was to be done, and what became of it.
type Slot struct {
	At    time.Time
	State store.SlotState
	Ended time.Time // zero while it is due
	Note  string    // why it is as it is
}

// jobs are the jobs of the schedule and what comes next.
func jobs(cfg *config.Config, now time.Time) []Job {
	out := []Job{{Name: checkJob, spec: cfg.Schedule.Check}, {Name: digestJob, spec: cfg.Schedule.Digest}}
	for i := range out {
		j := &out[i]
		j.When = j.spec.Words()
		_, j.Next = j.spec.Next(now, cfg.Location)
	}
	return out
}

// readSlots takes up what became of the last slots of a job.
func (s *Status) readSlots(ctx context.Context, state *store.Store, j *Job, zone *time.Location) error {
	slots, err := state.LastSlots(ctx, j.Name, slotsShown)
	if err != nil {
		return err
	}
	for _, slot := range slots {
		at, err := schedule.ParseSlot(slot.At)
		if err != nil {
			return err
		}
		j.Last = append(j.Last, Slot{At: at.In(zone), State: slot.State, Ended: inZone(slot.Ended, zone), Note: Harmless(slot.Note)})
	}
	until, known, err := state.Horizon(ctx, j.Name)
	if err != nil {
		return err
	}
	j.Late = s.late(j, until, known)
	return nil
}

// late is the slot of a job that should have been done by now. Those after the
// horizon were never looked up, as no daemon ran.
func (s *Status) late(j *Job, horizon time.Time, known bool) time.Time {
	for _, slot := range j.Last {
		if slot.State == store.SlotDue && !slot.At.Add(grace).After(s.At) {
			return slot.At
		}
	}
	missed := j.spec.Due(s.At.Add(-lookBack), s.At.Add(-grace), s.At.Location())
	if !known || len(missed) == 0 {
		return time.Time{}
	}
	last := missed[len(missed)-1].In(s.At.Location())
	if !last.After(horizon) || j.Name == checkJob && s.checkedSince(last) {
		return time.Time{}
	}
	return last
}

// inZone is a moment as clocks of the zone show it, and no moment where it is none.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}
