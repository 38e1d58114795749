package hostile

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

const mib = 1 << 20

// TestLimits: a workbook at the limits or beyond them, made to cost as much as it can, is read or refused with a reason,
// within 512 MB and 10 seconds.
func TestLimits(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("it makes workbooks of hundreds of megabytes, and the program is the same under the race detector")
	}
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			path := c.book.write(t, c.stored...)
			got := check(t, path, c.args...)
			_, reason, _ := strings.Cut(got.stdout, "failed: ")
			t.Logf("exit code %d, %4d MiB, %.1f s, %.150s", got.code, got.memory/mib, got.took.Seconds(), reason)
			if problem := got.problem(seconds); problem != "" {
				t.Error(problem)
			}
			if c.refused != "" {
				if got.code != 3 || !strings.Contains(got.stdout, c.refused) {
					t.Errorf("exit code %d, want 3 and %q:\n%.2000s", got.code, c.refused, got.stdout)
				}
				return
			}
			if got.code == 3 {
				t.Errorf("refused:\n%.2000s", got.stdout)
			}
			got = command(t, path, "run", path)
			t.Logf("run: exit code %d, %4d MiB, %.1f s", got.code, got.memory/mib, got.took.Seconds())
			if problem := got.problem(4 * seconds); problem != "" { // reads it, writes it, and reads both versions
				t.Errorf("run: %s", problem)
			}
		})
	}
}

// limitCase is a workbook that is refused in these words, or read.
type limitCase struct {
	name    string
	book    workbook
	refused string
	stored  []string
	args    []string
}

