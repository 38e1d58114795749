package status

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"regcert/internal/config"
	"regcert/internal/store"
)

const (
	// slotsShown is how many of a job's slots are looked up.
	slotsShown = 5
	// grace is how long after its time a job may still be about to be done.
	grace = 30 * time.Minute
	// slotForm is how the state names a slot, by the wall clock.
	slotForm = "2006-01-02T15:04"
)

// Job is a job of the schedule.
type Job struct {
	Name  string    // check or digest
	Words string    // when it is done
	Next  time.Time // zero: never
	Last  []Slot    // the latest first
	Late  time.Time // a slot that is over by more than the grace, and was not done; zero: none
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
	return []Job{
		{Name: check, Words: cfg.Schedule.Check, Next: next(cfg.Schedule.Check, now)},
		{Name: digest, Words: cfg.Schedule.Digest, Next: next(cfg.Schedule.Digest, now)},
	}
}

// readSlots takes up what became of the last slots of a job.
func (s *Status) readSlots(ctx context.Context, state *store.Store, j *Job, zone *time.Location) error {
	slots, err := state.LastSlots(ctx, j.Name, slotsShown)
	if err != nil {
		return err
	}
	for _, slot := range slots {
		at, err := time.ParseInLocation(slotForm, slot.At, zone)
		if err != nil {
			return err
		}
		j.Last = append(j.Last, Slot{At: at, State: slot.State, Ended: inZone(slot.Ended, zone), Note: harmless(slot.Note)})
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
	last := previous(j.Words, s.At.Add(-grace))
	if !known || !last.After(horizon) || j.Name == check && s.checkedSince(last) {
		return time.Time{}
	}
	return last
}

// next is the first slot of a schedule after a moment, in its zone; zero where
// there is none.
func next(spec string, after time.Time) time.Time {
	schedule, err := cron.ParseStandard(spec)
	if err != nil { // it was checked when the configuration was read
		return time.Time{}
	}
	return schedule.Next(after)
}

// previous is the last slot of a schedule up to a moment; zero where there is
// none within ten years.
func previous(spec string, until time.Time) (last time.Time) {
	const day = 24 * time.Hour
	for back := day; last.IsZero() && back < 3650*day; back *= 2 {
		for at := next(spec, until.Add(-back)); !at.IsZero() && !at.After(until); at = next(spec, at) {
			last = at
		}
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
