// Package swap replaces a file that other people's programs write, too: compare and swap, on files. It reads a file in a
// way that hinders nobody, and puts another version in its place if, and only if, the file still is what was read. No
// version that somebody saved is ever lost, and a crash at any moment leaves the old file or the new one, whole.
//
// README.md tells the protocol step by step; protocol.go is the list of its steps.
package swap

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"sync"
	"time"
)

// Sum is the SHA-256 of a version of a file: what tells versions apart. Time stamps never do.
type Sum = [sha256.Size]byte

// Way is how the versions change places. Which one a folder's file system has is found out by a probe.
type Way string

const (
	// Exchange: both files change names in one step (renameat2 with RENAME_EXCHANGE, renamex_np with RENAME_SWAP).
	Exchange Way = "exchange"
	// ReplaceFile: Windows' ReplaceFile with a name for what it displaces. It keeps access lists and streams, and takes
	// more than one step, between which the file is away.
	ReplaceFile Way = "replace"
	// Rename: the file is hashed once more, and the new one renamed over it. What somebody saves within the moment between
	// the two is lost; nothing safer exists there.
	Rename Way = "rename"
)

// State is how far a replacement is.
type State string

const (
	Intended State = "intended" // it may have begun
	Placed   State = "placed"   // the new version is in place; the displaced one is to be hashed again after Grace
	Settled  State = "settled"  // the displaced version has not changed since, or what came of it is kept
	Undone   State = "undone"   // nothing was replaced
)

// Grace is for how long a displaced file is watched: a program that still holds it open may write into it late.
const Grace = 10 * time.Minute

// Change is what a new version has differently, for the record: cells of one column.
type Change struct {
	Sheet, Column string
	Cells         int
}

// Intent is what is remembered of a replacement before anything is touched, so that the next process can finish or undo
// it. All paths are absolute.
type Intent struct {
	ID            int64 // given by the journal
	Path          string
	Before, After Sum
	Temp          string // beside the file; names with other endings are derived from it
	Backup        string // where the displaced version goes; "" keeps none
	Way           Way
	At            time.Time
	Reason        string // why, for people: "run", "restore"
	Changes       []Change
	State         State
	Kept          Kept
}

// Kept is a version that somebody saved meanwhile and that the file is not: it is kept beside the file, as a conflict
// copy.
type Kept struct {
	Path string // "" for none
	Sum  Sum
}

// Journal remembers replacements over a crash. What a method was given is on the disk when it returns.
type Journal interface {
	// Intend records a replacement that is about to begin, as Intended.
	Intend(context.Context, Intent) (id int64, err error)
	// Conclude records how far it is now, and the conflict copy, if there is a new one.
	Conclude(ctx context.Context, id int64, state State, kept Kept) error
	// Pending lists those that are Intended or Placed, oldest first.
	Pending(context.Context) ([]Intent, error)
}

// Swapper replaces files. It may be used from several goroutines, for different files.
type Swapper struct {
	do      files
	journal Journal
	pause   func() // before a file that is away is believed to be gone

	mu   sync.Mutex
	ways map[string]Way // by folder
}

// New gives a Swapper that remembers in the journal what it does.
func New(journal Journal) *Swapper {
	return &Swapper{do: system{}, journal: journal, pause: func() { time.Sleep(2 * time.Second) }, ways: map[string]Way{}}
}

// way is how files in a folder are replaced; the folder is probed once.
func (s *Swapper) way(dir string) (Way, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if way, known := s.ways[dir]; known {
		return way, nil
	}
	way, err := probe(s.do, dir)
	if err == nil {
		s.ways[dir] = way
	}
	return way, err
}

// Order is one replacement that is asked for.
type Order struct {
	Path    string
	Before  Sum // the version that was read
	After   []byte
	Backup  Backup
	Reason  string
	Changes []Change
}

// Replaced is what has become of a file, whether Replace succeeded or not.
type Replaced struct {
	Written  bool   // the file is the new version
	Backup   string // where the displaced version is kept, "" where it is not
	Conflict string // where a version is kept that somebody saved meanwhile and that the file is not, "" for none
}

// Replace puts the new version in the place of the file, if and only if the file still is the version Before and nobody
// has it open. Where the two are equal already it does nothing.
//
// After an error the file is as it was, or as somebody saved it meanwhile, unless Replaced says Written: then the new
// version is in place and only what follows failed. Deferred errors are worth another try.
func (s *Swapper) Replace(ctx context.Context, o Order) (Replaced, error) {
	after := sha256.Sum256(o.After)
	if after == o.Before {
		return Replaced{}, nil
	}
	path, err := s.do.real(o.Path) // a link stays, the file behind it is replaced
	if err != nil {
		return Replaced{}, vanished(err)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return Replaced{}, err
	}
	way, err := s.way(filepath.Dir(path))
	if err != nil {
		return Replaced{}, err
	}
	r := &replacement{
		Intent: Intent{
			Path: path, Before: o.Before, After: after, Temp: tempName(path, o.Backup.At), Backup: o.Backup.path(path, o.Before),
			Way: way, At: o.Backup.At, Reason: o.Reason, Changes: o.Changes, State: Intended,
		},
		ctx: context.WithoutCancel(ctx), do: s.do, journal: s.journal, named: o.Path, content: o.After, backup: o.Backup,
	}
	return r.run()
}

// Make makes a file that is not there, with the content, and the mode, owner and extended attributes of the file like.
// It never replaces one: then the error is fs.ErrExist.
func (s *Swapper) Make(path string, content []byte, like string) error {
	i := Intent{Path: path, Temp: tempName(path, time.Time{})}
	if err := drop(s.do, i.part()); err != nil {
		return err
	}
	if err := stage(s.do, i.part(), bytes.NewReader(content), like, sha256.Sum256(content)); err != nil {
		return err
	}
	if err := s.do.renameNew(i.part(), path); err != nil {
		return errors.Join(err, drop(s.do, i.part()))
	}
	return s.do.syncDir(i.dir())
}

// Why a file was left as it is for now; the same try may succeed later.
var (
	ErrChanging = errors.New("it is being changed at this moment")
	ErrChanged  = errors.New("it has changed since it was read")
	// ErrPlaceholder is a file whose content is elsewhere: a synchronising program would have to fetch it first.
	ErrPlaceholder = errors.New("it is not on this computer, only its name is: the program that synchronises the folder has to fetch it first (in OneDrive: Always keep on this device)")
)

// Deferred tells whether the error says that a file cannot be read or replaced just now, and may be later.
func Deferred(err error) bool {
	var held *Held
	return errors.Is(err, ErrChanging) || errors.Is(err, ErrChanged) || errors.Is(err, ErrPlaceholder) || errors.As(err, &held)
}
