package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// RunQuery says which runs are asked for. What is zero leaves nothing out.
type RunQuery struct {
	From, Before time.Time // they finished at From or later, and before Before
	Workbook     string    // they treated it: only it is told of, and what has become of its findings
	Limit        int       // only the latest

	real bool // those that are no look for a digest
}

// Runs lists runs, the latest first.
func (s *Store) Runs(ctx context.Context, q RunQuery) (runs []Run, err error) {
	err = s.read(ctx, "read the runs", func(tx *sql.Tx) error {
		if runs, err = selectRuns(ctx, tx, q); err != nil {
			return err
		}
		known := map[string]string{}
		for i := range runs {
			run := &runs[i]
			var errs [3]error
			run.Counts, errs[0] = tally(ctx, tx, `SELECT severity, findings FROM run_count WHERE run = ?`, run.ID)
			run.Workbooks, errs[1] = workbooks(ctx, tx, run.ID, q.Workbook, known)
			run.Changes, errs[2] = changesBy(ctx, tx, run.Observation, q.Workbook)
			if err := errors.Join(errs[:]...); err != nil {
				return err
			}
		}
		return nil
	})
	return runs, err
}

// WorkbookNames lists the workbooks that runs have come upon, by name.
func (s *Store) WorkbookNames(ctx context.Context) (names []string, err error) {
	err = s.read(ctx, "list the workbooks", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT path FROM run_workbook ORDER BY path`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	return names, err
}

// LastRun returns the run that was recorded last, and whether there is one. A look
// for a digest is none.
func (s *Store) LastRun(ctx context.Context) (run Run, found bool, err error) {
	runs, err := s.Runs(ctx, RunQuery{Limit: 1, real: true})
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

func selectRuns(ctx context.Context, tx *sql.Tx, q RunQuery) (runs []Run, err error) {
	where, args := []string{"true"}, []any{}
	if !q.From.IsZero() {
		where, args = append(where, `finished >= ?`), append(args, moment(q.From))
	}
	if !q.Before.IsZero() {
		where, args = append(where, `finished < ?`), append(args, moment(q.Before))
	}
	if q.Workbook != "" {
		where, args = append(where, `EXISTS (SELECT 1 FROM run_workbook WHERE run = run.id AND path = ? AND outcome <> 'context')`), append(args, q.Workbook)
	}
	if q.real {
		where, args = append(where, `trigger <> ?`), append(args, ForDigest)
	}
	if q.Limit == 0 {
		q.Limit = -1 // all
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, as_of, started, finished, trigger, named, policy, program, coalesce(rule_set, ''), coalesce(observation, 0)
		FROM run WHERE `+strings.Join(where, ` AND `)+` ORDER BY id DESC LIMIT ?`, append(args, q.Limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var run Run
		var asOf, started, finished string
		if err := rows.Scan(&run.ID, &asOf, &started, &finished, &run.Trigger, &run.Named, &run.Policy, &run.Program, &run.RuleSet, &run.Observation); err != nil {
			return nil, err
		}
		var errs [3]error
		run.AsOf, errs[0] = date(asOf)
		run.Started, errs[1] = parseMoment(started)
		run.Finished, errs[2] = parseMoment(finished)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("run %d: %w", run.ID, err)
		}
		runs = append(runs, run)
	}
	return runs, rows.Err()
}

// tally reads numbers by name.
func tally(ctx context.Context, tx *sql.Tx, query string, args ...any) (map[string]int, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		out[name] = n
	}
	return out, rows.Err()
}

// workbooks reads what a run did with workbooks, or with one of them.
func workbooks(ctx context.Context, tx *sql.Tx, run int64, only string, known map[string]string) ([]Workbook, error) {
	rows, err := tx.QueryContext(ctx, `SELECT w.path, w.sha256_before, w.sha256_after, w.outcome, w.reason, w.cells, coalesce(c.severity, ''), coalesce(c.findings, 0)
		FROM run_workbook w LEFT JOIN run_workbook_count c ON c.run = w.run AND c.position = w.position
		WHERE w.run = ?1 AND ?2 IN ('', w.path) ORDER BY w.position`, run, only)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Workbook
	for rows.Next() {
		var w Workbook
		var severity string
		var n int
		if err := rows.Scan(&w.Path, &w.Before, &w.After, &w.Outcome, &w.Reason, &w.Cells, &severity, &n); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].Path != w.Path { // a run has a workbook once
			for _, s := range []*string{&w.Path, &w.Before, &w.After, &w.Outcome, &w.Reason} {
				*s = once(known, *s)
			}
			out = append(out, w)
		}
		if last := &out[len(out)-1]; n > 0 {
			if last.Counts == nil {
				last.Counts = map[string]int{}
			}
			last.Counts[once(known, severity)] = n
		}
	}
	return out, rows.Err()
}

