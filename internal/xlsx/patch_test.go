package xlsx

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const sheetPart = "xl/worksheets/sheet1.xml"

// patched opens a package, patches its first sheet, proves the result and gives it.
func patched(t testing.TB, data []byte, sp SheetPatch) ([]byte, error) {
	t.Helper()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	sp.Sheet = f.Sheets()[0]
	after, err := f.Patch([]SheetPatch{sp})
	if err != nil {
		return nil, err
	}
	if err := Prove(data, after, []SheetPatch{sp}, DefaultLimits()); err != nil {
		t.Fatalf("not proved: %v", err)
	}
	for _, rule := range newlyBroken(t, data, after) {
		t.Errorf("breaks a rule: %s", rule)
	}
	return after, nil
}

// text gives the content of an entry.
func text(t testing.TB, data []byte, name string) string {
	t.Helper()
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	content, err := a.read(a.byName[partKey(name)])
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func cell(ref string, v CellValue) Edit {
	row, col, _ := parseCell([]byte(ref))
	return Edit{Row: row, Col: col, Value: v}
}

func inline(ref, text string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func TestPatchForms(t *testing.T) {
	x := TextValue("x")
	for _, c := range []struct {
		name, rows, around string
		edits              []Edit
		want, wantAround   string
	}{
		{"replaced", `<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1"/></row>`, "", []Edit{cell("B1", x)},
			`<row r="1"><c r="A1"><v>1</v></c>` + inline("B1", "x") + `<c r="C1"/></row>`, ""},
		{"between", `<row r="1"> <c r="A1"/> <c r="C1"/> </row>`, "", []Edit{cell("B1", x)}, `<row r="1"> <c r="A1"/> ` + inline("B1", "x") + `<c r="C1"/> </row>`, ""},
		{"in front", `<row r="1"><c r="B1"/></row>`, "", []Edit{cell("A1", x)}, `<row r="1">` + inline("A1", "x") + `<c r="B1"/></row>`, ""},
		{"behind", `<row r="1"><c r="B1"/></row>`, "", []Edit{cell("XFD1", x)}, `<row r="1"><c r="B1"/>` + inline("XFD1", "x") + `</row>`, ""},
		{"several", `<row r="1"><c r="B1"/><c r="D1"/></row>`, "", []Edit{cell("A1", x), cell("B1", Clear), cell("C1", Clear), cell("D1", x), cell("F1", DateValue(46000))},
			`<row r="1">` + inline("A1", "x") + `<c r="B1"/>` + inline("D1", "x") + `<c r="F1"><v>46000</v></c></row>`, ""},
		{"empty row", `<row r="1"></row>`, "", []Edit{cell("B1", x)}, `<row r="1">` + inline("B1", "x") + `</row>`, ""},
		{"self-closed row", `<row r="1" ht="20"/>`, "", []Edit{cell("B1", x)}, `<row r="1" ht="20">` + inline("B1", "x") + `</row>`, ""},
		{"new rows", `<row r="2"/> <row r="5"/>`, "", []Edit{cell("A1", x), cell("A3", x), cell("B3", x), cell("A4", Clear), cell("A6", x)},
			`<row r="1">` + inline("A1", "x") + `</row><row r="2"/> <row r="3">` + inline("A3", "x") + inline("B3", "x") + `</row><row r="5"/><row r="6">` + inline("A6", "x") + `</row>`, ""},
		{"no references", `<row><c><v>1</v></c><c><v>2</v></c></row><row><c/></row>`, "", []Edit{cell("B1", x), cell("D2", x)},
			`<row><c><v>1</v></c>` + inline("B1", "x") + `</row><row><c/>` + inline("D2", "x") + `</row>`, ""},
		{"spans", `<row r="1" spans="2:3"><c r="B1"/></row><row r="2" spans="1:9"/><row r="3" spans="1:2 5:6"/>`, "", []Edit{cell("E1", x), cell("D2", x), cell("D3", x)},
			`<row r="1" spans="2:5"><c r="B1"/>` + inline("E1", "x") + `</row><row r="2" spans="1:9">` + inline("D2", "x") + `</row><row r="3" spans="1:6">` + inline("D3", "x") + `</row>`, ""},
		{"dimension", `<row r="2"><c r="B2"/></row>`, `<dimension ref="B2"/>|<pageMargins left="1"/>`, []Edit{cell("A1", Clear), cell("D3", x)},
			`<row r="2"><c r="B2"/></row><row r="3">` + inline("D3", "x") + `</row>`, `<dimension ref="B2:D3"/>|<pageMargins left="1"/>`},
		{"comments and CDATA stay", `<!-- </row> --><row r="1"><!-- </c> --><c r="A1" t="inlineStr"><is><t><![CDATA[</c></row>]]></t></is></c></row>`, "", []Edit{cell("B1", x)},
			`<!-- </row> --><row r="1"><!-- </c> --><c r="A1" t="inlineStr"><is><t><![CDATA[</c></row>]]></t></is></c>` + inline("B1", "x") + `</row>`, ""},
		{"other formulas stay", `<row r="1"><c r="A1"><f>B1</f><v>0</v></c></row>`, "", []Edit{cell("B1", x)}, `<row r="1"><c r="A1"><f>B1</f><v>0</v></c>` + inline("B1", "x") + `</row>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.wantAround == "" {
				c.wantAround = c.around
			}
			before, want := worksheet(c.rows, c.around), worksheet(c.want, c.wantAround)
			after, err := patched(t, book(t, before, "<t>a</t>"), SheetPatch{Edits: c.edits})
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, after, sheetPart); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			after, err = patched(t, book(t, prefixed(before), "<t>a</t>"), SheetPatch{Edits: c.edits})
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, after, sheetPart); got != prefixed(want) {
				t.Errorf("prefixed: got  %s\nwant %s", got, prefixed(want))
			}
		})
	}
}

func TestPatchEmptySheetData(t *testing.T) {
	for _, bom := range []string{"", "\xEF\xBB\xBF"} {
		empty := bom + strings.Replace(worksheet("", ""), "<sheetData></sheetData>", "<sheetData/>", 1)
		after, err := patched(t, book(t, empty), SheetPatch{Edits: []Edit{cell("B2", TextValue("x"))}})
		if err != nil {
			t.Fatal(err)
		}
		want := bom + worksheet(`<row r="2">`+inline("B2", "x")+`</row>`, "")
		if got := text(t, after, sheetPart); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestPatchText(t *testing.T) {
	for _, c := range []struct{ in, xml, back string }{
		{`<a> & "b"`, `<t>&lt;a&gt; &amp; &quot;b&quot;</t>`, `<a> & "b"`},
		{" x", `<t xml:space="preserve"> x</t>`, " x"},
		{"a\nb", `<t xml:space="preserve">a&#10;b</t>`, "a\nb"},
		{"a\r\nb\t", `<t xml:space="preserve">a&#13;&#10;b&#9;</t>`, "a\r\nb\t"},
		{"_x0041_", `<t>_x005F_x0041_</t>`, "_x0041_"},
		{"_x0041_x0042_", `<t>_x005F_x0041_x005F_x0042_</t>`, "_x0041_x0042_"},
		{"_x41_", `<t>_x41_</t>`, "_x41_"},
		{"a\x00\x0B\uFFFEb\xFF", `<t>ab</t>`, "ab"},
		{"]]>", `<t>]]&gt;</t>`, "]]>"},
		{"=1+1", `<t>=1+1</t>`, "=1+1"},
		{"ü😀\uFFFD", "<t>ü😀\uFFFD</t>", "ü😀\uFFFD"},
		{"", `<t></t>`, ""},
		{strings.Repeat("😀", 16383) + "ab", "<t>" + strings.Repeat("😀", 16383) + "a</t>", strings.Repeat("😀", 16383) + "a"},
		{strings.Repeat("a", 32766) + "😀", "<t>" + strings.Repeat("a", 32766) + "</t>", strings.Repeat("a", 32766)},
	} {
		after, err := patched(t, book(t, worksheet("", "")), SheetPatch{Edits: []Edit{cell("A1", TextValue(c.in))}})
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, after, sheetPart); !strings.Contains(got, `<is>`+c.xml+`</is>`) {
			t.Errorf("%.50q: got %.200s", c.in, got)
		}
		x, err := excelize.OpenReader(bytes.NewReader(after))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := x.GetCellValue("Data", "A1"); err != nil || got != c.back {
			t.Errorf("%.50q: excelize reads %.50q, %v", c.in, got, err)
		}
		x.Close()
	}
}

func TestPatchRefuses(t *testing.T) {
	one := []Edit{cell("B2", TextValue("x"))}
	for _, c := range []struct {
		name, rows, around string
		sp                 SheetPatch
		kind               RefusalKind
		word               string
	}{
		{"formula", `<row r="2"><c r="B2"><f>1</f><v>1</v></c></row>`, "", SheetPatch{Edits: one}, Occupied, "Data!B2"},
		{"array formula", `<row r="1"><c r="A1"><f t="array" ref="A1:C3">1</f><v>1</v></c></row>`, "", SheetPatch{Edits: one}, Occupied, "A1:C3"},
		{"data table", `<row r="1"><c r="A1"><f t="dataTable" ref="B2:B9" r1="A1"/><v>1</v></c></row>`, "", SheetPatch{Edits: one}, Occupied, "B2:B9"},
		{"merged", `<row r="1"/>`, `|<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>`, SheetPatch{Edits: one}, Occupied, "A1:B2"},
		{"twice", "", "", SheetPatch{Edits: append(one, one...)}, Unsupported, "twice"},
		{"out of order", "", "", SheetPatch{Edits: []Edit{cell("B2", Clear), cell("A2", Clear)}}, Unsupported, "order"},
		{"beyond the edge", "", "", SheetPatch{Edits: []Edit{{Row: 1, Col: MaxCol + 1}}}, Unsupported, "edge"},
		{"row zero", "", "", SheetPatch{Edits: []Edit{{Row: 0, Col: 1}}}, Unsupported, "edge"},
		{"foreign row content", `<row r="2"><y:z xmlns:y="u"/></row>`, "", SheetPatch{Edits: one}, Unsupported, "Data!2:2"},
		{"foreign rows", `<y:z xmlns:y="u"/>`, "", SheetPatch{Edits: one}, Unsupported, "y:z"},
		{"new column that is used", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>0</v></c></row>`, "", SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 2, Heading: "x"}}}, Occupied, "Data!B1"},
		{"note under a new column", `<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>`, "", SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 2, Heading: "x"}}, Edits: one}, Occupied, "Data!B2"},
		{"unknown table", "", "", SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 2, Heading: "x"}}, GrowTable: "T"}, Unsupported, `"T"`},
		{"style that is not there", `<row r="2"><c r="B2" s="9"/></row>`, "", SheetPatch{Edits: one}, Damaged, "styles"},
		{"columns that overlap", "", `<cols><col min="1" max="3"/><col min="3" max="4"/></cols>`, SheetPatch{Edits: one}, Damaged, "3 to 4 are not listed in order"},
		{"columns beyond the edge", "", `<cols><col min="1" max="16385"/></cols>`, SheetPatch{Edits: one}, Damaged, "1 to 16385"},
		{"two lists of rows", "", "|<sheetData/>", SheetPatch{Edits: one}, Damaged, "two lists"},
		{"broken behind the rows", "", "|<a></b>", SheetPatch{Edits: one}, Damaged, "</b>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := patched(t, book(t, worksheet(c.rows, c.around), "<t>a</t>"), c.sp)
			refused(t, err, c.kind, c.word)
		})
	}
	_, err := patched(t, tableBook(t), SheetPatch{Edits: []Edit{cell("B1", TextValue("x"))}})
	refused(t, err, Occupied, "Data!B1", "headings of the table")
	f, _ := Open(small(t), DefaultLimits())
	g, _ := Open(small(t), DefaultLimits())
	_, err = f.Patch([]SheetPatch{{Sheet: g.Sheets()[0], Edits: one}})
	refused(t, err, Unsupported, "another workbook")
	_, err = f.Patch([]SheetPatch{{Sheet: f.Sheets()[0], Edits: one}, {Sheet: f.Sheets()[0], Edits: one}})
	refused(t, err, Unsupported, "twice")
}

// A pivot table may grow over what stands to its right and below, and has its page fields above.
func TestPatchKeepsOutOfPivotTables(t *testing.T) {
	parts := append(bookParts(worksheet("", "")),
		part{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("pivotTable ../pivotTables/p.xml")},
		part{name: "xl/pivotTables/p.xml", text: `<pivotTableDefinition ` + nsMain + `><location ref="C6:D9" firstHeaderRow="1" rowPageCount="2" colPageCount="1"/></pivotTableDefinition>`})
	for ref, ok := range map[string]bool{"C6": false, "D9": false, "C10": false, "E6": false, "C3": false, "C2": true, "B6": true, "B100": true} {
		_, err := patched(t, pkg(t, parts...), SheetPatch{Edits: []Edit{cell(ref, TextValue("x"))}})
		if ok && err != nil {
			t.Errorf("%s: %v", ref, err)
		} else if !ok {
			refused(t, err, Occupied, "Data!"+ref, "pivot table")
		}
	}
}

func TestPatchNewColumns(t *testing.T) {
	rows := `<row r="1" spans="1:2"><c r="A1" s="2" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>0</v></c></row><row r="2" spans="1:2"><c r="A2" s="1"><v>1</v></c></row>`
	sp := SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 3, Heading: "Status", Width: 18.5}, {Col: 4, Heading: "Next\nAction", Width: 30}},
		Edits: []Edit{{Row: 2, Col: 3, Value: TextValue("ok"), Look: Green, NeighbourCol: 1}}}
	for _, c := range []struct{ name, cols, want string }{
		{"no widths yet", ``, `<cols><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"/></cols>`},
		{"behind", `<cols><col min="1" max="2" width="9"/></cols>`, `<cols><col min="1" max="2" width="9"/><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"/></cols>`},
		{"set already", `<cols><col min="1" max="3" width="9" customWidth="1"/></cols>`, `<cols><col min="1" max="3" width="9" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"/></cols>`},
		{"in between", `<cols><col min="1" max="2" width="9"/><col min="4" max="9" width="9" customWidth="true"/></cols>`, `<cols><col min="1" max="2" width="9"/><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="9" width="9" customWidth="true"/></cols>`},
		{"default of the rest", `<cols><col max="3" min="1" width="9"/><col customWidth="false" hidden="false" outlineLevel="0" max="16384" min="4" style="0" width="11.53"/></cols>`,
			`<cols><col max="2" min="1" width="9"/><col max="3" min="3" width="18.5" customWidth="1"/><col customWidth="1" outlineLevel="0" max="4" min="4" style="0" width="30"/><col customWidth="false" hidden="false" outlineLevel="0" max="16384" min="5" style="0" width="11.53"/></cols>`},
		{"the rest hidden", `<cols><col min="3" max="16384" width="0" customWidth="1" hidden="1" style="1"/></cols>`,
			`<cols><col min="3" max="3" width="18.5" customWidth="1" style="1"/><col min="4" max="4" width="30" customWidth="1" style="1"/><col min="5" max="16384" width="0" customWidth="1" hidden="1" style="1"/></cols>`},
		{"grouped", `<cols><col min="2" max="3" width="9" customWidth="1" outlineLevel="1"/><col min="4" max="5" hidden="1" outlineLevel="1"/><col min="6" max="6" collapsed="1"/></cols>`,
			`<cols><col min="2" max="3" width="9" customWidth="1" outlineLevel="1"/><col min="4" max="4" outlineLevel="1" width="30" customWidth="1"/><col min="5" max="5" hidden="1" outlineLevel="1"/><col min="6" max="6" collapsed="1"/></cols>`},
		{"an empty list", `<cols/>`, `<cols><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"/></cols>`},
		{"not self-closed", `<cols><col min="1" max="9"></col></cols>`, `<cols><col min="1" max="2"/><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"/><col min="5" max="9"></col></cols>`},
		{"not self-closed, to the last", `<cols><col min="4" max="4" hidden="1"></col></cols>`, `<cols><col min="3" max="3" width="18.5" customWidth="1"/><col min="4" max="4" width="30" customWidth="1"></col></cols>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := book(t, worksheet(rows, c.cols), "<t>a</t>")
			after, err := patched(t, data, sp)
			if err != nil {
				t.Fatal(err)
			}
			xml := text(t, after, sheetPart)
			if !strings.Contains(xml, c.want+"<sheetData>") {
				t.Errorf("got  %s\nwant %s", xml, c.want)
			}
			if !strings.Contains(xml, `spans="1:4"`) || !strings.Contains(xml, `<c r="C1" s="1" t="inlineStr"><is><t>Status</t></is></c><c r="D1" s="1" t="inlineStr">`) {
				t.Errorf("the headings: %s", xml)
			}
			// Once more, with the columns there: nothing grows.
			sp2 := SheetPatch{Edits: sp.Edits}
			again, err := patched(t, after, sp2)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := text(t, again, "xl/styles.xml"), text(t, after, "xl/styles.xml"); a != b {
				t.Errorf("the styles grew again: %s", a)
			}
			if text(t, again, sheetPart) != xml {
				t.Errorf("the sheet changed again: %s", text(t, again, sheetPart))
			}
		})
	}
}

func TestPatchGrowsTable(t *testing.T) {
	data := tableBook(t)
	sp := SheetPatch{HeaderRow: 1, NewColumns: []NewColumn{{Col: 3, Heading: "Status"}}, GrowTable: "Learners", Edits: []Edit{cell("C2", TextValue("x"))}}
	after, err := patched(t, data, sp)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(after, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if table := f.Sheets()[0].Tables[0]; table.Ref.String() != "A1:C2" || table.Columns[2] != "Status" {
		t.Errorf("table %+v", table)
	}
	sp.NewColumns[0].Col = 4
	_, err = patched(t, data, sp)
	refused(t, err, Unsupported, "do not follow the table")
}

func tableBook(t testing.TB) []byte {
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`
	return pkg(t, append(bookParts(worksheet(rows, `|<tableParts count="1"><tablePart r:id="rId1"/></tableParts>`), "<t>a</t>", "<t>b</t>"),
		part{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("table ../tables/table1.xml")},
		part{name: "xl/tables/table1.xml", text: xmlDecl + `<table ` + nsMain + ` id="1" name="T" displayName="Learners" ref="A1:B2"><autoFilter ref="A1:B2"/><tableColumns count="2"><tableColumn id="1" name="a"/><tableColumn id="2" name="b"/></tableColumns></table>`})...)
}

func TestPatchRecalculates(t *testing.T) {
	formula := `<row r="1"><c r="A1"><f>B1</f><v>0</v></c></row>`
	edits := []Edit{cell("B1", TextValue("x"))}
	sheets := `<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets>`
	for _, c := range []struct{ name, rows, in, want string }{
		{"no formula", "", sheets, sheets},
		{"absent", formula, sheets, sheets + `<calcPr fullCalcOnLoad="1"/>`},
		{"absent, others around", formula, sheets + `<definedNames/><pivotCaches/>`, sheets + `<definedNames/><calcPr fullCalcOnLoad="1"/><pivotCaches/>`},
		{"there", formula, sheets + `<calcPr calcId="1"/>`, sheets + `<calcPr calcId="1" fullCalcOnLoad="1"/>`},
		{"off", formula, sheets + `<calcPr fullCalcOnLoad="0" calcId="1"></calcPr>`, sheets + `<calcPr fullCalcOnLoad="1" calcId="1"></calcPr>`},
		{"on", formula, sheets + `<calcPr fullCalcOnLoad="true"/>`, sheets + `<calcPr fullCalcOnLoad="true"/>`},
	} {
		wrap := func(inside string) string {
			return xmlDecl + `<workbook ` + nsMain + ` ` + nsRel + `>` + inside + `</workbook>`
		}
		after, err := patched(t, pkg(t, with(bookParts(worksheet(c.rows, "")), "xl/workbook.xml", wrap(c.in))...), SheetPatch{Edits: edits})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := text(t, after, "xl/workbook.xml"); got != wrap(c.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, wrap(c.want))
		}
	}
}

// The strict variant of the format has other namespaces, and is patched in the same way.
func TestPatchStrict(t *testing.T) {
	const main, strict = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
	parts := bookParts(worksheet(`<row r="1"><c r="A1" t="d" s="1"><v>2026-03-24</v></c></row>`, ""))
	for i := range parts {
		parts[i].text = strings.ReplaceAll(parts[i].text, main, strict)
		parts[i].text = strings.ReplaceAll(parts[i].text, relType, "http://purl.oclc.org/ooxml/officeDocument/relationships/")
	}
	after, err := patched(t, pkg(t, parts...), SheetPatch{Edits: []Edit{{Row: 1, Col: 2, Value: DateValue(46105), Look: Date, NeighbourCol: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := cellsOf(t, after); len(got) != 2 || got[0] != `A1 5 "2026-03-24" date` || got[1] != `B1 1 "46105" date` {
		t.Errorf("cells %q", got)
	}
}

func TestPatchNothing(t *testing.T) {
	data := small(t)
	after, err := patched(t, data, SheetPatch{})
	if err != nil || !bytes.Equal(data, after) {
		t.Errorf("no edits: %v, equal %v", err, bytes.Equal(data, after))
	}
}

func TestPatchWithoutStyles(t *testing.T) {
	parts := with(bookParts(worksheet(`<row r="1"/>`, "")), "xl/styles.xml", "")
	parts = with(parts, "xl/_rels/workbook.xml.rels", rels("worksheet worksheets/sheet1.xml"))
	after, err := patched(t, pkg(t, parts...), SheetPatch{Edits: []Edit{{Row: 1, Col: 1, Value: TextValue("x"), Look: Red}}})
	if err != nil || !strings.Contains(text(t, after, sheetPart), inline("A1", "x")) {
		t.Errorf("%v", err)
	}
	_, err = patched(t, pkg(t, parts...), SheetPatch{Edits: []Edit{{Row: 1, Col: 1, Value: DateValue(46000), Look: Date}}})
	refused(t, err, Unsupported, "no styles")
}

// Of several cells in the way the same one is named each time: the leftmost, and its first row.
func TestPatchNamesTheFirstCellInTheWay(t *testing.T) {
	data := book(t, worksheet(`<row r="1"/>`, `|<mergeCells count="1"><mergeCell ref="B2:G9"/></mergeCells>`))
	var edits []Edit
	for row := 1; row <= 4; row++ {
		for col := 2; col <= 6; col++ {
			edits = append(edits, Edit{Row: row, Col: col, Value: TextValue("x")})
		}
	}
	for range 20 {
		_, err := patched(t, data, SheetPatch{Edits: edits})
		refused(t, err, Occupied, "Data!B2")
	}
}
