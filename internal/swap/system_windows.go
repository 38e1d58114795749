package swap

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
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

// inUse makes Held of what Windows says of a file that another program keeps to itself.
func inUse(err error) error {
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return &Held{}
	}
	return err
}

// exchange is not to be had here: replaceFile is what comes nearest.
func exchange(a, b string) error { return errors.ErrUnsupported }

// replaceFile is ReplaceFileW. Without a name for what it displaces it can lose it (error 1176).
func replaceFile(path, in, out string) error {
	var names [3]*uint16
	for i, path := range []string{path, in, out} {
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
		return replaceError(path, in, err)
	}
	return nil
}

// renameNew is a rename that never replaces what is there.
func renameNew(from, to string) error {
	var names [2]*uint16
	for i, path := range []string{from, to} {
		name, err := windows.UTF16PtrFromString(path)
		if err != nil {
			return err
		}
		names[i] = name
	}
	if err := windows.MoveFileEx(names[0], names[1], windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// isPlaceholder tells of a file that only its name is here: reading it would have a synchronising program fetch it.
func isPlaceholder(info fs.FileInfo) bool {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && recalls(data.FileAttributes)
}

// keepAttributes has nothing to do: ReplaceFile gives the new file what the old one had.
func keepAttributes(file *os.File, like string) error { return nil }

// names is how many names (hard links) a file has.
func names(path string, _ fs.FileInfo) (uint64, error) {
	file, err := openShared(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return 0, &os.PathError{Op: "look at", Path: path, Err: err}
	}
	return uint64(info.NumberOfLinks), nil
}

// syncDir has nothing to do: Windows keeps the names in a folder durable itself.
func syncDir(dir string) error { return nil }
