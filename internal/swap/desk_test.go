package swap

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const oldText, newText = "the old workbook", "the new workbook, which is longer"

var replacedAt = time.Date(2026, 5, 11, 8, 12, 0, 123e6, time.UTC)

// missing skips a test for want of something, unless nothing may be skipped.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
		t.Fatalf("there is not %s", what)
	}
	t.Skipf("there is not %s", what)
}

// memo is a journal in memory. What it is given is as durable as the test itself.
type memo struct {
	mu      sync.Mutex
	intents []Intent
	fail    func(op string) error // nil: nothing fails
}

func (m *memo) hit(op string) error {
	if m.fail == nil {
		return nil
	}
	return m.fail(op)
}

func (m *memo) Intend(_ context.Context, i Intent) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.hit("intend"); err != nil {
		return 0, err
	}
	i.ID = int64(len(m.intents) + 1)
	i.At = i.At.In(time.FixedZone("elsewhere", 5*3600)) // a journal need not keep the zone
	m.intents = append(m.intents, i)
	return i.ID, nil
}

func (m *memo) Conclude(_ context.Context, id int64, state State, kept Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.hit("conclude"); err != nil {
		return err
	}
	m.intents[id-1].State = state
	if kept.Path != "" {
		m.intents[id-1].Kept = kept
	}
	return nil
}

func (m *memo) Pending(context.Context) ([]Intent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.hit("pending"); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(m.intents), func(i Intent) bool { return i.State != Intended && i.State != Placed }), nil
}

func (m *memo) states() string {
	text := ""
	for _, i := range m.intents {
		text += " " + string(i.State)
	}
	return strings.TrimSpace(text)
}

// desk is a folder with one workbook in it, and one for copies.
type desk struct {
	t              testing.TB
	dir, book      string
	backup         Backup
	before         Sum
	after, content []byte
	journal        *memo
}

