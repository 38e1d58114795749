package xlsx

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// tabledParts are the parts of a workbook that has something of everything: a formula, a table with a filter, styles.
func tabledParts() []part {
	sheet := worksheet(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Start</t></is></c></row>`+
		`<row r="2" spans="1:2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>46000</v></c></row>`+
		`<row r="3"><c r="A3" t="str"><f>A2</f><v>L1</v></c></row>`,
		`<dimension ref="A1:B3"/><cols><col min="1" max="2" width="9"/></cols>|<tableParts count="1"><tablePart r:id="rId1"/></tableParts>`)
	parts := append(bookParts(sheet, "<t>Learner ID</t>", "<r><t>L</t></r><r><t>1</t></r>"),
		part{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("table ../tables/table1.xml", "hyperlink http://example.org")},
		part{name: "xl/tables/table1.xml", text: `<table ` + nsMain + ` id="1" name="T" displayName="T" ref="A1:B3" totalsRowShown="0"><autoFilter ref="A1:B3"/>` +
			`<tableColumns count="2"><tableColumn id="1" name="Learner ID"/><tableColumn id="2" name="Start"/></tableColumns></table>`})
	for i := range parts {
		parts[i].store = true // so that what is made of the bytes is what they say
	}
	return parts
}

// FuzzPackage: whatever one part of a sound package holds, and whatever one byte of the zip's own headers says, the
// workbook is refused, or read and written so that the proof holds and every cell is what it was or was to become.
func FuzzPackage(f *testing.F) {
	parts := tabledParts()
	for i, p := range parts {
		f.Add(uint8(i), []byte(p.text), uint16(0), byte(0))
		f.Add(uint8(i), []byte(prefixed(p.text)), uint16(0), byte(0))
		f.Add(uint8(i), []byte("\xEF\xBB\xBF"+strings.ReplaceAll(p.text, `"`, `'`)), uint16(17*i), byte(1)<<(i%8))
	}
	f.Fuzz(func(t *testing.T, which uint8, content []byte, at uint16, mask byte) {
		parts := tabledParts()
		parts[int(which)%len(parts)].text = string(content)
		data := pkg(t, parts...)
		if mask != 0 {
			headers := headerBytes(t, data)
			data[headers[int(at)%len(headers)]] ^= mask
		}
		file, err := Open(data, tightLimits)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		for _, s := range file.Sheets() {
			scanned, checked := s.Scan(func(*Row) error { return nil }), s.Check()
			if scanned != nil {
				mustRefuse(t, scanned)
			} else if checked != nil {
				t.Fatalf("scanned, but damaged: %v", checked)
			}
		}
		if len(file.Sheets()) > 0 {
			mustPatch(t, file, somePatch(file.Sheets()[0], uint64(at)))
		}
	})
}

// headerBytes are the places of a package that belong to the zip format, not to a part.
func headerBytes(t *testing.T, data []byte) []int {
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		t.Skip(err)
	}
	content := make([]bool, len(data))
	for _, e := range a.entries {
		for i := e.body; i < e.body+e.packed; i++ {
			content[i] = true
		}
	}
	var places []int
	for i, c := range content {
		if !c {
			places = append(places, i)
		}
	}
	return places
}

// somePatch is cells anywhere, or a column beside the table, which grows.
func somePatch(sheet *Sheet, seed uint64) SheetPatch {
	if seed%2 == 1 {
		return SheetPatch{Sheet: sheet, Edits: randomEdits(rand.New(rand.NewPCG(seed, 2)), "x & <y>")}
	}
	sp := SheetPatch{
		Sheet: sheet, HeaderRow: 1, NewColumns: []NewColumn{{Col: 3, Heading: "Status", Width: 12}},
		Edits: []Edit{{Row: 2, Col: 3, Value: TextValue("ok"), Look: Green, NeighbourCol: 2}},
	}
	for _, table := range sheet.Tables {
		if table.Ref.LastCol == 2 && table.Ref.FirstRow == 1 {
			sp.GrowTable = table.Name
		}
	}
	return sp
}
