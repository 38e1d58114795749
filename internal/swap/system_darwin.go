package swap

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	flagExchange = unix.RENAME_SWAP
	flagNew      = unix.RENAME_EXCL
)

func renameFlagged(from, to string, flag uint32) error { return unix.RenamexNp(from, to, flag) }

// isPlaceholder tells of a file that only its name is here: reading it would have a synchronising program fetch it.
func isPlaceholder(info fs.FileInfo) bool {
	const dataless = 0x40000000 // SF_DATALESS, <sys/stat.h>
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Flags&dataless != 0
}
