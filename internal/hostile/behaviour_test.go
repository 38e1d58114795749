package hostile

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestNothingIsFetched: wherever a workbook points, nobody is asked for anything.
func TestNothingIsFetched(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	away := func(kinds ...string) writeText {
		var b strings.Builder
		for i, kind := range kinds {
			fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s%s" Target="%s/%[2]s" TargetMode="External"/>`, i+1, relType, kind, server.URL)
		}
		return text(relsSpace + b.String() + `</Relationships>`)
	}
	linked := workbook{
		sheetPart: text(sheetOpen + headings + `<row r="2"><c><f>WEBSERVICE("` + server.URL + `")</f><v>1</v></c><c t="inlineStr"><is><t>` + server.URL + `</t></is></c></row></sheetData>` +
			`<hyperlinks><hyperlink ref="A2" r:id="rId1"/></hyperlinks></worksheet>`),
		"xl/worksheets/_rels/sheet1.xml.rels":           away("hyperlink", "image", "table", "oleObject"),
		"xl/externalLinks/externalLink1.xml":            text(`<externalLink` + mainSpace + `><externalBook r:id="rId1"/></externalLink>`),
		"xl/externalLinks/_rels/externalLink1.xml.rels": away("externalLinkPath"),
		"xl/connections.xml":                            text(`<connections` + mainSpace + `><connection id="1" type="4" refreshOnLoad="1"><webPr url="` + server.URL + `"/></connection></connections>`),
	}
	if got := check(t, linked.write(t)); got.problem(seconds) != "" || got.code == 3 {
		t.Errorf("exit code %d: %s\n%s", got.code, got.problem(seconds), got.stdout)
	}
	defined := workbook{stringsPart: text(`<!DOCTYPE sst [<!ENTITY a SYSTEM "` + server.URL + `">]><sst` + mainSpace + `><si><t>&a;</t></si></sst>`)}
	if got := check(t, defined.write(t)); got.code != 3 || !strings.Contains(got.stdout, "document type declaration") {
		t.Errorf("exit code %d\n%s", got.code, got.stdout)
	}
	all := workbook{"_rels/.rels": away("officeDocument")}
	if got := check(t, all.write(t)); got.code != 3 || !strings.Contains(got.stdout, "no workbook") {
		t.Errorf("exit code %d\n%s", got.code, got.stdout)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}

// TestOutputIsSafe: what a workbook holds cannot command the terminal that its names and texts are shown on, in whatever
// way they are shown.
func TestOutputIsSafe(t *testing.T) {
	const evil = "a&#27;]0;owned&#7;b_x001B_[31mc&#x202E;&#155;31m"
	sheets := func(name string) writeText {
		return text(`<workbook` + mainSpace + `><sheets><sheet name="` + name + `" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	}
	for name, book := range map[string]workbook{
		"cells": {sheetPart: text(sheetOpen + row(1, "Learner ID", "Qualification Code", "Course Start", "Legal First Name", evil) +
			row(2, evil, evil, evil, evil) + row(3, evil, evil, evil, evil) + sheetShut)},
		"name of a sheet":              {workbookPart: sheets(evil)},
		"name of a sheet that is bad":  {workbookPart: sheets(evil), sheetPart: text(`<worksheet` + mainSpace + `>`)},
		"name of a sheet, no headings": {workbookPart: sheets(" Enrolments&#27;[31m "), sheetPart: text(sheetOpen + sheetShut)},
		"name of a part":               {"xl/\x1b[31m": text("")},
		"target":                       {"_rels/.rels": text(rels("officeDocument xl/&#27;[31m&#10;.xml"))},
		"encoding":                     {stylesPart: text("<?xml version='1.0' encoding='\x1b[31m'?><styleSheet/>")},
		"entity":                       {stringsPart: text(`<sst` + mainSpace + ">\x1b[31m<si><t>&\x1b[31m;</t></si></sst>")},
		"tag":                          {stringsPart: text(`<sst` + mainSpace + "></\x1b[31m></sst>")},
		"type of a cell":               {sheetPart: text(sheetOpen + "<row><c t='\x1b[31m'/></row>" + sheetShut)},
	} {
		got := check(t, book.write(t), "--verbose", "--no-color")
		if problem := got.problem(seconds); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
		if i := strings.IndexFunc(got.stdout+got.stderr, commands); i >= 0 {
			t.Errorf("%s: %.200q", name, (got.stdout + got.stderr)[max(0, i-100):])
		}
	}
}

// commands reports whether a terminal might take the character for a command, or show what follows it elsewhere.
func commands(r rune) bool {
	return r < ' ' && r != '\n' || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}
