package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const oldText, newText = "the old workbook", "the new workbook, which is longer"

var replacedAt = time.Date(2026, 5, 11, 8, 12, 0, 123e6, time.UTC)

// desk is a folder with one workbook in it, and one for copies.
type desk struct {
	t              testing.TB
	dir, book      string
	backup         Backup
	before         [32]byte
	after, content []byte
}

func newDesk(t testing.TB) *desk {
	root := t.TempDir()
	d := &desk{t: t, dir: filepath.Join(root, "Registers"), content: []byte(oldText), after: []byte(newText)}
	d.book = filepath.Join(d.dir, "claims.xlsx")
	d.backup = Backup{Dir: filepath.Join(root, "backups", "claims"), Keep: 3, At: replacedAt}
	d.before = sha256.Sum256(d.content)
	if err := os.Mkdir(d.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d.save(d.book, oldText)
	return d
}

func (d *desk) save(path, text string) {
	d.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// files are the files of a folder with their content.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = string(data)
	}
	return found
}

// expect holds that the workbook has that text and stands alone in its folder, but for other files named.
func (d *desk) expect(text string, others ...string) {
	d.t.Helper()
	found := files(d.t, d.dir)
	if found["claims.xlsx"] != text {
		d.t.Errorf("the workbook is %q, want %q", found["claims.xlsx"], text)
	}
	for _, name := range append(others, "claims.xlsx") {
		delete(found, name)
	}
	if len(found) > 0 {
		d.t.Errorf("left behind: %v", found)
	}
}

// withoutExchange is a file system like CIFS.
func withoutExchange(do fileOps) fileOps {
	do.exchange = func(a, b string) error { return errors.ErrUnsupported }
	return do
}

// acrossDevices is a folder of copies on another file system than the workbook.
func acrossDevices(do fileOps, d *desk) fileOps {
	rename := do.rename
	do.rename = func(from, to string) error {
		if filepath.Dir(from) == d.dir && filepath.Dir(to) != d.dir {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: errors.New("invalid cross-device link")}
		}
		return rename(from, to)
	}
	return do
}

// platforms are the ways a replacement can go.
var platforms = map[string]func(fileOps, *desk) fileOps{
	"as it is":         func(do fileOps, d *desk) fileOps { return do },
	"no exchange":      func(do fileOps, d *desk) fileOps { return withoutExchange(do) },
	"across devices":   acrossDevices,
	"neither":          func(do fileOps, d *desk) fileOps { return withoutExchange(acrossDevices(do, d)) },
	"no backup":        func(do fileOps, d *desk) fileOps { d.backup = Backup{}; return do },
	"no backup, plain": func(do fileOps, d *desk) fileOps { d.backup = Backup{}; return withoutExchange(do) },
}

func TestReplace(t *testing.T) {
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if err := os.Chmod(d.book, 0o640); err != nil {
				t.Fatal(err)
			}
			do := platform(systemOps(), d)
			done, err := do.replace(d.book, d.before, d.after, d.backup)
			if err != nil || !done.Written || done.Conflict != "" {
				t.Fatalf("%+v, %v", done, err)
			}
			d.expect(newText)
			info, err := os.Stat(d.book)
			if err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if d.backup.Dir == "" {
				if done.Backup != "" {
					t.Errorf("a copy at %s", done.Backup)
				}
				return
			}
			copies := files(t, d.backup.Dir)
			if len(copies) != 1 || copies[filepath.Base(done.Backup)] != oldText || filepath.Dir(done.Backup) != d.backup.Dir {
				t.Errorf("copies %v, said %s", copies, done.Backup)
			}
			if base := filepath.Base(done.Backup); !strings.HasPrefix(base, "20260511T081200.123Z-") || filepath.Ext(base) != ".xlsx" {
				t.Errorf("copy named %s", base)
			}
		})
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
		}, oldText, []string{"~$claims.xlsx"}, true, "open by Jane Smith since "},
		"open in LibreOffice": {func(d *desk) { d.save(filepath.Join(d.dir, ".~lock.claims.xlsx#"), ",js,,01.02.2026 09:12,;") },
			oldText, []string{".~lock.claims.xlsx#"}, true, "open by js since 01/02/2026 09:12"},
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
			done, err := Replace(d.book, d.before, d.after, d.backup)
			if done != (Replaced{}) || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || Deferred(err) != c.deferred {
				t.Errorf("%+v, %v (deferred %v); want %q", done, err, Deferred(err), c.want)
			}
			d.expect(c.text, c.others...)
			if now, err := os.Stat(d.book); err != nil || !now.ModTime().Equal(info.ModTime()) || !os.SameFile(now, info) {
				t.Errorf("the file is another, or has another time: %v", err)
			}
		})
	}
	d := newDesk(t)
	if err := os.Remove(d.book); err != nil {
		t.Fatal(err)
	}
	if _, err := Replace(d.book, d.before, d.after, d.backup); !Deferred(err) {
		t.Errorf("a workbook that is not there for a moment: %v", err)
	}
	if _, err := Replace(d.dir, d.before, d.after, d.backup); err == nil || Deferred(err) {
		t.Errorf("a folder: %v", err)
	}
}

