package realparts

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/register"
)

// comparison holds a workbook as a spreadsheet program saw it before regcert
// wrote into it against what it saw afterwards.
type comparison struct {
	before, after *excelize.File
	report        report // of this workbook alone
}

// grid is what the cells of a sheet hold, by reference.
type grid map[string]content

type content struct{ value, formula string }

func cells(t *testing.T, book *excelize.File, sheet string) grid {
	t.Helper()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	check(t, err)
	g := grid{}
	for i, row := range rows {
		for j, value := range row {
			ref := cell(t, j+1, i+1)
			formula, err := book.GetCellFormula(sheet, ref)
			check(t, err)
			if value != "" || formula != "" {
				g[ref] = content{value, formula}
			}
		}
	}
	return g
}

func cell(t *testing.T, col, row int) string {
	t.Helper()
	ref, err := excelize.CoordinatesToCellName(col, row)
	check(t, err)
	return ref
}

// columns are the columns that regcert writes on a sheet, by heading, in the
// workbook as it is afterwards; without those that hold formulas of staff.
func (c *comparison) columns(t *testing.T, s sheet) map[string]int {
	t.Helper()
	rows, err := c.after.GetRows(s.Name)
	check(t, err)
	columns := map[string]int{}
	for _, heading := range outputs(s.Kind) {
		i := slices.Index(rows[s.HeaderRow-1], heading)
		if i < 0 {
			t.Errorf("%s has no column %s", s.Name, heading)
			continue
		}
		columns[heading] = i + 1
	}
	for _, f := range c.report.Findings {
		if f.Rule == "DAT-12" && f.Sheet == s.Name {
			delete(columns, f.Field)
		}
	}
	return columns
}

// outputs are the headings that regcert writes on a kind of sheet.
func outputs(kind string) []string {
	var headings []string
	for _, k := range register.Kinds() {
		if k.String() == kind {
			for _, c := range k.Outputs() {
				headings = append(headings, c.String())
			}
		}
	}
	return headings
}

// othersStay wants every cell outside regcert's columns to hold what it held.
// A formula outside the registers may see the statuses: its result may differ.
func (c *comparison) othersStay(t *testing.T) {
	t.Helper()
	names := c.before.GetSheetList()
	if got := c.after.GetSheetList(); !slices.Equal(got, names) {
		t.Fatalf("the sheets are %q, were %q", got, names)
	}
	seen := 0
	for _, name := range names {
		own := map[string]bool{} // column letters
		for _, s := range c.report.Workbooks[0].Sheets {
			if s.Name == name {
				for _, col := range c.columns(t, s) {
					own[strings.TrimRight(cell(t, col, 1), "1")] = true
				}
			}
		}
		counting := slices.Contains(c.report.Workbooks[0].OtherSheets, name)
		was, is := cells(t, c.before, name), cells(t, c.after, name)
		for ref := range is {
			if _, ok := was[ref]; !ok {
				was[ref] = content{}
			}
		}
		for ref, old := range was {
			now := is[ref]
			if own[strings.TrimRight(ref, "0123456789")] {
				continue
			}
			seen++
			if counting && old.formula != "" {
				old.value, now.value = "", ""
			}
			if now != old {
				t.Errorf("%s!%s holds %+v, held %+v", name, ref, now, old)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d cells were compared", seen)
	}
}

// answersStand wants the statuses, deadlines and next actions to be shown that
// the report tells of.
func (c *comparison) answersStand(t *testing.T) {
	t.Helper()
	columns := map[string]map[string]int{}
	for _, s := range c.report.Workbooks[0].Sheets {
		columns[s.Name] = c.columns(t, s)
	}
	if len(c.report.Rows) == 0 {
		t.Error("the report tells of no row")
	}
	for _, r := range c.report.Rows {
		deadline := ""
		if r.Deadline != nil {
			d, err := time.Parse(time.DateOnly, *r.Deadline)
			check(t, err)
			deadline = d.Format("02/01/2006")
		}
		for _, heading := range outputs(r.Kind) {
			col, written := columns[r.Sheet][heading]
			want := ""
			switch {
			case !written, heading == "Problems":
				continue
			case strings.HasSuffix(heading, "Status"):
				want = r.Status
			case heading == "Next Action":
				want = r.NextAction
			default:
				want = deadline
			}
			ref := cell(t, col, r.Row)
			if got, err := c.after.GetCellValue(r.Sheet, ref); err != nil || got != want {
				t.Errorf("%s!%s shows %q, %v, want %q", r.Sheet, ref, got, err, want)
			}
		}
	}
}

// partsStay wants all that stands beside the cells to be there still: charts,
// notes, tables, lists, marks.
func (c *comparison) partsStay(t *testing.T, before, after string) {
	t.Helper()
	// LibreOffice numbers charts on over all that it saves.
	number := regexp.MustCompile(`[0-9]+\.xml`)
	names := func(path string) []string {
		names := entries(t, readFile(t, path)).names
		for i, n := range names {
			names[i] = number.ReplaceAllString(n, ".xml")
		}
		slices.Sort(names)
		return names
	}
	was, is := names(before), names(after)
	if !slices.Equal(was, is) {
		t.Errorf("the parts are %q, were %q", is, was)
	}
	for _, name := range c.before.GetSheetList() {
		for _, count := range []struct {
			what string
			of   func(*excelize.File) (int, error)
		}{
			{"merged cells", func(f *excelize.File) (int, error) { x, err := f.GetMergeCells(name); return len(x), err }},
			{"notes", func(f *excelize.File) (int, error) { x, err := f.GetComments(name); return len(x), err }},
			{"conditional formats", func(f *excelize.File) (int, error) { x, err := f.GetConditionalFormats(name); return len(x), err }},
			{"validations", func(f *excelize.File) (int, error) { x, err := f.GetDataValidations(name); return len(x), err }},
			{"tables", func(f *excelize.File) (int, error) { x, err := f.GetTables(name); return len(x), err }},
		} {
			was, err := count.of(c.before)
			check(t, err)
			if is, err := count.of(c.after); err != nil || is != was {
				t.Errorf("%s has %d %s (%v), had %d", name, is, count.what, err, was)
			}
		}
	}
}

// summaryCounts wants the formulas of the sheets that count statuses to count
// what the report tells of.
func (c *comparison) summaryCounts(t *testing.T) {
	t.Helper()
	kinds := map[string]string{"Registrations": "Enrolments", "Withdrawals": "Withdrawals", "Claims": "Claims"}
	const heads = 4 // the row of the blocks' headings
	for _, name := range c.report.Workbooks[0].OtherSheets {
		rows, err := c.after.GetRows(name)
		check(t, err)
		blocks := 0
		for col, heading := range rows[heads-1] {
			kind, counts := kinds[heading]
			if !counts {
				continue
			}
			blocks++
			counted := 0
			for at := heads; ; at++ {
				label := rows[at][col]
				if label == "All" {
					break
				}
				want := 0
				for _, r := range c.report.Rows {
					if r.Kind == kind && r.Status == label {
						want++
					}
				}
				counted += want
				if got := rows[at][col+1]; got != strconv.Itoa(want) {
					t.Errorf("%s counts %s %q, the report has %d", name, got, label, want)
				}
			}
			if of := slices.DeleteFunc(slices.Clone(c.report.Rows), func(r row) bool { return r.Kind != kind }); counted != len(of) {
				t.Errorf("%s: %d of %d rows of %s have a status that is listed", name, counted, len(of), kind)
			}
		}
		if blocks == 0 {
			t.Errorf("%s counts nothing", name)
		}
	}
}
