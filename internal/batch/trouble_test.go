package batch_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/batch"
	"regcert/internal/register"
)

// afterReading has something happen when all workbooks have been read and none
// has been written.
func (c *centre) afterReading(do func()) {
	c.job.Progress = func(done, of int, what string) {
		if done == of && strings.HasPrefix(what, "reading ") {
			do()
		}
	}
}

func TestOpenWorkbooksAreDeferred(t *testing.T) {
	excel := append([]byte("\x09Jo Bloggs"), strings.Repeat(" ", 45)+"\x09\x00J\x00o\x00 \x00B\x00l\x00o\x00g\x00g\x00s\x00"+strings.Repeat(" \x00", 45)...)
	const libre = "Jo Bloggs,jo,office,10.05.2026 09:12,file:///home/jo;"
	const hint = " (if nobody has it open, a program left its lock file behind: open the workbook and close it again)"
	tests := map[string]struct {
		lock string
		data []byte
		now  time.Time
		want string
	}{
		"Excel": {"~$a.xlsx", excel, time.Date(2026, 1, 2, 9, 0, 0, 0, time.Local),
			"it is open in Excel since 03:04; nothing was written: close it, and it is tried again on the next run"},
		"LibreOffice": {".~lock.a.xlsx#", []byte(libre), time.Date(2026, 5, 11, 9, 12, 0, 0, time.Local),
			"it is open in LibreOffice since Sun 10 May 2026, 09:12; nothing was written: close it, and it is tried again on the next run"},
		"for more than a day": {".~lock.a.xlsx#", []byte(libre), time.Date(2026, 5, 11, 9, 13, 0, 0, time.Local),
			"it is open in LibreOffice since Sun 10 May 2026, 09:12; nothing was written: close it, and it is tried again on the next run" + hint},
		"nobody knows who": {"~$a.xlsx", nil, time.Date(2026, 1, 2, 9, 0, 0, 0, time.Local),
			"it is open in Excel since 03:04; nothing was written: close it, and it is tried again on the next run"},
	}
	for name, test := range tests {
		for _, moment := range []string{"before", "meanwhile"} {
			t.Run(name+", "+moment, func(t *testing.T) {
				c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
				c.job.Now = func() time.Time { return test.now }
				c.put("a.xlsx", c.bytes("a.xlsx"))
				before := c.bytes("a.xlsx")
				lock := func() { c.put(test.lock, test.data) }
				if moment == "before" {
					lock()
				} else {
					c.afterReading(lock)
				}
				result := c.mustRun("a.xlsx: deferred!: " + test.want + "\nb.xlsx: written")
				if string(c.bytes("a.xlsx")) != string(before) {
					t.Error("it was written all the same")
				}
				if holder := result.Workbooks[0].Holder; (holder == "Jo Bloggs") != (test.data != nil) {
					t.Errorf("%q has it open", holder)
				}
				if n := len(result.Report.Rows); n != 2 || !result.Troubled() {
					t.Errorf("%d rows are reported, troubled %v; want 2, true", n, result.Troubled())
				}
				c.job.Progress = nil
				check(t, os.Remove(c.path(test.lock)))
				c.mustRun("a.xlsx: written\nb.xlsx: unchanged")
			})
		}
	}
}

// An open workbook in which nothing has to change is no trouble.
func TestOpenAndUnchanged(t *testing.T) {
	c := newCentre(t, small("a.xlsx"))
	c.mustRun("a.xlsx: written")
	c.put("~$a.xlsx", nil)
	c.mustRun("a.xlsx: unchanged")
}

