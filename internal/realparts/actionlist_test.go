package realparts

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/actionlist"
	"regcert/internal/calendar"
)

// actionList is what regcert report writes of the sample workbooks.
func actionList(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "actions.xlsx")
	newCentre(t, sampleWorkbooks(t)).regcert(t, 0, "report", path)
	return path
}

// TestActionListOpens has LibreOffice open the action list and save it again:
// every sheet, cell and date is still there, and the tables are tables.
func TestActionListOpens(t *testing.T) {
	t.Parallel()
	if dates := stays(t, newOffice(t), actionList(t), 6); dates < 400 {
		t.Errorf("only %d dates were looked at", dates)
	}
}

// stays wants a workbook of so many sheets, each a table, to be the same when
// LibreOffice has opened and saved it, and counts the dates in it.
func stays(t *testing.T, program office, path string, sheets int) int {
	t.Helper()
	made, saved := openBook(t, path), openBook(t, program.open(t, path)[path])
	if a, b := made.GetSheetList(), saved.GetSheetList(); len(a) != sheets || !slices.Equal(a, b) {
		t.Fatalf("the sheets are %q, and %q after LibreOffice", a, b)
	}
	dates := 0
	for _, sheet := range made.GetSheetList() {
		want, err := made.GetRows(sheet)
		check(t, err)
		got, err := saved.GetRows(sheet)
		check(t, err)
		tables, err := saved.GetTables(sheet)
		check(t, err)
		was, err := made.GetTables(sheet)
		check(t, err)
		if len(tables) != 1 || len(was) != 1 || tables[0].Range != was[0].Range {
			t.Errorf("%s has the tables %+v, had %+v", sheet, tables, was)
		}
		for r, row := range want {
			for c, text := range row {
				if text == "" {
					continue
				}
				ref, err := excelize.CoordinatesToCellName(c+1, r+1)
				check(t, err)
				if r >= len(got) || c >= len(got[r]) || got[r][c] != text {
					t.Errorf("%s!%s is not %q after LibreOffice", sheet, ref, text)
					continue
				}
				if _, err := time.Parse("02/01/2006", text); err == nil {
					dates++
					if kind, err := saved.GetCellType(sheet, ref); err != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
						t.Errorf("%s!%s shows %s, which is no date to LibreOffice: %v, %v", sheet, ref, text, kind, err)
					}
				}
			}
		}
	}
	return dates
}

// TestActionListHasNoFormula has LibreOffice open text that looks like formulas,
// links and numbers: it stays text, as it was.
func TestActionListHasNoFormula(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	texts := []string{"=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", `=HYPERLINK("http://evil.example","L007")`, "'=1", "_x0041_", "00123", "1/2", "http://evil.example", "TRUE"}
	sheet := actionlist.Sheet{Name: "Actions", Columns: []actionlist.Column{{Heading: "Learner ID", Width: 12}}}
	for _, text := range texts {
		sheet.Rows = append(sheet.Rows, []actionlist.Cell{actionlist.Text(text)})
	}
	data, err := (&actionlist.Book{Title: "Action list", AsOf: calendar.NewDate(2026, time.May, 11), Sheets: []actionlist.Sheet{sheet}}).Bytes()
	check(t, err)
	path := filepath.Join(t.TempDir(), "actions.xlsx")
	writeFile(t, path, data)
	saved := openBook(t, program.open(t, path)[path])
	for i, want := range texts {
		ref := fmt.Sprintf("A%d", 4+i)
		got, err := saved.GetCellValue("Actions", ref)
		check(t, err)
		formula, err := saved.GetCellFormula("Actions", ref)
		check(t, err)
		kind, err := saved.GetCellType("Actions", ref)
		check(t, err)
		if got != want || formula != "" || kind != excelize.CellTypeSharedString {
			t.Errorf("%q has become %q, the formula %q, of the type %v", want, got, formula, kind)
		}
	}
}

// TestActionListPrints has LibreOffice print the action list: the sheets are all
// there, as broad as a page, with their headings on every page.
func TestActionListPrints(t *testing.T) {
	t.Parallel()
	office := newOffice(t)
	reader := program(t, "pdftotext")
	path := actionList(t)
	out := t.TempDir()
	printed, err := start(t, 2*time.Minute, office.program, "--headless", "--norestore", "-env:UserInstallation=file://"+filepath.ToSlash(office.profile), "--convert-to", "pdf", "--outdir", out, path)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	text, err := start(t, time.Minute, reader, "-layout", filepath.Join(out, "actions.pdf"), "-")
	check(t, err)
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	titles := map[string]int{}
	for i, page := range pages {
		first := "Learner ID"
		if strings.Contains(page, "Action list: Centre") {
			first = "On File"
		}
		if !strings.Contains(page, first) || !strings.Contains(page, fmt.Sprintf("Page %d of %d", i+1, len(pages))) {
			t.Errorf("page %d has no headings, or no number", i+1)
		}
		for title, last := range map[string]string{
			"Actions": "Clause", "Registration log": "Next Action", "Claims tracker": "Next Action", "Withdrawal register": "Next Action", "Certificates": "Next Action", "Centre": "Next Action",
		} {
			if !strings.Contains(page, "Action list: "+title) {
				continue
			}
			if titles[title]++; !strings.Contains(page, last) {
				t.Errorf("page %d, of %s, ends before the column %s", i+1, title, last)
			}
		}
	}
	if len(titles) != 6 {
		t.Errorf("the pages are %v", titles)
	}
}

// TestActionListSchemas holds the action list against the published schema.
func TestActionListSchemas(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	v.holds(t, readFile(t, actionList(t)), 6)
}

// holds wants a made workbook of so many sheets, each a table, to be as the
// schema says.
func (v *validator) holds(t *testing.T, workbook []byte, sheets int) {
	t.Helper()
	parts := entries(t, workbook)
	kinds := map[string]int{}
	for _, name := range parts.names {
		if strings.HasPrefix(name, "xl/") && strings.HasSuffix(name, ".xml") && !strings.Contains(name, "theme") {
			kinds[v.add(name, []byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`), parts.content[name])]++
		}
	}
	if kinds["worksheet"] != sheets || kinds["table"] != sheets || kinds["workbook"] != 1 || kinds["styleSheet"] != 1 {
		t.Errorf("the parts are %v", kinds)
	}
	for part, what := range v.faults(t) {
		for _, f := range what {
			// The schema has no room for the attributes of later versions that a part says may be ignored, and for saying so.
			if !strings.Contains(f, "markup-compatibility/2006}Ignorable'") && !strings.Contains(f, "2014/revision}uid'") {
				t.Errorf("%s: %s", part, f)
			}
		}
	}
}