func TestReplaceFollowsLinks(t *testing.T) {
	d := newDesk(t)
	link := filepath.Join(filepath.Dir(d.dir), "link.xlsx")
	if err := os.Symlink(d.book, link); err != nil {
		t.Skip(err)
	}
	lock := filepath.Join(d.dir, "~$claims.xlsx")
	d.save(lock, "")
	if _, err := Replace(link, d.before, d.after, d.backup); !Deferred(err) {
		t.Errorf("open under its own name: %v", err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if done, err := Replace(link, d.before, d.after, d.backup); err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	d.expect(newText)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is a file now")
	}
}

// Somebody saves at the worst of moments: immediately before an exchange. The version saved last is the workbook, and no
// version is gone.
func TestReplaceMeetsASave(t *testing.T) {
	saves := func(d *desk, do fileOps, at ...int) fileOps {
		exchange, n := do.exchange, 0
		do.exchange = func(a, b string) error {
			n++
			for _, when := range at {
				if n == when {
					temp := filepath.Join(d.dir, "excel.tmp")
					d.save(temp, "saved "+string(rune('0'+n)))
					if err := os.Rename(temp, d.book); err != nil {
						t.Fatal(err)
					}
				}
			}
			return exchange(a, b)
		}
		return do
	}
	for name, c := range map[string]struct {
		at       []int
		text     string
		conflict string
	}{
		"once":             {[]int{1}, "saved 1", ""},
		"again on the way": {[]int{1, 2}, "saved 2", "saved 1"},
		"and again":        {[]int{1, 2, 3}, "saved 3", "saved 2"}, // the third save itself displaced the first
		"all the time":     {[]int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "saved 9", "saved 8"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if err := systemOps().exchange(d.book, d.book); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("no exchange here")
			}
			done, err := saves(d, systemOps(), c.at...).replace(d.book, d.before, d.after, d.backup)
			if !errors.Is(err, ErrChanged) || done.Written {
				t.Fatalf("%+v, %v", done, err)
			}
			if c.conflict == "" {
				d.expect(c.text)
				return
			}
			d.expect(c.text, filepath.Base(done.Conflict))
			if got := files(t, d.dir)[filepath.Base(done.Conflict)]; got != c.conflict || !IsTransient(filepath.Base(done.Conflict)) {
				t.Errorf("conflict copy %s holds %q, want %q", done.Conflict, got, c.conflict)
			}
		})
	}

	// Without an exchange the last look is before the rename: a save is noticed while the new version is made, and while
	// the copy is.
	for name, save := range map[string]func(d *desk, do fileOps) fileOps{
		"made": func(d *desk, do fileOps) fileOps {
			keep := do.keep
			do.keep = func(file *os.File, like string) error {
				d.save(d.book, "saved")
				return keep(file, like)
			}
			return do
		},
		"copied": func(d *desk, do fileOps) fileOps {
			rename := do.rename
			do.rename = func(from, to string) error {
				if filepath.Dir(to) == d.backup.Dir {
					d.save(d.book, "saved")
				}
				return rename(from, to)
			}
			return do
		},
	} {
		d := newDesk(t)
		done, err := save(d, withoutExchange(systemOps())).replace(d.book, d.before, d.after, d.backup)
		if !errors.Is(err, ErrChanged) || done != (Replaced{}) {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
		d.expect("saved")
		if copies := files(t, d.backup.Dir); len(copies) > 0 {
			t.Errorf("%s: copies %v", name, copies)
		}
	}
}

// A program that still holds the old file writes into the copy.
func TestReplaceKeepsWhatIsWrittenLate(t *testing.T) {
	d := newDesk(t)
	holder, err := os.OpenFile(d.book, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	done, err := Replace(d.book, d.before, d.after, d.backup)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.WriteString(", and late"); err != nil {
		t.Fatal(err)
	}
	d.expect(newText)
	if got, err := os.ReadFile(done.Backup); err != nil || string(got) != oldText+", and late" {
		t.Skipf("the file system has no exchange, or the write is lost: %q, %v", got, err)
	}
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
	for i, text := range []string{"two", "three", "four", "five", "six"} {
		data, sum, err := Read(d.book, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		d.backup.At = replacedAt.Add(time.Duration(i) * time.Millisecond)
		done, err := Replace(d.book, sum, []byte(text), d.backup)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(done.Backup); err != nil || !bytes.Equal(got, data) {
			t.Errorf("copy %d holds %q, %v", i, got, err)
		}
	}
	found := files(t, d.backup.Dir)
	for _, name := range others {
		if found[name] != name {
			t.Errorf("%s is gone", name)
		}
		delete(found, name)
	}
	kept := map[string]bool{}
	for _, text := range found {
		kept[text] = true
	}
	if len(found) != 3 || !kept["three"] || !kept["four"] || !kept["five"] {
		t.Errorf("copies %v", found)
	}
}
