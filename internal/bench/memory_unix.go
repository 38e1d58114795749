//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory returns the highest resident memory of a process that has ended,
// in bytes.
func peakMemory(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak := int64(usage.Maxrss)
	if runtime.GOOS == "darwin" {
		return peak
	}
	return peak * 1024 // in KiB elsewhere
}
