package swap

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// files are the operations that a replacement is made of, each of which may fail. The system's are one implementation,
// the model that the tests explore is another.
type files interface {
	real(path string) (string, error) // the file itself, links followed
	look(path string) (look, error)   // follows no link
	holder(path string) *Held
	hash(path string) (Sum, error)
	open(path string) (io.ReadCloser, error)
	create(path string) (file, error) // a new one
	exchange(a, b string) error       // errors.ErrUnsupported where the file system cannot
	replaceFile(path, in, out string) error
	rename(from, to string) error // over what is there
	renameNew(from, to string) error
	link(from, to string) error
	remove(path string) error
	makeDir(dir string) error
	list(dir string) ([]string, error)
	syncDir(dir string) error
}

// file is a file that is being made.
type file interface {
	io.Writer
	keep(like string) error // gives it the mode, owner and extended attributes of another
	Sync() error
	Close() error
}

// look is what can be told of a file without opening it.
type look struct {
	regular, writable bool
	names             uint64 // hard links
}

// system is the files of this computer.
type system struct{}

func (system) real(path string) (string, error) { return filepath.EvalSymlinks(path) }
func (system) holder(path string) *Held         { return Holder(path) }
func (system) exchange(a, b string) error       { return exchange(a, b) }
func (system) rename(from, to string) error     { return os.Rename(from, to) }
func (system) renameNew(from, to string) error  { return renameNew(from, to) }
func (system) link(from, to string) error       { return os.Link(from, to) }
func (system) remove(path string) error         { return os.Remove(path) }
func (system) syncDir(dir string) error         { return syncDir(dir) }

func (system) replaceFile(path, in, out string) error { return replaceFile(path, in, out) }

func (system) look(path string) (look, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return look{}, err
	}
	found := look{regular: info.Mode().IsRegular(), writable: info.Mode().Perm()&0o222 != 0}
	if found.regular {
		found.names, err = names(path, info)
	}
	return found, err
}

func (system) open(path string) (io.ReadCloser, error) {
	file, err := openShared(path)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (system) create(path string) (file, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return systemFile{file}, nil
}

type systemFile struct{ *os.File }

func (f systemFile) keep(like string) error { return keepAttributes(f.File, like) }

func (system) hash(path string) (sum Sum, err error) {
	file, err := openShared(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return sum, err
	}
	return Sum(h.Sum(nil)), nil
}

// makeDir makes a folder that only its owner can look into (it will hold what staff wrote), and those above it.
func (system) makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func (system) list(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// errHalfReplaced: what a file was has been moved to its new name, and nothing has come in its place.
var errHalfReplaced = errors.New("the file has been moved aside, and the new one not put in its place")

// replaceError is what ReplaceFile's errors mean where it was given a name for what it displaces: after 1175
// (ERROR_UNABLE_TO_REMOVE_REPLACED) and 1176 (ERROR_UNABLE_TO_MOVE_REPLACEMENT) both files are where they were; after
// 1177 (ERROR_UNABLE_TO_MOVE_REPLACEMENT_2) the old one has its new name and the new one its old.
func replaceError(path, in string, err error) error {
	const (
		sharingViolation = syscall.Errno(32)
		lockViolation    = syscall.Errno(33)
		notMoved         = syscall.Errno(1177)
	)
	link := &os.LinkError{Op: "replace", Old: path, New: in, Err: err}
	switch {
	case errors.Is(err, notMoved):
		return fmt.Errorf("%w: %w", errHalfReplaced, link)
	case errors.Is(err, sharingViolation), errors.Is(err, lockViolation):
		return &Held{}
	}
	return link
}

// recalls tells by the attributes that Windows has of a file that its content is elsewhere (FILE_ATTRIBUTE_OFFLINE,
// RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS).
func recalls(attributes uint32) bool {
	const offline, onOpen, onDataAccess = 0x1000, 0x40000, 0x400000
	return attributes&(offline|onOpen|onDataAccess) != 0
}
