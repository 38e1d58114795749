package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What regcert puts into the folders of staff bears these names.
const (
	ownPrefix      = ".regcert-"
	tempPattern    = ownPrefix + "*.tmp"
	conflictPrefix = ownPrefix + "conflict-"
)

// IsTransient tells of a file's name whether it is a spreadsheet program's lock file or one of regcert's own temporary
// files and conflict copies, which are never read as workbooks.
func IsTransient(name string) bool {
	return strings.HasPrefix(name, ownerPrefix) || strings.HasPrefix(name, lockPrefix) || strings.HasPrefix(name, ownPrefix)
}

// Why a file is not read; another try changes nothing.
var (
	ErrNotFile  = errors.New("it is a folder or a device, not a file; name a workbook")
	ErrTooLarge = errors.New("the file is too large")
)

// Read reads a workbook whole, in a way that hinders no program that saves it, and gives its SHA-256. One that
// changes meanwhile, or vanishes, is ErrChanging; one of more than limit bytes ErrTooLarge.
func Read(path string, limit int64) (data []byte, sum [32]byte, err error) {
	info, err := os.Stat(path) // before opening: to open a pipe would wait for ever
	if err != nil {
		return nil, sum, err
	}
	if !info.Mode().IsRegular() {
		return nil, sum, ErrNotFile
	}
	file, err := openShared(path)
	if err != nil {
		return nil, sum, err
	}
	defer file.Close()
	return readOpened(file, path, limit)
}

func readOpened(file *os.File, path string, limit int64) (data []byte, sum [32]byte, err error) {
	before, err := file.Stat()
	if err != nil {
		return nil, sum, err
	}
	if before.Size() > limit {
		return nil, sum, fmt.Errorf("%w: %d bytes, and at most %d are read", ErrTooLarge, before.Size(), limit)
	}
	data = make([]byte, before.Size(), before.Size()+bytes.MinRead)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, sum, changing(err)
	}
	if n, err := file.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, sum, changing(err)
	}
	after, err := os.Stat(path) // by its name: it may be another file by now
	if err != nil {
		return nil, sum, changing(err)
	}
	if !os.SameFile(before, after) || before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime()) {
		return nil, sum, ErrChanging
	}
	return data, sha256.Sum256(data), nil
}

// changing makes of an end that comes too early, or too late, and of a file that is gone, a file that changes.
func changing(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, fs.ErrNotExist) {
		return ErrChanging
	}
	return err
}

// fileOps are the operations that a replacement is made of, each of which may fail: the seam where tests make them.
type fileOps struct {
	create   func(dir string) (*os.File, error) // a new temporary file
	write    func(file *os.File, p []byte) (int, error)
	keep     func(file *os.File, like string) error // gives it the mode, owner and extended attributes of another
	sync     func(file *os.File) error
	close    func(file *os.File) error
	hash     func(path string) ([32]byte, error)
	exchange func(a, b string) error // errors.ErrUnsupported where the file system cannot
	rename   func(from, to string) error
	remove   func(path string) error
	mkdir    func(dir string) error
	syncDir  func(dir string) error
}

func systemOps() fileOps {
	return fileOps{
		create:   func(dir string) (*os.File, error) { return os.CreateTemp(dir, tempPattern) },
		write:    (*os.File).Write,
		keep:     keepAttributes,
		sync:     (*os.File).Sync,
		close:    (*os.File).Close,
		hash:     hashFile,
		exchange: exchange,
		rename:   os.Rename,
		remove:   os.Remove,
		mkdir:    makeDir,
		syncDir:  syncDir,
	}
}

// stage writes a temporary file in the folder and has it on the disk when it returns. After an error there is none.
func (do fileOps) stage(dir string, content io.Reader, finish func(*os.File) error) (path string, err error) {
	file, err := do.create(dir)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(writer(func(p []byte) (int, error) { return do.write(file, p) }), content)
	if err == nil && finish != nil {
		err = finish(file)
	}
	if err == nil {
		err = do.sync(file) // its error means that pages are lost: to try again would hide that
	}
	if shut := do.close(file); err == nil {
		err = shut
	}
	if err != nil {
		return "", errors.Join(err, do.remove(file.Name()))
	}
	return file.Name(), nil
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func hashFile(path string) (sum [32]byte, err error) {
	file, err := openShared(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// makeDir makes a folder that only its owner can look into (it will hold what staff wrote), and those above it.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}