// changesBy counts what has become of findings by an observation, or of those
// in a workbook; nil where there is no observation.
func changesBy(ctx context.Context, tx *sql.Tx, observation int64, workbook string) (map[history.Change]int, error) {
	if observation == 0 {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT e.state, e.severity, coalesce(p.state, ''), coalesce(p.severity, '') FROM finding_event e
		LEFT JOIN finding_event p ON p.finding = e.finding AND p.observation = (SELECT max(observation) FROM finding_event WHERE finding = e.finding AND observation < e.observation)
		WHERE e.observation = ?1 AND (?2 = '' OR ?2 = (SELECT workbook FROM finding WHERE id = e.finding))`, observation, workbook)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[history.Change]int{}
	for rows.Next() {
		var was, is history.Standing
		if err := rows.Scan(&is.State, &is.Severity, &was.State, &was.Severity); err != nil {
			return nil, err
		}
		out[history.ChangeOf(was, is)]++
	}
	return out, rows.Err()
}

// RuleSets returns all rule sets by which recorded runs have judged, by their
// SHA-256.
func (s *Store) RuleSets(ctx context.Context) (map[string]*policy.RuleSet, error) {
	sets := map[string]*policy.RuleSet{}
	err := s.read(ctx, "read the rule sets", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT sha256, text FROM rule_set`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var sum, text string
			if err := rows.Scan(&sum, &text); err != nil {
				return err
			}
			if sets[sum], err = policy.ParseRuleSet(text); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return sets, err
}

// LivesOf returns all that is remembered of findings about a learner, with all
// their events.
func (s *Store) LivesOf(ctx context.Context, learner string) ([]*history.Life, error) {
	return s.livesWhere(ctx, `learner = ?`, register.NormalID(learner))
}

// AllLives returns all that is remembered of findings, with all their events.
func (s *Store) AllLives(ctx context.Context) ([]*history.Life, error) {
	return s.livesWhere(ctx, `true`)
}

func (s *Store) livesWhere(ctx context.Context, where string, args ...any) (out []*history.Life, err error) {
	err = s.read(ctx, "read the history of findings", func(tx *sql.Tx) error {
		if out, err = lives(ctx, tx, where, args...); err != nil {
			return err
		}
		return events(ctx, tx, out, where, args...)
	})
	return out, err
}

// Telling is a message that tells of a finding at once.
type Telling struct {
	Told
	Message
}

// Tellings returns which messages tell of the findings about a learner, the
// earliest first, and of which finding each.
func (s *Store) Tellings(ctx context.Context, learner string) (out []Telling, err error) {
	err = s.read(ctx, "read who was told what", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT t.finding, t.severity, t.message FROM told t JOIN finding f ON f.id = t.finding WHERE f.learner = ? ORDER BY t.message, t.finding`, register.NormalID(learner))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Telling
			if err := rows.Scan(&t.Finding, &t.Told.Severity, &t.Message.ID); err != nil {
				return err
			}
			out = append(out, t)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for i := range out {
			if out[i].Message, err = scanMessage(tx.QueryRowContext(ctx, selectMessage+`id = ?`, out[i].Message.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Written lists the messages that were written at from or later and before
// before, in the order in which they came.
func (s *Store) Written(ctx context.Context, from, before time.Time) ([]Message, error) {
	return s.messages(ctx, `written >= ? AND written < ? ORDER BY id`, moment(from), moment(before))
}

// Beginning returns when the oldest run that is recorded began; no time where
// there is none.
func (s *Store) Beginning(ctx context.Context) (at time.Time, err error) {
	var text string
	if err = s.db.QueryRowContext(ctx, `SELECT coalesce(min(started), '') FROM run`).Scan(&text); err == nil && text != "" {
		at, err = parseMoment(text)
	}
	if err != nil {
		return time.Time{}, s.explain("read the runs", err)
	}
	return at, nil
}
