package xlsx

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// refused asserts that an error is a Refusal of that kind whose message holds those words.
func refused(t *testing.T, err error, kind RefusalKind, words ...string) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("error %v (%T), want a Refusal, %s", err, err, kind)
	}
	if r.Kind != kind {
		t.Errorf("kind %q (%s), want %q", r.Kind, r, kind)
	}
	for _, w := range words {
		if !strings.Contains(r.Error(), w) {
			t.Errorf("message %q lacks %q", r, w)
		}
	}
}

// wellPut asserts that a refusal can be shown to people: one line, which ends with what to do.
func wellPut(t *testing.T, err error) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Remedy == "" || !strings.HasSuffix(r.Error(), "; "+r.Remedy) {
		t.Errorf("it does not say what to do: %v", err)
	}
	if text := err.Error(); strings.ContainsFunc(text, unicode.IsControl) || len(text) > 500 {
		t.Errorf("not fit to be shown: %q", text)
	}
}

func small(t testing.TB) []byte {
	return book(t, worksheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, ""), "<t>Learner ID</t>")
}

// edit changes a package's bytes: fn gets a copy, and the directory as it was read.
func edited(t *testing.T, data []byte, fn func(b []byte, a *archive)) []byte {
	t.Helper()
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.Clone(data)
	fn(b, a)
	return b
}

// centralAt gives where an entry's record stands in the directory.
func centralAt(b []byte, e *entry) int { return bytes.Index(b, e.central) }

func ole(entries ...string) []byte {
	b := make([]byte, 1024+128*len(entries))
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	for i, name := range entries {
		at := b[1024+128*i:]
		for j, c := range name {
			at[2*j] = byte(c)
		}
		at[64] = byte(2*len(name) + 2)
	}
	return b
}

