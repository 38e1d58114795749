package xlsx

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const styleNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

// plainStyles is a small styles part as Excel writes it: format 1 is a bordered, wrapped, bold one in a theme colour,
// 2 a date, 3 text with an apostrophe in front, 4 a time of a custom format.
const plainStyles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" +
	`<styleSheet ` + styleNS + ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">` +
	`<numFmts count="1"><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>` +
	`<fonts count="2" x14ac:knownFonts="1"><font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/><scheme val="minor"/></font>` +
	`<font><b/><sz val="12"/><name val="Arial"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/><protection locked="0"/></xf>` +
	`<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>` +
	`<xf numFmtId="170" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>` +
	`<dxfs count="1"><dxf><numFmt numFmtId="171" formatCode="0.0"/></dxf></dxfs></styleSheet>`

func mustStyles(t testing.TB, part string) *styleSheet {
	t.Helper()
	s, err := newStyleSheet([]byte(part))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustXF(t testing.TB, s *styleSheet, base int, look Look) int {
	t.Helper()
	xf, err := s.xf(base, look)
	if err != nil {
		t.Fatalf("xf(%d, %d): %v", base, look, err)
	}
	return xf
}

var allLooks = []Look{Plain, Heading, Date, Red, Amber, Green, Grey}

func TestColoursAreReadable(t *testing.T) {
	luminance := func(rgb string) float64 {
		var sum float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(rgb[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.03928 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	seen := map[colours]bool{}
	for look := Red; look <= Grey; look++ {
		c, ok := look.colours()
		if !ok || seen[c] {
			t.Errorf("look %d has no colours of its own", look)
		}
		seen[c] = true
		a, b := luminance(c.fill), luminance(c.font)
		if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
			t.Errorf("look %d: contrast %.2f is under 4.5", look, ratio)
		}
	}
	for _, look := range []Look{Plain, Heading, Date} {
		if _, ok := look.colours(); ok {
			t.Errorf("look %d has colours", look)
		}
	}
}

func TestIsDate(t *testing.T) {
	s := mustStyles(t, plainStyles)
	for xf, want := range map[int]bool{-1: false, 0: false, 1: false, 2: true, 3: false, 4: true, 5: false} {
		if s.isDate(xf) != want {
			t.Errorf("isDate(%d) = %v", xf, !want)
		}
	}
	// A part that defines a built-in number means what it says.
	own := mustStyles(t, `<s:styleSheet xmlns:s="x"><s:numFmts><s:numFmt numFmtId="14" formatCode="0.00"/><s:numFmt numFmtId="5" formatCode="yyyy&quot;d&quot;"/></s:numFmts>`+
		`<s:cellXfs><s:xf numFmtId="14"/><s:xf numFmtId="5"/><s:xf/></s:cellXfs></s:styleSheet>`)
	for xf, want := range []bool{false, true, false} {
		if own.isDate(xf) != want {
			t.Errorf("own formats: isDate(%d) = %v", xf, !want)
		}
	}
}

func TestXFKeepsWhatIsNotItsOwn(t *testing.T) {
	s := mustStyles(t, plainStyles)
	red := mustXF(t, s, 1, Red)
	if red != 5 {
		t.Fatalf("red is format %d, want the next new one, 5", red)
	}
	want := `<xf numFmtId="0" fontId="2" fillId="2" borderId="1" xfId="0" applyFont="1" applyBorder="1" applyAlignment="1" applyFill="1"><alignment vertical="top" wrapText="1"/><protection locked="0"/></xf>`
	out := s.bytes()
	if !bytes.Contains(out, []byte(want+"</cellXfs>")) {
		t.Errorf("the new format is not\n%s\nin\n%s", want, out)
	}
	for _, want := range []string{
		`<fonts count="3" x14ac:knownFonts="1">`,
		`<font><b/><sz val="12"/><color rgb="FF9C0006"/><name val="Arial"/></font></fonts>`,
		`<fills count="3">`,
		`<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill></fills>`,
		`<cellXfs count="6">`,
		`<numFmts count="1">`,
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestXFLooks(t *testing.T) {
	for _, c := range []struct {
		name string
		base int
		look Look
		want string // "" the base itself
	}{
		{"plain of plain", 0, Plain, ""},
		{"plain of wrapped", 1, Plain, ""},
		{"heading of anything", 3, Heading, ""},
		{"plain of a date", 2, Plain, `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`},
		{"plain of quoted text", 3, Plain, `<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`},
		{"date of plain", 0, Date, `<xf numFmtId="172" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`},
		{"date of a date", 2, Date, `<xf numFmtId="172" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`},
		{"green of a time", 4, Green, `<xf numFmtId="0" fontId="2" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>`},
	} {
		s := mustStyles(t, plainStyles)
		xf := mustXF(t, s, c.base, c.look)
		if c.want == "" {
			if xf != c.base || string(s.bytes()) != plainStyles {
				t.Errorf("%s: format %d for %d, or something was added", c.name, xf, c.base)
			}
			continue
		}
		if got := string(s.cellXfs.items[xf]); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A text that takes the place of a coloured status must not stay coloured.
func TestPlainDropsAStatusColour(t *testing.T) {
	s := mustStyles(t, plainStyles)
	for _, base := range []int{0, 1} {
		for _, look := range []Look{Red, Amber, Green, Grey} {
			plain := mustXF(t, s, mustXF(t, s, base, look), Plain)
			e, err := parseTree(s.cellXfs.items[plain], 0)
			if err != nil {
				t.Fatal(err)
			}
			if fill := attrInt(e.attrs, "fillId", -1); fill != 0 {
				t.Errorf("base %d, look %d: fill %d stays", base, look, fill)
			}
			if font := s.fonts.items[attrInt(e.attrs, "fontId", -1)]; bytes.Contains(font, []byte("color")) {
				t.Errorf("base %d, look %d: font %s", base, look, font)
			}
		}
	}
}

func TestNewDateFormat(t *testing.T) {
	for name, c := range map[string]struct {
		part string
		want int
	}{
		"no list":            {`<cellXfs><xf/></cellXfs>`, 164},
		"above all others":   {`<numFmts><numFmt numFmtId="200" formatCode="0.0"/></numFmts><cellXfs><xf/></cellXfs>`, 201},
		"above an orphan":    {`<cellXfs><xf/><xf numFmtId="300"/></cellXfs>`, 301},
		"above dxfs":         {`<cellXfs><xf/></cellXfs><dxfs><dxf><numFmt numFmtId='180' formatCode="0"/></dxf></dxfs>`, 181},
		"there already":      {`<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf/></cellXfs>`, 170},
		"as Excel writes it": {`<numFmts><numFmt numFmtId="170" formatCode="[$-809]DD\/mm\/yyyy;@"/></numFmts><cellXfs><xf/></cellXfs>`, 170},
		"of the base":        {`<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/><numFmt numFmtId="171" formatCode="dd/mm/yyyy;@"/></numFmts><cellXfs><xf numFmtId="171"/></cellXfs>`, 171},
		"another order":      {`<numFmts><numFmt numFmtId="170" formatCode="mm/dd/yyyy"/></numFmts><cellXfs><xf/></cellXfs>`, 171},
	} {
		s := mustStyles(t, "<styleSheet "+styleNS+">"+c.part+"</styleSheet>")
		xf := mustXF(t, s, 0, Date)
		if got := attrInt(tagAttrs(s.cellXfs.items[xf]), "numFmtId", -1); got != c.want {
			t.Errorf("%s: number format %d, want %d", name, got, c.want)
		}
		again := mustStyles(t, string(s.bytes()))
		if !again.isDate(xf) {
			t.Errorf("%s: the format is no date when read again", name)
		}
	}
}

// Whatever a part lacks is made, in the schema's order and under its prefix.
func TestStylesPartsOfAllShapes(t *testing.T) {
	for name, part := range map[string]string{
		"Excel's":          plainStyles,
		"nothing":          `<styleSheet ` + styleNS + `/>`,
		"empty":            `<styleSheet ` + styleNS + `></styleSheet>`,
		"self-closed":      `<styleSheet ` + styleNS + `><numFmts count="0"/><fonts/><fills count="0" /><cellXfs/></styleSheet>`,
		"no fonts":         `<styleSheet ` + styleNS + `><borders><border/></borders><cellXfs count="1"><xf borderId="0"/></cellXfs><extLst/></styleSheet>`,
		"one fill":         `<styleSheet ` + styleNS + `><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><cellXfs><xf fontId='0'/></cellXfs></styleSheet>`,
		"reserved fill":    `<styleSheet ` + styleNS + `><fills><fill/><fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill></fills><cellXfs><xf/></cellXfs></styleSheet>`,
		"prefix":           strings.NewReplacer("</", "</x:", "<?", "<?", "<", "<x:", "xmlns=", "xmlns:x=").Replace(plainStyles),
		"prefix, nothing":  `<x:styleSheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`,
		"spaces, comments": "\ufeff<!-- c --><styleSheet " + styleNS + ">\n  <fonts>\n    <font>\n <!-- x --> <sz val='10'/> </font>\n  </fonts>\n  <cellXfs>\n    <xf />\n  </cellXfs>\n</styleSheet>\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := mustStyles(t, part)
			first := map[Look]int{}
			for _, look := range allLooks {
				first[look] = mustXF(t, s, 0, look)
			}
			out := s.bytes()
			checkAppended(t, part, out)
			again := mustStyles(t, string(out))
			for _, look := range allLooks {
				if xf := mustXF(t, again, 0, look); xf != first[look] {
					t.Errorf("look %d is format %d now, was %d", look, xf, first[look])
				}
				if !again.isDate(first[Date]) {
					t.Error("the date is none")
				}
				// Putting a look on again, and another in its place, ends where the first run ended.
				if look != Heading && look != Plain {
					if xf := mustXF(t, again, first[look], look); xf != first[look] {
						t.Errorf("look %d on itself is format %d, not %d", look, xf, first[look])
					}
				}
				if look >= Red {
					if xf := mustXF(t, again, first[look], Red); xf != first[Red] {
						t.Errorf("red on look %d is format %d, not %d", look, xf, first[Red])
					}
				}
			}
			if !bytes.Equal(again.bytes(), out) {
				t.Errorf("the second run added to\n%s\ngiving\n%s", out, again.bytes())
			}
		})
	}
}

// checkAppended holds the promise of append-only: every element of the old part is there still, as it was and in its
// place, and what is new stands after the old items of the lists; read by the tree, not through the patch's offsets.
func checkAppended(t testing.TB, before string, after []byte) {
	t.Helper()
	old, err := parseTree([]byte(before), 2)
	if err != nil {
		t.Fatal(err)
	}
	now, err := parseTree(after, 2)
	if err != nil {
		t.Fatalf("%v in\n%s", err, after)
	}
	if string(old.attrs) != string(now.attrs) && !old.empty {
		t.Errorf("root attributes %q became %q", old.attrs, now.attrs)
	}
	order := []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}
	rest := old.children
	for i, list := range now.children {
		count := attrInt(list.attrs, "count", -1)
		if len(rest) == 0 || !bytes.Equal(rest[0].name, list.name) { // a list that was not there
			if count != len(list.children) || count == 0 {
				t.Errorf("new <%s> has count %d for %d items", list.name, count, len(list.children))
			}
			for _, later := range now.children[i:] {
				if slices.Index(order, later.local()) < slices.Index(order, list.local()) && slices.Contains(order, later.local()) {
					t.Errorf("<%s> stands before <%s>", list.name, later.name)
				}
			}
			continue
		}
		was := rest[0]
		rest = rest[1:]
		if before[was.start:was.end] == string(after[list.start:list.end]) {
			continue
		}
		if added := len(list.children) - len(was.children); added <= 0 || count >= 0 && count != len(list.children) {
			t.Errorf("<%s> changed: %d items more, count %d for %d", list.name, added, count, len(list.children))
		}
		if !was.empty && !bytes.HasPrefix(after[list.open:list.close], []byte(before[was.open:was.close])) {
			t.Errorf("the items of <%s> changed", list.name)
		}
	}
	if len(rest) > 0 {
		t.Errorf("<%s> is gone", rest[0].name)
	}
}

func TestStylesRefusals(t *testing.T) {
	for name, c := range map[string]struct{ part, want string }{
		"no XML":           {`hello`, "outside the root"},
		"another part":     {`<table/>`, "not <styleSheet>"},
		"not closed":       {`<styleSheet><fonts>`, "ends before </fonts>"},
		"crossed":          {`<styleSheet><fonts></styleSheet></fonts>`, "closes nothing"},
		"two lists":        {`<styleSheet><fonts/><fonts/></styleSheet>`, "<fonts> stands twice"},
		"doctype":          {`<!DOCTYPE x><styleSheet/>`, "document type"},
		"too deep":         {"<styleSheet>" + strings.Repeat("<a>", 70), "deep"},
		"attributes twice": {`<styleSheet a="1" a="2"/>`, "twice"},
	} {
		if _, err := newStyleSheet([]byte(c.part)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		part string
		base int
		want string
	}{
		"format beyond the list": {plainStyles, 5, "only 5"},
		"negative":               {plainStyles, -1, "only 5"},
		"font beyond the list":   {`<styleSheet><fonts><font/></fonts><cellXfs><xf fontId="3"/></cellXfs></styleSheet>`, 0, "the font 3"},
		"font of another format": {`<styleSheet><fonts><font/></fonts><cellXfs><xf/><xf fontId="1"/></cellXfs></styleSheet>`, 0, "the font 1"},
		"fill of a named style":  {`<styleSheet><cellStyleXfs><xf fillId="2"/></cellStyleXfs><cellXfs><xf/></cellXfs></styleSheet>`, 0, "the fill 2"},
		"alternatives":           {`<styleSheet><cellXfs><xf/><mc:AlternateContent/></cellXfs></styleSheet>`, 0, "cannot be counted"},
		"alternative lists":      {`<styleSheet><mc:AlternateContent/><cellXfs><xf/></cellXfs></styleSheet>`, 0, "cannot be counted"},
		"full":                   {`<styleSheet><cellXfs>` + strings.Repeat("<xf/>", maxCellXfs) + `</cellXfs></styleSheet>`, 0, "as many as Excel allows"},
	} {
		s, err := newStyleSheet([]byte(c.part))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.xf(c.base, Red); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Formats that say the same in other words are one: Excel writes a part anew in its own words when it saves.
func TestXFFindsEqualFormats(t *testing.T) {
	rewritten := strings.NewReplacer(
		`</fonts>`, `<font><name val="Calibri"/><sz val="11"/><scheme val="minor"/><family val="2"/><color rgb="ff006100"/></font></fonts>`,
		`</fills>`, `<fill><patternFill patternType="solid"><fgColor rgb="00C6EFCE"/></patternFill></fill></fills>`,
		`</cellXfs>`, "<xf  applyFill='true'\nfillId='2' applyFont='1' applyBorder='0' fontId='2' ></xf></cellXfs>",
	).Replace(plainStyles)
	s := mustStyles(t, rewritten)
	if xf := mustXF(t, s, 0, Green); xf != 5 || string(s.bytes()) != rewritten {
		t.Errorf("format %d, want 5 and nothing added:\n%s", xf, s.bytes())
	}
}

func FuzzStyles(f *testing.F) {
	f.Add([]byte(plainStyles), 1)
	f.Add([]byte(`<x:styleSheet xmlns:x="y"><x:fonts/><x:cellXfs><x:xf fontId='0'/></x:cellXfs></x:styleSheet>`), 0)
	f.Add([]byte(`<styleSheet><cellXfs><xf numFmtId="14" quotePrefix="1"/></cellXfs></styleSheet>`), 0)
	f.Fuzz(func(t *testing.T, part []byte, base int) {
		s, err := newStyleSheet(part)
		if err != nil {
			return
		}
		got := map[Look]int{}
		for _, look := range allLooks {
			xf, err := s.xf(base, look)
			if err != nil {
				return
			}
			got[look] = xf
		}
		out := s.bytes()
		checkAppended(t, string(part), out)
		again, err := newStyleSheet(out)
		if err != nil {
			t.Fatalf("cannot be read again: %v\n%s", err, out)
		}
		for look, xf := range got {
			if now, err := again.xf(base, look); err != nil || now != xf {
				t.Errorf("look %d: %d, %v; before %d\n%s", look, now, err, xf, out)
			}
		}
		if !bytes.Equal(again.bytes(), out) {
			t.Errorf("grows:\n%s\n%s", out, again.bytes())
		}
	})
}

func BenchmarkStyles(b *testing.B) {
	part := strings.Replace(plainStyles, `</cellXfs>`, strings.Repeat(`<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1"/>`, 4000)+`</cellXfs>`, 1)
	b.SetBytes(int64(len(part)))
	for b.Loop() {
		s := mustStyles(b, part)
		for base := range 20 {
			for _, look := range allLooks {
				if _, err := s.xf(base%5, look); err != nil {
					b.Fatal(err)
				}
			}
		}
		if len(s.bytes()) <= len(part) {
			b.Fatal(fmt.Errorf("nothing was added"))
		}
	}
}
