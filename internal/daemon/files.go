package daemon

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"regcert/internal/store"
	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

// file is a workbook, as it is watched.
type file struct {
	name, path string
	info       fs.FileInfo // as it was last seen; nil: it was not there
	since      time.Time   // since when it has been like that
	isNew      bool        // somebody may have saved it, which is to be found out
	sum        string      // SHA-256 of the version that was last treated; empty: none
	due        time.Time   // when it is to be treated; zero: it is not
	tries      int         // how often that was tried in vain
	held       bool        // it waits until it is closed
}

// file is the workbook of a name.
func (s *service) file(name string) *file {
	f := s.files[name]
	if f == nil {
		f = &file{name: name}
		s.files[name] = f
	}
	return f
}

// treated takes over that a version was treated.
func (f *file) treated(sum string) {
	f.sum, f.due, f.tries, f.held, f.isNew = sum, time.Time{}, 0, false, false
}

// later has it tried again, after first, then after twice as long each time, or
// as soon as it is closed or saved.
func (f *file) later(now time.Time, first, longest time.Duration) {
	f.tries++
	f.due = now.Add(backoff(f.tries, first, longest))
	f.held = f.path != "" && swap.Holder(f.path) != nil
}

// recallFiles recalls which version of each workbook was last treated, so that
// what was saved meanwhile is found.
func (s *service) recallFiles(ctx context.Context) error {
	treated, err := s.state.Treated(ctx, s.now().AddDate(0, -6, 0))
	for _, t := range treated {
		s.file(t.Path).sum = t.SHA256
	}
	return err
}

// look looks for workbooks that somebody has saved and then left alone for as
// long as is configured, and for those that were closed.
func (s *service) look(ctx context.Context, now time.Time) error {
	office := s.office.Load()
	found, err := office.Files()
	if err != nil {
		return err
	}
	there, hasRead := map[string]bool{}, false
	for _, w := range found {
		there[w.Name] = true
		f := s.file(w.Name)
		f.path = w.Path
		f.glance(now)
		if f.held && swap.Holder(f.path) == nil {
			f.held, f.due = false, now
		}
		if after := office.Config.Daemon.AfterSave; after > 0 && f.isNew && f.info != nil && !now.Before(f.since.Add(after)) {
			s.findOut(ctx, f, now)
			hasRead = true
		}
	}
	if hasRead {
		debug.FreeOSMemory() // what was read is needed no more
	}
	for name, f := range s.files {
		if !there[name] { // gone, or no more configured
			f.info, f.due = nil, time.Time{}
		}
	}
	return nil
}

// glance notes when the file has become another.
func (f *file) glance(now time.Time) {
	info, err := os.Stat(f.path)
	if err != nil {
		info = nil
	}
	before := f.info
	isSame := before == nil && info == nil ||
		before != nil && info != nil && before.Size() == info.Size() && before.ModTime().Equal(info.ModTime()) && os.SameFile(before, info)
	switch {
	case !isSame:
		f.info, f.since, f.isNew = info, now, true
	case now.Before(f.since): // the clock was set back
		f.since = now
	}
}

// findOut finds out whether a file is another version than the one that was last
// treated. Time stamps do not tell.
func (s *service) findOut(ctx context.Context, f *file, now time.Time) {
	if held := swap.Holder(f.path); held != nil {
		f.due, f.held, f.isNew = now, true, false
		s.troubles.raise(ctx, store.TroubleOpen, f.name, "somebody has it open in "+programOf(held))
		return
	}
	_, sum, err := swap.Read(f.path, xlsx.DefaultLimits().File)
	switch {
	case errors.Is(err, swap.ErrChanging):
		f.since = now
	case err == nil && hex.EncodeToString(sum[:]) == f.sum && f.tries == 0:
		f.isNew = false
	default: // what is wrong with it is found out when it is treated
		f.due, f.tries, f.held, f.isNew = now, 0, false, false
	}
}

func programOf(held *swap.Held) string {
	if held.Program == "" {
		return "some program"
	}
	return held.Program
}

// waiting lists the workbooks that are to be treated now.
func (s *service) waiting(now time.Time) (out []*file) {
	for _, f := range s.files {
		if f.path != "" && !f.due.IsZero() && !f.held && !waits(f.due, now) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *file) int { return strings.Compare(a.name, b.name) })
	return out
}

// untilNext is how long there is surely nothing to do.
func (s *service) untilNext(now time.Time) time.Duration {
	wait := lookEvery
	after := s.cfg().Daemon.AfterSave
	for _, f := range s.files {
		if !f.due.IsZero() && !f.held {
			wait = min(wait, f.due.Sub(now))
		}
		if f.isNew && f.info != nil && after > 0 {
			wait = min(wait, f.since.Add(after).Sub(now))
		}
	}
	return max(wait, time.Second)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
