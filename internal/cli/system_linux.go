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
	var folder unix.Stat_t
	if err := unix.Stat(dir, &folder); err != nil {
		return 0, "", err
	}
	return fs.Bavail * uint64(fs.Frsize), fmt.Sprint(folder.Dev), nil
}

// isClockUnset reports whether the kernel says that nothing keeps its clock right
// (adjtimex(2)).
func isClockUnset() bool {
	var t unix.Timex
	_, err := unix.Adjtimex(&t) // some containers may not ask
	return err == nil && t.Status&unix.STA_UNSYNC != 0
}
