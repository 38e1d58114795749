//go:build linux || darwin

package swap

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// keepExtended gives a new file exactly the extended attributes of another; access lists are among them.
func keepExtended(file *os.File, like string) error {
	want, err := listExtended(func(p []byte) (int, error) { return unix.Llistxattr(like, p) })
	if err != nil {
		return err
	}
	fd := int(file.Fd())
	have, err := listExtended(func(p []byte) (int, error) { return unix.Flistxattr(fd, p) })
	if err != nil {
		return err
	}
	for _, name := range want {
		value, err := sized(func(p []byte) (int, error) { return unix.Lgetxattr(like, name, p) })
		if err != nil {
			return fmt.Errorf("its extended attribute %s cannot be read: %w", name, err)
		}
		old, err := sized(func(p []byte) (int, error) { return unix.Fgetxattr(fd, name, p) })
		if err == nil && bytes.Equal(old, value) {
			continue // the folder has given it already
		}
		if err := unix.Fsetxattr(fd, name, value, 0); err != nil {
			return fmt.Errorf("its extended attribute %s cannot be kept: %w", name, err)
		}
	}
	for _, name := range have {
		if slices.Contains(want, name) {
			continue
		}
		if err := unix.Fremovexattr(fd, name); err != nil {
			return fmt.Errorf("the new file has an extended attribute %s that it has not: %w", name, err)
		}
	}
	return nil
}

func listExtended(list func([]byte) (int, error)) ([]string, error) {
	names, err := sized(list)
	if errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("extended attributes cannot be read: %w", err)
	}
	return strings.FieldsFunc(string(names), func(r rune) bool { return r == 0 }), nil
}

// sized asks how much there is, and then for it.
func sized(get func([]byte) (int, error)) ([]byte, error) {
	for {
		n, err := get(nil)
		if err != nil || n == 0 {
			return nil, err
		}
		p := make([]byte, n)
		n, err = get(p)
		if errors.Is(err, unix.ERANGE) { // it has grown
			continue
		}
		return p[:max(n, 0)], err
	}
}
