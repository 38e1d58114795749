package digest

import (
	"bytes"
	"errors"
	htmltemplate "html/template"
	"io"
	"sort"
	"strings"
	"unicode/utf8"
)

// How many bytes an email's parts may have. Mail programs cut off HTML that is
// longer; no text comes near, unless a template runs away.
const (
	maxHTML = 100_000
	maxText = 8 << 20
)

// Text is the digest as plain text. Where a centre's own template fails on it,
// or says too much, the built-in one is used: nothing may be lost.
func (t *Templates) Text(d *Digest) ([]byte, error) {
	out, err := t.renderText(d)
	if err != nil && t.builtIn != nil {
		return t.builtIn.renderText(d)
	}
	return out, err
}

// HTML is the digest as HTML, of at most maxHTML bytes: where there is more to
// say, fewer items of each section are shown, and the rest is counted. The
// built-in template is used as by Text.
func (t *Templates) HTML(d *Digest) ([]byte, error) {
	out, err := t.renderHTML(d)
	if err != nil && t.builtIn != nil {
		return t.builtIn.renderHTML(d)
	}
	return out, err
}

func (t *Templates) renderText(d *Digest) ([]byte, error) {
	return render(t.text[d.Kind], d, maxText)
}

// renderHTML shows as many items as there is room for.
func (t *Templates) renderHTML(d *Digest) ([]byte, error) {
	out, err := render(t.html[d.Kind], d, maxHTML)
	if !errors.Is(err, errTooLong) {
		return out, err
	}
	sort.Search(maxItems, func(n int) bool {
		var fitting []byte
		if fitting, err = render(t.html[d.Kind], d.cut(n), maxHTML); err == nil {
			out = fitting // each that fits shows more than the last
		}
		return err != nil
	})
	if out == nil {
		return nil, err
	}
	return out, nil
}

// render fills in a template, and gives up beyond a number of bytes.
func render(t interface{ Execute(io.Writer, any) error }, d *Digest, limit int) ([]byte, error) {
	b := bounded{room: limit}
	if err := t.Execute(&b, d); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(b.bytes.Bytes())) == 0 {
		return nil, errBlank
	}
	return b.bytes.Bytes(), nil
}

// What a template can do wrong although it is one.
var (
	errTooLong = errors.New("it says too much")
	errBlank   = errors.New("it says nothing")
)

// bounded collects a number of bytes, and refuses more.
type bounded struct {
	bytes bytes.Buffer
	room  int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.room-b.bytes.Len() {
		return 0, errTooLong
	}
	return b.bytes.Write(p)
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

// IsWeekly reports whether it is the weekly digest.
func (d *Digest) IsWeekly() bool { return d.Kind == Weekly }

// Changed is the change on the digest before in words: "3 more than last time".
// It is empty where there is none.
func (c Count) Changed() string {
	if n, more := strings.CutPrefix(c.Change, "+"); more {
		return n + " more than last time"
	}
	if n, fewer := strings.CutPrefix(c.Change, "−"); fewer {
		return n + " fewer than last time"
	}
	return ""
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
