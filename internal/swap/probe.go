package swap

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// probe finds out how files in the folder can be replaced, by doing it with two of its own. What a probe that was killed
// has left goes first; one that is under way elsewhere loses its files by that, and tries again.
func probe(do files, dir string) (way Way, err error) {
	for range 3 {
		sweep(do, dir)
		if way, err = exchangeTwo(do, dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return way, err
}

// sweep removes what probes have left in the folder. Where it cannot, they do no harm.
func sweep(do files, dir string) {
	names, _ := do.list(dir)
	for _, name := range names {
		if strings.HasPrefix(name, probePrefix) {
			do.remove(filepath.Join(dir, name))
		}
	}
}

func exchangeTwo(do files, dir string) (way Way, err error) {
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
	if err := do.exchange(a, b); err == nil || errors.Is(err, fs.ErrNotExist) {
		return Exchange, err
	}
	if err := do.replaceFile(a, b, out); err == nil {
		return ReplaceFile, drop(do, out)
	}
	return Rename, nil
}

// Probe finds out how files in the folder can be replaced, with two files of its own that are gone afterwards.
func Probe(dir string) (Way, error) { return probe(system{}, dir) }

// Try tells what would keep the file from being replaced, by going as far as can be gone without touching it: a file is
// made beside it with its mode, owner and extended attributes, and removed again. A lock is none of that: see Holder.
func Try(path string) error {
	do := system{}
	path, err := do.real(path)
	if err != nil {
		return vanished(err)
	}
	r := replacement{Intent: Intent{Path: path}, do: do}
	if err := r.mayReplace(); err != nil {
		return err
	}
	like := filepath.Join(filepath.Dir(path), probePrefix+rand.Text())
	if err := stage(do, like, strings.NewReader(""), path, sha256.Sum256(nil)); err != nil {
		return err
	}
	return drop(do, like)
}

// Leftovers lists regcert's own files in a folder, those of replacements that are under way or pending among them.
func Leftovers(dir string) ([]string, error) {
	names, err := system{}.list(dir)
	var own []string
	for _, name := range names {
		if strings.HasPrefix(name, ownPrefix) {
			own = append(own, filepath.Join(dir, name))
		}
	}
	return own, err
}
