package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// right is something that one process does at a time: it has the lock of a file in the state folder. The file is never
// deleted: the lock is on the file, not that it exists.
type right struct{ lock, doing string }

// Busy says that another process is at work.
type Busy struct{ Doing, Holder string }

func (b *Busy) Error() string {
	if b.Holder == "" {
		return "another regcert is " + b.Doing + " at this moment"
	}
	return fmt.Sprintf("another regcert is %s at this moment (%s)", b.Doing, b.Holder)
}

// Writing asks for the right to write workbooks, which one process has at a time, and waits for it as long as patience
// says. What says what for, so that others can be told: "regcert run". The right ends with release, or with the process.
func (s *Store) Writing(ctx context.Context, what string, now time.Time, patience time.Duration) (release func() error, err error) {
	return s.claim(ctx, right{"writing.lock", "writing workbooks"}, what, now, patience)
}

// Delivering is Writing for the right to deliver mail.
func (s *Store) Delivering(ctx context.Context, what string, now time.Time, patience time.Duration) (release func() error, err error) {
	return s.claim(ctx, right{"delivering.lock", "delivering mail"}, what, now, patience)
}

// Serving is Writing for the right to be the daemon of this state. It waits no
// longer than somebody takes to ask who has it.
func (s *Store) Serving(ctx context.Context, what string, now time.Time) (release func() error, err error) {
	return s.claim(ctx, right{"serving.lock", "serving this state"}, what, now, time.Second)
}

// Server is how the daemon of this state names itself, and whether there is one at
// this moment.
func (s *Store) Server() (holder string, serves bool, err error) {
	return s.heldBy("serving.lock")
}

// heldBy is how the holder of a lock names itself, and whether it has one.
func (s *Store) heldBy(name string) (who string, held bool, err error) {
	path := filepath.Join(filepath.Dir(s.path), name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	free, err := lock.TryRLock()
	if err != nil {
		return "", false, errors.Join(unwritable(path, err), lock.Close())
	}
	if free {
		return "", false, lock.Close()
	}
	return holder(path), true, lock.Close()
}

func (s *Store) claim(ctx context.Context, r right, what string, now time.Time, patience time.Duration) (release func() error, err error) {
	path := filepath.Join(filepath.Dir(s.path), r.lock)
	lock := flock.New(path, flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err == nil && !got {
		waiting, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		got, err = lock.TryLockContext(waiting, 50*time.Millisecond)
	}
	switch {
	case ctx.Err() != nil:
		return nil, errors.Join(ctx.Err(), lock.Close())
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errors.Join(&Busy{Doing: r.doing, Holder: holder(path)}, lock.Close())
	case err != nil || !got:
		return nil, errors.Join(unwritable(path, err), lock.Close())
	}
	// Who holds it stands beside it, as Windows keeps others from reading a locked file.
	text := fmt.Sprintf("%s, process %d, since %s\n", what, os.Getpid(), now.Format("02/01/2006 15:04:05"))
	if err := os.WriteFile(path+".holder", []byte(text), 0o600); err != nil {
		return nil, errors.Join(unwritable(path, err), lock.Close())
	}
	return lock.Close, nil
}

// holder is what the holder of a lock has said of itself.
func holder(path string) string {
	data, err := os.ReadFile(path + ".holder")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
