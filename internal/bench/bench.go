package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"regcert/internal/samples"
)

// The measurements, by the names that the table gives them.
const (
	floor     = "floor: inflate the sheet, scan it, deflate it"
	readOnly  = "read alone"
	check     = "regcert check"
	firstRun  = "regcert run, first"
	secondRun = "regcert run, nothing to change"
	library   = "excelize: open, get rows, set 4 cells a row, save"
)

// measurement is what one kind of work took, run by run.
type measurement struct {
	name   string
	wall   []time.Duration // from start to end of the process
	work   []time.Duration // of all processors: what stays the same on a busy machine
	memory int64           // the highest peak resident memory of any run, in bytes; 0 unknown
}

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

// bench measures in a folder of its own.
type bench struct {
	options
	dir, self string // self: the path of this program
	pristine  string // the register as it was made
	register  string // the register that regcert treats
	configYML string
	size      int64 // of the pristine register in bytes
	done      []measurement
}

func newBench(o options, dir string) (*bench, error) {
	b := &bench{options: o, dir: dir, pristine: filepath.Join(dir, "pristine", "register.xlsx"), register: filepath.Join(dir, "register.xlsx")}
	var err error
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if b.regcert, err = exec.LookPath(o.regcert); err != nil {
		return nil, fmt.Errorf("%w: build it first (make build), or name it with -regcert", err)
	}
	if b.regcert, err = filepath.Abs(b.regcert); err != nil {
		return nil, err
	}
	if b.configYML, err = configure(dir, o.config); err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Dir(b.pristine), 0o700); err != nil {
		return nil, err
	}
	// In a child too: on Linux the peak memory of a process counts from what
	// its parent held when it started it, so this process stays small.
	if _, _, err := b.run(b.self, "-do", "make", b.pristine, strconv.Itoa(o.rows)); err != nil {
		return nil, err
	}
	info, err := os.Stat(b.pristine)
	if err != nil {
		return nil, err
	}
	b.size = info.Size()
	return b, nil
}

// measureAll takes the measurements, each in a process of its own, in rounds:
// what else the machine does meanwhile weighs on all of them alike.
func (b *bench) measureAll() error {
	for i := range b.runs {
		fmt.Fprintf(os.Stderr, "round %d of %d …\n", i+1, b.runs)
		if err := b.round(); err != nil {
			return err
		}
	}
	if !b.excelize {
		return nil
	}
	fmt.Fprintln(os.Stderr, "excelize …")
	return b.measure(library, b.self, "-do", "excelize", b.pristine, filepath.Join(b.dir, "rewritten.xlsx"))
}

func (b *bench) round() error {
	if err := b.measure(floor, b.self, "-do", "floor", b.pristine); err != nil {
		return err
	}
	if err := b.measure(readOnly, b.self, "-do", "read", b.pristine); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(b.dir, "state")); err != nil {
		return err
	}
	if err := copyFile(b.register, b.pristine); err != nil {
		return err
	}
	flags := []string{"--config", b.configYML, "--as-of", samples.AsOf().String(), "--quiet"}
	if err := b.measure(firstRun, b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	if err := b.expect(b.register, b.pristine, false, "regcert run has written nothing: there is nothing to measure"); err != nil {
		return err
	}
	written := filepath.Join(b.dir, "pristine", "written.xlsx")
	if err := copyFile(written, b.register); err != nil {
		return err
	}
	if err := b.measure(secondRun, b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	if err := b.expect(b.register, written, true, "the second regcert run has changed the register again"); err != nil {
		return err
	}
	return b.measure(check, b.regcert, append([]string{"check"}, flags...)...)
}

// measure runs a program and adds what it took to the measurement.
func (b *bench) measure(name, program string, args ...string) error {
	wall, state, err := b.run(program, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	i := slices.IndexFunc(b.done, func(m measurement) bool { return m.name == name })
	if i < 0 {
		i = len(b.done)
		b.done = append(b.done, measurement{name: name})
	}
	m := &b.done[i]
	m.wall = append(m.wall, wall)
	m.work = append(m.work, state.UserTime()+state.SystemTime())
	m.memory = max(m.memory, peakMemory(state))
	return nil
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

// expect makes sure that what was measured has happened: that two files are
// the same, or are not.
func (b *bench) expect(path, other string, same bool, otherwise string) error {
	first, err := hash(path)
	if err != nil {
		return err
	}
	second, err := hash(other)
	if err != nil {
		return err
	}
	if (first == second) != same {
		return errors.New(otherwise)
	}
	return nil
}

func copyFile(to, from string) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer data.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, data)
	return errors.Join(err, out.Close())
}

func hash(path string) (sum [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [32]byte(h.Sum(nil)), err
}
