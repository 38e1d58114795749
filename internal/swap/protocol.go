package swap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// step is one step of a replacement. A crash may come between any two operations of any step.
type step struct {
	name string
	do   func(*replacement) error
}

// steps is the protocol. A step that fails undoes those before it.
func (w Way) steps() []step {
	if w == Rename {
		return []step{
			{"look", (*replacement).look},
			{"intend", (*replacement).intend},
			{"make", (*replacement).make},
			{"hold", (*replacement).hold},
			{"look again", (*replacement).look},
			{"rename", (*replacement).renameOver},
			{"verify", (*replacement).verify},
			{"keep", (*replacement).keep},
			{"conclude", (*replacement).conclude},
		}
	}
	return []step{
		{"look", (*replacement).look},
		{"intend", (*replacement).intend},
		{"make", (*replacement).make},
		{"look again", (*replacement).look},
		{"exchange", (*replacement).exchange},
		{"verify", (*replacement).verify},
		{"keep", (*replacement).keep},
		{"conclude", (*replacement).conclude},
	}
}

// replacement is one replacement under way.
type replacement struct {
	Intent
	ctx     context.Context
	do      files
	journal Journal
	named   string // the path as it was given
	content []byte // of the new version
	backup  Backup
	out     string // the file beside it that holds what was displaced, or will be
	wait    func() // before a file that is away is believed to be gone; nil: it is believed at once
	done    Replaced
}

func (r *replacement) run() (Replaced, error) {
	for _, step := range r.Way.steps() {
		if err := step.do(r); err != nil {
			return r.done, r.undo(err)
		}
	}
	return r.done, nil
}

// undo takes back what was done, because of an error, and says what has become of the file. What cannot be taken back
// now stays Intended, and the next process sees to it.
func (r *replacement) undo(because error) error {
	if r.ID == 0 || r.done.Written {
		return because // nothing was done, or all of it
	}
	end, err := r.resolve(back)
	if err == nil {
		err = r.record(end.state, end.kept)
	}
	r.done = Replaced{Written: end.state == Placed, Backup: end.backup, Conflict: end.kept.Path}
	if end.kept.Path != "" {
		because = fmt.Errorf("%w; another version of it is kept as %s: compare the two", because, end.kept.Path)
	}
	return errors.Join(because, err)
}

