package batch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/batch"
)

// small is a workbook with one record of its own.
func small(name string) string {
	return "\n== " + name + "\n-- Adjustments\nLearner ID | Type | Recorded On | Stored\nL1 | reader | 2026-04-01 | yes\n"
}

func TestOrderOfWorkbooks(t *testing.T) {
	tests := map[string]struct {
		patterns []string
		want     string
	}{
		"a glob's matches by path":                         {[]string{"*.xlsx"}, "B.xlsx a.xlsx c.xlsx"},
		"patterns in their order":                          {[]string{"c.xlsx", "sub/*.xlsx", "*.xlsx"}, "c.xlsx sub/a.xlsx sub/z.xlsx B.xlsx a.xlsx"},
		"each once, where it is first met":                 {[]string{"a.xlsx", "*.xlsx", "[ab].xlsx", "sub/../a.xlsx"}, "a.xlsx B.xlsx c.xlsx"},
		"patterns over folders":                            {[]string{"*/*.xlsx"}, "sub/a.xlsx sub/z.xlsx"},
		"a workbook that is not there is one all the same": {[]string{"none.xlsx", "nothing*.xlsx", "a.xlsx"}, "none.xlsx a.xlsx"},
	}
	c := newCentre(t, small("c.xlsx")+small("a.xlsx")+small("B.xlsx")+small("sub/z.xlsx")+small("sub/a.xlsx"))
	for _, name := range []string{"~$a.xlsx", ".~lock.a.xlsx#", ".~lock.q.xlsx", ".regcert-1.tmp.xlsx", ".regcert-conflict-1-a.xlsx"} {
		c.put(name, []byte("none of ours"))
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c.job.Workbooks = nil
			for _, p := range test.patterns {
				c.job.Workbooks = append(c.job.Workbooks, c.pattern(p))
			}
			result, err := c.job.Check(context.Background())
			check(t, err)
			if got := strings.Join(paths(result), " "); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			var rows []string
			for _, row := range result.Report.Rows {
				rows = append(rows, row.Record.Sheet.Workbook)
			}
			there := slices.DeleteFunc(strings.Fields(test.want), func(name string) bool { return name == "none.xlsx" })
			if !slices.Equal(rows, there) {
				t.Errorf("the rows are of %q, want %q", rows, there)
			}
		})
	}
}

func paths(result *batch.Result) []string {
	var list []string
	for _, w := range result.Workbooks {
		list = append(list, w.Path)
	}
	return list
}

