package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// mustOpen opens a state that the test closes.
func mustOpen(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// wantError checks that an error says all of it, and on one line.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

// TestOpenMakesPrivateFiles guards that only the owner can read the state.
func TestOpenMakesPrivateFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has access lists in place of modes")
	}
	dir := filepath.Join(t.TempDir(), "deep", "state ?#%41")
	s := mustOpen(t, dir)
	save(t, s, nil) // so that SQLite's own files are there
	for name, want := range map[string]fs.FileMode{"": 0o700 | fs.ModeDir, FileName: 0o600, FileName + "-wal": 0o600, FileName + "-shm": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", name, info.Mode(), want)
		}
	}
	if s.Warning() != "" {
		t.Errorf("Warning() = %q", s.Warning())
	}
}

// TestOpenSettings guards the settings that make a commit last.
func TestOpenSettings(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "user_version": "6", "secure_delete": "1", "temp_store": "2", "application_id": fmt.Sprint(applicationID),
	} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", pragma, got, err, want)
		}
	}
}

func TestOpenRefusesWhatItCannotTrust(t *testing.T) {
	// made writes a state, closes it, and spoils it by do.
	made := func(do func(t *testing.T, path string)) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			s, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			save(t, s, someWorkbooks(5000))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			do(t, filepath.Join(dir, FileName))
		}
	}
	overwrite := func(t *testing.T, path string, at int64, what []byte) {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteAt(what, at); err != nil {
			t.Fatal(err)
		}
	}
	execute := func(t *testing.T, path, statement string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	damaged := []string{"is damaged", "put back a copy", "can be sent again"}
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  []string
	}{
		{"something else", func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, FileName), []byte(strings.Repeat("not a database. ", 100)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, damaged},
		{"header overwritten", made(func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 64)) }), damaged},
		{"page overwritten", made(func(t *testing.T, path string) { overwrite(t, path, 20*4096, []byte(strings.Repeat("\xff", 4096))) }), damaged},
		{"cut short", made(func(t *testing.T, path string) {
			if err := os.Truncate(path, 30*4096); err != nil {
				t.Fatal(err)
			}
		}), damaged},
		{"newer", made(func(t *testing.T, path string) { execute(t, path, "PRAGMA user_version = 99") }),
			[]string{"of version 99, made by a newer regcert", "install the newer regcert"}},
		{"another program's", func(t *testing.T, dir string) {
			execute(t, filepath.Join(dir, FileName), "CREATE TABLE song (title)")
		}, []string{"belongs to another program", "set state_dir"}},
		{"marked as another program's", func(t *testing.T, dir string) {
			execute(t, filepath.Join(dir, FileName), "PRAGMA application_id = 7")
		}, []string{"belongs to another program", "set state_dir"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			tc.spoil(t, dir)
			path := filepath.Join(dir, FileName)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dir)
			if err == nil {
				s.Close()
			}
			wantError(t, err, append(tc.want, path)...)
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenRefusesNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), filepath.Join(file, "state"))
	wantError(t, err, "cannot be written", "set state_dir to a folder that can be made")
}

