// Package batch does one run over a set of workbooks: it finds them, reads
// them, has them judged, writes the answers back and remembers the run.
package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"regcert/internal/encrypted"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/store"
	"regcert/internal/swap"
	"regcert/internal/xlsx"
)

// Outcome is what became of a workbook.
type Outcome string

// The outcomes.
const (
	Unchanged Outcome = "unchanged" // read; there was nothing to write, or nothing was to be written
	Written   Outcome = "written"
	ReadOnly  Outcome = "read-only" // read, but never written
	Deferred  Outcome = "deferred"  // not written now: somebody has it open, or it is changing
	Failed    Outcome = "failed"    // could not be read or written
	Context   Outcome = "context"   // read only so that the named ones could be judged
)

// Job is what one run is asked to do.
type Job struct {
	Dir       string    // the folder that paths are shown relative to
	Workbooks []Pattern // the configured workbooks
	Named     []string  // treat only these; the configured ones are context
	Reader    *register.Reader
	Policy    policy.Options
	Limits    xlsx.Limits
	Backups   string       // the folder for copies from before each write
	Pages     string       // the folder of pages that were made by hand; may be empty
	Keep      int          // how many copies of a workbook are kept
	State     *store.Store // what is remembered from run to run; Check may do without
	Months    int          // for how many months it is remembered what is over; 0: for ever
	Compare   bool         // Check says what has become of what was known, as Run does
	Program   string       // the version of regcert, for the record
	Trigger   string       // what Run is for, for the record; empty: by hand
	Host      string       // this computer's name, which synchronised folders give to conflict copies
	Now       func() time.Time
	Progress  func(done, of int, what string) // called before and after each step, by one goroutine at a time; may be nil
}

// Workbook is what became of one workbook of the set.
type Workbook struct {
	Path      string // as reports show it
	SHA256    string // of the version that was written, else of the one that was read, hexadecimal; empty where there is none
	Outcome   Outcome
	Reason    string
	Holder    string // who has it open, by the name in the lock file: for the terminal only, as it is a person's
	Troubled  bool   // it could not be read, or not be written although it should
	Protected bool   // a password protects it
	Before    string // the SHA-256 of the version that was read
	Cells     int    // cells written
	Sheets    []*register.Sheet
	Other     []string // sheets that were not read
	Headless  []string // known sheets that were not read, having no header row of their kind
	Remarks   []string // what staff should put right for the sheets to be read as they mean them
}

// Result is what a run found and did.
type Result struct {
	Report    *policy.Report // of the treated workbooks
	Whole     *policy.Report // of the whole set
	Now       *history.Now   // what is open in the whole set, with its past; nil where that was not asked for
	Recorded  bool           // Now is part of the history
	Workbooks []Workbook
	set       []*loaded
	Resumed   []swap.Resumed // what became of writes that an earlier run left unfinished, and of versions that were saved into displaced files
}

// Troubled reports whether a workbook could not be read or written, or somebody
// has to look at what was saved meanwhile.
func (r *Result) Troubled() bool {
	return slices.ContainsFunc(r.Workbooks, func(w Workbook) bool { return w.Troubled }) ||
		slices.ContainsFunc(r.Resumed, func(s swap.Resumed) bool { return s.Conflict != "" || s.Err != nil })
}

// Extent counts the rows that were read in the treated workbooks, and the
// workbooks in which there was something to read or not.
func (r *Result) Extent() (rows, read, unread int) {
	for _, w := range r.Workbooks {
		switch {
		case w.Outcome == Context:
		case len(w.Sheets) == 0:
			unread++
		default:
			read++
			for _, sheet := range w.Sheets {
				rows += len(sheet.Records)
			}
		}
	}
	return rows, read, unread
}

// Books returns the workbooks of the whole set that could be read.
func (r *Result) Books() []*register.Workbook {
	var books []*register.Workbook
	for _, l := range r.set {
		if l.book != nil {
			books = append(books, l.book)
		}
	}
	return books
}

