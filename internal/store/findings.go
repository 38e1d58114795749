package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// saveFindings records a list of findings, unless the same one is recorded
// already, and returns its ID.
func saveFindings(ctx context.Context, tx *sql.Tx, findings []Finding) (list int64, err error) {
	sum := sum(findings)
	err = tx.QueryRowContext(ctx, `SELECT id FROM finding_list WHERE sha256 = ?`, sum).Scan(&list)
	if !errors.Is(err, sql.ErrNoRows) {
		return list, err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO finding_list (sha256) VALUES (?)`, sum)
	if err != nil {
		return 0, err
	}
	if list, err = result.LastInsertId(); err != nil {
		return 0, err
	}
	return list, insertFindings(ctx, tx, list, findings)
}

// sum is the SHA-256 of all that the findings say. Each text has its length
// before it, so that no two lists run together to the same bytes.
func sum(findings []Finding) []byte {
	h := sha256.New()
	var b []byte
	for i := range findings {
		f := &findings[i]
		b = b[:0]
		for _, s := range [...]string{f.Rule, f.LearnerID, f.QualificationCode, f.Field, f.Severity, f.Workbook, f.Sheet} {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
		b = binary.AppendVarint(b, int64(f.Due))
		b = binary.AppendVarint(b, int64(f.Row))
		h.Write(b)
	}
	return h.Sum(nil)
}

// batch is how many findings one statement inserts. A statement has its price,
// and so has each of its parameters times all of them in the driver: this is
// about the best of both, as BenchmarkSaveRun has it.
const batch = 6

func insertFindings(ctx context.Context, tx *sql.Tx, list int64, findings []Finding) error {
	insert := func(rows int) (*sql.Stmt, error) {
		return tx.PrepareContext(ctx, `INSERT INTO finding VALUES `+strings.TrimSuffix(strings.Repeat(`(?,?,?,?,?,?,?,?,?,?,?),`, rows), ","))
	}
	full, err := insert(batch)
	if err != nil {
		return err
	}
	defer full.Close()
	args := make([]any, 0, batch*11)
	for start := 0; start < len(findings); start += batch {
		part, stmt := findings[start:min(start+batch, len(findings))], full
		if len(part) < batch {
			if stmt, err = insert(len(part)); err != nil {
				return err
			}
			defer stmt.Close()
		}
		args = args[:0]
		for i := range part {
			f := &part[i]
			args = append(args, list, start+i, f.Rule, f.LearnerID, f.QualificationCode, f.Field, f.Severity, f.Due.String(), f.Workbook, f.Sheet, f.Row)
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// Findings returns what the run found, in the order of its report.
func (s *Store) Findings(ctx context.Context, run int64) ([]Finding, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT rule, learner, qualification, field, severity, due, workbook, sheet, row
		FROM finding WHERE list = (SELECT finding_list FROM run WHERE id = ?) ORDER BY position`, run)
	if err != nil {
		return nil, s.explain("read the findings", err)
	}
	defer rows.Close()
	var out []Finding
	for rows.Next() {
		var f Finding
		var due string
		if err := rows.Scan(&f.Rule, &f.LearnerID, &f.QualificationCode, &f.Field, &f.Severity, &due, &f.Workbook, &f.Sheet, &f.Row); err != nil {
			return nil, s.explain("read the findings", err)
		}
		if f.Due, err = date(due); err != nil {
			return nil, s.explain("read the findings", fmt.Errorf("run %d: %w", run, err))
		}
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain("read the findings", err)
	}
	return out, nil
}
