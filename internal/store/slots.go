package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// SlotState is what became of a slot of the schedule.
type SlotState string

// The states of a slot.
const (
	SlotDue     SlotState = "due"     // to be done, or begun and not ended
	SlotDone    SlotState = "done"    // done
	SlotFailed  SlotState = "failed"  // tried in vain for as long as it may be caught up
	SlotSkipped SlotState = "skipped" // a later slot of the same job was done instead
)

// Slot is a time at which a job of the schedule is done, and what became of it.
type Slot struct {
	Job     string // such as "check"
	At      string // the wall-clock time, such as 2026-05-11T08:00
	State   SlotState
	Tries   int
	NextTry time.Time
	Ended   time.Time // zero while it is due
	Note    string    // why it is as it is; one line
}

// Horizon is until when the slots of a job have been looked up, and whether they
// ever were.
func (s *Store) Horizon(ctx context.Context, job string) (until time.Time, known bool, err error) {
	var text string
	err = s.db.QueryRowContext(ctx, `SELECT until FROM slot_horizon WHERE job = ?`, job).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err == nil {
		until, err = parseMoment(text)
	}
	if err != nil {
		return time.Time{}, false, s.explain("read the schedule", err)
	}
	return until, true, nil
}

// AddSlots remembers slots of a job as due, those that it does not know yet, and
// that the slots have been looked up until then. A slot exists once, whatever the
// clock does.
func (s *Store) AddSlots(ctx context.Context, job string, at []string, until time.Time) error {
	return s.write(ctx, "remember the schedule", func(tx *sql.Tx) error {
		for _, slot := range at {
			if _, err := tx.ExecContext(ctx, `INSERT INTO slot VALUES (?, ?, 'due', 0, ?, '', '') ON CONFLICT DO NOTHING`, job, slot, moment(until)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO slot_horizon VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until`, job, moment(until))
		return err
	})
}

// SaveSlot takes over what became of a slot.
func (s *Store) SaveSlot(ctx context.Context, slot Slot) error {
	return s.write(ctx, "record a slot of the schedule", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE slot SET state = ?, tries = ?, next_try = ?, ended = ?, note = ? WHERE job = ? AND at = ?`,
			string(slot.State), slot.Tries, moment(slot.NextTry), optional(slot.Ended), slot.Note, slot.Job, slot.At)
		return err
	})
}

// DueSlots lists the slots that are due, oldest first.
func (s *Store) DueSlots(ctx context.Context) ([]Slot, error) {
	return s.slots(ctx, `WHERE state = 'due' ORDER BY at, job`)
}

// LastSlots lists the last n slots of a job, the latest first.
func (s *Store) LastSlots(ctx context.Context, job string, n int) ([]Slot, error) {
	return s.slots(ctx, `WHERE job = ? ORDER BY at DESC LIMIT ?`, job, n)
}

func (s *Store) slots(ctx context.Context, which string, args ...any) (out []Slot, err error) {
	err = s.read(ctx, "read the schedule", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT job, at, state, tries, next_try, ended, note FROM slot `+which, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var slot Slot
			var next, ended string
			if err := rows.Scan(&slot.Job, &slot.At, &slot.State, &slot.Tries, &next, &ended, &slot.Note); err != nil {
				return err
			}
			if slot.NextTry, err = parseMoment(next); err != nil {
				return err
			}
			if ended != "" {
				if slot.Ended, err = parseMoment(ended); err != nil {
					return err
				}
			}
			out = append(out, slot)
		}
		return rows.Err()
	})
	return out, err
}
