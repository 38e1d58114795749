package xlsx

import (
	"strings"
	"testing"
)

// TestPatchRefusals: what is found out only when cells are written is refused as well, with its place and a remedy.
func TestPatchRefusals(t *testing.T) {
	x := []Edit{cell("B1", TextValue("x"))}
	row := `<row r="1"><c r="A1"><v>1</v></c></row>`
	pivot := func(ref string) []part {
		return append(bookParts(worksheet(row, "")),
			part{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("pivotTable ../pivotTables/p.xml")},
			part{name: "xl/pivotTables/p.xml", text: `<pivotTableDefinition ` + nsMain + `><location ref="` + ref + `"/></pivotTableDefinition>`})
	}
	for _, c := range []struct {
		name  string
		parts []part
		patch SheetPatch
		kind  RefusalKind
		words []string
	}{
		{"no place for rows", bookParts(`<worksheet ` + nsMain + `/>`), SheetPatch{Edits: x}, Unsupported, []string{"Data", "no place for rows"}},
		{"no worksheet", bookParts(`<chartsheet ` + nsMain + `/>`), SheetPatch{Edits: x}, Damaged, []string{"Data", "no worksheet"}},
		{"another sheet that is damaged", append(with(with(bookParts(worksheet(row, "")), workbookName, `<workbook `+nsMain+` `+nsRel+`><sheets><sheet name="Data" r:id="rId1"/><sheet name="Other" r:id="rId2"/></sheets></workbook>`),
			relsName, rels("worksheet worksheets/sheet1.xml", "worksheet worksheets/sheet2.xml", "styles styles.xml")),
			part{name: "xl/worksheets/sheet2.xml", text: worksheet(`<row r="0"/>`, "")}), SheetPatch{Edits: []Edit{{Row: 1, Col: 2, Value: TextValue("x"), Look: Red}}}, Damaged, []string{"Other", `"0"`}},
		{"pivot table without a place", pivot("B0"), SheetPatch{Edits: x}, Damaged, []string{"xl/pivotTables/p.xml", `"B0"`}},
		{"merged cells without a place", bookParts(worksheet(row, `|<mergeCells><mergeCell ref="A1:ZZZZ9"/></mergeCells>`)), SheetPatch{Edits: x}, Damaged, []string{"Data", `"A1:ZZZZ9"`}},
		{"text between the rows", bookParts(worksheet(row+"x", "")), SheetPatch{Edits: x}, Damaged, []string{"Data", "text between the rows"}},
		{"elements between the rows", bookParts(worksheet(row+"<x/>", "")), SheetPatch{Edits: x}, Unsupported, []string{"Data", `"x"`}},
		{"elements in a row", bookParts(worksheet(`<row r="1"><x/></row>`, "")), SheetPatch{Edits: x}, Unsupported, []string{"Data!1:1", "besides its cells"}},
		{"style that is not there", bookParts(worksheet(`<row r="1"><c r="B1" s="7"/></row>`, "")), SheetPatch{Edits: []Edit{{Row: 1, Col: 2, Value: TextValue("x"), Look: Red}}}, Damaged, []string{"format 7"}},
		{"font that is not there", with(bookParts(worksheet(`<row r="1"><c r="B1"/></row>`, "")), stylesName, strings.Replace(bookStyles, `fontId="0"`, `fontId="7"`, 1)), SheetPatch{Edits: []Edit{{Row: 1, Col: 2, Value: TextValue("x"), Look: Red}}}, Damaged, []string{stylesName, "font 7"}},
		{"cell that is also a heading", bookParts(worksheet(row, "")), SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 2, Heading: "Status"}}, Edits: x}, Unsupported, []string{"Data!B1", "once as a heading"}},
		{"cell beyond the edge", bookParts(worksheet(row, "")), SheetPatch{Edits: []Edit{{Row: 1, Col: MaxCol + 1, Value: TextValue("x")}}}, Unsupported, []string{"Data!XFE1", "edge"}},
		{"table that is not there", bookParts(worksheet(row, "")), SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 2, Heading: "Status"}}, GrowTable: "T"}, Unsupported, []string{"Data", `no table "T"`}},
		{"columns that do not follow the table", tabledParts(), SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 4, Heading: "Status"}}, GrowTable: "T"}, Unsupported, []string{"Data", `follow the table "T"`}},
		{"cells out of order", bookParts(worksheet(row, "")), SheetPatch{Edits: []Edit{x[0], x[0]}}, Unsupported, []string{"Data!B1", "out of order"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := patched(t, pkg(t, c.parts...), c.patch)
			refused(t, err, c.kind, c.words...)
			wellPut(t, err)
		})
	}
}

// What is within the limits may be beyond them with the new cells.
func TestPatchLimits(t *testing.T) {
	sheet := worksheet(`<row r="1"><c r="A1"><v>1</v></c></row>`, "")
	parts := bookParts(sheet)
	data := pkg(t, parts...)
	total := int64(0)
	for _, p := range parts {
		total += int64(len(p.text))
	}
	for _, c := range []struct {
		set   func(*Limits)
		words []string
	}{
		{func(l *Limits) { l.File = int64(len(data)) }, []string{"the file would have"}},
		{func(l *Limits) { l.Unpacked = total }, []string{"Data", "the sheet would have"}},
	} {
		lim := DefaultLimits()
		c.set(&lim)
		f, err := Open(data, lim)
		if err != nil {
			t.Fatal(err)
		}
		// What it takes changes from cell to cell, so that it does not compress.
		_, err = f.Patch([]SheetPatch{{Sheet: f.Sheets()[0], Edits: []Edit{cell("B1", TextValue(numbered(3000, "%x")))}}})
		refused(t, err, TooLarge, c.words...)
		wellPut(t, err)
	}
}

// What other code makes sure of is looked at all the same.
func TestGuards(t *testing.T) {
	if _, err := appendRich(nil, []byte(`</t>`)); err == nil {
		t.Error("an end tag that closes nothing")
	}
	if _, _, _, err := nextAttr([]byte(` a="1`)); err == nil {
		t.Error("an attribute that is not closed")
	}
}