// loaded is a workbook of the set while the job is on it.
type loaded struct {
	source
	result Workbook
	sum    [sha256.Size]byte
	data   []byte
	file   *xlsx.File
	book   *register.Workbook
	gone   bool // it is not there

	reached bool // its turn to be written came

	plain     []byte             // the package: data, or what is encrypted in it
	protected *encrypted.Package // nil: no password protects it
}

// ErrNoWorkbooks is the error of a job whose patterns match nothing.
var ErrNoWorkbooks = errors.New("no workbook was found")

// Check finds, reads and judges, and writes nothing.
func (j *Job) Check(ctx context.Context) (*Result, error) {
	expected, err := j.recall(ctx, j.Now())
	if err != nil {
		return nil, err
	}
	set, report, err := j.judge(ctx, expected)
	if err != nil {
		return nil, err
	}
	result := j.result(set, report)
	if j.Compare {
		var past *history.Past
		if past, err = j.past(ctx); err == nil {
			result.Now = j.observe(past, set, report)
		}
	}
	return result, err
}

// Patience is how long a run waits for another that is writing workbooks.
const Patience = 30 * time.Second

// Run does what Check does, writes the answers back and remembers the run. What
// an earlier run left unfinished is finished or undone first. A run that is
// broken off has a result too, as it may have written. *store.Busy is the error
// where another process keeps writing.
func (j *Job) Run(ctx context.Context) (result *Result, err error) {
	now := j.Now()
	release, err := j.State.Writing(ctx, "regcert run", now, Patience)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	swapper := swap.New(j.State)
	resumed, err := swapper.Resume(ctx, now)
	if err != nil {
		return nil, err
	}
	expected, err := j.recall(ctx, now)
	if err != nil {
		return nil, err
	}
	lasting := context.WithoutCancel(ctx) // a run that is broken off is remembered, too
	set, report, err := j.judge(ctx, expected)
	if err != nil {
		return nil, err
	}
	past, err := j.past(lasting)
	if err != nil {
		return nil, err
	}
	seen := j.observe(past, set, report)
	record := j.recording(lasting, seen, set)
	w := &writing{job: j, swapper: swapper, now: now, rows: rowsByWorkbook(report), centre: report.Stage != "", unsure: incomplete(set, report), unfinished: unfinished(resumed)}
	err = j.each(ctx, set, "writing", func(l *loaded) {
		l.reached = true
		if l.book != nil && !l.context && len(l.book.Sheets) > 0 {
			w.back(ctx, l)
		}
	})
	for _, l := range set {
		if !l.reached && l.book != nil {
			l.leave(Deferred, "the run was broken off before it was written; "+again)
		}
	}
	result = j.result(set, report)
	result.Now = seen
	var recordErr error
	result.Recorded, recordErr = record()
	late, lateErr := swapper.Resume(ctx, j.Now())
	result.Resumed = append(resumed, late...)
	return result, errors.Join(err, recordErr, lateErr, j.remember(lasting, result, j.Trigger, now), j.prune(ctx))
}

// judge finds, reads and judges. Expected workbooks are missed where they are
// gone.
func (j *Job) judge(ctx context.Context, expected []string) ([]*loaded, *policy.Report, error) {
	sources, err := j.find(expected)
	if err != nil {
		return nil, nil, err
	}
	if len(sources) == 0 {
		return nil, nil, ErrNoWorkbooks
	}
	set := make([]*loaded, len(sources))
	for i, s := range sources {
		set[i] = &loaded{source: s, result: Workbook{Path: s.name, Outcome: Unchanged}}
		if s.context {
			set[i].result.Outcome = Context
		}
	}
	if err := j.each(ctx, set, "reading", func(l *loaded) { l.read(j) }); err != nil {
		return nil, nil, err
	}
	var books []*register.Workbook
	for _, l := range set {
		if l.book != nil {
			books = append(books, l.book)
		}
	}
	return set, policy.Judge(books, j.Policy), nil
}

// each does a step on every workbook, several at a time. A panic costs only
// the workbook that caused it.
func (j *Job) each(ctx context.Context, set []*loaded, what string, step func(*loaded)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	done := 0
	tell := func(finished int, name string) {
		mu.Lock()
		defer mu.Unlock()
		done += finished
		if j.Progress != nil {
			j.Progress(done, len(set), what+" "+name)
		}
	}
	for _, l := range set {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			tell(0, l.name)
			l.attempt(step)
			tell(1, l.name)
			return nil
		})
	}
	return group.Wait()
}

