package store

import (
	"context"
	"database/sql"
	"time"
)

// The kinds of trouble.
const (
	TroubleOpen     = "open"     // a workbook cannot be written for now
	TroubleWorkbook = "workbook" // a workbook cannot be read or written
	TroubleConflict = "conflict" // two versions of a workbook are to be compared
	TroubleRun      = "run"      // the check of the schedule fails
	TroubleSaved    = "saved"    // so does what is done after a save
	TroubleDigest   = "digest"   // the digest cannot be composed
	TroubleMail     = "mail"     // mail stays unsent
	TroubleConfig   = "config"   // the configuration is wrong, and an older one is in force
	TroubleCalendar = "calendar" // the list of bank holidays ends
	TroubleClock    = "clock"    // something is remembered of a day that is still to come
)

// TroubleKinds are the kinds of trouble.
func TroubleKinds() []string {
	return []string{TroubleOpen, TroubleWorkbook, TroubleConflict, TroubleRun, TroubleSaved, TroubleDigest, TroubleMail, TroubleConfig, TroubleCalendar, TroubleClock}
}

// Trouble is something that keeps regcert from its work.
type Trouble struct {
	Kind    string // one of the above
	Subject string // such as its path; empty where there is only one of the kind
	Since   time.Time
	Reason  string
	Told    time.Time // when the owner was told of it; zero: not yet
}

// Troubles lists what keeps regcert from its work, the oldest first.
func (s *Store) Troubles(ctx context.Context) (out []Trouble, err error) {
	err = s.read(ctx, "read what is in the way", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, subject, since, reason, told FROM trouble ORDER BY since, kind, subject`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Trouble
			var since, told string
			if err := rows.Scan(&t.Kind, &t.Subject, &since, &t.Reason, &told); err != nil {
				return err
			}
			if t.Since, err = parseMoment(since); err != nil {
				return err
			}
			if told != "" {
				if t.Told, err = parseMoment(told); err != nil {
					return err
				}
			}
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, err
}

// SaveTrouble remembers a trouble that nobody was told of. One that is known keeps
// the time since when it is there, and whether the owner was told.
func (s *Store) SaveTrouble(ctx context.Context, t Trouble) error {
	return s.write(ctx, "remember what is in the way", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO trouble VALUES (?, ?, ?, ?, '') ON CONFLICT DO UPDATE SET reason = excluded.reason`,
			t.Kind, t.Subject, moment(t.Since), t.Reason)
		return err
	})
}

// EndTrouble forgets a trouble that is over, and reports whether there was one.
func (s *Store) EndTrouble(ctx context.Context, kind, subject string) (was bool, err error) {
	err = s.write(ctx, "forget what was in the way", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM trouble WHERE kind = ? AND subject = ?`, kind, subject)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		was = n > 0
		return err
	})
	return was, err
}

// Tell queues a message that tells of troubles, if there is one, and remembers
// that they are told, all or nothing.
func (s *Store) Tell(ctx context.Context, m *Message, bytes []byte, troubles []Trouble) error {
	return s.write(ctx, "queue a message", func(tx *sql.Tx) error {
		if m != nil {
			if _, _, err := enqueue(ctx, tx, *m, bytes); err != nil {
				return err
			}
		}
		for _, t := range troubles {
			if _, err := tx.ExecContext(ctx, `UPDATE trouble SET told = ? WHERE kind = ? AND subject = ?`, optional(t.Told), t.Kind, t.Subject); err != nil {
				return err
			}
		}
		return nil
	})
}