func cases() []limitCase {
	most := mib // of what takes long to be made and is all the same
	if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
		most = 40 * mib // 512 MiB hold some 100, which take two and a half times as long
	}
	many := func(n int, piece func(i int) string) writeText {
		return func(w *bufio.Writer) {
			for i := range n {
				w.WriteString(piece(i))
			}
		}
	}
	around := func(first string, inner writeText, last string) writeText {
		return func(w *bufio.Writer) {
			w.WriteString(first)
			inner(w)
			w.WriteString(last)
		}
	}
	sheet := func(inner writeText) writeText { return around(sheetOpen+headings, inner, sheetShut) }
	sst := func(inner writeText) writeText { return around(`<sst`+mainSpace+`>`, inner, `</sst>`) }
	styles := func(inner writeText) writeText {
		return around(`<styleSheet`+mainSpace+`>`, inner, `</styleSheet>`)
	}
	main := func(inner writeText) writeText {
		return around(`<workbook`+mainSpace+`>`, inner, `<sheets><sheet name="Enrolments" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	}
	manyParts := func(n int) workbook {
		b := workbook{}
		for i := range n - len(usual) {
			b[fmt.Sprintf("xl/media/image%d.png", i)] = text("x")
		}
		return b
	}
	long := strings.Repeat("x", 1000)
	xfs := many(65_490, func(i int) string {
		return fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="0"><alignment indent="%d"/></xf>`, i%50, uint32(i)*2654435761>>24, i%251)
	})
	return []limitCase{
		{name: "as large as a file may be", book: workbook{"xl/media/a.bin": noise(63*mib, 1)}, stored: []string{"xl/media/a.bin"}},
		{name: "larger than a file may be", book: workbook{"xl/media/a.bin": noise(64*mib, 1)}, stored: []string{"xl/media/a.bin"}, refused: "67108864"},
		{name: "unpacked 511 MiB", book: workbook{"xl/media/a.bin": noise(511*mib, 60)}},
		{name: "unpacked 513 MiB", book: workbook{"xl/media/a.bin": noise(513*mib, 60)}, refused: "512 MiB"},
		{name: "bomb", book: workbook{"xl/media/a.bin": repeated("", "\x00", 300*mib, "")}, refused: "1:100"},
		{name: "1000 parts", book: manyParts(1000)},
		{name: "1001 parts", book: manyParts(1001), refused: "1001 entries"},

		{name: "a million rows of nothing", book: workbook{sheetPart: sheet(many(1<<20-2, func(i int) string { return fmt.Sprintf(`<row r="%d"/>`, i+2) }))}},
		{name: "millions of styled empty cells", book: workbook{sheetPart: sheet(many(100_000, func(i int) string {
			var b strings.Builder
			fmt.Fprintf(&b, `<row r="%d">`, i+2)
			for c := range 60 {
				fmt.Fprintf(&b, `<c r="%s%d" s="1"/>`, column(c), i+2)
			}
			return b.String() + `</row>`
		}))}},
		{name: "one row of 10 MiB", book: workbook{sheetPart: sheet(around(`<row r="2">`, many(16384, func(i int) string {
			return `<c t="str"><v>` + fmt.Sprint(i) + long[:600] + `</v></c>`
		}), `</row>`))}},
		{name: "one enormous row", book: workbook{sheetPart: sheet(around(`<row r="2">`, many(16384, func(i int) string {
			return `<c t="str"><v>` + varied(i, 2000) + `</v></c>`
		}), `</row>`))}, refused: "one row"},
		{name: "one enormous text", book: workbook{sheetPart: sheet(around(`<row r="2"><c t="str"><v>`, noiseText(60*mib), `</v></c></row>`))}, refused: "sheet1.xml"},
		{name: "one enormous comment", book: workbook{sheetPart: sheet(around(`<!--`, noiseText(60*mib), `-->`))}, refused: "sheet1.xml"},
		{name: "one enormous attribute", book: workbook{sheetPart: around(`<worksheet`+mainSpace+` x="`, noiseText(60*mib), `"/>`)}, refused: "sheet1.xml"},
		{name: "a million attributes", book: workbook{sheetPart: around(`<worksheet`+mainSpace, many(mib, func(i int) string { return fmt.Sprintf(` a%d=""`, i) }), `/>`)}, refused: "attributes"},
		{name: "many attributes, often", book: workbook{sheetPart: sheet(many(most/400, func(i int) string { return `<row` + attributes(200, i) + `/>` }))}},
		{name: "many elements of no namespace", book: workbook{workbookPart: main(many(1_900_000, func(i int) string { return fmt.Sprintf(`<a b="%d"/>`, i) }))}},
		{name: "many namespaces", book: workbook{workbookPart: main(many(60_000, func(i int) string {
			return fmt.Sprintf(`<a:a xmlns:a%d=""/>`, i)
		}))}},
		{name: "behind the rows", book: workbook{sheetPart: around(sheetOpen+headings+`</sheetData>`, many(most/5, func(i int) string { return fmt.Sprintf(`<a b="%d"/>`, i) }), `</worksheet>`)}},
		{name: "an unknown sheet of 60 MiB", book: workbook{
			workbookPart: text(`<workbook` + mainSpace + `><sheets><sheet name="Notes" sheetId="1" r:id="rId1"/></sheets></workbook>`),
			sheetPart:    sheet(around(`<!--`, noiseText(60*mib), `-->`)),
		}, refused: "no sheet of it is known"},

		{name: "a million shared strings", book: workbook{stringsPart: sst(many(mib, func(i int) string { return fmt.Sprintf(`<si><t>text number %d</t></si>`, i) }))}},
		{name: "sixteen million empty shared strings", book: workbook{stringsPart: sst(diluted("<si/>", 16*mib))}},
		{name: "a hundred million empty shared strings", book: workbook{stringsPart: sst(diluted("<si/>", 90*mib))}, refused: "texts of the workbook"},
		{name: "elements between rows", book: workbook{sheetPart: sheet(diluted("<x/>", most))}},
		{name: "elements in rows", book: workbook{sheetPart: sheet(func(w *bufio.Writer) {
			for i := range 1000 {
				fmt.Fprintf(w, `<row r="%d">`, i+2)
				dilutedFrom(i, "<x/>", most/1000)(w)
				w.WriteString("</row>")
			}
		})}},
		{name: "empty cells", book: workbook{sheetPart: sheet(func(w *bufio.Writer) {
			for i := range most / 16384 {
				fmt.Fprintf(w, `<row r="%d">`, i+2)
				dilutedFrom(i, "<c/>", 16384)(w)
				w.WriteString("</row>")
			}
		})}},
		{name: "shared strings of 400 MiB", book: workbook{stringsPart: sst(many(4_000_000, func(i int) string { return fmt.Sprintf(`<si><t>%d %.80s</t></si>`, i, long) }))}, refused: stringsPart},
		{name: "one shared string of 60 MiB", book: workbook{stringsPart: sst(around(`<si><t>`, noiseText(60*mib), `</t></si>`))}, refused: stringsPart},
		{name: "a long shared string in every cell", book: workbook{
			stringsPart: sst(repeated("<si><t>", "é a ", 8000, "</t></si>")),
			sheetPart: sheet(many(1_000_000, func(i int) string {
				return fmt.Sprintf(`<row r="%d"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>`, i+2)
			})),
		}, refused: "Enrolments"},
		{name: "a long shared string in every cell, as JSON", book: workbook{
			stringsPart: sst(repeated("<si><t>", "é a ", 8000, "</t></si>")),
			sheetPart: sheet(many(10_000, func(i int) string {
				return fmt.Sprintf(`<row r="%d"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>`, i+2)
			})),
		}, args: []string{"--format", "json"}, refused: "long texts"},
		{name: "long shared strings just below what is too much, as JSON", book: workbook{
			stringsPart: sst(repeated("<si><t>", "é a ", 8000, "</t></si>")),
			sheetPart: sheet(many(200, func(i int) string {
				return fmt.Sprintf(`<row r="%d"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>`, i+2)
			})),
		}, args: []string{"--format", "json"}},
		{name: "every heading a long text", book: workbook{
			stringsPart: sst(repeated("<si><t>", "é a ", 8000, "</t></si>")),
			sheetPart: around(sheetOpen, many(20, func(i int) string {
				return fmt.Sprintf(`<row r="%d">`, i+1) + strings.Repeat(`<c t="s"><v>0</v></c>`, 2000) + `<!--` + varied(i, 10_000) + `--></row>`
			}), sheetShut),
		}, refused: "long texts"},
		{name: "rich text in pieces", book: workbook{stringsPart: sst(around("<si>", many(5_000_000, func(i int) string { return fmt.Sprintf(`<r><t>%d</t></r>`, i) }), "</si>"))}, refused: stringsPart},

		{name: "as many styles as Excel allows", book: workbook{stylesPart: styles(around(`<cellXfs>`, xfs, `</cellXfs>`))}},
		{name: "styles of 30 MiB", book: workbook{stylesPart: styles(around(`<cellXfs>`, diluted(`<xf/>`, 5*mib), `</cellXfs>`))}, refused: "500000 elements"},
		{name: "a format code of 30 MiB", book: workbook{stylesPart: styles(around(`<numFmts><numFmt numFmtId="200" formatCode="`, noiseText(30*mib), `"/></numFmts>`))}},
		{name: "styles of 300 MiB", book: workbook{stylesPart: styles(around(`<cellXfs>`, diluted(`<xf/>`, 60*mib), `</cellXfs>`))}, refused: stylesPart},
		{name: "many number formats", book: workbook{stylesPart: styles(around(`<numFmts>`, many(30_000, func(i int) string { return fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, i, long) }), `</numFmts>`))}},
		{name: "defined names of 300 MiB", book: workbook{workbookPart: main(around(`<definedNames>`, many(6_000_000, func(i int) string { return fmt.Sprintf(`<definedName name="n%d">Enrolments!$A$1</definedName>`, i) }), `</definedNames>`))}, refused: workbookPart},
		{name: "many defined names", book: workbook{workbookPart: main(around(`<definedNames>`, many(550_000, func(i int) string { return fmt.Sprintf(`<definedName name="n%d">Enrolments!$A$1</definedName>`, i) }), `</definedNames>`))}},
		{name: "relationships of 30 MiB", book: workbook{"xl/worksheets/_rels/sheet1.xml.rels": around(relsSpace, many(450_000, func(i int) string {
			return fmt.Sprintf(`<Relationship Id="r%d" Type="x/hyperlink" Target="%d"/>`, i, i)
		}), `</Relationships>`)}, refused: "10000 relationships"},
		{name: "relationships of 300 MiB", book: workbook{"xl/worksheets/_rels/sheet1.xml.rels": around(relsSpace, many(5_000_000, func(i int) string {
			return fmt.Sprintf(`<Relationship Id="r%d" Type="x/hyperlink" Target="%d"/>`, i, i)
		}), `</Relationships>`)}, refused: "sheet1.xml.rels"},
		{name: "many hyperlinks", book: workbook{"xl/worksheets/_rels/sheet1.xml.rels": around(relsSpace, many(65_530, func(i int) string {
			return fmt.Sprintf(`<Relationship Id="r%d" Type="x/hyperlink" Target="http://example.org/%d" TargetMode="External"/>`, i, i)
		}), `</Relationships>`)}},
		{name: "one table, many times", book: workbook{
			"xl/tables/table1.xml": table(16384),
			"xl/worksheets/_rels/sheet1.xml.rels": around(relsSpace, many(9_000, func(i int) string {
				return fmt.Sprintf(`<Relationship Id="r%d" Type="x/table" Target="../tables/table1.xml"/>`, i)
			}), `</Relationships>`),
		}, refused: "table1.xml"},
		{name: "the styles, many times", book: workbook{
			stylesPart: styles(around(`<cellXfs>`, xfs, `</cellXfs>`)),
			"xl/_rels/workbook.xml.rels": around(relsSpace, many(9_000, func(i int) string {
				if i == 0 {
					return `<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>`
				}
				return fmt.Sprintf(`<Relationship Id="rId%d" Type="x/styles" Target="styles.xml"/>`, i+1)
			}), `</Relationships>`),
		}},
		{name: "a table of many elements", book: workbook{
			"xl/tables/table1.xml":                around(`<table`+mainSpace+` ref="A1:B2"><tableColumns>`, many(mib, func(i int) string { return fmt.Sprintf(`<tableColumn id="%d"/>`, i) }), `</tableColumns></table>`),
			"xl/worksheets/_rels/sheet1.xml.rels": text(rels("table ../tables/table1.xml")),
		}, refused: "500000 elements"},
		{name: "many tables", book: manyTables(700), refused: "headings of the tables"},
	}
}

