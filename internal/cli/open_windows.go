package cli

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// openFile shows a file in the program that Windows has for it.
func openFile(path string) error {
	file, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	return windows.ShellExecute(0, verb, file, nil, nil, windows.SW_SHOWNORMAL)
}

// closesWindow reports whether the window closes with the process: it does where
// the process has the console alone, as one has that was started by its icon.
func closesWindow() bool {
	var processes [2]uint32
	count, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	return count == 1
}