func TestOpenRefuses(t *testing.T) {
	good := small(t)
	sheet := "xl/worksheets/sheet1.xml"
	entryOf := func(a *archive) *entry { return a.byName[sheet] }
	parts := bookParts(worksheet("", ""), "<t>a</t>")
	cases := []struct {
		name  string
		data  []byte
		kind  RefusalKind
		words []string
	}{
		{"empty", nil, Empty, []string{"empty", "wait"}},
		{"zeros", make([]byte, 5000), Damaged, []string{"zeros", "synchronised"}},
		{"text", []byte("Learner,Date\nL1,2026\n"), NotWorkbook, []string{"not an Excel workbook", "Learner"}},
		{"web page", []byte("\xEF\xBB\xBF <!DOCTYPE html><html>"), NotWorkbook, []string{"web page"}},
		{"xml", []byte(`<?xml version="1.0"?><Workbook/>`), NotWorkbook, []string{"XML file"}},
		{"old Excel", ole("Root Entry", "Workbook"), OldExcel, []string{".xls"}},
		{"encrypted", ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), Encrypted, []string{"password"}},
		{"name inside old Excel's text", append(ole("Root Entry", "Workbook"), []byte("..E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...), OldExcel, nil},
		{"cut short", good[:len(good)-30], Damaged, []string{"end of the package is missing"}},
		{"cut at half", good[:len(good)/2], Damaged, []string{"end of the package is missing"}},
		{"Word", pkg(t, part{name: "[Content_Types].xml", text: "<a/>"}, part{name: "word/document.xml", text: "<a/>"}), NotWorkbook, []string{"Word"}},
		{"PowerPoint", pkg(t, part{name: "ppt/presentation.xml", text: "<a/>"}), NotWorkbook, []string{"PowerPoint"}},
		{"OpenDocument", pkg(t, part{name: "content.xml", text: "<a/>"}), NotWorkbook, []string{"OpenDocument"}},
		{"any zip", pkg(t, part{name: "a.txt", text: "a"}), NotWorkbook, []string{"no workbook"}},
		{"binary", pkg(t, part{name: "_rels/.rels", text: rels("officeDocument xl/workbook.bin")}, part{name: "xl/workbook.bin", text: "x"}), Binary, []string{".xlsb"}},
		{"no main part", pkg(t, with(parts, "xl/workbook.xml", "")...), Damaged, []string{"xl/workbook.xml", "no such part"}},
		{"no sheet part", pkg(t, with(parts, sheet, "")...), Damaged, []string{sheet, `"Data"`}},
		{"duplicate", pkg(t, append(parts, part{name: sheet, text: "<a/>"})...), Hostile, []string{"one name", sheet}},
		{"duplicate in other case", pkg(t, append(parts, part{name: "XL/Worksheets/Sheet1.xml", text: "<a/>"})...), Hostile, []string{"one name"}},
		{"duplicate by backslash", pkg(t, append(parts, part{name: `xl\worksheets\sheet1.xml`, text: "<a/>"})...), Hostile, []string{"one name"}},
		{"two sheets of one part", pkg(t, with(parts, "xl/workbook.xml", xmlDecl+`<workbook `+nsMain+` `+nsRel+`><sheets><sheet name="A" r:id="rId1"/><sheet name="B" r:id="rId1"/></sheets></workbook>`)...), Hostile, []string{"share one part"}},
		{"document type", pkg(t, with(parts, "xl/sharedStrings.xml", `<!DOCTYPE x [<!ENTITY a "b">]><sst/>`)...), Hostile, []string{"xl/sharedStrings.xml", "document type"}},
		{"UTF-16", pkg(t, with(parts, "xl/workbook.xml", "\xFF\xFE<\x00w\x00/\x00>\x00")...), Unsupported, []string{"UTF-16"}},
		{"other encoding", pkg(t, with(parts, "xl/workbook.xml", `<?xml version="1.0" encoding="windows-1252"?><workbook/>`)...), Unsupported, []string{"windows-1252"}},
		{"deep", pkg(t, with(parts, "xl/workbook.xml", `<workbook `+nsMain+`>`+strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70)+`</workbook>`)...), Hostile, []string{"nested too deeply"}},
		{"flipped byte", edited(t, good, func(b []byte, a *archive) { b[entryOf(a).body+20] ^= 0x40 }), Damaged, []string{sheet}},
		{"wrong CRC", edited(t, good, func(b []byte, a *archive) {
			e := entryOf(a)
			b[centralAt(b, e)+16] ^= 1
			b[e.end-12] ^= 1 // and in the data descriptor
		}), Damaged, []string{sheet, "check sum"}},
		{"headers disagree", edited(t, good, func(b []byte, a *archive) { b[entryOf(a).header+8] ^= 8 }), Hostile, []string{sheet, "disagree"}},
		{"names disagree", edited(t, good, func(b []byte, a *archive) { b[entryOf(a).header+lenLocal] = 'y' }), Hostile, []string{sheet, "disagree"}},
		{"overlap", edited(t, good, func(b []byte, a *archive) {
			// The first entry claims to reach into the second.
			e := a.entries[0]
			le.PutUint16(b[e.header+28:], le.Uint16(b[e.header+28:])+40)
		}), Hostile, nil},
		{"encrypted entry", edited(t, good, func(b []byte, a *archive) { b[centralAt(b, entryOf(a))+8] |= 1 }), Encrypted, []string{sheet}},
		{"unknown method", edited(t, good, func(b []byte, a *archive) { b[centralAt(b, entryOf(a))+10] = 12 }), Unsupported, []string{"method 12"}},
		{"directory moved", edited(t, good, func(b []byte, a *archive) { b[len(b)-6]++ }), Damaged, []string{"directory"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := openWhole(c.data, DefaultLimits())
			refused(t, err, c.kind, c.words...)
			wellPut(t, err)
		})
	}
}

func TestOpenLimits(t *testing.T) {
	good := small(t)
	lim := func(set func(*Limits)) Limits {
		l := DefaultLimits()
		set(&l)
		return l
	}
	bomb := pkg(t, append(bookParts(worksheet("", "")), part{name: "xl/media/a.bin", text: strings.Repeat("\x00", 1<<20)})...)
	for _, c := range []struct {
		name  string
		data  []byte
		lim   Limits
		words string
	}{
		{"file", good, lim(func(l *Limits) { l.File = int64(len(good)) - 1 }), "the file has"},
		{"entries", good, lim(func(l *Limits) { l.Entries = 6 }), "7 entries"},
		{"unpacked", good, lim(func(l *Limits) { l.Unpacked = 1000 }), "unpacked"},
		{"ratio", bomb, DefaultLimits(), "xl/media/a.bin"},
	} {
		_, err := Open(c.data, c.lim)
		refused(t, err, TooLarge, c.words)
	}
	exact := lim(func(l *Limits) { l.File, l.Entries = int64(len(good)), 7 })
	if _, err := Open(good, exact); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	if _, err := Open(bomb, lim(func(l *Limits) { l.RatioFloor = 1 << 20 })); err != nil {
		t.Errorf("below the floor of the ratio: %v", err)
	}
}

// A flipped byte anywhere must never go unnoticed where it changes a value.
func TestNoFlippedByteGoesUnnoticed(t *testing.T) {
	good := small(t)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		f, err := Open(bad, DefaultLimits())
		if err != nil {
			continue
		}
		for _, s := range f.Sheets() {
			var texts []string
			err := s.Scan(func(r *Row) error {
				for i := range r.Cells {
					texts = append(texts, r.Cells[i].Text())
				}
				return nil
			})
			if (err == nil) != (s.Check() == nil) {
				t.Errorf("byte %d flipped: Scan says %v, Check says %v", i, err, s.Check())
			}
			if err == nil && !slices.Equal(texts, []string{"Learner ID"}) {
				t.Errorf("byte %d flipped: the cells read %q", i, texts)
			}
		}
	}
}

