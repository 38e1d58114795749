package inspect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
	"regcert/internal/xlsx"
)

var asOf = calendar.NewDate(2026, time.May, 11)

func inspectText(t *testing.T, text string, aliases register.Aliases) *Workbook {
	t.Helper()
	f := registertest.Files(t, text)[0]
	file, err := xlsx.Open(f.Data, xlsx.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	w, err := Inspect(f.Name, file, asOf, aliases)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestMeant guards which column a heading of another name is taken for, and that
// most are taken for none.
func TestMeant(t *testing.T) {
	for _, c := range []struct {
		kind register.Kind
		text string
		want register.Column
	}{
		{register.Enrolments, "D.O.B.", register.DateOfBirth},
		{register.Enrolments, "Learners' ID", register.LearnerID},
		{register.Enrolments, "Coures Start", register.CourseStart},
		{register.Enrolments, "Date submitted to AIM", register.SubmittedToAIM},
		{register.Enrolments, "Start date", register.CourseStart},
		{register.Assessments, "Start date", register.StartedOn},
		{register.Enrolments, "AIM Confirmed (date)", register.AIMConfirmed},
		{register.Claims, "AIM Confirmed", 0},
		{register.Claims, "Claim Sent", 0},
		{register.Enrolments, "Ethnicity", 0},
		{register.Enrolments, "Ada Archer", 0},
		{register.Enrolments, "To", 0},
		{register.Sanctions, "Form", 0},
		{register.Enrolments, strings.Repeat("Tutor ", 20), 0},
	} {
		if got := newInspector(asOf, register.Aliases{}).meant(c.kind, c.text); got != c.want {
			t.Errorf("%s: %q is taken for column %d, want %d", c.kind, c.text, got, c.want)
		}
	}
}

// TestUsual guards that a usual heading is the name of no column of the same
// kind of sheet, and stands for one column of it only.
func TestUsual(t *testing.T) {
	for _, k := range register.Kinds() {
		taken := map[string]register.Column{}
		for _, c := range slices.Concat(k.Inputs(), k.Outputs()) {
			taken[register.NormalHeading(c.String())] = c
		}
		for _, c := range k.Inputs() {
			for _, name := range usual()[c] {
				if other, ok := taken[register.NormalHeading(name)]; ok {
					t.Errorf("%s: %q stands for %s and %s", k, name, c, other)
				}
				taken[register.NormalHeading(name)] = c
			}
		}
	}
}

// TestSure guards what is suggested, and what is only said to be perhaps so.
func TestSure(t *testing.T) {
	for name, c := range map[string]struct {
		headings string
		sure     Sureness
		kind     register.Kind
	}{
		"all by name":          {"Learner ID | Qualification Code | Unit Code | Assessed On | Assessor", Surely, register.Assessments},
		"two of them by name":  {"Learner ID | Qualification Code | Unit No | Assessment Date | Assessed By", Probably, register.Assessments},
		"a required one lacks": {"Learner ID | Qualification Code | Assessed On", Perhaps, register.Assessments},
		"two columns":          {"Assessed On | IQA", "", 0},
		"nothing":              {"Colour | Size | Price", "", 0},
		"a list of staff":      {"Name | Role | Qualification Codes | Approved From", Surely, register.Staff},
	} {
		s := inspectText(t, "== a.xlsx\n-- Data\n"+c.headings+"\n", register.Aliases{}).Sheets[0]
		if s.Sure != c.sure || s.Kind != c.kind {
			t.Errorf("%s: %s %d, want %s %d", name, s.Sure, s.Kind, c.sure, c.kind)
		}
	}
}

// TestExamples guards that a date is quoted only where it can be no name and no
// date of birth, and that a few are enough.
func TestExamples(t *testing.T) {
	s := inspectText(t, `
== a.xlsx
-- Enrolments
Learner ID | Date of Birth | Course Start | Course End
L1 | 31/02/2000 | 31/02/2026 | Ada Archer
L2 | 2000-01-02 | =A1 | '46105
L3 | 2000-01-02 | #REF! | 2026-01-01
L4 | tbc | n/a | soon
`, register.Aliases{}).Sheets[0]
	var found []string
	for _, e := range s.Dates.Examples {
		found = append(found, xlsx.CellName(e.Row, e.Col)+"="+e.Found)
	}
	want := []string{"B2=", "C2=31/02/2026", "D2=", "C3=" + register.NeverCalculated, "D3=46105"}
	if !slices.Equal(found, want) || s.Dates.Unreadable != 7 || s.Dates.Filled != 10 {
		t.Errorf("%d of %d, such as %q; want 7 of 10, such as %q", s.Dates.Unreadable, s.Dates.Filled, found, want)
	}
}

// TestOneNameForTwo guards that what is suggested can be configured: a heading
// stands for one column of a kind, though sheets may use it for several.
func TestOneNameForTwo(t *testing.T) {
	w := inspectText(t, `
== a.xlsx
-- Sep
Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Finish Date
-- Oct
Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Start Date | Course End
`, register.Aliases{})
	if got := w.Suggest.Sheets[register.Enrolments]; !slices.Equal(got, []string{"Sep", "Oct"}) {
		t.Errorf("the sheets suggested are %q", got)
	}
	if got := w.Suggest.Columns[register.Enrolments]; len(got) != 2 || len(got[register.CourseStart]) != 1 || len(got[register.CourseEnd]) != 1 {
		t.Errorf("the columns suggested are %v", got)
	}
	if len(w.Book.Sheets) != 2 || !w.Book.Sheets[1].Has(register.CourseStart) {
		t.Errorf("not read as suggested: %+v", w.Book)
	}
}

// FuzzInspect guards that whatever stands in the first rows, what is said of a
// sheet holds together, and that the lines suggested can be configured.
func FuzzInspect(f *testing.F) {
	f.Add("Enrolments", "Learner ID|Legal First Name|Course Start\nL1|x|2026-01-01")
	f.Add("Sep", "Learner|||Course\nLearner No|Surname|DOB|Start date|Start date\nL1")
	f.Add("Claims", "Learner ID|Qualification Code|Claim\n||Claim Submitted|Claim Ref\nLearner ID|Qualification Code")
	f.Add("Claims (2)", "Learner ID|Qualification Code|Unit Code|Assessed On|Assessor\na|b|c|d|e")
	f.Fuzz(func(t *testing.T, name, text string) {
		book := excelize.NewFile()
		defer book.Close()
		if len(text) > 2000 || book.SetSheetName("Sheet1", name) != nil {
			t.Skip()
		}
		for r, line := range strings.Split(text, "\n") {
			for c, cell := range strings.Split(line, "|") {
				ref, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil || book.SetCellStr(name, ref, cell) != nil {
					t.Skip()
				}
			}
		}
		buf, err := book.WriteToBuffer()
		if err != nil {
			t.Skip()
		}
		file, err := xlsx.Open(buf.Bytes(), xlsx.DefaultLimits())
		if err != nil {
			t.Skip()
		}
		w, err := Inspect("a.xlsx", file, asOf, register.Aliases{})
		if err != nil {
			t.Fatal(err)
		}
		holds(t, w)
	})
}

// holds wants what is said of a workbook to hold together.
func holds(t *testing.T, w *Workbook) {
	t.Helper()
	for k, columns := range w.Suggest.Columns {
		taken := map[string]bool{}
		for _, c := range slices.Concat(k.Inputs(), k.Outputs()) {
			taken[register.NormalHeading(c.String())] = true
		}
		for _, names := range columns {
			for _, n := range names {
				if name := register.NormalHeading(n); name == "" || taken[name] {
					t.Errorf("%q is suggested for %s, where it stands for something else", n, k)
				} else {
					taken[name] = true
				}
			}
		}
	}
	for _, s := range w.Book.Sheets {
		if s.HeaderRow < 1 || s.HeaderRow > 20 || s.LastHeaderRow < s.HeaderRow || s.LastHeaderRow > s.HeaderRow+1 {
			t.Errorf("the header rows are %d to %d", s.HeaderRow, s.LastHeaderRow)
		}
		at := map[int]bool{}
		for _, c := range slices.Concat(s.Kind.Inputs(), s.Kind.Outputs()) {
			col := s.Column(c)
			if col > s.LastCol || col > 0 && at[col] {
				t.Errorf("%s stands in column %d of %d, or another does", c, col, s.LastCol)
			}
			at[col] = true
		}
		for _, d := range s.Doubled {
			if d.Read >= d.Ignored || s.Column(d.Column) != d.Read {
				t.Errorf("doubled: %+v", d)
			}
		}
		for _, r := range s.Records {
			if r.Row <= s.LastHeaderRow {
				t.Errorf("row %d of the headings is a record", r.Row)
			}
		}
	}
	for _, s := range w.Sheets {
		if len(s.Dates.Examples) > mostExamples || s.Dates.Unreadable > s.Dates.Filled {
			t.Errorf("dates: %+v", s.Dates)
		}
	}
}
