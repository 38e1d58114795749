package batch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"regcert/internal/register"
	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

const (
	again   = "it is tried again on the next run"
	isACopy = "it is a copy that was made because two changed the workbook at once, and was not read: take over what is right in it and delete it"
)

// notRead says why the file could not be read, and what to do.
func (l *loaded) notRead(err error) {
	switch {
	case swap.Deferred(err):
		l.leave(Deferred, err.Error()+"; "+again)
	case errors.Is(err, fs.ErrNotExist) && isThere(l.path+".nextcloud"): // what is left of a file that was made online-only
		l.leave(Deferred, swap.ErrPlaceholder.Error()+"; "+again)
	case errors.Is(err, fs.ErrNotExist) && l.expected:
		l.gone = true
		l.leave(Deferred, "it is not there, though it was a short while ago: programs take a workbook away for a moment when they save it; nobody's learners are taken for gone, and "+again)
	case errors.Is(err, fs.ErrNotExist):
		l.gone = true
		l.fail("there is no such file; correct the path, or wait until whoever is saving it has finished")
	default:
		l.fail(withRemedy(err))
	}
}

// fresh is the age under which a file that is not whole may still be on its way.
const fresh = 15 * time.Minute

// notOpened says why what was read is not a workbook. One that came a moment ago
// may not be all there yet.
func (l *loaded) notOpened(err error, now time.Time) {
	var refusal *xlsx.Refusal
	info, gone := os.Stat(l.path)
	if errors.As(err, &refusal) && (refusal.Kind == xlsx.Empty || refusal.Kind == xlsx.Damaged) && gone == nil && now.Sub(info.ModTime()).Abs() < fresh {
		l.book = nil
		what := *refusal
		what.Remedy = "" // for what is there to stay
		l.leave(Deferred, fmt.Sprintf("it is not whole, and came only at %s: perhaps it is still being copied or synchronised; %s (%s)", info.ModTime().In(now.Location()).Format("15:04"), again, what.Error()))
		return
	}
	l.fail(err.Error())
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// withRemedy is the text of an error of the file system and what to do about it.
func withRemedy(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return err.Error() + "; give the user who runs regcert the right to read and to write it and its folder"
	case errors.Is(err, syscall.ENOSPC):
		return err.Error() + "; free some space on the disk"
	default:
		return err.Error()
	}
}

// staleLock is the age from which a lock file may well be left from a crash.
const staleLock = 24 * time.Hour

// heldReason says since when a workbook is open, and what to do; who has it open
// is for Workbook.Holder.
func heldReason(held *swap.Held, now time.Time) string {
	since, hint := heldSince(held, now)
	return since + "; nothing was written: close it, and " + again + hint
}

// heldSince says since when a workbook is open. The hint is for lock files that
// look as if a crash has left them behind.
func heldSince(held *swap.Held, now time.Time) (text, hint string) {
	text = "it is open"
	if held.Program != "" {
		text += " in " + held.Program
	}
	if !held.Since.IsZero() {
		text += " since " + moment(held.Since, now)
		if now.Sub(held.Since) > staleLock {
			hint = " (if nobody has it open, a program left its lock file behind: open the workbook and close it again)"
		}
	}
	return text, hint
}

// moment is the time of day, with the day where that is another.
func moment(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("Mon 2 Jan 2006, 15:04")
}

// noSheet says why a workbook has nothing to read.
func noSheet(book *register.Workbook) string {
	if len(book.Headless) > 0 {
		return book.Remarks[0] // on the first of them
	}
	return fmt.Sprintf("no sheet of it is known: name one Enrolments, Assessments, Claims, Withdrawals or the like, or give its name under sheets: in the configuration (it has %s)", quoted(book.Other))
}

func quoted(names []string) string {
	const most = 5
	text := ""
	for i, n := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(names)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", n)
	}
	return text
}
