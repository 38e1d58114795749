package xlsx

import (
	"strings"
	"testing"
)

// What is promised of a workbook that staff have grown over years, one thing a test: each would fail if that thing were
// lost, although the proof says the same of all of them at once.
func TestStaffBookKeepsEverything(t *testing.T) {
	before, f, patches := staffBook(t)
	after, err := f.Patch(patches)
	if err != nil {
		t.Fatal(err)
	}
	if err := Prove(before, after, patches, DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	for what, part := range map[string]string{
		"macros": "xl/vbaProject.bin", "notes": "xl/comments1.xml", "threaded comments": "xl/threadedComments/threadedComment1.xml",
		"notes' boxes": "xl/drawings/vmlDrawing1.vml", "slicer": "xl/slicers/slicer1.xml", "slicer's cache": "xl/slicerCaches/slicerCache1.xml",
		"pivot table": "xl/pivotTables/pivotTable1.xml", "pivot table's source": "xl/pivotCache/pivotCacheDefinition1.xml",
		"control": "xl/ctrlProps/ctrlProp1.xml", "shared strings": "xl/sharedStrings.xml", "types": "[Content_Types].xml", "relationships": "xl/worksheets/_rels/sheet1.xml.rels",
	} {
		if text(t, before, part) != text(t, after, part) {
			t.Errorf("%s: %s changed", what, part)
		}
	}
	learners, claims, book := text(t, after, tableSheet), text(t, after, plainSheet), text(t, after, "xl/workbook.xml")
	_, behind, _ := strings.Cut(staffTableAround, "|")
	_, behindClaims, _ := strings.Cut(staffPlainAround, "|")
	for what, want := range map[string]string{
		"protection, merged title, formats, lists, controls, sparklines": "</sheetData>" + behind,
		"frozen panes": `<pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/>`,
		"title row":    staffTableRows[:strings.Index(staffTableRows, `<row r="3"`)],
		"totals row":   staffTableRows[strings.Index(staffTableRows, `<row r="8"`):],
		"hidden row":   `<row r="5" spans="1:5" hidden="1" outlineLevel="1">`,
		"grouped columns": `<col min="2" max="3" width="10" customWidth="1" outlineLevel="1"/><col min="4" max="4" width="30" customWidth="1" style="2"/>` +
			`<col min="5" max="5" width="20" customWidth="1"/><col min="6" max="6" width="14" customWidth="1"/><col min="7" max="16384" width="9" hidden="1"/>`,
		// The neighbour's cells are not locked and wrap; the new column's are made from them.
		"calculated column": `<f>Register[[#This Row],[Course Start]]+1</f><v>46001</v>`,
	} {
		if !strings.Contains(learners, want) {
			t.Errorf("%s: the sheet lacks %s\n%s", what, want, learners)
		}
	}
	for what, want := range map[string]string{
		"filter, merged rows, lists": "</sheetData>" + behindClaims,
		"hidden status column":       `<cols><col min="3" max="3" hidden="1" width="0" customWidth="1"/></cols>`,
		"shared formulas":            `<c r="G5"><f t="shared" si="0"/><v>1</v></c>`,
		"dynamic array":              `<c r="H6" cm="1"><f t="array" ref="H6:H7">UNIQUE(A3:A4)</f><v>0</v></c>`,
	} {
		if !strings.Contains(claims, want) {
			t.Errorf("%s: the sheet lacks %s\n%s", what, want, claims)
		}
	}
	if want := strings.Replace(text(t, before, "xl/workbook.xml"), `calcId="191029"`, `calcId="191029" fullCalcOnLoad="1"`, 1); book != want {
		t.Errorf("the main part, with its names:\ngot  %s\nwant %s", book, want)
	}
}

// On a protected sheet a new column is locked, or not, as its neighbour is.
func TestNewCellsAreLockedLikeTheirNeighbours(t *testing.T) {
	_, f, patches := staffBook(t)
	after, err := f.Patch(patches)
	if err != nil {
		t.Fatal(err)
	}
	is, err := newWardrobe([]byte(text(t, after, "xl/styles.xml")))
	if err != nil {
		t.Fatal(err)
	}
	g, err := Open(after, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = g.Sheets()[0].Scan(func(r *Row) error {
		for i := range r.Cells {
			c := &r.Cells[i]
			format, ok := is.format(c.Style, true)
			if !ok {
				t.Errorf("row %d: no format %d", r.Num, c.Style)
			}
			open := strings.Contains(format.rest, "protection(locked=0)")
			switch {
			case c.Col == 5 && r.Num != 6: // from column D, which is open for input; D6 is not there, so E6 has its row's format
				seen++
				if !open {
					t.Errorf("E%d is locked, its neighbour is not", r.Num)
				}
			case c.Col == 6 && r.Num == 4: // from column B
				seen++
				if open {
					t.Errorf("F%d is not locked, its neighbour is", r.Num)
				}
			}
		}
		return nil
	})
	if err != nil || seen != 4 {
		t.Errorf("%d cells, %v", seen, err)
	}
}

// A table grows over free cells only: whatever else stands where its new columns would be, in any of its rows, is named.
func TestTableGrowsOverFreeCellsOnly(t *testing.T) {
	for _, c := range []struct {
		name, part string
		change     func(string) string
		place      string
		words      []string
	}{
		{"a note in a row without a learner", tableSheet, swap(`<row r="8"`, `<row r="7"><c r="F7"><v>1</v></c></row><row r="8"`), "Learners!F7", []string{`table "Register" is to grow`, "holds something", "keep the column free"}},
		{"a formula beside the totals", tableSheet, swap(`</row></sheetData>`, `<c r="E8"><f>1+1</f></c></row></sheetData>`), "Learners!E8", []string{"holds something"}},
		{"merged cells in it", tableSheet, swap(`<mergeCell ref="A1:D1"/>`, `<mergeCell ref="A1:D1"/><mergeCell ref="F7:H9"/>`), "Learners!F7", []string{"merged cells (F7:H9)", "keep the column free"}},
		{"an array formula's cells", tableSheet, swap(`</row></sheetData>`, `</row><row r="9"><c r="A9"><f t="array" ref="F8:A9">1</f></c></row></sheetData>`), "Learners!E8", []string{"array formula"}},
		{"a title above it may be merged over them", tableSheet, swap(`ref="A1:D1"`, `ref="A1:H1"`), "", nil},
		{"merged cells below it", tableSheet, swap(`<mergeCell ref="A1:D1"/>`, `<mergeCell ref="E9:F9"/>`), "", nil},
		{"something below it", tableSheet, swap(`</row></sheetData>`, `</row><row r="9"><c r="E9"><v>1</v></c></row></sheetData>`), "", nil},
		{"a pivot table", "xl/worksheets/_rels/sheet1.xml.rels", swap(`/slicer"`, `/pivotTable"`), "", []string{"pivot table", "sheet of its own"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := staffParts()
			if c.name == "a pivot table" {
				parts = with(parts, "xl/slicers/slicer1.xml", `<pivotTableDefinition `+nsMain+`><location ref="F8:G9"/></pivotTableDefinition>`)
				c.place = "Learners!F8"
			}
			for i := range parts {
				if parts[i].name == c.part {
					was := parts[i].text
					if parts[i].text = c.change(was); parts[i].text == was {
						t.Fatal("nothing to change")
					}
				}
			}
			_, _, patches := staffBook(t)
			_, err := patched(t, pkg(t, parts...), patches[0])
			if c.place == "" && err != nil {
				t.Error(err)
			} else if c.place != "" {
				refused(t, err, Occupied, append(c.words, c.place+":")...)
			}
		})
	}
}

// Where a second table stands in the way, or a totals row, nothing is written into it.
func TestPatchKeepsOutOfTables(t *testing.T) {
	other := part{name: "xl/tables/table2.xml", text: `<table ` + nsMain + ` id="9" name="O" displayName="Other" ref="F6:G8"><tableColumns count="2"><tableColumn id="1" name="x"/><tableColumn id="2" name="y"/></tableColumns></table>`}
	parts := append(staffParts(), other)
	for i := range parts {
		if parts[i].name == "xl/worksheets/_rels/sheet1.xml.rels" {
			parts[i].text = strings.Replace(parts[i].text, `/slicer" Target="../slicers/slicer1.xml"`, `/table" Target="../tables/table2.xml"`, 1)
		}
	}
	_, _, patches := staffBook(t)
	_, err := patched(t, pkg(t, parts...), patches[0])
	refused(t, err, Occupied, "Learners!F6", `the table "Other"`)

	_, err = patched(t, pkg(t, staffParts()...), SheetPatch{Edits: []Edit{cell("B8", TextValue("x"))}})
	refused(t, err, Occupied, "Learners!B8", "totals row", `"Register"`)
	_, err = patched(t, pkg(t, staffParts()...), SheetPatch{HeaderRow: 5, NewColumns: []NewColumn{{Col: 4, Heading: "x"}}})
	refused(t, err, Occupied, "Learners!D5", `belongs to the table "Register"`)
}

// A reference to a cell format beyond the end of the list would become one to a format that a patch adds: a cell that
// nobody touched would look like a status.
func TestPatchAddsNoLookElsewhere(t *testing.T) {
	for name, c := range map[string]struct{ part, old, now, place string }{
		"a cell of another sheet":   {otherSheet, `<c r="B1">`, `<c r="B1" s="3">`, "Summary!B1"},
		"a row of another sheet":    {otherSheet, `<row r="1">`, `<row r="1" s="7" customFormat="1">`, "Summary!1:1"},
		"columns of another sheet":  {otherSheet, `<sheetData>`, `<cols><col min="2" max="9" style="3"/></cols><sheetData>`, "Summary!B:I"},
		"a cell of the same sheet":  {tableSheet, `<c r="D4" s="2"/>`, `<c r="D4" s="2"/><c r="J4" s="3"/>`, "Learners!J4"},
		"a row of the same sheet":   {tableSheet, `<row r="6" collapsed="1" s="2"`, `<row r="7" collapsed="1" s="3"`, "Learners!7:7"},
		"columns of the same sheet": {tableSheet, `hidden="1"/></cols>`, `hidden="1" style="12"/></cols>`, "Learners!F:XFD"},
	} {
		t.Run(name, func(t *testing.T) {
			parts := staffParts()
			for i := range parts {
				if parts[i].name == c.part {
					parts[i].text = strings.Replace(parts[i].text, c.old, c.now, 1)
					if name == "a row of the same sheet" {
						parts[i].text = strings.NewReplacer(`"A6"`, `"A7"`, `"B6"`, `"B7"`, `"C6"`, `"C7"`).Replace(parts[i].text)
					}
				}
			}
			_, _, patches := staffBook(t)
			sp := patches[0]
			sp.Edits = sp.Edits[:1]
			_, err := patched(t, pkg(t, parts...), sp)
			refused(t, err, Damaged, c.place+":", "the workbook has only 3", "look of a status", "repair")
			// Where nothing is added to the styles, nothing can change elsewhere.
			if _, err = patched(t, pkg(t, parts...), SheetPatch{Edits: []Edit{cell("A5", TextValue("x"))}}); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a signature or a log of changes vouches for is never changed, wherever in the package it stands.
func TestPatchLeavesSignedAndSharedWorkbooks(t *testing.T) {
	const origin = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
	for name, c := range map[string]struct {
		part, text, word string
	}{
		"signed, elsewhere": {"_rels/.rels", strings.Replace(rels("officeDocument xl/workbook.xml"), "</Relationships>", `<Relationship Id="s" Type="`+origin+`" Target="sig/o.sigs"/></Relationships>`, 1), "signed"},
		"signed, first":     {"_rels/.rels", strings.Replace(rels("officeDocument xl/workbook.xml"), `<Relationship `, `<Relationship Id="s" Type="`+origin+`" Target="sig/o.sigs"/><Relationship `, 1), "signed"},
		"shared":            {"xl/_rels/workbook.xml.rels", rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "revisionHeaders revisions/revisionHeaders.xml"), "Unshare"},
	} {
		parts := with(bookParts(worksheet("", "")), c.part, c.text)
		parts = append(parts, part{name: "xl/revisions/revisionHeaders.xml", text: `<headers/>`}, part{name: "sig/o.sigs", text: " "})
		f, err := Open(pkg(t, parts...), DefaultLimits())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(f.ReadOnly(), c.word) {
			t.Errorf("%s: read-only because %q, want %q", name, f.ReadOnly(), c.word)
		}
		_, err = f.Patch([]SheetPatch{{Sheet: f.Sheets()[0], Edits: []Edit{cell("A1", TextValue("x"))}}})
		refused(t, err, ReadOnly, c.word)
	}
}
