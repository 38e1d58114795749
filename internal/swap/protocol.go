package swap

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Why a workbook was left as it is for now; the same try may succeed later.
var (
	ErrChanging = errors.New("it is being changed at this moment")
	ErrChanged  = errors.New("it has changed since it was read")
)

// OpenError says that somebody has the workbook open.
type OpenError struct {
	Who   string    // "" where it cannot be known
	Since time.Time // zero where it cannot be known
}

func (e *OpenError) Error() string {
	text := "it is open"
	if e.Who != "" {
		text += " by " + e.Who
	}
	if !e.Since.IsZero() {
		text += " since " + e.Since.Local().Format("02/01/2006 15:04")
	}
	return text
}

// Deferred tells whether the error says that a workbook cannot be read or replaced just now, and may be later.
func Deferred(err error) bool {
	var open *OpenError
	return errors.Is(err, ErrChanging) || errors.Is(err, ErrChanged) || errors.As(err, &open)
}

// Replaced is what has become of a workbook, whether Replace succeeded or not.
type Replaced struct {
	Written  bool   // the workbook is the new version
	Backup   string // where the displaced version is kept, "" where it is not
	Conflict string // where a version is kept that somebody saved meanwhile and that the workbook is not, "" for none
}

// Replace puts the bytes after in the place of the workbook, if and only if it still is the version with the SHA-256
// before and nobody has it open. Where they are equal already it does nothing.
//
// The new file is made beside the old one, with its mode, owner and extended attributes, synced and read back; then the
// two are exchanged, and what came out is hashed: if it is not the version that was read, somebody saved in between, and
// gets that version back. Where the file system knows no exchange, the workbook is hashed once more and renamed over.
//
// After an error the workbook is as it was, or as somebody saved it meanwhile, unless Replaced says Written: then the new
// version is in place and only what follows failed. Deferred errors are worth another try.
func Replace(path string, before [32]byte, after []byte, backup Backup) (Replaced, error) {
	return systemOps().replace(path, before, after, backup)
}

func (do fileOps) replace(path string, before [32]byte, after []byte, backup Backup) (Replaced, error) {
	if sha256.Sum256(after) == before {
		return Replaced{}, nil
	}
	target, err := filepath.EvalSymlinks(path) // a link stays, the file behind it is replaced
	if err != nil {
		return Replaced{}, vanished(err)
	}
	r := replacement{do: do, named: path, target: target, dir: filepath.Dir(target), before: before, after: sha256.Sum256(after)}
	if err := r.mayReplace(); err != nil {
		return Replaced{}, err
	}
	if err := r.unchanged(); err != nil {
		return Replaced{}, err
	}
	if err := backup.prepare(do); err != nil {
		return Replaced{}, fmt.Errorf("no copy of it could be kept, so it was not written: %w", err)
	}
	if err := r.stage(after); err != nil {
		return Replaced{}, err
	}
	done, err := r.swap(backup)
	if r.temp != "" {
		if gone := do.remove(r.temp); gone != nil && err == nil {
			err = fmt.Errorf("a temporary file could not be removed: %w", gone)
		}
	}
	return done, err
}

// replacement is one replacement under way.
type replacement struct {
	do            fileOps
	named, target string // the path given, and the file itself
	dir           string // of the file
	before, after [32]byte
	temp          string // the file beside it that is to be removed in the end; "" for none
}

// mayReplace refuses files that a replacement would harm.
func (r *replacement) mayReplace() error {
	info, err := os.Lstat(r.target)
	switch {
	case err != nil:
		return vanished(err)
	case !info.Mode().IsRegular():
		return errors.New("it is not a file")
	case info.Mode().Perm()&0o222 == 0:
		return errors.New("it is write-protected; take the protection off if it is to be written")
	case names(info) > 1:
		return fmt.Errorf("it has %d names (hard links), and would come apart; make a copy and remove the others", names(info))
	}
	return nil
}

// unchanged tells whether the workbook is still the version that was read, and nobody's.
func (r *replacement) unchanged() error {
	for _, path := range []string{r.named, r.target} {
		if who, since, open := OpenBy(path); open {
			return &OpenError{Who: who, Since: since}
		}
	}
	sum, err := r.do.hash(r.target)
	if err != nil {
		return vanished(err)
	}
	if sum != r.before {
		return ErrChanged
	}
	return nil
}

