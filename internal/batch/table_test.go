package batch_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// addTable makes an Excel table of a range of the sheet Adjustments.
func addTable(t *testing.T, f *excelize.File, name, ref string) {
	t.Helper()
	check(t, f.AddTable("Adjustments", &excelize.Table{Range: ref, Name: name}))
}

func TestTables(t *testing.T) {
	tests := map[string]struct {
		change func(t *testing.T, f *excelize.File)
		want   string
	}{
		"one that ends with the last heading grows, its filter too": {
			func(t *testing.T, f *excelize.File) { addTable(t, f, "Register", "A1:D3") },
			"Register A1:G3 filter A1:G3, Learner ID Type Recorded On Stored Retention Status Retain Until Problems",
		},
		"one with a column to its right does not": {
			func(t *testing.T, f *excelize.File) {
				addTable(t, f, "Register", "A1:D3")
				check(t, f.SetCellStr("Adjustments", "F1", "Note"))
			},
			"Register A1:D3 filter A1:D3, Learner ID Type Recorded On Stored  Note Retention Status Retain Until Problems",
		},
		"one that has two of the columns grows by the third": {
			func(t *testing.T, f *excelize.File) {
				check(t, f.SetSheetRow("Adjustments", "E1", &[]any{"Problems", "Retain Until"}))
				addTable(t, f, "Register", "A1:F3")
			},
			"Register A1:G3 filter A1:G3, Learner ID Type Recorded On Stored Problems Retain Until Retention Status",
		},
		"of two side by side neither, where the right one is none of ours": {
			func(t *testing.T, f *excelize.File) {
				addTable(t, f, "Register", "A1:D3")
				check(t, f.SetSheetRow("Adjustments", "F1", &[]any{"Room", "Seats"}))
				addTable(t, f, "Rooms", "F1:G3")
			},
			"Register A1:D3 filter A1:D3, Rooms F1:G3 filter F1:G3, Learner ID Type Recorded On Stored  Room Seats Retention Status Retain Until Problems",
		},
		"of two side by side the right one, where known columns are in it": {
			func(t *testing.T, f *excelize.File) {
				check(t, f.SetSheetRow("Adjustments", "E1", &[]any{"Gap", "Disposed On"}))
				addTable(t, f, "Register", "A1:D3")
				addTable(t, f, "Disposal", "F1:F3")
			},
			"Register A1:D3 filter A1:D3, Disposal F1:I3 filter F1:I3, Learner ID Type Recorded On Stored Gap Disposed On Retention Status Retain Until Problems",
		},
		"one under the register stays": {
			func(t *testing.T, f *excelize.File) {
				check(t, f.SetSheetRow("Adjustments", "A9", &[]any{"Room", "Seats"}))
				addTable(t, f, "Rooms", "A9:B12")
			},
			"Rooms A9:B12 filter A9:B12, Learner ID Type Recorded On Stored Retention Status Retain Until Problems",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, adjustments)
			c.edit("a.xlsx", func(f *excelize.File) { test.change(t, f) })
			want := "a.xlsx: written"
			if strings.HasPrefix(test.want, "Register A1:D3 filter") && !strings.Contains(test.want, "Disposal") {
				want += `: the statuses on Adjustments stand outside the table "Register", because something has a heading right of it: sorting the table leaves them behind until the next run`
			}
			c.mustRun(want)
			if got := layout(t, c.bytes("a.xlsx")); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			c.mustRun("a.xlsx: unchanged")
		})
	}
}

// layout gives the tables of the sheet Adjustments, and its first row.
func layout(t *testing.T, data []byte) string {
	t.Helper()
	f := open(t, data)
	defer f.Close()
	tables, err := f.GetTables("Adjustments")
	check(t, err)
	parts := partsOf(t, data)
	var list []string
	for _, table := range tables {
		text := table.Name + " " + table.Range
		for _, part := range parts {
			if strings.Contains(part, `displayName="`+table.Name+`"`) {
				_, filter, _ := strings.Cut(part, `<autoFilter ref="`)
				ref, _, _ := strings.Cut(filter, `"`)
				text += " filter " + ref
			}
		}
		list = append(list, text)
	}
	rows, err := f.GetRows("Adjustments")
	check(t, err)
	return strings.Join(append(list, strings.Join(rows[0], " ")), ", ")
}

// The totals row is no record, and what it holds stays: no answer is written
// into it, whatever stands there.
func TestTotalsRow(t *testing.T) {
	c := newCentre(t, adjustments+`
		Total | '2 | | '1`)
	c.edit("a.xlsx", func(f *excelize.File) { addTable(t, f, "Register", "A1:D4") })
	c.put("a.xlsx", withTotals(t, c.bytes("a.xlsx"), "A1:D3"))
	result := c.mustRun("a.xlsx: written")
	if n := len(result.Workbooks[0].Sheets[0].Records); n != 2 {
		t.Errorf("%d records were read, want 2", n)
	}
	c.wantSheet("a.xlsx", "Adjustments", `
		Learner ID | Type | Recorded On | Stored | Retention Status | Retain Until | Problems
		L1 | extra time | 04-01-26 | yes | Retained | 01/04/2029
		L2 | reader | 04-02-26 | no | Not stored | 02/04/2029 | REC-01 Stored open
		Total | 2 |  | 1`)
	if got, want := layout(t, c.bytes("a.xlsx")), "Register A1:G4 filter A1:G3, Learner ID Type Recorded On Stored Retention Status Retain Until Problems"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// A status of ours that somebody has copied down into it is not cleared.
	c.edit("a.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Adjustments", "E4", "Retained")) })
	c.put("a.xlsx", withTotals(t, c.bytes("a.xlsx"), "A1:G3"))
	c.mustRun("a.xlsx: unchanged")
}

// withTotals makes the last row of the table Register its totals row.
func withTotals(t *testing.T, data []byte, filter string) []byte {
	t.Helper()
	return rewrite(t, data, func(name, part string) string {
		if !strings.Contains(part, `displayName="Register"`) || strings.Contains(part, "totalsRowCount") {
			return part
		}
		head, tail, _ := strings.Cut(part, `<autoFilter ref="`)
		_, tail, _ = strings.Cut(tail, `"`)
		head = strings.Replace(head, `displayName="Register"`, `displayName="Register" totalsRowCount="1"`, 1)
		return head + `<autoFilter ref="` + filter + `"` + tail
	})
}
