package swap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Resumed is what became of a replacement that an earlier process left unfinished, or of one whose displaced file was to
// be looked at once more.
type Resumed struct {
	Path     string
	Broken   bool   // it was broken off, and is resolved now
	Written  bool   // the new version went in
	Conflict string // a version is kept here that somebody saved meanwhile and that the file is not
	Err      error  // it is still unfinished: the file is not to be replaced before that is put right
}

// Resume finishes or undoes what earlier processes left unfinished, and looks once more at what was displaced within
// the last Grace: a program that held the file open may have written into that. No replacement of the same journal may
// be under way meanwhile. It tells only of what somebody should know.
func (s *Swapper) Resume(ctx context.Context, now time.Time) ([]Resumed, error) {
	pending, err := s.journal.Pending(ctx)
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	var out []Resumed
	for _, intent := range pending {
		intent.At = intent.At.In(now.Location()) // which names a conflict copy
		r := &replacement{Intent: intent, ctx: ctx, do: s.do, journal: s.journal, wait: s.pause}
		resumed := Resumed{Path: intent.Path}
		if away, err := r.away(); away && err == nil && now.Sub(r.At) < forgotten {
			continue
		}
		if intent.State == Intended {
			resumed.Broken = true
			resumed.Conflict, resumed.Err = r.finish()
			resumed.Written = r.State == Placed
		}
		if r.State == Placed && resumed.Err == nil {
			resumed.Conflict, resumed.Err = r.settle(now)
		}
		if resumed.Broken || resumed.Conflict != "" || resumed.Err != nil {
			out = append(out, resumed)
		}
	}
	return out, nil
}

// forgotten is for how long a file is waited for that is away with all that was beside it.
const forgotten = 30 * 24 * time.Hour

// away tells that there is nothing to be seen of the file, nor of what may be beside it: its folder may be on a share
// or a disk that is not there just now.
func (r *replacement) away() (bool, error) {
	for _, path := range []string{r.Path, r.Temp, r.old()} {
		if _, err := r.do.look(path); !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return true, nil
}

// finish resolves a replacement that a crash broke off.
func (r *replacement) finish() (conflict string, err error) {
	end, err := r.resolve(forward)
	if err != nil {
		return end.kept.Path, fmt.Errorf("an earlier write was broken off and could not be finished: %w", err)
	}
	r.State = end.state
	return end.kept.Path, r.record(end.state, end.kept)
}

// settle hashes the displaced file again. Before Grace is over, that it has not changed is not the last word, and neither
// is what it has become: whoever writes into it may not have finished.
func (r *replacement) settle(now time.Time) (conflict string, err error) {
	due := now.Sub(r.At) >= Grace || now.Before(r.At)
	var kept Kept
	for _, path := range []string{r.Temp, r.old(), r.Backup} {
		if path == "" {
			continue
		}
		sum, err := r.do.hash(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return kept.Path, err
		case sum != r.Before && sum != r.Kept.Sum:
			kept, err = r.late(path, sum)
		case due && path != r.Backup:
			err = r.drop(path)
		}
		if err != nil {
			return kept.Path, err
		}
	}
	switch {
	case due:
		return kept.Path, r.record(Settled, kept)
	case kept.Path != "":
		return kept.Path, r.record(Placed, kept)
	}
	return "", nil
}

// late keeps what a program wrote into the displaced file as a conflict copy. The copy from before stays where it is.
func (r *replacement) late(path string, sum Sum) (Kept, error) {
	if path != r.Backup {
		return r.conflict(path, sum)
	}
	from, err := r.do.open(path)
	if err != nil {
		return Kept{}, err
	}
	defer from.Close()
	switch err = stage(r.do, r.part(), from, r.Path, sum); {
	case errors.Is(err, errReadBack): // it is being written at this moment
		return Kept{}, ErrChanging
	case err != nil:
		return Kept{}, vanished(err)
	}
	return r.conflict(r.part(), sum)
}
