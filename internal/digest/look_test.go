package digest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"regcert/internal/policy"
)

// builtIn are the built-in templates.
func builtIn(t testing.TB) *Templates {
	t.Helper()
	out, err := LoadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rendered is a digest as the templates render it.
func rendered(t testing.TB, with *Templates, d *Digest) (text, html []byte) {
	t.Helper()
	text, err := with.Text(d)
	if err != nil {
		t.Fatal(err)
	}
	if html, err = with.HTML(d); err != nil {
		t.Fatal(err)
	}
	return text, html
}

// element is an open element with the colours that its text has.
type element struct {
	name             string
	attrs            map[string]string
	text, background string
	hidden           bool
}

// walk goes through HTML as a mail program does that is not lenient: every
// element is closed, and the style element's rules for a scheme (class →
// declarations) win over inline styles. It calls visit for each element, and
// read for each text.
func walk(t testing.TB, html []byte, rules map[string]string, visit func(element), read func(element, string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(html)))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	stack := []element{{text: "#000000", background: "#ffffff"}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := stack[len(stack)-1]
			e.name, e.attrs = token.Name.Local, map[string]string{}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			e.dress(e.attrs["style"])
			for class := range strings.FieldsSeq(e.attrs["class"]) {
				e.dress(rules[class])
			}
			e.hidden = e.hidden || e.name == "head" || strings.Contains(e.attrs["style"], "display:none")
			visit(e)
			stack = append(stack, e)
		case xml.EndElement:
			if top := stack[len(stack)-1]; top.name != token.Name.Local {
				t.Fatalf("</%s> closes <%s>", token.Name.Local, top.name)
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(token)); s != "" {
				read(stack[len(stack)-1], s)
			}
		}
	}
	if len(stack) != 1 {
		t.Fatalf("<%s> is not closed", stack[len(stack)-1].name)
	}
}

// dress puts on the colours of declarations.
func (e *element) dress(style string) {
	for declaration := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
		switch strings.TrimSpace(property) {
		case "color":
			e.text = value
		case "background-color":
			e.background = value
		}
	}
}

var (
	mediaBlock = regexp.MustCompile(`(?s)@media \(prefers-color-scheme: dark\) \{(.*?)\n\}`)
	classRule  = regexp.MustCompile(`(?m)^\s*((?:\.[a-z-]+(?:, )?)+) \{ (.*) \}$`)
)

// darkRules reads what the style element says of the dark scheme.
func darkRules(t testing.TB, html []byte) map[string]string {
	t.Helper()
	block := mediaBlock.FindSubmatch(html)
	if block == nil {
		t.Fatal("there is no dark scheme")
	}
	rules := map[string]string{}
	for _, m := range classRule.FindAllStringSubmatch(string(block[1]), -1) {
		for class := range strings.SplitSeq(m[1], ", ") {
			rules[strings.TrimPrefix(class, ".")] += m[2] + ";"
		}
	}
	return rules
}

