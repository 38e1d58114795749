package digest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	style "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"regcert/internal/history"
)

// Figure is how the HTML shows the picture of the weeks.
type Figure struct {
	CID           string // by which the HTML names the inline attachment (RFC 2392)
	Width, Height int    // CSS pixels
	Alt           string // what the picture says, in words
}

// Picture is the picture of the weeks, as it is attached inline.
type Picture struct {
	CID, Name string // Name is the attachment's file name
	PNG       []byte // with two pixels a CSS pixel, for sharp screens
}

// Sizes in CSS pixels. Letters are large enough to be read when a phone shrinks
// the picture to half its width.
const (
	px           = vg.Inch / 96
	letterSize   = 20
	pitchLarge   = 78  // from bar to bar, where there are few
	bars         = 470 // for all bars, where there are many
	beside       = 150 // for what stands to the right of the bars
	figureHeight = 270
	lineHeight   = 28 // from label to label beside the bars
)

// Figure returns how the HTML shows the picture of the weeks; nil where fewer
// than two weeks are known, nothing was open in any, or the email is not the
// weekly one.
func (d *Digest) Figure() *Figure {
	if d.Kind != Weekly || len(d.Weeks) < 2 || !slices.ContainsFunc(d.Weeks, func(w history.Week) bool { return openIn(w) > 0 }) {
		return nil
	}
	return &Figure{
		CID:   "weeks-" + d.AsOf.String() + "@regcert",
		Width: pitch(len(d.Weeks))*len(d.Weeks) + beside, Height: figureHeight,
		Alt: weeksInWords(d.Weeks),
	}
}

// Chart draws the picture that the HTML shows, and reports whether it shows one.
// The same weeks give the same bytes.
func (d *Digest) Chart() (Picture, bool) {
	f := d.Figure()
	if f == nil {
		return Picture{}, false
	}
	canvas := vgimg.NewWith(vgimg.UseWH(vg.Length(f.Width)*px, vg.Length(f.Height)*px), vgimg.UseDPI(2*96))
	chart(d.Weeks).Draw(draw.Crop(draw.New(canvas), 8*px, -4*px, 8*px, -8*px))
	var b bytes.Buffer
	if err := png.Encode(&b, indexed(canvas.Image())); err != nil {
		panic(fmt.Sprintf("digest: the picture: %v", err)) // a buffer takes all
	}
	return Picture{CID: f.CID, Name: "weeks.png", PNG: b.Bytes()}, true
}

// pitch is the distance from bar to bar where there are n.
func pitch(n int) int { return min(pitchLarge, bars/n) }

// layer is a part of each bar.
type layer struct {
	name      string
	fill, ink color.NRGBA // ink is dark enough to be read on white
	of        func(history.Week) int
}

// layers are the parts of the bars, from the ground up: the worst stands on the
// ground, where it is compared best.
func layers() []layer {
	return []layer{
		{"overdue", rgb(0xb3261e), rgb(0xb3261e), func(w history.Week) int { return w.Overdue }},
		{"at risk", rgb(0xe09a00), rgb(0x8a5200), func(w history.Week) int { return w.AtRisk }},
		{"other", rgb(0x9dbcdf), rgb(0x1d5fa6), func(w history.Week) int { return w.Other }},
	}
}

func rgb(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff} }

// The inks of numbers and of dates.
func black() color.NRGBA { return rgb(0x1b2330) }
func grey() color.NRGBA  { return rgb(0x566070) }

