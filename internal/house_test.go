package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestArrows holds the direction in which packages import each other: a package
// imports only what stands below it.
func TestArrows(t *testing.T) {
	house := []string{
		"cmd/regcert",
		"internal/cli",
		"internal/daemon",
		"internal/web",
		"internal/status",
		"internal/journal",
		"internal/ping",
		"internal/jobs",
		"internal/licences",
		"internal/guide",
		"internal/config",
		"internal/schedule",
		"internal/page",
		"internal/batch",
		"internal/evidence",
		"internal/digest",
		"internal/actionlist",
		"templates",
		".", // config.yaml, embedded
		"internal/mail",
		"internal/store",
		"internal/history",
		"internal/custom",
		"internal/blank",
		"internal/policy",
		"internal/inspect",
		"internal/register",
		"internal/samples",
		"internal/calendar",
		"internal/likeness",
		"internal/encrypted",
		"internal/xlsx",
		"internal/swap",
	}
	// Tools stand beside the house: the program does not import them.
	tools := []string{"internal/bench", "internal/dist", "internal/licences/generate", "internal/register/registertest", "internal/mail/mailtest", "internal/daemon/daemontest", "internal/realparts"}
	seen := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel("..", filepath.Dir(path))
		if err != nil {
			return err
		}
		from := filepath.ToSlash(rel)
		seen[from] = true
		floor := slices.Index(house, from)
		if floor < 0 && !slices.Contains(tools, from) {
			t.Errorf("%s has no place in the house: add it to this test", from)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			to, ours := strings.CutPrefix(name, "regcert/")
			if !ours {
				continue
			}
			if floor >= 0 && slices.Index(house, to) <= floor {
				t.Errorf("%s imports %s, which does not stand below %s", filepath.ToSlash(path), to, from)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range house {
		if !seen[name] {
			t.Errorf("there is no package %s", name)
		}
	}
}
