package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Past returns what is remembered of findings on a day: those that are not
// closed, and those that were closed in the last history.Memory days.
func (s *Store) Past(ctx context.Context, asOf calendar.Date) (*history.Past, error) {
	p := &history.Past{Sheets: map[history.Sheet]history.Glance{}}
	since := (asOf - history.Memory).String()
	err := s.read(ctx, "read the history of findings", func(tx *sql.Tx) error {
		var err error
		if p.Observations, err = observations(ctx, tx, `SELECT id, as_of FROM observation WHERE as_of >= ? ORDER BY id`, since); err != nil {
			return err
		}
		if p.Digests, err = observations(ctx, tx, `SELECT observation, as_of FROM digest WHERE as_of >= ? ORDER BY as_of`, since); err != nil {
			return err
		}
		if err := sheets(ctx, tx, p.Sheets); err != nil {
			return err
		}
		if p.Lives, err = lives(ctx, tx, wanted, since); err != nil {
			return err
		}
		return events(ctx, tx, p.Lives, wanted, since)
	})
	return p, err
}

// LastObserved is the last day of which anything was observed, no date where
// nothing was.
func (s *Store) LastObserved(ctx context.Context) (day calendar.Date, err error) {
	err = s.read(ctx, "read the history of findings", func(tx *sql.Tx) error {
		var text string
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(as_of), '') FROM observation`).Scan(&text); err != nil {
			return err
		}
		day, err = date(text)
		return err
	})
	return day, err
}

func observations(ctx context.Context, tx *sql.Tx, query, since string) (out []history.Observation, err error) {
	rows, err := tx.QueryContext(ctx, query, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o history.Observation
		var day string
		if err := rows.Scan(&o.ID, &day); err != nil {
			return nil, err
		}
		if o.Day, err = date(day); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

func sheets(ctx context.Context, tx *sql.Tx, into map[history.Sheet]history.Glance) error {
	rows, err := tx.QueryContext(ctx, `SELECT workbook, sheet, kind, as_of FROM observed_sheet`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s history.Sheet
		var kind, day string
		if err := rows.Scan(&s.Workbook, &s.Name, &kind, &day); err != nil {
			return err
		}
		last := history.Glance{Kind: kindNamed(kind)}
		if last.Day, err = date(day); err != nil {
			return err
		}
		into[s] = last
	}
	return rows.Err()
}

// wanted are the findings that are looked back to, from a day on.
const wanted = `(state <> 'closed' OR changed >= ?)`

// lives reads the findings of which something holds.
func lives(ctx context.Context, tx *sql.Tx, where string, args ...any) (out []*history.Life, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, matter, kind, learner, code, unit, field, rule, clause, severity, owner, tutor, learner_id, qualification_code, unit_code,
		due, workbook, sheet, row, col, action, state, until FROM finding WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]string{}
	for rows.Next() {
		l := &history.Life{}
		var kind, due, until string
		if err := rows.Scan(&l.ID, &l.Matter, &kind, &l.Key.ID, &l.Code, &l.Unit, &l.Field, &l.Rule, &l.Clause, &l.Severity, &l.Owner, &l.Tutor, &l.LearnerID, &l.QualificationCode, &l.UnitCode,
			&due, &l.Workbook, &l.Sheet, &l.Row, &l.Col, &l.Action, &l.State, &until); err != nil {
			return nil, err
		}
		var errs [2]error
		l.Kind = kindNamed(kind)
		l.Due, errs[0] = date(due)
		l.Until, errs[1] = date(until)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("finding %d: %w", l.ID, err)
		}
		for _, s := range []*string{&l.Matter, &l.Code, &l.Unit, &l.Field, &l.Rule, &l.Clause, (*string)(&l.Severity), &l.Owner, &l.Tutor, &l.QualificationCode, &l.UnitCode,
			&l.Workbook, &l.Sheet, &l.Action, (*string)(&l.State)} {
			*s = once(known, *s)
		}
		if l.Key.ID == l.LearnerID {
			l.Key.ID = l.LearnerID
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// once is a text that stands in many rows, held in memory once.
func once(known map[string]string, s string) string {
	if same, isKnown := known[s]; isKnown {
		return same
	}
	known[s] = s
	return s
}

// events gives each of the findings of which something holds, which are sorted
// by ID, its events.
func events(ctx context.Context, tx *sql.Tx, lives []*history.Life, where string, args ...any) error {
	rows, err := tx.QueryContext(ctx, `SELECT e.finding, e.observation, o.as_of, e.state, e.severity FROM finding_event e JOIN observation o ON o.id = e.observation
		WHERE e.finding IN (SELECT id FROM finding WHERE `+where+`) ORDER BY e.finding, e.observation`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	known := map[string]string{}
	i := 0
	for rows.Next() {
		var id int64
		var day string
		var e history.Event
		if err := rows.Scan(&id, &e.Observation, &day, &e.State, &e.Severity); err != nil {
			return err
		}
		if e.Day, err = date(day); err != nil {
			return err
		}
		e.State, e.Severity = history.State(once(known, string(e.State))), policy.Severity(once(known, string(e.Severity)))
		for i < len(lives) && lives[i].ID < id {
			i++
		}
		if i == len(lives) || lives[i].ID != id {
			return fmt.Errorf("finding %d has events and is not there", id)
		}
		lives[i].Events = append(lives[i].Events, e)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, l := range lives {
		if len(l.Events) == 0 {
			return fmt.Errorf("finding %d has no events", l.ID)
		}
	}
	return nil
}

// SaveObservation records what was seen and what has changed, all or nothing.
func (s *Store) SaveObservation(ctx context.Context, now *history.Now, at time.Time) error {
	o := history.Observation{Day: now.AsOf}
	changed := now.Changed()
	ids := make([]int64, len(changed)) // taken over when they last
	err := s.write(ctx, "record the history of findings", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO observation (as_of, at) VALUES (?, ?)`, now.AsOf.String(), moment(at))
		if err != nil {
			return err
		}
		if o.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		for sheet, kind := range now.Sheets {
			if _, err := tx.ExecContext(ctx, `INSERT INTO observed_sheet VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, as_of = excluded.as_of`,
				sheet.Workbook, sheet.Name, kindText(kind), now.AsOf.String()); err != nil {
				return err
			}
		}
		for _, workbook := range now.Renamed {
			if _, err := tx.ExecContext(ctx, `DELETE FROM observed_sheet WHERE workbook = ?`, workbook); err != nil {
				return err
			}
		}
		return saveLives(ctx, tx, changed, ids, o.ID)
	})
	if err != nil {
		return err
	}
	for i, l := range changed {
		l.ID = ids[i]
	}
	now.Recorded(o)
	return nil
}

