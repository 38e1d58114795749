package xlsx

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// features are what workbooks hold besides cells, by a part of the name that an entry of it has.
var features = map[string]string{
	"macros": "vbaproject.bin", "tables": "/tables/table", "pivot tables": "/pivottables/", "charts": "/charts/chart", "notes": "/comments", "threaded comments": "/threadedcomments/",
	"form controls": "/ctrlprops/", "ActiveX controls": "/activex/", "drawings": "/drawings/drawing", "links to other workbooks": "/externallinks/", "rich data": "/richdata/",
	"XML maps": "xmlmaps.xml", "query tables": "/querytables/", "chart sheets": "/chartsheets/", "dynamic arrays": "xl/metadata.xml",
}

// addFeatures takes up what a workbook that was proved holds; strict ones are known by the namespace of their main part.
func (p producers) addFeatures(t *testing.T, data []byte) {
	t.Helper()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range features {
		for _, e := range f.zip.entries {
			if strings.Contains(partKey(e.name), entry) {
				p.count("with "+name).proved++
				break
			}
		}
	}
	if main, err := f.zip.read(f.workbook); err == nil && bytes.Contains(main, []byte("purl.oclc.org/ooxml/spreadsheetml")) {
		p.count("strict").proved++
	}
}

// producers counts what became of workbooks, by the program that wrote them and what they hold.
type producers map[string]*struct{ proved, refused int }

func (p producers) add(data []byte, proved bool) {
	if proved {
		p.count(producer(data)).proved++
	} else {
		p.count(producer(data)).refused++
	}
}

func (p producers) count(name string) *struct{ proved, refused int } {
	if p[name] == nil {
		p[name] = new(struct{ proved, refused int })
	}
	return p[name]
}

// check prints the counts, and wants workbooks of each program that staff are likely to use, most of which are written.
func (p producers) check(t *testing.T) {
	t.Helper()
	for _, name := range sortedKeys(p) {
		fmt.Printf("corpus: %4d proved, %2d refused: %s\n", p[name].proved, p[name].refused, name)
	}
	for _, name := range []string{"Microsoft Excel", "Microsoft Macintosh Excel", "Microsoft Excel Online", "LibreOffice", "Google Sheets", "openpyxl", "Apache POI", "SheetJS", "WPS Spreadsheets"} {
		if n := p[name]; n == nil || n.proved == 0 || n.refused > n.proved/4 {
			t.Errorf("of the workbooks of %s, too few are proved: %+v", name, n)
		}
	}
	for name := range features {
		if p["with "+name] == nil {
			t.Errorf("no workbook with %s is proved", name)
		}
	}
	if p["strict"] == nil {
		t.Error("no strict workbook is proved")
	}
}

var (
	application = regexp.MustCompile(`<(?:\w+:)?Application>\s*([^<]*?)\s*<`)
	creator     = regexp.MustCompile(`creator>\s*([^<]*?)\s*<`)
	version     = regexp.MustCompile(`^([A-Za-z ]+?)(?:Dev)?/.*`)
)

// producer is the program that wrote a workbook, as far as its properties tell. openpyxl and others pretend to be Excel
// and name themselves as the author; Google Sheets leaves out the properties, and declares a namespace of Excel for Mac.
func producer(data []byte) string {
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		return "unknown (not a sound package)"
	}
	props := func(name string, of *regexp.Regexp) string {
		if e := a.byName[name]; e != nil {
			if part, err := a.read(e); err == nil {
				if m := of.FindSubmatch(part); m != nil {
					return string(m[1])
				}
			}
		}
		return ""
	}
	app, author := props("docprops/app.xml", application), props("docprops/core.xml", creator)
	switch {
	case strings.Contains(strings.ToLower(app+author), "openpyxl"):
		return "openpyxl"
	case strings.EqualFold(author, "Apache POI"):
		return author
	case app != "":
		return strings.Join(strings.Fields(version.ReplaceAllString(app, "$1")), " ")
	}
	if e := a.byName[sheetPart]; e != nil {
		if part, err := a.read(e); err == nil && bytes.Contains(part[:min(len(part), 2000)], []byte("office/mac/excel/2008/main")) {
			return "Google Sheets"
		}
	}
	return "unknown"
}
