package policy

import "regcert/internal/register"

// recRules are the rules on records of reasonable adjustments and special
// considerations (P 6).
func recRules() []Rule {
	return []Rule{
		{ID: "REC-01", Clause: "P 6.1", Severities: []Severity{Todo}, Owner: QualityTeam, clock: noClock, adjustment: recordNotStored,
			Title:     "Record not stored securely",
			Rationale: "What a learner was granted must be on file for as long as it may be asked for."},
		{ID: "REC-02", Clause: "P 6.1", Severities: []Severity{Breach}, Owner: QualityTeam, adjustment: recordDisposedEarly,
			Title:     "Record disposed of before the end of its retention",
			Rationale: "The policy keeps these records for 3 years; it does not say from when, so they count from the day of the record."},
		{ID: "REC-03", Clause: "P 6.1", Severities: []Severity{Info}, Owner: QualityTeam, adjustment: retentionOver,
			Title:     "Retention is over",
			Rationale: "Personal data is not to be kept longer than it is needed."},
	}
}

// readAdjustment reads an Adjustments record.
func (j *judge) readAdjustment(a *adjustment, r *register.Record) {
	a.rec = r
	a.recorded, a.disposed = j.date(r, register.RecordedOn), j.date(r, register.DisposedOn)
	from := usable(r, register.RecordedOn)
	a.own = from
	if from.IsZero() {
		a.status = checkData
		return
	}
	a.retainUntil = j.count(&a.entry, "Retain until", "record_retention", a.own, from, register.RecordedOn)
	a.deadline = a.retainUntil
	switch {
	case !a.disposed.IsZero() && a.disposed < a.retainUntil:
		a.status = disposedEarly
	case !a.disposed.IsZero():
		a.status = disposed
	case j.asOf > a.retainUntil:
		a.status = retentionComplete
	case !isYes(r, register.Stored):
		a.status = notStored
	default:
		a.status = retained
	}
}

// What keeps rules from asking anything of an Adjustments record.
const (
	isDisposed      = "the record has been disposed of"
	recordedUnknown = "Recorded On cannot be used"
)

func recordNotStored(j *judge, a *adjustment) {
	switch {
	case !a.disposed.IsZero():
		j.skip(isDisposed)
	case !isYes(a.rec, register.Stored):
		j.raise(problem{severity: Todo, column: register.Stored, brief: "open",
			message: "{field} does not say yes",
			action:  "Store the record in the learner's file and enter yes in {field}"})
	}
}

func recordDisposedEarly(j *judge, a *adjustment) {
	switch {
	case a.recorded.IsZero():
		j.skip(recordedUnknown)
	case a.disposed.IsZero():
		j.skip("the record has not been disposed of")
	case a.disposed < a.retainUntil:
		j.raise(problem{severity: Breach, column: register.DisposedOn, date: a.disposed, brief: "too early", other: j.text.day(a.retainUntil),
			message: "The record was disposed of on {date} and was to be kept until {other}",
			action:  "Record the early disposal in the quality log and enter its Quality Log Ref"})
	}
}

func retentionOver(j *judge, a *adjustment) {
	switch {
	case a.recorded.IsZero():
		j.skip(recordedUnknown)
	case !a.disposed.IsZero():
		j.skip(isDisposed)
	case j.asOf > a.retainUntil:
		j.raise(problem{severity: Info, column: register.DisposedOn, date: a.retainUntil, brief: "open, retention is over",
			message: "The record was to be kept until {date} and may now be disposed of",
			action:  "Decide whether the record is still needed, else dispose of it and enter when"})
	}
}
