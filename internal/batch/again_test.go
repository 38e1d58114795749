package batch_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestSecondRunWritesNothing(t *testing.T) {
	c := newCentre(t, adjustments)
	c.mustRun("a.xlsx: written")
	c.put("a.xlsx", c.bytes("a.xlsx")) // with an old time stamp
	before, stamp := c.bytes("a.xlsx"), c.stat("a.xlsx").ModTime()
	result := c.mustRun("a.xlsx: unchanged")
	if string(c.bytes("a.xlsx")) != string(before) || !c.stat("a.xlsx").ModTime().Equal(stamp) {
		t.Error("the file was written all the same")
	}
	if w := result.Workbooks[0]; w.SHA256 != w.Before || w.Cells != 0 {
		t.Errorf("%d cells of it were written, %s became %s", w.Cells, w.Before, w.SHA256)
	}
	if n := len(c.backups("a.xlsx")); n != 1 {
		t.Errorf("there are %d copies, want the one of the first run", n)
	}
}

// From one day to the next only the answers that became others are written.
func TestOnlyWhatDiffersIsWritten(t *testing.T) {
	c := newCentre(t, `
		== a.xlsx
		-- Enrolments
		Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | ID Verified | MIS Logged
		L1         | Ada              | Archer          | 2000-01-02    | 610/1234/5         | 2026-03-30   | 2026-06-30 | yes         | yes
		L2         | Ben              | Baker           | 2000-01-02    | 610/1234/5         | 2026-04-13   | 2026-06-30 | yes         | yes
		-- Adjustments
		Learner ID | Type       | Recorded On | Stored
		L1         | extra time | 2026-04-01  | yes`)
	c.on("2026-04-21")
	c.mustRun("a.xlsx: written")
	before := c.bytes("a.xlsx")
	c.wantSheet("a.xlsx", "Enrolments", `
		Learner ID …
		L1 | Ada | Archer | 01-02-00 | 610/1234/5 | 03-30-26 | 06-30-26 | yes | yes | Due | 07/05/2026 | Administration Team: submit the registration to AIM by Thu 7 May 2026
		L2 | Ben | Baker | 01-02-00 | 610/1234/5 | 04-13-26 | 06-30-26 | yes | yes | Due | 19/05/2026 | Administration Team: submit the registration to AIM by Tue 19 May 2026`)

	c.on("2026-04-22") // ten working days before the first deadline
	c.mustRun("a.xlsx: written")
	after := c.bytes("a.xlsx")
	if got, want := differences(t, before, after), []string{"Enrolments!J2", "Enrolments!M2"}; !slices.Equal(got, want) {
		t.Errorf("the cells that differ are %q, want %q", got, want)
	}
	if got := column(t, after, "Enrolments", "J"); got != "Registration Status, At risk, Due" {
		t.Errorf("the statuses are %s", got)
	}
	if got := changedParts(t, before, after); !slices.Equal(got, []string{"xl/styles.xml", "xl/worksheets/sheet2.xml"}) {
		t.Errorf("the parts that differ are %q", got)
	}
	c.mustRun("a.xlsx: unchanged")
}

