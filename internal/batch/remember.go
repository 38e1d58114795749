package batch

import (
	"context"
	"fmt"
	"time"

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
	return nil
}
