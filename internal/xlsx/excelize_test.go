package xlsx

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/xuri/excelize/v2"
)

// excelizeDiffers are the workbooks of the corpus in which the two readers do not see the same, each with its reason.
var excelizeDiffers = map[string]string{
	"calamine/empty_s_attribute.xlsx":   `excelize gives up cells with s=""; Excel reads them without a style`,
	"exceljs/invalid-xml.xlsx":          "text before the root element: we refuse it, excelize skips it",
	"poi/poc-shared-strings.xlsx":       "a row has the number 0: we refuse it, excelize counts it as a row without a number",
	"sheetjs/comments_stress_test.xlsx": "excelize leaves _x000D_ in the text of formulas (t=\"str\")",
	"sheetjs/crlf.xlsx":                 "excelize leaves _x000D_ in the text of formulas (t=\"str\")",
	"sheetjs/wtf_path.xlsx":             "the parts have unusual names, which excelize looks up only partly",
}

// TestCorpusSeesWhatExcelizeSees holds the scanner against a second reader, cell by cell, over the whole corpus.
func TestCorpusSeesWhatExcelizeSees(t *testing.T) {
	files := corpus(t)
	books, cells := 0, 0
	for _, name := range sortedKeys(files) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			t.Fatal(err)
		}
		f, err := openWhole(data, DefaultLimits())
		if err != nil {
			continue // TestCorpusPatch says why
		}
		other, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
		if err != nil {
			t.Logf("%s: excelize does not open it: %v", name, err)
			continue
		}
		books++
		var diffs []string
		for _, s := range f.Sheets() {
			n, d := compareSheet(s, other)
			cells, diffs = cells+n, append(diffs, d...)
		}
		other.Close()
		if reason := excelizeDiffers[name]; reason != "" && len(diffs) == 0 {
			t.Errorf("%s: no difference, though one was expected: %s", name, reason)
		} else if reason == "" {
			for _, d := range diffs[:min(len(diffs), 5)] {
				t.Errorf("%s, %s", name, d)
			}
		}
	}
	t.Logf("%d workbooks, %d cells", books, cells)
	if cells == 0 {
		t.Error("no cell was compared")
	}
}

// compareSheet gives the number of cells with a value, and where the two readers differ.
func compareSheet(s *Sheet, other *excelize.File) (cells int, diffs []string) {
	want, err := other.GetRows(s.Name)
	if err != nil {
		return 0, []string{fmt.Sprintf("%s: excelize: %v", s.Name, err)}
	}
	seen := 0
	err = s.Scan(func(r *Row) error {
		for i := range r.Cells {
			c := &r.Cells[i]
			theirs := ""
			if r.Num <= len(want) && c.Col <= len(want[r.Num-1]) {
				theirs = want[r.Num-1][c.Col-1]
			}
			if theirs != "" {
				seen++
			}
			if ours := rawText(c); ours != theirs {
				diffs = append(diffs, fmt.Sprintf("%s!%s: %q, excelize %q", s.Name, CellName(r.Num, c.Col), ours, theirs))
			}
			if c.Kind != None {
				cells++
			}
		}
		return nil
	})
	if err != nil {
		return cells, append(diffs, err.Error())
	}
	for _, row := range want {
		for _, v := range row {
			if v != "" {
				seen--
			}
		}
	}
	if seen != 0 {
		diffs = append(diffs, fmt.Sprintf("%s: excelize has %d cells more", s.Name, -seen))
	}
	return cells, diffs
}

// TestCorpusPatchedOpens has excelize read each patched workbook of the corpus: our three cells as written, every other
// one as before.
func TestCorpusPatchedOpens(t *testing.T) {
	files := corpus(t)
	for _, name := range sortedKeys(files) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			t.Fatal(err)
		}
		got, err := patchThree(data)
		if err != nil || got.after == nil || excelizeDiffers[name] != "" {
			continue // TestCorpusPatch reports errors
		}
		before, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
		if err != nil {
			continue
		}
		after, err := excelize.OpenReader(bytes.NewReader(got.after), excelize.Options{RawCellValue: true})
		if err != nil {
			t.Errorf("%s: excelize does not open what was patched: %v", name, err)
			continue
		}
		if before.SheetCount != after.SheetCount {
			t.Errorf("%s: %d sheets became %d", name, before.SheetCount, after.SheetCount)
		}
		for _, sheet := range before.GetSheetList() {
			old, _ := before.GetRows(sheet)
			now, _ := after.GetRows(sheet)
			if sheet == got.Sheet {
				old = withCells(t, old, got.Cells)
			}
			if d := firstDifference(old, now); d != "" {
				t.Errorf("%s, %s!%s", name, sheet, d)
			}
		}
		before.Close()
		after.Close()
	}
}

// withCells puts the written cells into rows of values.
func withCells(t *testing.T, rows [][]string, cells map[string]string) [][]string {
	for ref, text := range cells {
		col, row, err := excelize.CellNameToCoordinates(ref)
		if err != nil {
			t.Fatal(err)
		}
		for len(rows) < row {
			rows = append(rows, nil)
		}
		for len(rows[row-1]) < col {
			rows[row-1] = append(rows[row-1], "")
		}
		rows[row-1][col-1] = text
	}
	return rows
}

func firstDifference(a, b [][]string) string {
	at := func(rows [][]string, i, j int) string {
		if i < len(rows) && j < len(rows[i]) {
			return rows[i][j]
		}
		return ""
	}
	for i := range max(len(a), len(b)) {
		width := 0
		for _, rows := range [][][]string{a, b} {
			if i < len(rows) {
				width = max(width, len(rows[i]))
			}
		}
		for j := range width {
			if x, y := at(a, i, j), at(b, i, j); x != y {
				return fmt.Sprintf("%s: %q became %q", CellName(i+1, j+1), x, y)
			}
		}
	}
	return ""
}

// rawText is a cell's value as excelize gives it with RawCellValue.
func rawText(c *Cell) string {
	switch c.Text() {
	case "TRUE":
		if c.Kind == Bool {
			return "1"
		}
	case "FALSE":
		if c.Kind == Bool {
			return "0"
		}
	}
	return c.Text()
}
