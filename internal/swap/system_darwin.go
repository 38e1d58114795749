package swap

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// exchange swaps two files in one step: no moment is without either. errors.ErrUnsupported says that the file system
// cannot.
func exchange(a, b string) error {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
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
	err := unix.RenamexNp(from, to, unix.RENAME_EXCL)
	switch err {
	case nil:
		return nil
	case unix.EINVAL, unix.ENOSYS, unix.ENOTSUP:
		return linkThenRemove(from, to)
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}

// isPlaceholder tells of a file that only its name is here: reading it would have a synchronising program fetch it.
func isPlaceholder(info fs.FileInfo) bool {
	const dataless = 0x40000000 // SF_DATALESS, <sys/stat.h>
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Flags&dataless != 0
}
