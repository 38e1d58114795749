package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"regcert/internal/config"
)

// TestLines guards what a line of the log looks like, whatever is logged.
func TestLines(t *testing.T) {
	berlin := time.FixedZone("", 7200)
	for format, want := range map[string]string{
		"text": `^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=WARN msg="checked the workbooks" outcome=written took=1.235s at=2026-05-11T06:00:00.123Z error="no  such \[31m file" n=3 group.cell="a b c"\n$`,
		"json": `^{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"WARN","msg":"checked the workbooks","outcome":"written","took":"1.235s","at":"2026-05-11T06:00:00.123Z","error":"no  such \[31m file","n":3,"group":{"cell":"a b c"}}\n$`,
	} {
		var out bytes.Buffer
		log, closer := New(config.Log{Format: format}, &out)
		log.Warn("checked\nthe workbooks", "outcome", "written", "took", 1234567*time.Microsecond, "at", time.Date(2026, time.May, 11, 8, 0, 0, 123e6, berlin),
			"error", errors.New("no\r\nsuch\x1b[31m\u202efile"), "n", 3, slog.Group("group", "cell", "a\u2028b\x00c"))
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%s: %q is not as %s", format, out.String(), want)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLongTexts guards that a text is cut where it is longer than a line should be.
func TestLongTexts(t *testing.T) {
	for n, want := range map[int]string{longest: strings.Repeat("é", longest), longest + 1: strings.Repeat("é", longest-1) + "…"} {
		if got := oneLine(strings.Repeat("é", n)); got != want {
			t.Errorf("of %d characters %d are left", n, len([]rune(got)))
		}
	}
}

// FuzzLine guards that whatever is logged becomes one line, in JSON one document.
func FuzzLine(f *testing.F) {
	f.Add("message", "value")
	f.Add("\x00\xff\u202e\u2028", "\"=\n")
	f.Fuzz(func(t *testing.T, message, value string) {
		for _, format := range []string{"text", "json"} {
			var out bytes.Buffer
			log, _ := New(config.Log{Format: format}, &out)
			log.Info(message, "key", value, "error", errors.New(value))
			line, isLine := strings.CutSuffix(out.String(), "\n")
			if !isLine || strings.ContainsAny(line, "\n\r\x1b\x00\u202e\u2028") {
				t.Errorf("%q", out.String())
			}
			if format == "json" && !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %q", line)
			}
		}
	})
}

// TestFile guards that a log is only its owner's, that it is rotated, and that no
// more full files are kept than configured.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "regcert.log")
	var stderr bytes.Buffer
	log, closer := New(config.Log{File: path, Keep: 2}, &stderr)
	defer closer.Close()
	long := strings.Repeat("x", longest)
	for range 4 * fullFile << 20 / longest {
		log.Info(long)
	}
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(filepath.Dir(path), "regcert*.log"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for deadline := time.Now().Add(10 * time.Second); len(files()) != 3 && time.Now().Before(deadline); { // old ones are deleted by and by
		time.Sleep(10 * time.Millisecond)
	}
	if len(files()) != 3 {
		t.Errorf("there are %q", files())
	}
	for _, f := range files() {
		info, err := os.Stat(f)
		if err != nil || info.Size() > fullFile<<20 || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s: %d bytes, %v, %v", f, info.Size(), info.Mode(), err)
		}
	}
	if stderr.Len() > 0 {
		t.Error(stderr.String())
	}
}

// TestNothingStops guards that the log goes on, elsewhere, while its file cannot
// be written, and comes back to it.
func TestNothingStops(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	path := filepath.Join(dir, "regcert.log")
	var stderr bytes.Buffer
	log, closer := New(config.Log{File: path, Keep: 2}, &stderr)
	defer closer.Close()
	in := func(what string) bool {
		data, _ := os.ReadFile(path)
		return bytes.Contains(data, []byte("msg="+what))
	}
	log.Info("first")
	ok(t, os.Rename(dir, dir+"-away"))
	ok(t, os.WriteFile(dir, nil, 0o600)) // so that no folder can be made
	log.Info("second")
	log.Info("third")
	if got := stderr.String(); strings.Count(got, "cannot be written") != 1 || !strings.Contains(got, "msg=second") || !strings.Contains(got, "msg=third") {
		t.Errorf("on stderr: %s", got)
	}
	ok(t, os.Remove(dir))
	log.Info("fourth")
	if !in("fourth") || strings.Contains(stderr.String(), "fourth") {
		t.Errorf("it does not come back: %s", stderr.String())
	}
	ok(t, os.Remove(path))
	log.Info("fifth")
	if !in("fifth") || in("fourth") {
		t.Error("a deleted file is written")
	}
}

// TestFullDisk guards the same on a full disk.
func TestFullDisk(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("there is no ", full)
	}
	var stderr bytes.Buffer
	log, closer := New(config.Log{File: full, Keep: 1}, &stderr)
	defer closer.Close()
	log.Info("first")
	log.Info("second")
	if got := stderr.String(); strings.Count(got, "cannot be written") != 1 || !strings.Contains(got, "no space") || !strings.Contains(got, "msg=second") {
		t.Errorf("on stderr: %s", got)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
