package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// corpus gives the workbooks of $REGCERT_CORPUS, by their path under it.
func corpus(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("REGCERT_CORPUS")
	if root == "" {
		if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
			t.Fatal("REGCERT_CORPUS is not set")
		}
		t.Skip("REGCERT_CORPUS is not set")
	}
	if !filepath.IsAbs(root) {
		root = filepath.Join("..", "..", root) // from where people call go test
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(strings.ToLower(filepath.Ext(path)), ".xls") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no workbook in %s", root)
	}
	return files
}

// verdict is the part of the report that is looked at here.
type verdict struct {
	Workbooks []struct{ Outcome, Reason string }
}

// TestCorpusCheck names every workbook of the corpus alone to `regcert check`: it is read, or refused for a reason, in
// good time and little memory; nothing breaks down, and nothing in its folder changes.
func TestCorpusCheck(t *testing.T) {
	files := corpus(t)
	counts := map[string]int{}
	var slowest, largest ended
	for _, original := range files {
		data, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		path := filepath.Join(folder, "copy"+filepath.Ext(original))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		settle(t, path)
		got := check(t, path, "--format", "json", "--config", asRegister(t, data))
		became, problem := judge(got)
		if problem != "" {
			t.Errorf("%s: %s", original, problem)
		}
		counts[became]++
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s: its bytes changed (%v)", original, err)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
			t.Errorf("%s: in its folder there are %v (%v)", original, left, err)
		}
		if got.took > slowest.took {
			slowest = got
		}
		if got.memory > largest.memory {
			largest = got
		}
	}
	fmt.Printf("corpus: %d workbooks checked: %d read, %d refused; at most %v and %d MiB\n", len(files), counts[read], counts[refused], slowest.took, largest.memory/mib)
	if counts[read] < counts[refused] {
		t.Error("most of the workbooks could not be read")
	}
}

// asRegister is a configuration in which every sheet of a workbook is one of enrolments, so that all of them are scanned.
// One that is called as a kind of sheets is scanned as that.
func asRegister(t *testing.T, workbook []byte) string {
	t.Helper()
	names := []string{}
	if f, err := xlsx.Open(workbook, xlsx.DefaultLimits()); err == nil {
		for _, s := range f.Sheets() {
			isKind := slices.ContainsFunc(register.Kinds(), func(k register.Kind) bool {
				return register.NormalHeading(k.String()) == register.NormalHeading(s.Name)
			})
			if strings.TrimSpace(s.Name) != "" && !isKind {
				names = append(names, s.Name)
			}
		}
	}
	list, err := json.Marshal(names)
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err == nil {
		err = os.WriteFile(path, fmt.Appendf(nil, "workbooks: [{path: none/*.xlsx}]\nsheets: {Enrolments: %s}\n", list), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What becomes of a workbook that is named alone: it is no register, so even one that was read is reported.
const (
	read    = "read"
	refused = "refused"
)

// judge says what became of a workbook, and what is wrong with that, if anything is.
func judge(got ended) (became, problem string) {
	if problem := got.problem(seconds); problem != "" {
		return refused, problem
	}
	var v verdict
	if err := json.Unmarshal([]byte(got.stdout), &v); err != nil {
		return refused, err.Error() + " in " + got.stdout
	}
	if len(v.Workbooks) != 1 {
		return refused, fmt.Sprintf("%d workbooks", len(v.Workbooks))
	}
	book := v.Workbooks[0]
	switch {
	case book.Outcome == "unchanged" && got.code < 3:
		return read, ""
	case book.Outcome == "unchanged" && (strings.Contains(book.Reason, "no header row") || strings.Contains(book.Reason, "no sheet of it is known")):
		return read, ""
	case book.Outcome == "failed" && got.code == 3 && strings.Contains(book.Reason, "; "): // why; what to do
		return refused, ""
	}
	return refused, fmt.Sprintf("exit code %d, outcome %s, for the reason %q", got.code, book.Outcome, book.Reason)
}
