package xlsx

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// tampered gives a package with the text of one entry changed, sizes and CRC right.
func tampered(t testing.TB, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	old := text(t, data, name)
	now := change(old)
	if now == old {
		t.Fatalf("%s: nothing to change in %s", name, old)
	}
	return a.rewrite(map[*entry]packed{a.byName[partKey(name)]: a.pack([]byte(now))})
}

func swap(old, now string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, now, 1) }
}

// provable is a workbook with something of everything, and a patch of it.
func provable(t testing.TB) (before, after []byte, patches []SheetPatch) {
	rows := `<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row> ` +
		`<row r="2" spans="1:3" ht="15"><c r="A2" s="1"><v>46000</v></c><!-- note --><c r="B2"><f>A2</f><v>46000</v></c></row><row r="9"/>`
	parts := append(bookParts(worksheet(rows, `<dimension ref="A1:B9"/><cols><col min="1" max="2" width="9"/></cols>|<mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells><tableParts count="1"><tablePart r:id="rId1"/></tableParts>`), "<t>a</t>", "<t>b</t>"),
		part{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("table ../tables/table1.xml")},
		part{name: "xl/tables/table1.xml", text: xmlDecl + `<table ` + nsMain + ` id="1" name="T" displayName="Learners" ref="A1:B2"><autoFilter ref="A1:B2"/><tableColumns count="2"><tableColumn id="1" name="a"/><tableColumn id="2" name="b"/></tableColumns></table>`},
		part{name: "xl/media/image1.png", text: "\x89PNG"})
	before = pkg(t, parts...)
	f, err := Open(before, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	patches = []SheetPatch{{Sheet: f.Sheets()[0], HeaderRow: 1, NewColumns: []NewColumn{{Col: 3, Heading: "Status", Width: 12}}, GrowTable: "Learners",
		Edits: []Edit{{Row: 2, Col: 3, Value: TextValue("Late"), Look: Red}, {Row: 2, Col: 4, Value: DateValue(46010), Look: Date}, {Row: 5, Col: 3, Value: TextValue("new")}, {Row: 6, Col: 3}}}}
	after, err = f.Patch(patches)
	if err != nil {
		t.Fatal(err)
	}
	if err := Prove(before, after, patches, DefaultLimits()); err != nil {
		t.Fatalf("what Patch made is not proved: %v", err)
	}
	return before, after, patches
}

func TestProveRefuses(t *testing.T) {
	before, after, patches := provable(t)
	styles, table, book, sst := "xl/styles.xml", "xl/tables/table1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
	for _, c := range []struct {
		name, part string
		change     func(string) string
		word       string
	}{
		{"another cell's value", sheetPart, swap("<v>46000</v>", "<v>46001</v>"), "A2 changed"},
		{"another cell's style", sheetPart, swap(` s="1"`, ` s="2"`), "A2 changed"},
		{"another cell lost", sheetPart, swap(`<c r="A2" s="1"><v>46000</v></c>`, ""), "B2 changed"},
		{"another cell added", sheetPart, swap(`<c r="C5"`, `<c r="B5"/><c r="C5"`), "B5 was added"},
		{"a cell added to a row", sheetPart, swap(`</row><row r="9"`, `<c r="E2"/></row><row r="9"`), ""},
		{"formula changed", sheetPart, swap("<f>A2</f>", "<f>A1</f>"), "B2 changed"},
		{"comment lost", sheetPart, swap("<!-- note -->", ""), "B2 changed"},
		{"space between rows lost", sheetPart, swap("</row> <row", "</row><row"), ""},
		{"row lost", sheetPart, swap(`<row r="9"/>`, ""), ""},
		{"row added", sheetPart, swap(`<row r="9"/>`, `<row r="8"><c r="A8"/></row><row r="9"/>`), "A8"},
		{"empty row added", sheetPart, swap(`<row r="9"/>`, `<row r="8"/><row r="9"/>`), "row 8"},
		{"row's height", sheetPart, swap(`ht="15"`, `ht="16"`), "start tag of row 2"},
		{"row's attribute added", sheetPart, swap(`ht="15"`, `ht="15" hidden="1"`), "start tag of row 2"},
		{"new row with a style", sheetPart, swap(`<row r="5">`, `<row r="5" s="1">`), "row 5"},
		{"spans too wide", sheetPart, swap(`spans="1:4"`, `spans="1:5"`), "start tag of row 2"},
		{"spans too narrow", sheetPart, swap(`spans="1:4"`, `spans="1:2"`), "start tag of row 2"},
		{"dimension too small", sheetPart, swap(`"A1:D9"`, `"A1:C9"`), "dimension"},
		{"merged cells", sheetPart, swap(`"A9:B9"`, `"A9:C9"`), "mergeCell"},
		{"merged cells lost", sheetPart, swap(`<mergeCell ref="A9:B9"/>`, ``), "mergeCell"},
		{"width of another column", sheetPart, swap(`width="9"`, `width="8"`), "col"},
		{"width and more", sheetPart, swap(`customWidth="1"`, `customWidth="1" hidden="1"`), "width of the new column C"},
		{"width of no new column", sheetPart, swap(`</cols>`, `<col min="5" max="5" width="2" customWidth="1"/></cols>`), "look of column E"},
		{"text", sheetPart, swap("Late", "Lame"), "C2 is not what"},
		{"text lost", sheetPart, swap("<t>Late</t>", "<t></t>"), "C2 is not what"},
		{"date", sheetPart, swap("46010", "46011"), "D2 is not what"},
		{"date without its look", sheetPart, func(s string) string {
			i := strings.Index(s, `<c r="D2" s="`)
			return s[:i] + `<c r="D2" s="0` + s[i+len(`<c r="D2" s="`)+1:]
		}, "D2 does not look"},
		{"style that is not there", sheetPart, func(s string) string {
			i := strings.Index(s, `<c r="C2" s="`)
			return s[:i] + `<c r="C2" s="99` + s[i+len(`<c r="C2" s="`)+1:]
		}, "C2 does not look"},
		{"another look", sheetPart, func(s string) string {
			i := strings.Index(s, `<c r="C2" s="`)
			return s[:i] + `<c r="C2" s="1` + s[i+len(`<c r="C2" s="`)+1:]
		}, "C2 does not look"},
		{"text became a formula", sheetPart, swap("<is><t>Late</t></is>", "<f>1</f><v>Late</v>"), "C2 is not what"},
		{"new cell lost", sheetPart, func(s string) string {
			i := strings.Index(s, `<c r="C2"`)
			return s[:i] + s[i+strings.Index(s[i:], "</c>")+4:]
		}, "row 2"},
		{"heading lost", sheetPart, swap("Status", "State"), "C1 is not what"},
		{"new row lost", sheetPart, func(s string) string {
			i := strings.Index(s, `<row r="5"`)
			return s[:i] + s[i+strings.Index(s[i:], "</row>")+6:]
		}, "C5 was not written"},
		{"text behind the end", sheetPart, func(s string) string { return s + "<!-- -->" }, ""},
		{"font changed", styles, swap(`<sz val="11"/>`, `<sz val="12"/>`), "sz"},
		{"cell format changed", styles, swap(`<xf numFmtId="14"`, `<xf numFmtId="15"`), "xf"},
		{"cell format put first", styles, swap(`<cellXfs count="`, `<cellXfs count="9"><xf/></cellXfs><x count="`), ""},
		{"border added", styles, swap(`<border/>`, `<border/><border/>`), "border"},
		{"count of formats", styles, swap(`<fonts count="2"`, `<fonts count="3"`), "states 3"},
		{"list of something else", styles, swap(`</styleSheet>`, `<dxfs count="0"/></styleSheet>`), "dxfs"},
		{"table renamed", table, swap("Learners", "Learner"), "table"},
		{"table too wide", table, swap(`ref="A1:C2"`, `ref="A1:D2"`), "ranges of the table"},
		{"column renamed", table, swap(`name="b"`, `name="c"`), "tableColumn"},
		{"new column renamed", table, swap(`name="Status"`, `name="State"`), "Learners"},
		{"sheet renamed", book, swap("Data", "Date"), "sheet"},
		{"workbook property added", book, swap("<sheets>", "<workbookPr/><sheets>"), "workbookPr"},
		{"calculation's mode", book, swap(`fullCalcOnLoad="1"`, `fullCalcOnLoad="1" calcMode="manual"`), "calcPr"},
		{"shared string", sst, swap("<t>a</t>", "<t>b</t>"), sst},
		{"picture", "xl/media/image1.png", swap("PNG", "GIF"), "image1.png"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Prove(before, tampered(t, after, c.part, c.change), patches, DefaultLimits())
			if err == nil {
				t.Fatal("proved")
			}
			if !strings.Contains(err.Error(), c.word) {
				t.Errorf("message %q lacks %q", err, c.word)
			}
		})
	}
}

