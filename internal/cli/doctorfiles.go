package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"

	"regcert/internal/batch"
	"regcert/internal/config"
)

// workbookFile is a workbook as the folder has it.
type workbookFile struct {
	name   string // as reports show it
	folder string // in which it lies, links followed
	saved  time.Time
	write  bool // regcert may write it
}

// workbookFiles lists the configured workbooks that are there. What is wrong with
// others is said where they are read.
func workbookFiles(cfg *config.Config) (files []workbookFile) {
	for _, w := range cfg.Workbooks {
		for _, path := range matching(w) {
			real, err := filepath.EvalSymlinks(path)
			if err != nil {
				continue
			}
			if info, err := os.Stat(real); err == nil {
				files = append(files, workbookFile{subject(cfg, path), filepath.Dir(real), info.ModTime(), w.WriteBack})
			}
		}
	}
	return files
}

// examineFiles says whether the time stamps of the workbooks can be right, and
// whether there is room to write.
func examineFiles(cfg *config.Config, now time.Time) []batch.Check {
	files := workbookFiles(cfg)
	checks := examineStamps(files, now)
	folders := []string{cfg.StateDir, filepath.Join(cfg.StateDir, "backups")}
	for _, f := range files {
		if f.write {
			folders = append(folders, f.folder)
		}
	}
	known := map[string]bool{}
	for _, dir := range folders {
		dir, err := nearest(dir)
		if err != nil {
			continue // is said where the folder itself is looked at
		}
		if free, disk, err := freeSpace(dir); err == nil && !known[disk] {
			known[disk] = true
			checks = append(checks, examineRoom(folderSubject(cfg, dir), free))
		}
	}
	return checks
}

// examineStamps looks for workbooks that were saved in the future, and names the
// latest.
func examineStamps(files []workbookFile, now time.Time) []batch.Check {
	var latest workbookFile
	early := 0
	for _, f := range files {
		if f.saved.After(now.Add(clockSlack)) {
			early++
			if f.saved.After(latest.saved) {
				latest = f
			}
		}
	}
	if early == 0 {
		return nil
	}
	check := batch.Check{Verdict: batch.Warn, Subject: latest.name,
		Text:   "it was saved on " + latest.saved.In(now.Location()).Format(timeShown) + ", which is still to come",
		Remedy: "set the clock of this computer right, or that of the one on which it was saved"}
	if early > 1 {
		check.Text += fmt.Sprintf(", and so were %d more", early-1)
	}
	return []batch.Check{check}
}

// The least room on a disk, in bytes: with less, somebody has to know, or nothing
// may be writable soon.
const (
	littleRoom = 1 << 30
	noRoom     = 50 << 20
)

// examineRoom says whether there is room on the disk of a folder.
func examineRoom(folder string, free uint64) batch.Check {
	check := batch.Check{Verdict: batch.Pass, Subject: folder, Text: humanize.IBytes(free) + " are free on its disk"}
	switch {
	case free < noRoom:
		check.Verdict, check.Text = batch.Fail, "only "+check.Text
		check.Remedy = "make room on it: workbooks, their copies and the state cannot be written on a full disk"
	case free < littleRoom:
		check.Verdict, check.Text = batch.Warn, "only "+check.Text
		check.Remedy = "make room on it, or keep fewer copies of each workbook (backups: {keep: …})"
	}
	return check
}
