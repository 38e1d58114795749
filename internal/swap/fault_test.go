package swap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fault makes the nth call of one operation go wrong.
type fault struct {
	op string
	n  int
}

// faultyOps are the system's operations with faults in them; reached counts what came about. A write fails in the way
// given: by an error after half of it, by being short, or by lying.
type faultyOps struct {
	faults  []fault
	write   string
	calls   map[string]int
	reached int
}

var errDisk = fmt.Errorf("injected: %w", syscall.EIO)

func (f *faultyOps) hit(op string) error {
	f.calls[op]++
	for _, fault := range f.faults {
		if fault.op == op && fault.n == f.calls[op] {
			f.reached++
			return errDisk
		}
	}
	return nil
}

func (f *faultyOps) wrap(do fileOps) fileOps {
	one := func(op string, call func(string) error) func(string) error {
		return func(path string) error {
			if err := f.hit(op); err != nil {
				return err
			}
			return call(path)
		}
	}
	two := func(op string, call func(a, b string) error) func(a, b string) error {
		return func(a, b string) error {
			if err := f.hit(op); err != nil {
				return err
			}
			return call(a, b)
		}
	}
	bad := do
	bad.create = func(dir string) (*os.File, error) {
		if err := f.hit("create"); err != nil {
			return nil, err
		}
		return do.create(dir)
	}
	bad.write = func(file *os.File, p []byte) (int, error) {
		if err := f.hit("write"); err == nil {
			return do.write(file, p)
		}
		switch f.write {
		case "short":
			return do.write(file, p[:len(p)/2])
		case "lying":
			return do.write(file, append([]byte{p[0] ^ 1}, p[1:]...))
		}
		n, _ := do.write(file, p[:len(p)/2])
		return n, fmt.Errorf("injected: %w", syscall.ENOSPC)
	}
	bad.keep = func(file *os.File, like string) error {
		if err := f.hit("keep"); err != nil {
			return err
		}
		return do.keep(file, like)
	}
	bad.sync = func(file *os.File) error { return f.hit("sync") } // the disk itself is not tested here
	bad.close = func(file *os.File) error { return errors.Join(do.close(file), f.hit("close")) }
	bad.hash = func(path string) ([32]byte, error) {
		if err := f.hit("hash"); err != nil {
			return [32]byte{}, err
		}
		return do.hash(path)
	}
	bad.exchange = two("exchange", do.exchange)
	bad.rename = two("rename", do.rename)
	bad.remove = one("remove", do.remove)
	bad.mkdir = one("mkdir", func(dir string) error { return os.MkdirAll(dir, 0o755) })
	bad.syncDir = one("syncDir", func(string) error { return nil })
	return bad
}

var operations = []string{"create", "write", "keep", "sync", "close", "hash", "exchange", "rename", "remove", "mkdir", "syncDir"}

// TestReplaceSurvivesAnyFault makes each operation fail at each of its calls, on each kind of file system: the workbook is
// the old or the new one, whole; the error and Replaced say which; the old one is not gone; nothing is left lying about.
func TestReplaceSurvivesAnyFault(t *testing.T) {
	survived := 0
	for name, platform := range platforms {
		for _, op := range operations {
			for _, write := range []string{"error", "short", "lying"} {
				if op != "write" && write != "error" {
					continue
				}
				for n := 1; ; n++ {
					f := &faultyOps{faults: []fault{{op, n}}, write: write, calls: map[string]int{}}
					d := newDesk(t)
					done, err := platform(f.wrap(systemOps()), d).replace(d.book, d.before, d.after, d.backup)
					if f.reached == 0 {
						break
					}
					survived++
					checkFault(t, fmt.Sprintf("%s: %s %d (%s)", name, op, n, write), d, done, err, op == "remove")
				}
			}
		}
	}
	t.Logf("%d faults survived", survived)
	if survived < 80 {
		t.Errorf("only %d faults came about", survived)
	}
}

// TestReplaceSurvivesTwoFaults lets the way back fail too: after each first fault, each later call. Then more may be left
// lying about, but nothing is lost.
func TestReplaceSurvivesTwoFaults(t *testing.T) {
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survived := 0
			try := func(faults ...fault) *faultyOps {
				f := &faultyOps{faults: faults, calls: map[string]int{}}
				d := newDesk(t)
				done, err := platform(f.wrap(systemOps()), d).replace(d.book, d.before, d.after, d.backup)
				if f.reached == 2 {
					survived++
					checkFault(t, fmt.Sprint(faults), d, done, err, true)
				}
				return f
			}
			for _, first := range operations {
				for n := 1; ; n++ {
					f := try(fault{first, n})
					if f.reached == 0 {
						break
					}
					for second, calls := range f.calls {
						for m := 1; m <= calls; m++ {
							if second != first || m != n {
								try(fault{first, n}, fault{second, m})
							}
						}
					}
				}
			}
			t.Logf("%d pairs of faults survived", survived)
			if survived < 10 {
				t.Errorf("only %d pairs came about", survived)
			}
		})
	}
}

func checkFault(t *testing.T, what string, d *desk, done Replaced, err error, untidy bool) {
	t.Helper()
	beside, copies := files(t, d.dir), files(t, d.backup.Dir)
	book := beside["claims.xlsx"]
	delete(beside, "claims.xlsx")
	if done.Conflict != "" {
		if beside[filepath.Base(done.Conflict)] == "" {
			t.Errorf("%s: no conflict copy %s", what, done.Conflict)
		}
		delete(beside, filepath.Base(done.Conflict))
	}
	switch {
	case done.Written && book != newText, !done.Written && book != oldText:
		t.Errorf("%s: written %v, %v, but the workbook is %q", what, done.Written, err, book)
	case err == nil && !done.Written:
		t.Errorf("%s: not written, and no error", what)
	}
	if !untidy && len(beside) > 0 {
		t.Errorf("%s: %v; left behind: %v", what, err, beside)
	}
	for name := range beside {
		if !IsTransient(name) {
			t.Errorf("%s: left behind under a name that would be read: %s", what, name)
		}
	}
	if done.Backup != "" && copies[filepath.Base(done.Backup)] != oldText {
		t.Errorf("%s: the copy %s is not the old one: %v", what, done.Backup, copies)
	}
	if done.Written && d.backup.Dir != "" && done.Backup == "" && done.Conflict == "" {
		t.Errorf("%s: written, and the old one is nowhere", what)
	}
	if !untidy {
		for name := range copies {
			if name != filepath.Base(done.Backup) {
				t.Errorf("%s: %v; a copy %s is left behind", what, err, name)
			}
		}
	}
	if err != nil && !strings.Contains(err.Error(), "injected") && !strings.Contains(err.Error(), "read back the same") && !strings.Contains(err.Error(), "short write") && !errors.Is(err, ErrChanged) {
		t.Errorf("%s: the error does not tell the cause: %v", what, err)
	}
}
