package realparts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLateWriter: a program holds the workbook open from before the run and writes into what it holds afterwards. The
// next run keeps what it wrote as a conflict copy and says so, until somebody has seen to it.
func TestLateWriter(t *testing.T) {
	d := newDesk(t, registerOf(t, firstRegister))
	held, err := os.OpenFile(d.book(), os.O_RDWR, 0)
	check(t, err)
	defer held.Close()
	d.run(t).want(t, 0, "claims.xlsx written")
	written := sumOf(t, d.book())

	late := registerOf(t, laterRegister)
	check(t, held.Truncate(0))
	_, err = held.WriteAt(late, 0)
	check(t, err)
	next := d.run(t)
	conflicts := d.conflicts(t)
	if len(conflicts) != 1 {
		t.Fatalf("the conflict copies are %q, want one\n%s", conflicts, next.stderr)
	}
	if got := readFile(t, d.beside(conflicts[0])); string(got) != string(late) {
		t.Error("the conflict copy is not what was written late")
	}
	if !strings.Contains(next.stderr, d.beside(conflicts[0])) {
		t.Errorf("the conflict copy %s is not named:\n%s", conflicts[0], next.stderr)
	}
	both := conflicts[0] + " deferred, claims.xlsx unchanged" // the paths are sorted, and a blank comes before a dot
	next.want(t, 3, both)
	d.run(t).want(t, 3, both)
	if sumOf(t, d.book()) != written {
		t.Error("the workbook was changed")
	}
	check(t, os.Remove(d.beside(conflicts[0])))
	if last := d.run(t); last.code != 0 || last.outcomes() != "claims.xlsx unchanged" || last.stderr != "" {
		t.Errorf("after the copy was deleted: exit code %d, %s\n%s", last.code, last.outcomes(), last.stderr)
	}
	if others := d.others(t); len(others) > 0 {
		t.Errorf("%q are left behind", others)
	}
	if copies := d.copies(t); len(copies) != 1 || filepath.Ext(copies[0]) != ".xlsx" {
		t.Errorf("the copies are %q, want the one from before the write", copies)
	}
}
