package batch

import (
	"context"
	"fmt"
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

// remember records the run: what was read and written, and how many findings
// there were of each severity, what is snoozed by itself.
func (j *Job) remember(ctx context.Context, result *Result, started time.Time) error {
	if j.State == nil {
		return nil
	}
	run := store.Run{
		AsOf: result.Report.AsOf, Started: started, Finished: j.Now(), Policy: result.Report.Policy, Program: j.Program, Counts: map[string]int{},
	}
	for i := range result.Report.Findings {
		if f := &result.Report.Findings[i]; f.Snooze != nil {
			run.Counts[store.Snoozed]++
		} else {
			run.Counts[string(f.Severity)]++
		}
	}
	for _, w := range result.Workbooks {
		run.Workbooks = append(run.Workbooks, store.Workbook{Path: w.Path, Before: w.Before, After: w.SHA256, Outcome: string(w.Outcome), Reason: w.Reason, Cells: w.Cells})
	}
	if _, err := j.State.SaveRun(ctx, run); err != nil {
		return fmt.Errorf("the run could not be recorded: %w", err)
	}
	return j.Record(ctx, result)
}

// observe says what the set, as it was read, makes of what was known.
func (j *Job) observe(ctx context.Context, set []*loaded, report *policy.Report) (*history.Now, error) {
	past := &history.Past{}
	if j.State != nil {
		var err error
		if past, err = j.State.Past(ctx, report.AsOf); err != nil {
			return nil, err
		}
	}
	reading := &history.Reading{
		AsOf: report.AsOf, Findings: slices.Concat(report.Findings, report.Ready(j.Policy.Calendar)), Expects: j.expects, Tutor: history.TutorsOf(report),
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
	return past.Observe(reading), nil
}

// Record remembers what a result has seen, unless it is of no day that history
// can have: one that lies ahead, or before the last that is recorded. Neither is
// it where workbooks were named that are not configured: what is in them is
// nobody's to keep track of.
func (j *Job) Record(ctx context.Context, result *Result) error {
	now := result.Now
	if now.AsOf > calendar.FromTime(j.Now()) || now.AsOf < now.Past.Last() || slices.ContainsFunc(result.Workbooks, func(w Workbook) bool { return !j.expects(w.Path) }) {
		return nil
	}
	err := j.State.SaveObservation(ctx, now, j.Now())
	result.Recorded = err == nil
	return err
}