func TestAnswersFollowTheirRows(t *testing.T) {
	c := newCentre(t, adjustments)
	c.mustRun("a.xlsx: written")
	c.edit("a.xlsx", func(f *excelize.File) { // staff sort their own columns only
		check(t, f.SetSheetRow("Adjustments", "A2", &[]any{"L2", "reader", 46114, "no"}))
		check(t, f.SetSheetRow("Adjustments", "A3", &[]any{"L1", "extra time", 46113, "yes"}))
		check(t, f.InsertRows("Adjustments", 2, 1)) // and leave a gap
	})
	c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems

		L2 | reader | 04-02-26 | no | Not stored | 02/04/2029 | REC-01 Stored open
		L1 | extra time | 04-01-26 | yes | Retained | 01/04/2029`)
}

// Answers beside rows that hold no record any more are taken away; what staff
// wrote there themselves is not.
func TestStaleAnswersAreCleared(t *testing.T) {
	c := newCentre(t, adjustments)
	c.mustRun("a.xlsx: written")
	c.edit("a.xlsx", func(f *excelize.File) {
		for _, cell := range []string{"A3", "B3", "C3", "D3"} {
			check(t, f.SetCellValue("Adjustments", cell, nil))
		}
		check(t, f.SetCellStr("Adjustments", "E5", "Ask Sam about these"))
		check(t, f.SetCellStr("Adjustments", "G6", "Retained"))
	})
	result := c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems
		L1 | extra time | 04-01-26 | yes | Retained | 01/04/2029


		|  |  |  | Ask Sam about these
		|  |  |  |  |  | Retained`)
	if result.Workbooks[0].Cells != 3 {
		t.Errorf("%d cells were written, want the 3 that are cleared", result.Workbooks[0].Cells)
	}
	f := open(t, c.bytes("a.xlsx"))
	id, err := f.GetCellStyle("Adjustments", "E3")
	check(t, err)
	style, err := f.GetStyle(id)
	check(t, err)
	if len(style.Fill.Color) > 0 {
		t.Errorf("the cell is empty and still coloured %s", style.Fill.Color)
	}
	c.mustRun("a.xlsx: unchanged")
}

// Whatever staff's cells hold, a second run finds its own answers as it would
// write them.
func TestHostileTexts(t *testing.T) {
	texts := []string{
		"a_x0001_b", "_x005F_x0001_", "_x0000_", "_xD83D_", "_xFFFF_", "_x000D__x000A_", "line\nbreak", " \tspaces\u00a0",
		`=HYPERLINK("http://example.org","x")`, "+1+1", "-1", "@SUM(1)", "<b>&amp;</b>", "]]>", "\u202ehtap\u202c", "🙂",
		strings.Repeat("x", 32767), "'quoted", "#REF!", "{due}", "%s%d", "\ufffd\ufffe",
	}
	c := newCentre(t, `
		== a.xlsx
		-- Enrolments
		Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | ULN | Registration Status | Next Action
		-- Claims
		Learner ID | Qualification Code | Claim Submitted | ULN | Discrepancy | Certificate Received
		-- Assessments
		Learner ID | Qualification Code | Unit Code | Assessed On | Decision | Assessor | IQA
		-- Staff
		Name | Role | Qualification Codes`)
	c.edit("a.xlsx", func(f *excelize.File) {
		for i, text := range texts {
			cell := func(col int) string {
				name, err := excelize.CoordinatesToCellName(col, i+2)
				check(t, err)
				return name
			}
			for sheet, columns := range map[string]int{"Enrolments": 10, "Claims": 6, "Assessments": 7, "Staff": 3} {
				for col := range columns {
					check(t, f.SetCellStr(sheet, cell(col+1), text))
				}
			}
			check(t, f.SetCellInt("Enrolments", cell(6), 46105))
			check(t, f.SetCellInt("Claims", cell(6), 46105))
			check(t, f.SetCellInt("Assessments", cell(4), 46105))
		}
	})
	c.put("a.xlsx", rewrite(t, c.bytes("a.xlsx"), func(name, part string) string {
		// The library writes what only looks like an escape so that it is none.
		return strings.ReplaceAll(part, "_x005F_x", "_x")
	}))
	c.mustRun("a.xlsx: written")
	c.mustRun("a.xlsx: unchanged")
	f := open(t, c.bytes("a.xlsx"))
	rows, err := f.GetRows("Enrolments")
	check(t, err)
	if len(rows) != len(texts)+1 {
		t.Fatalf("the sheet has %d rows, want %d", len(rows), len(texts)+1)
	}
	for i, row := range rows[1:] {
		if row[8] != "Overdue" && row[8] != "At risk" && row[8] != "Due" {
			t.Errorf("the status beside %.20q is %q", texts[i], row[8])
		}
	}
}

func (c *centre) stat(name string) os.FileInfo {
	c.t.Helper()
	info, err := os.Stat(c.path(name))
	check(c.t, err)
	return info
}
