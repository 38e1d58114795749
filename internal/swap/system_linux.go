package swap

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// exchange swaps two files in one step: no moment is without either. errors.ErrUnsupported says that the file system
// cannot (CIFS, for one).
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	switch err {
	case nil:
		return nil
	case unix.EINVAL, unix.ENOSYS, unix.ENOTSUP:
		return errors.ErrUnsupported
	}
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
}

// renameNew is a rename that never replaces what is there.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	switch err {
	case nil:
		return nil
	case unix.EINVAL, unix.ENOSYS, unix.ENOTSUP:
		return linkThenRemove(from, to)
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}

// isPlaceholder is for other systems: here such files cannot be told.
func isPlaceholder(info fs.FileInfo) bool { return false }
