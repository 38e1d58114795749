package store

import (
	"context"
	"database/sql"

	"regcert/internal/history"
	"regcert/internal/policy"
)

// Told is a finding of which a message tells, and as how bad.
type Told struct {
	Finding  int64 // its life's ID
	Severity policy.Severity
}

func tell(ctx context.Context, tx *sql.Tx, message int64, tells []Told) error {
	for _, t := range tells {
		if _, err := tx.ExecContext(ctx, `INSERT INTO told VALUES (?, ?, ?)`, message, t.Finding, string(t.Severity)); err != nil {
			return err
		}
	}
	return nil
}

// Told returns as how bad each finding was told to a recipient, at the worst, by
// messages that were delivered, may have been, or may still be. One that somebody
// has dropped counts: perhaps because it had arrived.
func (s *Store) Told(ctx context.Context, recipient string) (map[int64]policy.Severity, error) {
	told := map[int64]policy.Severity{}
	err := s.read(ctx, "read who was told what", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT t.finding, t.severity FROM told t JOIN message m ON m.id = t.message WHERE m.recipient = ? AND m.state <> 'failed'`, recipient)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Told
			if err := rows.Scan(&t.Finding, &t.Severity); err != nil {
				return err
			}
			if before, known := told[t.Finding]; !known || history.IsWorse(t.Severity, before) {
				told[t.Finding] = t.Severity
			}
		}
		return rows.Err()
	})
	return told, err
}

// CountMessages counts the messages of a job to a recipient whose slots begin
// with some text, such as a day.
func (s *Store) CountMessages(ctx context.Context, job, slots, recipient string) (n int, err error) {
	err = s.read(ctx, "count the messages", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM message WHERE job = ?1 AND substr(slot, 1, length(?2)) = ?2 AND recipient = ?3`, job, slots, recipient).Scan(&n)
	})
	return n, err
}
