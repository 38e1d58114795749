package cli

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadSecrets(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"":                              {},
		"# A='b'\n; A='b'\n \n":         {},
		"A='b'\nC=d\n":                  {"A": "b", "C": "d"},
		"\ufeffA='b c'\r\nC= d e \r\n":  {"A": "b c", "C": "d e"},
		`A='"\$'`:                       {"A": `"\$`},
		`A="it's"`:                      {"A": "it's"},
		"A=''\nB=\nC=a=b#c":             {"A": "", "B": "", "C": "a=b#c"},
		"A='b'\nA='c'":                  {"A": "c"},
		secretsText([]string{"A", "B"}): {},
		strings.ReplaceAll(secretsText([]string{"A"}), "#A='…'", "A='…'"): {"A": "…"},
	} {
		if got, err := readSecrets(text); err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"A":               "line 1 is not NAME=",
		"A=b\n=c":         "line 2 is not NAME=",
		"export A=sesame": "line 1 is not NAME=",
		`A=ses\ame`:       "line 1: the value of A is ambiguous",
		`A=ses'ame`:       "ambiguous",
		`A='ses'ame'`:     "ambiguous",
		`A="ses\"ame"`:    "ambiguous",
		`A="ses$ame"`:     "ambiguous",
		`A='sesame`:       "ambiguous",
		`A='`:             "ambiguous",
	} {
		if got, err := readSecrets(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ame") {
			t.Errorf("%q: %q, %v; want %s", text, got, err, want)
		}
	}
}

func TestWithSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secrets.env")
	if err := os.WriteFile(file, []byte("A='b'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{secretsVariable: file, "A": "hidden", "C": "d"}
	getenv, err := withSecrets(func(name string) string { return environment[name] })
	if err != nil || getenv("A") != "b" || getenv("C") != "d" || getenv("E") != "" {
		t.Errorf("A, C and E are %q, %q and %q, %v", getenv("A"), getenv("C"), getenv("E"), err)
	}
	environment[secretsVariable] = file + ".missing"
	if _, err := withSecrets(func(name string) string { return environment[name] }); err == nil || !strings.Contains(err.Error(), secretsVariable) {
		t.Errorf("without its file: %v", err)
	}
}
