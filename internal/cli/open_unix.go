//go:build !windows

package cli

import (
	"os/exec"
	"runtime"
	"time"
)

// soon is how long it may take until a program turns out not to open a file. One
// that opens it may go on as long as it is shown.
const soon = 3 * time.Second

// openFile shows a file in the program that the desktop has for it.
func openFile(path string) error {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	cmd := exec.Command(program, path)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(soon):
		return nil
	}
}

// closesWindow reports whether the window closes with the process: terminals here
// are the user's own.
func closesWindow() bool { return false }
