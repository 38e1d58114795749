package swap

import (
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"time"
)

// Backup says where the version of a file that a replacement displaces is kept.
type Backup struct {
	Dir  string    // the folder of this file's copies and no other's; it is made. "" keeps no copy
	Keep int       // how many copies stay there, this one included; those of the last Grace always do
	At   time.Time // when the replacement takes place: names the copy
}

// path is where the copy of the version with that sum goes: 20260511T081200.123Z-1a2b3c4d.xlsx.
func (b Backup) path(file string, sum Sum) string {
	if b.Dir == "" {
		return ""
	}
	return filepath.Join(b.Dir, b.At.UTC().Format(stamp)+"-"+hex.EncodeToString(sum[:4])+filepath.Ext(file))
}

// Copy is a version of a file that was kept from before a replacement.
type Copy struct {
	Path string
	At   time.Time // of the replacement, UTC
}

// Copies lists the copies in the folder, the oldest first. A folder that is not there has none.
func (b Backup) Copies() ([]Copy, error) { return b.copies(system{}) }

func (b Backup) copies(do files) ([]Copy, error) {
	names, err := do.list(b.Dir)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var copies []Copy
	for _, name := range names {
		if at, ok := copyTime(name); ok {
			copies = append(copies, Copy{filepath.Join(b.Dir, name), at})
		}
	}
	return copies, nil
}

// prune removes the copies that are too many, the oldest first. Files of other names stay.
func (b Backup) prune(do files) error {
	if b.Dir == "" {
		return nil
	}
	copies, err := b.copies(do)
	if err != nil {
		return err
	}
	for _, c := range copies[:max(0, len(copies)-max(1, b.Keep))] {
		if b.At.Sub(c.At) >= Grace {
			err = errors.Join(err, do.remove(c.Path))
		}
	}
	return err
}

// copyTime recognises the names that path gives.
func copyTime(name string) (time.Time, bool) {
	const sum = len("-1a2b3c4d")
	name = name[:len(name)-len(filepath.Ext(name))]
	if len(name) != len(stamp)+sum || name[len(stamp)] != '-' {
		return time.Time{}, false
	}
	at, timeErr := time.Parse(stamp, name[:len(stamp)])
	_, hexErr := hex.DecodeString(name[len(stamp)+1:])
	return at, timeErr == nil && hexErr == nil
}