// record records how far the replacement is, once the names in the folder are on the disk as they are.
func (r *replacement) record(state State, kept Kept) error {
	if err := r.do.syncDir(r.dir()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return r.journal.Conclude(r.ctx, r.ID, state, kept)
}

// look refuses files that a replacement would harm, that somebody has open, or that are not the version that was read.
func (r *replacement) look() error {
	if err := r.mayReplace(); err != nil {
		return err
	}
	for _, path := range []string{r.named, r.Path} {
		if held := r.do.holder(path); held != nil {
			return held
		}
	}
	sum, err := r.do.hash(r.Path)
	if err != nil {
		return vanished(err)
	}
	if sum != r.Before {
		return ErrChanged
	}
	return nil
}

// mayReplace refuses files that a replacement would harm.
func (r *replacement) mayReplace() error {
	info, err := r.do.look(r.Path)
	switch {
	case err != nil:
		return vanished(err)
	case !info.regular:
		return ErrNotFile
	case !info.writable:
		return errors.New("it is write-protected; take the protection off if it is to be written")
	case info.names > 1 && r.out == "": // a second name in r.out is ours
		return fmt.Errorf("it has %d names (hard links), and would come apart; make a copy and remove the others", info.names)
	}
	return nil
}

// intend remembers what is about to be done, and makes the folder for the copy before anything is at stake.
func (r *replacement) intend() error {
	if r.Backup != "" {
		if err := r.do.makeDir(filepath.Dir(r.Backup)); err != nil {
			return noCopy(err)
		}
	}
	id, err := r.journal.Intend(r.ctx, r.Intent)
	if err != nil {
		return fmt.Errorf("what was about to be done could not be recorded, so it was not written: %w", err)
	}
	r.ID = id
	return nil
}

// make makes the new version beside the old one, complete and on the disk. Only then it gets the name under which it can
// take the other's place: what bears the name of a part is never more than a part of ours.
func (r *replacement) make() error {
	err := stage(r.do, r.part(), bytes.NewReader(r.content), r.Path, r.After)
	if err == nil {
		err = r.do.renameNew(r.part(), r.Temp)
	}
	if err != nil {
		return fmt.Errorf("the new version could not be made: %w", vanished(err))
	}
	return nil
}

// hold keeps hold of the version that a rename is about to displace: by a second name, so that a program which still
// writes into it writes into what is kept, or else by a copy.
func (r *replacement) hold() error {
	if r.do.link(r.Path, r.old()) == nil {
		r.out = r.old()
		return nil
	}
	from, err := r.do.open(r.Path)
	if err != nil {
		return vanished(err)
	}
	defer from.Close()
	if err = stage(r.do, r.part(), from, "", r.Before); err == nil {
		err = r.do.renameNew(r.part(), r.old())
	}
	if errors.Is(err, errReadBack) {
		return ErrChanged
	}
	if err != nil {
		return noCopy(err)
	}
	r.out = r.old()
	return nil
}

// renameOver puts the new version in place where the file system knows no exchange.
func (r *replacement) renameOver() error {
	if err := r.do.rename(r.Temp, r.Path); err != nil {
		// Some network shares take the old file away before they fail.
		if _, gone := r.do.look(r.Path); !errors.Is(gone, fs.ErrNotExist) {
			return err
		}
		if again := r.do.renameNew(r.Temp, r.Path); again != nil {
			return errors.Join(err, again)
		}
	}
	return r.do.syncDir(r.dir())
}

// exchange puts the new version in place and the old one beside it.
func (r *replacement) exchange() (err error) {
	if r.out, err = r.trade(r.Temp); err != nil {
		return vanished(err)
	}
	return r.do.syncDir(r.dir())
}

// trade puts a file beside the workbook in its place, and gives the name of the file that then holds what it was.
func (r *replacement) trade(in string) (out string, err error) {
	if r.Way == Exchange {
		return in, r.do.exchange(r.Path, in)
	}
	out = r.old()
	if in == out {
		out = r.Temp
	}
	err = r.do.replaceFile(r.Path, in, out)
	if errors.Is(err, errHalfReplaced) { // what it was has come out, and nothing went in
		err = errors.Join(err, r.do.renameNew(out, r.Path))
	}
	return out, err
}

// verify wants what was displaced to be what was read. If it is not, somebody saved in between.
func (r *replacement) verify() error {
	sum, err := r.do.hash(r.out)
	if err == nil && sum != r.Before {
		err = ErrChanged
	}
	return err
}

// keep makes the displaced file the copy from before.
func (r *replacement) keep() error {
	if err := r.keepCopy(r.out); err != nil {
		return noCopy(err)
	}
	r.done.Written, r.done.Backup = true, r.Backup
	return nil
}

// keepCopy moves the displaced file to where copies are kept, so that a program which still writes into it writes into
// the copy and not into nothing. A folder on another file system gets a second file, and the displaced one stays
// where it is until it is Settled.
func (r *replacement) keepCopy(displaced string) error {
	if r.Backup == "" {
		return nil
	}
	dir := filepath.Dir(r.Backup)
	if err := r.do.renameNew(displaced, r.Backup); err == nil {
		if err := r.do.syncDir(dir); err != nil {
			return errors.Join(err, r.do.renameNew(r.Backup, displaced))
		}
		return nil
	}
	from, err := r.do.open(displaced)
	if err != nil {
		return err
	}
	defer from.Close()
	part := r.Backup + partEnding
	if err := stage(r.do, part, from, "", r.Before); err != nil {
		return err
	}
	if err := r.do.rename(part, r.Backup); err != nil {
		return errors.Join(err, r.do.remove(part))
	}
	if err := r.do.syncDir(dir); err != nil {
		return errors.Join(err, r.do.remove(r.Backup))
	}
	return nil
}

// conclude records that the new version is in place. From here on nothing is undone: what cannot be recorded is found
// out by the next process.
func (r *replacement) conclude() error {
	if err := r.record(Placed, Kept{}); err != nil {
		return fmt.Errorf("that could not be recorded: %w", err)
	}
	if err := r.backup.prune(r.do); err != nil {
		return fmt.Errorf("the folder of copies is not in order: %w", err)
	}
	return nil
}

// stage makes a file that is on the disk and holds what has that sum, with the mode, owner and extended attributes of
// the file like, if one is named. After an error there is none.
func stage(do files, path string, content io.Reader, like string, want Sum) error {
	file, err := do.create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(onlyWriter{file}, content)
	if err == nil && like != "" {
		err = file.keep(like)
	}
	if err == nil {
		err = file.Sync() // its error means that pages are lost: to try again would hide that
	}
	if shut := file.Close(); err == nil {
		err = shut
	}
	if err == nil {
		var sum Sum
		if sum, err = do.hash(path); err == nil && sum != want {
			err = errReadBack
		}
	}
	if err != nil {
		return errors.Join(err, do.remove(path))
	}
	return nil
}

var errReadBack = errors.New("what was written does not read back the same: it was changed meanwhile, or the disk or the share cannot be trusted")

// onlyWriter hides the other ways in which a file could be filled: each byte passes through Write.
type onlyWriter struct{ io.Writer }

func noCopy(err error) error {
	return fmt.Errorf("no copy of it could be kept, so it was not written: %w", err)
}

// vanished makes of a file that is not there one that changes: programs take the old version away for a moment when they
// save. Other errors stay.
func vanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: it is not there just now", ErrChanged)
	}
	return err
}
