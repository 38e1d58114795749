package xlsx

import (
	"strings"
	"testing"
)

// FuzzNewColumns: whatever a sheet says of its columns, new ones are refused, or added so that the proof holds and no rule
// is broken that was kept before.
func FuzzNewColumns(f *testing.F) {
	for _, cols := range []string{
		``, `<cols/>`, `<cols><col min="1" max="16384" width="9" hidden="1"/></cols>`, `<cols><col min="1" max="2" width="9" customWidth="1"/><col min="4" max="9" style="1"></col></cols>`,
		"<cols>\n<col max='3' min='2' hidden='true' customWidth='1'/><!-- x --><col min=\"3\" max=\"3\"/></cols>", `<cols><col min="0" max="99999"/></cols>`,
		`<cols><col min="5" max="4"/></cols><cols><col min="1" max="1"/></cols>`, `<dimension ref="A1:B2"/><cols a="b"><col min="3" max="3" width="1"> </col></cols>`,
	} {
		f.Add(cols, uint16(3), uint16(1), 20.5)
		f.Add(strings.ReplaceAll(cols, `"1"`, `"5"`), uint16(5), uint16(3), 0.0)
	}
	f.Fuzz(func(t *testing.T, cols string, first, step uint16, width float64) {
		if !(width >= 0 && width < 256) {
			return
		}
		file := sheetFile(t, worksheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="3" s="1" customFormat="1"><c r="B3" s="2"/></row>`, cols))
		a, b := int(first%MaxCol)+1, int(first%MaxCol)+int(step%9)+2
		if b > MaxCol {
			return
		}
		patches := []SheetPatch{{Sheet: file.Sheets()[0], HeaderRow: 1, NewColumns: []NewColumn{{Col: a, Heading: "x", Width: width}, {Col: b, Heading: "y", Width: 9}},
			Edits: []Edit{{Row: 3, Col: a, Value: TextValue("z"), Look: Red}}}}
		after, err := file.Patch(patches)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		if err := Prove(file.zip.data, after, patches, DefaultLimits()); err != nil {
			t.Fatalf("patched, but not proved: %v\n%s", err, text(t, after, sheetPart))
		}
		if broken := newlyBroken(t, file.zip.data, after); len(broken) > 0 {
			t.Fatalf("breaks rules: %q\n%s", broken, text(t, after, sheetPart))
		}
	})
}
