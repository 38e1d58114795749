package cli

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeSpace returns how many bytes can still be written to the disk that a folder
// is on, and what tells this disk from others (statfs(2)).
func freeSpace(dir string) (free uint64, disk string, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, "", err
	}
	return fs.Bavail * uint64(fs.Bsize), fmt.Sprint(fs.Fsid), nil
}

// isClockUnset cannot tell on this system.
func isClockUnset() bool { return false }
