package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/samples"
)

// The measurements, by the names that the table gives them.
const (
	limit     = "limit: read the files and hash them"
	floor     = "floor: inflate the sheets, scan them, deflate them"
	readOnly  = "read alone"
	check     = "regcert check"
	firstRun  = "regcert run, first: every workbook is written"
	secondRun = "regcert run, nothing to change"
	digest    = "regcert digest, compared with the week before"
	report    = "regcert report: the action list as a workbook"
	idle      = "regcert serve, for a minute with nothing to do"
	library   = "excelize: open, get rows, set 4 cells a row, save"
)

// measurement is what one kind of work on a load took, run by run.
type measurement struct {
	load   load
	name   string
	wall   []time.Duration // from start to end of the process
	work   []time.Duration // of all processors: what stays the same on a busy machine
	memory int64           // the highest peak resident memory of any run, in bytes; 0 unknown
	scale  float64         // how many times as much the whole load is; what was taken is a part of it
}

// median is what the whole load takes, as a rule.
func (m measurement) median() time.Duration { return m.scaled(median(m.wall)) }

// scaled is what the whole load takes where what was done of it took so long.
func (m measurement) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * m.scale)
}

// busy is how many processors were at work, as a rule.
func (m measurement) busy() float64 { return float64(median(m.work)) / float64(median(m.wall)) }

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

// bench measures in a folder of its own.
type bench struct {
	options
	dir, self string           // self: the path of this program
	sizes     map[string]int64 // of the workbooks of a load as they were made, in bytes
	done      []measurement
}

func newBench(o options, dir string) (*bench, error) {
	b := &bench{options: o, dir: dir, sizes: map[string]int64{}}
	var err error
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if b.regcert, err = exec.LookPath(o.regcert); err != nil {
		return nil, fmt.Errorf("%w: build it first (make build), or name it with -regcert", err)
	}
	b.regcert, err = filepath.Abs(b.regcert)
	return b, err
}

// place is the folders of a load: its workbooks as they were made, and as
// regcert treats them.
type place struct{ pristine, treated, config string }

// measureAll takes the measurements of a load, each in a process of its own, in
// rounds: what else the machine does meanwhile weighs on all of them alike.
func (b *bench) measureAll(l load) error {
	dir := filepath.Join(b.dir, l.name)
	p := place{pristine: filepath.Join(dir, "pristine"), treated: filepath.Join(dir, "treated")}
	for _, d := range []string{p.pristine, p.treated} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	defer os.RemoveAll(dir)
	var err error
	if p.config, err = configure(p.treated, b.config); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: making them …\n", l)
	// In a child too: on Linux the peak memory of a process counts from what
	// its parent held when it started it, so this process stays small.
	if _, _, err := b.run(b.self, "-do", "make", p.pristine, strconv.Itoa(l.books), strconv.Itoa(l.rows), strings.Join(l.columns, ",")); err != nil {
		return err
	}
	if b.sizes[l.name], err = sizeOf(p.pristine); err != nil {
		return err
	}
	for i := range l.rounds {
		fmt.Fprintf(os.Stderr, "%s: round %d of %d …\n", l, i+1, l.rounds)
		if err := b.round(l, p); err != nil {
			return err
		}
	}
	if l.byLibrary == 0 {
		return nil
	}
	fmt.Fprintf(os.Stderr, "%s: excelize …\n", l)
	return b.measure(l, library, float64(l.books)/float64(l.byLibrary), b.self, "-do", "excelize", p.pristine, p.treated, strconv.Itoa(l.byLibrary))
}

func (b *bench) round(l load, p place) error {
	switch {
	case l.digest:
		return b.digestRound(l, p)
	case l.daemon:
		return b.idleRound(l, p)
	}
	for _, m := range [][2]string{{limit, "hash"}, {floor, "floor"}, {readOnly, "read"}} {
		if err := b.measure(l, m[0], 1, b.self, "-do", m[1], p.pristine); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(filepath.Join(p.treated, "state")); err != nil {
		return err
	}
	if err := copyBooks(p.treated, p.pristine); err != nil {
		return err
	}
	made, err := hashes(p.treated)
	if err != nil {
		return err
	}
	flags := []string{"--config", p.config, "--as-of", samples.AsOf().String(), "--quiet"}
	if err := b.measure(l, firstRun, 1, b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	written, err := hashes(p.treated)
	if err != nil {
		return err
	}
	for name, sum := range made {
		if written[name] == sum {
			return fmt.Errorf("regcert run has not written %s: there is nothing to measure", name)
		}
	}
	if err := b.measure(l, secondRun, 1, b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	after, err := hashes(p.treated)
	if err != nil {
		return err
	}
	for name, sum := range written {
		if after[name] != sum {
			return fmt.Errorf("the second regcert run has changed %s again", name)
		}
	}
	return b.measure(l, check, 1, b.regcert, append([]string{"check"}, flags...)...)
}

// digestRound measures what is made of what is open, a week after another digest
// was sent.
func (b *bench) digestRound(l load, p place) error {
	for _, left := range []string{"state", "outbox", "preview"} {
		if err := os.RemoveAll(filepath.Join(p.treated, left)); err != nil {
			return err
		}
	}
	if err := copyBooks(p.treated, p.pristine); err != nil {
		return err
	}
	flags := func(day calendar.Date) []string {
		return []string{"--config", p.config, "--as-of", day.String(), "--quiet"}
	}
	for _, before := range [][]string{{"run"}, {"digest", "--send"}} {
		if _, _, err := b.run(b.regcert, append(before, flags(samples.AsOf()-7)...)...); err != nil {
			return err
		}
	}
	preview := filepath.Join(p.treated, "preview")
	for _, m := range []struct {
		name string
		args []string
	}{
		{check, []string{"check"}},
		{digest, []string{"digest", "--preview", preview}},
		{report, []string{"report", filepath.Join(preview, "actions.xlsx")}},
	} {
		if err := b.measure(l, m.name, 1, b.regcert, append(m.args, flags(samples.AsOf())...)...); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(filepath.Join(preview, "head-of-quality.txt"))
	if err == nil && !bytes.Contains(text, []byte("Last week ")) {
		err = errors.New("the digest is not compared with the week before: there is nothing to measure")
	}
	return err
}

// measure runs a program and adds what it took to the measurement. Where it does
// only a part of the load, scale says how many times as much the whole is.
func (b *bench) measure(l load, name string, scale float64, program string, args ...string) error {
	wall, state, err := b.run(program, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	b.took(l, name, scale, wall, state.UserTime()+state.SystemTime(), peakMemory(state))
	return nil
}

// took adds what something took to its measurement.
func (b *bench) took(l load, name string, scale float64, wall, work time.Duration, memory int64) {
	i := slices.IndexFunc(b.done, func(m measurement) bool { return m.load.name == l.name && m.name == name })
	if i < 0 {
		i = len(b.done)
		b.done = append(b.done, measurement{load: l, name: name, scale: scale})
	}
	m := &b.done[i]
	m.wall = append(m.wall, wall)
	m.work = append(m.work, work)
	m.memory = max(m.memory, memory)
}

// run runs a program to its end. That check exits with 1 because it has found
// something is no error.
func (b *bench) run(program string, args ...string) (time.Duration, *os.ProcessState, error) {
	cmd := exec.Command(program, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && args[0] == "check" {
		err = nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w\n%s", filepath.Base(program), args[0], err, said.Bytes())
	}
	return took, cmd.ProcessState, nil
}
