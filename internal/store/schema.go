package store

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
)

// schema1 makes the tables of the first version.
//
//go:embed schema1.sql
var schema1 string

// schema2 adds the writes of workbooks.
//
//go:embed schema2.sql
var schema2 string

// schema3 makes the outbox out of what was sent to whom.
//
//go:embed schema3.sql
var schema3 string

// schema4 adds the life of each finding.
//
//go:embed schema4.sql
var schema4 string

// schema5 adds the slots of the schedule, and what keeps the daemon from its work.
//
//go:embed schema5.sql
var schema5 string

// schema6 adds what an auditor asks of a run.
//
//go:embed schema6.sql
var schema6 string

// migrations are the steps from one version of the tables to the next. A step
// that has been released never changes: the next one is added after it. The
// version of a file, its user_version, is the number of steps it has had.
func migrations() []string { return []string{schema1, schema2, schema3, schema4, schema5, schema6} }

// migrate takes the steps that the file has not had, all or none of them.
func (s *Store) migrate(ctx context.Context) error {
	return s.write(ctx, "bring the tables up to date", func(tx *sql.Tx) error {
		steps := migrations()
		var version int
		if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		if version < 0 || version > len(steps) {
			return fmt.Errorf("its tables are of version %d, made by a newer regcert, and this one knows version %d: install the newer regcert again, or set state_dir to another folder", version, len(steps))
		}
		if version == len(steps) {
			return nil
		}
		for _, step := range steps[version:] {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, len(steps)))
		return err
	})
}