// contrast is the ratio of two colours' luminances (WCAG 2.2, 1.4.3).
func contrast(t testing.TB, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t testing.TB, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("%q is not a colour such as #1b2330", colour)
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// All text is readable in the light and in the dark scheme.
func TestContrast(t *testing.T) {
	warned := idle(t)
	warned.Workbooks[0] = Workbook{Path: "enrolments.xlsx", Troubled: true, Reason: "damaged"}
	with := builtIn(t)
	for name, d := range map[string]*Digest{
		"rich": Compose(rich(t), Recipient{}), "idle": Compose(idle(t), Recipient{}), "asleep": Compose(asleep(t), Recipient{}),
		"warned": Compose(warned, Recipient{}), "aged": Compose(aged(t), Recipient{}), "urgent": atOnce(rich(t), Recipient{}),
	} {
		_, html := rendered(t, with, d)
		dark := darkRules(t, html)
		if len(dark) < 10 {
			t.Fatalf("%d rules were read of the dark scheme", len(dark))
		}
		for scheme, rules := range map[string]map[string]string{"light": nil, "dark": dark} {
			texts := 0
			walk(t, html, rules, func(element) {}, func(e element, s string) {
				if e.hidden {
					return
				}
				texts++
				if c := contrast(t, e.text, e.background); c < 4.5 {
					t.Errorf("%s, %s: %.40q is %s on %s: contrast %.2f, want 4.5", name, scheme, s, e.text, e.background, c)
				}
				if scheme == "dark" && luminance(t, e.background) > 0.2 {
					t.Errorf("%s: %.40q stands on the light background %s in the dark scheme", name, s, e.background)
				}
			})
			if texts < 5 {
				t.Errorf("%s: only %d texts were seen", name, texts)
			}
		}
	}
}

// The HTML says what screen readers and mail programs want to know, and fetches
// nothing; the one picture comes with it.
func TestHTMLIsSound(t *testing.T) {
	with := builtIn(t)
	for name, c := range map[string]struct {
		d                  *Digest
		h2, tables, images int // tables of data
	}{
		"rich":   {Compose(rich(t), Recipient{}), 12, 1, 0},
		"aged":   {Compose(aged(t), Recipient{}), 8, 1, 1},
		"idle":   {Compose(idle(t), Recipient{}), 0, 0, 0},
		"urgent": {atOnce(rich(t), Recipient{}), 9, 0, 0},
	} {
		_, html := rendered(t, with, c.d)
		seen := map[string]int{}
		metas := map[string]string{}
		tables := 0
		walk(t, html, nil, func(e element) {
			seen[e.name]++
			switch {
			case e.name == "table" && e.attrs["role"] != "presentation":
				tables++
			case e.name == "th" && e.attrs["scope"] == "":
				t.Errorf("%s: a heading does not say of what it is", name)
			case e.name == "html" && e.attrs["lang"] != "en-GB":
				t.Errorf("%s: the language is %q", name, e.attrs["lang"])
			case e.name == "meta":
				metas[e.attrs["name"]] = e.attrs["content"]
			case e.name == "img":
				f := c.d.Figure()
				if e.attrs["src"] != "cid:"+f.CID || e.attrs["alt"] != f.Alt || e.attrs["width"] != strconv.Itoa(f.Width) {
					t.Errorf("%s: the picture has %v, want %+v", name, e.attrs, *f)
				}
			}
			for a := range e.attrs {
				if a == "src" && e.name != "img" || a == "href" || a == "background" || strings.HasPrefix(a, "on") {
					t.Errorf("%s: <%s> has the attribute %s", name, e.name, a)
				}
			}
		}, func(element, string) {})
		if seen["h1"] != 1 || seen["h2"] != c.h2 || seen["title"] != 1 || tables != c.tables || seen["img"] != c.images {
			t.Errorf("%s: %d h1, %d h2, %d titles, %d tables of data, %d pictures; want 1, %d, 1, %d, %d", name, seen["h1"], seen["h2"], seen["title"], tables, seen["img"], c.h2, c.tables, c.images)
		}
		if metas["color-scheme"] != "light dark" || metas["viewport"] == "" {
			t.Errorf("%s: the meta elements are %v", name, metas)
		}
		for _, s := range []string{"url(", "@import", "<script", "ZgotmplZ"} {
			if strings.Contains(string(html), s) {
				t.Errorf("%s: the HTML contains %q", name, s)
			}
		}
		if !strings.Contains(string(html), "<!--[if mso]><table") || strings.Count(string(html), "<![endif]-->") != 3 {
			t.Errorf("%s: what is for Outlook alone is gone, or not as it was", name)
		}
	}
}

// many is a report of n open findings, spread over all sections.
func many(t testing.TB, n int) *Input {
	in := rich(t)
	few := in.Report.Findings
	in.Report.Findings = make([]policy.Finding, n)
	for i := range n {
		f := few[i%len(few)]
		f.Row = 2 + i
		f.LearnerID = fmt.Sprintf("L%06d", i)
		in.Report.Findings[i] = f
	}
	in.look(t)
	return in
}

// Long sections are cut, and what is cut off is counted; the email stays short
// enough not to be clipped.
func TestManyFindings(t *testing.T) {
	in := many(t, 5000)
	d := Compose(in, Recipient{})
	for _, s := range d.Sections {
		if s.Key == keyWorkbooks {
			continue
		}
		if s.shown() != maxItems || s.More != s.Count-maxItems {
			t.Errorf("%s shows %d of %d and counts %d more", s.Title, s.shown(), s.Count, s.More)
		}
	}
	text, html := rendered(t, builtIn(t), d)
	if len(html) > maxHTML || len(html) < maxHTML/2 {
		t.Errorf("the HTML has %d bytes, want at most %d, and not much less", len(html), maxHTML)
	}
	more := regexp.MustCompile(`and (\d+) more: listed`)
	for _, s := range d.cut(0).Sections {
		if s.Key != keyWorkbooks && s.More != s.Count {
			t.Errorf("%s without items counts %d more of %d", s.Title, s.More, s.Count)
		}
	}
	if n := len(more.FindAll(html, -1)); n < 10 {
		t.Errorf("the HTML counts the rest of %d sections, want 10", n)
	}
	if want := fmt.Sprintf(`and %d more: listed by regcert check`, d.Sections[0].More); !strings.Contains(string(text), want) {
		t.Errorf("the text does not say %q", want)
	}
}

// One record with very much to do does not fill the email alone.
func TestManyStepsOfOneRecord(t *testing.T) {
	in := many(t, 300)
	for i := range in.Report.Findings {
		in.Report.Findings[i] = in.Report.Findings[28] // DAT-02
	}
	in.look(t)
	s := Compose(in, Recipient{Views: []View{{Sections: []string{keyData}}}}).Sections[0]
	if s.shown() != 1 || len(s.Groups[0].Items[0].Steps) != maxSteps || s.Count != 300 || s.More != 300-maxSteps {
		t.Errorf("%d items, %d of %d more", s.shown(), s.More, s.Count)
	}
}

func BenchmarkDigest50000(b *testing.B) {
	in, with := many(b, 50000), builtIn(b)
	for b.Loop() {
		rendered(b, with, Compose(in, Recipient{}))
	}
	b.ReportAllocs()
}

// shown counts the items of a section.
func (s Section) shown() int {
	n := 0
	for _, g := range s.Groups {
		n += len(g.Items)
	}
	return n
}
