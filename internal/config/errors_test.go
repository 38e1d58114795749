package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files")

const golden = "testdata/errors.txtar"

// TestErrors compares what is said about wrong configurations, to the letter.
func TestErrors(t *testing.T) {
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for i := 0; i < len(archive.Files); i += 2 {
		question, answer := archive.Files[i], &archive.Files[i+1]
		t.Run(question.Name, func(t *testing.T) {
			if err := os.WriteFile("config.yaml", question.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load("config.yaml")
			if err == nil {
				t.Fatal("no error")
			}
			got := err.Error() + "\n"
			guards(t, err)
			for _, secret := range []string{"hunter2", "s3cret", "it''s, me", "123456"} {
				if strings.Contains(got, secret) {
					t.Errorf("the secret %s is told: %s", secret, got)
				}
			}
			if *update {
				answer.Data = []byte(got)
			} else if got != string(answer.Data) {
				t.Errorf("got\n%s\nwant\n%s", got, answer.Data)
			}
		})
	}
	if *update {
		t.Chdir(home)
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// remedies are the words with which a message says what to do.
var remedies = regexp.MustCompile(`\b(write|take|put|correct|give|close|name|did you mean|known here|indent|look at|set|say|add|leave|compare|count)\b`)

// guards holds what each problem must have: its line, a caret, and a remedy.
func guards(t *testing.T, err error) {
	t.Helper()
	wrong, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%v is no *Error", err)
	}
	for _, p := range wrong.Problems {
		if p.Line < 1 || p.Column < 1 || !strings.Contains(p.Excerpt, fmt.Sprintf("%d | ", p.Line)) || !strings.HasSuffix(p.Excerpt, "^") {
			t.Errorf("line %d, column %d, shown as\n%s: %s", p.Line, p.Column, p.Excerpt, p.Message)
		}
		if !remedies.MatchString(p.Message) {
			t.Errorf("it is not said what to do: %s", p.Message)
		}
	}
}

// TestEncodings guards the files that editors write, which are no pure UTF-8.
func TestEncodings(t *testing.T) {
	if c := mustLoad(t, "\ufeff"+strings.ReplaceAll(one+"centre: Ünïcödé\n", "\n", "\r\n")); c.Centre != "Ünïcödé" {
		t.Errorf("with a byte-order mark and CRLF the centre is %q", c.Centre)
	}
	for text, want := range map[string]string{
		"\xff\xfew\x00o\x00":          ": is written in UTF-16: save it as UTF-8 text",
		one + "centre: Br\xfcckwater": ":2:1: is not UTF-8 text: save the file as UTF-8",
	} {
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), want) || !utf8.ValidString(err.Error()) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzLoad guards that no text makes the reader fail otherwise than with an
// error, that the error stays inside the lines it shows, and that whatever is
// accepted holds what the rest of the program relies on.
func FuzzLoad(f *testing.F) {
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if strings.HasSuffix(file.Name, ".yaml") {
			f.Add(string(file.Data))
		}
	}
	text, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	for _, s := range []string{"a: *x", "? a\n: b", "- - - a", "%YAML 1.2\n---\n", "a: |\n  b", "\ufeffa: b", "a: \"\\x00\"", "{}", "---", "!!map {}", "schedule: {check: '*/0 * * * *'}"} {
		f.Add(one + s)
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		c, err := load(t, text)
		if err != nil {
			if message := err.Error(); !strings.Contains(message, "config.yaml") || strings.ContainsAny(message, "\t\r\x00\x1b") || !utf8.ValidString(message) {
				t.Errorf("the error is %q", message)
			}
			return
		}
		if c.Location == nil || c.Calendar == nil || len(c.Policy) == 0 || len(c.Workbooks) == 0 || c.KeepBackups < 1 || c.StateDir == "" {
			t.Errorf("accepted: %+v", c)
		}
		for i, n := range c.Policy {
			if n.Version == "" || n.InForce.IsZero() || n.ReviewBy < n.InForce || n.Claim.N < 1 || n.MinAge > n.MaxAge || i > 0 && n.InForce <= c.Policy[i-1].InForce {
				t.Errorf("accepted: version %+v", n)
			}
		}
		for _, w := range c.Workbooks {
			if w.Path == "" {
				t.Errorf("accepted: workbook %+v", w)
			}
		}
		for _, r := range c.Recipients {
			if r.Name == "" || strings.ContainsAny(r.Email, "\r\n ") || !strings.Contains(r.Email, "@") {
				t.Errorf("accepted: recipient %+v", r)
			}
		}
	})
}
