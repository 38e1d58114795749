package realparts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk guards that the daemon sends nothing and writes nothing while the
// disk of its state is full, says so, and does what it missed when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	c := newCentre(t, sampleWorkbooks(t))
	dir := filepath.Join(string(c), "state")
	check(t, os.Mkdir(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() { check(t, syscall.Unmount(dir, 0)) })
	writeFile(t, filepath.Join(string(c), "config.yaml"), []byte(`
workbooks: [{path: sample-workbooks/*.xlsx}]
recipients: [{name: Head of Quality, email: quality@centre.example}]
daemon: {after_save: never}
`))
	d := serve(t, c, "2026-05-11 06:00")
	sent := func() int {
		letters, err := filepath.Glob(filepath.Join(string(c), "outbox", "*.eml"))
		check(t, err)
		return len(letters)
	}
	workbook := filepath.Join(string(c), "sample-workbooks", "enrolments.xlsx")
	asStaffHaveIt := string(readFile(t, workbook))
	d.until("2026-05-11 06:30")
	filler, err := os.Create(filepath.Join(dir, "filler"))
	check(t, err)
	for err == nil {
		_, err = filler.Write(make([]byte, 1<<12))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	check(t, filler.Close())
	d.until("2026-05-11 09:00")
	if sent() != 0 || string(readFile(t, workbook)) != asStaffHaveIt {
		t.Error("with a full disk something was sent or written")
	}
	check(t, os.Remove(filler.Name()))
	d.until("2026-05-11 10:00")
	said := d.end()
	if sent() != 1 || string(readFile(t, workbook)) == asStaffHaveIt {
		t.Error("when there was room again, what was missed was not done")
	}
	if !strings.Contains(said, "the disk is full: make room on it and try again") {
		t.Error("the log does not say what to do")
	}
}
