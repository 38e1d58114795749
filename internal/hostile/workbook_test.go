package hostile

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
)

// The names that parts and namespaces have.
const (
	mainSpace = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relsSpace = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	relType   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

	workbookPart = "xl/workbook.xml"
	sheetPart    = "xl/worksheets/sheet1.xml"
	stringsPart  = "xl/sharedStrings.xml"
	stylesPart   = "xl/styles.xml"
)

// writeText writes the content of a part, however long, without holding it.
type writeText func(w *bufio.Writer)

// text is a part that is short enough to be held.
func text(s string) writeText {
	return func(w *bufio.Writer) { w.WriteString(s) }
}

// repeated is a part of a beginning, a piece that stands there n times, and an end.
func repeated(first, piece string, n int, last string) writeText {
	return func(w *bufio.Writer) {
		w.WriteString(first)
		for range n {
			w.WriteString(piece)
		}
		w.WriteString(last)
	}
}

// noise writes n bytes of which one in every some cannot be compressed: it unpacks to nearly that many times its size.
func noise(n, every int) writeText {
	return func(w *bufio.Writer) {
		r := rand.New(rand.NewPCG(1, 2))
		const run = 64
		for at := 0; at < n; at += run * every {
			for range run {
				w.WriteByte(byte(r.Uint32()))
			}
			for range min(run*(every-1), n-at-run) {
				w.WriteByte(0)
			}
		}
	}
}

// workbook is a package by its parts; each takes the place of the part of that name that every workbook has.
type workbook map[string]writeText

// write makes the file, parts that are named in stored as they are.
func (b workbook) write(t *testing.T, stored ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "register.xlsx")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	put := func(name string, content writeText) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		for _, s := range stored {
			if s == name {
				h.Method = zip.Store
			}
		}
		out, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriterSize(out, 1<<16)
		content(w)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range usual {
		content := b[name]
		if content == nil {
			content = text(usualText[name])
		}
		put(name, content)
	}
	for name, content := range b {
		if _, ok := usualText[name]; !ok {
			put(name, content)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	settle(t, path)
	return path
}

// settle makes a file an old one: what has only just come may be incomplete still, and is then deferred, not refused.
func settle(t *testing.T, path string) {
	t.Helper()
	old := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

// usual are the parts of every workbook, in their order.
var usual = []string{"[Content_Types].xml", "_rels/.rels", workbookPart, "xl/_rels/workbook.xml.rels", sheetPart, stylesPart, stringsPart}

var usualText = map[string]string{
	"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
	"_rels/.rels":                rels("officeDocument xl/workbook.xml"),
	workbookPart:                 `<workbook` + mainSpace + `><sheets><sheet name="Enrolments" sheetId="1" r:id="rId1"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "sharedStrings sharedStrings.xml"),
	sheetPart:                    sheetOpen + headings + sheetShut,
	stylesPart: `<styleSheet` + mainSpace + `><fonts count="1"><font/></fonts><fills count="2"><fill/><fill/></fills><borders count="1"><border/></borders>` +
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	stringsPart: `<sst` + mainSpace + `><si><t>Learner ID</t></si></sst>`,
}

func rels(lines ...string) string {
	var b strings.Builder
	b.WriteString(relsSpace)
	for i, line := range lines {
		kind, target, _ := strings.Cut(line, " ")
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s%s" Target="%s"/>`, i+1, relType, kind, target)
	}
	return b.String() + `</Relationships>`
}

// A worksheet around its rows, and the header row of a register of enrolments.
const (
	sheetOpen = `<worksheet` + mainSpace + `><sheetData>`
	sheetShut = `</sheetData></worksheet>`
)

var headings = row(1, "Learner ID", "Legal First Name", "Legal Last Name", "Date of Birth", "Qualification Code", "Course Start", "Course End")

// row is a row of inline strings.
func row(num int, texts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, num)
	for _, s := range texts {
		fmt.Fprintf(&b, `<c t="inlineStr"><is><t>%s</t></is></c>`, s)
	}
	return b.String() + `</row>`
}
