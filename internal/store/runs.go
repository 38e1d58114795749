package store

import (
	"context"
	"database/sql"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
)

// Snoozed is under what Run.Counts has the findings that are snoozed.
const Snoozed = "snoozed"

// ForDigest is the trigger of what is recorded as a run and is none: a look at the
// workbooks for a digest. The outcome of those that were read is OutcomeRead.
const (
	ForDigest   = "for the digest"
	OutcomeRead = "read"
)

// Run is one run over a set of workbooks.
type Run struct {
	ID                int64 // given by SaveRun
	AsOf              calendar.Date
	Started, Finished time.Time
	Trigger           string                 // what it was for, such as "by hand"; empty where that was not recorded
	Named             bool                   // it treated only workbooks that were named; the others were context
	Policy            string                 // the version in force on AsOf
	Program           string                 // the version of regcert
	Rules             *policy.RuleSet        // by what records were judged, to be recorded; only SaveRun looks at it
	RuleSet           string                 // its SHA-256, as of RuleSets; empty where that was not recorded
	Observation       int64                  // that it recorded; 0 for none
	Changes           map[history.Change]int // what has become of findings since the observation before; only Runs knows it
	Counts            map[string]int         // findings by severity; those that are snoozed only under Snoozed
	Workbooks         []Workbook             // in the order of the report
}

// Workbook is what a run did with one workbook.
type Workbook struct {
	Path          string
	Before, After string // SHA-256 in hexadecimal, of the file read and of the file left; empty where there is none
	Outcome       string // unchanged, written, read-only, deferred, failed or context; or OutcomeRead
	Reason        string
	Cells         int            // how many were written
	Counts        map[string]int // findings in it, as of Run; nil where there are none
}

// Counted reports whether it is known what was found in the workbook: it was read
// by the run, and that was recorded.
func (w *Workbook) Counted(by *Run) bool {
	return by.Trigger != "" && (w.Outcome != "failed" || len(w.Counts) > 0)
}

// SaveRun records a run, all or nothing, and returns its ID.
func (s *Store) SaveRun(ctx context.Context, run Run) (id int64, err error) {
	err = s.write(ctx, "record the run", func(tx *sql.Tx) error {
		rules, err := saveRuleSet(ctx, tx, run.Rules)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO run (as_of, started, finished, policy, program, trigger, named, rule_set, observation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			run.AsOf.String(), moment(run.Started), moment(run.Finished), run.Policy, run.Program, run.Trigger, run.Named, rules, sql.NullInt64{Int64: run.Observation, Valid: run.Observation != 0})
		if err != nil {
			return err
		}
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
		for severity, n := range run.Counts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO run_count VALUES (?, ?, ?)`, id, severity, n); err != nil {
				return err
			}
		}
		for i, w := range run.Workbooks {
			if _, err := tx.ExecContext(ctx, `INSERT INTO run_workbook VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				id, i, w.Path, w.Before, w.After, w.Outcome, w.Reason, w.Cells); err != nil {
				return err
			}
			for severity, n := range w.Counts {
				if _, err := tx.ExecContext(ctx, `INSERT INTO run_workbook_count VALUES (?, ?, ?, ?)`, id, i, severity, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// saveRuleSet records a rule set that is not recorded yet, and returns its
// SHA-256, or nil where there is none.
func saveRuleSet(ctx context.Context, tx *sql.Tx, rules *policy.RuleSet) (any, error) {
	if rules == nil {
		return nil, nil
	}
	text, sum, err := rules.Text()
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO rule_set VALUES (?, ?) ON CONFLICT DO NOTHING`, sum, text)
	}
	return sum, err
}

// ReadSince lists the workbooks that a run which finished at that time or later
// has read.
func (s *Store) ReadSince(ctx context.Context, since time.Time) (paths []string, err error) {
	err = s.read(ctx, "list the workbooks of late", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT path FROM run_workbook WHERE sha256_before <> '' AND run IN (SELECT id FROM run WHERE finished >= ?) ORDER BY path`, moment(since))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var path string
			if err := rows.Scan(&path); err != nil {
				return err
			}
			paths = append(paths, path)
		}
		return rows.Err()
	})
	return paths, err
}

// Treated is the last time that a workbook was treated: read, and written where
// that was needed.
type Treated struct {
	Path   string
	At     time.Time // the end of the run
	SHA256 string    // of the version that was left, in hexadecimal
}

// Treated lists when each workbook was last treated by a run that ended at that
// time or later, by path.
func (s *Store) Treated(ctx context.Context, since time.Time) (out []Treated, err error) {
	err = s.read(ctx, "list when workbooks were treated", func(tx *sql.Tx) error {
		// Where max picks a row, the other columns are of that row.
		rows, err := tx.QueryContext(ctx, `SELECT path, max(run), sha256_after, finished FROM run_workbook JOIN run ON run.id = run
			WHERE outcome IN ('unchanged', 'written', 'read-only') AND finished >= ? GROUP BY path ORDER BY path`, moment(since))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Treated
			var run int64
			var at string
			if err := rows.Scan(&t.Path, &run, &t.SHA256, &at); err != nil {
				return err
			}
			if t.At, err = parseMoment(at); err != nil {
				return err
			}
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, err
}

// moments is the form of a moment: always UTC, so that text sorts as time.
const moments = "2006-01-02T15:04:05.000Z"

func moment(t time.Time) string { return t.UTC().Format(moments) }

func parseMoment(s string) (time.Time, error) { return time.Parse(moments, s) }

// date reads a day, or the absence of one.
func date(s string) (calendar.Date, error) {
	if s == "" {
		return 0, nil
	}
	return calendar.ParseISO(s)
}
