package xlsx

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// producers counts what became of workbooks, by the program that wrote them.
type producers map[string]*struct{ proved, refused int }

func (p producers) add(data []byte, proved bool) {
	name := producer(data)
	if p[name] == nil {
		p[name] = new(struct{ proved, refused int })
	}
	if proved {
		p[name].proved++
	} else {
		p[name].refused++
	}
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
