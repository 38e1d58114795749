package batch_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

const adjustments = `
	== a.xlsx
	-- Adjustments
	Learner ID | Type       | Recorded On | Stored
	L1         | extra time | 2026-04-01  | yes
	L2         | reader     | 2026-04-02  | no`

func TestMissingColumnsAreAddedInOrder(t *testing.T) {
	tests := map[string]struct{ before, after string }{
		"all of them, right of the last heading": {`
			Learner ID | Type       | Recorded On | Stored | Note
			L1         | extra time | 2026-04-01  | yes
			L2         | reader     | 2026-04-02  | no`, `
			Learner ID | Type | Recorded On | Stored | Note | Retention Status | Retain Until | Problems
			L1 | extra time | 04-01-26 | yes |  | Retained | 01/04/2029
			L2 | reader | 04-02-26 | no |  | Not stored | 02/04/2029 | REC-01 Stored open`},
		"those that are there are used where they stand": {`
			Problems | Learner ID | retain until | Type       | Recorded On | Stored
			'old     | L1         | 2020-01-01   | extra time | 2026-04-01  | yes
			'        | L2         | 'soon        | reader     | 2026-04-02  | no`, `
			Problems | Learner ID | retain until | Type | Recorded On | Stored | Retention Status
			| L1 | 01/04/2029 | extra time | 04-01-26 | yes | Retained
			REC-01 Stored open | L2 | 02/04/2029 | reader | 04-02-26 | no | Not stored`},
		"of equal headings the leftmost": {`
			Learner ID | Problems | Type       | Recorded On | Stored | Problems
			L1         |          | extra time | 2026-04-01  | no     | 'mine`, `
			Learner ID | Problems | Type | Recorded On | Stored | Problems | Retention Status | Retain Until
			L1 | REC-01 Stored open | extra time | 04-01-26 | no | mine | Not stored | 01/04/2029`},
		"to a sheet without records too": {`
			Learner ID | Type | Recorded On`, `
			Learner ID | Type | Recorded On | Retention Status | Retain Until | Problems`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, "== a.xlsx\n-- Adjustments\n"+test.before)
			c.mustRun("a.xlsx: written")
			c.wantSheet("a.xlsx", "Adjustments", test.after)
		})
	}
}

// Everything but the answers stays as it was, cell by cell and part by part.
func TestOnlyTheAnswersAreWritten(t *testing.T) {
	c := newCentre(t, adjustments+`
		-- Totals
		Learners | 2`)
	before := c.bytes("a.xlsx")
	c.mustRun("a.xlsx: written")
	after := c.bytes("a.xlsx")
	want := "Adjustments!E1 Adjustments!E2 Adjustments!E3 Adjustments!F1 Adjustments!F2 Adjustments!F3 Adjustments!G1 Adjustments!G3"
	if got := strings.Join(differences(t, before, after), " "); got != want {
		t.Errorf("the cells that differ are %s\nwant %s", got, want)
	}
	if got, want := changedParts(t, before, after), []string{"xl/styles.xml", "xl/worksheets/sheet2.xml"}; !slices.Equal(got, want) {
		t.Errorf("the parts that differ are %q, want %q", got, want)
	}
}

func TestHeaderRowBelowMergedTitles(t *testing.T) {
	c := newCentre(t, `
		== a.xlsx
		-- Adjustments
		Register of adjustments 2026
		Keep until told otherwise


		-- Other
		x`)
	c.edit("a.xlsx", func(f *excelize.File) {
		check(t, f.MergeCell("Adjustments", "A1", "K1"))
		check(t, f.SetSheetRow("Adjustments", "A4", &[]any{"Learner ID", "Type", "Recorded On"}))
		check(t, f.SetSheetRow("Adjustments", "A5", &[]any{"L1", "extra time", "1 April 2026"}))
	})
	c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Register of adjustments 2026
		Keep until told otherwise

		Learner ID | Type | Recorded On | Retention Status | Retain Until | Problems
		L1 | extra time | 1 April 2026 | Not stored | 01/04/2029 | REC-01 Stored open`)
}

func TestDatesInBothDateSystems(t *testing.T) {
	for system, serial := range map[string]string{"": "47209", " 1904": "45747"} { // 01/04/2029
		t.Run("system"+system, func(t *testing.T) {
			c := newCentre(t, strings.Replace(adjustments, "a.xlsx", "a.xlsx"+system, 1))
			c.mustRun("a.xlsx: written")
			f := open(t, c.bytes("a.xlsx"))
			got, err := f.GetCellValue("Adjustments", "F2", excelize.Options{RawCellValue: true})
			check(t, err)
			if got != serial {
				t.Errorf("Retain Until holds %s, want %s", got, serial)
			}
			result := c.mustRun("a.xlsx: unchanged")
			// The same bytes would not be written again either; it is read as the day that it is.
			record := &result.Workbooks[0].Sheets[0].Records[0]
			if got := record.Value(register.RetainUntil).Date; got != calendar.NewDate(2029, 4, 1) {
				t.Errorf("Retain Until is read as %s", got)
			}
		})
	}
}

func TestHiddenSheetsRowsAndColumnsAreTreated(t *testing.T) {
	c := newCentre(t, adjustments+`
		-- Other
		x`)
	c.edit("a.xlsx", func(f *excelize.File) {
		check(t, f.SetRowVisible("Adjustments", 3, false))
		check(t, f.SetColVisible("Adjustments", "B:C", false))
		f.SetActiveSheet(1)
		check(t, f.SetSheetVisible("Adjustments", false))
	})
	c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems
		L1 | extra time | 04-01-26 | yes | Retained | 01/04/2029
		L2 | reader | 04-02-26 | no | Not stored | 02/04/2029 | REC-01 Stored open`)
	f := open(t, c.bytes("a.xlsx"))
	sheet, _ := f.GetSheetVisible("Adjustments")
	row, _ := f.GetRowVisible("Adjustments", 3)
	col, _ := f.GetColVisible("Adjustments", "C")
	if sheet || row || col {
		t.Errorf("what was hidden shows: sheet %v, row %v, column %v", sheet, row, col)
	}
}

