package xlsx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cellsOf gives every cell of the first sheet as "A1 kind text", with marks for what else is known about it.
func cellsOf(t testing.TB, data []byte) []string {
	t.Helper()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return sheetCells(t, f.Sheets()[0])
}

func sheetCells(t testing.TB, s *Sheet) []string {
	t.Helper()
	var out []string
	err := s.Scan(func(r *Row) error {
		for i := range r.Cells {
			c := &r.Cells[i]
			line := fmt.Sprintf("%s %d %q", CellName(r.Num, c.Col), c.Kind, c.Text())
			for _, m := range []struct {
				set  bool
				mark string
			}{{c.Formula, " f"}, {c.NoValue, " novalue"}, {c.MarkedText(), " str"}, {c.IsDateFormat(), " date"}} {
				if m.set {
					line += m.mark
				}
			}
			out = append(out, line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestScanForms(t *testing.T) {
	sst := []string{"<t>plain</t>", `<t xml:space="preserve"> kept </t>`, "<t>a &amp; b</t>", "<t>_x0041__x005F_x0041_</t>",
		"<r><rPr><b/></rPr><t>ri</t></r><r><t>ch</t></r><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh><phoneticPr fontId=\"1\"/>", "<t/>", "",
		"<t>line\r\nend</t>", "<t><![CDATA[<c>]]> &#x41;<!-- no --></t>", "<t>_xD83D__xDE00_ _xD83D_</t>"}
	for _, c := range []struct{ name, rows, want string }{
		{"shared", `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `A1 2 "plain"`},
		{"shared, space", `<row r="1"><c r="A1" t="s"><v>1</v></c></row>`, `A1 2 " kept "`},
		{"shared, entity", `<row r="1"><c r="A1" t="s"><v>2</v></c></row>`, `A1 2 "a & b"`},
		{"shared, escape", `<row r="1"><c r="A1" t="s"><v>3</v></c></row>`, `A1 2 "A_x0041_"`},
		{"shared, rich, phonetic left out", `<row r="1"><c r="A1" t="s"><v>4</v></c></row>`, `A1 2 "rich"`},
		{"shared, empty t", `<row r="1"><c r="A1" t="s"><v>5</v></c></row>`, `A1 2 ""`},
		{"shared, empty si", `<row r="1"><c r="A1" t="s"><v>6</v></c></row>`, `A1 2 ""`},
		{"shared, line end", `<row r="1"><c r="A1" t="s"><v>7</v></c></row>`, `A1 2 "line\nend"`},
		{"shared, CDATA", `<row r="1"><c r="A1" t="s"><v>8</v></c></row>`, `A1 2 "<c> A"`},
		{"shared, surrogates", `<row r="1"><c r="A1" t="s"><v>9</v></c></row>`, `A1 2 "😀 ` + "\uFFFD" + `"`},
		{"shared, no value", `<row r="1"><c r="A1" t="s"/></row>`, `A1 0 ""`},
		{"number", `<row r="1"><c r="A1"><v>1.5E3</v></c></row>`, `A1 1 "1.5E3"`},
		{"date", `<row r="1"><c r="A1" s="1"><v>46000</v></c></row>`, `A1 1 "46000" date`},
		{"boolean", `<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c></row>`, `A1 3 "TRUE"|B1 3 "FALSE"`},
		{"error", `<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>`, `A1 4 "#REF!"`},
		{"ISO date", `<row r="1"><c r="A1" t="d"><v>2026-03-24</v></c></row>`, `A1 5 "2026-03-24"`},
		{"inline", `<row r="1"><c r="A1" t="inlineStr"><is><t>in</t></is></c></row>`, `A1 2 "in"`},
		{"inline, entity", `<row r="1"><c r="A1" t="inlineStr"><is><t>a &lt; b</t></is></c></row>`, `A1 2 "a < b"`},
		{"inline, rich", `<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c></row>`, `A1 2 "ab"`},
		{"inline, empty", `<row r="1"><c r="A1" t="inlineStr"><is/></c></row>`, `A1 2 ""`},
		{"inline with a value too", `<row r="1"><c r="A1" t="inlineStr"><v>no</v><is><t>yes</t></is></c></row>`, `A1 2 "yes"`},
		{"inline with a value instead", `<row r="1"><c r="A1" t="inlineStr"><v>yes</v></c></row>`, `A1 2 "yes"`},
		{"inline, CDATA, comment", `<row r="1"><c r="A1" t="inlineStr"><is><t>a<![CDATA[</t>]]><!-- x -->b</t></is></c></row>`, `A1 2 "a</t>b"`},
		{"formula, number", `<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>`, `A1 1 "2" f`},
		{"formula, text", `<row r="1"><c r="A1" t="str"><f>"a"</f><v>a</v></c></row>`, `A1 2 "a" f str`},
		{"formula, empty text", `<row r="1"><c r="A1" t="str"><f>""</f><v></v></c></row>`, `A1 2 "" f str`},
		{"formula, never calculated", `<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1</f><v></v></c><c r="C1" t="str"><f>1</f></c></row>`, `A1 0 "" f novalue|B1 0 "" f novalue|C1 0 "" f novalue str`},
		{"formula, shared", `<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>3</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>`, `A1 1 "3" f|A2 1 "4" f`},
		{"value, CDATA and comment", `<row r="1"><c r="A1"><v>1<!-- 9 --><![CDATA[2]]></v></c></row>`, `A1 1 "12"`},
		{"text formula, CR", "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a\r\nb_x000D_c</v></c></row>", `A1 2 "a\nb\rc" str`},
		{"no references", `<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="5"><c><v>4</v></c></row><row><c/></row>`, `A1 1 "1"|D1 1 "2"|E1 1 "3"|A5 1 "4"|A6 0 ""`},
		{"self-closed rows", `<row r="1"/><row r="3" spans="1:2"/><row r="4"><c r="B4"/></row>`, `B4 0 ""`},
		{"single quotes, spaces, line breaks", "<row r = '2' ><c\n\tr='B2'  s = \"1\" ><v >7</v ></c ></row >", `B2 1 "7" date`},
		{"attributes with brackets", `<row r="1" a="&gt;"><c r="A1" x:a="/>>" cm="1"><v>1</v></c></row>`, `A1 1 "1"`},
		{"lower case and dollars", `<row r="1"><c r="$a$1"><v>1</v></c></row>`, `A1 1 "1"`},
		{"comments and instructions between", `<!-- <row r="9"/> --><row r="1"><!-- <c r="A1"/> --><?x </row> ?><c r="B1"><!-- <v> --><v>1</v><?y?></c></row>`, `B1 1 "1"`},
		{"extension in a cell", `<row r="1"><c r="A1"><v>1</v><extLst><ext><v>2</v></ext></extLst></c></row>`, `A1 1 "1"`},
		{"foreign elements", `<row r="1"><y:z xmlns:y="u"><c r="A1"/></y:z><c r="B1"><v>1</v></c></row><y:q xmlns:y="u"><row r="2"/></y:q>`, `B1 1 "1"`},
		{"empty style", `<row r="1"><c r="A1" s=""><v>1</v></c></row>`, `A1 1 "1"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			sheet := worksheet(c.rows, "")
			if got := strings.Join(cellsOf(t, book(t, sheet, sst...)), "|"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if strings.Contains(sheet, "xmlns:y") {
				return
			}
			// The same with a prefix on every element.
			if got := strings.Join(cellsOf(t, book(t, prefixed(sheet), sst...)), "|"); got != c.want {
				t.Errorf("prefixed: got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// prefixed gives a worksheet with a prefix on every element; CDATA, comments and instructions stay.
func prefixed(sheet string) string {
	sheet = strings.Replace(sheet, "xmlns=", "xmlns:k=", 1)
	var out strings.Builder
	x := lexer{buf: []byte(sheet), last: true}
	for {
		t, err := x.next()
		if err != nil || t.kind == tokEOF {
			return out.String()
		}
		raw := sheet[t.start:t.end]
		switch t.kind {
		case tokStart, tokEmpty:
			raw = "<k:" + raw[1:]
		case tokEnd:
			raw = "</k:" + raw[2:]
		}
		out.WriteString(raw)
	}
}

func TestWorkbookStructure(t *testing.T) {
	parts := bookParts(worksheet("", ""))
	parts = with(parts, "xl/workbook.xml", xmlDecl+`<workbook `+nsMain+` `+nsRel+`><workbookPr date1904="1"/><sheets>`+
		`<sheet name="B &amp; C" sheetId="2" r:id="rId4" state="hidden"/><sheet name="Chart" sheetId="3" r:id="rId5"/><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	parts = with(parts, "xl/_rels/workbook.xml.rels", rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "sharedStrings sharedStrings.xml", "worksheet /xl/worksheets/../worksheets/two.xml", "chartsheet chartsheets/c.xml"))
	parts = append(parts, part{name: "xl/worksheets/two.xml", text: worksheet("", "")},
		part{name: "xl/worksheets/_rels/two.xml.rels", text: rels("table ../tables/table1.xml")},
		part{name: "xl/tables/table1.xml", text: `<table ` + nsMain + ` id="1" name="T" displayName="Learners" ref="A1:B3" totalsRowCount="1"><autoFilter ref="A1:B2"/><tableColumns count="2"><tableColumn id="1" name="a"/><tableColumn id="2" name="b"/></tableColumns></table>`})
	f, err := Open(pkg(t, parts...), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if !f.Date1904() || f.ReadOnly() != "" {
		t.Errorf("Date1904 %v, ReadOnly %q", f.Date1904(), f.ReadOnly())
	}
	var names []string
	for _, s := range f.Sheets() {
		names = append(names, fmt.Sprint(s.Name, s.Hidden, s.Part))
	}
	if want := []string{"B & Ctruexl/worksheets/two.xml", "Datafalsexl/worksheets/sheet1.xml"}; !slices.Equal(names, want) {
		t.Errorf("sheets %q, want %q", names, want)
	}
	tables := f.Sheets()[0].Tables
	if len(tables) != 1 || tables[0].Name != "Learners" || tables[0].Ref != (Range{1, 1, 3, 2}) || tables[0].TotalsRows != 1 || !slices.Equal(tables[0].Columns, []string{"a", "b"}) {
		t.Errorf("tables %+v", tables)
	}
}

func TestRowProperties(t *testing.T) {
	f, err := Open(book(t, worksheet(`<row r="2" hidden="1"/><row r="5"/>`, "")), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = f.Sheets()[0].Scan(func(r *Row) error {
		got = append(got, fmt.Sprintf("%d%v", r.Num, r.Hidden))
		return nil
	})
	if want := []string{"2true", "5false"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("rows %q, %v", got, err)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		cell string
		want float64
		ok   bool
	}{
		{`<c r="A1"><v>46000</v></c>`, 46000, true},
		{`<c r="A1" t="n"><v>-1.5E-3</v></c>`, -0.0015, true},
		{`<c r="A1"><v> 7 </v></c>`, 7, true},
		{`<c r="A1"><v>1234567890123</v></c>`, 1234567890123, true},
		{`<c r="A1"><v>1<![CDATA[2]]></v></c>`, 12, true},
		{`<c r="A1"><v>1E999</v></c>`, 0, false},
		{`<c r="A1"><v>Inf</v></c>`, 0, false},
		{`<c r="A1"><v>0x10</v></c>`, 0, false},
		{`<c r="A1"><v>abc</v></c>`, 0, false},
		{`<c r="A1"><v></v></c>`, 0, false},
		{`<c r="A1" t="str"><v>7</v></c>`, 0, false},
		{`<c r="A1" t="b"><v>1</v></c>`, 0, false},
	} {
		f, err := Open(book(t, worksheet(`<row r="1">`+c.cell+`</row>`, "")), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		err = f.Sheets()[0].Scan(func(r *Row) error {
			if n, ok := r.Cells[0].Number(); ok != c.ok || ok && n != c.want {
				t.Errorf("%s: %v, %v", c.cell, n, ok)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestScanEndsWithTheError(t *testing.T) {
	sheet, sst := bigSheet(5000, 28) // larger than what is inflated ahead
	f, err := Open(book(t, sheet, sst...), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	rows := 0
	if err := f.Sheets()[0].Scan(func(*Row) error { rows++; return stop }); err != stop || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// The stream is cut into chunks at arbitrary places: rows larger than several chunks, and characters cut in two.
func TestScanAcrossChunks(t *testing.T) {
	unit := "é😀 " // seven bytes
	var rows strings.Builder
	for r := 1; r <= 3; r++ {
		fmt.Fprintf(&rows, `<row r="%d">`, r)
		for c := 1; c <= 40; c++ {
			fmt.Fprintf(&rows, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s%d</t></is></c>`, CellName(r, c), strings.Repeat(unit, 4000+c), r*c)
		}
		rows.WriteString("</row>")
	}
	parts := bookParts(worksheet(rows.String(), ""))
	parts[4].store = true
	got := cellsOf(t, pkg(t, parts...))
	if len(got) != 120 {
		t.Fatalf("%d cells", len(got))
	}
	for i, line := range got {
		r, c := i/40+1, i%40+1
		if want := fmt.Sprintf("%s 2 %q", CellName(r, c), strings.Repeat(unit, 4000+c)+fmt.Sprint(r*c)); line != want {
			t.Fatalf("cell %d differs: %.60s", i, line)
		}
	}
}
