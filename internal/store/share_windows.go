package store

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// fileSystemOf looks at the drive of an absolute path.
func fileSystemOf(dir string) (fileSystem, error) {
	volume := filepath.VolumeName(dir)
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return fileSystem{}, err
	}
	// A share by its own name (\\server\share) and a drive letter that stands
	// for one are the same.
	isLetter := len(volume) == 2
	if (!isLetter && strings.HasPrefix(volume, `\\`) && !strings.HasPrefix(volume, `\\?\`) && !strings.HasPrefix(volume, `\\.\`)) ||
		windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return fileSystem{name: "a network share (" + volume + ")", share: true}, nil
	}
	return fileSystem{}, nil
}
