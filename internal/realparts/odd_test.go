package realparts

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/register/registertest"
)

// oddTables are registers of a few learners each, in workbooks that differ
// from the samples in one thing.
const oddTables = `
	== totals.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Submitted to AIM
	T001 | Ada | Archer | 2000-01-02 | 610/9112/4 | 2026-03-30 | 2026-06-30 |
	T002 | Bea | Baker  | 2001-03-04 | 610/9112/4 | 2026-03-30 | 2026-06-30 | 2026-04-20
	T003 | Cy  | Carter | 2002-05-06 | 610/9112/4 | 2026-04-27 | 2026-12-18 |
	== epoch.xlsx 1904
	-- Enrolments @3
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Submitted to AIM
	E001 | Dan | Dyer  | 2000-01-02 | 610/9112/4 | 2026-03-30 | 2026-06-30 | 2026-05-08
	E002 | Eve | Evans | 1999-12-31 | 610/9112/4 | 2026-04-27 | 2026-12-18 |
	-- Withdrawals
	Learner ID | Qualification Code | Withdrawn On | Reason
	E002 | 610/9112/4 | 2026-05-05 | moved away
	== inline.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Submitted to AIM
	B001 | Fay | Fox & Co | 02/01/2000 | 610/9112/4 | 30/03/2026 | 30/06/2026 |
	B002 | Gus | <Gray>   | 02/01/2000 | 610/9112/4 | 27/04/2026 | 18/12/2026 | 7 May 2026

	== bare.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
	N001 | Hal | Hill | 02/01/2000 | 610/9112/4 | 30/03/2026 | 30/06/2026
`

// oddWorkbooks makes the workbooks of oddTables in a folder: totals.xlsx has
// a table with a totals row that has to grow, epoch.xlsx counts days from
// 1904, inline.xlsx has no shared strings, and bare.xlsx, which stands apart
// as regcert does not write into it, has no styles either.
func oddWorkbooks(t *testing.T) (odd []string, noStyles string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range registertest.Files(t, oddTables) {
		path := filepath.Join(dir, f.Name)
		switch f.Name {
		case "totals.xlsx":
			f.Data = withTotals(t, f.Data)
		case "inline.xlsx":
			f.Data = bare(t, f.Data, true)
		case "bare.xlsx":
			f.Data = bare(t, f.Data, false)
			noStyles = path
		}
		writeFile(t, path, f.Data)
		if path != noStyles {
			odd = append(odd, path)
		}
	}
	return odd, noStyles
}

// tables makes the workbooks that a text describes, and returns their paths.
func tables(t *testing.T, text string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, f := range registertest.Files(t, text) {
		paths = append(paths, filepath.Join(dir, f.Name))
		writeFile(t, paths[len(paths)-1], f.Data)
	}
	return paths
}

// withTotals makes an Excel table of the cells of the first sheet, and puts a
// totals row below them (ECMA-376 Part 1, 18.5.1.2).
func withTotals(t *testing.T, data []byte) []byte {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	check(t, err)
	defer book.Close()
	check(t, book.AddTable("Enrolments", &excelize.Table{Range: "A1:H4", Name: "Learners", StyleName: "TableStyleMedium2"}))
	check(t, book.SetCellStr("Enrolments", "A5", "Total"))
	check(t, book.SetCellFormula("Enrolments", "H5", "SUBTOTAL(103,Learners[Submitted to AIM])"))
	made, err := book.WriteToBuffer()
	check(t, err)
	return repack(t, made.Bytes(), func(name, text string) string {
		if name != "xl/tables/table1.xml" {
			return text
		}
		for _, change := range [][2]string{
			{`name="Learners"`, `name="Learners" totalsRowCount="1"`},
			{`displayName="Learners" ref="A1:H4"`, `displayName="Learners" ref="A1:H5"`}, // the table's, the filter's stays
			{`name="Learner ID"`, `name="Learner ID" totalsRowLabel="Total"`},
			{`name="Submitted to AIM"`, `name="Submitted to AIM" totalsRowFunction="count"`},
		} {
			if !strings.Contains(text, change[0]) {
				t.Fatalf("%s has no %s:\n%s", name, change[0], text)
			}
			text = strings.Replace(text, change[0], change[1], 1)
		}
		return text
	})
}

// bare makes a workbook with the cells of the first sheet of another, as a
// program does that writes only what it must (ECMA-376 Part 1, 12.3.23 and
// 12.3.24: workbook and worksheet are all that is required): texts stand in
// their cells. With styles, there is the smallest part of them.
func bare(t *testing.T, data []byte, styles bool) []byte {
	t.Helper()
	const (
		head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
		main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		rel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		pack = "http://schemas.openxmlformats.org/package/2006/"
		ml   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	book, err := excelize.OpenReader(bytes.NewReader(data))
	check(t, err)
	defer book.Close()
	rows, err := book.GetRows("Enrolments")
	check(t, err)
	var cells strings.Builder
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for i, row := range rows {
		fmt.Fprintf(&cells, `<row r="%d">`, i+1)
		for j, text := range row {
			if text != "" {
				fmt.Fprintf(&cells, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+j, i+1, escape.Replace(text))
			}
		}
		cells.WriteString(`</row>`)
	}
	stylesType, stylesRel, stylesPart := "", "", ""
	if styles {
		stylesType = `<Override PartName="/xl/styles.xml" ContentType="` + ml + `styles+xml"/>`
		stylesRel = `<Relationship Id="b" Type="` + rel + `/styles" Target="styles.xml"/>`
		stylesPart = `<styleSheet ` + main + `><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellXfs><xf/></cellXfs></styleSheet>`
	}
	var made bytes.Buffer
	out := zip.NewWriter(&made)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + pack + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + ml + `sheet.main+xml"/><Override PartName="/xl/sheet.xml" ContentType="` + ml + `worksheet+xml"/>` + stylesType + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pack + `relationships"><Relationship Id="a" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + rel + `"><sheets><sheet name="Enrolments" sheetId="1" r:id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pack + `relationships"><Relationship Id="a" Type="` + rel + `/worksheet" Target="sheet.xml"/>` + stylesRel + `</Relationships>`},
		{"xl/sheet.xml", `<worksheet ` + main + `><sheetData>` + cells.String() + `</sheetData></worksheet>`},
		{"xl/styles.xml", stylesPart},
	} {
		if part[1] == "" {
			continue
		}
		w, err := out.Create(part[0])
		check(t, err)
		_, err = io.WriteString(w, head+part[1])
		check(t, err)
	}
	check(t, out.Close())
	return made.Bytes()
}

// repack writes a package anew with some of its parts changed.
func repack(t *testing.T, data []byte, change func(name, text string) string) []byte {
	t.Helper()
	var made bytes.Buffer
	out := zip.NewWriter(&made)
	in := entries(t, data)
	for _, name := range in.names {
		w, err := out.Create(name)
		check(t, err)
		_, err = io.WriteString(w, change(name, string(in.content[name])))
		check(t, err)
	}
	check(t, out.Close())
	return made.Bytes()
}

// pkg is an unpacked package.
type pkg struct {
	names   []string // of its entries, in their order
	content map[string][]byte
}

func entries(t *testing.T, data []byte) pkg {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	p := pkg{content: map[string][]byte{}}
	for _, e := range z.File {
		r, err := e.Open()
		check(t, err)
		p.content[e.Name], err = io.ReadAll(r)
		check(t, err)
		check(t, r.Close())
		p.names = append(p.names, e.Name)
	}
	return p
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