// What staff save between reading and writing is never lost.
func TestSavedMeanwhile(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	var saved []byte
	c.afterReading(func() {
		c.edit("a.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "B2", "scribe")) })
		saved = c.bytes("a.xlsx")
	})
	c.mustRun(`
		a.xlsx: deferred!: it has changed since it was read; nothing was written: it is tried again on the next run
		b.xlsx: written`)
	if string(c.bytes("a.xlsx")) != string(saved) {
		t.Error("what was saved meanwhile is gone")
	}
	c.job.Progress = nil
	c.mustRun("a.xlsx: written\nb.xlsx: unchanged")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID …
		L1 | scribe | 04-01-26 | yes | Retained | 01/04/2029`)
}

func TestGoneMeanwhile(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	c.afterReading(func() { check(t, os.Remove(c.path("a.xlsx"))) })
	c.mustRun(`
		a.xlsx: deferred!: it has changed since it was read: it is not there just now; nothing was written: it is tried again on the next run
		b.xlsx: written`)
	if _, err := os.Stat(c.path("a.xlsx")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file that was taken away is back: %v", err)
	}
}

func TestWorkbooksThatCannotBeRead(t *testing.T) {
	c := newCentre(t, small("z.xlsx"))
	c.put("empty.xlsx", nil)
	c.put("old.xlsx", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"+strings.Repeat("x", 600)))
	c.put("text.xlsx", []byte("Learner ID,Type"))
	c.put("folder.xlsx/x", nil)
	damaged := c.bytes("z.xlsx")
	damaged[len(damaged)/2] ^= 1
	c.put("damaged.xlsx", damaged)
	c.put("cut.xlsx", rewrite(t, c.bytes("z.xlsx"), func(name, part string) string {
		return strings.TrimSuffix(part, "</sheetData></worksheet>")
	}))
	result, _ := c.run()
	for _, w := range result.Workbooks {
		if want := w.Path != "z.xlsx"; w.Troubled != want || (w.Outcome == batch.Failed) != want {
			t.Errorf("%s: %s, %q", w.Path, w.Outcome, w.Reason)
		}
		if w.Troubled && (w.Reason == "" || len(w.Sheets) > 0) {
			t.Errorf("%s: reason %q, %d sheets", w.Path, w.Reason, len(w.Sheets))
		}
	}
	if got := strings.Join(paths(result), " "); got != "cut.xlsx damaged.xlsx empty.xlsx folder.xlsx old.xlsx text.xlsx z.xlsx" {
		t.Errorf("the workbooks are %s", got)
	}
	if w := result.Workbooks[6]; w.Outcome != batch.Written || len(result.Report.Rows) != 1 {
		t.Errorf("the one that can be read is %s, with %d rows", w.Outcome, len(result.Report.Rows))
	}
}

func TestProtectedFiles(t *testing.T) {
	tests := map[string]struct {
		protect func(c *centre) error
		root    bool // even for root
		want    string
	}{
		"file that may not be read":    {func(c *centre) error { return os.Chmod(c.path("sub/a.xlsx"), 0) }, false, "failed!"},
		"file that may not be written": {func(c *centre) error { return os.Chmod(c.path("sub/a.xlsx"), 0o444) }, true, "failed!"},
		"folder":                       {func(c *centre) error { return os.Chmod(c.path("sub"), 0o555) }, false, "failed!"},
		"folder of copies": {func(c *centre) error {
			return errors.Join(os.MkdirAll(filepath.Dir(c.job.Backups), 0o700), os.WriteFile(c.job.Backups, nil, 0o600))
		}, true, "failed!"},
		"kept back by the configuration": {func(c *centre) error {
			c.job.Workbooks[0].WriteBack = false
			return nil
		}, true, "read-only"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if os.Geteuid() == 0 && !test.root {
				t.Skip("root may do everything")
			}
			c := newCentre(t, small("sub/a.xlsx")+small("b.xlsx"))
			c.job.Workbooks = []batch.Pattern{c.pattern("sub/a.xlsx"), c.pattern("b.xlsx")}
			before := c.bytes("sub/a.xlsx")
			check(t, test.protect(c))
			result, got := c.run()
			check(t, errors.Join(os.Chmod(c.path("sub"), 0o755), os.Chmod(c.path("sub/a.xlsx"), 0o644)))
			if first, _, _ := strings.Cut(got, "\n"); !strings.HasPrefix(first, "sub/a.xlsx: "+test.want+": ") {
				t.Errorf("%s\nwant %s and a reason", first, test.want)
			}
			if string(c.bytes("sub/a.xlsx")) != string(before) {
				t.Error("it was written all the same")
			}
			if other := result.Workbooks[1].Outcome; other != batch.Written && name != "folder of copies" {
				t.Errorf("the other workbook is %s", other)
			}
			if left, _ := filepath.Glob(c.path("sub/.regcert-*")); len(left) > 0 {
				t.Errorf("%q are left behind", left)
			}
		})
	}
}

// The version before each write is kept, as many of them as are asked for.
func TestCopies(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	c.job.Keep = 2
	var versions []string
	for day := range 4 {
		at := time.Date(2026, 5, 11+day, 8, 0, 0, 0, time.UTC)
		c.job.Now = func() time.Time { return at }
		c.edit("a.xlsx", func(f *excelize.File) {
			check(t, f.SetCellStr("Adjustments", "D2", []string{"no", "yes"}[day%2]))
		})
		versions = append(versions, string(c.bytes("a.xlsx")))
		if result, _ := c.run(); result.Workbooks[0].Outcome != batch.Written {
			t.Fatalf("run %d: %s", day, outcomes(result))
		}
	}
	copies := c.backups("a.xlsx")
	if len(copies) != 2 || len(c.backups("b.xlsx")) != 1 {
		t.Fatalf("the copies are %q and %q", copies, c.backups("b.xlsx"))
	}
	for i, path := range copies {
		data, err := os.ReadFile(path)
		check(t, err)
		if string(data) != versions[2+i] {
			t.Errorf("%s is not what was there before run %d", filepath.Base(path), 2+i)
		}
		if day := fmt.Sprintf("202605%d", 13+i); !strings.HasPrefix(filepath.Base(path), day) {
			t.Errorf("%s is not of %s", filepath.Base(path), day)
		}
	}
}

// What fails after the workbook was written does not make it unwritten.
func TestWrittenWithTrouble(t *testing.T) {
	c := newCentre(t, small("a.xlsx"))
	c.mustRun("a.xlsx: written")
	c.job.Keep = 1
	stuck := filepath.Join(filepath.Dir(c.backups("a.xlsx")[0]), "20250101T000000.000Z-00000000.xlsx", "x")
	check(t, os.MkdirAll(stuck, 0o700))
	c.edit("a.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "D2", "no")) })
	result, got := c.run()
	if !strings.HasPrefix(got, "a.xlsx: written!: it was written, but ") {
		t.Errorf("%s", got)
	}
	if sum := sha256.Sum256(c.bytes("a.xlsx")); result.Workbooks[0].SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the report does not name the version that was written")
	}
}

func TestSignedWorkbooksAreNeverWritten(t *testing.T) {
	c := newCentre(t, small("a.xlsx"))
	c.put("a.xlsx", rewrite(t, c.bytes("a.xlsx"), func(name, part string) string { return part }, "_xmlsignatures/sig1.xml"))
	c.mustRun("a.xlsx: read-only!: the workbook is digitally signed, and a change would break the signature; set write_back: false for it to say that this is meant")
	c.job.Workbooks[0].WriteBack = false
	c.mustRun("a.xlsx: read-only: write_back is false in the configuration")
}

// Records that look for learners are not answered in writing while a workbook
// that may hold those learners cannot be read.
func TestIncompleteSets(t *testing.T) {
	const doubt = "%s could not be read, and learners named here may be in it; nothing was written: put that right first"
	tests := map[string]struct{ broken, want string }{
		"nothing is missing": {"", `
			assessments.xlsx: written
			claims.xlsx: written
			enrolments.xlsx: written`},
		"a workbook that learners are not looked for in, but might be": {"more.xlsx", `
			assessments.xlsx: deferred!: ` + fmt.Sprintf(doubt, "more.xlsx") + `
			claims.xlsx: written
			enrolments.xlsx: written
			more.xlsx: failed!: …`},
		"all enrolments": {"enrolments.xlsx", `
			assessments.xlsx: deferred!: ` + fmt.Sprintf(doubt, "enrolments.xlsx") + `
			claims.xlsx: deferred!: ` + fmt.Sprintf(doubt, "enrolments.xlsx") + `
			enrolments.xlsx: failed!: …`},
		"claims": {"claims.xlsx", `
			assessments.xlsx: deferred!: ` + fmt.Sprintf(doubt, "claims.xlsx") + `
			claims.xlsx: failed!: …
			enrolments.xlsx: written`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, learners)
			if test.broken != "" {
				c.put(test.broken, []byte("half of a workbook"))
			}
			_, got := c.run()
			lines := strings.Split(got, "\n")
			want := strings.Split(trimLines(test.want), "\n")
			if !slices.EqualFunc(lines, want, func(g, w string) bool {
				return g == w || strings.HasPrefix(g, strings.TrimSuffix(w, "…")) && strings.HasSuffix(w, "…")
			}) {
				t.Errorf("%s\nwant:\n%s", got, trimLines(test.want))
			}
		})
	}
}

// A sheet of enrolments that is not read, as it has no header row or that of
// another kind, is missed like a workbook that cannot be read.
func TestUnreadEnrolments(t *testing.T) {
	const doubt = "deferred!: a sheet of b.xlsx could not be read, and learners named here may be in it; nothing was written: put that right first"
	enrolments := "\n== %s.xlsx\n-- Enrolments\n" + strings.Join([]string{"Learner ID", "Qualification Code", "Course Start"}, " | ") + "\nL1 | 610/1 | 2026-03-30\n"
	claims := "\n== c.xlsx\n-- Claims\nLearner ID | Qualification Code | Claim Submitted\nL1 | 610/1 |\n%s"
	for name, b := range map[string]string{
		"without a header row": "\n== b.xlsx\n-- Enrolments\nNames\nL2\n",
		"withdrawals":          "\n== b.xlsx\n-- Enrolments\nLearner ID | Qualification Code | Withdrawn On | Reason | MIS Updated\nL2 | 610/1 | 2026-04-01 | left | yes\n",
	} {
		c := newCentre(t, fmt.Sprintf(enrolments, "a")+b+fmt.Sprintf(claims, "L2 | 610/1 |\n"))
		if _, got := c.run(); !strings.HasSuffix(got, "\nc.xlsx: "+doubt) || !strings.HasPrefix(got, "a.xlsx: written\n") {
			t.Errorf("%s: a claim of nobody known: %s", name, got)
		}
		c = newCentre(t, fmt.Sprintf(enrolments, "a")+b+fmt.Sprintf(claims, ""))
		if _, got := c.run(); !strings.HasSuffix(got, "\nc.xlsx: written") {
			t.Errorf("%s: a claim of somebody known: %s", name, got)
		}
	}
}

// A record of a learner whom nobody knows is answered where everything could
// be read, and where it stands written already.
func TestUnknownLearnersInCompleteSets(t *testing.T) {
	c := newCentre(t, learners)
	result, _ := c.run()
	if !slices.ContainsFunc(result.Workbooks[0].Sheets, func(s *register.Sheet) bool { return s.Name == "Assessments" }) {
		t.Fatal("the first workbook is not that of assessments")
	}
	if got := column(t, c.bytes("assessments.xlsx"), "Assessments", "D"); got != "Assessment Status, Planned, Check data" {
		t.Errorf("the statuses are %s", got)
	}
	c.put("more.xlsx", []byte("half of a workbook"))
	if result, _ = c.run(); result.Workbooks[0].Outcome != batch.Unchanged {
		t.Errorf("a workbook with nothing to write is %s", outcomes(result))
	}
}

func TestProgress(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx")+small("c.xlsx"))
	c.put("d.xlsx", nil)
	var done []int
	var whats []string
	c.job.Progress = func(n, of int, what string) {
		if of != 4 {
			t.Errorf("%d workbooks, want 4", of)
		}
		done, whats = append(done, n), append(whats, what)
	}
	c.run()
	if len(done) != 16 {
		t.Fatalf("%d calls, want one before and one after each of 8 steps", len(done))
	}
	for _, phase := range [][]int{done[:8], done[8:]} {
		if phase[0] != 0 || phase[7] != 4 || !slices.IsSorted(phase) {
			t.Errorf("the counts are %v", phase)
		}
	}
	slices.Sort(whats)
	if got, want := strings.Join(slices.Compact(whats), ", "), "reading a.xlsx, reading b.xlsx, reading c.xlsx, reading d.xlsx, writing a.xlsx, writing b.xlsx, writing c.xlsx, writing d.xlsx"; got != want {
		t.Errorf("it says %s\nwant %s", got, want)
	}
}

// A run that is broken off writes no workbook that it has not begun with.
func TestBrokenOff(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+small("b.xlsx"))
	before := string(c.bytes("a.xlsx")) + string(c.bytes("b.xlsx"))
	ctx, stop := context.WithCancel(context.Background())
	c.afterReading(stop)
	if _, err := c.job.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ends with %v", err)
	}
	if _, err := c.job.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the check ends with %v", err)
	}
	if string(c.bytes("a.xlsx"))+string(c.bytes("b.xlsx")) != before {
		t.Error("a workbook was written")
	}
}

func TestCheckWritesNothing(t *testing.T) {
	c := newCentre(t, learners)
	before := c.everything()
	result, err := c.job.Check(context.Background())
	check(t, err)
	if got, want := outcomes(result), "assessments.xlsx: unchanged\nclaims.xlsx: unchanged\nenrolments.xlsx: unchanged"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if after := c.everything(); after != before {
		t.Errorf("the folder holds\n%s\nand held\n%s", after, before)
	}
}

// everything lists the folder's files with their sizes and time stamps.
func (c *centre) everything() string {
	var list strings.Builder
	check(c.t, filepath.Walk(c.dir, func(path string, info os.FileInfo, err error) error {
		fmt.Fprintln(&list, path, info.Size(), info.ModTime())
		return err
	}))
	return list.String()
}
