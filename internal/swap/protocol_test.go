package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestReplace(t *testing.T) {
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if err := os.Chmod(d.book, 0o640); err != nil {
				t.Fatal(err)
			}
			do := platform(d)
			done, err := d.replace(do)
			if err != nil || !done.Written || done.Conflict != "" || done.Backup != d.backup.path(d.book, d.before) {
				t.Fatalf("%+v, %v", done, err)
			}
			info, err := os.Stat(d.book)
			if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if copies := folder(t, d.backup.Dir); d.backup.Dir != "" && (len(copies) != 1 || copies[filepath.Base(done.Backup)] != oldText) {
				t.Errorf("copies %v, said %s", copies, done.Backup)
			}
			if got := d.journal.states(); got != "placed" {
				t.Errorf("the journal says %s", got)
			}

			// What was displaced is kept until Grace is over, and nothing stays behind then.
			if told := d.resume(do, Grace-time.Second); len(told) > 0 || d.journal.states() != "placed" {
				t.Errorf("within the grace: %+v, %s", told, d.journal.states())
			}
			if told := d.resume(do, Grace); len(told) > 0 || d.journal.states() != "settled" {
				t.Errorf("after it: %+v, %s", told, d.journal.states())
			}
			d.expect(newText)
		})
	}
}

// The intent names everything that the next process has to know.
func TestIntent(t *testing.T) {
	d := newDesk(t)
	o := d.order()
	o.Changes = []Change{{"Claims", "Claim Status", 12}}
	if _, err := d.swapper(system{}).Replace(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	got := d.journal.intents[0]
	stem := filepath.Join(d.dir, ".regcert-20260511T081200.123Z-")
	if got.Path != d.book || got.Before != d.before || got.After != sha256.Sum256(d.after) || !strings.HasPrefix(got.Temp, stem) || !IsTransient(filepath.Base(got.Temp)) ||
		!strings.HasPrefix(filepath.Base(got.Backup), "20260511T081200.123Z-") || filepath.Ext(got.Backup) != ".xlsx" ||
		!got.At.Equal(replacedAt) || got.Reason != "run" || len(got.Changes) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestReplaceLeavesAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		prepare  func(d *desk)
		text     string
		others   []string
		deferred bool
		want     string // in the error, "" for none
	}{
		"nothing changed": {func(d *desk) { d.after = d.content }, oldText, nil, false, ""},
		"saved since":     {func(d *desk) { d.save(d.book, "staff's") }, "staff's", nil, true, "changed since it was read"},
		"open in Excel": {func(d *desk) {
			write(d.t.(*testing.T), filepath.Join(d.dir, "~$claims.xlsx"), ownerFile("Jane Smith", "Jane Smith"))
		}, oldText, []string{"~$claims.xlsx"}, true, "open in Excel since "},
		"open in LibreOffice": {func(d *desk) { d.save(filepath.Join(d.dir, ".~lock.claims.xlsx#"), ",js,,01.02.2026 09:12,;") },
			oldText, []string{".~lock.claims.xlsx#"}, true, "open in LibreOffice since 01/02/2026 09:12"},
		"write-protected": {func(d *desk) {
			if err := os.Chmod(d.book, 0o444); err != nil {
				d.t.Fatal(err)
			}
		}, oldText, nil, false, "write-protected"},
		"two names": {func(d *desk) {
			if err := os.Link(d.book, filepath.Join(d.dir, "copy.xlsx")); err != nil {
				d.t.Skip(err)
			}
		}, oldText, []string{"copy.xlsx"}, false, "hard links"},
		"no folder for copies": {func(d *desk) { d.save(filepath.Dir(d.backup.Dir), "a file") }, oldText, nil, false, "copy"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c.prepare(d)
			info, err := os.Stat(d.book)
			if err != nil {
				t.Fatal(err)
			}
			done, err := d.replace(system{})
			if done != (Replaced{}) || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || Deferred(err) != c.deferred {
				t.Errorf("%+v, %v (deferred %v); want %q", done, err, Deferred(err), c.want)
			}
			if err != nil && strings.Contains(err.Error(), "Jane") {
				t.Errorf("the error names a person: %v", err)
			}
			d.expect(c.text, c.others...)
			if now, err := os.Stat(d.book); err != nil || !now.ModTime().Equal(info.ModTime()) || !os.SameFile(now, info) {
				t.Errorf("the file is another, or has another time: %v", err)
			}
			if len(d.journal.intents) > 0 {
				t.Errorf("the journal says %s", d.journal.states())
			}
		})
	}
	d := newDesk(t)
	if err := os.Remove(d.book); err != nil {
		t.Fatal(err)
	}
	if _, err := d.replace(system{}); !Deferred(err) {
		t.Errorf("a workbook that is not there for a moment: %v", err)
	}
	o := d.order()
	o.Path = d.dir
	if _, err := d.swapper(system{}).Replace(t.Context(), o); err == nil || Deferred(err) {
		t.Errorf("a folder: %v", err)
	}
}

