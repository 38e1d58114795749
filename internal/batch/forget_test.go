package batch_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestForget guards that copies of workbooks, and pages, are kept no longer than
// the history is: those of before, and no others.
func TestForget(t *testing.T) {
	c := newCentre(t, `
== enrolments.xlsx
-- Enrolments
Learner ID | Qualification Code | Course Start
L001       | 610/1234/5         | 2026-03-24
`)
	now := c.job.Now()
	c.job.Months, c.job.Pages = 6, filepath.Join(c.dir, "state", "reports")
	folder := filepath.Join(c.job.Backups, "enrolments.xlsx-00000000")
	check(t, os.MkdirAll(folder, 0o700))
	check(t, os.MkdirAll(c.job.Pages, 0o700))
	old, kept := filepath.Join(folder, "20251110T235959.000Z-1a2b3c4d.xlsx"), filepath.Join(folder, "20251111T000000.000Z-1a2b3c4d.xlsx")
	oldPage, keptPage := filepath.Join(c.job.Pages, "claims-2025-11-09.html"), filepath.Join(c.job.Pages, "claims-2026-05-01.html")
	for _, path := range []string{old, kept, oldPage, keptPage, filepath.Join(folder, "notes.txt")} {
		check(t, os.WriteFile(path, []byte("L001"), 0o600))
	}
	check(t, os.Chtimes(oldPage, now.AddDate(0, -6, -2), now.AddDate(0, -6, -2)))
	check(t, os.Chtimes(keptPage, now, now))
	run := func(later time.Duration) {
		t.Helper()
		c.job.Now = func() time.Time { return now.Add(later) }
		if _, err := c.job.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	run(0) // the first finds out what the time is
	if !there(old) || !there(oldPage) {
		t.Error("the first run deletes something")
	}
	c.on("2026-05-13")
	run(48 * time.Hour)
	if there(old) || there(oldPage) {
		t.Error("what is older than six months is still there")
	}
	if !there(kept) || !there(keptPage) || !there(filepath.Join(folder, "notes.txt")) {
		t.Error("what is younger, or no copy, is gone")
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
