package xlsx

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A sheet that is formatted to its end, two million empty cells with a style, costs little more than its bytes: the patch
// and its proof hold no more of it than they need, end in good time, and add nothing but what they write.
func TestPatchOfMillionsOfStyledCells(t *testing.T) {
	var rows strings.Builder
	rows.Grow(80 << 20)
	for n := 1; n <= MaxRow; n++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:3"><c r="A%[1]d" s="1"/><c r="B%[1]d" s="2"/></row>`, n)
	}
	sheet := worksheet(rows.String(), `<dimension ref="A1:B1048576"/><cols><col min="1" max="16384" width="9" style="1"/></cols>`)
	data := book(t, sheet)
	sp := SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 3, Heading: "Status", Width: 12}}}
	for n := 2; n <= 200; n++ {
		sp.Edits = append(sp.Edits, Edit{Row: n, Col: 3, Value: TextValue("Late"), Look: Red, NeighbourCol: 2})
	}
	sp.Edits = append(sp.Edits, Edit{Row: MaxRow, Col: 3, Value: TextValue("last"), NeighbourCol: 2})
	f, err := Open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	sp.Sheet = f.Sheets()[0]
	start := time.Now()
	if err := sp.Sheet.Scan(func(*Row) error { return nil }); err != nil {
		t.Fatal(err)
	}
	scan := time.Since(start)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start = time.Now()
	made, err := f.Patch([]SheetPatch{sp})
	if err != nil {
		t.Fatal(err)
	}
	if err := Prove(data, made, []SheetPatch{sp}, DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(len(sheet))/2 {
		t.Errorf("%d MB were allocated for a sheet of %d", used>>20, len(sheet)>>20)
	}
	if took > 20*scan+time.Second {
		t.Errorf("it took %v, reading alone %v", took, scan)
	}
	if grew := len(text(t, made, sheetPart)) - len(sheet); grew < 0 || grew > 200*len(sp.Edits) {
		t.Errorf("the sheet grew by %d bytes for %d cells", grew, len(sp.Edits))
	}
	if len(made) > len(data)+len(data)/10 {
		t.Errorf("the package has %d bytes, had %d", len(made), len(data))
	}
	t.Logf("%d MB of XML, read in %v, patched and proved in %v, %d MB allocated, %d bytes became %d", len(sheet)>>20, scan, took, (after.TotalAlloc-before.TotalAlloc)>>20, len(data), len(made))
}
