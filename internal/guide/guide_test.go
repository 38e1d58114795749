package guide

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// TestLines guards that the guides can be read in a terminal.
func TestLines(t *testing.T) {
	for _, g := range All() {
		for i, line := range strings.Split(g.Text, "\n") {
			if utf8.RuneCountInString(line) > theWidth {
				t.Errorf("%s.md:%d is longer than %d characters", g.Name, i+1, theWidth)
			}
			if strings.TrimRight(line, " \t\r") != line {
				t.Errorf("%s.md:%d ends in white space", g.Name, i+1)
			}
		}
	}
}

var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// boldIn lists what is printed bold in a text.
func boldIn(text string) []string {
	var out []string
	for _, m := range bold.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.Join(strings.Fields(m[1]), " "))
	}
	return out
}

// TestStaffKnowAllStatuses guards that the guide for staff explains the statuses of
// each sheet, and none that do not exist.
func TestStaffKnowAllStatuses(t *testing.T) {
	told := map[string][]string{}
	for _, section := range strings.Split(staff, "\n### ")[1:] {
		heading, text, _ := strings.Cut(section, "\n")
		text, _, _ = strings.Cut(text, "\n## ")
		told[heading] = boldIn(text)
	}
	centre := register.Centre.String() + ": " + register.Centre.Status().String()
	for _, k := range register.Kinds() {
		if len(policy.Statuses(k)) == 0 {
			continue
		}
		heading := k.String() + ": " + k.Status().String()
		if k.OfCentre() { // one part speaks of all the sheets about the centre
			heading = centre
		}
		var names []string
		for _, s := range policy.Statuses(k) {
			names = append(names, s.Name)
			if !slices.Contains(told[heading], s.Name) {
				t.Errorf("staff.md does not explain the status %q of %s", s.Name, k)
			}
		}
		for _, s := range told[heading] {
			if !slices.Contains(names, s) && (!k.OfCentre() || k == register.Centre) {
				t.Errorf("staff.md explains the status %q of %s, which there is not", s, k)
			}
		}
	}
}

// TestStaffKnowAllColumns guards that the guide for staff names what regcert
// writes, and the columns of a snooze.
func TestStaffKnowAllColumns(t *testing.T) {
	columns := []register.Column{register.SnoozeUntil, register.SnoozeReason, register.SnoozeBy}
	for _, k := range register.Kinds() {
		columns = append(columns, k.Outputs()...)
	}
	text := strings.Join(strings.Fields(staff), " ")
	for _, c := range columns {
		if !strings.Contains(text, c.String()) {
			t.Errorf("staff.md does not name the column %s", c)
		}
	}
}

// TestTroubleIsWhatIsSaid guards that the messages which the administrator's guide
// quotes are in the program.
func TestTroubleIsWhatIsSaid(t *testing.T) {
	var source strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		source.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	quoted := 0
	for _, text := range boldIn(admin) {
		if text, ok := strings.CutPrefix(text, "“"); ok {
			text, _, _ = strings.Cut(text, "”")
			quoted++
			if !strings.Contains(source.String(), text) {
				t.Errorf("admin.md quotes “%s”, which the program does not say", text)
			}
		}
	}
	if quoted < 10 {
		t.Errorf("admin.md quotes only %d messages", quoted)
	}
}

// TestExampleOfRule guards that the example of a rule is cut out whole.
func TestExampleOfRule(t *testing.T) {
	for _, r := range policy.Rules() {
		example := Example(r.ID)
		if !strings.HasPrefix(example, "On ") || strings.Contains(example, "#") || strings.Contains(example, "**") {
			t.Errorf("the example of %s is %q", r.ID, example)
		}
		if r.ID != "POL-01" && (!strings.Contains(example, "does not") || !strings.HasSuffix(example, "|")) {
			t.Errorf("the example of %s has no table: %q", r.ID, example)
		}
	}
	if got := Example("REG-99"); got != "" {
		t.Errorf("REG-99 has the example %q", got)
	}
}
