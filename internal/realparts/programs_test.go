package realparts

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/cli"
)

// asOf is the day for which the sample workbooks are made.
const asOf = "2026-05-11"

// program finds the first of these programs that is installed.
func program(t *testing.T, names ...string) string {
	t.Helper()
	long(t)
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, names[0]+" is not installed")
	return ""
}

// long skips a test that takes long where only short ones are wanted.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long")
	}
}

// missing skips the test, or fails it where nothing may be skipped.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// start runs a program and returns what it printed, its exit code left to the
// caller: what counts is what it made.
func start(t *testing.T, limit time.Duration, path string, args ...string) (printed string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = 5 * time.Second // children may hold the pipe
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// centre is a folder with the repository's configuration and workbooks where
// it looks for them.
type centre string

// newCentre copies workbooks into a new centre.
func newCentre(t *testing.T, workbooks []string) centre {
	t.Helper()
	dir := t.TempDir()
	copyFile(t, filepath.Join("..", "..", "config.yaml"), filepath.Join(dir, "config.yaml"))
	if err := os.Mkdir(filepath.Join(dir, "sample-workbooks"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := centre(dir)
	for _, w := range workbooks {
		copyFile(t, w, c.workbook(filepath.Base(w)))
	}
	return c
}

func (c centre) workbook(name string) string {
	return filepath.Join(string(c), "sample-workbooks", name)
}

// regcert runs a command as of the day, and wants an exit code.
func (c centre) regcert(t *testing.T, want int, args ...string) []byte {
	t.Helper()
	day, err := calendar.ParseISO(asOf)
	check(t, err)
	return c.regcertOn(t, day, want, args...)
}

// regcertOn runs a command in the morning of a day, and wants an exit code.
func (c centre) regcertOn(t *testing.T, day calendar.Date, want int, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	args = append(args, "--config", filepath.Join(string(c), "config.yaml"), "--as-of", day.String())
	code := cli.Main(t.Context(), args, cli.Streams{
		Out: &out, Err: &errs,
		Getenv: func(string) string { return "" },
		Now:    func() time.Time { return day.Time().Add(7*time.Hour + 5*time.Minute) },
	})
	if code != want {
		t.Fatalf("regcert %q: exit code %d, want %d\n%.3000s%s", args, code, want, out.Bytes(), errs.Bytes())
	}
	return out.Bytes()
}

// report is what these tests need of the JSON of run.
type report struct {
	Workbooks []struct {
		Path, Outcome, Reason string
		Sheets                []sheet
		OtherSheets           []string `json:"other_sheets"`
	}
	Rows     []row
	Findings []struct{ Rule, Workbook, Sheet, Field string }
}

type row struct {
	Workbook, Sheet, Kind, Status string
	Row                           int
	Deadline                      *string // ISO
	NextAction                    string  `json:"next_action"`
}

type sheet struct {
	Name, Kind string
	HeaderRow  int `json:"header_row"`
}

// run writes statuses back, into every workbook.
func (c centre) run(t *testing.T) report {
	t.Helper()
	r := c.runTo(t, 0)
	for _, w := range r.Workbooks {
		if w.Outcome != "written" {
			t.Errorf("%s is %s: %s", w.Path, w.Outcome, w.Reason)
		}
	}
	return r
}

// runTo runs regcert run, and wants an exit code.
func (c centre) runTo(t *testing.T, code int) report {
	t.Helper()
	var r report
	if err := json.Unmarshal(c.regcert(t, code, "run", "--format", "json"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// sampleWorkbooks are the paths of the committed ones.
func sampleWorkbooks(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "sample-workbooks", "*.xlsx"))
	if err != nil || len(paths) < 3 {
		t.Fatalf("sample workbooks: %q, %v", paths, err)
	}
	return paths
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	writeFile(t, to, readFile(t, from))
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
