package realparts

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// grown is a register in an Excel table which has to grow by the columns of
// regcert, and what is special about it. The header row is row 3; the learners
// stand in rows 4 to 6, and Summary counts their statuses.
type grown struct {
	name  string
	make  func(t *testing.T, book *excelize.File)
	parts func(name, text string) string // changes of the package's text; may be nil
	there bool                           // the status has a column already, and is counted by its name
}

const (
	grownTable = "A3:H6"
	grownSheet = "Enrolments"
)

var grownTables = []grown{
	{name: "plain"},
	{name: "filter", make: func(t *testing.T, book *excelize.File) {
		check(t, book.SetRowVisible(grownSheet, 5, false))
	}, parts: within("xl/tables/table1.xml", `<autoFilter ref="A3:H6"></autoFilter>`, `<autoFilter ref="A3:H6"><filterColumn colId="1"><filters><filter val="Ada"/><filter val="Cy"/></filters></filterColumn></autoFilter>`)},
	{name: "status-there", there: true, make: func(t *testing.T, book *excelize.File) {
		check(t, book.SetCellStr(grownSheet, "I4", "Overdue"))
		check(t, book.SetCellStr(grownSheet, "I5", "an old note"))
	}},
	{name: "totals", there: true, make: func(t *testing.T, book *excelize.File) {
		check(t, book.SetCellStr(grownSheet, "A7", "Total"))
		check(t, book.SetCellFormula(grownSheet, "I7", "SUBTOTAL(103,Learners[Registration Status])"))
	}, parts: within("xl/tables/table1.xml", `displayName="Learners" ref="A3:I6"`, `displayName="Learners" ref="A3:I7" totalsRowCount="1"`, `name="Learner ID"`, `name="Learner ID" totalsRowLabel="Total"`,
		`name="Registration Status"`, `name="Registration Status" totalsRowFunction="count"`)},
	{name: "protected", make: func(t *testing.T, book *excelize.File) {
		open, err := book.NewStyle(&excelize.Style{Protection: &excelize.Protection{Locked: false}})
		check(t, err)
		check(t, book.SetCellStyle(grownSheet, "A4", "E6", open))
		check(t, book.ProtectSheet(grownSheet, &excelize.SheetProtectionOptions{AutoFilter: true, SelectLockedCells: true, Password: "x"}))
	}},
	{name: "outlined", make: func(t *testing.T, book *excelize.File) {
		check(t, book.SetColOutlineLevel(grownSheet, "C", 1))
		check(t, book.SetColVisible(grownSheet, "D", false))
		check(t, book.SetColVisible(grownSheet, "K:XFD", false))
		check(t, book.SetRowOutlineLevel(grownSheet, 5, 1))
	}},
	{name: "rules", make: func(t *testing.T, book *excelize.File) {
		red, err := book.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
		check(t, err)
		check(t, book.SetConditionalFormat(grownSheet, "A4:L6", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: `$I4="Overdue"`, Format: &red}}))
		list := excelize.NewDataValidation(true)
		list.SetSqref("I4:I6")
		check(t, list.SetDropList([]string{"yes", "no"}))
		check(t, book.AddDataValidation(grownSheet, list))
		check(t, book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "Enrolments!$A$1:$H$6", Scope: grownSheet}))
		check(t, book.SetDefinedName(&excelize.DefinedName{Name: "ids", RefersTo: "Enrolments!$A$4:$A$6"}))
	}},
	{name: "beside", make: func(t *testing.T, book *excelize.File) {
		check(t, book.AddComment(grownSheet, excelize.Comment{Cell: "B4", Author: "A", Text: "a note"}))
		check(t, book.AddFormControl(grownSheet, excelize.FormControl{Cell: "A12", Type: excelize.FormControlButton, Text: "Press"}))
		check(t, book.AddSparkline(grownSheet, &excelize.SparklineOptions{Location: []string{"A10"}, Range: []string{"Enrolments!F4:G4"}}))
		check(t, book.AddSlicer(grownSheet, &excelize.SlicerOptions{Name: "Qualification Code", Cell: "A15", TableSheet: grownSheet, TableName: "Learners", Caption: "Code"}))
		check(t, book.AddPivotTable(&excelize.PivotTableOptions{DataRange: "Enrolments!A3:H6", PivotTableRange: "Pivot!A1:C9",
			Rows: []excelize.PivotTableField{{Data: "Qualification Code"}}, Data: []excelize.PivotTableField{{Data: "Learner ID", Subtotal: "Count"}}}))
	}},
	{name: "strict", parts: strict},
}

