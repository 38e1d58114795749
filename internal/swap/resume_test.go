package swap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program that still holds the displaced file writes into it late: that is noticed, and what it wrote is kept beside
// the workbook.
func TestLateWriter(t *testing.T) {
	const late = oldText + ", and late"
	for _, platform := range []string{"exchange", "replace", "rename", "exchange across devices", "exchange, no copies", "rename, no copies"} {
		for when, after := range map[string]time.Duration{"within the grace": time.Minute, "at its end": Grace} {
			d := newDesk(t)
			do := platforms[platform](d)
			holder, err := os.OpenFile(d.book, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer holder.Close()
			if done, err := d.replace(do); err != nil || !done.Written {
				t.Fatalf("%s: %+v, %v", platform, done, err)
			}
			if told := d.resume(do, time.Second); len(told) > 0 {
				t.Errorf("%s: %+v", platform, told)
			}
			if _, err := holder.WriteString(", and late"); err != nil {
				t.Fatal(err)
			}
			told := d.resume(do, after)
			if len(told) != 1 || told[0].Broken || told[0].Path != d.book || told[0].Conflict == "" || told[0].Err != nil {
				t.Errorf("%s, %s: %+v", platform, when, told)
				continue
			}
			if got, err := os.ReadFile(told[0].Conflict); err != nil || string(got) != late {
				t.Errorf("%s, %s: %s holds %q, %v", platform, when, told[0].Conflict, got, err)
			}
			kept := filepath.Base(told[0].Conflict)
			if kept != "claims (conflicted copy regcert 2026-05-11 081200).xlsx" {
				t.Errorf("%s, %s: it is named %s", platform, when, kept)
			}
			if when == "within the grace" { // who has looked at it and deleted it does not get it again
				if err := os.Remove(told[0].Conflict); err != nil {
					t.Fatal(err)
				}
			}
			if told := d.resume(do, 2*Grace); len(told) > 0 || d.journal.states() != "settled" {
				t.Errorf("%s, %s: then %+v, %s", platform, when, told, d.journal.states())
			}
			d.expect(newText, kept)
		}
	}
}

// Who writes late may not have finished when the file is looked at: what is kept then is not the last word.
func TestLateWriterTakesTime(t *testing.T) {
	d := newDesk(t)
	holder, err := os.OpenFile(d.book, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if done, err := d.replace(system{}); err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	var kept []string
	for minute, text := range []string{", half", "", " and whole", ""} {
		if _, err := holder.WriteString(text); err != nil {
			t.Fatal(err)
		}
		for _, told := range d.resume(system{}, time.Duration(minute+1)*time.Minute) {
			kept = append(kept, filepath.Base(told.Conflict))
		}
	}
	d.resume(system{}, Grace)
	found := folder(t, d.dir)
	if len(kept) != 2 || found[kept[0]] != oldText+", half" || found[kept[1]] != oldText+", half and whole" || d.journal.states() != "settled" {
		t.Errorf("%q are kept of %v, %s", kept, found, d.journal.states())
	}
}

// Where a clock was set back, the grace is over rather than without end.
func TestGraceAndClocks(t *testing.T) {
	d := newDesk(t)
	if _, err := d.replace(system{}); err != nil {
		t.Fatal(err)
	}
	if told := d.resume(system{}, -time.Hour); len(told) > 0 || d.journal.states() != "settled" {
		t.Errorf("%+v, %s", told, d.journal.states())
	}
}

// What cannot be finished now stays for later, and says so.
func TestResumeTriesAgain(t *testing.T) {
	d := newDesk(t)
	broken := errors.New("broken off")
	d.journal.fail = func(op string) error {
		if op == "conclude" {
			return broken
		}
		return nil
	}
	if done, err := d.replace(system{}); !errors.Is(err, broken) || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	for range 2 {
		if told := d.resume(system{}, time.Second); len(told) != 1 || !errors.Is(told[0].Err, broken) || !told[0].Broken {
			t.Errorf("%+v", told)
		}
	}
	d.journal.fail = nil
	if told := d.resume(system{}, time.Second); len(told) != 1 || told[0].Err != nil || !told[0].Broken || !told[0].Written {
		t.Errorf("%+v", told)
	}
	d.expect(newText)
	d.journal.fail = func(string) error { return broken }
	if _, err := d.swapper(system{}).Resume(t.Context(), replacedAt); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// A file that is away when a process starts is not brought back while somebody is saving it.
func TestResumeWaitsForASave(t *testing.T) {
	d := newDesk(t)
	codes := []syscall.Errno{0, 1177}
	// The replacement stops half-way, and cannot go back.
	if _, err := d.replace(faulty{files: likeWindows{system{}, &codes}, hit: func(op string) error {
		if _, err := os.Stat(d.book); op == "renameNew" && err != nil {
			return errDisk
		}
		return nil
	}}); err == nil {
		t.Fatal("it went well")
	}
	s := d.swapper(likeWindows{system{}, new([]syscall.Errno)})
	waited := 0
	s.pause = func() { waited++; d.saveOver("saved") }
	told, err := s.Resume(t.Context(), replacedAt.Add(time.Second))
	if err != nil || waited != 1 || len(told) != 1 || told[0].Err != nil {
		t.Errorf("%+v, %v, waited %d times", told, err, waited)
	}
	d.expect("saved")
	if copies := folder(t, d.backup.Dir); len(copies) != 1 {
		t.Errorf("what was the workbook is not kept: %v", copies)
	}
}

// A share that is not there just now is no workbook that is gone: what was left unfinished on it waits.
func TestResumeWaitsForAShare(t *testing.T) {
	for _, state := range []State{Intended, Placed} {
		d := newDesk(t)
		do := acrossDevices{system{}, d.dir} // the displaced file stays on the share
		if done, err := d.replace(do); err != nil || !done.Written {
			t.Fatalf("%+v, %v", done, err)
		}
		d.journal.intents[0].State = state
		elsewhere := filepath.Join(filepath.Dir(d.dir), "elsewhere")
		if err := os.Rename(d.dir, elsewhere); err != nil {
			t.Fatal(err)
		}
		for _, mountPoint := range []bool{false, true} {
			if mountPoint {
				if err := os.Mkdir(d.dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if told := d.resume(do, 29*24*time.Hour); len(told) > 0 || d.journal.states() != string(state) {
				t.Errorf("%s, away: %+v, %s", state, told, d.journal.states())
			}
		}
		if err := errors.Join(os.Remove(d.dir), os.Rename(elsewhere, d.dir)); err != nil {
			t.Fatal(err)
		}
		d.resume(do, 29*24*time.Hour)
		if d.journal.states() != "settled" {
			t.Errorf("%s, back: %s", state, d.journal.states())
		}
		d.expect(newText)
	}
	// What never comes back is forgotten one day.
	d := newDesk(t)
	if _, err := d.replace(system{}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(d.dir); err != nil {
		t.Fatal(err)
	}
	if told := d.resume(system{}, 30*24*time.Hour); len(told) > 0 || d.journal.states() != "settled" {
		t.Errorf("%+v, %s", told, d.journal.states())
	}
}

// diskMemo is a journal in a file, one JSON line a record, for a process that is killed.
type diskMemo struct{ path string }

func (m diskMemo) add(record any) error {
	file, err := os.OpenFile(m.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	return json.NewEncoder(file).Encode(record)
}

func (m diskMemo) Intend(_ context.Context, i Intent) (int64, error) {
	i.ID = 1
	return 1, m.add(i)
}

func (m diskMemo) Conclude(_ context.Context, _ int64, state State, _ Kept) error {
	return m.add(map[string]any{"State": state})
}

func (m diskMemo) Pending(context.Context) ([]Intent, error) {
	file, err := os.Open(m.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var i Intent
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if err := json.Unmarshal(lines.Bytes(), &i); err != nil {
			return nil, err
		}
	}
	if i.State != Intended && i.State != Placed {
		return nil, nil
	}
	return []Intent{i}, nil
}

// TestKilledAtEveryStep kills a process of its own at each operation of a replacement (SIGKILL: nothing runs any more),
// on each kind of file system. The workbook is the old or the new one, whole, and the next process puts all in order.
func TestKilledAtEveryStep(t *testing.T) {
	const variable = "REGCERT_TEST_KILLED"
	if os.Getenv(variable) != "" {
		replaceAndDie(t, os.Getenv(variable))
		return
	}
	survived := 0
	for _, platform := range []string{"exchange", "replace", "rename", "exchange across devices", "rename across devices"} {
		for n := 1; ; n++ {
			d := newDesk(t)
			cmd := exec.Command(os.Args[0], "-test.run=^TestKilledAtEveryStep$", "-test.count=1")
			cmd.Env = append(os.Environ(), variable+"="+fmt.Sprintf("%s|%d|%s", platform, n, filepath.Dir(d.dir)))
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if err == nil {
				break // it came to its end
			}
			if !errors.As(err, &exit) || exit.Success() || strings.Contains(string(out), "--- FAIL") {
				t.Fatalf("%s, %d: %v\n%s", platform, n, err, out)
			}
			survived++
			d.afterTheKill(fmt.Sprintf("%s, killed at %d", platform, n), platforms[platform](d))
		}
	}
	fmt.Printf("%d kills survived\n", survived)
	if survived < 100 {
		t.Errorf("only %d kills", survived)
	}
}

// replaceAndDie replaces the workbook of the desk in the folder, and dies before the nth operation.
func replaceAndDie(t *testing.T, what string) {
	part := strings.SplitN(what, "|", 3)
	var n int
	fmt.Sscan(part[1], &n)
	d := newDesk(t)
	d.dir = filepath.Join(part[2], "Registers")
	d.book = filepath.Join(d.dir, "claims.xlsx")
	d.backup.Dir = filepath.Join(part[2], "backups", "claims")
	s := New(diskMemo{filepath.Join(part[2], "journal")})
	s.do = faulty{files: platforms[part[0]](d), hit: func(string) error {
		if n--; n == 0 {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				t.Fatal(err)
			}
			select {}
		}
		return nil
	}}
	if done, err := s.Replace(t.Context(), d.order()); err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
}

func (d *desk) afterTheKill(what string, do files) {
	d.t.Helper()
	book := folder(d.t, d.dir)["claims.xlsx"]
	if book != oldText && book != newText {
		d.t.Errorf("%s: the workbook is %q", what, book)
	}
	journal := diskMemo{filepath.Join(filepath.Dir(d.dir), "journal")}
	for _, after := range []time.Duration{0, Grace} {
		s := d.swapper(before(do, nil))
		s.journal = journal
		told, err := s.Resume(d.t.Context(), replacedAt.Add(after))
		if err != nil || len(told) > 1 || len(told) == 1 && (told[0].Err != nil || after > 0) {
			d.t.Errorf("%s: %+v, %v", what, told, err)
		}
	}
	left := folder(d.t, d.dir)
	if left["claims.xlsx"] != book {
		d.t.Errorf("%s: the workbook was %q and is %q", what, book, left["claims.xlsx"])
	}
	delete(left, "claims.xlsx")
	for name := range left {
		if !strings.HasPrefix(name, probePrefix) {
			d.t.Errorf("%s: left behind: %s", what, name)
		}
	}
	if book == newText && folder(d.t, d.backup.Dir)[filepath.Base(d.backup.path(d.book, d.before))] != oldText {
		d.t.Errorf("%s: the old version is nowhere", what)
	}
	if pending, err := journal.Pending(d.t.Context()); len(pending) > 0 || err != nil {
		d.t.Errorf("%s: pending %+v, %v", what, pending, err)
	}
}
