package batch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/swap"
)

// forget deletes the copies of workbooks and the pages that are from before a day.
// Learners stand in them of whom the state knows nothing any more.
func (j *Job) forget(before calendar.Date) error {
	y, m, d := before.Time().Date()
	first := time.Date(y, m, d, 0, 0, 0, 0, j.Now().Location())
	folders, err := os.ReadDir(j.Backups)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = nil
	for _, folder := range folders {
		copies, unread := swap.Backup{Dir: filepath.Join(j.Backups, folder.Name())}.Copies()
		err = errors.Join(err, unread)
		for _, c := range copies {
			if c.At.Before(first) {
				err = errors.Join(err, os.Remove(c.Path))
			}
		}
	}
	pages, _ := filepath.Glob(filepath.Join(j.Pages, "*.html"))
	for _, page := range pages {
		if info, unread := os.Stat(page); unread == nil && j.Pages != "" && info.ModTime().Before(first) {
			err = errors.Join(err, os.Remove(page))
		}
	}
	return err
}
