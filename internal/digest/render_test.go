package digest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"regcert/templates"
)

// aged is a week in which something of every kind has happened, and something
// has come back.
func aged(t testing.TB) *Input {
	t.Helper()
	in := named(t)
	weekly(t, in, "CLM-01 | overdue | L014 | 610/1234/5 | 2026-04-24 | claims.xlsx Claims!L9 | Compliance Team | Submit the claim to AIM now", "", lastWeek)
	return in
}

// atOnce is what the recipient is to be told at once of the report.
func atOnce(in *Input, who Recipient) *Digest { return Escalate(in, who, Urgent(in, who, nil)) }

// Templates are tried on digests that say everything: no field of the first is
// empty, and no list in it.
func TestMadeUpDigestsAreFull(t *testing.T) {
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && path+"."+f.Name != "Digest.Kind" && path+"."+f.Name != "Digest.Idle" {
					walk(path+"."+f.Name, v.Field(i))
				}
			}
			return
		case reflect.Slice:
			if v.Len() > 0 {
				walk(path+"[0]", v.Index(0))
				return
			}
		}
		if v.IsZero() {
			t.Errorf("%s is empty", path)
		}
	}
	for _, names := range files() {
		kind := names.kind
		d := madeUp(kind)[0]
		if d.Kind != kind {
			t.Errorf("a digest made up for %d is of %d", kind, d.Kind)
		}
		walk("Digest", reflect.ValueOf(*d))
	}
}

// folder makes a folder with these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A folder's templates take the place of the built-in ones one by one.
func TestOwnTemplates(t *testing.T) {
	shared, err := templates.FS.ReadFile(templates.SharedHTML)
	if err != nil {
		t.Fatal(err)
	}
	builtIn := builtIn(t)
	weekly, urgent := Compose(rich(t), Recipient{}), atOnce(rich(t), Recipient{})
	for _, c := range []struct {
		name                               string
		files                              map[string]string
		text, html, urgentText, urgentHTML string // what each begins with; empty where it is as built in
	}{
		{name: "an empty folder"},
		{name: "what is no template", files: map[string]string{"README.md": "{{", "digest.txt.tmpl~": "{{"}},
		{name: "a text", files: map[string]string{templates.DigestText: "Hello {{.Lead}}"}, text: "Hello Most urgent"},
		{name: "HTML", files: map[string]string{templates.EscalationHTML: "<p>{{.Lead}}{{range .Sections}}{{range .Groups}}{{range .Items}}{{.Name}}{{end}}{{end}}{{end}}"}, urgentHTML: "<p>Most urgent"},
		{name: "what is shared", files: map[string]string{templates.SharedHTML: "{{define \"extra\"}}{{end}}" + strings.Replace(string(shared), "<!DOCTYPE html>", "<!DOCTYPE html><!-- ours -->", 1) + "{{define \"more\"}}{{end}}"},
			html: "<!DOCTYPE html>\n<html", urgentHTML: "<!DOCTYPE html>\n<html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			own, err := LoadTemplates(folder(t, c.files))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []struct {
				*Digest
				text, html string
			}{{weekly, c.text, c.html}, {urgent, c.urgentText, c.urgentHTML}} {
				text, html := rendered(t, own, d.Digest)
				builtInText, builtInHTML := rendered(t, builtIn, d.Digest)
				begins(t, text, builtInText, d.text)
				begins(t, html, builtInHTML, d.html)
			}
		})
	}
}

// begins wants a text to begin with something, or else to be another.
func begins(t *testing.T, got, other []byte, with string) {
	t.Helper()
	if with == "" && !bytes.Equal(got, other) || !bytes.HasPrefix(got, []byte(with)) {
		t.Errorf("it is %.80q, want %q", got, with)
	}
}