func newDesk(t testing.TB) *desk {
	root := t.TempDir()
	d := &desk{t: t, dir: filepath.Join(root, "Registers"), content: []byte(oldText), after: []byte(newText), journal: &memo{}}
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

// saveOver saves as programs do that write a new file and rename it.
func (d *desk) saveOver(text string) {
	d.t.Helper()
	temp := filepath.Join(d.dir, "excel.tmp")
	d.save(temp, text)
	if err := os.Rename(temp, d.book); err != nil {
		d.t.Fatal(err)
	}
}

// swapper works with the operations given; their way is probed once for all, so that it is always the same calls that
// tests count.
func (d *desk) swapper(do files) *Swapper {
	d.t.Helper()
	s := New(d.journal)
	s.do, s.pause = do, func() {}
	return s
}

func (d *desk) replace(do files) (Replaced, error) {
	d.t.Helper()
	return d.swapper(do).Replace(d.t.Context(), d.order())
}

func (d *desk) order() Order {
	return Order{Path: d.book, Before: d.before, After: d.after, Backup: d.backup, Reason: "run"}
}

// resume does what the next process does first.
func (d *desk) resume(do files, after time.Duration) []Resumed {
	d.t.Helper()
	resumed, err := d.swapper(do).Resume(d.t.Context(), replacedAt.Add(after))
	if err != nil {
		d.t.Fatal(err)
	}
	return resumed
}

// folder is the files of a folder with their content.
func folder(t testing.TB, dir string) map[string]string {
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
	found := folder(d.t, d.dir)
	if found["claims.xlsx"] != text {
		d.t.Errorf("the workbook is %q, want %q", found["claims.xlsx"], text)
	}
	for _, name := range append(others, "claims.xlsx") {
		delete(found, name)
	}
	if len(found) > 0 {
		d.t.Errorf("there are also %v", found)
	}
}

// A platform is what a file system can do, and what it cannot.
var platforms = map[string]func(d *desk) files{
	"exchange":                func(*desk) files { return system{} },
	"replace":                 func(*desk) files { return likeWindows{system{}, new([]syscall.Errno)} },
	"rename":                  func(*desk) files { return renaming{system{}} },
	"rename, one name":        func(*desk) files { return oneName{renaming{system{}}} },
	"exchange across devices": func(d *desk) files { return acrossDevices{system{}, d.dir} },
	"replace across devices":  func(d *desk) files { return acrossDevices{likeWindows{system{}, new([]syscall.Errno)}, d.dir} },
	"rename across devices":   func(d *desk) files { return oneName{acrossDevices{renaming{system{}}, d.dir}} },
	"exchange, no copies":     func(d *desk) files { d.backup = Backup{At: replacedAt}; return system{} },
	"rename, no copies":       func(d *desk) files { d.backup = Backup{At: replacedAt}; return renaming{system{}} },
}

// renaming is a file system without an exchange.
type renaming struct{ files }

func (renaming) exchange(a, b string) error { return errors.ErrUnsupported }

func (renaming) replaceFile(path, in, out string) error { return errors.ErrUnsupported }

// oneName is one on which a file has one name only.
type oneName struct{ files }

func (oneName) link(from, to string) error { return syscall.ENOTSUP }

// acrossDevices has the workbook on another device than its copies.
type acrossDevices struct {
	files
	dir string
}

func (a acrossDevices) rename(from, to string) error {
	if (filepath.Dir(from) == a.dir) != (filepath.Dir(to) == a.dir) {
		return syscall.EXDEV
	}
	return a.files.rename(from, to)
}

func (a acrossDevices) renameNew(from, to string) error {
	if (filepath.Dir(from) == a.dir) != (filepath.Dir(to) == a.dir) {
		return syscall.EXDEV
	}
	return a.files.renameNew(from, to)
}

// likeWindows plays ReplaceFile, with the errors that are to come, one a call; 0 is none.
type likeWindows struct {
	files
	errors *[]syscall.Errno
}

func (likeWindows) exchange(a, b string) error { return errors.ErrUnsupported }

func (w likeWindows) replaceFile(path, in, out string) error {
	var code syscall.Errno
	if len(*w.errors) > 0 {
		code, *w.errors = (*w.errors)[0], (*w.errors)[1:]
	}
	if code != 0 && code != 1177 {
		return replaceError(path, in, code)
	}
	if err := w.files.renameNew(path, out); err != nil {
		return err
	}
	if code == 1177 {
		return replaceError(path, in, code)
	}
	return w.files.rename(in, path)
}

var errDisk = fmt.Errorf("injected: %w", syscall.EIO)

// faulty makes operations fail: hit is asked before each.
type faulty struct {
	files
	hit func(op string) error
	// A write fails by an error after half of it, by being short, or by lying.
	write string
	syncs bool // the disk is the model's: a real one is not tested here
}

func (f faulty) real(path string) (string, error) {
	if err := f.hit("real"); err != nil {
		return "", err
	}
	return f.files.real(path)
}

func (f faulty) look(path string) (look, error) {
	if err := f.hit("look"); err != nil {
		return look{}, err
	}
	return f.files.look(path)
}

func (f faulty) hash(path string) (Sum, error) {
	if err := f.hit("hash"); err != nil {
		return Sum{}, err
	}
	return f.files.hash(path)
}

func (f faulty) open(path string) (io.ReadCloser, error) {
	if err := f.hit("open"); err != nil {
		return nil, err
	}
	return f.files.open(path)
}

func (f faulty) create(path string) (file, error) {
	if err := f.hit("create"); err != nil {
		return nil, err
	}
	made, err := f.files.create(path)
	return faultyFile{made, f}, err
}

func (f faulty) exchange(a, b string) error {
	if err := f.hit("exchange"); err != nil {
		return err
	}
	return f.files.exchange(a, b)
}

func (f faulty) replaceFile(path, in, out string) error {
	if err := f.hit("replaceFile"); err != nil {
		return err
	}
	return f.files.replaceFile(path, in, out)
}

func (f faulty) rename(from, to string) error {
	if err := f.hit("rename"); err != nil {
		return err
	}
	return f.files.rename(from, to)
}

func (f faulty) renameNew(from, to string) error {
	if err := f.hit("renameNew"); err != nil {
		return err
	}
	return f.files.renameNew(from, to)
}

func (f faulty) link(from, to string) error {
	if err := f.hit("link"); err != nil {
		return err
	}
	return f.files.link(from, to)
}

func (f faulty) remove(path string) error {
	if err := f.hit("remove"); err != nil {
		return err
	}
	return f.files.remove(path)
}

func (f faulty) makeDir(dir string) error {
	if err := f.hit("makeDir"); err != nil {
		return err
	}
	return f.files.makeDir(dir)
}

func (f faulty) list(dir string) ([]string, error) {
	if err := f.hit("list"); err != nil {
		return nil, err
	}
	return f.files.list(dir)
}

func (f faulty) syncDir(dir string) error {
	if err := f.hit("syncDir"); err != nil || !f.syncs {
		return err
	}
	return f.files.syncDir(dir)
}

type faultyFile struct {
	file
	f faulty
}

func (m faultyFile) Write(p []byte) (int, error) {
	if err := m.f.hit("write"); err == nil {
		return m.file.Write(p)
	}
	switch m.f.write {
	case "short":
		return m.file.Write(p[:len(p)/2])
	case "lying":
		return m.file.Write(append([]byte{p[0] ^ 1}, p[1:]...))
	}
	n, _ := m.file.Write(p[:len(p)/2])
	return n, fmt.Errorf("injected: %w", syscall.ENOSPC)
}

func (m faultyFile) keep(like string) error {
	if err := m.f.hit("keep"); err != nil {
		return err
	}
	return m.file.keep(like)
}

func (m faultyFile) Sync() error {
	if err := m.f.hit("sync"); err != nil || !m.f.syncs {
		return err
	}
	return m.file.Sync()
}

func (m faultyFile) Close() error { return errors.Join(m.file.Close(), m.f.hit("close")) }
