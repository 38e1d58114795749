package realparts

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"regcert/internal/cli"
	"regcert/internal/encrypted"
)

const password = "Höflich bitten 🔑"

// saving is one thing for LibreOffice to do: open a workbook with a password,
// and save it with another one. An empty password is none.
type saving struct{ from, opening, to, closing string }

// basic is the program that does it, in LibreOffice's own language.
const basic = `
Sub Save(source, opening, target, closing)
	On Error Goto Failed
	Dim how(1) As New com.sun.star.beans.PropertyValue
	how(0).Name = "Hidden" : how(0).Value = True
	If opening <> "" Then
		how(1).Name = "Password" : how(1).Value = opening
	End If
	book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, how())
	Dim so(1) As New com.sun.star.beans.PropertyValue
	so(0).Name = "FilterName" : so(0).Value = "Calc MS Excel 2007 XML"
	If closing <> "" Then
		Dim data(1) As New com.sun.star.beans.NamedValue
		data(0).Name = "CryptoType" : data(0).Value = "Standard"
		data(1).Name = "OOXPassword" : data(1).Value = closing
		so(1).Name = "EncryptionData" : so(1).Value = CreateUnoValue("[]com.sun.star.beans.NamedValue", data())
	End If
	book.storeToURL(ConvertToURL(target), so())
	book.close(True)
Failed:
End Sub
`

// save has the program open workbooks and save them. What it cannot open it
// does not save.
func (o office) save(t *testing.T, list ...saving) {
	t.Helper()
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(o.profile)
	module := filepath.Join(o.profile, "user", "basic", "Standard", "Module1.xba")
	if _, err := os.Stat(module); err != nil { // it is made by the first start, and would be made over
		printed, err := start(t, time.Minute, o.program, "--headless", "--norestore", profile, "--terminate_after_init")
		if _, missing := os.Stat(module); missing != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
	}
	var code, escaped bytes.Buffer
	code.WriteString(basic + "\nSub Main\n")
	for _, s := range list {
		fmt.Fprintf(&code, "Save(\"%s\", \"%s\", \"%s\", \"%s\")\n", s.from, s.opening, s.to, s.closing)
	}
	code.WriteString("StarDesktop.terminate()\nEnd Sub\n")
	check(t, xml.EscapeText(&escaped, code.Bytes()))
	writeFile(t, module, []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">`+escaped.String()+`</script:module>`))
	if printed, err := start(t, 2*time.Minute, o.program, "--headless", "--norestore", profile, "macro:///Standard.Module1.Main"); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
}

// TestSpreadsheetProgramAndPasswords: workbooks that other programs have
// encrypted are written, and LibreOffice opens them with their password, and
// only with it.
func TestSpreadsheetProgramAndPasswords(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	dir := t.TempDir()
	path := func(folder, workbook string) string {
		check(t, os.MkdirAll(filepath.Join(dir, folder), 0o755))
		return filepath.Join(dir, folder, filepath.Base(workbook))
	}
	var first, second []saving
	ours, theirs := []string{}, []string{}
	for _, w := range sampleWorkbooks(t) {
		w, err := filepath.Abs(w)
		check(t, err)
		first = append(first, saving{w, "", path("before", w), ""}, saving{w, "", path("libreoffice", w), password})
		data, err := excelize.Encrypt(readFile(t, w), &excelize.Options{Password: password})
		check(t, err)
		writeFile(t, path("excelize", w), data)
		ours, theirs = append(ours, path("excelize", w)), append(theirs, path("libreoffice", w))
	}
	program.save(t, first...)

	centres := map[string]centre{"excelize": newCentre(t, ours), "libreoffice": newCentre(t, theirs)}
	reports := map[string]report{}
	for name, c := range centres {
		reports[name] = c.runWithPassword(t)
		c.wantNothingInTheClear(t)
		for _, s := range first {
			w := filepath.Base(s.from)
			second = append(second, saving{c.workbook(w), password, path("after-"+name, w), ""},
				saving{c.workbook(w), "", path("without", w), ""}, saving{c.workbook(w), strings.ToLower(password), path("wrong", w), ""})
		}
	}
	program.save(t, second...)
	for _, refused := range []string{"without", "wrong"} {
		if list, err := os.ReadDir(filepath.Join(dir, refused)); err != nil || len(list) > 0 {
			t.Errorf("with the password %s, %v were opened (%v)", refused, list, err)
		}
	}
	for name, r := range reports {
		for _, s := range first {
			if s.closing != "" {
				continue
			}
			w := filepath.Base(s.from)
			t.Run(name+"/"+w, func(t *testing.T) {
				c := comparison{before: openBook(t, path("before", w)), after: openBook(t, path("after-"+name, w)), report: r.of("sample-workbooks/" + w)}
				c.othersStay(t)
				c.answersStand(t)
				c.partsStay(t, path("before", w), path("after-"+name, w))
				c.summaryCounts(t)
			})
		}
	}
}

// runWithPassword runs regcert with the password in the environment, twice: the
// second time there is nothing to write.
func (c centre) runWithPassword(t *testing.T) report {
	t.Helper()
	file := filepath.Join(string(c), "config.yaml")
	commented := regexp.MustCompile(`# password_env: REGISTER_PASSWORD.*`)
	config := readFile(t, file)
	if len(commented.FindAll(config, -1)) != 1 {
		t.Fatal("config.yaml has no example of a workbook's password")
	}
	writeFile(t, file, commented.ReplaceAll(config, []byte("password_env: REGISTER_PASSWORD")))
	run := func(outcome string) report {
		var out, errs bytes.Buffer
		code := cli.Main(t.Context(), []string{"run", "--format", "json", "--verbose", "--config", file, "--as-of", asOf}, cli.Streams{
			Out: &out, Err: &errs,
			Getenv: func(name string) string { return map[string]string{"REGISTER_PASSWORD": password}[name] },
			Now:    func() time.Time { return time.Date(2026, time.May, 11, 7, 5, 0, 0, time.UTC) },
		})
		var r report
		if err := json.Unmarshal(out.Bytes(), &r); err != nil || code != 0 {
			t.Fatalf("exit code %d, %v\n%s", code, err, errs.Bytes())
		}
		for _, w := range r.Workbooks {
			if w.Outcome != outcome {
				t.Errorf("%s is %s, not %s: %s", w.Path, w.Outcome, outcome, w.Reason)
			}
		}
		if strings.Contains(out.String()+errs.String(), password) {
			t.Error("the password was printed")
		}
		return r
	}
	r := run("written")
	run("unchanged")
	return r
}

// wantNothingInTheClear wants neither the password nor a part of a workbook in
// any file of the centre: not in the workbooks, their copies, the state.
func (c centre) wantNothingInTheClear(t *testing.T) {
	t.Helper()
	var wide []byte
	for _, u := range utf16.Encode([]rune(password)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	sealed := 0
	check(t, filepath.WalkDir(string(c), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data := readFile(t, path)
		for _, secret := range [][]byte{[]byte(password), wide, []byte("[Content_Types].xml"), []byte("PK\x03\x04")} {
			if bytes.Contains(data, secret) {
				t.Errorf("%s holds %.20q", path, secret)
			}
		}
		if p, err := encrypted.Open(data, password); err == nil && len(p.Content) > 0 {
			sealed++
		}
		return nil
	}))
	if sealed < 2*len(sampleWorkbooks(t)) {
		t.Errorf("%d workbooks and copies are encrypted", sealed)
	}
}
