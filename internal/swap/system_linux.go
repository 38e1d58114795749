package swap

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

const (
	flagExchange = unix.RENAME_EXCHANGE
	flagNew      = unix.RENAME_NOREPLACE
)

func renameFlagged(from, to string, flag uint) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, flag)
}

// isPlaceholder is for other systems: here such files cannot be told.
func isPlaceholder(info fs.FileInfo) bool { return false }
