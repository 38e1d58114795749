package hostile

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// limitedCommand is a command that can have no more memory than allowed: the kernel gives it no more for its data. That
// counts what is asked for, not only what is touched, so it is stricter than what a container is held to.
func limitedCommand(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{program}, args...)...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", limited, int64(memory)))
	return cmd
}

// becomeLimited takes the limit on and becomes the program of the arguments.
func becomeLimited(limit string) {
	n, err := strconv.ParseUint(limit, 10, 64)
	if err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: n, Max: n})
	}
	if err == nil {
		os.Unsetenv(limited)
		err = syscall.Exec(os.Args[1], os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(125)
}

// peak is the most memory that a program has held, in bytes.
func peak(state *os.ProcessState) int64 {
	usage, _ := state.SysUsage().(*syscall.Rusage)
	return usage.Maxrss << 10
}
