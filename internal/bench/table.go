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
)

// print writes the measurements as a table, load by load, then the figures that
// regcert is meant to keep.
func (b *bench) print(w io.Writer) error {
	fmt.Fprintf(w, "On %d processors of %s/%s; each figure is of a process from start to end, and × limit and × floor are ratios of medians.\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	for i, m := range b.done {
		if i == 0 || m.load.name != b.done[i-1].load.name {
			fmt.Fprintln(t, "\t\t\t\t\t\t\t\t\t\t")
			fmt.Fprintf(t, "%s, %s\tmedian\tfastest\tslowest\tprocessor time\tprocessors\tpeak memory\tper second\t× limit\t× floor\t\n", m.load, humanize.Bytes(uint64(b.sizes[m.load.name])))
		}
		b.row(t, m)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	b.together(w)
	for _, m := range b.done {
		if wall, work := median(m.wall), median(m.work); m.name == floor && wall > 2*work {
			fmt.Fprintf(w, "The machine was busy: the floor of %s waited %s for %s of work. Measure again when it is idle.\n", m.load, seconds(wall), seconds(work))
		}
	}
	for _, g := range targets() {
		if line := b.judge(g); line != "" {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}

// row writes one measurement.
func (b *bench) row(t io.Writer, m measurement) {
	name := m.name
	if m.scale > 1 {
		name += fmt.Sprintf(" (on %d of them, × %.4g)", m.load.byLibrary, m.scale)
	}
	fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.1f\t%s\t%s\t%s\t%s\t\n", name, seconds(m.median()), seconds(m.scaled(slices.Min(m.wall))), seconds(m.scaled(slices.Max(m.wall))),
		seconds(m.scaled(median(m.work))), m.busy(), memory(m.memory), perSecond(m), b.against(m, limit), b.against(m, floor))
}

// against gives a measurement as so many times another of the same load.
func (b *bench) against(m measurement, name string) string {
	other, ok := b.find(m.load.name, name)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.2f", ratio(m, other))
}

// together says what a run over everything takes that finds nothing to change,
// and what it takes to know that the bytes are the same: to read and hash them.
func (b *bench) together(w io.Writer) {
	var run, least time.Duration
	for _, m := range b.done {
		switch m.name {
		case secondRun:
			run += m.median()
		case limit:
			least += m.median()
		}
	}
	if least > 0 && run > 0 {
		fmt.Fprintf(w, "All of them together, nothing to change: %s, %.0f times what reading the files and hashing them takes (%s).\n", seconds(run), float64(run)/float64(least), seconds(least))
	}
}

// perSecond says how many of the load's workbooks are done in a second, or how
// many rows where it is a single one.
func perSecond(m measurement) string {
	if m.name == idle {
		return ""
	}
	n, what := m.load.books, "workbooks"
	if n == 1 {
		n, what = m.load.rows, "rows"
	}
	return humanize.Comma(int64(float64(n)/m.median().Seconds())) + " " + what
}

// judge says whether a target is kept, nothing where it was not measured.
func (b *bench) judge(g target) string {
	m, ok := b.find(g.load, g.of)
	if !ok {
		return ""
	}
	switch {
	case g.memoryAtMost > 0 && m.memory > 0:
		return verdict(m.memory <= g.memoryAtMost, "%s: %s, at most %s", g.what, memory(m.memory), memory(g.memoryAtMost))
	case g.busyAtLeast > 0 && runtime.NumCPU() < 2:
		return ""
	case g.wallAtMost > 0:
		return verdict(m.median() <= g.wallAtMost, "%s: %s, at most %s", g.what, seconds(m.median()), seconds(g.wallAtMost))
	case g.workAtMost > 0:
		return verdict(median(m.work) <= g.workAtMost, "%s: %s, at most %s", g.what, seconds(median(m.work)), seconds(g.workAtMost))
	case g.busyAtLeast > 0:
		return verdict(m.busy() >= g.busyAtLeast, "%s: %.1f, at least %g", g.what, m.busy(), g.busyAtLeast)
	}
	to, ok := b.find(g.load, g.to)
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

func (b *bench) find(load, name string) (measurement, bool) {
	for _, m := range b.done {
		if m.load.name == load && m.name == name {
			return m, true
		}
	}
	return measurement{}, false
}

func ratio(m, to measurement) float64 { return float64(m.median()) / float64(to.median()) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func memory(n int64) string {
	if n == 0 {
		return "unknown"
	}
	return humanize.Bytes(uint64(n))
}
