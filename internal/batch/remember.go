package batch

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/store"
)

// expectFor is how long a workbook that was read is expected to be there still.
const expectFor = 3 * 24 * time.Hour

// recall lists the workbooks that runs have read of late, as reports name them.
func (j *Job) recall(ctx context.Context, now time.Time) ([]string, error) {
	if j.State == nil {
		return nil, nil
	}
	return j.State.ReadSince(ctx, now.Add(-expectFor))
}

// byHand is what a run is for where nobody says.
const byHand = "by hand"

// remember records the run: what it was for, by what it judged, what was read and
// written, and how many findings there were of each severity, what is snoozed by
// itself.
func (j *Job) remember(ctx context.Context, result *Result, trigger string, started time.Time) error {
	if j.State == nil {
		return nil
	}
	run := store.Run{
		AsOf: result.Report.AsOf, Started: started, Finished: j.Now(), Trigger: cmp.Or(trigger, byHand), Named: len(j.Named) > 0,
		Policy: result.Report.Policy, Program: j.Program, Rules: j.Policy.RuleSet(), Counts: map[string]int{},
	}
	if result.Recorded {
		run.Observation = result.Now.Past.Observations[len(result.Now.Past.Observations)-1].ID
	}
	in := map[string]map[string]int{} // by workbook
	for i := range result.Report.Findings {
		f := &result.Report.Findings[i]
		if in[f.Workbook] == nil {
			in[f.Workbook] = map[string]int{}
		}
		severity := string(f.Severity)
		if f.Snooze != nil {
			severity = store.Snoozed
		}
		run.Counts[severity]++
		in[f.Workbook][severity]++
	}
	for _, w := range result.Workbooks {
		if trigger == store.ForDigest && w.Outcome == Unchanged {
			w.Outcome = store.OutcomeRead // nothing was to be written into it
		}
		run.Workbooks = append(run.Workbooks, store.Workbook{Path: w.Path, Before: w.Before, After: w.SHA256, Outcome: string(w.Outcome), Reason: w.Reason, Cells: w.Cells, Counts: in[w.Path]})
	}
	if _, err := j.State.SaveRun(ctx, run); err != nil {
		return fmt.Errorf("the run could not be recorded: %w", err)
	}
	return nil
}

// prune rids the state of what has been over for too long. What is judged of a day
// in the past takes no more with it than it would have taken then.
func (j *Job) prune(ctx context.Context) error {
	if j.Months == 0 || ctx.Err() != nil {
		return nil
	}
	now := j.Now()
	pruned, err := j.State.Prune(ctx, min(j.Policy.AsOf, calendar.FromTime(now)).AddMonths(-j.Months), now)
	if err == nil && pruned.Before != 0 {
		err = j.forget(pruned.Before)
	}
	return err
}

// past is what is remembered of findings; nothing without a State.
func (j *Job) past(ctx context.Context) (*history.Past, error) {
	if j.State == nil {
		return &history.Past{}, nil
	}
	return j.State.Past(ctx, j.Policy.AsOf)
}

// observe says what the set, as it was read, makes of what was known.
func (j *Job) observe(past *history.Past, set []*loaded, report *policy.Report) *history.Now {
	reading := &history.Reading{
		AsOf: report.AsOf, Findings: report.Findings, Ready: report.Ready(j.Policy.Calendar), Expects: j.expects, Tutor: history.TutorsOf(report),
		Left: func(due calendar.Date) int { return j.Policy.Calendar.Left(report.AsOf, due) },
	}
	for _, l := range set {
		if l.copy {
			continue
		}
		b := history.Book{Path: l.name, Read: l.book != nil, Gone: l.gone, Sheets: map[string]register.Kind{}}
		if l.book != nil {
			b.Unread = l.book.Headless
			for _, s := range l.book.Sheets {
				b.Sheets[s.Name] = s.Kind
			}
		}
		reading.Books = append(reading.Books, b)
	}
	return past.Observe(reading)
}

// Record makes what a result of Check has seen part of the history, as Run does,
// for a digest.
func (j *Job) Record(ctx context.Context, result *Result) (err error) {
	started := j.Now()
	if result.Recorded, err = j.record(ctx, result.Now, result.set); err != nil {
		return err
	}
	return j.remember(ctx, result, store.ForDigest, started)
}

// record remembers what was seen, unless it is of no day that history can have:
// one that lies ahead, or before the last that is recorded. Neither is it where
// workbooks were named that are not configured: what is in them is nobody's to
// keep track of.
func (j *Job) record(ctx context.Context, now *history.Now, set []*loaded) (bool, error) {
	if now.AsOf > calendar.FromTime(j.Now()) || now.AsOf < now.Past.Last() || slices.ContainsFunc(set, func(l *loaded) bool { return !j.expects(l.name) }) {
		return false, nil
	}
	err := j.State.SaveObservation(ctx, now, j.Now())
	return err == nil, err
}

// manyFindings are so many that to record them takes as long, and as much room,
// as to write a workbook.
const manyFindings = 50_000

// recording returns what records what was seen. Where much has changed, that has
// begun already and goes on beside the writing of workbooks; the room that it
// took is given back.
func (j *Job) recording(ctx context.Context, now *history.Now, set []*loaded) (record func() (bool, error)) {
	if len(now.Changed()) < manyFindings {
		return func() (bool, error) { return j.record(ctx, now, set) }
	}
	var recorded bool
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("regcert stumbled over what it remembers; please report it with these lines: %v\n%s", p, debug.Stack())
			}
		}()
		recorded, err = j.record(ctx, now, set)
		runtime.GC()
	}()
	return func() (bool, error) {
		<-done
		return recorded, err
	}
}
