package realparts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// beginAndStop begins a run and stops it when it has the right to write, and has not written yet.
func (d *desk) beginAndStop(t *testing.T) *running {
	t.Helper()
	before := sumOf(t, d.book())
	for range 50 {
		r := d.begin(t)
		t.Cleanup(func() { _ = r.Process.Kill() }) // a stopped one would stay; one that has ended does not mind
		mine := fmt.Sprintf("process %d,", r.Process.Pid)
		for holds := false; !holds && !isDone(r, 100*time.Microsecond); {
			data, _ := os.ReadFile(filepath.Join(d.state, "writing.lock.holder")) // perhaps not there yet
			holds = strings.Contains(string(data), mine)
		}
		if r.Process.Signal(syscall.SIGSTOP) == nil && !isDone(r, 50*time.Millisecond) {
			if sumOf(t, d.book()) == before {
				return r
			}
			check(t, r.Process.Signal(syscall.SIGCONT))
		}
		r.end(t) // it was faster
		check(t, os.RemoveAll(d.state))
		writeFile(t, d.book(), registerOf(t, firstRegister))
	}
	t.Fatal("no run could be stopped before it wrote")
	return nil
}

// isDone waits a while for the end of a run.
func isDone(r *running, wait time.Duration) bool {
	select {
	case <-r.done:
		return true
	case <-time.After(wait):
		return false
	}
}

// TestTwoRuns has two processes run on the same state at once: one writes after the other, and the end of one, whatever
// it is, lets the other go on.
func TestTwoRuns(t *testing.T) {
	long(t)
	const written, unchanged = "claims.xlsx written", "claims.xlsx unchanged"
	begin := func(t *testing.T) (d *desk, first, second *running) {
		t.Parallel()
		d = newDesk(t, registerOf(t, firstRegister))
		first = d.beginAndStop(t)
		second = d.begin(t)
		if isDone(second, 300*time.Millisecond) {
			t.Fatalf("the second does not wait for the first: %+v", second.end(t))
		}
		return d, first, second
	}
	sound := func(t *testing.T, d *desk) {
		d.wantSoundState(t)
		d.run(t).want(t, 0, unchanged)
		if others, copies := d.others(t), d.copies(t); len(others) > 0 || len(copies) != 1 {
			t.Errorf("%q stand beside the workbook, and the copies are %q", others, copies)
		}
	}
	t.Run("one after the other", func(t *testing.T) {
		d, first, second := begin(t)
		check(t, first.Process.Signal(syscall.SIGCONT))
		first.end(t).want(t, 0, written)
		second.end(t).want(t, 0, unchanged)
		sound(t, d)
	})
	t.Run("the first is killed", func(t *testing.T) {
		d, first, second := begin(t)
		check(t, first.Process.Kill())
		second.end(t).want(t, 0, written)
		first.end(t)
		sound(t, d)
	})
	t.Run("the second is killed", func(t *testing.T) {
		d, first, second := begin(t)
		check(t, second.Process.Kill())
		second.end(t)
		check(t, first.Process.Signal(syscall.SIGCONT))
		first.end(t).want(t, 0, written)
		sound(t, d)
	})
	t.Run("the second loses patience", func(t *testing.T) {
		d, first, second := begin(t)
		e := second.end(t)
		if e.code != 3 || e.stdout != "" || !strings.Contains(e.stderr, fmt.Sprintf("(regcert run, process %d, since ", first.Process.Pid)) {
			t.Errorf("exit code %d, and it does not name the first:\n%s%s", e.code, e.stderr, e.stdout)
		}
		check(t, first.Process.Signal(syscall.SIGCONT))
		first.end(t).want(t, 0, written)
		sound(t, d)
	})
}
