package cli

import (
	"bytes"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestHostileValues guards that what stands in a cell, and by a rule of the centre's
// own in a message, is text and nothing else: in the workbook, in the action list,
// in the email with its headers, and on the terminal.
func TestHostileValues(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const hostile = `=1+1 <script>a(1)</script> {{.X}} {due}`
	book := excelize.NewFile()
	for i, cell := range []string{"Learner ID", "Qualification Code", "Course Start", "Late Reason"} {
		for row, text := range []string{cell, []string{"L001", "Q/1", "2026-03-30", hostile + "\r\nBcc: all@x\u202e"}[i]} {
			ref, err := excelize.CoordinatesToCellName(i+1, row+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.SetCellStr("Sheet1", ref, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SetSheetName("Sheet1", "Enrolments"); err != nil {
		t.Fatal(err)
	}
	data, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	put("a.xlsx", data.Bytes())
	put("config.yaml", []byte(`workbooks: [{path: a.xlsx}]
recipients: [{name: All, email: all@centre.example, sections: all}]
rules:
  - {id: X-01, sheet: Enrolments, when: not is_empty(late_reason), severity: overdue, owner: Tutor, title: Something, message: "{Late Reason}", due: {from: Course Start, after: 1 day}}
`))
	regcert := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		streams := Streams{Out: &out, Err: &out, Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, time.May, 11, 9, 0, 0, 0, time.UTC) }}
		if code := Main(t.Context(), append(args, "--config", filepath.Join(dir, "config.yaml")), streams); code != want {
			t.Fatalf("regcert %q: exit code %d, want %d:\n%s", args, code, want, &out)
		}
		return out.String()
	}
	if out := regcert(1, "check"); !strings.Contains(out, `Bcc: all`) || strings.ContainsAny(out, "\u202e\r") || strings.Contains(out, "\nBcc") {
		t.Errorf("the terminal gets %q", out)
	}
	regcert(0, "run")
	regcert(0, "report", filepath.Join(dir, "actions.xlsx"))
	for _, name := range []string{"a.xlsx", "actions.xlsx"} {
		file, err := excelize.OpenFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		found := 0
		sheet := file.GetSheetName(0)
		rows, err := file.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				ref, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := file.GetCellFormula(sheet, ref); err != nil || formula != "" {
					t.Errorf("%s: %s is the formula %q (%v)", name, ref, formula, err)
				}
				if strings.Contains(text, "<script>") {
					found++
				}
			}
		}
		if found < 2 {
			t.Errorf("%s: %d cells say what the rule has found", name, found)
		}
	}
	regcert(0, "digest", "--preview", filepath.Join(dir, "preview"))
	html, err := os.ReadFile(filepath.Join(dir, "preview", "all.html"))
	if err != nil || !bytes.Contains(html, []byte("&lt;script&gt;a(1)")) || bytes.Contains(html, []byte("<script")) || !bytes.Contains(html, []byte("{{.X}} {due}")) {
		t.Errorf("the email's HTML is wrong (%v):\n%s", err, html)
	}
	eml, err := os.ReadFile(filepath.Join(dir, "preview", "all.eml"))
	if err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(bytes.NewReader(eml))
	if err != nil || message.Header.Get("Bcc") != "" || strings.Contains(message.Header.Get("Subject"), "script") {
		t.Errorf("the email's header is %v (%v)", message, err)
	}
}
