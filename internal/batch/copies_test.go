package batch_test

import (
	"strings"
	"testing"
)

// TestConflictCopies: a copy that a synchronised folder made is reported and
// never read as data, unless it is asked for by name.
func TestConflictCopies(t *testing.T) {
	for name, isCopy := range map[string]bool{
		"a (Ann's conflicted copy 2026-05-10).xlsx":    true,
		"a (conflicted copy 2026-05-10 091200).xlsx":   true,
		"a.sync-conflict-20260510-091200-ABCDEFG.xlsx": true,
		"a (SFConflict ann 2026-05-10-09-12-00).xlsx":  true,
		"a-DESKTOP-7A1B2C3.xlsx":                       true,
		"a-LAPTOP-9XYZ1234.xlsx":                       true,
		"a-2025.xlsx":                                  false,
		"a-old.xlsx":                                   false,
		"conflicts of interest.xlsx":                   false,
		"desktop-publishing-LEVEL3.xlsx":               false,
	} {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, small("a.xlsx"))
			c.put(name, c.bytes("a.xlsx"))
			c.job.Workbooks[0] = c.pattern("*.xlsx")
			before := string(c.bytes(name))
			result, got := c.run()
			if reported := strings.Contains(got, name+": deferred!: it is a copy"); reported != isCopy {
				t.Errorf("%s", got)
			}
			if read := len(result.Report.Rows) > 1; read == isCopy || isCopy == (string(c.bytes(name)) != before) {
				t.Errorf("read is %v:\n%s", read, got)
			}
			c.job.Named = []string{c.path("a.xlsx")}
			if result, got := c.run(); result.Troubled() || isCopy != strings.Contains(got, name+": context: it is a copy") {
				t.Errorf("as context: %s", got)
			}
			c.job.Named = []string{c.path(name)}
			if _, got := c.run(); strings.Contains(got, "it is a copy") {
				t.Errorf("asked for by name: %s", got)
			}
		})
	}
}
