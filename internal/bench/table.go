package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"regcert/internal/samples"
)

// target is a figure that regcert is meant to keep.
type target struct {
	what         string
	of, to       string // measurements; to is empty where the figure is memory
	atMost       float64
	memoryAtMost int64
}

func targets() []target {
	return []target{
		{what: "first run against the floor", of: firstRun, to: floor, atMost: 3},
		{what: "first run against excelize", of: firstRun, to: library, atMost: 0.1},
		{what: "second run against the read alone", of: secondRun, to: check, atMost: 1.5},
		{what: "peak memory of the first run", of: firstRun, memoryAtMost: 300e6},
	}
}

// print writes the measurements as a table, then the figures that regcert is
// meant to keep.
func (b *bench) print(w io.Writer) error {
	fmt.Fprintf(w, "%s rows × %d columns, %s, on %d processors of %s/%s\n\n", humanize.Comma(int64(b.rows)), samples.BigColumns,
		humanize.Bytes(uint64(b.size)), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	least, _ := b.find(floor)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tmedian\tfastest\tslowest\tprocessor time\tpeak memory\t× floor\t")
	for _, m := range b.done {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t\n", m.name, seconds(median(m.wall)), seconds(slices.Min(m.wall)), seconds(slices.Max(m.wall)),
			seconds(median(m.work)), memory(m.memory), ratio(m, least))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if wall, work := median(least.wall), median(least.work); wall > 2*work {
		fmt.Fprintf(w, "The machine was busy: the floor waited %s for %s of work. Measure again when it is idle.\n", seconds(wall), seconds(work))
	}
	for _, g := range targets() {
		if line := b.judge(g); line != "" {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}

// judge says whether a target is kept, nothing where it was not measured.
func (b *bench) judge(g target) string {
	m, ok := b.find(g.of)
	if !ok {
		return ""
	}
	if g.to == "" {
		if m.memory == 0 {
			return ""
		}
		return verdict(m.memory <= g.memoryAtMost, "%s: %s, at most %s", g.what, memory(m.memory), memory(g.memoryAtMost))
	}
	to, ok := b.find(g.to)
	if !ok {
		return ""
	}
	r := ratio(m, to)
	return verdict(r <= g.atMost, "%s: %.2f, at most %g", g.what, r, g.atMost)
}

func verdict(kept bool, format string, args ...any) string {
	word := "missed"
	if kept {
		word = "kept  "
	}
	return strings.TrimSpace(word + " " + fmt.Sprintf(format, args...))
}

func (b *bench) find(name string) (measurement, bool) {
	for _, m := range b.done {
		if m.name == name {
			return m, true
		}
	}
	return measurement{}, false
}

func ratio(m, to measurement) float64 { return float64(median(m.wall)) / float64(median(to.wall)) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func memory(n int64) string {
	if n == 0 {
		return "unknown"
	}
	return humanize.Bytes(uint64(n))
}
