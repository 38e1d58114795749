package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Key names a message: what job sends it, for which slot of time, to whom.
// There is one message a key, ever.
type Key struct {
	Job       string // such as "digest"
	Slot      string // what the job is for, such as the as-of date 2026-05-11
	Recipient string // the address
}

// State is how far a delivery is.
type State string

// The states of a delivery.
const (
	// Sending: somebody has claimed it and has not said how it went. Where
	// nobody is at work on it any more, the program stopped in between, and
	// whether the message went out is not known.
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed" // it did not go out and may be tried again
)

// Delivery is a message and what became of it.
type Delivery struct {
	Key
	MessageID string
	State     State
	Since     time.Time // when it came into the state
	Error     string    // why it failed
}

// Claim asks for the right to send a message. Claimed is true for one caller
// only, in this process or another, until that one reports Failed. Where it is
// false the delivery says why: Sent, or Sending since when.
func (s *Store) Claim(ctx context.Context, key Key, messageID string, now time.Time) (d Delivery, claimed bool, err error) {
	err = s.write(ctx, "claim a message", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO delivery (job, slot, recipient, message_id, state, since, error) VALUES (?, ?, ?, ?, ?, ?, '')
			ON CONFLICT DO UPDATE SET message_id = excluded.message_id, state = excluded.state, since = excluded.since, error = '' WHERE state = ?`,
			key.Job, key.Slot, key.Recipient, messageID, Sending, moment(now), Failed)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		claimed = n == 1
		d, err = scanDelivery(tx.QueryRowContext(ctx, selectDelivery+` AND recipient = ?`, key.Job, key.Slot, key.Recipient))
		return err
	})
	if err != nil {
		return Delivery{}, false, err // what was not committed is not claimed
	}
	return d, claimed, nil
}

// Delivered records that a claimed message was accepted.
func (s *Store) Delivered(ctx context.Context, key Key, now time.Time) error {
	return s.settle(ctx, key, Sent, now, "")
}

// Failed records that a claimed message did not go out, and why, so that it
// can be claimed again.
func (s *Store) Failed(ctx context.Context, key Key, now time.Time, why string) error {
	return s.settle(ctx, key, Failed, now, why)
}

func (s *Store) settle(ctx context.Context, key Key, state State, now time.Time, why string) error {
	return s.write(ctx, "record a message as "+string(state), func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE delivery SET state = ?, since = ?, error = ? WHERE job = ? AND slot = ? AND recipient = ? AND state = ?`,
			state, moment(now), why, key.Job, key.Slot, key.Recipient, Sending)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return fmt.Errorf("the %s of %s to %s was not claimed", key.Job, key.Slot, key.Recipient)
	})
}

// Deliveries lists the messages of a job's slot, by recipient.
func (s *Store) Deliveries(ctx context.Context, job, slot string) ([]Delivery, error) {
	rows, err := s.db.QueryContext(ctx, selectDelivery+` ORDER BY recipient`, job, slot)
	if err != nil {
		return nil, s.explain("read the messages", err)
	}
	defer rows.Close()
	var out []Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, s.explain("read the messages", err)
		}
		out = append(out, d)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain("read the messages", err)
	}
	return out, nil
}

const selectDelivery = `SELECT job, slot, recipient, message_id, state, since, error FROM delivery WHERE job = ? AND slot = ?`

func scanDelivery(row interface{ Scan(...any) error }) (d Delivery, err error) {
	var since string
	if err := row.Scan(&d.Job, &d.Slot, &d.Recipient, &d.MessageID, &d.State, &since, &d.Error); err != nil {
		return Delivery{}, err
	}
	d.Since, err = parseMoment(since)
	return d, err
}
