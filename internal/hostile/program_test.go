// Package hostile drives the program itself on workbooks that are made to break it, and on those that others have made.
package hostile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a hostile workbook may cost.
const (
	memory  = 512 << 20
	seconds = 10
)

// limited, in the environment, makes of the test binary a program that limits itself and becomes the one that its
// arguments name.
const limited = "REGCERT_TEST_MEMORY"

// program is the path of regcert, which TestMain builds.
var program string

func TestMain(m *testing.M) {
	if limit := os.Getenv(limited); limit != "" {
		becomeLimited(limit)
	}
	os.Exit(withProgram(m.Run))
}

// withProgram builds regcert for as long as the tests run.
func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "regcert-hostile-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "regcert.exe") // Windows runs nothing without the extension
	build := exec.Command("go", "build", "-o", program, "../../cmd/regcert")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is shipped
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s", err, out)
		return 1
	}
	return run()
}

// ended is how the program ended.
type ended struct {
	code           int
	stdout, stderr string
	took           time.Duration // of the processor, which does not depend on what else runs
	memory         int64         // bytes it held at its most
}

// beginning keeps the beginning of what is written to it: a report can be larger than the workbook.
type beginning []byte

func (b *beginning) Write(p []byte) (int, error) {
	*b = append(*b, p[:min(len(p), 1<<20-len(*b))]...)
	return len(p), nil
}

// check runs `regcert check` on a workbook under the limits.
func check(t *testing.T, path string, args ...string) ended {
	t.Helper()
	return command(t, path, append([]string{"check", path}, args...)...)
}

// command runs regcert under the limits, in the folder of a workbook, where there is no configuration.
func command(t *testing.T, path string, args ...string) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 12*seconds*time.Second)
	defer cancel()
	cmd := limitedCommand(ctx, program, append(args, "--as-of", "2026-05-11")...)
	cmd.Dir = filepath.Dir(path)
	var stdout, stderr beginning
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	got := ended{stdout: string(stdout), stderr: string(stderr)}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	state := cmd.ProcessState
	got.code, got.memory, got.took = state.ExitCode(), peak(state), state.UserTime()+state.SystemTime()
	return got
}

// problem says what is wrong with how the program ended: not by itself, not within some seconds, or without taking the workbook for one.
func (e ended) problem(within int) string {
	switch {
	case e.code < 0 || e.code > 3 || strings.Contains(e.stderr, "goroutine ") || strings.Contains(e.stdout, "stumbled"):
		return fmt.Sprintf("it broke down (exit code %d):\n%.3000s\n%.3000s", e.code, e.stderr, e.stdout)
	case e.code == 2:
		return fmt.Sprintf("it was not taken for a workbook:\n%.1000s", e.stderr)
	case e.took > time.Duration(within)*time.Second:
		return fmt.Sprintf("it took %v", e.took)
	}
	return ""
}
