package samples

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// judge reads workbooks and judges them on the day AsOf.
func judge(t *testing.T, books []Workbook) *policy.Report {
	t.Helper()
	return judgeOn(t, books, AsOf())
}

func judgeOn(t *testing.T, books []Workbook, day calendar.Date) *policy.Report {
	t.Helper()
	var set []*register.Workbook
	reader := register.NewReader(day, register.Aliases{})
	for _, b := range books {
		file, err := xlsx.Open(b.Data, xlsx.DefaultLimits())
		if err != nil {
			t.Fatalf("%s: %v", b.Name, err)
		}
		read, err := reader.Read(b.Name, file)
		if err != nil {
			t.Fatalf("%s: %v", b.Name, err)
		}
		set = append(set, read)
	}
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Judge(set, policy.Options{AsOf: day, Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()}})
}

func workbooks(t *testing.T) []Workbook {
	t.Helper()
	made, err := Workbooks()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// A week earlier the centre was as it could have been then: nothing that has
// happened lies ahead, but what was mistyped, and less was late.
func TestWorkbooksOnAnEarlierDay(t *testing.T) {
	made, err := WorkbooksOn(AsOf() - 7)
	if err != nil {
		t.Fatal(err)
	}
	ahead := func(r *policy.Report) (out []string) {
		for _, f := range r.Findings {
			if strings.Contains(f.Message, "which lies ahead") {
				out = append(out, f.Sheet+" "+f.LearnerID+" "+f.Field)
			}
		}
		return out
	}
	then, now := judgeOn(t, made, AsOf()-7), judge(t, workbooks(t))
	if got, want := ahead(then), ahead(now); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("a week earlier these lay ahead: %q, want those that were mistyped: %q", got, want)
	}
	if len(then.Rows) != len(now.Rows) || len(then.Findings) == len(now.Findings) {
		t.Errorf("%d rows and %d findings then, %d and %d now", len(then.Rows), len(then.Findings), len(now.Rows), len(now.Findings))
	}
}

func TestEveryStatusOccurs(t *testing.T) {
	count := map[register.Kind]map[string]int{}
	for _, r := range judge(t, workbooks(t)).Rows {
		k := r.Record.Sheet.Kind
		if count[k] == nil {
			count[k] = map[string]int{}
		}
		count[k][r.Status]++
	}
	for _, k := range register.Kinds() {
		for _, s := range policy.Statuses(k) {
			if count[k][s.Name] == 0 && !k.OfCentre() { // an application is in one stage at a time
				t.Errorf("no row of %s is %q on %s", k, s.Name, AsOf())
			}
		}
	}
}

func TestRulesRaise(t *testing.T) {
	raised := map[string]bool{}
	for _, f := range judge(t, workbooks(t)).Findings {
		raised[f.Rule] = true
	}
	// The policy is not due for review on the day, and the login details came.
	silent := []string{"CEN-02", "POL-01"}
	for _, r := range policy.Rules() {
		if raised[r.ID] == slices.Contains(silent, r.ID) {
			t.Errorf("%s raised: %t", r.ID, raised[r.ID])
		}
	}
}

func TestEverySeverityAndALoggedBreach(t *testing.T) {
	raised := map[policy.Severity]int{}
	logged := 0
	for _, f := range judge(t, workbooks(t)).Findings {
		raised[f.Severity]++
		if f.Logged {
			logged++
		}
	}
	for _, s := range policy.Severities() {
		if raised[s] == 0 {
			t.Errorf("nothing is raised as %s", s)
		}
	}
	if logged == 0 {
		t.Error("no breach has been logged")
	}
}

// Snoozes of every kind are shown: of what is overdue and of what is at risk,
// one that has ended, and one that lacks something.
func TestSnoozes(t *testing.T) {
	report := judge(t, workbooks(t))
	asleep := map[policy.Severity]bool{}
	incomplete := false
	for _, f := range report.Findings {
		asleep[f.Severity] = asleep[f.Severity] || f.Snooze != nil
		incomplete = incomplete || f.Rule == "DAT-11"
	}
	ended := false
	for _, r := range report.Rows {
		until := r.Record.Value(register.SnoozeUntil)
		ended = ended || until.IsReadable() && until.Date < AsOf() && r.Problems != ""
	}
	if !asleep[policy.Overdue] || !asleep[policy.AtRisk] || !asleep[policy.Todo] || !incomplete || !ended {
		t.Errorf("snoozed: %v; incomplete: %t; ended: %t", asleep, incomplete, ended)
	}
}