// chart has a bar a week with its sum above and its date below, and names the
// parts beside the last one, so that nobody depends on colours.
func chart(weeks []history.Week) *plot.Plot {
	p := plot.New()
	p.HideAxes()
	p.BackgroundColor = color.White
	last, highest := len(weeks)-1, 1
	var below *plotter.BarChart
	var names []string
	var inks []color.NRGBA
	var middles []float64
	for _, l := range layers() {
		values := make(plotter.Values, len(weeks))
		for i, w := range weeks {
			values[i] = float64(l.of(w))
			highest = max(highest, openIn(w))
		}
		bar := must(plotter.NewBarChart(values, vg.Length(pitch(len(weeks)))*0.68*px))
		bar.Color, bar.LineStyle = l.fill, draw.LineStyle{Color: color.White, Width: 1.5 * px}
		names, inks = append(names, fmt.Sprintf("%d %s", l.of(weeks[last]), l.name)), append(inks, l.ink)
		middles = append(middles, below.BarHeight(last)+values[last]/2)
		if below != nil {
			bar.StackOn(below)
		}
		p.Add(bar)
		below = bar
	}
	unit := float64(highest) / (figureHeight - 2.6*lineHeight) // a CSS pixel's, below the sums and above the dates
	p.X.Min, p.X.Max = -0.5, float64(last)+0.5+beside/float64(pitch(len(weeks)))
	p.Y.Min, p.Y.Max = -unit*lineHeight, float64(highest)+unit*lineHeight
	for i, y := range apart(middles, unit*lineHeight, float64(highest)) {
		p.Add(label(names[i], float64(last)+0.5, y, inks[i], style.XLeft, style.YCenter))
	}
	step := 1
	if pitch(len(weeks)) < letterSize*7/2 { // a date would stand in the next one
		step = 2
	}
	for i := last; i >= 0; i -= step {
		p.Add(label(fmt.Sprint(openIn(weeks[i])), float64(i), float64(openIn(weeks[i]))+unit*4, black(), style.XCenter, style.YBottom),
			label(weeks[i].Day.Time().Format("2 Jan"), float64(i), -unit*5, grey(), style.XCenter, style.YTop))
	}
	return p
}

// label is a text at a place of the chart.
func label(s string, x, y float64, ink color.NRGBA, across style.XAlignment, down style.YAlignment) *plotter.Labels {
	return &plotter.Labels{
		XYs: plotter.XYs{{X: x, Y: y}}, Labels: []string{s},
		TextStyle: []style.Style{{
			Font:  font.Font{Typeface: "Liberation", Variant: "Sans", Size: letterSize * px},
			Color: ink, XAlign: across, YAlign: down, Handler: plot.DefaultTextHandler,
		}},
	}
}

// apart moves rising heights until each stands at least a gap above the one
// before, the first half a gap above the ground and the last not above the top.
func apart(heights []float64, gap, top float64) []float64 {
	out := make([]float64, len(heights))
	lowest := gap / 2
	for i, h := range heights {
		out[i] = max(h, lowest)
		lowest = out[i] + gap
	}
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = min(out[i], top)
		top = out[i] - gap
	}
	return out
}

// indexed is a picture in the few colours that a chart needs: its own, and what
// lies between each and the white around it. That takes half the bytes.
func indexed(img image.Image) *image.Paletted {
	const steps = 16
	var colours color.Palette
	own := []color.NRGBA{black(), grey()}
	for _, l := range layers() {
		own = append(own, l.fill, l.ink)
	}
	for _, c := range own {
		for i := range steps + 1 {
			mix := func(v uint8) uint8 { return uint8((int(v)*(steps-i) + 0xff*i) / steps) }
			colours = append(colours, color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff})
		}
	}
	out := image.NewPaletted(img.Bounds(), colours)
	nearest := map[color.Color]uint8{}
	for y := out.Rect.Min.Y; y < out.Rect.Max.Y; y++ {
		for x := out.Rect.Min.X; x < out.Rect.Max.X; x++ {
			c := img.At(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(colours.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

// openIn is how much was open in a week.
func openIn(w history.Week) int { return w.Overdue + w.AtRisk + w.Other }

// weeksInWords says what the picture shows: the first and the last week, and
// what has become of all.
func weeksInWords(weeks []history.Week) string {
	first, last := weeks[0], weeks[len(weeks)-1]
	trend := "as many as then"
	switch n := openIn(last) - openIn(first); {
	case n > 0:
		trend = fmt.Sprintf("%d more than then", n)
	case n < 0:
		trend = fmt.Sprintf("%d fewer than then", -n)
	}
	return fmt.Sprintf("Bars of what was open over %d weeks. %s: %s. %s: %s; %s.", len(weeks), first.Day.Long(), weekInWords(first), last.Day.Long(), weekInWords(last), trend)
}

func weekInWords(w history.Week) string {
	return fmt.Sprintf("%d open, of them %d overdue, %d at risk and %d other", openIn(w), w.Overdue, w.AtRisk, w.Other)
}

// must returns what a function of the plotting library made that fails only on
// numbers that are none.
func must[T any](made T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("digest: the picture: %v", err))
	}
	return made
}