func TestColumnsWithFormulasAreLeftAlone(t *testing.T) {
	c := newCentre(t, `
		== a.xlsx
		-- Adjustments
		Learner ID | Type       | Recorded On | Stored | Problems | Retention Status
		L1         | extra time | 2026-04-01  | yes    | 'mine    |
		L2         | reader     | 2026-04-02  | no     |          |
		           |            |             |        | =1+1     |`)
	result := c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Problems | Retention Status | Retain Until
		L1 | extra time | 04-01-26 | yes | mine | Retained | 01/04/2029
		L2 | reader | 04-02-26 | no |  | Not stored | 02/04/2029`)
	var dat12 []string
	for _, f := range result.Report.Findings {
		if f.Rule == "DAT-12" {
			dat12 = append(dat12, f.Field+" in row "+strconv.Itoa(f.Row))
		}
	}
	if want := []string{"Problems in row 1"}; !slices.Equal(dat12, want) {
		t.Errorf("DAT-12 is on %q, want %q", dat12, want)
	}
	formula, err := open(t, c.bytes("a.xlsx")).GetCellFormula("Adjustments", "E4")
	check(t, err)
	if formula != "1+1" {
		t.Errorf("the formula is %q now", formula)
	}
}

// What stands where a column would be added is somebody's: nothing is written.
func TestTakenColumns(t *testing.T) {
	tests := map[string]struct {
		change func(*excelize.File)
		want   string
	}{
		"a note": {
			func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "E3", "ring back")) },
			`Adjustments!E3 is taken, where the column "Retention Status" would be added; give what stands there a heading in row 1, or move it`,
		},
		"a note below the records, where the third column would be": {
			func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "G40", "ring back")) },
			`Adjustments!G40 is taken, where the column "Problems" would be added; give what stands there a heading in row 1, or move it`,
		},
		"a formula that was never calculated": {
			func(f *excelize.File) { check(t, f.SetCellFormula("Adjustments", "F9", "SUM(D2:D8)")) },
			`Adjustments!F9 is taken, where the column "Retain Until" would be added; give what stands there a heading in row 1, or move it`,
		},
		"an empty table": {
			func(f *excelize.File) {
				check(t, f.AddTable("Adjustments", &excelize.Table{Range: "G5:H8", Name: "Rooms"}))
				check(t, f.SetCellValue("Adjustments", "G5", nil))
				check(t, f.SetCellValue("Adjustments", "H5", nil))
			},
			`Adjustments!G5 is taken, where the column "Problems" would be added; give what stands there a heading in row 1, or move it`,
		},
		"merged cells": {
			func(f *excelize.File) { check(t, f.MergeCell("Adjustments", "D3", "E3")) },
			`Adjustments!E3: the cell is to be written, but it belongs to merged cells (D3:E3); keep the column free for regcert`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, adjustments+strings.Replace(adjustments, "a.xlsx", "b.xlsx", 1))
			c.edit("a.xlsx", test.change)
			before := c.bytes("a.xlsx")
			c.mustRun("a.xlsx: read-only!: " + test.want + "\nb.xlsx: written")
			if string(c.bytes("a.xlsx")) != string(before) {
				t.Error("it was written all the same")
			}
		})
	}
}

func TestNotesAboveTheHeaderRowAreNotInTheWay(t *testing.T) {
	c := newCentre(t, strings.Replace(adjustments, "-- Adjustments", "-- Adjustments @3", 1))
	c.edit("a.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "F1", "as of May")) })
	c.mustRun("a.xlsx: written")
	c.wantSheet("a.xlsx", "Adjustments", `
		|  |  |  |  | as of May

		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems
		L1 | extra time | 04-01-26 | yes | Retained | 01/04/2029
		L2 | reader | 04-02-26 | no | Not stored | 02/04/2029 | REC-01 Stored open`)
}

// The look of a status is its own: a column that is added beside it is plain.
func TestColumnsAddedBesideAStatusAreNotColoured(t *testing.T) {
	c := newCentre(t, adjustments)
	c.mustRun("a.xlsx: written")
	c.edit("a.xlsx", func(f *excelize.File) { check(t, f.RemoveCol("Adjustments", "F")) })
	c.edit("a.xlsx", func(f *excelize.File) { check(t, f.RemoveCol("Adjustments", "F")) })
	c.mustRun("a.xlsx: written")
	f := open(t, c.bytes("a.xlsx"))
	fill := func(cell string) string {
		id, err := f.GetCellStyle("Adjustments", cell)
		check(t, err)
		style, err := f.GetStyle(id)
		check(t, err)
		return strings.Join(style.Fill.Color, " ")
	}
	if fill("E2") != "C6EFCE" || fill("E3") != "FFEB9C" {
		t.Errorf("the statuses have the colours %q and %q", fill("E2"), fill("E3"))
	}
	for _, cell := range []string{"F1", "F2", "F3", "G1", "G3"} {
		if fill(cell) != "" {
			t.Errorf("%s has the colour %s of the status beside it", cell, fill(cell))
		}
	}
}