// Characters in a folder's own name that mean something in a pattern are
// escaped there; its workbook is still one, and its absence is still reported.
func TestPatternsThatAreNone(t *testing.T) {
	for _, pattern := range []string{"r [[]25] [*]/a.xlsx", `r \[25\] \*/a.xlsx`, "[r] [[]25] [*]/[a].xlsx"} {
		if filepath.Separator == '\\' && strings.Contains(pattern, `\`) {
			continue // there it separates folders
		}
		c := newCentre(t, "")
		c.job.Workbooks = []batch.Pattern{c.pattern(pattern)}
		result, err := c.job.Check(context.Background())
		check(t, err)
		want := "r [25] */a.xlsx: failed!: there is no such file; correct the path, or wait until whoever is saving it has finished"
		if got := outcomes(result); got != want {
			t.Errorf("%s: %s\nwant %s", pattern, got, want)
		}
	}
	for _, pattern := range []string{"r*.xlsx", "r?.xlsx", "[ab].xlsx", "[^a].xlsx", `\[*.xlsx`, "[[]*.xlsx"} {
		c := newCentre(t, "")
		c.job.Workbooks = []batch.Pattern{c.pattern(pattern)}
		if _, err := c.job.Check(context.Background()); !errors.Is(err, batch.ErrNoWorkbooks) {
			t.Errorf("%s: %v, want that there is no workbook", pattern, err)
		}
	}
	c := newCentre(t, "")
	c.job.Workbooks = []batch.Pattern{c.pattern("[a.xlsx")}
	if _, err := c.job.Check(context.Background()); err == nil || !strings.Contains(err.Error(), "[a.xlsx") {
		t.Errorf("a pattern that is none gives %v", err)
	}
}

// A file is one workbook by whatever path it is reached: its records do not
// stand twice.
func TestOneFileByTwoPaths(t *testing.T) {
	c := newCentre(t, small("sub/a.xlsx"))
	if err := os.Symlink(c.path("sub"), c.path("link")); err != nil {
		t.Skip("no symbolic links here")
	}
	c.job.Workbooks = []batch.Pattern{c.pattern("link/*.xlsx"), c.pattern("sub/*.xlsx")}
	c.job.Workbooks[1].WriteBack = false
	c.job.Named = []string{c.path("sub/a.xlsx")}
	result := c.mustRun("link/a.xlsx: read-only: write_back is false in the configuration")
	if n := len(result.Report.Rows); n != 1 {
		t.Errorf("%d rows are reported, want 1", n)
	}
	c.job.Workbooks = c.job.Workbooks[:1]
	c.mustRun("link/a.xlsx: written")
	if info, err := os.Lstat(c.path("link")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is none any more")
	}
}

const learners = `
	== enrolments.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
	L1         | Ada              | Archer          | 2000-01-02    | 610/1234/5         | 2026-03-30   | 2026-06-30
	-- Qualifications
	Qualification Code | Qualification Title | Level
	610/9999/9         | Care                | 3
	== assessments.xlsx
	-- Assessments
	Learner ID | Qualification Code | Unit Code
	L1         | 610/1234/5         | U1
	L2         | 610/1234/5         | U1
	== claims.xlsx
	-- Claims
	Learner ID | Qualification Code | Claim Submitted | ULN
	L1         | 610/1234/5         |                 | '12`

func TestNamedWorkbooksAndTheirContext(t *testing.T) {
	c := newCentre(t, learners+small("elsewhere/extra.xlsx"))
	enrolments := c.bytes("enrolments.xlsx")
	c.job.Named = []string{c.path("claims.xlsx"), c.path("elsewhere/extra.xlsx"), c.path("~$claims.xlsx")}
	result := c.mustRun(`
		assessments.xlsx: context
		claims.xlsx: written
		enrolments.xlsx: context
		elsewhere/extra.xlsx: written`)
	for _, f := range result.Report.Findings {
		if f.Workbook != "claims.xlsx" && f.Workbook != "elsewhere/extra.xlsx" && f.Workbook != "" {
			t.Errorf("%s is reported on %s, which is context", f.Rule, f.Workbook)
		}
		if f.Rule == "DAT-09" && f.Workbook == "claims.xlsx" {
			t.Error("the learner is not found in the context")
		}
	}
	for _, row := range result.Report.Rows {
		if name := row.Record.Sheet.Workbook; name != "claims.xlsx" && name != "elsewhere/extra.xlsx" {
			t.Errorf("a row of %s is reported, which is context", name)
		}
	}
	if string(c.bytes("enrolments.xlsx")) != string(enrolments) {
		t.Error("context was written")
	}
}

func TestPathsOutsideTheFolder(t *testing.T) {
	c := newCentre(t, small("config/a.xlsx")+small("b.xlsx"))
	c.job.Dir = c.path("config")
	c.job.Workbooks = []batch.Pattern{c.pattern("config/a.xlsx"), c.pattern("b.xlsx")}
	result, err := c.job.Check(context.Background())
	check(t, err)
	if got, want := paths(result), []string{"a.xlsx", filepath.ToSlash(c.path("b.xlsx"))}; !slices.Equal(got, want) {
		t.Errorf("the workbooks are called %q, want %q", got, want)
	}
}

func TestSeveralSheetsOfAKind(t *testing.T) {
	c := newCentre(t, `
		== a.xlsx
		-- Adjustments
		Learner ID | Type   | Recorded On | Stored
		L1         | reader | 2026-04-01  | yes
		-- Notes
		Learner ID | Type   | Recorded On | Stored
		-- adjustments!
		Type   | Learner ID | Recorded On
		scribe | L2         | 2026-04-02
		== b.xlsx
		-- ADJUSTMENTS
		Stored | Recorded On | Type | Learner ID
		yes    | 2026-04-03  | room | L3`)
	result := c.mustRun("a.xlsx: written\nb.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems
		L1 | reader | 04-01-26 | yes | Retained | 01/04/2029`)
	c.wantSheet("a.xlsx", "adjustments!", `
		Type | Learner ID | Recorded On | Retention Status | Retain Until | Problems
		scribe | L2 | 04-02-26 | Not stored | 02/04/2029 | REC-01 Stored open`)
	c.wantSheet("a.xlsx", "Notes", "Learner ID | Type | Recorded On | Stored")
	c.wantSheet("b.xlsx", "ADJUSTMENTS", `
		Stored | Recorded On | Type | Learner ID | Retention Status | Retain Until | Problems
		yes | 04-03-26 | room | L3 | Retained | 03/04/2029`)
	if got := result.Workbooks[0].Other; !slices.Equal(got, []string{"Notes"}) {
		t.Errorf("the sheets %q were not read", got)
	}
}

// Other workbooks may stand beside the registers; one that is asked for by
// name is a mistake.
func TestWorkbooksWithNothingToRead(t *testing.T) {
	c := newCentre(t, small("a.xlsx")+`
		== budget.xlsx
		-- Money
		1 | 2
		== headless.xlsx
		-- Claims
		Learner ID | Something`)
	c.edit("budget.xlsx", func(f *excelize.File) {
		for _, name := range []string{"2", "3", "4", "5", "6"} {
			_, err := f.NewSheet(name)
			check(t, err)
		}
	})
	const unknown = `no sheet of it is known: name one Enrolments, Assessments, Claims, Withdrawals or the like, or give its name under sheets: in the configuration (it has "Money", "2", "3", "4", "5" and 1 more)`
	const headless = `the sheet "Claims" has no header row and was not read: at least three column names must stand in one of its first 20 rows, such as Learner ID, Qualification Code`
	c.mustRun("a.xlsx: written\nbudget.xlsx: unchanged: " + unknown + "\nheadless.xlsx: unchanged: " + headless)
	c.job.Named = []string{c.path("headless.xlsx")}
	c.mustRun("a.xlsx: context\nbudget.xlsx: context: " + unknown + "\nheadless.xlsx: unchanged!: " + headless)
}