// A worksheet that is not UTF-8 is named.
func TestScanRefusesUTF16(t *testing.T) {
	parts := with(bookParts(""), sheetPart, "\xFF\xFE<\x00w\x00/\x00>\x00")
	f, err := Open(pkg(t, parts...), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	refused(t, f.Sheets()[0].Scan(func(*Row) error { return nil }), Unsupported, sheetPart, "UTF-16")
}

func TestReadOnly(t *testing.T) {
	f, err := Open(pkg(t, append(bookParts(worksheet("", "")), part{name: "_xmlsignatures/sig1.xml", text: "<a/>"})...), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.ReadOnly(), "signed") {
		t.Errorf("ReadOnly() = %q", f.ReadOnly())
	}
	_, err = f.Patch([]SheetPatch{{Sheet: f.Sheets()[0], Edits: []Edit{{Row: 1, Col: 1, Value: TextValue("x")}}}})
	refused(t, err, ReadOnly, "signed")
}

func TestScanRefuses(t *testing.T) {
	for _, c := range []struct{ name, rows, word string }{
		{"repeated cell", `<row r="1"><c r="A1"/><c r="A1"/></row>`, "not in order"},
		{"cells out of order", `<row r="1"><c r="B1"/><c r="A1"/></row>`, "not in order"},
		{"repeated row", `<row r="2"/><row r="2"/>`, "not in order"},
		{"row zero", `<row r="0"/>`, `"0"`},
		{"row beyond the edge", `<row r="1048577"/>`, "1048577"},
		{"cell of another row", `<row r="1"><c r="A2"/></row>`, "A2"},
		{"column beyond the edge", `<row r="1"><c r="XFE1"/></row>`, "XFE1"},
		{"shared string that is not there", `<row r="1"><c r="B1" t="s"><v>7</v></c></row>`, "B1"},
		{"unknown type", `<row r="1"><c r="A1" t="z"><v>7</v></c></row>`, `"z"`},
		{"bad style", `<row r="1"><c r="A1" s="x"/></row>`, `"x"`},
		{"custom entity", `<row r="1"><c r="A1" t="str"><v>&boo;</v></c></row>`, "&boo;"},
		{"tags that do not match", `<row r="1"><c r="A1"><v>1</c></v></row>`, "A1"},
		{"two values", `<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>`, "A1"},
		{"text in a cell", `<row r="1"><c r="A1">1</c></row>`, "A1"},
		{"text in a row", `<row r="1">1</row>`, "Data!1:1"},
		{"text between rows", `<row r="1"/>x`, "between the rows"},
		{"namespace in a row", `<row r="1"><c r="A1" xmlns="x"/></row>`, "namespaces"},
		{"attribute twice", `<row r="1"><c r="A1" r="A1"/></row>`, "twice"},
		{"unclosed", `<row r="1"><c r="A1">`, ""},
		{"unclosed inside a cell", `<row r="1"><c r="A1"><extLst>`, ""},
		{"deep", `<row r="1"><c r="A1"><extLst>` + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + `</extLst></c></row>`, "deep"},
		{"negative row", `<row r="-1"/>`, `"-1"`},
		{"row of many digits", `<row r="00000001"/>`, "00000001"},
		{"rows beyond the edge by counting", `<row r="1048576"/><row/>`, "Data!1048577:1048577"},
		{"cells beyond the edge by counting", `<row r="1"><c r="XFD1"/><c/></row>`, "Data!1:1"},
		{"column of many letters", `<row r="1"><c r="AAAAAAAA1"/></row>`, "AAAAAAAA1"},
		{"no column", `<row r="1"><c r="1"/></row>`, `"1"`},
		{"negative shared string", `<row r="1"><c r="B1" t="s"><v>-1</v></c></row>`, "Data!B1"},
		{"shared string of many digits", `<row r="1"><c r="B1" t="s"><v>99999999999999999999</v></c></row>`, "Data!B1"},
		{"negative style", `<row r="1"><c r="B1" s="-1"/></row>`, "Data!B1"},
		{"style of many digits", `<row r="1"><c r="B1" s="4294967297"/></row>`, "4294967297"},
		{"long text", `<row r="1"><c r="B1" t="str"><v>` + strings.Repeat("x", 32768) + `</v></c></row>`, "Data!B1: damaged: its text has 32768 characters"},
		{"long inline text", `<row r="1"><c r="B1" t="inlineStr"><is><r><t>` + strings.Repeat("é", 20000) + `</t></r><r><t>` + strings.Repeat("é", 20000) + `</t></r></is></c></row>`, "has 40000 characters"},
		{"long shared string", `<row r="1"><c r="B1" t="s"><v>1</v></c></row>`, "Data!B1: damaged: its text has 50000 characters"},
		{"elements in a value", `<row r="1"><c r="B1"><v><b/></v></c></row>`, "Data!B1"},
		{"entity in rich text", `<row r="1"><c r="B1" t="inlineStr"><is><t>&x;</t></is></c></row>`, "&x;"},
		{"range of an array formula", `<row r="1"><c r="B1"><f t="array" ref="B0">1</f></c></row>`, "B0"},
		{"namespace in the row's tag", `<row r="1" xmlns="x"/>`, "namespaces"},
		{"attributes that are not closed", `<row r="1" a="1/>`, ""},
		{"attribute without quotes", `<row r="1" a=1 />`, "a=1"},
		{"attributes without a space", `<row r="1"a="1"/>`, "without a space"},
		{"bad UTF-8", "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>\xFF</v></c></row>", "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lim := DefaultLimits()
			lim.Ratio = 5000 // some of the texts are long and all the same
			f, err := Open(book(t, worksheet(c.rows, ""), "<t>a</t>", "<t>"+strings.Repeat("y", 50000)+"</t>"), lim)
			if err != nil {
				t.Fatal(err)
			}
			err = f.Sheets()[0].Scan(func(*Row) error { return nil })
			kind := Damaged
			if strings.Contains(c.word, "&") || c.word == "deep" {
				kind = Hostile // nobody writes that by mistake
			}
			refused(t, err, kind, c.word, "Data")
			wellPut(t, err)
		})
	}
}
