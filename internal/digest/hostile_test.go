package digest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// hostile puts s wherever text of a workbook or its name goes. The report is
// short, so that the longest texts do not cut it.
func hostile(t testing.TB, from *Input, s string) *Input {
	in := *from
	report := *in.Report
	report.Findings = nil
	for i := 0; i < len(in.Report.Findings); i += 4 {
		f := in.Report.Findings[i]
		f.LearnerID, f.QualificationCode, f.Message, f.Action, f.Owner = s, s, s, s, s
		if f.Workbook != "" {
			f.Workbook, f.Sheet = s, s
		}
		if f.Snooze != nil {
			f.Snooze = &policy.Snooze{Until: f.Snooze.Until, By: s, Reason: s}
		}
		report.Findings = append(report.Findings, f)
	}
	report.Findings = append(report.Findings, policy.Finding{
		Rule: "CEN-03", Clause: "C", Severity: policy.Todo, Kind: register.Sites, Subject: s, Workbook: s, Sheet: s, Row: 3, Col: 2, Owner: s, Message: s, Action: s, Field: "Address",
	})
	report.NotChecked = []policy.NotChecked{{Rule: "ASM-02", Reason: s}}
	in.Centre, in.Report = s, &report
	in.Workbooks = slices.Clone(in.Workbooks)
	for i := range in.Workbooks {
		in.Workbooks[i].Path, in.Workbooks[i].Reason, in.Workbooks[i].Unread = s, s, []string{s}
	}
	in.look(t)
	return &in
}

// shape is what of a digest does not depend on what cells hold.
func shape(t testing.TB, with *Templates, d *Digest) string {
	text, html := rendered(t, with, d)
	elements := map[string]int{}
	walk(t, html, nil, func(e element) {
		elements[e.name]++
		for a := range e.attrs {
			elements[e.name+" "+a]++
		}
	}, func(element, string) {})
	var b strings.Builder
	fmt.Fprintln(&b, d.Subject(), strings.Count(string(text), "\n"))
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		fmt.Fprintln(&b, name, elements[name])
	}
	return b.String()
}

// hostiles are texts that somebody may have put into a cell.
func hostiles() []string {
	return []string{
		"L007", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</td></tr></table>", "<!--", "]]>", "&lt;b&gt;", "{{.Lead}}",
		"a\r\nBcc: x@evil.example\r\n\r\nbody", "a\nOVERDUE\n=====", "\u202eevil\u2066\u2069\u200f", "\u2028\u2029\u0085\v\f", "\x00\x1b[31m", "=cmd|' /C calc'!A0",
		strings.Repeat("A", 30000), strings.Repeat(`"<&>'`, 6000), strings.Repeat("a\n", 15000), "\xff\xfe\xc0", strings.Repeat("e\u0301", 3000), "javascript:alert(1)", "\xff.",
	}
}

// checkClean wants nothing in a text that turns it round, hides, or is no text.
func checkClean(t *testing.T, s string, outs ...string) {
	t.Helper()
	for _, out := range outs {
		for _, r := range out {
			if r == 0xfffd || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
				t.Fatalf("%.60q leaves %U in the digest", s, r)
			}
		}
	}
}

// Nothing that stands in a cell, or in the configuration, makes a line, a tag or
// an attribute, turns the text round, changes the subject, or makes the email too
// long.
func FuzzHostileCells(f *testing.F) {
	for _, s := range hostiles() {
		f.Add(s)
	}
	in, with := rich(f), builtIn(f)
	who := func(s string) Recipient {
		return Recipient{Name: s, Views: []View{{Codes: []string{s}}, {Tutor: s, Owners: []string{s}, Privacy: Names}}}
	}
	if d := Compose(hostile(f, in, "plain"), who("plain")); d.Snoozed == "" || d.Scope == "" || len(d.Owners) != 1 || d.Recipient == "" {
		f.Fatal("not every text is tried")
	}
	plain := shape(f, with, Compose(hostile(f, in, "plain"), who("plain")))
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Trim(OneLine(s, 1000), ". ") == "" || register.NormalCode(s) == "" {
			return // as an empty cell: lines that would say nothing are left out
		}
		d := Compose(hostile(t, in, s), who(s))
		if got := shape(t, with, d); got != plain {
			t.Errorf("%.60q changes the shape of the digest from\n%s\nto\n%s", s, plain, got)
		}
		text, html := rendered(t, with, d)
		if len(html) > maxHTML {
			t.Errorf("%.60q makes the HTML %d bytes long", s, len(html))
		}
		checkClean(t, s, string(html), string(text), d.Subject())
	})
}

// Templates show every text of a digest as the text that it is.
func FuzzHostileDigest(f *testing.F) {
	for _, s := range hostiles() {
		f.Add(s)
	}
	with := builtIn(f)
	plain := map[Kind]string{}
	for _, names := range files() {
		kind := names.kind
		plain[kind] = shape(f, with, saying(kind, "plain"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, initials := OneLine(s, 300), person{s, s}.shown(Initials)
		if line == "" || initials == "" {
			return // as an empty cell
		}
		for _, names := range files() {
			kind := names.kind
			for _, s := range []string{line, initials, person{s, s}.shown(Names)} {
				d := saying(kind, s)
				if got := shape(t, with, d); got != strings.ReplaceAll(plain[kind], "plain", s) {
					t.Errorf("%.60q changes the shape of the digest from\n%s\nto\n%s", s, plain[kind], got)
				}
				text, html := rendered(t, with, d)
				checkClean(t, s, string(text), string(html))
			}
		}
	})
}

// saying is a digest in which every text is s but those that are always of the
// program's own making.
func saying(kind Kind, s string) *Digest {
	d := madeUp(kind)[0]
	var say func(v reflect.Value)
	say = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && f.Name != "Tone" && f.Name != "Key" && f.Name != "Change" {
					say(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				say(v.Index(i))
			}
		case reflect.String:
			if v.String() != "" {
				v.SetString(s)
			}
		}
	}
	say(reflect.ValueOf(d).Elem())
	return d
}

func TestOneLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 5, ""}, {"  ", 5, ""}, {"abcde", 5, "abcde"}, {"abcdef", 5, "abcd…"}, {" a \r\n\t b ", 5, "a b"}, {"a b c d", 4, "a b…"}, {"\u202eab\u00adc", 5, "abc"}, {"é\xffé", 5, "éé"},
	} {
		if got := OneLine(c.in, c.n); got != c.want {
			t.Errorf("OneLine(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
