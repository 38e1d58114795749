package xlsx

import (
	"fmt"
	"strings"
	"testing"
)

// The parts that the cases change.
const (
	workbookName = "xl/workbook.xml"
	stylesName   = "xl/styles.xml"
	stringsName  = "xl/sharedStrings.xml"
	relsName     = "xl/_rels/workbook.xml.rels"
)

// TestPartRefusals: each thing that a part may not be is refused, says which part, what is wrong and what to do.
func TestPartRefusals(t *testing.T) {
	sheets := func(list string) string {
		return `<workbook ` + nsMain + ` ` + nsRel + `><sheets>` + list + `</sheets></workbook>`
	}
	sst := func(items string) string { return `<sst ` + nsMain + `>` + items + `</sst>` }
	sheetRels := "xl/worksheets/_rels/sheet1.xml.rels"
	for _, c := range []struct {
		name, part, text string
		kind             RefusalKind
		words            []string
	}{
		{"document type", stringsName, `<!DOCTYPE sst [<!ENTITY a "b">]>` + sst(""), Hostile, []string{stringsName, "document type"}},
		{"document type inside", stringsName, sst(`<!DOCTYPE a>`), Hostile, []string{stringsName, "document type"}},
		{"custom entity", stringsName, sst(`<si><t>&lol9;</t></si>`), Hostile, []string{stringsName, "&lol9;", "not read"}},
		{"custom entity in rich text", stringsName, sst(`<si><r><t>a &lol; b</t></r></si>`), Hostile, []string{stringsName, "&lol;"}},
		{"ampersand", stringsName, sst(`<si><t>a & b</t></si>`), Damaged, []string{stringsName, "begins no entity"}},
		{"character that is none", stringsName, sst(`<si><t>&#x110000;</t></si>`), Hostile, []string{stringsName, "#x110000"}},
		{"UTF-16", workbookName, "\xFE\xFF\x00<\x00a", Unsupported, []string{workbookName, "UTF-16", "save it"}},
		{"UTF-16 that does not say so", stylesName, "<\x00a\x00/\x00>\x00", Unsupported, []string{stylesName, "UTF-16"}},
		{"another encoding", relsName, `<?xml version="1.0" encoding="Shift_JIS"?><a/>`, Unsupported, []string{relsName, "Shift_JIS"}},
		{"bytes of another encoding", stringsName, sst("<si><t>Z\xFCrich</t></si>"), Damaged, []string{stringsName, "not UTF-8"}},
		{"declaration inside", workbookName, `<workbook ` + nsMain + `><?xml version="1.0"?></workbook>`, Damaged, []string{workbookName, "XML declaration"}},
		{"two roots", stringsName, sst("") + sst(""), Damaged, []string{stringsName, "second root"}},
		{"text before the root", stylesName, "x" + bookStyles, Damaged, []string{stylesName, "text outside"}},
		{"nothing", stringsName, " ", Damaged, []string{stringsName, "no element"}},
		{"cut off", stringsName, `<sst ` + nsMain + `><si><t>a</t>`, Damaged, []string{stringsName, "ends before"}},
		{"cut off in a tag", stringsName, `<sst xmlns="a"`, Damaged, []string{stringsName, "ends inside a tag"}},
		{"cut off in an attribute", stringsName, `<sst xmlns="a`, Damaged, []string{stringsName, "ends inside an attribute"}},
		{"cut off in a comment", stringsName, `<!-- `, Damaged, []string{"ends inside a comment"}},
		{"cut off in an end tag", stringsName, sst("")[:len(sst(""))-1], Damaged, []string{"ends inside an end tag"}},
		{"tags that do not match", stringsName, `<sst ` + nsMain + `><si></sst></si>`, Damaged, []string{stringsName, "</sst>"}},
		{"nested too deeply", stylesName, `<styleSheet ` + nsMain + `>` + strings.Repeat("<a>", 64), Hostile, []string{stylesName, "too deeply"}},
		{"attribute twice", workbookName, `<workbook ` + nsMain + ` a="1" a="2"/>`, Damaged, []string{workbookName, `"a" stands twice`}},
		{"attribute without a value", workbookName, `<workbook ` + nsMain + ` hidden/>`, Damaged, []string{workbookName, "hidden"}},
		{"attribute with a tag in it", workbookName, `<workbook ` + nsMain + ` a="<"/>`, Damaged, []string{workbookName, `"a" holds a <`}},
		{"too many attributes", workbookName, `<workbook` + numbered(mostAttrs+1, ` a%d=""`) + `/>`, Damaged, []string{workbookName, "more than 250 attributes"}},
		{"too many namespaces", workbookName, `<workbook` + numbered(mostBindings+1, ` xmlns:a%d="b"`) + `/>`, Damaged, []string{workbookName, "more than 120 namespaces"}},

		{"main part of another kind", workbookName, `<document xmlns="w"/>`, NotWorkbook, []string{workbookName, "no workbook"}},
		{"no such part", workbookName, "", Damaged, []string{workbookName, "no such part"}},
		{"no part of a sheet", sheetPart, "", Damaged, []string{sheetPart, `"Data"`}},
		{"two sheets of one name", workbookName, sheets(`<sheet name="Data" r:id="rId1"/><sheet name="DATA" r:id="rId1"/>`), Hostile, []string{workbookName, `"DATA"`}},
		{"two sheets of one part", workbookName, sheets(`<sheet name="A" r:id="rId1"/><sheet name="B" r:id="rId1"/>`), Hostile, []string{sheetPart, "share one part"}},
		{"two parts of shared strings", relsName, rels("worksheet worksheets/sheet1.xml", "sharedStrings sharedStrings.xml", "sharedStrings styles.xml"), Hostile, []string{stylesName, "two parts of shared strings"}},
		{"two parts of styles", relsName, rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "styles sharedStrings.xml"), Hostile, []string{stringsName, "two parts of styles"}},
		{"a table of two relationships", sheetRels, rels("table ../styles.xml"), Hostile, []string{stylesName, "two relationships"}},
		{"relationships without end", sheetRels, `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + numbered(10_001, `<Relationship Target="%d"/>`), Hostile, []string{sheetRels, "10000 relationships"}},
		{"tags that do not match in a string", stringsName, sst(`<si><r><t>a</r></t></si>`), Damaged, []string{stringsName, "</r>"}},

		{"worksheet of another kind", sheetPart, `<chartsheet ` + nsMain + `/>`, Damaged, []string{"Data", "no worksheet"}},
		{"worksheet cut off inside a cell", sheetPart, `<worksheet ` + nsMain + `><sheetData><row r="1"><c r="A1"><extLst>`, Damaged, []string{"Data!1:1", "ends inside it"}},
		{"worksheet cut off between rows", sheetPart, `<worksheet ` + nsMain + `><sheetData><row r="1"/>`, Damaged, []string{"Data", "ends before </sheetData>"}},
		{"worksheet in UTF-16", sheetPart, "\xFF\xFE<\x00", Unsupported, []string{"Data", sheetPart, "UTF-16"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := pkg(t, with(bookParts(worksheet(`<row r="1"><c r="A1"><v>1</v></c></row>`, ""), "<t>a</t>"), c.part, c.text)...)
			f, err := Open(data, DefaultLimits())
			for i := 0; err == nil && i < len(f.Sheets()); i++ {
				err = f.Sheets()[i].Scan(func(*Row) error { return nil })
			}
			refused(t, err, c.kind, c.words...)
			wellPut(t, err)
		})
	}
}

// Parts that lie about what does not matter, or are written as few programs write them, are read.
func TestPartsThatAreRead(t *testing.T) {
	sheet := worksheet(`<row r="1" spans="9:-4" ht="1e999"><c r="A1" s="4000000" t="s"><v>0</v></c></row>`, `<dimension ref="XFD1048576:A1"/>|`)
	strange := rels("worksheet /xl/worksheets/./x/../sheet%31.xml", "styles styles.xml", "sharedStrings sharedStrings.xml", "officeDocument workbook.xml", "externalLink http://example.org/a.xlsx")
	for _, c := range []struct{ name, part, text string }{
		{"counts without end", stringsName, `<sst ` + nsMain + ` count="99999999999999999999" uniqueCount="-1"><si><t>a</t></si></sst>`},
		{"counts of styles", stylesName, strings.NewReplacer(`count="3"`, `count="4294967295"`, `count="1"`, `count="-1"`).Replace(bookStyles)},
		{"as many attributes and namespaces as may be", stringsName, `<sst ` + nsMain + numbered(mostBindings-1, ` xmlns:a%d=""`) + numbered(mostAttrs-mostBindings, ` a%d=""`) + `><si><t>a</t></si></sst>`},
		{"as deep as may be", stylesName, `<styleSheet ` + nsMain + `>` + strings.Repeat("<a>", 63) + strings.Repeat("</a>", 63) + `</styleSheet>`},
		{"paths with detours, in a loop", relsName, strange},
		{"relationships that lead back", "xl/worksheets/_rels/sheet1.xml.rels", rels("worksheet sheet1.xml", "officeDocument ../workbook.xml", "pivotTable ../../xl/worksheets/sheet1.xml")},
		{"comments and instructions", stringsName, `<?a b?><!-- c --><sst ` + nsMain + `><!-- d --><si><t>a</t></si><?e?></sst><!-- f -->`},
		{"tables of one part that is not there", "xl/worksheets/_rels/sheet1.xml.rels", rels("table ../tables/table1.xml", "table ../tables/table1.xml")},
	} {
		data := pkg(t, with(bookParts(sheet, "<t>a</t>"), c.part, c.text)...)
		if got := cellsOf(t, data); len(got) != 1 || !strings.Contains(got[0], `"a"`) {
			t.Errorf("%s: cells %q", c.name, got)
		}
	}
}

// An external target is no part, whatever its name.
func TestExternalTargets(t *testing.T) {
	external := strings.Replace(rels("worksheet worksheets/sheet1.xml"), "/></", ` TargetMode="External"/></`, 1)
	f, err := Open(pkg(t, with(bookParts(worksheet("", "")), relsName, external)...), DefaultLimits())
	if err != nil || len(f.Sheets()) != 0 {
		t.Errorf("%d sheets, %v", len(f.Sheets()), err)
	}
}

// A part that has to be held in memory has limits of its own.
func TestPartLimits(t *testing.T) {
	parts := bookParts(worksheet("", ""), "<t>some text</t>", "<t>more</t>")
	size := map[string]int64{}
	for _, p := range parts {
		size[p.name] = int64(len(p.text))
	}
	const cost = 2*perString + int64(len("some text")+len("more"))
	for _, c := range []struct {
		name  string
		set   func(*Limits)
		words []string
	}{
		{"part, at the limit", func(l *Limits) { l.Part = size[stylesName] }, nil}, // the largest
		{"part", func(l *Limits) { l.Part = size[stylesName] - 1 }, []string{stylesName, "for a part of its kind"}},
		{"strings, at the limit", func(l *Limits) { l.Strings = cost }, nil},
		{"strings", func(l *Limits) { l.Strings = cost - 1 }, []string{stringsName, "texts of the workbook"}},
	} {
		lim := DefaultLimits()
		c.set(&lim)
		_, err := Open(pkg(t, parts...), lim)
		if c.words == nil {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		refused(t, err, TooLarge, c.words...)
		wellPut(t, err)
	}
	// What a table's columns take, without names, is more than what they take in the part.
	table := `<table ` + nsMain + ` ref="A1:B2"><tableColumns>` + strings.Repeat(`<tableColumn/>`, 1000) + `</tableColumns></table>`
	lim := DefaultLimits()
	for part, fits := range map[int64]bool{1000 * perString: true, 1000*perString - 1: false} {
		lim.Part = part
		_, err := Open(pkg(t, with(tabledParts(), "xl/tables/table1.xml", table)...), lim)
		if fits && err != nil {
			t.Error(err)
		}
		if !fits {
			refused(t, err, TooLarge, "xl/tables/table1.xml", "the headings of the tables")
			wellPut(t, err)
		}
	}
	tree := `<styleSheet>` + strings.Repeat("<a/>", 500_000) + `</styleSheet>`
	_, err := newStyleSheet([]byte(tree))
	refused(t, err, TooLarge, "500000 elements")
}

// The longest row, text or tag is bounded, and the row at the bound is read.
func TestLongest(t *testing.T) {
	row := func(n int) string {
		return `<row r="1"><!--` + strings.Repeat("x", n-len(`<row r="1"><!----></row>`)) + `--></row>`
	}
	for n, fits := range map[int]bool{longest: true, longest + chunk + 1: false} {
		f, err := Open(book(t, worksheet(row(n), "")), Limits{File: 1 << 30, Unpacked: 1 << 30, Entries: 10, Ratio: 5000, Depth: 9, Part: 1 << 20, Strings: 1})
		if err != nil {
			t.Fatal(err)
		}
		err = f.Sheets()[0].Scan(func(*Row) error { return nil })
		if fits && err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		if !fits {
			refused(t, err, TooLarge, "Data", "more than 16 MiB")
			wellPut(t, err)
		}
	}
}

// numbered is a piece of text n times, with its number in it.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
