package evidence

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/store"
)

// seen is what a browser makes of a page.
type seen struct {
	elements map[string]int // elements, and their attributes
	tables   []int          // how many rows each has
	texts    []string
}

func walk(t testing.TB, page []byte) seen {
	t.Helper()
	s := seen{elements: map[string]int{}}
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return s
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			s.elements[token.Name.Local]++
			for _, a := range token.Attr {
				s.elements[token.Name.Local+" "+a.Name.Local]++
			}
			switch token.Name.Local {
			case "table":
				s.tables = append(s.tables, 0)
			case "tr":
				s.tables[len(s.tables)-1]++
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" {
				s.texts = append(s.texts, text)
			}
		}
	}
}

func (s seen) shape() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.elements)) {
		fmt.Fprintln(&b, name, s.elements[name])
	}
	return b.String()
}

// hostile puts s wherever text may come from workbooks, their names or the
// configuration.
func hostile(s string) *Record {
	r := record()
	r.Centre, r.Program = s, s
	for i := range r.Runs {
		run := &r.Runs[i]
		run.Policy, run.Trigger, run.Program = s, s, s
		for k := range run.Workbooks {
			w := &run.Workbooks[k]
			w.Path, w.Reason, w.Before = s, s, s
			if w.Outcome != "context" {
				w.Outcome = s
			}
		}
	}
	for _, l := range r.Lives {
		l.LearnerID, l.QualificationCode, l.UnitCode, l.Rule, l.Clause, l.Owner, l.Workbook, l.Sheet = s, s, s, s, s, s, s, s
	}
	for i := range r.Messages {
		m := &r.Messages[i]
		m.Job, m.Slot, m.Name, m.State = s, s, s, store.State(s)
	}
	return r
}

// Nothing that stands in a cell, the name of a file or the configuration makes an
// element or an attribute of the page, a formula in the workbook, or a text that
// turns round or hides.
func FuzzHostileRecord(f *testing.F) {
	for _, s := range []string{
		"L007", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</td></tr></table>", "<!--", "]]>", "&lt;b&gt;", "{{.Title}}", "a\r\nb", "\u202eevil\u2066\u2069\u200f",
		"\u2028\u2029\u0085\v\f", "\x00\x1b[31m", "=cmd|' /C calc'!A0", "=1+1", "+1", "@SUM(A1)", "'=1", "_x0041_", "_x0041_x0042_", strings.Repeat("A", 40000), strings.Repeat(`"<&>'`, 9000), "\xff\xfe\xc0", strings.Repeat("e\u0301", 3000), "context", "",
	} {
		f.Add(s)
	}
	plain := walk(f, pack(f, hostile("plain"))[Page]).shape()
	f.Fuzz(func(t *testing.T, s string) {
		if s == "context" {
			return // such workbooks are not listed
		}
		r := hostile(s)
		files := pack(t, r)
		page := walk(t, files[Page])
		if got := page.shape(); got != plain {
			t.Errorf("%.60q changes the shape of the page from\n%s\nto\n%s", s, plain, got)
		}
		for _, c := range string(files[Page]) {
			if c == 0xfffd || c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 || c >= 0x200b && c <= 0x200f || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0xfeff {
				t.Fatalf("%.60q leaves %U on the page", s, c)
			}
		}
		book, err := excelize.OpenReader(bytes.NewReader(files[Workbook]))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		for _, sheet := range r.book().Sheets {
			got, err := book.GetRows(sheet.Name)
			if err != nil {
				t.Fatal(err)
			}
			top := len(got) - len(sheet.Rows)
			for i, row := range sheet.Rows {
				for k, c := range row {
					if k < len(got[top+i]) && got[top+i][k] != c.String() || k >= len(got[top+i]) && c.String() != "" {
						t.Fatalf("%.60q: %s has %.60q in row %d, want %.60q", s, sheet.Name, got[top+i], i, c)
					}
					ref, err := excelize.CoordinatesToCellName(k+1, top+i+1)
					if err != nil {
						t.Fatal(err)
					}
					if formula, err := book.GetCellFormula(sheet.Name, ref); err != nil || formula != "" {
						t.Fatalf("%.60q is the formula %q, %v", s, formula, err)
					}
				}
			}
		}
	})
}