func saveLives(ctx context.Context, tx *sql.Tx, changed []*history.Life, ids []int64, observation int64) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO finding (matter, kind, learner, code, unit, field, rule, clause, severity, owner, tutor, learner_id, qualification_code, unit_code,
		due, workbook, sheet, row, col, action, state, until, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	update, err := tx.PrepareContext(ctx, `UPDATE finding SET rule = ?, clause = ?, severity = ?, owner = ?, tutor = ?, learner_id = ?, qualification_code = ?, unit_code = ?,
		due = ?, workbook = ?, sheet = ?, row = ?, col = ?, action = ?, state = ?, until = ?, changed = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	defer update.Close()
	event, err := tx.PrepareContext(ctx, `INSERT INTO finding_event VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer event.Close()
	var args []any // of a statement, in the same place each time
	for i, l := range changed {
		last := l.Events[len(l.Events)-1]
		args = append(args[:0], l.Matter, kindText(l.Kind), l.Key.ID, l.Code, l.Unit, l.Field)
		about := len(args)
		args = append(args, l.Rule, l.Clause, string(l.Severity), l.Owner, l.Tutor, l.LearnerID, l.QualificationCode, l.UnitCode,
			l.Due.String(), l.Workbook, l.Sheet, l.Row, l.Col, l.Action, string(l.State), l.Until.String(), last.Day.String(), l.ID)
		if ids[i] = l.ID; l.ID == 0 {
			result, err := insert.ExecContext(ctx, args[:len(args)-1]...)
			if err != nil {
				return err
			}
			if ids[i], err = result.LastInsertId(); err != nil {
				return err
			}
		} else if _, err := update.ExecContext(ctx, args[about:]...); err != nil {
			return err
		}
		if last.Observation == history.Present {
			if _, err := event.ExecContext(ctx, ids[i], observation, string(last.State), string(last.Severity)); err != nil {
				return err
			}
		}
	}
	return nil
}

// kindNamed is the kind of sheet with the name, 0 where there is none.
func kindNamed(name string) register.Kind {
	kinds := register.Kinds()
	if i := slices.IndexFunc(kinds, func(k register.Kind) bool { return k.String() == name }); i >= 0 {
		return kinds[i]
	}
	return 0
}

func kindText(k register.Kind) string {
	if k == 0 {
		return ""
	}
	return k.String()
}

// SaveDigest records that the digest of a day was made of an observation.
// The first of a day counts: it is what its readers have seen.
func (s *Store) SaveDigest(ctx context.Context, o history.Observation) error {
	return s.write(ctx, "record the digest", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO digest VALUES (?, ?) ON CONFLICT DO NOTHING`, o.Day.String(), o.ID)
		return err
	})
}
