package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/status"
	"regcert/internal/store"
)

// runs tells of runs, the latest first.
func (p printer) runs(runs []store.Run, zone *time.Location) {
	if len(runs) == 0 {
		p.linef("No run is recorded in that time.")
		return
	}
	p.linef("%s, the latest first:", plural(len(runs), "run"))
	for i := range runs {
		r := &runs[i]
		p.linef("")
		p.linef("%s  %s", p.bold(r.Finished.In(zone).Format(timeShown)), printable(p.how(r, zone)))
		p.linef("  %s", p.counted(r.Counts))
		if r.Changes == nil {
			p.linef("  not part of the history of findings")
		} else {
			p.linef("  changed: %s", history.InWords(r.Changes))
		}
		p.treated(r)
	}
}

// how says what a run was for, and by what it judged.
func (p printer) how(r *store.Run, zone *time.Location) string {
	parts := []string{cmp.Or(r.Trigger, "what for is not recorded"), "policy " + r.Policy}
	if r.RuleSet != "" {
		parts = append(parts, "rule set "+short(r.RuleSet))
	}
	if r.AsOf != calendar.FromTime(r.Finished.In(zone)) {
		parts = append(parts, "as of "+r.AsOf.Long())
	}
	return strings.Join(parts, " · ")
}

// short is the beginning of a hash, by which people tell it from others.
func short(hash string) string { return hash[:min(len(hash), 8)] }

// counted says how many findings of each severity there were.
func (p printer) counted(counts map[string]int) string {
	var parts []string
	for _, s := range digest.ByUrgency() {
		if n := counts[string(s)]; n > 0 {
			parts = append(parts, p.paint(s, fmt.Sprintf("%d %s", n, digest.InWords(s))))
		}
	}
	if n := counts[store.Snoozed]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d snoozed", n))
	}
	if len(parts) == 0 {
		return "nothing found"
	}
	return strings.Join(parts, " · ")
}

// treated says what a run did with the workbooks: those that were written, those
// that were in trouble, and how many others there were.
func (p printer) treated(r *store.Run) {
	var written, unchanged []string
	read, context := 0, 0
	for _, w := range r.Workbooks {
		switch batch.Outcome(w.Outcome) {
		case batch.Written:
			written = append(written, fmt.Sprintf("%s (%s)", w.Path, plural(w.Cells, "cell")))
		case batch.Unchanged:
			unchanged = append(unchanged, w.Path)
		case batch.Context:
			context++
		case batch.ReadOnly, batch.Deferred, batch.Failed:
			p.linef("  %s", printable(fmt.Sprintf("%s: %s: %s", w.Outcome, w.Path, firstLine(w.Reason))))
		default:
			read++
		}
	}
	if len(written) > 0 {
		p.linef("  written: %s", printable(strings.Join(written, ", ")))
	}
	switch {
	case len(unchanged) > 0 && r.Named:
		p.linef("  unchanged: %s", printable(strings.Join(unchanged, ", ")))
	case len(unchanged) > 0:
		p.linef("  unchanged: %s", plural(len(unchanged), "workbook"))
	}
	if read > 0 {
		p.linef("  read: %s", plural(read, "workbook"))
	}
	if context > 0 {
		p.linef("  read for reference: %s", plural(context, "workbook"))
	}
}

// firstLine is the first line of a reason.
func firstLine(reason string) string {
	line, _, _ := strings.Cut(reason, "\n")
	return line
}

// checked tells when a workbook was checked, the latest first.
func (p printer) checked(runs []store.Run, workbook string, zone *time.Location) {
	if len(runs) == 0 {
		p.linef("%s was not checked in that time.", printable(workbook))
		return
	}
	p.linef("%s was checked, the latest first:", printable(workbook))
	for i := range runs {
		r, w := &runs[i], &runs[i].Workbooks[0]
		what := w.Outcome
		if w.Outcome == string(batch.Written) {
			what = fmt.Sprintf("written (%s)", plural(w.Cells, "cell"))
		}
		if w.Reason != "" {
			what += ": " + firstLine(w.Reason)
		}
		p.linef("")
		p.linef("%s  %s", p.bold(r.Finished.In(zone).Format(timeShown)), printable(what))
		p.linef("  %s", printable(p.how(r, zone)))
		if w.Counted(r) {
			p.linef("  %s", p.counted(w.Counts))
		}
		if r.Changes != nil {
			p.linef("  changed: %s", history.InWords(r.Changes))
		}
		switch {
		case w.Before == w.After && w.Before != "":
			p.linef("  SHA-256 %s", w.Before)
		case w.Before != "":
			p.linef("  SHA-256 %s before", w.Before)
			p.linef("          %s after", cmp.Or(w.After, "none"))
		}
	}
}

// learner tells the life of each finding about a learner.
func (p printer) learner(titles policy.Titles, id string, lives []*history.Life, told map[int64][]store.Telling, zone *time.Location) {
	if len(lives) == 0 {
		p.linef("Of %s nothing happened in that time.", printable(id))
		return
	}
	p.linef("%s: %s, what is open first:", p.bold(printable(id)), plural(len(lives), "finding"))
	for _, l := range lives {
		p.linef("")
		p.life(titles, l)
		for _, t := range told[l.ID] {
			p.linef("    %s", printable(fmt.Sprintf("told as %s: %s %s to %s, %s on %s", digest.InWords(t.Severity), t.Job, t.Slot, toWhom(t.Message), status.MessageWords(t.State), t.Since.In(zone).Format(timeShown))))
		}
	}
}

// life tells the life of a finding.
func (p printer) life(titles policy.Titles, l *history.Life) {
	rule := cmp.Or(l.Rule, l.Matter) // what is ready to claim has none of its own
	title := cmp.Or(titles[l.Rule], "By a rule that the configuration has no more")
	if l.Rule == "" {
		title = "Ready to claim"
	}
	p.linef("  %s (%s, %s)  %s", p.bold(printable(title)), printable(rule), l.Clause, printable(strings.TrimSpace(l.QualificationCode+"  "+l.UnitCode)))
	state := "closed"
	switch l.State {
	case history.Open:
		state = p.paint(l.Severity, digest.InWords(l.Severity)) + ", open since " + l.Since().Long()
	case history.Snoozed:
		state = fmt.Sprintf("%s, snoozed until %s", digest.InWords(l.Severity), l.Until.Long())
	}
	p.linef("    %s; last seen in %s", state, printable(place(&policy.Finding{Workbook: l.Workbook, Sheet: l.Sheet, Row: l.Row, Col: l.Col})))
	var was history.Standing
	for _, e := range l.Events {
		is := history.Standing{State: e.State, Severity: e.Severity}
		what := history.ChangeOf(was, is).String()
		if is.State != history.Closed {
			what += ": " + p.paint(is.Severity, digest.InWords(is.Severity))
		}
		p.linef("    %-15s  %s", e.Day.Long(), what)
		was = is
	}
}
