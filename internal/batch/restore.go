package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

// Version is a copy of a workbook from before a write.
type Version struct {
	swap.Copy
	Size  int64        // bytes
	Write *swap.Intent // the write that it was kept from; nil where the state does not know
}

// Versions lists the copies of a workbook, the oldest first.
func (j *Job) Versions(ctx context.Context, path string) ([]Version, error) {
	copies, err := j.backup(path, time.Time{}).Copies()
	if err != nil {
		return nil, err
	}
	writes, err := j.State.Writes(ctx, realPath(path))
	if err != nil {
		return nil, err
	}
	byCopy := map[string]*swap.Intent{}
	for i := range writes {
		byCopy[filepath.Base(writes[i].Backup)] = &writes[i]
	}
	var out []Version
	for _, c := range copies {
		info, err := os.Stat(c.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // just now it was one too many
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Version{c, info.Size(), byCopy[filepath.Base(c.Path)]})
	}
	return out, nil
}

// Restored is what became of a workbook that was to be restored.
type Restored struct {
	swap.Replaced
	Unchanged bool           // it is that version already
	Made      bool           // it was not there, and is again
	Resumed   []swap.Resumed // as of Result
}

// Restore puts a copy in the place of its workbook, by the same protocol as any
// write: the version that the workbook has now is kept as a copy, too. Errors
// that swap.Deferred knows are worth another try; *store.Busy is the error where
// another process keeps writing.
func (j *Job) Restore(ctx context.Context, path string, v Version) (done Restored, err error) {
	now := j.Now()
	release, err := j.State.Writing(ctx, "regcert restore", now, Patience)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, release()) }()
	swapper := swap.New(j.State)
	if done.Resumed, err = swapper.Resume(ctx, now); err != nil {
		return done, err
	}
	if err := unfinished(done.Resumed)[realPath(path)]; err != nil {
		return done, err
	}
	content, err := j.copyOf(v)
	if err != nil {
		return done, err
	}
	_, before, err := swap.Read(path, j.Limits.File)
	if errors.Is(err, fs.ErrNotExist) {
		err = swapper.Make(realPath(path), content, v.Path)
		done.Made = err == nil
		return done, err
	}
	if err != nil {
		return done, err
	}
	done.Replaced, err = swapper.Replace(ctx, swap.Order{
		Path: path, Before: before, After: content, Backup: j.backup(path, now), Reason: "restore of " + v.At.UTC().Format(time.RFC3339),
	})
	done.Unchanged = err == nil && !done.Written
	return done, err
}

// copyOf reads a copy, and wants it to be what was kept.
func (j *Job) copyOf(v Version) ([]byte, error) {
	content, sum, err := swap.Read(v.Path, j.Limits.File)
	if err != nil {
		return nil, fmt.Errorf("the copy %s cannot be read: %w", v.Path, err)
	}
	if kept := fmt.Sprintf("-%x", sum[:4]); !strings.HasSuffix(strings.TrimSuffix(v.Path, filepath.Ext(v.Path)), kept) || v.Write != nil && v.Write.Before != sum {
		return nil, fmt.Errorf("the copy %s is not what was kept any more, somebody or something has changed it: choose another, or open this one yourself", v.Path)
	}
	var refusal *xlsx.Refusal
	if _, err := xlsx.Open(content, j.Limits); errors.As(err, &refusal) && refusal.Kind == xlsx.Damaged {
		return nil, fmt.Errorf("the copy %s is damaged: %w", v.Path, err)
	}
	return content, nil
}
