package swap

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
)

// probe finds out how files in the folder can be replaced, by doing it with two of its own.
func probe(do files, dir string) (way Way, err error) {
	stem := filepath.Join(dir, probePrefix+rand.Text())
	a, b, out := stem+".a", stem+".b", stem+".out"
	for _, path := range []string{a, b} {
		file, makeErr := do.create(path)
		if makeErr == nil {
			makeErr = file.Close()
			defer func() { err = errors.Join(err, drop(do, path)) }()
		}
		if makeErr != nil {
			return "", fmt.Errorf("no file can be made in its folder: %w", makeErr)
		}
	}
	if err := do.exchange(a, b); err == nil {
		return Exchange, nil
	}
	if err := do.replaceFile(a, b, out); err == nil {
		return ReplaceFile, drop(do, out)
	}
	return Rename, nil
}
