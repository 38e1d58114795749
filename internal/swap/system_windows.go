package swap

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// openShared opens a file for reading in a way that keeps nobody from writing, renaming or deleting it: os.Open does not
// share deletion, so that a mere reader would break the way Excel saves.
func openShared(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, inUse(&os.PathError{Op: "open", Path: path, Err: err})
	}
	return os.NewFile(uintptr(handle), path), nil
}

// inUse makes an OpenError of what Windows says of a file that another program keeps to itself.
func inUse(err error) error {
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return &OpenError{}
	}
	return err
}

// exchange gives the workbook a the content of b, and b what a was, by ReplaceFile, which keeps a's access lists,
// streams and attributes. It is no single step: if the power fails in it, what a was is beside it under a name of ours.
func exchange(a, b string) error {
	displaced := strings.TrimSuffix(b, ".tmp") + ".old.tmp"
	err := replaceFile(a, b, displaced)
	if errors.Is(err, windows.ERROR_UNABLE_TO_MOVE_REPLACEMENT_2) {
		// a has been moved away already, and b could not be moved to its place.
		return errors.Join(err, os.Rename(displaced, a))
	}
	if err != nil { // error 1175 and, as there is a backup name, 1176 leave both as they were
		return inUse(err)
	}
	if err := os.Rename(displaced, b); err != nil { // undone, so that a failure leaves a as it was
		return errors.Join(err, replaceFile(a, displaced, b))
	}
	return nil
}

// replaceFile is ReplaceFileW. Without a name for what it displaces it can lose it (error 1176).
func replaceFile(replaced, replacement, displaced string) error {
	var names [3]*uint16
	for i, path := range []string{replaced, replacement, displaced} {
		name, err := windows.UTF16PtrFromString(path)
		if err != nil {
			return err
		}
		names[i] = name
	}
	proc := windows.NewLazySystemDLL("kernel32.dll").NewProc("ReplaceFileW")
	if err := proc.Find(); err != nil {
		return errors.ErrUnsupported
	}
	ok, _, err := proc.Call(uintptr(unsafe.Pointer(names[0])), uintptr(unsafe.Pointer(names[1])), uintptr(unsafe.Pointer(names[2])), 0, 0, 0)
	if ok == 0 {
		return &os.LinkError{Op: "replace", Old: replaced, New: replacement, Err: err}
	}
	return nil
}

// keepAttributes has nothing to do: ReplaceFile gives the new file what the old one had.
func keepAttributes(file *os.File, like string) error { return nil }

// names is always 1: Go does not tell the number of hard links here.
func names(info fs.FileInfo) uint64 { return 1 }

// syncDir has nothing to do: Windows keeps the names in a folder durable itself.
func syncDir(dir string) error { return nil }
