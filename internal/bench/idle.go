package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The daemon is watched for watchFor, when it has found out, within settleFor, that
// no workbook has changed.
const (
	settleFor = 45 * time.Second
	watchFor  = time.Minute
)

// idleRound measures a run that has nothing to write, and the daemon, which then
// has nothing to do.
func (b *bench) idleRound(l load, p place) error {
	if err := copyBooks(p.treated, p.pristine); err != nil {
		return err
	}
	flags := []string{"--config", p.config, "--quiet"}
	if _, _, err := b.run(b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	if err := b.measure(l, secondRun, 1, b.regcert, append([]string{"run"}, flags...)...); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return nil
	}
	cmd := exec.Command(b.regcert, append([]string{"serve"}, flags...)...)
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	time.Sleep(settleFor)
	before, _, err := usage(cmd.Process.Pid)
	if err != nil {
		return err
	}
	time.Sleep(watchFor)
	after, memory, err := usage(cmd.Process.Pid)
	if err != nil {
		return err
	}
	b.took(l, idle, 1, watchFor, after-before, memory)
	return nil
}

// usage is what a process has taken of the processors, and what it has of the
// memory, in bytes.
func usage(pid int) (work time.Duration, memory int64, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	threads, err := filepath.Glob(filepath.Join(dir, "task", "*", "schedstat"))
	if err != nil || len(threads) == 0 {
		return 0, 0, fmt.Errorf("the daemon has ended, or %s does not tell of it", dir)
	}
	for _, path := range threads {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		first, _, _ := strings.Cut(string(data), " ")
		n, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", path, err)
		}
		work += time.Duration(n)
	}
	data, err := os.ReadFile(filepath.Join(dir, "statm"))
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0, 0, fmt.Errorf("%s/statm says %q", dir, data)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return work, pages * int64(os.Getpagesize()), err
}
