//go:build !windows

package xlsx

import "os"

// openShared opens a file for reading in a way that keeps nobody from writing, renaming or deleting it.
func openShared(path string) (*os.File, error) { return os.Open(path) }
