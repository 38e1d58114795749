//go:build !linux && !darwin && !windows

package cli

import "errors"

// freeSpace cannot tell on this system.
func freeSpace(string) (free uint64, disk string, err error) { return 0, "", errors.ErrUnsupported }

// isClockUnset cannot tell on this system.
func isClockUnset() bool { return false }