// noiseText is n bytes of hexadecimal digits, among spaces, so that they compress, but not like a bomb.
func noiseText(n int) writeText {
	return func(w *bufio.Writer) {
		blank := strings.Repeat(" ", 100)
		for i := 0; n > 0; i++ {
			s := fmt.Sprintf("%016x%s", uint64(i)*0x9E3779B97F4A7C15, blank)
			s = s[:min(n, len(s))]
			w.WriteString(s)
			n -= len(s)
		}
	}
}

// diluted is a piece n times, and so many comments among them that it does not compress like a bomb.
func diluted(piece string, n int) writeText { return dilutedFrom(0, piece, n) }

// dilutedFrom is diluted, with other comments for every seed.
func dilutedFrom(seed int, piece string, n int) writeText {
	return func(w *bufio.Writer) {
		for i := range n {
			w.WriteString(piece)
			if i%200 == 0 {
				fmt.Fprintf(w, "<!--%016x-->", uint64(seed<<32+i+1)*0x9E3779B97F4A7C15)
			}
		}
	}
}

// attributes are n attributes, in another order for every seed.
func attributes(n, seed int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, (i*7919+seed*31)%n)
	}
	return b.String()
}

// varied is a text of n characters that compresses, but not like a bomb.
func varied(seed, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%08x%60d", uint32(seed*8191+i)*2654435761, 0)
	}
	return b.String()[:n]
}

func table(columns int) writeText {
	return func(w *bufio.Writer) {
		fmt.Fprintf(w, `<table`+mainSpace+` displayName="T" ref="A1:XFD2"><tableColumns count="%d">`, columns)
		for i := range columns {
			fmt.Fprintf(w, `<tableColumn id="%d" name="c%d"/>`, i+1, i)
		}
		w.WriteString(`</tableColumns></table>`)
	}
}

// manyTables is a sheet with as many tables, each over all columns.
func manyTables(n int) workbook {
	b := workbook{}
	var list []string
	for i := range n {
		name := fmt.Sprintf("tables/table%d.xml", i)
		b["xl/"+name] = table(16384)
		list = append(list, "table ../"+name)
	}
	b["xl/worksheets/_rels/sheet1.xml.rels"] = text(rels(list...))
	return b
}

func column(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return column(i/26-1) + column(i%26)
}
