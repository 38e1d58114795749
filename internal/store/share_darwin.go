package store

import (
	"strings"

	"golang.org/x/sys/unix"
)

// fileSystemOf asks the kernel, which answers with the type's name
// (statfs(2)).
func fileSystemOf(dir string) (fileSystem, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fileSystem{}, err
	}
	switch name := unix.ByteSliceToString(st.Fstypename[:]); {
	case st.Flags&unix.MNT_LOCAL != 0:
		return fileSystem{}, nil
	case strings.Contains(name, "fuse"):
		return fileSystem{name: "a FUSE file system", doubtful: true}, nil
	default:
		return fileSystem{name: "a network share (" + name + ")", share: true}, nil
	}
}
