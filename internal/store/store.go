// Package store remembers what regcert did: the runs, how much they found, the life
// of each finding, the writes of workbooks, the slots of the schedule, and the
// messages to be sent with what became of each. It is one SQLite file in the state
// folder. Of learners it holds IDs, and what stands in a message, for as long as that
// is not sent.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileName is the name of the state's file in its folder. SQLite keeps two
// more beside it while it is open, FileName-wal and FileName-shm.
const FileName = "regcert.db"

// applicationID marks the file as regcert's in the header of the database
// ("regc" in ASCII), so that somebody else's is never written to.
const applicationID = 0x72656763

// busyTimeout is how long one process waits for another that is writing.
const busyTimeout = 10 * time.Second

// Store is the state. It is safe for concurrent use, in one process and
// between several: there is one writer at a time.
type Store struct {
	db      *sql.DB
	path    string
	warning string
}

// Open opens the state in the folder dir and makes both where they are not
// there yet, readable by nobody else. What it cannot trust it refuses, with
// the remedy: a folder on a network share, a damaged file, the file of a newer
// regcert or of another program.
func Open(ctx context.Context, dir string) (*Store, error) {
	return open(ctx, dir, fileSystemOf)
}

// open is Open with the question put to the system: on which file system does
// the folder lie?
func open(ctx context.Context, dir string, fileSystem func(dir string) (fileSystem, error)) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("state folder %s: %w", dir, err)
	}
	path := filepath.Join(dir, FileName)
	if err := create(dir, path); err != nil {
		return nil, unwritable(path, err)
	}
	s := &Store{path: path}
	on, err := fileSystem(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("state folder %s: cannot tell which file system it is on: %w", dir, err)
	case on.share:
		return nil, fmt.Errorf("state folder %s is on %s, where regcert's records can be lost without warning: set state_dir to a folder on a disk of this computer (workbooks may stay on the share)", dir, on.name)
	case on.doubtful:
		s.warning = fmt.Sprintf("state folder %s is on %s: regcert cannot tell whether that is a disk of this computer; if it is a network share, set state_dir to a folder that is on one", dir, on.name)
	}
	if s.db, err = sql.Open("sqlite", dsn(path)); err != nil {
		return nil, s.explain("open", err)
	}
	// One connection: what this process writes is written in turn, and waiting
	// is for other processes only.
	s.db.SetMaxOpenConns(1)
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// Close closes the state.
func (s *Store) Close() error { return s.db.Close() }

// Warning says what is doubtful about the place of the state, in a sentence
// with the remedy; it is empty where nothing is.
func (s *Store) Warning() string { return s.warning }

// create makes the folder and an empty file, both for the owner only. SQLite
// gives the files that it adds the mode of this one.
func create(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn is the address of the database. FULL makes each commit reach the disk:
// with NORMAL, a message could be sent and its record lost in a power cut.
func dsn(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter: file:///C:/…
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"on"},
		"_txlock":       {"immediate"},
		"_defensive":    {"1"},
		"_dqs":          {"0"},
		// What is deleted is overwritten, and no copy of anything stands in a folder for temporary files.
		"_pragma": {"secure_delete(1)", "temp_store(memory)"},
	}.Encode()}
	return u.String()
}

// prepare finds out whether the file is a whole state of regcert's, and brings
// its tables up to date.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.identify(ctx); err != nil {
		return err
	}
	if err := s.walMode(ctx); err != nil {
		return err
	}
	var verdict string
	if err := s.db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return s.explain("check", err)
	}
	if verdict != "ok" {
		return s.damaged(verdict)
	}
	return s.migrate(ctx)
}

// identify refuses the database of another program. A file without tables is
// new.
func (s *Store) identify(ctx context.Context) error {
	var id, tables int
	err := s.db.QueryRowContext(ctx, `SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id`).Scan(&id, &tables)
	if err != nil {
		return s.explain("open", err)
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return fmt.Errorf("state %s belongs to another program: set state_dir to a folder that is regcert's alone", s.path)
	}
	return nil
}

// walMode turns the write-ahead log on. SQLite does not wait for other
// processes while it changes the mode, so two that open a new state together
// try again.
func (s *Store) walMode(ctx context.Context) error {
	for deadline := time.Now().Add(busyTimeout); ; {
		var mode string
		err := s.db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("state %s: the file system of its folder cannot share memory between programs, which the records need: set state_dir to a folder on a disk of this computer", s.path)
		case code(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline):
			return s.explain("open", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// write runs do in one transaction that holds the right to write from its
// start.
func (s *Store) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.transact(ctx, what, nil, do)
}

// read runs do on one unchanging state of the file, without keeping anybody
// from writing.
func (s *Store) read(ctx context.Context, what string, do func(*sql.Tx) error) error {
	return s.transact(ctx, what, &sql.TxOptions{ReadOnly: true}, do)
}

func (s *Store) transact(ctx context.Context, what string, options *sql.TxOptions, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, options)
	if err != nil {
		return s.explain(what, err)
	}
	if err := do(tx); err != nil {
		if undone := tx.Rollback(); undone != nil && !errors.Is(undone, sql.ErrTxDone) {
			err = errors.Join(err, undone)
		}
		return s.explain(what, err)
	}
	if err := tx.Commit(); err != nil {
		return s.explain(what, err)
	}
	return nil
}

// code is the primary result code of an error of SQLite's, or -1.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return -1
}

// explain turns an error of SQLite's into one that names the file and the
// remedy.
func (s *Store) explain(what string, err error) error {
	switch code(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return s.damaged(err.Error())
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("state %s: another regcert has been writing to it for over %s: try again when that has ended: %w", s.path, busyTimeout, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("state %s: the disk is full: make room on it and try again: %w", s.path, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return unwritable(s.path, err)
	default:
		return fmt.Errorf("state %s: cannot %s: %w", s.path, what, err)
	}
}

// damaged is the error for a file whose content cannot be trusted. Its remedy
// says what is lost, because without the record of what was sent a message can
// go out twice.
func (s *Store) damaged(why string) error {
	return fmt.Errorf("state %s %w (%s): put back a copy of the file from a backup; or move it and its -wal and -shm files to another folder, and regcert starts anew: workbooks lose nothing, but the history is gone and a digest that was sent today can be sent again", s.path, ErrDamaged, why)
}

// ErrDamaged is in the errors of a state whose content cannot be trusted.
var ErrDamaged = errors.New("is damaged")

// unwritable is the error for a folder or file that regcert may not write.
func unwritable(path string, err error) error {
	remedy := "give the user that runs regcert the right to write the folder and the files in it, or set state_dir to another folder"
	if errors.Is(err, fs.ErrExist) || !errors.Is(err, fs.ErrPermission) && code(err) < 0 {
		remedy = "set state_dir to a folder that can be made or written"
	}
	return fmt.Errorf("state %s cannot be written (%w): %s", path, err, remedy)
}