// within changes the text of one part; what is to be changed must be there.
func within(part string, changes ...string) func(name, text string) string {
	return func(name, text string) string {
		if name != part {
			return text
		}
		for i := 0; i < len(changes); i += 2 {
			if !strings.Contains(text, changes[i]) {
				panic(fmt.Sprintf("%s has no %s:\n%s", part, changes[i], text))
			}
			text = strings.Replace(text, changes[i], changes[i+1], 1)
		}
		return text
	}
}

// strict writes a part in the strict variant of the format, which has other
// namespaces and types of relationships (ECMA-376 Part 4).
func strict(name, text string) string {
	if strings.HasSuffix(name, "workbook.xml") {
		text = strings.Replace(text, "<workbook ", `<workbook conformance="strict" `, 1)
	}
	return strings.NewReplacer(
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
		"http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main",
	).Replace(text)
}

// grownWorkbooks makes a workbook of each of grownTables.
func grownWorkbooks(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, g := range grownTables {
		status := ""
		if g.there {
			status = " | Registration Status"
		}
		data := registertest.Files(t, fmt.Sprintf(`
			== %s.xlsx
			-- Summary
			Status
			-- Pivot
			-- Enrolments @3
			Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Submitted to AIM%s
			G%d01 | Ada | Archer | 2000-01-02 | 610/9112/4 | 2026-03-30 | 2026-06-30 |
			G%[3]d02 | Bea | Baker | 2001-03-04 | 610/9112/4 | 2026-03-30 | 2026-06-30 | 2026-04-20
			G%[3]d03 | Cy | Carter | 2002-05-06 | 610/9112/4 | 2026-04-27 | 2026-12-18 |
			`, g.name, status, i))[0].Data
		book, err := excelize.OpenReader(bytes.NewReader(data))
		check(t, err)
		check(t, book.SetCellStr(grownSheet, "A1", "Learners of the centre"))
		check(t, book.MergeCell(grownSheet, "A1", "H1"))
		area := grownTable
		if g.there {
			area = "A3:I6"
		}
		check(t, book.AddTable(grownSheet, &excelize.Table{Range: area, Name: "Learners", StyleName: "TableStyleMedium2"}))
		summary(t, book, g.there)
		if g.make != nil {
			g.make(t, book)
		}
		made, err := book.WriteToBuffer()
		check(t, err)
		book.Close()
		data = made.Bytes()
		if g.parts != nil {
			data = repack(t, data, g.parts)
		}
		paths = append(paths, filepath.Join(dir, g.name+".xlsx"))
		writeFile(t, paths[i], data)
	}
	return paths
}

// summary counts each status: by the cells of its column, and by the column's
// name in the table where it has one; below stand formulas that refer to other
// parts of the table.
func summary(t *testing.T, book *excelize.File, byName bool) {
	t.Helper()
	row := 2
	for _, s := range policy.Statuses(register.Enrolments) {
		check(t, book.SetCellStr("Summary", fmt.Sprintf("A%d", row), s.Name))
		check(t, book.SetCellFormula("Summary", fmt.Sprintf("B%d", row), fmt.Sprintf("COUNTIF(Enrolments!$I$4:$I$6,A%d)", row)))
		if byName {
			check(t, book.SetCellFormula("Summary", fmt.Sprintf("C%d", row), fmt.Sprintf("COUNTIF(Learners[Registration Status],A%d)", row)))
		}
		row++
	}
	for i, formula := range []string{`ROWS(Learners[[#All],[Learner ID]])`, `COUNTIF(Learners[Qualification Code],"610*")`, `MAX(Learners[Course End])-MIN(Learners[Course Start])`,
		`COUNTIF(Learners[[#Headers],[Learner ID]:[Date of Birth]],"Legal*")`, `VLOOKUP("Baker",Learners[[Legal Last Name]:[Course Start]],3,FALSE)`} {
		check(t, book.SetCellFormula("Summary", fmt.Sprintf("E%d", i+2), formula))
	}
}

