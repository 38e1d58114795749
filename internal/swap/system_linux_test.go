package swap

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The new file has the owner, group, mode and extended attributes of the old one, and none that the old one has not.
func TestReplaceKeepsAttributes(t *testing.T) {
	d := newDesk(t)
	if err := unix.Setxattr(d.book, "user.label", []byte("personal data"), 0); err != nil {
		missing(t, fmt.Sprintf("extended attributes here: %v", err))
	}
	if err := unix.Setxattr(d.book, "user.empty", nil, 0); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(d.book, 12345, 23456); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(d.book, os.ModeSetgid|0o664); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(d.book)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := d.replace(marking{system{}}); err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	after, err := os.Stat(d.book)
	if err != nil {
		t.Fatal(err)
	}
	was, is := before.Sys().(*syscall.Stat_t), after.Sys().(*syscall.Stat_t)
	if after.Mode() != before.Mode() || is.Uid != was.Uid || is.Gid != was.Gid || is.Ino == was.Ino {
		t.Errorf("%v %d %d became %v %d %d", before.Mode(), was.Uid, was.Gid, after.Mode(), is.Uid, is.Gid)
	}
	names, err := listExtended(func(p []byte) (int, error) { return unix.Llistxattr(d.book, p) })
	if err != nil || len(names) != 2 {
		t.Errorf("extended attributes %q, %v", names, err)
	}
	for name, want := range map[string]string{"user.label": "personal data", "user.empty": ""} {
		value, err := sized(func(p []byte) (int, error) { return unix.Lgetxattr(d.book, name, p) })
		if err != nil || string(value) != want {
			t.Errorf("%s is %q, %v", name, value, err)
		}
	}
}

// marking is a folder that gives attributes of its own to a new file.
type marking struct{ files }

func (m marking) create(path string) (file, error) {
	made, err := m.files.create(path)
	if err == nil {
		fd := int(made.(systemFile).Fd())
		err = errors.Join(unix.Fsetxattr(fd, "user.folder", []byte("x"), 0), unix.Fsetxattr(fd, "user.label", []byte("y"), 0))
	}
	return made, err
}

// On a small file system that is full, the workbook stays, and nothing is left behind.
func TestReplaceOnAFullDisk(t *testing.T) {
	d := newDesk(t)
	if err := unix.Mount("regcert-test", d.dir, "tmpfs", 0, "size=64k"); err != nil {
		missing(t, fmt.Sprintf("the right to mount a small file system: %v", err))
	}
	defer func() {
		if err := unix.Unmount(d.dir, 0); err != nil {
			t.Error(err)
		}
	}()
	d.save(d.book, oldText)
	d.after = []byte(strings.Repeat("new ", 32<<10))
	done, err := d.replace(system{})
	if !errors.Is(err, unix.ENOSPC) || done != (Replaced{}) {
		t.Errorf("%+v, %v", done, err)
	}
	d.expect(oldText)

	// The same file system has room for a small one, and the folder of copies lies on another.
	d.after = []byte(newText)
	done, err = d.replace(system{})
	if err != nil || !done.Written {
		t.Fatalf("%+v, %v", done, err)
	}
	d.resume(system{}, Grace)
	d.expect(newText)
	if copies := folder(t, d.backup.Dir); len(copies) != 1 || copies[filepath.Base(done.Backup)] != oldText {
		t.Errorf("copies %v", copies)
	}
	if _, sum, err := Read(d.book, 1<<20); err != nil || sum != sha256.Sum256(d.after) {
		t.Error(err)
	}
}