// Worked out by hand from the policy, learner by learner.
func TestStatuses(t *testing.T) {
	got := map[string]string{}
	for _, r := range judge(t, workbooks(t)).Rows {
		id := string(r.Record.Sheet.Kind.String()[0]) + strings.ToUpper(r.Record.LearnerID())
		if got[id] == "" { // of several enrolments the first
			got[id] = r.Status
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(`
EL-046 Overdue
EL-047 Registered late
EL-048 Submitted late
EL-049 Awaiting confirmation
EL-055 At risk
EL-056 At risk
EL-057 Awaiting confirmation
EL-045 Due
EL-062 Due
EL-063 Not started
EL-059 Check data
EL-060 Registered
EL-005 Withdrawn
EL-029 Registered
CL-001 Collected
CL-003 Uncollected
CL-004 Destroyed
CL-008 Issued
CL-009 Issued late
CL-010 To issue
CL-011 Issue overdue
CL-012 Claimed
CL-013 Claimed late
CL-014 Claimed ineligible
CL-015 Overdue
CL-016 At risk
CL-018 Ready to claim
CL-019 Blocked
CL-030 Check data
CL-031 In progress
CL-032 Awaiting IQA
CL-033 Ready to claim
CL-037 Collected
WL-005 Withdrawn
WL-025 Withdrawn late
WL-020 Submitted late
WL-041 Submitted
WL-040 Overdue
WL-052 At risk
WL-054 Due
WL-058 Not registered
WL-024 Check data
WL-029 Planned`), "\n") {
		id, status, _ := strings.Cut(line, " ")
		if got[id] != status {
			t.Errorf("%s is %q, not %q", id, got[id], status)
		}
	}
}

// The application is half-way: it was submitted too early, and came back.
func TestApplication(t *testing.T) {
	report := judge(t, workbooks(t))
	var got []string
	for _, r := range report.Rows {
		if r.Record.Sheet.Kind.OfCentre() && r.Status != "OK" {
			got = append(got, r.Subject+": "+r.Status)
		}
	}
	want := []string{
		"Telephone: Missing", "Policies Section: Missing", "Application Submitted: Returned", "Returned On: Due soon", "Greenhouse Lane: Missing", "Finance: Missing",
		"Policy b: Due soon", "Policy d: Overdue", "Policy g: Missing", "Policy f: standardisation of assessors: Missing", "Policy g: dealing with: Missing",
	}
	if !slices.Equal(got, want) || report.Stage != "Returned" {
		t.Errorf("the application is %q, with\n%s\nwant\n%s", report.Stage, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Both ways of writing back are shown: into columns that are there, and into
// columns that are added; and one column that staff's formulas hold.
func TestColumnsThatRegcertWrites(t *testing.T) {
	seen := map[register.Kind]bool{}
	for _, r := range judge(t, workbooks(t)).Rows {
		s := r.Record.Sheet
		if seen[s.Kind] {
			continue
		}
		seen[s.Kind] = true
		for _, c := range s.Kind.Outputs() {
			there := s.Kind == register.Enrolments || s.Kind == register.Withdrawals || s.Kind == register.Claims || c == register.RetainUntil
			if s.Has(c) != there {
				t.Errorf("%s has %s: %t", s.Kind, c, s.Has(c))
			}
			if s.HasFormulas(c) != (c == register.RetainUntil) {
				t.Errorf("%s has formulas in %s: %t", s.Kind, c, s.HasFormulas(c))
			}
		}
	}
}

// The centre is a decent one: most of its rows are in order.
func TestMostRowsAreFine(t *testing.T) {
	report := judge(t, workbooks(t))
	wrong := map[*register.Record]bool{}
	for _, r := range report.Rows {
		if r.Problems != "" {
			wrong[r.Record] = true
		}
	}
	if 3*len(wrong) > len(report.Rows) {
		t.Errorf("%d of %d rows have problems", len(wrong), len(report.Rows))
	}
}

func TestSameBytesEachTime(t *testing.T) {
	first, second := workbooks(t), workbooks(t)
	for i := range first {
		if !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("%s comes out differently each time", first[i].Name)
		}
	}
}

// The committed workbooks are those that the generator makes. Cells are
// compared, not bytes, which another version of the compressor may change.
func TestCommittedWorkbooks(t *testing.T) {
	for _, w := range workbooks(t) {
		committed, err := os.ReadFile(filepath.Join("..", "..", "sample-workbooks", w.Name))
		if err != nil {
			t.Fatal(err)
		}
		got, want := cells(t, committed), cells(t, w.Data)
		if len(got) != len(want) {
			t.Errorf("%s: %d cells are committed, %d are made: run make samples", w.Name, len(got), len(want))
		}
		for ref, value := range want {
			if got[ref] != value {
				t.Errorf("%s %s: %q is committed, %q is made: run make samples", w.Name, ref, got[ref], value)
			}
		}
	}
}

// cells returns what the cells of a workbook hold, formulas too.
func cells(t *testing.T, data []byte) map[string]string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	found := map[string]string{}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, value := range row {
				ref := name(j+1, i+1)
				formula, err := book.GetCellFormula(sheet, ref)
				if err != nil {
					t.Fatal(err)
				}
				found[sheet+"!"+ref] = value + " =" + formula
			}
		}
	}
	return found
}

func TestValue(t *testing.T) {
	text, day, number := column{}, column{kind: kindDate}, column{kind: kindNumber}
	for _, c := range []struct {
		column column
		typed  string
		want   any
	}{
		{text, "", nil},
		{text, "24/03/2026", "24/03/2026"},
		{day, "24/03/2026", 46105.0},
		{day, `"24/03/2026"`, "24/03/2026"},
		{day, "31/02/2026", "31/02/2026"},
		{day, "tbc", "tbc"},
		{text, "24", "24"},
		{number, "24", 24.0},
		{number, "n/a", "n/a"},
		{text, `"L-033 "`, "L-033 "},
	} {
		if got := c.column.value(c.typed); got != c.want {
			t.Errorf("%q in a %s column is %v, not %v", c.typed, c.column.kind, got, c.want)
		}
	}
}

func TestAbsolute(t *testing.T) {
	if got, want := absolute(14, 4, 54), "$N$4:$N$54"; got != want {
		t.Errorf("absolute is %s, not %s", got, want)
	}
}
