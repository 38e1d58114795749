package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Old pages are deleted but for the last ones, and nothing else is.
func TestPrunePages(t *testing.T) {
	for _, n := range []int{mostPages, mostPages + 1, mostPages + 5} {
		dir := t.TempDir()
		write := func(name string, age int) {
			t.Helper()
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if at := time.Now().Add(-time.Duration(age) * time.Hour); os.Chtimes(path, at, at) != nil {
				t.Fatal(path)
			}
		}
		for i := range n {
			write(fmt.Sprintf("claims-2026-01-%02d.html", i+1), i) // the last is the oldest
		}
		write("mine.html", 1000)
		write("claims-2026-01-01.html.bak", 1000)
		if err := os.Mkdir(filepath.Join(dir, "x-2026-01-01.html"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := prunePages(dir); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			_, err := os.Stat(filepath.Join(dir, fmt.Sprintf("claims-2026-01-%02d.html", i+1)))
			if gone := errors.Is(err, fs.ErrNotExist); gone != (i >= mostPages) {
				t.Errorf("of %d pages number %d is gone: %t", n, i+1, gone)
			}
		}
		for _, other := range []string{"mine.html", "claims-2026-01-01.html.bak", "x-2026-01-01.html"} {
			if _, err := os.Stat(filepath.Join(dir, other)); err != nil {
				t.Error(err)
			}
		}
	}
}

// What a page is called is short enough for a file system, and pruned in time.
func TestNameOf(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"claims.xlsx", "claims"},
		{"/a.b/Learners 25.26.XLSM", "Learners 25.26"},
		{strings.Repeat("é", longestName+1) + ".xlsx", strings.Repeat("é", longestName)},
	} {
		got := nameOf([]string{c.path})
		if got != c.want || !pageName.MatchString(got+"-2026-05-11.html") {
			t.Errorf("%s: %q", c.path, got)
		}
	}
}
