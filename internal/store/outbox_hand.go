package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Refusal says in one line why somebody cannot do something with a message.
type Refusal struct{ Why string }

func (r *Refusal) Error() string { return r.Why }

func noMessage(id int64) error { return &Refusal{fmt.Sprintf("there is no message %d", id)} }

// Retry makes a message due that did not go out, or may not have, as somebody
// asks for it. A *Refusal says why that cannot be.
func (s *Store) Retry(ctx context.Context, id int64, now time.Time) (Message, error) {
	return s.byHand(ctx, id, "retry a message", func(m *Message, kept bool) error {
		switch {
		case m.State == Sent || m.State == Dropped:
			return &Refusal{fmt.Sprintf("message %d was %s: it cannot be retried", id, m.State)}
		case !kept:
			return &Refusal{fmt.Sprintf("message %d cannot be retried: nothing of its text is kept any more", id)}
		case m.State == Failed:
			m.State, m.Since = Pending, now
		}
		m.Tries, m.NextTry = 0, now
		return nil
	})
}

// Drop gives a message up and deletes its bytes. A *Refusal says why that
// cannot be.
func (s *Store) Drop(ctx context.Context, id int64, now time.Time) (Message, error) {
	return s.byHand(ctx, id, "drop a message", func(m *Message, _ bool) error {
		if m.State == Sent || m.State == Dropped {
			return &Refusal{fmt.Sprintf("message %d was %s: there is nothing to drop", id, m.State)}
		}
		m.State, m.Since, m.NextTry = Dropped, now, time.Time{}
		return nil
	})
}

// byHand changes a message, unless it is being sent. Kept is whether its bytes
// are there.
func (s *Store) byHand(ctx context.Context, id int64, what string, change func(m *Message, kept bool) error) (m Message, err error) {
	var refused error
	err = s.write(ctx, what, func(tx *sql.Tx) error {
		var kept bool
		err := tx.QueryRowContext(ctx, `SELECT length(bytes) > 0 FROM message WHERE id = ?`, id).Scan(&kept)
		if errors.Is(err, sql.ErrNoRows) {
			refused = noMessage(id)
			return nil
		}
		if err != nil {
			return err
		}
		if m, err = scanMessage(tx.QueryRowContext(ctx, selectMessage+`id = ?`, id)); err != nil {
			return err
		}
		before := m.State
		if before == Sending || before == DotSent {
			refused = &Refusal{fmt.Sprintf("message %d is being sent at this moment", id)}
			return nil
		}
		if refused = change(&m, kept); refused != nil {
			return nil
		}
		return record(ctx, tx, m, before)
	})
	if err == nil {
		err = refused
	}
	return m, err
}

// Pause keeps mail from being tried for a while, in place of an earlier pause.
func (s *Store) Pause(ctx context.Context, p Pause) error {
	return s.write(ctx, "pause the mail", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO mail_pause (id, reason, since, until, tries) VALUES (1, ?, ?, ?, ?)`,
			p.Reason, moment(p.Since), moment(p.Until), p.Tries)
		return err
	})
}

// Resume ends a pause, if there is one.
func (s *Store) Resume(ctx context.Context) error {
	return s.write(ctx, "resume the mail", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM mail_pause`)
		return err
	})
}

// Paused returns the pause, or nil where there is none.
func (s *Store) Paused(ctx context.Context) (*Pause, error) {
	var p Pause
	var since, until string
	err := s.db.QueryRowContext(ctx, `SELECT reason, since, until, tries FROM mail_pause`).Scan(&p.Reason, &since, &until, &p.Tries)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var errs [2]error
	if err == nil {
		p.Since, errs[0] = parseMoment(since)
		p.Until, errs[1] = parseMoment(until)
		err = errors.Join(errs[:]...)
	}
	if err != nil {
		return nil, s.explain("read why mail is paused", err)
	}
	return &p, nil
}