// TestGrownTables has LibreOffice open each grown table before and after, and
// calculate it anew: all else is as it was, and the summary counts what was
// written. Then the same with the workbooks as LibreOffice saved them.
func TestGrownTables(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	workbooks := grownWorkbooks(t)
	saved := tablesGrow(t, program, "made", workbooks)
	tablesGrow(t, program, "saved by LibreOffice", renamed(t, workbooks, saved))
}

// tablesGrow runs regcert over the workbooks of grownTables, compares them, and
// returns what LibreOffice made of those from before.
func tablesGrow(t *testing.T, program office, from string, workbooks []string) map[string]string {
	t.Helper()
	c := newCentre(t, workbooks)
	rep := c.run(t)
	all := slices.Clone(workbooks)
	for _, path := range workbooks {
		all = append(all, c.workbook(filepath.Base(path)))
	}
	opened := program.open(t, all...)
	for i, path := range workbooks {
		g, name := grownTables[i], filepath.Base(path)
		t.Run(from+"/"+g.name, func(t *testing.T) {
			after := opened[c.workbook(name)]
			cmp := comparison{before: openBook(t, opened[path]), after: openBook(t, after), report: rep.of("sample-workbooks/" + name)}
			cmp.othersStay(t)
			cmp.answersStand(t)
			cmp.partsStay(t, opened[path], after)
			statusesCounted(t, &cmp, g.there)
			last := "L6"
			if g.name == "totals" {
				last = "L7"
				if total, err := cmp.after.GetCellValue(grownSheet, "I7"); err != nil || total != "3" {
					t.Errorf("the totals row counts %q, %v, want 3", total, err)
				}
			}
			tables, err := cmp.after.GetTables(grownSheet)
			if err != nil || len(tables) != 1 || tables[0].Range != "A3:"+last {
				t.Errorf("the tables are %+v, %v, want one on A3:%s", tables, err, last)
			}
			columnsShown(t, c.workbook(name))
		})
	}
	return opened
}

// statusesCounted wants the summary to count the statuses of the report, and
// its other formulas to give what they gave.
func statusesCounted(t *testing.T, c *comparison, byName bool) {
	t.Helper()
	rows, err := c.after.GetRows("Summary")
	check(t, err)
	want := map[string]int{}
	for _, r := range c.report.Rows {
		want[r.Status]++
	}
	counted := 0
	for _, row := range rows[1:] {
		if row[0] == "" {
			continue
		}
		n := strconv.Itoa(want[row[0]])
		counted += want[row[0]]
		if row[1] != n || byName && row[2] != n {
			t.Errorf("%s is counted as %q, the report has %s", row[0], row[1:], n)
		}
	}
	if len(c.report.Rows) != 3 || counted != 3 || len(want) < 2 {
		t.Errorf("of %d rows, %d have a status that is listed: %v", len(c.report.Rows), counted, want)
	}
	for _, ref := range []string{"E2", "E3", "E4", "E5", "E6"} {
		old, err := c.before.GetCellValue("Summary", ref)
		check(t, err)
		if now, err := c.after.GetCellValue("Summary", ref); err != nil || now != old || now == "" || now[0] == '#' {
			t.Errorf("Summary!%s gives %q, %v, gave %q", ref, now, err, old)
		}
	}
}

// columnsShown wants the new columns to have their headings, and to be seen.
func columnsShown(t *testing.T, path string) {
	t.Helper()
	book := openBook(t, path)
	heads, err := book.GetRows(grownSheet)
	check(t, err)
	if got := heads[2][8:]; !slices.Equal(got, outputs("Enrolments")) {
		t.Errorf("the new headings are %q, want %q", got, outputs("Enrolments"))
	}
	for col := 9; col <= 12; col++ {
		name, err := excelize.ColumnNumberToName(col)
		check(t, err)
		if visible, err := book.GetColVisible(grownSheet, name); err != nil || !visible {
			t.Errorf("column %s is hidden, %v", name, err)
		}
	}
}
