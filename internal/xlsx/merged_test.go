package xlsx

import (
	"slices"
	"testing"
)

// TestMerged guards which merged cells of a row are seen: they stand behind the
// rows, with any prefix.
func TestMerged(t *testing.T) {
	rows := `<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/>`
	for name, c := range map[string]struct {
		sheet string
		row   int
		want  []Range
	}{
		"none":             {worksheet(rows, ``), 1, nil},
		"across":           {worksheet(rows, `|<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A2:C2"/></mergeCells>`), 1, []Range{{1, 1, 1, 2}}},
		"down":             {worksheet(rows, `|<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="C2:D9"/></mergeCells>`), 2, []Range{{1, 1, 2, 1}, {2, 3, 9, 4}}},
		"below it":         {worksheet(rows, `|<mergeCells><mergeCell ref="A3:B3"/></mergeCells>`), 2, nil},
		"what is no range": {worksheet(rows, `|<mergeCells><mergeCell ref="A1:ZZZZ1"/><mergeCell/></mergeCells>`), 1, nil},
		"no rows at all":   {worksheet(``, `|<mergeCells><mergeCell ref="A1:B1"/></mergeCells>`), 1, []Range{{1, 1, 1, 2}}},
		"other element":    {worksheet(rows, `|<mergeCells><mergedCell ref="A1:B1"/></mergeCells>`), 1, nil},
	} {
		got, err := mergedOf(t, c.sheet, c.row)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	if _, err := mergedOf(t, worksheet(`<row r="2"/><row r="1"/>`, ``), 1); err == nil {
		t.Error("rows that are not in order are not refused")
	}
}

func mergedOf(t *testing.T, sheet string, row int) ([]Range, error) {
	t.Helper()
	file, err := Open(book(t, sheet), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return file.Sheets()[0].Merged(row)
}
