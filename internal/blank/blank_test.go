package blank_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/blank"
	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

var asOf = calendar.NewDate(2026, time.May, 11)

func workbooks(t *testing.T) []blank.Workbook {
	t.Helper()
	made, err := blank.Workbooks()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func read(t *testing.T, name string, data []byte) *register.Workbook {
	t.Helper()
	file, err := xlsx.Open(data, xlsx.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if why := file.ReadOnly(); why != "" {
		t.Errorf("%s cannot be written: %s", name, why)
	}
	book, err := register.NewReader(asOf, register.Aliases{}).Read(name, file)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// TestEverySheetAndColumn guards that each kind of sheet stands in one workbook,
// with all its columns in their order and nothing else.
func TestEverySheetAndColumn(t *testing.T) {
	seen := map[register.Kind]int{}
	for _, w := range workbooks(t) {
		book := read(t, w.Name, w.Data)
		if len(book.Other)+len(book.Remarks) > 0 {
			t.Errorf("%s: sheets %q are not read; %q", w.Name, book.Other, book.Remarks)
		}
		for _, s := range book.Sheets {
			seen[s.Kind]++
			columns := slices.Concat(s.Kind.Inputs(), s.Kind.Outputs())
			for i, c := range columns {
				if s.Column(c) != i+1 {
					t.Errorf("%s: %s stands in column %d, want %d", s.Name, c, s.Column(c), i+1)
				}
			}
			if s.HeaderRow != 1 || s.LastCol != len(columns) || len(s.Unknown) > 0 {
				t.Errorf("%s: header row %d, last column %d, not known %q", s.Name, s.HeaderRow, s.LastCol, s.Unknown)
			}
		}
	}
	for _, k := range register.Kinds() {
		if seen[k] != 1 {
			t.Errorf("%s stands in %d sheets", k, seen[k])
		}
	}
}

func TestSameBytes(t *testing.T) {
	first, second := workbooks(t), workbooks(t)
	for i := range first {
		if !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("%s is not the same each time", first[i].Name)
		}
	}
}

// TestReadyToFill guards what helps staff to fill the sheets: lists, dates, a
// header row that stays in view with filters, and what a heading says.
func TestReadyToFill(t *testing.T) {
	for _, w := range workbooks(t) {
		f, err := excelize.OpenReader(bytes.NewReader(w.Data))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range f.GetSheetList() {
			kind := register.Kinds()[slices.IndexFunc(register.Kinds(), func(k register.Kind) bool { return k.String() == sheet })]
			rules, err := f.GetDataValidations(sheet)
			if err != nil {
				t.Fatal(err)
			}
			at := map[string]*excelize.DataValidation{}
			for _, r := range rules {
				at[r.Sqref] = r
				if r.Prompt != nil && len(*r.Prompt) > 255 || r.ErrorStyle != nil && *r.ErrorStyle == "stop" {
					t.Errorf("%s!%s: %+v", sheet, r.Sqref, r)
				}
			}
			for i, c := range slices.Concat(kind.Inputs(), kind.Outputs()) {
				letter, _ := excelize.ColumnNumberToName(i + 1)
				if head := at[letter+"1"]; head == nil || head.Prompt == nil || slices.Contains(kind.Required(), c) != strings.HasPrefix(*head.Prompt, "Needed in every row.") {
					t.Errorf("%s: the heading of %s says %+v", sheet, c, head)
				}
				cells := at[letter+"2:"+letter+"2000"]
				if want := map[register.Type]string{register.TypeDate: "date", register.TypeYesNo: "list"}[c.Type()]; want != "" && !c.Written() && (cells == nil || cells.Type != want) {
					t.Errorf("%s: %s offers %+v, want a %s", sheet, c, cells, want)
				}
			}
			if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 1 {
				t.Errorf("%s: %+v, %v", sheet, panes, err)
			}
		}
	}
}

// TestFilledIn guards that the sheets are judged once rows stand in them: dates
// typed into them are dates, and lists offer what the rules understand.
func TestFilledIn(t *testing.T) {
	fill := map[string][][]any{
		"Enrolments":  {{"L001", "9276308686", "Ada", "Archer", 36527.0, "a@b.example", "", "610/1234/5", "Wheels", "Level 2", 24.0, 46111.0, 46203.0, 46111.0, "Yes", "Yes", "Yes"}},
		"Assessments": {{"L001", "610/1234/5", "F/1", 46113.0, 46120.0, "Pat", "Achieved", "Sam", 46127.0}},
		"Staff":       {{"Pat", "Assessor"}, {"Sam", "IQA"}},
	}
	var books []*register.Workbook
	for _, w := range workbooks(t) {
		f, err := excelize.OpenReader(bytes.NewReader(w.Data))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range f.GetSheetList() {
			rows := fill[sheet]
			switch sheet { // a row for each word that is offered
			case "Assessments":
				for _, word := range offered(t, f, sheet, "G") {
					rows = append(rows, []any{"L002", "610/1234/5", "F/1", "", "", "", word})
				}
			case "Staff":
				for _, word := range offered(t, f, sheet, "B") {
					rows = append(rows, []any{"Kim", word})
				}
			}
			for i, row := range rows {
				if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+2), &row); err != nil {
					t.Fatal(err)
				}
			}
		}
		buf, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		books = append(books, read(t, w.Name, buf.Bytes()))
	}
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	report := policy.Judge(books, policy.Options{AsOf: asOf, Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()}})
	var statuses []string
	for _, r := range report.Rows {
		if r.Record.LearnerID() == "L001" {
			statuses = append(statuses, r.Record.Sheet.Name+": "+r.Status)
		}
	}
	if want := []string{"Enrolments: Overdue", "Assessments: Evidence at risk"}; !slices.Equal(statuses, want) {
		t.Errorf("the statuses are %q, want %q", statuses, want)
	}
	for _, f := range report.Findings {
		if f.Rule == "DAT-02" {
			t.Errorf("%s!%d %s: %s", f.Sheet, f.Row, f.Field, f.Message)
		}
	}
}

// TestApplication guards that the centre's sheets name what the application asks
// for, so that its values only have to be filled in, each as what it is.
func TestApplication(t *testing.T) {
	for _, w := range workbooks(t) {
		if w.Name != "centre.xlsx" {
			continue
		}
		for _, s := range read(t, w.Name, w.Data).Sheets {
			if len(s.Unknown) > 0 || len(s.Records) != len(policy.CentreRows()[s.Kind]) {
				t.Errorf("%s: %d rows, not known %q", s.Name, len(s.Records), s.Unknown)
			}
		}
		f, err := excelize.OpenReader(bytes.NewReader(w.Data))
		if err != nil {
			t.Fatal(err)
		}
		rules, err := f.GetDataValidations("Centre")
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, r := range rules {
			if strings.HasPrefix(r.Sqref, "B") && r.Type != "" {
				kinds = append(kinds, r.Sqref+" "+r.Type)
			}
		}
		if !slices.Contains(kinds, "B8 date") || !slices.Contains(kinds, "B10 list") {
			t.Errorf("the values are offered as %q", kinds)
		}
		return
	}
	t.Error("there is no centre.xlsx")
}

// offered lists the words that the cells of a column offer.
func offered(t *testing.T, f *excelize.File, sheet, letter string) []string {
	t.Helper()
	rules, err := f.GetDataValidations(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Sqref == letter+"2:"+letter+"2000" {
			if words := strings.Split(strings.Trim(r.Formula1, `"`), ","); len(words) > 2 {
				return words
			}
		}
	}
	t.Fatalf("%s: column %s offers no words", sheet, letter)
	return nil
}
