package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// The parts of a small workbook, as text.
const (
	nsMain  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	nsRel   = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	xmlDecl = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

	bookStyles = xmlDecl + `<styleSheet ` + nsMain + `><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0"/>` +
		`<xf numFmtId="2" fontId="0" fillId="0" borderId="0"/></cellXfs></styleSheet>`
)

// openWhole opens a package and checks its worksheets too.
func openWhole(data []byte, lim Limits) (*File, error) {
	f, err := Open(data, lim)
	if err != nil {
		return nil, err
	}
	for _, s := range f.Sheets() {
		if err := s.Check(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// part is one entry of a package that a test builds.
type part struct {
	name, text string
	store      bool // not deflated
}

// pkg builds a package of parts, in their order.
func pkg(t testing.TB, parts ...part) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.store {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(f, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func rels(lines ...string) string {
	var b strings.Builder
	b.WriteString(xmlDecl + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i, line := range lines {
		kind, target, _ := strings.Cut(line, " ")
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s%s" Target="%s"/>`, i+1, relType, kind, target)
	}
	return b.String() + `</Relationships>`
}

// worksheet wraps rows into a worksheet; around may hold what stands before and behind sheetData, cut at "|".
func worksheet(rows, around string) string {
	first, last, _ := strings.Cut(around, "|")
	return xmlDecl + `<worksheet ` + nsMain + ` ` + nsRel + `>` + first + `<sheetData>` + rows + `</sheetData>` + last + `</worksheet>`
}

// bookParts are the parts of a workbook of one sheet, "Data", with the shared strings given.
func bookParts(sheet string, sst ...string) []part {
	items := ""
	for _, s := range sst {
		items += "<si>" + s + "</si>"
	}
	return []part{
		{name: "[Content_Types].xml", text: xmlDecl + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`},
		{name: "_rels/.rels", text: rels("officeDocument xl/workbook.xml")},
		{name: "xl/workbook.xml", text: xmlDecl + `<workbook ` + nsMain + ` ` + nsRel + `><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", text: rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "sharedStrings sharedStrings.xml")},
		{name: "xl/worksheets/sheet1.xml", text: sheet},
		{name: "xl/styles.xml", text: bookStyles},
		{name: "xl/sharedStrings.xml", text: xmlDecl + `<sst ` + nsMain + `>` + items + `</sst>`},
	}
}

// book is bookParts as a package.
func book(t testing.TB, sheet string, sst ...string) []byte {
	return pkg(t, bookParts(sheet, sst...)...)
}

// with gives parts with one replaced, added at the end, or (text "") left out.
func with(parts []part, name, text string) []part {
	var out []part
	found := false
	for _, p := range parts {
		if p.name == name {
			found = true
			if text == "" {
				continue
			}
			p.text = text
		}
		out = append(out, p)
	}
	if !found && text != "" {
		out = append(out, part{name: name, text: text})
	}
	return out
}

// bigSheet is a made register: rows of shared strings, numbers, dates and empty styled cells, as Excel writes them.
func bigSheet(rows, cols int) (sheet string, sst []string) {
	for i := range 5000 {
		sst = append(sst, fmt.Sprintf("<t>text number %d</t>", i))
	}
	var b strings.Builder
	b.WriteString(xmlDecl + `<worksheet ` + nsMain + ` ` + nsRel + `>`)
	fmt.Fprintf(&b, `<dimension ref="A1:%s"/><sheetData>`, CellName(rows, cols))
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(&b, `<row r="%d" spans="1:%d" x14ac:dyDescent="0.25">`, r, cols)
		for c := 1; c <= cols; c++ {
			ref := CellName(r, c)
			switch c % 4 {
			case 0:
				fmt.Fprintf(&b, `<c r="%s" s="1"><v>%d</v></c>`, ref, 45000+(r*c)%900)
			case 1, 3:
				fmt.Fprintf(&b, `<c r="%s" t="s"><v>%d</v></c>`, ref, (r*7+c*131)%len(sst))
			default:
				if (r+c)%3 == 0 {
					fmt.Fprintf(&b, `<c r="%s" s="2"/>`, ref)
				} else {
					fmt.Fprintf(&b, `<c r="%s"><v>%d.5</v></c>`, ref, (r*31+c)%1000)
				}
			}
		}
		b.WriteString("</row>")
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.String(), sst
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
