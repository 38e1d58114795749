package digest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"

	"regcert/internal/history"
)

// weeksOf makes a digest of n weeks, the last of them monday's.
func weeksOf(n int, of func(i int) history.Week) *Digest {
	d := &Digest{AsOf: monday}
	day := monday
	for i := n - 1; i >= 0; i-- {
		w := of(i)
		w.Day, w.Known = day, true
		d.Weeks = append([]history.Week{w}, d.Weeks...)
		day -= 7
	}
	return d
}

// There is a picture where two weeks are known, and something was open.
func TestFigure(t *testing.T) {
	some := func(i int) history.Week { return history.Week{Overdue: 3, AtRisk: i, Other: 7} }
	escalation := weeksOf(3, some)
	escalation.Kind = Escalation
	for name, c := range map[string]struct {
		d    *Digest
		want string // its alternative text
	}{
		"no week":            {weeksOf(0, some), ""},
		"one week":           {weeksOf(1, some), ""},
		"two weeks":          {weeksOf(2, some), "Bars of what was open over 2 weeks. Mon 4 May 2026: 10 open, of them 3 overdue, 0 at risk and 7 other. Mon 11 May 2026: 11 open, of them 3 overdue, 1 at risk and 7 other; 1 more than then."},
		"twelve weeks":       {weeksOf(12, func(i int) history.Week { return history.Week{Other: 20 - i} }), "Bars of what was open over 12 weeks. Mon 23 Feb 2026: 20 open, of them 0 overdue, 0 at risk and 20 other. Mon 11 May 2026: 9 open, of them 0 overdue, 0 at risk and 9 other; 11 fewer than then."},
		"as many":            {weeksOf(2, func(i int) history.Week { return history.Week{Other: 1} }), "Bars of what was open over 2 weeks. Mon 4 May 2026: 1 open, of them 0 overdue, 0 at risk and 1 other. Mon 11 May 2026: 1 open, of them 0 overdue, 0 at risk and 1 other; as many as then."},
		"nothing ever open":  {weeksOf(5, func(int) history.Week { return history.Week{} }), ""},
		"what is told apart": {escalation, ""},
	} {
		alt := ""
		if f := c.d.Figure(); f != nil {
			alt = f.Alt
		}
		if alt != c.want {
			t.Errorf("%s: %q, want %q", name, alt, c.want)
		}
		if _, drawn := c.d.Chart(); drawn != (c.want != "") {
			t.Errorf("%s: drawn is %t", name, drawn)
		}
	}
}

// The picture has two pixels for each that the HTML reserves, few bytes, and
// keeps away from its edges, however large the numbers.
func TestChart(t *testing.T) {
	for _, n := range []int{2, 5, 6, 7, 12} {
		for _, of := range []func(i int) history.Week{
			func(i int) history.Week { return history.Week{Overdue: i, AtRisk: 12 - i, Other: 20} },
			func(i int) history.Week { return history.Week{Overdue: 12345 * i, AtRisk: 54321, Other: 99999} },
			func(i int) history.Week { return history.Week{Other: n - 1 - i} },
			func(i int) history.Week { return history.Week{Overdue: 1000 * (n - 1 - i)} },
			func(i int) history.Week { return history.Week{Overdue: 1 + i} },
		} {
			d := weeksOf(n, of)
			name := fmt.Sprintf("%d weeks, the last %+v", n, d.Weeks[n-1])
			p, _ := d.Chart()
			if again, _ := d.Chart(); !bytes.Equal(p.PNG, again.PNG) {
				t.Errorf("%s: the same weeks give another picture", name)
			}
			img, err := png.Decode(bytes.NewReader(p.PNG))
			if err != nil {
				t.Fatal(err)
			}
			f := d.Figure()
			if size := img.Bounds().Size(); size != (image.Point{2 * f.Width, 2 * f.Height}) || f.Width > 624 || p.CID != f.CID || p.Name == "" || len(p.PNG) > 30_000 {
				t.Errorf("%s: %v in %d bytes, as %+v", name, size, len(p.PNG), *f)
			}
			if ink := inked(t, img); !ink.In(img.Bounds().Inset(8)) || ink.Dx() < img.Bounds().Dx()/2 {
				t.Errorf("%s: what is drawn fills %v of %v", name, ink, img.Bounds())
			}
		}
	}
}

// inked is the part of a picture in which something is drawn.
func inked(t *testing.T, img image.Image) image.Rectangle {
	t.Helper()
	p, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("the picture is a %T", img)
	}
	white := map[uint8]bool{}
	for i, c := range p.Palette {
		white[uint8(i)] = color.NRGBAModel.Convert(c) == color.NRGBA{0xff, 0xff, 0xff, 0xff}
	}
	var out image.Rectangle
	for y := range p.Rect.Dy() {
		row := p.Pix[y*p.Stride : y*p.Stride+p.Rect.Dx()]
		first := slices.IndexFunc(row, func(i uint8) bool { return !white[i] })
		if first < 0 {
			continue
		}
		last := len(row) - 1
		for white[row[last]] {
			last--
		}
		out = out.Union(image.Rect(first, y, last+1, y+1))
	}
	return out
}

// What the inks name can be read on white, and the parts of a bar told apart.
func TestInks(t *testing.T) {
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	inks := []color.NRGBA{black(), grey()}
	all := layers()
	for i, l := range all {
		inks = append(inks, l.ink)
		if i > 0 && contrast(t, hex(l.fill), hex(all[i-1].fill)) < 1.2 {
			t.Errorf("%s looks like %s", l.name, all[i-1].name)
		}
	}
	for _, c := range inks {
		if got := contrast(t, hex(c), "#ffffff"); got < 4.5 {
			t.Errorf("%s on white: contrast %.2f, want 4.5", hex(c), got)
		}
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct{ in, want []float64 }{
		{[]float64{10, 20, 30}, []float64{10, 20, 30}}, {[]float64{0, 0, 0}, []float64{5, 15, 25}}, {[]float64{10, 19, 40}, []float64{10, 20, 40}}, {nil, []float64{}},
		{[]float64{50, 100, 100}, []float64{50, 90, 100}}, {[]float64{95, 98, 100}, []float64{80, 90, 100}},
	} {
		if got := apart(c.in, 10, 100); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}

func BenchmarkChart(b *testing.B) {
	d := weeksOf(12, func(i int) history.Week { return history.Week{Overdue: i, AtRisk: 12 - i, Other: 20 + i} })
	for b.Loop() {
		d.Chart()
	}
	b.ReportAllocs()
}
