package hostile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// What a hostile workbook may cost.
const (
	memory  = 512 << 20
	seconds = 10
)

// regcert is the program, built once; TestMain removes it.
var regcert = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "regcert-hostile-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "regcert")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/regcert").CombinedOutput()
	if err != nil {
		return path, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// limited, in the environment, makes of the test binary a program that limits itself and becomes the one that its
// arguments name.
const limited = "REGCERT_TEST_MEMORY"

func TestMain(m *testing.M) {
	if limit := os.Getenv(limited); limit != "" {
		becomeLimited(limit)
	}
	code := m.Run()
	if path, _ := regcert(); path != "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
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
	program, err := regcert()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 12*seconds*time.Second)
	defer cancel()
	cmd := limitedCommand(ctx, program, append(args, "--as-of", "2026-05-11")...)
	cmd.Dir = filepath.Dir(path)
	var stdout, stderr beginning
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
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
