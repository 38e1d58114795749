package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"regcert/internal/swap"
)

// Intend records a replacement that is about to begin (swap.Journal).
func (s *Store) Intend(ctx context.Context, i swap.Intent) (id int64, err error) {
	err = s.write(ctx, "record a write", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO replacement (path, sha256_before, sha256_after, temp, backup, way, at, reason, state, conflict, sha256_kept)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')`,
			i.Path, hex.EncodeToString(i.Before[:]), hex.EncodeToString(i.After[:]), i.Temp, i.Backup, string(i.Way), moment(i.At), i.Reason, string(i.State))
		if err != nil {
			return err
		}
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
		for n, c := range i.Changes {
			if _, err := tx.ExecContext(ctx, `INSERT INTO replacement_column VALUES (?, ?, ?, ?, ?)`, id, n, c.Sheet, c.Column, c.Cells); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// Conclude records how far a replacement is (swap.Journal).
func (s *Store) Conclude(ctx context.Context, id int64, state swap.State, kept swap.Kept) error {
	return s.write(ctx, "record a write as "+string(state), func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE replacement SET state = ? WHERE id = ?`, string(state), id)
		if err == nil && kept.Path != "" {
			_, err = tx.ExecContext(ctx, `UPDATE replacement SET conflict = ?, sha256_kept = ? WHERE id = ?`, kept.Path, hex.EncodeToString(kept.Sum[:]), id)
		}
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return fmt.Errorf("there is no write %d", id)
	})
}

// Pending lists the replacements that are not at an end, oldest first (swap.Journal).
func (s *Store) Pending(ctx context.Context) ([]swap.Intent, error) {
	return s.replacements(ctx, `state IN ('intended', 'placed') ORDER BY id`)
}

// Writes lists the replacements of a workbook, oldest first. The path is absolute.
func (s *Store) Writes(ctx context.Context, path string) ([]swap.Intent, error) {
	return s.replacements(ctx, `path = ? ORDER BY at, id`, path)
}

func (s *Store) replacements(ctx context.Context, where string, args ...any) (writes []swap.Intent, err error) {
	err = s.read(ctx, "list writes", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, path, sha256_before, sha256_after, temp, backup, way, at, reason, state, conflict, sha256_kept FROM replacement WHERE `+where, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			w, err := scanWrite(rows)
			if err != nil {
				return err
			}
			writes = append(writes, w)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for n := range writes {
			if writes[n].Changes, err = changes(ctx, tx, writes[n].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return writes, err
}

func scanWrite(rows *sql.Rows) (w swap.Intent, err error) {
	var before, after, kept, at string
	if err := rows.Scan(&w.ID, &w.Path, &before, &after, &w.Temp, &w.Backup, &w.Way, &at, &w.Reason, &w.State, &w.Kept.Path, &kept); err != nil {
		return w, err
	}
	if kept != "" {
		if w.Kept.Sum, err = sum(kept); err != nil {
			return w, err
		}
	}
	if w.At, err = parseMoment(at); err != nil {
		return w, err
	}
	if w.Before, err = sum(before); err != nil {
		return w, err
	}
	w.After, err = sum(after)
	return w, err
}

func changes(ctx context.Context, tx *sql.Tx, write int64) ([]swap.Change, error) {
	rows, err := tx.QueryContext(ctx, `SELECT sheet, heading, cells FROM replacement_column WHERE replacement = ? ORDER BY position`, write)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []swap.Change
	for rows.Next() {
		var c swap.Change
		if err := rows.Scan(&c.Sheet, &c.Column, &c.Cells); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// sum reads a SHA-256 in hexadecimal.
func sum(text string) (s swap.Sum, err error) {
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != len(s) {
		return s, fmt.Errorf("%q is no SHA-256", text)
	}
	return swap.Sum(data), nil
}

// Conflicts lists the replacements that left a conflict copy, oldest first.
func (s *Store) Conflicts(ctx context.Context) ([]swap.Intent, error) {
	return s.replacements(ctx, `conflict <> '' ORDER BY at, id`)
}
