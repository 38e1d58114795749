//go:build !linux

package hostile

import (
	"context"
	"os"
	"os/exec"
)

// Elsewhere the time is limited only.
func limitedCommand(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, program, args...)
}

func becomeLimited(string) {}

func peak(*os.ProcessState) int64 { return 0 }
