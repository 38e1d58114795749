package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"regcert"
	"regcert/internal/register"
)

// draft loads what a draft makes of the example.
func draft(t *testing.T, d *Draft) (*Config, string) {
	t.Helper()
	text, err := d.Text(regcert.Example())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c, text
}

// TestDraft guards that a new configuration says what was found, and otherwise
// what holds without any: nothing of the examples is left but as comments.
func TestDraft(t *testing.T) {
	aliases := register.Aliases{
		Sheets:  map[register.Kind][]string{register.Enrolments: {"Sep", "Oct"}},
		Columns: map[register.Kind]map[register.Column][]string{register.Claims: {register.ClaimRef: {"Ref: AIM"}}},
	}
	c, text := draft(t, &Draft{Timezone: "Europe/Dublin", Aliases: aliases, Workbooks: []DraftWorkbook{
		{Path: "registers/*.xlsx", Pattern: true}, {Path: "old [2024]*.xlsx", PasswordEnv: "OLD_PASSWORD", Note: "a\nnote"},
	}})
	want, err := Default(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	want.File, want.Location, want.Aliases, want.JudgeFrom = c.File, c.Location, aliases, want.Policy[0].InForce
	want.Workbooks = []Workbook{
		{Path: filepath.Join(c.Dir, "registers", "*.xlsx"), WriteBack: true},
		{Path: filepath.Join(c.Dir, "old [[]2024][*].xlsx"), PasswordEnv: "OLD_PASSWORD", WriteBack: true},
	}
	if c.Location.String() != "Europe/Dublin" || !reflect.DeepEqual(c, want) {
		t.Errorf("it says\n%+v\nwant\n%+v", c, want)
	}
	for _, line := range strings.Split(regcert.Example(), "\n") {
		if comment := strings.TrimSpace(line); strings.HasPrefix(comment, "# ") && !strings.Contains(text, comment) {
			t.Errorf("the comment is gone: %s", comment)
		}
	}
}

// TestDraftWithoutNames guards that examples of other names are no names.
func TestDraftWithoutNames(t *testing.T) {
	c, text := draft(t, &Draft{Timezone: "Europe/London", Workbooks: []DraftWorkbook{{Path: "a.xlsx"}}})
	if len(c.Aliases.Sheets)+len(c.Aliases.Columns) > 0 || len(c.Recipients) > 0 {
		t.Errorf("%+v", c)
	}
	for _, line := range []string{"# sheets:\n#   Enrolments: [Learners 2025-26]\n", "# recipients:\n#   - name: Head of Quality\n#     email: quality@centre.example\n", "  #   - \"2026-12-24\"\n", "    # write_back: true ", "\n# centre: Brackwater"} {
		if !strings.Contains(text, line) {
			t.Errorf("it does not hold %q\n%s", line, text)
		}
	}
}

func TestDraftOfAnother(t *testing.T) {
	if _, err := (&Draft{}).Text("timezone: Europe/London\n"); err == nil || !strings.Contains(err.Error(), `"write_back:"`) {
		t.Errorf("a key is missing: %v", err)
	}
}
