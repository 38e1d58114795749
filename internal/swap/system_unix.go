//go:build !windows

package swap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openShared opens a file for reading in a way that keeps nobody from writing, renaming or deleting it.
func openShared(path string) (*os.File, error) { return os.Open(path) }

// names is how many names (hard links) a file has.
func names(_ string, info fs.FileInfo) (uint64, error) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink), nil
	}
	return 1, nil
}

// keepAttributes gives a new file the extended attributes (access lists among them), mode and owner of another, and
// fails where one of them cannot be kept. The mode comes after the attributes, which may change it. The owner comes last:
// so one needs no right but that to give a file away (on Linux CAP_CHOWN), as the file is one's own until then.
func keepAttributes(file *os.File, like string) error {
	info, err := os.Lstat(like)
	if err != nil {
		return err
	}
	mine, err := file.Stat()
	if err != nil {
		return err
	}
	want, ok1 := info.Sys().(*syscall.Stat_t)
	have, ok2 := mine.Sys().(*syscall.Stat_t)
	if !ok1 || !ok2 {
		return errors.New("its owner cannot be read")
	}
	if err := keepExtended(file, like); err != nil {
		return err
	}
	if err := file.Chmod(info.Mode()); err != nil {
		return err
	}
	if want.Uid != have.Uid || want.Gid != have.Gid {
		if err := file.Chown(int(want.Uid), int(want.Gid)); err != nil {
			return fmt.Errorf("it belongs to another user, whose the new file cannot be: %w", err)
		}
	}
	if mine, err = file.Stat(); err == nil && mine.Mode() != info.Mode() { // some file systems only pretend to set it
		err = fmt.Errorf("the new file has the mode %v instead of %v", mine.Mode(), info.Mode())
	}
	return err
}

// syncDir makes the names in a folder durable. Network shares that cannot sync a folder need not.
func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// replaceFile is Windows'.
func replaceFile(path, in, out string) error { return errors.ErrUnsupported }

// linkThenRemove gives a file another name, which must be free, and takes the old one away. Where there are no second
// names, the name is looked for first: what comes there in the moment between is lost.
func linkThenRemove(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}
