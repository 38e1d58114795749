//go:build linux || darwin

package swap

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// exchange swaps two files in one step: no moment is without either. errors.ErrUnsupported says that the file system
// cannot (CIFS, for one).
func exchange(a, b string) error {
	err := renameFlagged(a, b, flagExchange)
	if isUnknown(err) {
		return errors.ErrUnsupported
	}
	if err != nil {
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}

// renameNew is a rename that never replaces what is there.
func renameNew(from, to string) error {
	err := renameFlagged(from, to, flagNew)
	if isUnknown(err) {
		return linkThenRemove(from, to)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// isUnknown tells that the system, or the file system, does not know the flag.
func isUnknown(err error) bool {
	return err == unix.EINVAL || err == unix.ENOSYS || err == unix.ENOTSUP
}
