package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// booksIn lists the workbooks in a folder.
func booksIn(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s holds no workbooks", dir)
	}
	return paths, err
}

// sizeOf adds up the workbooks in a folder, in bytes.
func sizeOf(dir string) (int64, error) {
	paths, err := booksIn(dir)
	if err != nil {
		return 0, err
	}
	var size int64
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

// copyBooks copies the workbooks of one folder into another, down to the disk:
// what is measured next shall not wait for them.
func copyBooks(to, from string) error {
	paths, err := booksIn(from)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := copyFile(filepath.Join(to, filepath.Base(path)), path); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer data.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, data)
	return errors.Join(err, out.Sync(), out.Close())
}

// hashes gives the SHA-256 of the workbooks in a folder, by name.
func hashes(dir string) (map[string][sha256.Size]byte, error) {
	paths, err := booksIn(dir)
	if err != nil {
		return nil, err
	}
	sums := map[string][sha256.Size]byte{}
	for _, path := range paths {
		if sums[filepath.Base(path)], err = hash(path); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

func hash(path string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}
