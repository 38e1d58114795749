package realparts

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// office is the spreadsheet program LibreOffice with a profile of its own.
type office struct{ program, profile string }

// settings make it work out every formula anew, whatever result is stored.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
`

func newOffice(t *testing.T) office {
	t.Helper()
	o := office{program(t, "soffice", "libreoffice"), t.TempDir()}
	check(t, os.Mkdir(filepath.Join(o.profile, "user"), 0o755))
	writeFile(t, filepath.Join(o.profile, "user", "registrymodifications.xcu"), []byte(settings))
	return o
}

// open has the program open workbooks and save them again, and returns the
// paths of what it saved by those of the workbooks.
func (o office) open(t *testing.T, workbooks ...string) map[string]string {
	t.Helper()
	in, out := t.TempDir(), t.TempDir()
	saved := map[string]string{}
	args := []string{"--headless", "--norestore", "-env:UserInstallation=file://" + filepath.ToSlash(o.profile), "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out}
	for i, w := range workbooks { // of the same name, some of them
		name := string(rune('a'+i/26)) + string(rune('a'+i%26)) + "-" + filepath.Base(w)
		copyFile(t, w, filepath.Join(in, name))
		args = append(args, filepath.Join(in, name))
		saved[w] = filepath.Join(out, name)
	}
	printed, err := start(t, 2*time.Minute, o.program, args...)
	for w, path := range saved {
		if _, missing := os.Stat(path); missing != nil {
			t.Fatalf("%s was not opened: %v\n%s", w, err, printed)
		}
	}
	return saved
}

// TestSpreadsheetProgram has LibreOffice open each workbook before and after
// regcert wrote into it: workbooks as other programs save them, and the same
// ones as LibreOffice saves them.
func TestSpreadsheetProgram(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	samples := sampleWorkbooks(t)
	odd, bare := oddWorkbooks(t)
	leftAlone(t, bare)
	first := program.open(t, slices.Concat(samples, odd, []string{bare})...)

	type trial struct {
		name    string
		before  []string // workbooks
		treated centre
		report  report
	}
	trials := []*trial{
		{name: "samples", before: samples},
		{name: "odd", before: odd},
		{name: "samples of LibreOffice", before: renamed(t, samples, first)},
		{name: "odd of LibreOffice", before: renamed(t, append(odd, bare), first)},
	}
	var again []string
	for _, tr := range trials {
		tr.treated = newCentre(t, tr.before)
		tr.report = tr.treated.run(t)
		for _, path := range tr.before {
			if first[path] == "" {
				again = append(again, path)
			}
			again = append(again, tr.treated.workbook(filepath.Base(path)))
		}
	}
	opened := program.open(t, again...)
	for before, saved := range first {
		opened[before] = saved
	}
	for _, tr := range trials {
		for _, before := range tr.before {
			name := filepath.Base(before)
			t.Run(tr.name+"/"+name, func(t *testing.T) {
				c := comparison{
					before: openBook(t, opened[before]),
					after:  openBook(t, opened[tr.treated.workbook(name)]),
					report: tr.report.of("sample-workbooks/" + name),
				}
				c.othersStay(t)
				c.answersStand(t)
				c.partsStay(t, opened[before], opened[tr.treated.workbook(name)])
				c.summaryCounts(t)
				if name == "totals.xlsx" {
					tableGrew(t, c.after)
				}
			})
		}
	}
}

// leftAlone wants a workbook without styles to be left as it is, with the
// advice to save it with a spreadsheet program.
func leftAlone(t *testing.T, workbook string) {
	t.Helper()
	c := newCentre(t, []string{workbook})
	got := c.runTo(t, 3).Workbooks[0]
	if got.Outcome != "read-only" || !strings.Contains(got.Reason, "no styles") || !strings.Contains(got.Reason, "save it") {
		t.Errorf("%s is %s: %s", got.Path, got.Outcome, got.Reason)
	}
	if !bytes.Equal(readFile(t, c.workbook(filepath.Base(workbook))), readFile(t, workbook)) {
		t.Errorf("%s was changed", got.Path)
	}
}

// renamed copies what LibreOffice saved under the names that the workbooks had.
func renamed(t *testing.T, workbooks []string, saved map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, w := range workbooks {
		path := filepath.Join(dir, filepath.Base(w))
		copyFile(t, saved[w], path)
		paths = append(paths, path)
	}
	return paths
}

func openBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	book, err := excelize.OpenFile(path)
	check(t, err)
	t.Cleanup(func() { book.Close() })
	return book
}

// tableGrew wants the table of totals.xlsx to reach over the added columns and
// the totals row.
func tableGrew(t *testing.T, book *excelize.File) {
	t.Helper()
	tables, err := book.GetTables("Enrolments")
	check(t, err)
	if len(tables) != 1 || tables[0].Name != "Learners" || tables[0].Range != "A1:L5" {
		t.Errorf("the tables are %+v, want Learners on A1:L5", tables)
	}
	if total, err := book.GetCellValue("Enrolments", "H5"); err != nil || total != "1" {
		t.Errorf("the totals row counts %q, %v, want 1", total, err)
	}
}

// of is the part of the report that speaks of a workbook.
func (r report) of(path string) report {
	var of report
	for _, w := range r.Workbooks {
		if w.Path == path {
			of.Workbooks = append(of.Workbooks, w)
		}
	}
	for _, row := range r.Rows {
		if row.Workbook == path {
			of.Rows = append(of.Rows, row)
		}
	}
	for _, f := range r.Findings {
		if f.Workbook == path {
			of.Findings = append(of.Findings, f)
		}
	}
	return of
}
