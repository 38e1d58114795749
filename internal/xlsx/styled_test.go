package xlsx

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A sheet that is formatted far beyond its data, two million empty cells with a style, costs little more than its bytes: the patch
// and its proof hold no more of it than they need, end in good time, and add nothing but what they write.
func TestPatchOfMillionsOfStyledCells(t *testing.T) {
	const high, wide = 200_000, 10
	var rows strings.Builder
	rows.Grow(64 << 20)
	for n := 1; n <= high; n++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:10">`, n)
		for col := 1; col <= wide; col++ {
			fmt.Fprintf(&rows, `<c r="%s" s="%d"/>`, CellName(n, col), 1+col%2)
		}
		rows.WriteString("</row>")
	}
	sheet := worksheet(rows.String(), `<dimension ref="A1:J200000"/><cols><col min="1" max="16384" width="9" style="1"/></cols>`)
	data := book(t, sheet)
	sp := SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: wide + 1, Heading: "Status", Width: 12}}}
	for n := 2; n <= 200; n++ {
		sp.Edits = append(sp.Edits, Edit{Row: n, Col: wide + 1, Value: TextValue("Late"), Look: Red, NeighbourCol: wide})
	}
	sp.Edits = append(sp.Edits, Edit{Row: MaxRow, Col: wide + 1, Value: TextValue("last"), NeighbourCol: wide})
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
