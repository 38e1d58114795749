package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"regcert/internal/calendar"
	"regcert/internal/history"
)

// Pruning is when the state was last rid of what is old.
type Pruning struct {
	At     time.Time
	Before calendar.Date // what is older is gone; no date where nothing was taken out yet
}

// pruneEvery is how often that is done.
const pruneEvery = 24 * time.Hour

// Pruned is what Prune took out of the state.
type Pruned struct {
	Before                   calendar.Date // what was older; no date where it was not time yet
	Findings, Messages, Runs int
}

// contextFor is for how many days it is remembered which workbooks a run has only
// looked things up in: for longer than anybody asks for it.
const contextFor = 31

// LastPruning returns when the state was last rid of what is old, and whether it
// ever was.
func (s *Store) LastPruning(ctx context.Context) (p Pruning, was bool, err error) {
	err = s.read(ctx, "read when it was pruned", func(tx *sql.Tx) error {
		p, was, err = lastPruning(ctx, tx)
		return err
	})
	return p, was, err
}

func lastPruning(ctx context.Context, tx *sql.Tx) (p Pruning, was bool, err error) {
	var at, before string
	err = tx.QueryRowContext(ctx, `SELECT at, before FROM pruning`).Scan(&at, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return Pruning{}, false, nil
	}
	if err != nil {
		return Pruning{}, false, err
	}
	var errs [2]error
	p.At, errs[0] = parseMoment(at)
	p.Before, errs[1] = date(before)
	return p, true, errors.Join(errs[:]...)
}

// Prune takes out of the state what came to its end before a day: findings that
// are closed, messages, runs, observations, digests, writes, slots, sheets that
// were not read since, and rule sets to which nothing refers any more. What is
// open stays with all its events, and with who was told of it. It does so once a
// day. Afterwards nothing of what was taken out stands in the files of the state,
// unless another process is using them: the next Prune sees to that then.
//
// A clock that is years ahead for a while must not cost the history. So the time
// is taken to be that of the Prune before: the first takes nothing out, and each
// other takes out less by the days since then. And history.Memory can be looked
// back from there in any case.
func (s *Store) Prune(ctx context.Context, before calendar.Date, now time.Time) (pruned Pruned, err error) {
	var unswept bool
	err = s.write(ctx, "take out what is old", func(tx *sql.Tx) error {
		last, was, err := lastPruning(ctx, tx)
		if err != nil || was && now.Sub(last.At).Abs() < pruneEvery {
			return err
		}
		if was {
			today := calendar.FromTime(now)
			sure := min(today, calendar.FromTime(last.At.In(now.Location())))
			pruned.Before = min(before-(today-sure), sure-history.Memory)
			if _, err := tx.ExecContext(ctx, `DELETE FROM run_workbook WHERE outcome = 'context' AND run IN (SELECT id FROM run WHERE finished < ?)`, (sure - contextFor).String()); err != nil {
				return err
			}
		}
		if unswept, err = takeOut(ctx, tx, &pruned); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `INSERT INTO pruning VALUES (1, ?, ?, ?)
			ON CONFLICT DO UPDATE SET at = excluded.at, before = max(before, excluded.before), unswept = max(unswept, excluded.unswept) RETURNING unswept`,
			moment(now), pruned.Before.String(), unswept).Scan(&unswept)
	})
	if err != nil || !unswept {
		return pruned, err
	}
	return pruned, s.sweep(ctx)
}

// takeOut deletes what is old, counts it, and reports whether there was any. The
// times of messages, runs and writes are in UTC; compared with a day, they are so
// with its first moment.
func takeOut(ctx context.Context, tx *sql.Tx, pruned *Pruned) (some bool, err error) {
	const isOver = `since < ?1 AND deadline < ?1 AND state NOT IN ('sending', 'dot-sent')`
	for _, step := range []struct {
		statement string
		count     *int
	}{
		{`DELETE FROM finding WHERE state = 'closed' AND changed < ?1`, &pruned.Findings},
		{`DELETE FROM message WHERE ` + isOver + ` AND (state = 'failed' OR id NOT IN (SELECT message FROM told))`, &pruned.Messages},
		{`UPDATE message SET bytes = x'' WHERE ` + isOver + ` AND length(bytes) > 0`, nil},
		{`DELETE FROM run WHERE finished < ?1`, &pruned.Runs},
		{`DELETE FROM rule_set WHERE NOT EXISTS (SELECT 1 FROM run WHERE rule_set = sha256)`, nil},
		{`DELETE FROM digest WHERE as_of < ?1`, nil},
		{`DELETE FROM observation WHERE as_of < ?1 AND NOT EXISTS (SELECT 1 FROM finding_event WHERE observation = observation.id)`, nil},
		{`DELETE FROM observed_sheet WHERE as_of < ?1 AND (workbook, sheet) NOT IN (SELECT workbook, sheet FROM finding WHERE state <> 'closed')`, nil},
		{`DELETE FROM replacement WHERE at < ?1 AND state IN ('settled', 'undone') AND conflict = ''`, nil}, // a conflict copy may wait for somebody
		{`DELETE FROM slot WHERE at < ?1 AND state <> 'due'`, nil},
	} {
		result, err := tx.ExecContext(ctx, step.statement, pruned.Before.String())
		if err != nil {
			return some, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return some, err
		}
		if some = some || n > 0; step.count != nil {
			*step.count = int(n)
		}
	}
	return some, nil
}

// sweep writes the file anew, without what was deleted, and empties the log. SQLite
// overwrites what it deletes, but not the copies of it that may have been left
// where rows moved from one page to another. While another process is at work, it
// is left for another time.
func (s *Store) sweep(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `VACUUM`)
	busy := code(err) == sqlite3.SQLITE_BUSY
	if err == nil {
		var frames, moved int
		err = s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	}
	if busy {
		return nil
	}
	if err == nil {
		_, err = s.db.ExecContext(ctx, `UPDATE pruning SET unswept = 0`)
	}
	if err != nil {
		return s.explain("give room back", err)
	}
	return nil
}
