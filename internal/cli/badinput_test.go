package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"regcert/internal/register/registertest"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

// TestBadInput runs check and inspect over workbooks that are not as they should
// be: each is read as its staff mean it, or what they have to change is said.
// Each file of testdata/badinput says what is wrong, and holds the workbooks, the
// configuration where it matters, and what the two commands say: of check, how
// the sheets are read, and the statuses.
func TestBadInput(t *testing.T) {
	paths, err := filepath.Glob("testdata/badinput/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{"config.yaml": "workbooks: [{path: a.xlsx}]\n"}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			dir := t.TempDir()
			config := filepath.Join(dir, "config.yaml")
			write(t, config, []byte(files["config.yaml"]))
			for _, f := range registertest.Files(t, files["tables.txt"]) {
				write(t, filepath.Join(dir, f.Name), f.Data)
			}
			check := outcome(t, printed(t, "check", "--config", config, "--as-of", "2026-05-11", "--format", "json"))
			look, _, _ := strings.Cut(printed(t, "inspect", "--config", config, "--as-of", "2026-05-11", filepath.Join(dir, "a.xlsx")), "\nNOT CHECKED")
			if *update {
				set(archive, "check.txt", check)
				set(archive, "inspect.txt", look)
				write(t, path, txtar.Format(archive))
				return
			}
			if want := files["check.txt"]; check != want {
				t.Errorf("check prints\n%s\nwant\n%s", check, want)
			}
			if want := files["inspect.txt"]; look != want {
				t.Errorf("inspect prints\n%s\nwant\n%s", look, want)
			}
		})
	}
}

// printed is what a command prints.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(context.Background(), args, Streams{Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Now: time.Now})
	if code == exitUsage || errs.Len() > 0 {
		t.Fatalf("regcert %q: exit code %d\n%s", args, code, errs.String())
	}
	return out.String()
}

// outcome is what check makes of workbooks, in short.
func outcome(t *testing.T, text string) string {
	t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, w := range doc.Workbooks {
		if w.Reason != "" {
			fmt.Fprintf(&b, "reason: %s\n", w.Reason)
		}
		for _, s := range w.Sheets {
			fmt.Fprintf(&b, "read: %s as %s, header row %d, %d records, not known: %q\n", s.Name, s.Kind, s.HeaderRow, s.Records, s.UnknownColumns)
		}
		for _, r := range w.Remarks {
			fmt.Fprintf(&b, "remark: %s\n", r)
		}
	}
	for _, r := range doc.Rows {
		fmt.Fprintf(&b, "%s!%d: %s\n", r.Sheet, r.Row, r.Status)
	}
	for _, f := range doc.Findings {
		if strings.HasPrefix(f.Rule, "DAT-") {
			fmt.Fprintf(&b, "%s!%d: %s %s\n", f.Sheet, f.Row, f.Rule, f.Field)
		}
	}
	return b.String()
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// set puts a file into an archive, in the place of one of that name.
func set(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}