func TestOpenLooksAtTheFileSystem(t *testing.T) {
	with := func(answer fileSystem, err error) (*Store, error) {
		s, openErr := open(t.Context(), t.TempDir(), func(string) (fileSystem, error) { return answer, err })
		if s != nil {
			t.Cleanup(func() { s.Close() })
		}
		return s, openErr
	}
	_, err := with(fileSystem{name: "a network share (SMB)", share: true}, nil)
	wantError(t, err, "is on a network share (SMB)", "set state_dir to a folder on a disk of this computer")
	_, err = with(fileSystem{}, errors.New("no answer"))
	wantError(t, err, "cannot tell which file system", "no answer")
	s, err := with(fileSystem{name: "a FUSE file system", doubtful: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w := s.Warning(); !strings.Contains(w, "is on a FUSE file system") || !strings.Contains(w, "set state_dir") {
		t.Errorf("Warning() = %q", w)
	}
}

// TestOpenReopens guards that a state lasts from one opening to the next.
func TestOpenReopens(t *testing.T) {
	dir := t.TempDir()
	for n := 1; n <= 3; n++ {
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if id := save(t, s, someWorkbooks(n)); id != int64(n) {
			t.Errorf("run %d has the ID %d", n, id)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBusy guards that a process which waits in vain says for whom.
func TestBusy(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	other := mustOpen(t, filepath.Dir(s.path))
	if _, err := other.db.Exec(`PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	tx, err := s.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.SaveRun(t.Context(), Run{})
	wantError(t, err, "another regcert has been writing", "try again")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.SaveRun(t.Context(), Run{}); err != nil {
		t.Error(err)
	}
}

// TestReadWhileWriting guards that a report can be read while a run is being
// recorded, and sees only what is whole.
func TestReadWhileWriting(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	other := mustOpen(t, filepath.Dir(s.path))
	save(t, s, nil)
	tx, err := s.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`INSERT INTO run (id, as_of, started, finished, policy, program) VALUES (9, '', '', '', '', '')`); err != nil {
		t.Fatal(err)
	}
	if run, found, err := other.LastRun(t.Context()); err != nil || !found || run.ID != 1 {
		t.Errorf("LastRun = %+v, %t, %v; want run 1", run, found, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFull guards that a run which does not fit leaves nothing behind.
func TestDiskFull(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	save(t, s, someWorkbooks(10))
	if _, err := s.db.Exec(`PRAGMA max_page_count = 30`); err != nil {
		t.Fatal(err)
	}
	_, err := s.SaveRun(t.Context(), Run{Workbooks: someWorkbooks(20_000)})
	wantError(t, err, "the disk is full", "make room")
	run, found, err := s.LastRun(t.Context())
	if err != nil || !found || run.ID != 1 {
		t.Errorf("LastRun = %+v, %t, %v; want run 1", run, found, err)
	}
}

func TestCancelled(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.SaveRun(ctx, Run{}); !errors.Is(err, context.Canceled) {
		t.Errorf("SaveRun under a cancelled context: %v", err)
	}
	if _, found, err := s.LastRun(t.Context()); found || err != nil {
		t.Errorf("LastRun = %t, %v; want none", found, err)
	}
}

// helper runs the named test of this binary again as another process.
func helper(t *testing.T, test string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// TestProcesses guards that two processes that begin together agree: both open
// a new state, both record their runs, and each message is queued once.
func TestProcesses(t *testing.T) {
	const messages, processes = 40, 3
	if dir := os.Getenv("REGCERT_STORE_HELPER"); dir != "" {
		s := mustOpen(t, dir)
		for i := range messages {
			save(t, s, someWorkbooks(3))
			if _, isNew, err := s.Enqueue(t.Context(), queued(i), []byte("text")); err != nil {
				t.Fatal(err)
			} else if isNew {
				fmt.Println("queued", i)
			}
		}
		return
	}
	dir := filepath.Join(t.TempDir(), "state")
	var outputs [processes]strings.Builder
	var commands [processes]*exec.Cmd
	for i := range commands {
		commands[i] = helper(t, "TestProcesses", "REGCERT_STORE_HELPER="+dir)
		commands[i].Stdout, commands[i].Stderr = &outputs[i], &outputs[i]
		if err := commands[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	added := map[string]int{}
	for i, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, &outputs[i])
		}
		for line := range strings.Lines(outputs[i].String()) {
			if strings.HasPrefix(line, "queued ") {
				added[line]++
			}
		}
	}
	if len(added) != messages {
		t.Errorf("%d messages were queued, want %d", len(added), messages)
	}
	for message, n := range added {
		if n != 1 {
			t.Errorf("%d processes %s", n, message)
		}
	}
	run, _, err := mustOpen(t, dir).LastRun(t.Context())
	if err != nil || run.ID != processes*messages {
		t.Errorf("the last run is %d, %v; want %d", run.ID, err, processes*messages)
	}
}

// TestKilled guards that a process which dies leaves what it had recorded, and
// that what it had not committed is not there.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("REGCERT_STORE_HELPER"); dir != "" {
		s, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		mustEnqueue(t, s, queued(1))
		tx, err := s.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(`INSERT INTO run (id, as_of, started, finished, policy, program) VALUES (9, '', '', '', '', '')`); err != nil {
			t.Fatal(err)
		}
		os.Exit(7) // no deferred call runs, nothing is closed
	}
	dir := t.TempDir()
	err := helper(t, "TestKilled", "REGCERT_STORE_HELPER="+dir).Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 7 {
		t.Fatalf("the other process ended with %v", err)
	}
	s := mustOpen(t, dir)
	if _, found, err := s.LastRun(t.Context()); found || err != nil {
		t.Errorf("LastRun = %t, %v; want none", found, err)
	}
	if all, err := s.OpenMessages(t.Context()); err != nil || len(all) != 1 || all[0].Key != key(1) {
		t.Errorf("OpenMessages = %+v, %v; want that of %v", all, err, key(1))
	}
}