// Whatever single byte of the new sheet, styles, table or main part is changed, the proof must fail, unless that byte
// belongs to what is new there.
func TestProveSeesEveryByte(t *testing.T) {
	before, after, patches := provable(t)
	for _, name := range []string{sheetPart, "xl/styles.xml", "xl/tables/table1.xml", "xl/workbook.xml"} {
		old, now := text(t, before, name), text(t, after, name)
		fresh := func(i int) bool {
			return !strings.Contains(old, now[max(0, i-12):min(len(now), i+12)])
		}
		if name == "xl/styles.xml" {
			fresh = appended(t, old, now)
		}
		for i := range now {
			bad := []byte(now)
			bad[i] ^= 1
			err := Prove(before, tampered(t, after, name, func(string) string { return string(bad) }), patches, DefaultLimits())
			if err == nil && !fresh(i) {
				t.Errorf("%s: byte %d, in %q, is from before, and a change of it is proved", name, i, now[max(0, i-12):min(len(now), i+12)])
			}
		}
	}
}

// appended tells which bytes of a styles part belong to items that an earlier version of it does not have.
func appended(t *testing.T, old, now string) func(i int) bool {
	t.Helper()
	was, err := parseTree([]byte(old), 2)
	if err != nil {
		t.Fatal(err)
	}
	is, err := parseTree([]byte(now), 2)
	if err != nil {
		t.Fatal(err)
	}
	var spans []span
	for _, list := range is.children {
		i := slices.IndexFunc(was.children, func(e element) bool { return e.local() == list.local() })
		if i < 0 {
			spans = append(spans, span{start: list.start, end: list.end})
			continue
		}
		for _, item := range list.children[len(was.children[i].children):] {
			spans = append(spans, span{start: item.start, end: item.end})
		}
	}
	return func(i int) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return i >= s.start && i < s.end })
	}
}

func TestProveHoldsThePackage(t *testing.T) {
	before, after, patches := provable(t)
	a, err := readArchive(after, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	without := *a
	without.entries = a.entries[:len(a.entries)-1]
	swapped := *a
	swapped.entries = slices.Clone(a.entries)
	slices.Reverse(swapped.entries)
	commented := *a
	commented.comment = []byte("x")
	stamped := bytes.Clone(after)
	record := bytes.Index(stamped, a.byName[sheetPart].central)
	stamped[record+12] ^= 1 // the time
	for name, bad := range map[string][]byte{
		"another time": stamped,
		"entry lost":   without.rewrite(nil), "other order": swapped.rewrite(nil), "comment": commented.rewrite(nil),
		"nothing patched": before, "damaged": after[:len(after)-5],
		"recompressed": a.rewrite(map[*entry]packed{a.byName["xl/media/image1.png"]: a.pack([]byte("\x89PNG"))}),
	} {
		if Prove(before, bad, patches, DefaultLimits()) == nil {
			t.Errorf("%s: proved", name)
		}
	}
	if again := a.rewrite(nil); !bytes.Equal(again, after) {
		t.Error("a package that is rewritten without changes is not the same")
	}
}