// Stumbled is what the reason of a workbook begins with that regcert itself failed
// on. What follows may hold what stands in cells.
const Stumbled = "regcert stumbled over this workbook"

// attempt does a step, and makes of a panic in it a failure of the workbook.
func (l *loaded) attempt(step func(*loaded)) {
	defer func() {
		if p := recover(); p != nil {
			l.fail(fmt.Sprintf(Stumbled+"; please report it with these lines: %v\n%s", p, debug.Stack()))
		}
	}()
	step(l)
}

// fail reports a workbook that could not be read.
func (l *loaded) fail(reason string) {
	l.book = nil
	l.leave(Failed, reason)
}

// leave reports a workbook that was left as it is. One that only serves as
// context troubles nobody by itself.
func (l *loaded) leave(outcome Outcome, reason string) {
	l.result.Reason = reason
	if !l.context {
		l.result.Outcome, l.result.Troubled = outcome, true
	}
}

// load reads the file and checks the package; false where it could not.
func (l *loaded) load(j *Job) bool {
	data, sum, err := swap.Read(l.path, j.Limits.File)
	if err != nil {
		l.notRead(err)
		return false
	}
	l.data, l.sum = data, sum
	l.result.SHA256 = hex.EncodeToString(sum[:])
	l.result.Before = l.result.SHA256
	err = l.open(j.Limits)
	refusal, refused := errors.AsType[*xlsx.Refusal](err)
	l.result.Protected = l.protected != nil || refused && refusal.Kind == xlsx.Encrypted
	if err != nil {
		l.notOpened(err, j.Now())
		return false
	}
	return true
}

// read reads the workbook into records.
func (l *loaded) read(j *Job) {
	if l.copy {
		l.leave(Deferred, isACopy)
		return
	}
	if !l.load(j) {
		return
	}
	var err error
	if l.book, err = j.Reader.Read(l.name, l.file); err != nil {
		l.notOpened(err, j.Now())
		return
	}
	l.result.Sheets, l.result.Other, l.result.Headless, l.result.Remarks = l.book.Sheets, l.book.Other, l.book.Headless, l.book.Remarks
	if len(l.book.Sheets) == 0 {
		l.result.Reason = noSheet(l.book)
	}
}

// result gathers what is reported: of a job with named workbooks only those.
func (j *Job) result(set []*loaded, report *policy.Report) *Result {
	r := &Result{Report: report, Whole: report, set: set}
	known := slices.ContainsFunc(set, func(l *loaded) bool { return l.book != nil && len(l.book.Sheets) > 0 })
	treated := map[string]bool{"": true}
	for _, l := range set {
		// A workbook without a known sheet may stand beside the registers, but not
		// be named as one or be all there is.
		if l.book != nil && len(l.book.Sheets) == 0 && !l.context && (len(j.Named) > 0 || !known) {
			l.result.Troubled = true
		}
		r.Workbooks = append(r.Workbooks, l.result)
		treated[l.name] = !l.context
	}
	if len(j.Named) > 0 {
		part := *report
		part.Rows = slices.DeleteFunc(slices.Clone(report.Rows), func(row policy.Row) bool { return !treated[row.Record.Sheet.Workbook] })
		if !slices.ContainsFunc(set, func(l *loaded) bool { return !l.context && l.book != nil && has(l.book, register.Centre) }) {
			part.Stage = ""
		}
		part.Findings = slices.DeleteFunc(slices.Clone(report.Findings), func(f policy.Finding) bool { return !treated[f.Workbook] })
		r.Report = &part
	}
	return r
}

func rowsByWorkbook(report *policy.Report) map[string][]policy.Row {
	rows := map[string][]policy.Row{}
	for start := 0; start < len(report.Rows); {
		name := report.Rows[start].Record.Sheet.Workbook
		end := start
		for end < len(report.Rows) && report.Rows[end].Record.Sheet.Workbook == name {
			end++
		}
		rows[name] = report.Rows[start:end]
		start = end
	}
	return rows
}
