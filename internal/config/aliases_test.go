package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"regcert/internal/register"
)

// TestAliasLines guards that names are written so that they are read as they
// were, whatever stands in them.
func TestAliasLines(t *testing.T) {
	a := register.Aliases{
		Sheets: map[register.Kind][]string{
			register.Enrolments: {"Learners 25-26", "Sep", "No", "1st term", "O'Hara: all", "a, [b]", "Ünï #1", "1.0", "~x", "null", "{y}", "yes/no"},
			register.Claims:     {"- c", "*d", "2026-05-11"},
		},
		Columns: map[register.Kind]map[register.Column][]string{
			register.Enrolments: {register.CourseStart: {"Start date", `"Start"`, "a\\b"}, register.CourseEnd: {"on"}},
			register.Staff:      {register.StaffName: {"Who?"}},
		},
	}
	text := "workbooks: [{path: a.xlsx}]\n" + strings.Join(AliasLines(a), "\n") + "\n"
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(c.Aliases, a) {
		t.Errorf("%+v\nwas written as\n%s\nand read as\n%+v", a, text, c.Aliases)
	}
	if lines := AliasLines(register.Aliases{}); lines != nil {
		t.Errorf("nothing was written as %q", lines)
	}
}
