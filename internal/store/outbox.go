package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Key names a message: what job sends it, for which slot of time, to whom.
// There is one message a key, ever.
type Key struct {
	Job       string // such as "digest"
	Slot      string // what the job is for, such as the as-of date 2026-05-11
	Recipient string // the address
}

// Joined is the key in one piece, from which its Message-ID comes.
func (k Key) Joined() string { return k.Job + " " + k.Slot + " " + k.Recipient }

// State is how far a message is.
type State string

// The states of a message.
const (
	Pending State = "pending"  // to be sent
	Sending State = "sending"  // being handed over, and not at its end
	DotSent State = "dot-sent" // handed over, or about to be: the answer is awaited
	Sent    State = "sent"     // taken by the recipient's side
	Failed  State = "failed"   // not delivered, and not tried again by itself
	Unknown State = "unknown"  // handed over, and the answer was lost: it may have arrived
	Dropped State = "dropped"  // given up by somebody
)

// Message is a message in the outbox and what became of it.
type Message struct {
	ID int64 // given by Enqueue
	Key
	Name       string // the recipient's, as configured
	MessageID  string
	Sender     string // on the envelope
	Written    time.Time
	Deadline   time.Time // it is not tried by itself after this
	State      State
	Since      time.Time // when it came into the state
	Tries      int
	Unanswered int       // how often it was handed over and the answer was lost
	NextTry    time.Time // zero: none by itself
	Error      string    // what was last wrong; one line
	Receipt    string    // what the recipient's side said when it took it
}

// Pause says why no mail is tried for a while.
type Pause struct {
	Reason string
	Since  time.Time
	Until  time.Time
	Tries  int // how often mail was tried in vain
}

// Enqueue puts a message with its bytes into the outbox, to be sent from now
// on, unless there is one of its key already. It returns the one that is there,
// and whether it is new. Tells are the findings of which a new one tells.
func (s *Store) Enqueue(ctx context.Context, m Message, bytes []byte, tells ...Told) (there Message, isNew bool, err error) {
	err = s.write(ctx, "queue a message", func(tx *sql.Tx) error {
		if there, isNew, err = enqueue(ctx, tx, m, bytes); err != nil || !isNew {
			return err
		}
		return tell(ctx, tx, there.ID, tells)
	})
	if err != nil {
		return Message{}, false, err
	}
	return there, isNew, nil
}

// enqueue is Enqueue in a transaction.
func enqueue(ctx context.Context, tx *sql.Tx, m Message, bytes []byte) (there Message, isNew bool, err error) {
	result, err := tx.ExecContext(ctx, `INSERT INTO message (job, slot, recipient, name, message_id, sender, written, deadline, state, since, tries, unanswered, next_try, error, receipt, bytes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, '', '', ?) ON CONFLICT DO NOTHING`,
		m.Job, m.Slot, m.Recipient, m.Name, m.MessageID, m.Sender, moment(m.Written), moment(m.Deadline), Pending, moment(m.Written), moment(m.Written), bytes)
	if err != nil {
		return Message{}, false, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return Message{}, false, err
	}
	there, err = scanMessage(tx.QueryRowContext(ctx, selectMessage+`job = ? AND slot = ? AND recipient = ?`, m.Job, m.Slot, m.Recipient))
	return there, n == 1, err
}

// Record takes over how far a message is, if it was in one of the states
// before. Of what is sent or dropped the bytes are deleted.
func (s *Store) Record(ctx context.Context, m Message, before ...State) error {
	return s.write(ctx, "record a message as "+string(m.State), func(tx *sql.Tx) error { return record(ctx, tx, m, before...) })
}

func record(ctx context.Context, tx *sql.Tx, m Message, before ...State) error {
	args := []any{m.State, moment(m.Since), m.Tries, m.Unanswered, optional(m.NextTry), m.Error, m.Receipt, m.State == Sent || m.State == Dropped, m.ID}
	for _, state := range before {
		args = append(args, state)
	}
	result, err := tx.ExecContext(ctx, `UPDATE message SET state = ?, since = ?, tries = ?, unanswered = ?, next_try = ?, error = ?, receipt = ?, bytes = iif(?, x'', bytes)
		WHERE id = ? AND state IN (?`+strings.Repeat(", ?", len(before)-1)+`)`, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("message %d is not %s", m.ID, before)
}

// Message returns a message.
func (s *Store) Message(ctx context.Context, id int64) (m Message, err error) {
	m, err = scanMessage(s.db.QueryRowContext(ctx, selectMessage+`id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Message{}, noMessage(id)
	}
	if err != nil {
		return Message{}, s.explain("read a message", err)
	}
	return m, nil
}

// MessageBytes returns the bytes of a message as they are sent.
func (s *Store) MessageBytes(ctx context.Context, id int64) (bytes []byte, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT bytes FROM message WHERE id = ?`, id).Scan(&bytes); err != nil {
		return nil, s.explain("read a message", err)
	}
	return bytes, nil
}

// Messages lists the messages in the order in which they came: those that are
// not at an end, and those that came to it at that time or later.
func (s *Store) Messages(ctx context.Context, since time.Time) ([]Message, error) {
	return s.messages(ctx, `state NOT IN ('sent', 'dropped') OR since >= ? ORDER BY id`, moment(since))
}

// OpenMessages lists the messages that are not at an end, in the order in which
// they came.
func (s *Store) OpenMessages(ctx context.Context) ([]Message, error) {
	return s.messages(ctx, `state NOT IN ('sent', 'dropped') ORDER BY id`)
}

func (s *Store) messages(ctx context.Context, where string, args ...any) ([]Message, error) {
	var out []Message
	err := s.read(ctx, "list the messages", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, selectMessage+where, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			m, err := scanMessage(rows)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return rows.Err()
	})
	return out, err
}

const selectMessage = `SELECT id, job, slot, recipient, name, message_id, sender, written, deadline, state, since, tries, unanswered, next_try, error, receipt FROM message WHERE `

func scanMessage(row interface{ Scan(...any) error }) (m Message, err error) {
	var written, deadline, since, next string
	if err := row.Scan(&m.ID, &m.Job, &m.Slot, &m.Recipient, &m.Name, &m.MessageID, &m.Sender, &written, &deadline,
		&m.State, &since, &m.Tries, &m.Unanswered, &next, &m.Error, &m.Receipt); err != nil {
		return Message{}, err
	}
	var errs [4]error
	m.Written, errs[0] = parseMoment(written)
	m.Deadline, errs[1] = parseMoment(deadline)
	m.Since, errs[2] = parseMoment(since)
	if next != "" {
		m.NextTry, errs[3] = parseMoment(next)
	}
	return m, errors.Join(errs[:]...)
}

// optional is a moment, or empty where there is none.
func optional(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return moment(t)
}
