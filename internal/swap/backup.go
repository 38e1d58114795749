package swap

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Backup says where the version of a workbook that a replacement displaces is kept.
type Backup struct {
	Dir  string    // the folder of this workbook's copies and no other's; it is made. "" keeps no copy
	Keep int       // how many copies stay there, this one included
	At   time.Time // when the replacement takes place: names the copy
}

// backupStamp begins the name of every copy; names sort by time.
const backupStamp = "20060102T150405.000Z"

// path is where the copy of a workbook with that SHA-256 goes: 20260511T081200.123Z-1a2b3c4d.xlsx.
func (b Backup) path(workbook string, sum [32]byte) string {
	name := b.At.UTC().Format(backupStamp) + "-" + hex.EncodeToString(sum[:4]) + filepath.Ext(workbook)
	return filepath.Join(b.Dir, name)
}

// prepare makes the folder, before anything is at stake.
func (b Backup) prepare(do fileOps) error {
	if b.Dir == "" {
		return nil
	}
	return do.mkdir(b.Dir)
}

// keep makes the displaced file the copy. It is moved, so that a program which still writes into it writes into the copy
// and not into nothing; only a folder on another file system gets a second file.
func (b Backup) keep(do fileOps, displaced, workbook string, sum [32]byte) (path string, moved bool, err error) {
	if b.Dir == "" {
		return "", false, nil
	}
	path = b.path(workbook, sum)
	if err = do.rename(displaced, path); err == nil {
		return path, true, nil
	}
	path, copyErr := b.copy(do, displaced, workbook, sum)
	if copyErr != nil {
		return "", false, errors.Join(err, copyErr)
	}
	return path, false, nil
}

// copy makes a copy of the file that must have that SHA-256.
func (b Backup) copy(do fileOps, from, workbook string, sum [32]byte) (path string, err error) {
	if b.Dir == "" {
		return "", nil
	}
	file, err := openShared(from)
	if err != nil {
		return "", err
	}
	defer file.Close()
	temp, err := do.stage(b.Dir, file, nil)
	if err != nil {
		return "", err
	}
	got, err := do.hash(temp)
	if err == nil && got != sum {
		err = ErrChanged
	}
	path = b.path(workbook, sum)
	if err == nil {
		err = do.rename(temp, path)
	}
	if err != nil {
		return "", errors.Join(err, do.remove(temp))
	}
	return path, nil
}

// settle makes the copy durable and removes those that are too many, the oldest first. Files of other names stay.
func (b Backup) settle(do fileOps) error {
	if b.Dir == "" {
		return nil
	}
	err := do.syncDir(b.Dir)
	entries, listErr := os.ReadDir(b.Dir)
	if err = errors.Join(err, listErr); err != nil {
		return err
	}
	var copies []string
	for _, e := range entries {
		if isBackup(e.Name()) {
			copies = append(copies, e.Name())
		}
	}
	slices.Sort(copies)
	for _, name := range copies[:max(0, len(copies)-max(1, b.Keep))] {
		err = errors.Join(err, do.remove(filepath.Join(b.Dir, name)))
	}
	return err
}

// isBackup recognises the names that path gives.
func isBackup(name string) bool {
	const sum = len("-1a2b3c4d")
	name = name[:len(name)-len(filepath.Ext(name))]
	if len(name) != len(backupStamp)+sum || name[len(backupStamp)] != '-' {
		return false
	}
	_, timeErr := time.Parse(backupStamp, name[:len(backupStamp)])
	_, hexErr := hex.DecodeString(name[len(backupStamp)+1:])
	return timeErr == nil && hexErr == nil
}