func TestReplaceFollowsLinks(t *testing.T) {
	d := newDesk(t)
	link := filepath.Join(filepath.Dir(d.dir), "link.xlsx")
	if err := os.Symlink(d.book, link); err != nil {
		t.Skip(err)
	}
	o := d.order()
	o.Path = link
	for _, lock := range []string{filepath.Join(d.dir, "~$claims.xlsx"), filepath.Join(filepath.Dir(d.dir), "~$link.xlsx")} {
		d.save(lock, "")
		if _, err := d.swapper(system{}).Replace(t.Context(), o); !Deferred(err) {
			t.Errorf("with %s: %v", lock, err)
		}
		if err := os.Remove(lock); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := d.swapper(system{}).Replace(t.Context(), o); err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	d.expect(newText)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is a file now")
	}
}

// before has something done immediately before the nth call of an operation.
func before(do files, what map[string]func(n int)) files {
	calls := map[string]int{}
	return faulty{files: do, hit: func(op string) error {
		calls[op]++
		if act := what[op]; act != nil {
			act(calls[op])
		}
		return nil
	}}
}

// Somebody saves at the worst of moments: immediately before the exchange. The version saved last is the workbook, and
// no version is gone.
func TestReplaceMeetsASave(t *testing.T) {
	for name, c := range map[string]struct {
		at       []int // before these exchanges; the first is the probe's
		text     string
		conflict string
	}{
		"once":             {[]int{2}, "saved 2", ""},
		"again on the way": {[]int{2, 3}, "saved 3", "saved 2"},
		"and again":        {[]int{2, 3, 4}, "saved 4", "saved 3"}, // the third save itself displaced the first
		"all the time":     {[]int{2, 3, 4, 5, 6, 7, 8, 9}, "saved 9", "saved 8"},
	} {
		for platform, op := range map[string]string{"exchange": "exchange", "replace": "replaceFile"} {
			t.Run(name+", "+platform, func(t *testing.T) {
				d := newDesk(t)
				do := platforms[platform](d)
				if way, err := probe(do, d.dir); err != nil || platform == "exchange" && way != Exchange {
					t.Skip("no exchange here")
				}
				done, err := d.replace(before(do, map[string]func(int){op: func(n int) {
					if slices.Contains(c.at, n) {
						d.saveOver(fmt.Sprintf("saved %d", n))
					}
				}}))
				if !errors.Is(err, ErrChanged) || done.Written {
					t.Fatalf("%+v, %v", done, err)
				}
				if got := d.journal.states(); got != "undone" {
					t.Errorf("the journal says %s", got)
				}
				if c.conflict == "" {
					d.expect(c.text)
					return
				}
				d.expect(c.text, filepath.Base(done.Conflict))
				if got := folder(t, d.dir)[filepath.Base(done.Conflict)]; got != c.conflict || filepath.Base(done.Conflict) != "claims (conflicted copy regcert 2026-05-11 081200).xlsx" {
					t.Errorf("conflict copy %s holds %q, want %q", done.Conflict, got, c.conflict)
				}
				if !strings.Contains(err.Error(), done.Conflict) {
					t.Errorf("the error does not name the copy: %v", err)
				}
			})
		}
	}
}

// Without an exchange the last look is before the rename: a save is noticed until then.
func TestRenameMeetsASave(t *testing.T) {
	for _, platform := range []string{"rename", "rename, one name"} {
		for op, nth := range map[string]int{"keep": 1, "link": 1, "look": 2} {
			d := newDesk(t)
			done, err := d.replace(before(platforms[platform](d), map[string]func(int){op: func(n int) {
				if n == nth {
					d.saveOver("saved")
				}
			}}))
			if !errors.Is(err, ErrChanged) || done.Written || done.Conflict != "" {
				t.Errorf("%s, %s: %+v, %v", platform, op, done, err)
			}
			d.expect("saved")
		}
	}
	// What is written into the file itself is noticed even after the rename.
	d := newDesk(t)
	done, err := d.replace(before(renaming{system{}}, map[string]func(int){"rename": func(int) { d.save(d.book, "saved") }}))
	if !errors.Is(err, ErrChanged) || done.Written {
		t.Errorf("%+v, %v", done, err)
	}
	d.expect("saved")
}

