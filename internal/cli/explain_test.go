package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regcert/internal/calendar"
	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

// inSamples makes the folder with the sample workbooks and their configuration
// the working directory, and returns what is read from the workbooks.
func inSamples(t *testing.T) []*register.Workbook {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sample-workbooks"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := samples.Write(filepath.Join(dir, "sample-workbooks"), samples.AsOf()); err != nil {
		t.Fatal(err)
	}
	config := "workbooks:\n  - path: sample-workbooks/*.xlsx\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	made, err := samples.Workbooks()
	if err != nil {
		t.Fatal(err)
	}
	var books []*register.Workbook
	for _, w := range made {
		file, err := xlsx.Open(w.Data, xlsx.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		book, err := register.NewReader(samples.AsOf(), register.Aliases{}).Read(w.Name, file)
		if err != nil {
			t.Fatal(err)
		}
		books = append(books, book)
	}
	t.Chdir(dir)
	return books
}

// explained runs the command for a learner and returns what it prints.
func explained(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"explain", "--as-of", samples.AsOf().String()}, args...)
	code := Main(t.Context(), args, Streams{Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Now: time.Now})
	if code != exitDone || errs.Len() > 0 {
		t.Fatalf("%q ends in %d: %s", args, code, errs.String())
	}
	return out.String()
}

// TestExplainLearners holds the whole text of some of the sample learners: one
// with an overdue claim; with a second enrolment and no claim; with a certificate
// destroyed too early; with a late registration; with a blocked claim; at risk;
// withdrawn; with nothing that can be counted; snoozed; ready to claim.
func TestExplainLearners(t *testing.T) {
	golden, err := filepath.Abs("testdata/explain")
	if err != nil {
		t.Fatal(err)
	}
	inSamples(t)
	for _, id := range []string{"L-015", "L-005", "L-017", "L-047", "L-034", "L-055", "L-040", "L-059", "L-019", "L-018"} {
		got := explained(t, "--learner", id)
		path := filepath.Join(golden, id+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: it prints\n%s\nnot what stands in %s; -update writes that", id, got, path)
		}
	}
}

// TestExplainIsNarrowAndNamesNobody: every explanation fits the screen, and says
// neither who a learner is nor who decided.
func TestExplainIsNarrowAndNamesNobody(t *testing.T) {
	private := []register.Column{
		register.LegalFirstName, register.LegalLastName, register.ULN, register.Email, register.Telephone, register.Tutor, register.Assessor, register.IQA, register.SnoozeBy,
	}
	secret := map[string]map[string]bool{} // by learner
	books := inSamples(t)
	for _, book := range books {
		for _, s := range book.Sheets {
			for i := range s.Records {
				r := &s.Records[i]
				if r.Key.ID == "" {
					continue
				}
				if secret[r.Key.ID] == nil {
					secret[r.Key.ID] = map[string]bool{}
				}
				for _, c := range private {
					if v := r.Value(c); v.IsReadable() {
						secret[r.Key.ID][v.Text] = true
					}
				}
				if born := r.Value(register.DateOfBirth); born.IsReadable() {
					for _, form := range []func(calendar.Date) string{calendar.Date.String, calendar.Date.Long, calendar.Date.UK} {
						secret[r.Key.ID][form(born.Date)] = true
					}
				}
			}
		}
	}
	if len(secret) < 60 {
		t.Fatalf("only %d learners", len(secret))
	}
	for id, words := range secret {
		text := explained(t, "--learner", id)
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > screen {
				t.Errorf("%s: %d characters: %s", id, n, line)
			}
		}
		text += explained(t, "--learner", id, "--format", "json")
		for word := range words {
			if strings.Contains(text, word) {
				t.Errorf("%s: the explanation contains %q", id, word)
			}
		}
	}
}
