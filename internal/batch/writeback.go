package batch

import (
	"context"
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

// writing is what the workbooks of a run have in common when they are written.
type writing struct {
	job        *Job
	swapper    *swap.Swapper
	now        time.Time
	rows       map[string][]policy.Row
	centre     bool              // the set has a Centre sheet
	unsure     map[string]string // why the answers cannot be trusted this time
	unfinished map[string]error  // by the file: an earlier write that could not be cleared up
}

// back writes the answers into the workbook: plan, patch, prove, replace.
// Whatever stands in the way leaves the workbook as it was, with the reason.
func (w *writing) back(ctx context.Context, l *loaded) {
	if !l.source.writeBack {
		l.result.Outcome, l.result.Reason = ReadOnly, "write_back is false in the configuration"
		return
	}
	patches, err := plan(l.book, w.rows[l.name], l.firstDay(), w.centre)
	if err != nil {
		l.leave(ReadOnly, err.Error())
		return
	}
	if len(patches) == 0 {
		return
	}
	if why := l.readOnly(); why != "" {
		l.leave(ReadOnly, why+"; set write_back: false for it to say that this is meant")
		return
	}
	if why := w.unsure[l.name]; why != "" {
		l.leave(Deferred, why)
		return
	}
	after, err := l.file.Patch(patches)
	if err != nil {
		l.leave(ReadOnly, err.Error())
		return
	}
	if err = xlsx.Prove(l.plain, after, patches, w.job.Limits); err == nil {
		after, err = l.seal(after)
	}
	if err != nil {
		l.leave(Failed, fmt.Sprintf("the proof of what was to be written failed, so nothing was written: %v", err))
		return
	}
	written := changes(l.book, patches)
	w.replace(ctx, l, after, written)
	if l.result.Outcome == Written {
		for _, c := range written {
			l.result.Cells += c.Cells
		}
		l.warnOfColumnsBeside(patches)
	}
}

// warnOfColumnsBeside tells of a table that could not take the new columns in.
func (l *loaded) warnOfColumnsBeside(patches []xlsx.SheetPatch) {
	for _, s := range l.book.Sheets {
		if l.result.Reason == "" && s.Table == "" && s.ShortTable != "" && slices.ContainsFunc(patches, func(p xlsx.SheetPatch) bool { return p.Sheet == s.Source() && len(p.NewColumns) > 0 }) {
			l.result.Reason = fmt.Sprintf("the statuses on %s stand outside the table %q, because something has a heading right of it: sorting the table leaves them behind until the next run", s.Name, s.ShortTable)
		}
	}
}

// replace puts the proved version in the place of the workbook.
func (w *writing) replace(ctx context.Context, l *loaded, after []byte, changes []swap.Change) {
	if err := w.unfinished[realPath(l.path)]; err != nil {
		l.leave(Deferred, withRemedy(err)+"; nothing was written before that is put right: "+again)
		return
	}
	replaced, err := w.swapper.Replace(ctx, swap.Order{
		Path: l.path, Before: l.sum, After: after, Backup: w.job.backup(l.path, w.now), Reason: "run", Changes: changes,
	})
	var held *swap.Held
	switch {
	case replaced.Written:
		sum := sha256.Sum256(after)
		l.result.Outcome, l.result.SHA256 = Written, hex.EncodeToString(sum[:])
		if err != nil {
			l.leave(Written, "it was written, but "+withRemedy(err))
		}
	case errors.As(err, &held):
		l.leave(Deferred, heldReason(held, w.now))
		l.result.Holder = held.Who
	case swap.Deferred(err):
		l.leave(Deferred, err.Error()+"; nothing was written: "+again)
	case err != nil:
		l.leave(Failed, withRemedy(err))
	}
}

// unfinished gathers the files whose earlier writes could not be cleared up.
func unfinished(resumed []swap.Resumed) map[string]error {
	errs := map[string]error{}
	for _, r := range resumed {
		if r.Err != nil {
			errs[r.Path] = r.Err
		}
	}
	return errs
}

// backup says where the copies of a workbook are kept.
func (j *Job) backup(path string, at time.Time) swap.Backup {
	sum := sha256.Sum256([]byte(realPath(path)))
	return swap.Backup{Dir: filepath.Join(j.Backups, filepath.Base(path)+"-"+hex.EncodeToString(sum[:4])), Keep: j.Keep, At: at}
}

// realPath is the file that a path leads to, also where the file itself is not
// there.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// firstDay is day 0 of the workbook's date system.
func (l *loaded) firstDay() calendar.Date {
	if l.file.Date1904() {
		return calendar.NewDate(1904, time.January, 1)
	}
	return 0
}

// changes counts the cells of each column that patches write.
func changes(book *register.Workbook, patches []xlsx.SheetPatch) []swap.Change {
	var out []swap.Change
	for _, p := range patches {
		i := slices.IndexFunc(book.Sheets, func(s *register.Sheet) bool { return s.Source() == p.Sheet })
		sheet := book.Sheets[i]
		counts := map[int]int{}
		for _, e := range p.Edits {
			counts[e.Col]++
		}
		for _, c := range p.NewColumns {
			counts[c.Col]++
		}
		for _, c := range sheet.Kind.Outputs() {
			col := sheet.Column(c)
			if n := slices.IndexFunc(p.NewColumns, func(n xlsx.NewColumn) bool { return n.Heading == c.String() }); n >= 0 {
				col = p.NewColumns[n].Col
			}
			if n := counts[col]; n > 0 {
				out = append(out, swap.Change{Sheet: sheet.Name, Column: c.String(), Cells: n})
			}
		}
	}
	return out
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
		case slices.Contains(l.book.Lacking, register.Enrolments):
			missing = "a sheet of " + l.name
			enrolled = enrolled || has(l.book, register.Enrolments)
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
	if report.Stage != "" {
		doubtApplication(set, missing, unsure)
	}
	for _, l := range set { // without any Enrolments sheet DAT-09 is not asked
		if !enrolled && l.book != nil && has(l.book, register.Assessments, register.Claims, register.Withdrawals) {
			unsure[l.name] = reason
		}
	}
	return unsure
}

// doubtApplication adds the workbooks with sheets of the centre's application where
// some of these may be in the one that could not be read.
func doubtApplication(set []*loaded, missing string, unsure map[string]string) {
	isSplit := slices.ContainsFunc(register.CentreKinds(), func(k register.Kind) bool {
		return !slices.ContainsFunc(set, func(l *loaded) bool { return l.book != nil && has(l.book, k) })
	})
	for _, l := range set {
		if isSplit && l.book != nil && has(l.book, register.CentreKinds()...) {
			unsure[l.name] = fmt.Sprintf("%s could not be read, and sheets of the centre's application may be in it; nothing was written: put that right first", missing)
		}
	}
}

// has reports whether the workbook has a sheet of one of the kinds.
func has(book *register.Workbook, kinds ...register.Kind) bool {
	return slices.ContainsFunc(book.Sheets, func(s *register.Sheet) bool { return slices.Contains(kinds, s.Kind) })
}
