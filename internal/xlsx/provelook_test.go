package xlsx

import (
	"fmt"
	"testing"
)

// FuzzDress: whatever styles a workbook has, a look is refused, or put on so that the proof, which reads the styles in its
// own way, finds each cell dressed as it should be; and a second time nothing is added.
func FuzzDress(f *testing.F) {
	for _, part := range []string{bookStyles, plainStyles,
		`<styleSheet ` + nsMain + `/>`,
		`<styleSheet ` + nsMain + `><fonts><font>text</font><font><color/>text</font></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs></styleSheet>`,
		`<styleSheet ` + nsMain + `><fonts><font></font><font><b></b><color theme="1"/></font></fonts><cellXfs><xf fontId="1"></xf><xf fontId='0' applyFont="true" quotePrefix="1"/><xf quotePrefix="n" borderId=" 1" applyBorder="?"/></cellXfs></styleSheet>`,
		`<x:styleSheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:fills count="1"><x:fill><x:patternFill patternType="solid"><x:fgColor rgb="ffFFC7CE"/></x:patternFill></x:fill></x:fills><x:cellXfs><x:xf/><x:xf numFmtId="49" pivotButton="0"><x:protection locked="0"/></x:xf></x:cellXfs></x:styleSheet>`,
		`<styleSheet ` + nsMain + `><numFmts count="1"><numFmt numFmtId="14" formatCode="dd/mm/yyyy;@"/></numFmts><fonts><font><color rgb="FF9C0006"/></font></fonts><fills><fill/><fill/><fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill></fills><cellXfs><xf numFmtId="14" fillId="2" applyFill="1"/></cellXfs><dxfs/></styleSheet>`,
	} {
		for base := range uint8(3) {
			f.Add(part, base)
		}
	}
	f.Fuzz(func(t *testing.T, styles string, base uint8) {
		parts := with(bookParts(worksheet(fmt.Sprintf(`<row r="1"><c r="A1" s="%d"/><c r="B1" t="s"><v>0</v></c></row>`, base), ""), "<t>a</t>"), "xl/styles.xml", styles)
		for i := range parts {
			parts[i].store = true
		}
		data := pkg(t, parts...)
		file, err := Open(data, DefaultLimits())
		if err != nil {
			mustRefuse(t, err)
			return
		}
		var edits []Edit
		for look := Plain; look <= Grey; look++ {
			e := Edit{Row: 1, Col: 3 + int(look), Value: TextValue("x"), Look: look, NeighbourCol: 1}
			if look == Date {
				e.Value = DateValue(46000)
			}
			edits = append(edits, e)
		}
		patches := []SheetPatch{{Sheet: file.Sheets()[0], Edits: edits}}
		after, err := file.Patch(patches)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		if err := Prove(data, after, patches, DefaultLimits()); err != nil {
			t.Fatalf("patched, but not proved: %v\n%s", err, text(t, after, "xl/styles.xml"))
		}
		again, err := Open(after, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		twice, err := again.Patch([]SheetPatch{{Sheet: again.Sheets()[0], Edits: edits}})
		if err != nil || text(t, twice, "xl/styles.xml") != text(t, after, "xl/styles.xml") {
			t.Fatalf("a second run adds to the styles: %v\n%s", err, text(t, twice, "xl/styles.xml"))
		}
	})
}
