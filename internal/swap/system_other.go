//go:build !linux && !darwin && !windows

package swap

import (
	"errors"
	"io/fs"
	"os"
)

// exchange is not to be had here: the replacement looks once more, and renames.
func exchange(a, b string) error { return errors.ErrUnsupported }

// keepExtended does nothing: extended attributes are not kept here.
func keepExtended(file *os.File, like string) error { return nil }

// renameNew is a rename that never replaces what is there.
func renameNew(from, to string) error { return linkThenRemove(from, to) }

// isPlaceholder is for other systems: here such files cannot be told.
func isPlaceholder(info fs.FileInfo) bool { return false }
