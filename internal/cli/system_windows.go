package cli

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// freeSpace returns how many bytes can still be written to the disk that a folder
// is on, and what tells this disk from others.
func freeSpace(dir string) (free uint64, disk string, err error) {
	name, err := windows.UTF16PtrFromString(dir + `\`) // without it, a share by its own name is refused
	if err != nil {
		return 0, "", err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, filepath.VolumeName(dir), err
}

// isClockUnset cannot tell on this system.
func isClockUnset() bool { return false }
