package batch

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"regcert/internal/swap"
)

// Verdict is how a check turned out.
type Verdict string

// The verdicts.
const (
	Pass Verdict = "pass"
	Warn Verdict = "warn" // it works, and somebody should know
	Fail Verdict = "fail"
)

// Check is one thing that was looked at, in words, with what to do about it.
type Check struct {
	Verdict Verdict
	Subject string // as reports show it
	Text    string
	Remedy  string // empty where nothing needs doing
}

// Examine finds out whether the workbooks can be read and replaced, and what
// earlier runs left behind. It touches no workbook, and what it makes beside
// them to try is gone when it returns. Without a State it knows of no run.
func (j *Job) Examine(ctx context.Context) ([]Check, error) {
	sources, err := j.find(nil)
	if err != nil {
		return nil, err
	}
	x := &examination{job: j, pending: map[string]bool{}}
	if err := x.records(ctx); err != nil {
		return nil, err
	}
	for _, p := range j.Workbooks {
		if _, isLiteral := literal(p.Glob); isLiteral {
			continue // stands among the workbooks
		}
		if matches, err := filepath.Glob(p.Glob); err == nil && len(matches) == 0 {
			x.add(Fail, j.display(p.Glob), "no workbook matches it", "correct the path under workbooks: in the configuration")
		}
	}
	var folders []string
	for _, s := range sources {
		if dir := filepath.Dir(realPath(s.path)); s.writeBack && !s.copy && !slices.Contains(folders, dir) && isThere(dir) {
			folders = append(folders, dir)
		}
	}
	slices.Sort(folders)
	for _, dir := range folders {
		x.folder(dir)
	}
	for _, s := range sources {
		x.workbook(s)
	}
	return x.checks, nil
}

type examination struct {
	job     *Job
	checks  []Check
	pending map[string]bool // files of replacements that the state knows, by the stem of their names
}

func (x *examination) add(v Verdict, subject, text, remedy string) {
	x.checks = append(x.checks, Check{v, subject, text, remedy})
}

// records looks at what the state knows of earlier writes.
func (x *examination) records(ctx context.Context) error {
	if x.job.State == nil {
		return nil
	}
	pending, err := x.job.State.Pending(ctx)
	if err != nil {
		return err
	}
	for _, i := range pending {
		x.pending[stem(i.Temp)] = true
		if i.State == swap.Intended {
			x.add(Warn, x.job.display(i.Path), "a run was broken off while it wrote it", "the next `regcert run` finishes or undoes that first")
		}
	}
	conflicts, err := x.job.State.Conflicts(ctx)
	for _, w := range conflicts {
		if isThere(w.Kept.Path) {
			x.add(Warn, x.job.display(w.Path), "somebody saved it while regcert wrote it; that version is kept as "+x.job.display(w.Kept.Path), "compare the two, take over what is right, and delete it")
		}
	}
	return err
}

// stem is what the names of all files of a replacement have in common.
func stem(path string) string { return path[:len(path)-len(filepath.Ext(path))] }

// folder finds out how files in it can be replaced.
func (x *examination) folder(dir string) {
	name := x.job.display(dir) + "/"
	way, err := swap.Probe(dir)
	switch {
	case err != nil:
		x.add(Fail, name, err.Error(), "give the user who runs regcert the right to write in the folder, or set write_back: false for its workbooks")
	case way == swap.Exchange:
		x.add(Pass, name, "the old and the new version of a workbook change places in one step", "")
	case way == swap.ReplaceFile:
		x.add(Pass, name, "Windows replaces workbooks, keeping their rights", "")
	default:
		x.add(Warn, name, "its file system cannot let two files change places, as many network shares cannot: what somebody saves in the very instant of a write could be lost", "have regcert run when nobody saves, or keep the workbooks on a disk of this computer that is shared")
	}
	left, err := swap.Leftovers(dir)
	if err != nil {
		x.add(Warn, name, err.Error(), "")
	}
	for _, path := range left {
		if !x.pending[stem(path)] && isThere(path) {
			x.add(Warn, x.job.display(path), "it was left behind by a regcert that this state does not know", "if no other regcert works on this folder, look whether it is a version of a workbook that you miss (open it as .xlsx), and delete it")
		}
	}
}

// workbook finds out whether it can be read and replaced.
func (x *examination) workbook(s source) {
	if s.copy {
		x.add(Warn, s.name, isACopy, "")
		return
	}
	_, _, err := swap.Read(s.path, x.job.Limits.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.add(Fail, s.name, "there is no such file", "correct the path under workbooks: in the configuration")
		return
	case swap.Deferred(err):
		x.add(Warn, s.name, err.Error(), "")
		return
	case err != nil:
		x.add(Fail, s.name, withRemedy(err), "")
		return
	case !s.writeBack:
		x.add(Pass, s.name, "it can be read, and is only read", "")
		return
	}
	if held := swap.Holder(s.path); held != nil {
		since, hint := heldSince(held, x.job.Now())
		x.add(Warn, s.name, since+": it is not written meanwhile"+hint, "")
		return
	}
	if err := swap.Try(s.path); err != nil {
		x.add(Fail, s.name, "it can be read, and not be replaced: "+err.Error(), tryRemedy(err))
		return
	}
	x.add(Pass, s.name, "it can be read and replaced", "")
}

func tryRemedy(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "have regcert run as the user whom the workbook belongs to, or as one who may give files to that user"
	}
	return "put that right, or set write_back: false for it"
}

// Summary counts the verdicts.
func Summary(checks []Check) (warnings, failures int) {
	for _, c := range checks {
		switch c.Verdict {
		case Warn:
			warnings++
		case Fail:
			failures++
		}
	}
	return warnings, failures
}
