package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

// writeBack writes the answers into the workbook: plan, patch, prove, replace.
// Whatever stands in the way leaves the workbook as it was, with the reason.
// Unsure says why the answers cannot be trusted this time, if they cannot.
func (l *loaded) writeBack(j *Job, rows []policy.Row, unsure string, now time.Time) {
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
	if l.encrypted {
		l.leave(ReadOnly, "it is protected by a password, and such workbooks are only read; take the password off, or set write_back: false for it")
		return
	}
	if why := l.file.ReadOnly(); why != "" {
		l.leave(ReadOnly, why+"; set write_back: false for it to say that this is meant")
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
	l.replace(after, swap.Backup{Dir: j.backupsOf(l.path), Keep: j.Keep, At: now})
	if l.result.Outcome != Written {
		return
	}
	l.result.Cells = cells(patches)
	for _, s := range l.book.Sheets {
		if l.result.Reason == "" && s.Table == "" && s.ShortTable != "" && slices.ContainsFunc(patches, func(p xlsx.SheetPatch) bool { return p.Sheet == s.Source() && len(p.NewColumns) > 0 }) {
			l.result.Reason = fmt.Sprintf("the statuses on %s stand outside the table %q, because something has a heading right of it: sorting the table leaves them behind until the next run", s.Name, s.ShortTable)
		}
	}
}

// replace puts the proved version in the place of the workbook.
func (l *loaded) replace(after []byte, backup swap.Backup) {
	replaced, err := swap.Replace(l.path, l.sum, after, backup)
	var open *swap.OpenError
	switch {
	case replaced.Written:
		sum := sha256.Sum256(after)
		l.result.Outcome, l.result.SHA256 = Written, hex.EncodeToString(sum[:])
		if err != nil {
			l.leave(Written, "it was written, but "+withRemedy(err))
		}
	case errors.As(err, &open):
		l.leave(Deferred, openReason(open, backup.At))
		l.result.Holder = open.Who
	case swap.Deferred(err):
		l.leave(Deferred, err.Error()+"; nothing was written: it is tried again next time")
	case err != nil:
		l.leave(Failed, withRemedy(err))
	}
}

// backupsOf is the folder of one workbook's copies.
func (j *Job) backupsOf(path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(j.Backups, filepath.Base(path)+"-"+hex.EncodeToString(sum[:4]))
}

// firstDay is day 0 of the workbook's date system.
func (l *loaded) firstDay() calendar.Date {
	if l.file.Date1904() {
		return calendar.NewDate(1904, time.January, 1)
	}
	return 0
}

// staleLock is the age from which a lock file may well be left from a crash.
const staleLock = 24 * time.Hour

// openReason says since when a workbook is open, and what to do; who has it open
// is for Workbook.Holder.
func openReason(open *swap.OpenError, now time.Time) string {
	text := (&swap.OpenError{Since: open.Since}).Error() + "; nothing was written: close it, and it is written next time"
	if !open.Since.IsZero() && now.Sub(open.Since) > staleLock {
		text += " (if nobody has it open, a program left its lock file behind: open the workbook and close it again)"
	}
	return text
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
		switch {
		case l.copy: // what is in it is in the workbook too, or was
		case l.book == nil:
			missing = l.name
		case has(l.book, register.Enrolments):
			enrolled = true
		}
	}
	if missing == "" {
		return nil
	}
	reason := fmt.Sprintf("%s could not be read, and learners named here may be in it; nothing was written: put that right first", missing)
	unsure := map[string]string{}
	for _, f := range report.Findings {
		if f.Rule == "DAT-09" && f.Kind != register.Enrolments {
			unsure[f.Workbook] = reason
		}
	}
	for _, l := range set { // without any Enrolments sheet DAT-09 is not asked
		if !enrolled && l.book != nil && has(l.book, register.Assessments, register.Claims, register.Withdrawals) {
			unsure[l.name] = reason
		}
	}
	return unsure
}

// has reports whether the workbook has a sheet of one of the kinds.
func has(book *register.Workbook, kinds ...register.Kind) bool {
	return slices.ContainsFunc(book.Sheets, func(s *register.Sheet) bool { return slices.Contains(kinds, s.Kind) })
}
