package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

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
	if isPlaceholder(info) {
		return nil, sum, ErrPlaceholder
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
		return nil, sum, fmt.Errorf("%w: it has %d bytes, and at most %d are read; remove what does not belong in it (pictures, formatted empty rows), or split it", ErrTooLarge, before.Size(), limit)
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