// ReplaceFile's errors leave the file as it was; after the last of them it has to be put back.
func TestReplaceFileErrors(t *testing.T) {
	for code, want := range map[syscall.Errno]string{1175: "replace", 1176: "replace", 1177: "moved aside", 5: "replace", 32: "it is open"} {
		for _, shared := range []bool{false, true} {
			d := newDesk(t)
			codes := []syscall.Errno{0, code} // the probe's call is the first
			var do files = likeWindows{system{}, &codes}
			if shared {
				do = acrossDevices{do, d.dir}
			}
			done, err := d.replace(do)
			if err == nil || !strings.Contains(err.Error(), want) || done != (Replaced{}) {
				t.Errorf("%d: %+v, %v", code, done, err)
			}
			if Deferred(err) != (code == 32) {
				t.Errorf("%d: deferred %v", code, Deferred(err))
			}
			d.expect(oldText)
			if len(folder(t, d.backup.Dir)) > 0 || d.journal.states() != "undone" {
				t.Errorf("%d: copies, or %s", code, d.journal.states())
			}
		}
	}
	// Half-way, and it cannot be put back at once; or somebody saves into the gap.
	for name, save := range map[string]bool{"not put back": false, "saved into the gap": true} {
		d := newDesk(t)
		done, err := d.replace(faulty{files: likeWindows{system{}, &[]syscall.Errno{0, 1177}}, hit: func(op string) error {
			if _, err := os.Stat(d.book); op != "renameNew" || !errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if save {
				d.saveOver("saved")
				return nil
			}
			return errDisk
		}})
		if err == nil || done.Written {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
		told := d.resume(likeWindows{system{}, new([]syscall.Errno)}, time.Second)
		if save {
			d.expect("saved")
			continue
		}
		d.expect(oldText)
		if len(told) != 1 || !told[0].Broken || told[0].Written || told[0].Err != nil {
			t.Errorf("%s: %+v", name, told)
		}
	}
}

// A share that takes the old file away before it fails gets the new one under its name.
func TestShareThatRemovesFirst(t *testing.T) {
	d := newDesk(t)
	do := before(renaming{system{}}, nil).(faulty)
	tries := 0
	do.hit = func(op string) error {
		if op == "rename" {
			if tries++; tries == 1 {
				return errors.Join(os.Remove(d.book), errDisk)
			}
		}
		return nil
	}
	if done, err := d.replace(do); err != nil || !done.Written {
		t.Errorf("%+v, %v", done, err)
	}
	d.resume(do, Grace)
	d.expect(newText)
}

func TestBackupsAreCounted(t *testing.T) {
	d := newDesk(t)
	if err := os.MkdirAll(d.backup.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	others := []string{"notes.txt", "claims.xlsx", "20260511T081200.123Z-1a2b3c4d5.xlsx", "20261311T081200.123Z-1a2b3c4d.xlsx", "20260511T081200.123Z-1a2b3c4x.xlsx"}
	for _, name := range others {
		d.save(filepath.Join(d.backup.Dir, name), name)
	}
	put := func(text string, at time.Duration) {
		t.Helper()
		data, sum, err := Read(d.book, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		d.before, d.after, d.backup.At = sum, []byte(text), replacedAt.Add(at)
		done, err := d.replace(system{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(done.Backup); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: the copy holds %q, %v", text, got, err)
		}
	}
	wantCopies := func(want ...string) {
		t.Helper()
		found := folder(t, d.backup.Dir)
		for _, name := range others {
			if found[name] != name {
				t.Errorf("%s is gone", name)
			}
			delete(found, name)
		}
		copies, err := d.backup.Copies()
		if err != nil || len(copies) != len(found) {
			t.Errorf("%d copies are listed, %d are there: %v", len(copies), len(found), err)
		}
		if got := slices.Sorted(maps.Values(found)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("copies %q, want %q", got, want)
		}
	}
	for i, text := range []string{"two", "three", "four", "five", "six"} {
		put(text, time.Duration(i)*Grace)
	}
	wantCopies("three", "four", "five")
	for i, text := range []string{"seven", "eight", "nine"} { // the copies that may still be written into stay
		put(text, 4*Grace+time.Duration(i)*time.Second)
	}
	wantCopies("five", "six", "seven", "eight")
	put("ten", 6*Grace)
	wantCopies("seven", "eight", "nine")
}
