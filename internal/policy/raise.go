package policy

import (
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// problem is what a check has found. In message and action, {due}, {date},
// {text}, {other} and {field} stand for its parts.
type problem struct {
	severity    Severity
	column      register.Column // the field, where that is a column
	field       string          // the field, where it is no column
	look        register.Column // the cell to look at, where the field is no column of the sheet
	subject     string          // what it is about, on the centre's sheets where no record says so
	due         calendar.Date
	date        calendar.Date
	text, other string
	brief       string // a few words that follow the field, or stand alone
	message     string // without clause and full stop
	action      string
}

// begin turns to a record, or to a header row (nil).
func (j *judge) begin(e *entry) {
	j.at, j.first, j.brief = e, len(j.report.Findings), j.brief[:0]
	j.sleep = nil
	if e != nil {
		j.sleep = j.snoozeOf(e.rec)
	}
}

// raise adds what the rule in hand has found on the record in hand, unless the
// record lies before the day from which records are judged, or the rule has
// been raised for the field already.
func (j *judge) raise(p problem) {
	since := j.clockInHand()
	if j.isBeforeOurTime(since, &p) {
		j.skip("the record is from before the day from which records are judged (judge_from)")
		return
	}
	field := p.field
	if p.column != 0 {
		field = p.column.String()
	}
	findings := j.report.Findings
	place := len(findings)
	for place > j.first && findings[place-1].Rule == j.rule.ID && findings[place-1].Field >= field {
		place--
		if findings[place].Field == field {
			return
		}
	}
	f := Finding{
		Rule: j.rule.ID, Clause: j.clauseInHand(), Severity: p.severity, Owner: j.rule.Owner,
		Field: field, Due: p.due, Policy: j.numbers(since).Version,
	}
	if !p.due.IsZero() {
		f.WorkingDaysLeft = j.cal.Left(j.asOf, p.due)
	}
	j.locate(&f, &p)
	if p.severity == Breach && j.at != nil && j.isLogged(j.at.rec) {
		f.Severity, f.Logged = Info, true
	}
	if f.Severity != Breach && f.Severity != Data {
		f.Snooze = j.sleep
	}
	f.Message = j.text.message(&p, field, f.Clause)
	f.Action = j.text.action(&p, field)
	j.report.Findings = slices.Insert(findings, place, f)
	j.brief = slices.Insert(j.brief, place-j.first, p.brief)
}

// clockInHand returns since when the clock has been running that the rule in
// hand goes by, no date where it goes by none.
func (j *judge) clockInHand() calendar.Date {
	if j.at == nil {
		return 0
	}
	switch j.rule.clock {
	case ownClock:
		return j.at.own
	case laterClock:
		return j.at.later
	default:
		return 0
	}
}

// clauseInHand returns the clause that the rule in hand serves there.
func (j *judge) clauseInHand() string {
	if j.sheet == nil {
		return j.rule.Clause
	}
	return j.rule.ClauseOn(j.sheet.Kind)
}

// isBeforeOurTime reports whether the finding is of the past only: what can no
// longer be changed, and what was never due, on a record from before the day
// from which records are judged.
func (j *judge) isBeforeOurTime(since calendar.Date, p *problem) bool {
	if since.IsZero() || since >= j.judgeFrom {
		return false
	}
	return p.severity == Breach || p.severity == Todo && p.due.IsZero()
}

// locate says on which record and cell the finding is.
func (j *judge) locate(f *Finding, p *problem) {
	s := j.sheet
	if s == nil {
		return
	}
	f.Workbook, f.Sheet, f.Kind, f.Row = s.Workbook, s.Name, s.Kind, s.HeaderRow
	f.Owner, f.Subject = j.rule.OwnerOn(s.Kind), p.subject
	switch {
	case p.column != 0 && (s.Has(p.column) || p.look == 0):
		f.Col = s.Column(p.column)
	case p.look != 0 && s.Has(p.look):
		f.Col = s.Column(p.look)
	default:
		f.Col = s.Column(register.LearnerID)
	}
	if j.at != nil {
		r := j.at.rec
		f.Row, f.LearnerID, f.QualificationCode, f.UnitCode = r.Row, r.LearnerID(), r.QualificationCode(), r.UnitCode()
		f.Subject = subjectOf(r)
	}
}

// isLogged reports whether the quality log has an entry for what the record
// missed. On Withdrawals every record gets a Quality Log Ref, so a column of
// its own says that a late one was logged as late.
func (j *judge) isLogged(r *register.Record) bool {
	if r.Sheet.Kind == register.Withdrawals {
		return j.isSet(r, register.LateLogRef)
	}
	return j.isSet(r, register.QualityLogRef)
}

// addRow adds the answer to the record in hand.
func (j *judge) addRow(e *entry) {
	findings := j.report.Findings[j.first:]
	kind := e.rec.Sheet.Kind
	row := Row{
		Record: e.rec, Status: e.status, Deadline: e.deadline, Tone: j.tones[kind][e.status],
		Problems: j.text.problems(findings, j.brief), Snooze: j.sleep, Policy: j.numbers(e.own).Version, Subject: subjectOf(e.rec),
	}
	if f := mostUrgent(findings); f != nil {
		row.NextAction = j.text.nextAction(f.Owner, f.Action)
	} else if owner, action := asks(kind, e.status); action != "" {
		p := problem{due: e.deadline, action: action}
		row.NextAction = j.text.nextAction(owner, j.text.action(&p, ""))
	}
	j.report.Rows = append(j.report.Rows, row)
}

// mostUrgent returns the finding to act on first, nil where there is none.
func mostUrgent(findings []Finding) *Finding {
	var best *Finding
	for i := range findings {
		f := &findings[i]
		if f.Logged {
			continue
		}
		if best == nil || urgency(f) < urgency(best) || urgency(f) == urgency(best) && isDueBefore(f.Due, best.Due) {
			best = f
		}
	}
	return best
}

func isDueBefore(a, b calendar.Date) bool { return !a.IsZero() && (b.IsZero() || a < b) }

// urgency orders findings by what to do first. What has a date comes before
// what can only be written down.
func urgency(f *Finding) int {
	switch f.Severity {
	case Overdue:
		return 0
	case AtRisk:
		return 1
	case Todo:
		if !f.Due.IsZero() {
			return 2
		}
		return 5
	case Breach:
		return 3
	case Data:
		return 4
	default:
		return 6
	}
}
