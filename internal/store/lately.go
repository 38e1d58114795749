package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Lately is what the last run that treated a workbook did with it.
type Lately struct {
	Workbook
	At time.Time // when that run ended
}

// Lately lists the workbooks as the last run over the whole set left them, or a
// later one that treated only some, in the order of the report. Runs that ended
// before since are not looked at.
func (s *Store) Lately(ctx context.Context, since time.Time) (out []Lately, err error) {
	err = s.read(ctx, "read what became of the workbooks", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT r.id, r.finished, w.path, w.sha256_before, w.sha256_after, w.outcome, w.reason, w.cells
			FROM run r JOIN run_workbook w ON w.run = r.id WHERE r.finished >= ? ORDER BY r.id DESC, w.position`, moment(since))
		if err != nil {
			return err
		}
		defer rows.Close()
		known := map[string]bool{}
		run, whole := int64(0), false // whole: the run treated all workbooks that it read
		for rows.Next() {
			var id int64
			var at string
			var l Lately
			if err := rows.Scan(&id, &at, &l.Path, &l.Before, &l.After, &l.Outcome, &l.Reason, &l.Cells); err != nil {
				return err
			}
			if id != run {
				if whole {
					return nil
				}
				run, whole = id, true
			}
			if l.Outcome == outcomeContext || l.Outcome == OutcomeRead {
				whole = false
				continue
			}
			if known[l.Path] {
				continue
			}
			if l.At, err = parseMoment(at); err != nil {
				return err
			}
			known[l.Path] = true
			out = append(out, l)
		}
		return rows.Err()
	})
	return out, err
}

// outcomeContext is the outcome of a workbook that a run only read so that others
// could be judged.
const outcomeContext = "context"

// InOrder is when a run last left a workbook with the statuses that it should
// have: it wrote them, or there was nothing to write. It is zero where no run did
// that ended at since or later.
func (s *Store) InOrder(ctx context.Context, path string, since time.Time) (at time.Time, err error) {
	var text string
	err = s.db.QueryRowContext(ctx, `SELECT r.finished FROM run r JOIN run_workbook w ON w.run = r.id
		WHERE w.path = ? AND w.outcome IN ('unchanged', 'written') AND r.finished >= ? ORDER BY r.id DESC LIMIT 1`, path, moment(since)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err == nil {
		at, err = parseMoment(text)
	}
	if err != nil {
		return time.Time{}, s.explain("read what became of a workbook", err)
	}
	return at, nil
}

// OpenFindings counts what is open by severity, and what is snoozed under Snoozed.
func (s *Store) OpenFindings(ctx context.Context) (counts map[string]int, err error) {
	counts = map[string]int{}
	err = s.read(ctx, "count what is open", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT iif(state = 'snoozed', ?, severity), count(*) FROM finding WHERE state <> 'closed' GROUP BY 1`, Snoozed)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var severity string
			var n int
			if err := rows.Scan(&severity, &n); err != nil {
				return err
			}
			counts[severity] = n
		}
		return rows.Err()
	})
	return counts, err
}