// Mistakes in templates are told when they are loaded, with file, line and what
// to do.
func TestTemplateMistakes(t *testing.T) {
	const remedy = "; correct it, or take the file away to have the built-in template"
	for _, c := range []struct{ name, file, content, want string }{
		{"no template", templates.DigestText, "a\n{{if}}", "DIR/digest.txt.tmpl, line 2: missing value for if" + remedy},
		{"an unknown field", templates.DigestText, "a\nb\n{{.Leed}}", "DIR/digest.txt.tmpl, line 3: <.Leed> can't evaluate field Leed in type *digest.Digest" + remedy},
		{"an unknown field of an item", templates.EscalationHTML, "{{range .Sections}}{{range .Groups}}{{range .Items}}\n{{.ULN}}{{end}}{{end}}{{end}}x", "DIR/escalation.html.tmpl, line 2: <.ULN> can't evaluate field ULN in type digest.Item" + remedy},
		{"what is there in a full digest only", templates.DigestText, "x{{(index .Sections 0).Title}}", "DIR/digest.txt.tmpl, line 1: <index .Sections 0> error calling index: reflect: slice index out of range" + remedy},
		{"an unknown function", templates.DigestText, "{{upper .Lead}}", "DIR/digest.txt.tmpl, line 1: function \"upper\" not defined" + remedy},
		{"an open tag", templates.DigestHTML, "<p title=\"{{.Lead}}", "DIR/digest.html.tmpl: ends in a non-text context"},
		{"a lack in what is shared", templates.SharedText, "nothing", "DIR/shared.txt.tmpl, as the built-in digest.txt.tmpl, line 1 uses it: <{{template \"top\" .}}> template \"top\" not defined" + remedy},
		{"a blank", templates.DigestHTML, " \n\u00a0", "DIR/digest.html.tmpl: it says nothing" + remedy},
		{"nothing for an empty digest", templates.DigestText, "{{.Lead}}", "DIR/digest.txt.tmpl: it says nothing" + remedy},
		{"too much", templates.DigestHTML, strings.Repeat("x", maxHTML) + "{{.Lead}}", "DIR/digest.html.tmpl: without a single item the HTML would have more than 100000 bytes, or the text more than 8388608" + remedy},
		{"without end", templates.DigestText, "{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}", "DIR/digest.txt.tmpl, line 1: "},
		{"very long", templates.EscalationText, "{{range 10000000000}}x{{end}}", "DIR/escalation.txt.tmpl: without a single item"},
		{"another name", "summary.txt.tmpl", "x", "DIR/summary.txt.tmpl takes the place of no template; name it as one of digest.html.tmpl, digest.txt.tmpl, escalation.html.tmpl, escalation.txt.tmpl, shared.html.tmpl, shared.txt.tmpl, or move it away"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, map[string]string{c.file: c.content})
			_, err := LoadTemplates(dir)
			if err == nil {
				t.Fatal("it is accepted")
			}
			got := strings.ReplaceAll(filepath.ToSlash(err.Error()), filepath.ToSlash(dir), "DIR")
			if !strings.HasPrefix(got, c.want) || strings.HasSuffix(c.want, remedy) && got != c.want || strings.Contains(got, "\n") {
				t.Errorf("the error is\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if _, err := LoadTemplates(filepath.Join(t.TempDir(), "none")); err == nil || !strings.HasSuffix(err.Error(), "; make it, or have templates: name another") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// What a template makes of some digest alone cannot be seen before: the built-in
// one is used then.
func TestNothingIsLost(t *testing.T) {
	for name, content := range map[string]string{
		"fails":         `{{if eq .Recipient "Head of Quality"}}{{.Nope}}{{end}}x`,
		"says nothing":  `{{if ne .Recipient "Head of Quality"}}x{{end}}`,
		"says too much": `{{if eq .Recipient "Head of Quality"}}{{range 10000000000}}x{{end}}{{end}}x`,
	} {
		own, err := LoadTemplates(folder(t, map[string]string{templates.DigestText: content, templates.DigestHTML: content}))
		if err != nil {
			t.Fatal(err)
		}
		d := Compose(idle(t), Recipient{Name: "Head of Quality"})
		text, html := rendered(t, own, d)
		builtInText, builtInHTML := rendered(t, builtIn(t), d)
		if !bytes.Equal(text, builtInText) || !bytes.Equal(html, builtInHTML) {
			t.Errorf("a template that %s: %.60q, %.60q", name, text, html)
		}
		if text, html := rendered(t, own, Compose(idle(t), Recipient{})); string(text) != "x" || string(html) != "x" {
			t.Errorf("a template that %s, on another digest: %.60q, %.60q", name, text, html)
		}
	}
}

func TestBounded(t *testing.T) {
	b := bounded{room: 4}
	for _, c := range []struct {
		s  string
		ok bool
	}{{"abc", true}, {"de", false}, {"d", true}, {"", true}, {"e", false}} {
		if _, err := b.Write([]byte(c.s)); errors.Is(err, errTooLong) == c.ok {
			t.Errorf("%q: %v", c.s, err)
		}
	}
	if got := b.bytes.String(); got != "abcd" {
		t.Errorf("it has %q", got)
	}
}

// The HTML shows as many items as there is room for, and not one more.
func TestHTMLIsFilled(t *testing.T) {
	d, with := Compose(many(t, 5000), Recipient{}), builtIn(t)
	_, html := rendered(t, with, d)
	for n := range maxItems {
		fitting, err := render(with.html[Weekly], d.cut(n), maxHTML)
		if !bytes.Equal(fitting, html) {
			continue
		}
		if _, err := render(with.html[Weekly], d.cut(n+1), maxHTML); !errors.Is(err, errTooLong) {
			t.Errorf("it shows %d items a section, and could show more", n)
		}
		if n < 2 || err != nil {
			t.Errorf("it shows %d items a section: %v", n, err)
		}
		return
	}
	t.Error("it is none of those that fit")
}

func TestChanged(t *testing.T) {
	for change, want := range map[string]string{"": "", "=": "", "+3": "3 more than last time", "−12": "12 fewer than last time"} {
		if got := (Count{Change: change}).Changed(); got != want {
			t.Errorf("%q is %q, want %q", change, got, want)
		}
	}
}
