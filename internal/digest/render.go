package digest

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

	"regcert/templates"
)

// maxHTML is the most bytes that the HTML may have: mail programs cut off what
// is longer.
const maxHTML = 100_000

// Text is the digest as plain text.
func (d *Digest) Text() []byte {
	t := texttemplate.Must(texttemplate.New(templates.DigestText).Funcs(texttemplate.FuncMap{"heading": heading}).ParseFS(templates.FS, templates.DigestText))
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		panic(fmt.Sprintf("digest: the text template: %v", err))
	}
	return b.Bytes()
}

// HTML is the digest as HTML, of at most maxHTML bytes: where there is more to
// say, fewer items of each section are shown, and the rest is counted.
func (d *Digest) HTML() []byte {
	t := htmltemplate.Must(htmltemplate.New(templates.DigestHTML).Funcs(htmltemplate.FuncMap{"outlook": outlook}).ParseFS(templates.FS, templates.DigestHTML))
	for n := maxItems; ; n = n * 3 / 4 {
		var b bytes.Buffer
		if err := t.Execute(&b, d.cut(n)); err != nil {
			panic(fmt.Sprintf("digest: the HTML template: %v", err))
		}
		if b.Len() <= maxHTML || n == 0 {
			return b.Bytes()
		}
	}
}

// cut returns the digest with at most n items a section.
func (d *Digest) cut(n int) *Digest {
	c := *d
	c.Sections = make([]Section, len(d.Sections))
	for i, s := range d.Sections {
		c.Sections[i] = s.cut(n)
	}
	return &c
}

// cut returns the section with at most n items, the worst.
func (s Section) cut(n int) Section {
	groups := s.Groups
	s.Groups = nil
	for _, g := range groups {
		items := g.Items
		g.Items = nil
		for _, item := range items {
			if item.rank < n {
				g.Items = append(g.Items, item)
			} else {
				s.More += len(item.Steps)
			}
		}
		if len(g.Items) > 0 {
			s.Groups = append(s.Groups, g)
		}
	}
	return s
}

// Amount is the section's count with what it counts: one record may ask for
// several actions.
func (s Section) Amount() string {
	if s.Key == keyWorkbooks {
		return plural(s.Count, "workbook", "workbooks")
	}
	return plural(s.Count, "action", "actions")
}

// heading underlines a heading of the plain text.
func heading(s string) string {
	return s + "\n" + strings.Repeat("=", utf8.RuneCountInString(s))
}

// outlook wraps markup in a comment that only Outlook for Windows reads.
// html/template drops comments that are written out.
func outlook(markup string) htmltemplate.HTML {
	return htmltemplate.HTML("<!--[if mso]>" + markup + "<![endif]-->")
}
