package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme runs the examples of the README.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := runExamples(t, string(readme)); n < 4 {
		t.Errorf("the README has only %d examples", n)
	}
}

// runExamples runs the examples of a text in Markdown on the sample workbooks,
// those of one block one after the other, and compares what they print. A line
// "..." stands for any number of lines, and … in a line for anything. It returns
// how many there are.
func runExamples(t *testing.T, markdown string) int {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 5, 11, 9, 12, 3, 0, london) }
	examples := 0
	for _, text := range blocks(markdown, "console") {
		dir := samplesAt(t, now())
		for _, example := range strings.Split("\n"+text, "\n$ regcert ")[1:] {
			command, want, _ := strings.Cut(example, "\n")
			examples++
			t.Run(command, func(t *testing.T) {
				t.Chdir(dir)
				var out, errs bytes.Buffer
				Main(t.Context(), arguments(command), Streams{Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Now: now})
				if errs.Len() > 0 || !matches(strings.Split(strings.TrimRight(want, "\n"), "\n"), strings.Split(strings.TrimRight(out.String(), "\n"), "\n")) {
					t.Errorf("it prints\n%s%s\nthe text says\n%s", out.String(), errs.String(), want)
				}
			})
		}
	}
	return examples
}

// blocks are the blocks of code in a language that a text in Markdown has.
func blocks(markdown, language string) []string {
	var out []string
	for i, block := range strings.Split(markdown, "```") {
		if text, ok := strings.CutPrefix(block, language+"\n"); ok && i%2 == 1 {
			out = append(out, text)
		}
	}
	return out
}

// samplesAt makes a folder with the sample workbooks, as last saved then, and
// their configuration.
func samplesAt(t *testing.T, saved time.Time) string {
	t.Helper()
	root, dir := "../..", t.TempDir()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.CopyFS(filepath.Join(dir, "sample-workbooks"), os.DirFS(filepath.Join(root, "sample-workbooks"))))
	books, err := filepath.Glob(filepath.Join(dir, "sample-workbooks", "*"))
	check(err)
	for _, path := range books { // not today, which is after the day of the examples
		check(os.Chtimes(path, saved, saved))
	}
	config, err := os.ReadFile(filepath.Join(root, "config.yaml"))
	check(err)
	check(os.WriteFile(filepath.Join(dir, "config.yaml"), config, 0o600))
	return dir
}

// arguments splits a command as a shell does, where words in quotes are one.
func arguments(command string) []string {
	args := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], `"`)
	}
	return args
}

// matches compares lines, where "..." stands for any number of them.
func matches(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "..." {
		for i := 0; i <= len(got); i++ {
			if matches(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && matchesLine(want[0], got[0]) && matches(want[1:], got[1:])
}

func matchesLine(want, got string) bool {
	parts := strings.Split(want, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return want == got || regexp.MustCompile("^"+strings.Join(parts, ".*")+"$").MatchString(got)
}
