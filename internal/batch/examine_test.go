package batch_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"regcert/internal/batch"
	"regcert/internal/swap"
)

// TestExamine guards what doctor says of workbooks and of what earlier runs left
// behind.
func TestExamine(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx")+small("c.xlsx"))
	c.job.Workbooks = append(c.job.Workbooks, c.pattern("gone/*.xlsx"), c.pattern("missing.xlsx"))
	check(t, os.Chmod(c.path("b.xlsx"), 0o444))
	check(t, os.Link(c.path("c.xlsx"), c.path("c2")))
	// A run was broken off while it wrote a.xlsx; its own files are no stranger's.
	_, err := c.job.State.Intend(context.Background(), swap.Intent{Path: c.path("a.xlsx"), Temp: c.path(".regcert-1.tmp"), Way: swap.Exchange, State: swap.Intended})
	check(t, err)
	c.put(".regcert-1.part", nil)
	c.put(".regcert-2.tmp", nil)
	// Another time somebody saved meanwhile, and nobody has looked at it yet.
	id, err := c.job.State.Intend(context.Background(), swap.Intent{Path: c.path("a.xlsx"), Temp: c.path(".regcert-0.tmp"), Way: swap.Exchange, State: swap.Intended})
	check(t, err)
	c.put("a (conflicted copy).xlsx", nil)
	check(t, c.job.State.Conclude(context.Background(), id, swap.Undone, swap.Kept{Path: c.path("a (conflicted copy).xlsx")}))

	checks, err := c.job.Examine(context.Background())
	check(t, err)
	var lines []string
	for _, c := range checks {
		lines = append(lines, fmt.Sprintf("%s %s: %.60s", c.Verdict, c.Subject, c.Text))
		if c.Remedy == "" && c.Verdict == batch.Fail {
			t.Errorf("%+v: a failure needs a remedy", c)
		}
	}
	want := `warn a.xlsx: a run was broken off while it wrote it
warn a.xlsx: somebody saved it while regcert wrote it; that version is ke
fail gone/*.xlsx: no workbook matches it
pass ./: the old and the new version of a workbook change places in o
warn .regcert-2.tmp: it was left behind by a regcert that this state does not kno
warn a (conflicted copy).xlsx: it is a copy that was made because two changed the workbook 
pass a.xlsx: it can be read and replaced
fail b.xlsx: it can be read, and not be replaced: it is write-protected; 
fail c.xlsx: it can be read, and not be replaced: it has 2 names (hard li
fail missing.xlsx: there is no such file`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestConflictCopyOfThisComputer: OneDrive names the version that lost after the
// computer. That is a copy only where the workbook itself stands beside it.
func TestConflictCopyOfThisComputer(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b-FRONTDESK.xlsx"))
	c.put("a-FRONTDESK.xlsx", c.bytes("a.xlsx"))
	c.job.Host = "FRONTDESK"
	_, got := c.run()
	if !strings.Contains(got, "a-FRONTDESK.xlsx: deferred!: it is a copy") || !strings.Contains(got, "b-FRONTDESK.xlsx: written") {
		t.Error(got)
	}
}

// TestNotWholeYet: what came a moment ago and is not whole may still be on its
// way; what has lain there for long is broken.
func TestNotWholeYet(t *testing.T) {
	for name, cut := range map[string]func(whole []byte) []byte{
		"empty": func([]byte) []byte { return nil },
		"zeros": func(whole []byte) []byte { return make([]byte, len(whole)) },
		"cut":   func(whole []byte) []byte { return whole[:len(whole)/2] },
	} {
		c := newCentre(t, small("a.xlsx"))
		c.put("a.xlsx", cut(c.bytes("a.xlsx")))
		if _, got := c.run(); !strings.HasPrefix(got, "a.xlsx: failed!: ") {
			t.Errorf("%s, long ago: %s", name, got)
		}
		at := c.job.Now().Add(-14 * 60e9)
		check(t, os.Chtimes(c.path("a.xlsx"), at, at))
		if _, got := c.run(); !strings.HasPrefix(got, "a.xlsx: deferred!: it is not whole, and came only at 07:46: perhaps it is still being copied or synchronised; it is tried again") {
			t.Errorf("%s, just now: %s", name, got)
		}
	}
}

// TestOnlineOnly: a file of which a synchronising program has left the name only.
func TestOnlineOnly(t *testing.T) {
	c := newCentre(t, small("a.xlsx"))
	c.job.Workbooks[0] = c.pattern("a.xlsx")
	check(t, os.Rename(c.path("a.xlsx"), c.path("a.xlsx.nextcloud")))
	if _, got := c.run(); !strings.HasPrefix(got, "a.xlsx: deferred!: it is not on this computer, only its name is") {
		t.Error(got)
	}
}

// TestUnfinishedIsFinishedFirst: a run that was broken off is cleared up by the
// next one; where that cannot be done the workbook is not written.
func TestUnfinishedIsFinishedFirst(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	before, after := c.bytes("a.xlsx"), []byte("the new version, which was never put in place")
	intent := swap.Intent{Path: c.path("a.xlsx"), Before: sha256.Sum256(before), After: sha256.Sum256(after), Temp: c.path(".regcert-1.tmp"), Way: swap.Exchange, State: swap.Intended}
	_, err := c.job.State.Intend(context.Background(), intent)
	check(t, err)
	c.put(".regcert-1.tmp", after)
	result := c.mustRun("a.xlsx: written\nb.xlsx: written")
	if r := result.Resumed; len(r) != 1 || !r[0].Broken || r[0].Written || r[0].Err != nil || result.Troubled() {
		t.Errorf("%+v", r)
	}
	if left, err := swap.Leftovers(c.dir); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}

	c = newCentre(t, small("a.xlsx")+small("b.xlsx"))
	intent.Path, intent.Temp = c.path("a.xlsx"), c.path(".regcert-1.tmp")
	_, err = c.job.State.Intend(context.Background(), intent)
	check(t, err)
	check(t, os.MkdirAll(c.path(".regcert-1.tmp/x"), 0o755)) // which cannot be read as a file, nor removed
	untouched := string(c.bytes("a.xlsx"))
	result, got := c.run()
	if !strings.HasPrefix(got, "a.xlsx: deferred!: an earlier write was broken off and could not be finished: ") || !strings.HasSuffix(got, "b.xlsx: written") {
		t.Error(got)
	}
	if r := result.Resumed; len(r) == 0 || r[0].Err == nil || !result.Troubled() {
		t.Errorf("%+v", r)
	}
	if string(c.bytes("a.xlsx")) != untouched {
		t.Error("it was written all the same")
	}
}
