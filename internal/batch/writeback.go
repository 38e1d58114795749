package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// writeBack writes the answers into the workbook: plan, patch, prove, replace.
// Whatever stands in the way leaves the workbook as it was, with the reason.
// Unsure says why the answers cannot be trusted this time, if they cannot.
func (l *loaded) writeBack(j *Job, rows []policy.Row, unsure string) {
	if len(l.book.Sheets) == 0 {
		return
	}
	if !l.source.writeBack {
		l.result.Outcome, l.result.Reason = ReadOnly, "write_back is false in the configuration"
		return
	}
	patches, err := plan(l.book, rows, l.firstDay())
	if err != nil {
		l.leave(ReadOnly, err.Error())
		return
	}
	if len(patches) == 0 {
		return
	}
	if why := l.file.ReadOnly(); why != "" {
		l.leave(ReadOnly, why+"; set write_back: false for it to say that this is meant")
		return
	}
	if who, since, open := xlsx.OpenBy(l.path); open {
		l.leave(Deferred, openReason(who, since))
		return
	}
	if unsure != "" {
		l.leave(Deferred, unsure)
		return
	}
	after, err := l.file.Patch(patches)
	if err != nil {
		l.leave(ReadOnly, err.Error())
		return
	}
	if err := xlsx.Prove(l.data, after, patches, j.Limits); err != nil {
		l.leave(Failed, fmt.Sprintf("the proof of what was to be written failed, so nothing was written: %v", err))
		return
	}
	backup := xlsx.Backup{Dir: j.backupsOf(l.path), Keep: j.Keep, At: j.Now()}
	replaced, err := xlsx.Replace(l.path, l.sum, after, backup)
	if replaced.Written {
		sum := sha256.Sum256(after)
		l.result.Outcome, l.result.SHA256, l.result.Cells = Written, hex.EncodeToString(sum[:]), cells(patches)
	}
	switch {
	case xlsx.Deferred(err):
		l.leave(Deferred, err.Error()+"; nothing was written: it is tried again next time")
	case err != nil && replaced.Written:
		l.leave(Written, "it was written, but "+err.Error())
	case err != nil:
		l.leave(Failed, err.Error())
	}
}

// backupsOf is the folder of one workbook's copies.
func (j *Job) backupsOf(path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(j.Backups, filepath.Base(path)+"-"+hex.EncodeToString(sum[:4]))
}

// leave reports a workbook that was read but not written.
func (l *loaded) leave(outcome Outcome, reason string) {
	l.result.Outcome, l.result.Reason, l.result.Troubled = outcome, reason, true
}

// firstDay is day 0 of the workbook's date system.
func (l *loaded) firstDay() calendar.Date {
	if l.file.Date1904() {
		return calendar.NewDate(1904, time.January, 1)
	}
	return 0
}

func openReason(who string, since time.Time) string {
	by := "somebody"
	if who != "" {
		by = who
	}
	return fmt.Sprintf("%s has had it open since %s; nothing was written: close it, and it is written next time", by, since.Format("15:04 on Mon 2 Jan 2006"))
}

func cells(patches []xlsx.SheetPatch) int {
	n := 0
	for _, p := range patches {
		n += len(p.Edits) + len(p.NewColumns)
	}
	return n
}

// incomplete names the workbooks whose answers cannot be trusted, because a
// workbook of the set could not be read and records here look for learners that
// may be in it.
func incomplete(set []*loaded, report *policy.Report) map[string]string {
	missing, enrolled := "", false
	for _, l := range set {
		if l.book == nil {
			missing = l.name
			continue
		}
		for _, s := range l.book.Sheets {
			enrolled = enrolled || s.Kind == register.Enrolments
		}
	}
	unsure := map[string]string{}
	if missing == "" {
		return unsure
	}
	reason := fmt.Sprintf("%s could not be read, and learners named here may be in it; nothing was written: put that right first", missing)
	for _, f := range report.Findings {
		if f.Rule == "DAT-09" && f.Kind != register.Enrolments {
			unsure[f.Workbook] = reason
		}
	}
	for _, l := range set {
		if l.book == nil || enrolled {
			continue
		}
		for _, s := range l.book.Sheets {
			switch s.Kind {
			case register.Assessments, register.Claims, register.Withdrawals:
				unsure[l.name] = reason
			}
		}
	}
	return unsure
}
