package page

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

	"regcert/internal/batch"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// shape is which elements and attributes a browser finds on a page, and how often.
// The style and the script are ours and no markup.
func shape(t testing.TB, page string) string {
	t.Helper()
	page = strings.Replace(strings.Replace(page, styleText, "", 1), scriptText, "", 1)
	n := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			n[e.Name.Local]++
			for _, a := range e.Attr {
				n[e.Name.Local+" "+a.Name.Local]++
			}
		}
	}
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintln(&b, name, n[name])
	}
	return b.String()
}

// hostile puts s wherever text may come from workbooks, their names or the
// configuration.
func hostile(from *batch.Result, s string) *Report {
	r := *from
	owner := "The " + strings.ReplaceAll(line(s, 50), ":", "") // behind a colon stands what to do
	report := *r.Report
	report.Policy = s
	report.Findings = slices.Clone(report.Findings)
	for i := range report.Findings {
		f := &report.Findings[i]
		f.LearnerID, f.QualificationCode, f.Message, f.Action, f.Owner, f.Workbook, f.Sheet, f.Field = s, s, s, s, owner, s, s, s
		f.Rule, f.Clause = s, s
		if f.Snooze != nil {
			f.Snooze = &policy.Snooze{Until: f.Snooze.Until, By: s, Reason: s}
		}
	}
	report.Rows = slices.Clone(report.Rows)
	for i := range report.Rows {
		row := &report.Rows[i]
		sheet := *row.Record.Sheet
		sheet.Workbook, sheet.Name = s, s
		rec := *row.Record
		rec.Sheet = &sheet
		row.Record, row.NextAction = &rec, owner+": "+s
	}
	report.NotChecked = []policy.NotChecked{{Rule: "ASM-02", Reason: s}}
	r.Report = &report
	r.Workbooks = slices.Clone(r.Workbooks)
	for i := range r.Workbooks {
		w := &r.Workbooks[i]
		w.Path, w.Reason, w.Holder, w.Headless, w.Other, w.Remarks = s, "because "+s, s, []string{s}, []string{s, s}, []string{"remark " + s}
		for k := range w.Sheets {
			sheet := *w.Sheets[k]
			sheet.Name, sheet.Unknown = s, []string{s}
			w.Sheets = slices.Clone(w.Sheets)
			w.Sheets[k] = &sheet
		}
	}
	return &Report{Centre: s, Program: s, Result: &r, Failure: []string{s}}
}

// Nothing that stands in a cell, the name of a file or the configuration makes an
// element or an attribute of the page, runs, or turns a text round.
func FuzzHostile(f *testing.F) {
	for _, s := range []string{
		"L007", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</td></tr></table>", "</option></select><b>", "</style>", "</script>", "<!--", "]]>", "&lt;b&gt;", "{{.Title}}",
		"javascript:alert(1)", "a\r\nb", "\u202eevil\u2066\u2069\u200f", "\u2028\u2029\u0085\v\f", "\x00\x1b[31m", strings.Repeat("A", 40000), strings.Repeat(`"<&>'`, 9000), "\xff\xfe\xc0", strings.Repeat("e\u0301", 3000), "ß: ŉ: ", "",
	} {
		f.Add(s)
	}
	from := result(f)
	plain := map[bool]string{false: shape(f, rendered(f, hostile(from, "plain"))), true: shape(f, rendered(f, hostile(from, "")))}
	f.Fuzz(func(t *testing.T, s string) {
		page := rendered(t, hostile(from, s))
		if got, want := shape(t, page), plain[line(s, 40) == ""]; got != want {
			t.Errorf("%.60q changes the shape of the page from\n%s\nto\n%s", s, want, got)
		}
		for _, c := range page {
			if c == 0xfffd || c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 || c >= 0x200b && c <= 0x200f || c >= 0x2028 && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0xfeff {
				t.Fatalf("%.60q leaves %U on the page", s, c)
			}
		}
	})
}

// TestHostileIsWhole wants what hostile fills in to be on the page: the fuzz target
// would see nothing otherwise.
func TestHostileIsWhole(t *testing.T) {
	page := rendered(t, hostile(result(t), "XYZZY"))
	for what, want := range map[string]string{
		"an owner":     `<td class="o">The XYZZY</td>`,
		"a choice":     `<option>The XYZZY</option></select>`,
		"a register":   `data-book="XYZZY"`,
		"a reason":     "because XYZZY.",
		"a sheet":      "“XYZZY” is " + register.Enrolments.String(),
		"an unasked":   "<li>XYZZY: ASM-02</li>",
		"a failure":    "<pre>XYZZY\n</pre>",
		"the centre":   ", XYZZY</title>",
		"a troubled":   "<b>XYZZY</b> Not read: because XYZZY.",
		"a finding":    "<b>XYZZY.</b> XYZZY.",
		"where it is":  `<span class="w">XYZZY</span> XYZZY!`,
		"in reference": `<b>XYZZY</b> <span class="red">Read in part</span>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing: %s", what, want)
		}
	}
	if strings.Contains(page, "Olga") {
		t.Error("a name is on the page")
	}
}
