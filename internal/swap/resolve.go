package swap

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// direction is where a replacement that was broken off is brought, where both are possible.
type direction bool

const (
	back    direction = false
	forward direction = true
)

// end is how a replacement ended.
type end struct {
	state  State
	backup string
	kept   Kept
}

// aside is a file beside the workbook that belongs to a replacement.
type aside struct {
	path string
	sum  Sum
}

// found is what there is of a replacement that was broken off.
type found struct {
	is     *Sum   // the version that the file is, nil where it is not there
	ours   *aside // the new version, which has not gone in or has come out again
	out    *aside // what came out, or is held to come out
	more   *aside // and another: it was being put back when yet another came out
	backup bool
}

func (r *replacement) find() (now found, err error) {
	sum := func(path string) *Sum {
		sum, hashErr := r.do.hash(path)
		if errors.Is(hashErr, fs.ErrNotExist) {
			return nil
		}
		err = errors.Join(err, hashErr)
		return &sum
	}
	now.is = sum(r.Path)
	for _, path := range []string{r.Temp, r.old()} {
		switch s := sum(path); {
		case s == nil:
		case *s == r.After:
			now.ours = &aside{path, *s}
		case now.out == nil:
			now.out = &aside{path, *s}
		default:
			now.more = &aside{path, *s}
		}
	}
	if r.Backup != "" {
		_, lookErr := r.do.look(r.Backup)
		now.backup = lookErr == nil
		if !errors.Is(lookErr, fs.ErrNotExist) {
			err = errors.Join(err, lookErr)
		}
	}
	return now, err
}

// resolve brings a replacement that was broken off to an end: after an error in this process, or after a crash of
// another. What has happened is told by what the files hold, never by time stamps.
func (r *replacement) resolve(to direction) (end, error) {
	parts := []string{r.part()}
	if r.Backup != "" {
		parts = append(parts, r.Backup+partEnding)
	}
	for _, part := range parts {
		if err := r.drop(part); err != nil {
			return end{}, err
		}
	}
	now, err := r.find()
	if err != nil {
		return end{}, err
	}
	if now.is == nil && now.out != nil && (now.ours != nil || now.more != nil) {
		// Only between the steps of a way that takes more than one is the file away and both versions beside it.
		if r.wait != nil {
			r.wait() // or somebody is saving it
		}
		if err := r.do.renameNew(now.out.path, r.Path); err != nil && !errors.Is(err, fs.ErrExist) {
			return end{}, err
		}
		if now, err = r.find(); err != nil {
			return end{}, err
		}
	}
	switch {
	case now.more != nil:
		return r.bothOut(now)
	case now.out != nil && now.ours != nil:
		return r.notReplaced(now)
	case now.out != nil:
		return r.replaced(now, to)
	case now.ours != nil:
		return end{state: Undone}, r.drop(now.ours.path)
	case now.backup: // moved there, perhaps not yet for good
		return end{state: Placed, backup: r.Backup}, r.do.syncDir(filepath.Dir(r.Backup))
	default:
		return end{state: Undone}, nil
	}
}

// notReplaced clears away what a replacement had beside the file that did not come to pass.
func (r *replacement) notReplaced(now found) (e end, err error) {
	e.state = Undone
	switch {
	case now.is != nil && *now.is == now.out.sum: // held by a second name, or a copy
		err = r.drop(now.out.path)
	case now.out.sum == r.Before: // what somebody saved has taken its place
		e.backup, err = r.Backup, r.keepCopy(now.out.path)
	default:
		e.kept, err = r.conflict(now.out.path, now.out.sum)
	}
	if err == nil {
		err = r.drop(now.ours.path)
	}
	return e, err
}

// bothOut keeps two versions of which neither is ours: a third one is in place, which somebody saved last.
func (r *replacement) bothOut(now found) (e end, err error) {
	e.state = Undone
	for _, out := range []*aside{now.out, now.more} {
		if err == nil && (now.is == nil || *now.is != out.sum) {
			e.kept, err = r.conflict(out.path, out.sum)
		} else if err == nil {
			err = r.drop(out.path)
		}
	}
	return e, err
}

// replaced ends a replacement whose new version went in.
func (r *replacement) replaced(now found, to direction) (end, error) {
	isOurs := now.is != nil && *now.is == r.After
	switch {
	case now.out.sum == r.Before && (to == forward || !isOurs):
		err := r.keepCopy(now.out.path)
		if err == nil {
			return end{state: Placed, backup: r.Backup}, nil
		}
		if !isOurs {
			return end{}, err
		}
		return r.putBack(now.out.path)
	case isOurs:
		return r.putBack(now.out.path)
	case now.is != nil && *now.is == now.out.sum:
		return end{state: Undone}, r.drop(now.out.path)
	default:
		kept, err := r.conflict(now.out.path, now.out.sum)
		return end{state: Undone, kept: kept}, err
	}
}

// putBack gives the file back what came out of it. If somebody saves yet another version while that happens, the one
// saved last wins, and the other is kept as a conflict copy.
func (r *replacement) putBack(path string) (end, error) {
	if r.Way == Rename {
		return r.renameBack(path)
	}
	e := end{state: Undone}
	placed := r.After // what went into the file last
	for range 16 {    // each further round is one more save within microseconds
		goesIn, err := r.do.hash(path)
		if err != nil {
			return e, err
		}
		if path, err = r.trade(path); err != nil {
			return e, err
		}
		out, err := r.do.hash(path)
		if err != nil {
			return e, err
		}
		if out == placed { // nobody saved since
			break
		}
		placed = goesIn
	}
	if err := r.do.syncDir(r.dir()); err != nil {
		return e, err
	}
	out, err := r.do.hash(path)
	switch {
	case err != nil:
	case out == r.After:
		err = r.drop(path)
	default:
		e.kept, err = r.conflict(path, out)
	}
	return e, err
}

// renameBack is putBack where the file system knows no exchange.
func (r *replacement) renameBack(path string) (end, error) {
	if err := r.do.rename(path, r.Path); err != nil {
		return end{}, err
	}
	return end{state: Undone}, r.do.syncDir(r.dir())
}

// conflict keeps a version that somebody saved and that the file is not, beside the file, under a name that says what it is.
func (r *replacement) conflict(path string, sum Sum) (Kept, error) {
	for n := range 100 {
		kept := conflictName(r.Intent, n)
		err := r.do.renameNew(path, kept)
		if err == nil {
			return Kept{kept, sum}, r.do.syncDir(r.dir())
		}
		if !errors.Is(err, fs.ErrExist) {
			return Kept{}, fmt.Errorf("a version of it that somebody saved meanwhile is %s, and could not be given a better name: %w", path, err)
		}
	}
	return Kept{}, fmt.Errorf("a version of it that somebody saved meanwhile is %s, and there are too many such copies already", path)
}

// drop removes a file of ours beside the workbook; one that is not there is as good.
func drop(do files, path string) error {
	if err := do.remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("a temporary file could not be removed: %w", err)
	}
	return nil
}

func (r *replacement) drop(path string) error { return drop(r.do, path) }

// conflictName is the name of the nth conflict copy: claims (conflicted copy regcert 2026-05-11 081200).xlsx.
func conflictName(i Intent, n int) string {
	ext := filepath.Ext(i.Path)
	name := fmt.Sprintf("%s (conflicted copy regcert %s", strings.TrimSuffix(i.Path, ext), i.At.Format("2006-01-02 150405"))
	if n > 0 {
		name += fmt.Sprintf(" %d", n+1)
	}
	return name + ")" + ext
}