// stage makes the new version beside the old one, complete and on the disk.
func (r *replacement) stage(after []byte) error {
	temp, err := r.do.stage(r.dir, bytes.NewReader(after), func(file *os.File) error { return r.do.keep(file, r.target) })
	if err != nil {
		return fmt.Errorf("the new version could not be made: %w", err)
	}
	r.temp = temp
	sum, err := r.do.hash(temp)
	if err == nil && sum != r.after {
		err = errors.New("what was written does not read back the same: the disk or the share cannot be trusted")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the new version could not be made: %w", err), r.do.remove(temp))
	}
	return nil
}

// swap puts the new version in place and keeps the displaced one.
func (r *replacement) swap(backup Backup) (Replaced, error) {
	if err := r.unchanged(); err != nil {
		return Replaced{}, err
	}
	err := r.do.exchange(r.target, r.temp)
	if errors.Is(err, errors.ErrUnsupported) {
		return r.renameOver(backup)
	}
	if err != nil {
		return Replaced{}, vanished(err)
	}
	out, err := r.do.hash(r.temp)
	if err == nil && out != r.before {
		err = ErrChanged
	}
	if err == nil {
		err = r.do.syncDir(r.dir)
	}
	if err != nil {
		return r.putBack(err)
	}
	kept, moved, err := backup.keep(r.do, r.temp, r.target, r.before)
	if err != nil {
		return r.putBack(fmt.Errorf("no copy of it could be kept, so it was not written: %w", err))
	}
	if moved {
		r.temp = ""
	}
	done := Replaced{Written: true, Backup: kept}
	if err := backup.settle(r.do); err != nil {
		return done, fmt.Errorf("the folder of copies is not in order: %w", err)
	}
	return done, nil
}

// putBack undoes an exchange, because of the error given: the workbook becomes the version again that was displaced. If
// somebody saves yet another one while that happens, the version saved last wins, and the other is kept as a conflict copy.
func (r *replacement) putBack(because error) (Replaced, error) {
	placed := r.after // what went into the workbook last
	for range 16 {    // each further round is one more save within microseconds
		goesIn, err := r.do.hash(r.temp)
		if err == nil {
			err = r.do.exchange(r.target, r.temp)
		}
		if err != nil {
			return r.conflict(errors.Join(because, err), placed == r.after)
		}
		out, err := r.do.hash(r.temp)
		if err != nil {
			return r.conflict(errors.Join(because, err), false)
		}
		if out == placed { // nobody saved since
			if placed == r.after {
				return Replaced{}, errors.Join(because, r.do.syncDir(r.dir))
			}
			return r.conflict(because, false)
		}
		placed = goesIn
	}
	return r.conflict(because, false)
}

// conflict keeps what is in the temporary file, a version that somebody saved and that the workbook is not.
func (r *replacement) conflict(because error, written bool) (Replaced, error) {
	number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(r.temp), ownPrefix), ".tmp")
	kept := filepath.Join(r.dir, conflictPrefix+number+"-"+filepath.Base(r.target))
	if err := r.do.rename(r.temp, kept); err != nil {
		because = errors.Join(because, err)
		kept = r.temp
	}
	r.temp = ""
	return Replaced{Written: written, Conflict: kept},
		fmt.Errorf("another version of it is kept as %s; compare the two: %w", kept, because)
}

// renameOver is the replacement where the file system knows no exchange: between the last look and the rename somebody
// could save, which is why the copy is made, and everything is looked at, immediately before.
func (r *replacement) renameOver(backup Backup) (Replaced, error) {
	kept, err := backup.copy(r.do, r.target, r.target, r.before)
	if err != nil {
		return Replaced{}, fmt.Errorf("no copy of it could be kept, so it was not written: %w", err)
	}
	drop := func(err error) (Replaced, error) {
		if kept != "" {
			err = errors.Join(err, r.do.remove(kept))
		}
		return Replaced{}, err
	}
	if err := r.unchanged(); err != nil {
		return drop(err)
	}
	if err := r.do.rename(r.temp, r.target); err != nil {
		if _, gone := os.Lstat(r.target); !errors.Is(gone, fs.ErrNotExist) {
			return drop(err)
		}
		// Some network shares take the old file away before they fail.
		if again := r.do.rename(r.temp, r.target); again != nil {
			left := r.temp
			r.temp = ""
			return Replaced{Backup: kept}, fmt.Errorf("the share has removed it and refuses the new version, which is %s: %w", left, err)
		}
	}
	r.temp = ""
	done := Replaced{Written: true, Backup: kept}
	if err := errors.Join(r.do.syncDir(r.dir), backup.settle(r.do)); err != nil {
		return done, fmt.Errorf("the folder is not in order: %w", err)
	}
	return done, nil
}

// vanished makes of a file that is not there one that changes: programs take the old version away for a moment when they
// save. Other errors stay.
func vanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: it is not there just now", ErrChanged)
	}
	return err
}
