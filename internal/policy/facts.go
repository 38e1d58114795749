package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// entry is what is known of a record of any kind.
type entry struct {
	rec       *register.Record
	enrolment *enrolment    // that it belongs to (an enrolment: itself); nil where its key is on no Enrolments record
	file      *file         // that it belongs to; nil where its key is not whole
	status    string        // empty on a reference sheet
	own       calendar.Date // since when its clock has been running; no date: it has none
	later     calendar.Date // since when that of what comes later in its life has been running
	deadline  calendar.Date
	duplicate bool // DAT-05: a later record of what another stands for
}

// file is what belongs together: the work, the claim and the withdrawal of one
// enrolment, or of a key that is on no Enrolments record.
type file struct {
	code      string        // of the qualification
	work      *assessment   // the latest read of those that belong to it; each knows the one before
	claim     *claim        // the first
	withdrawn calendar.Date // the earliest Withdrawn On, no date where there is none
	progress  progress
}

// enrolment is an Enrolments record.
type enrolment struct {
	entry
	papers file // its file, unless it is a duplicate

	start, end  calendar.Date // Course Start and Course End, where usable
	expiry      calendar.Date // Registration Expiry, where usable
	submitted   calendar.Date // Submitted to AIM, where set
	assumed     bool          // submitted is really AIM Confirmed: DAT-10
	confirmed   calendar.Date // AIM Confirmed, where set
	isCurrent   bool          // of the enrolments of its key
	isStarted   bool
	isWithdrawn bool
	isLate      bool     // submitted after the deadline
	uln         uint64   // 0 where it is not valid
	learner     *learner // nil without a Learner ID
}

// assessment is an Assessments record.
type assessment struct {
	entry
	before *assessment // the one read before it in the same file
	unit   string      // as codes are compared
	listed *unit       // on Units, nil where it is not

	worked     calendar.Date // T: the earlier of Started On and Assessed On that are set
	assessed   calendar.Date // Assessed On, where set
	signedOff  calendar.Date // IQA Signed Off, where set
	isAchieved bool

	atRisk             bool // ASM-01 holds
	assessorUnapproved bool // ASM-02
	iqaUnapproved      bool // ASM-03
	samePerson         bool // ASM-04
	hasNoAssessor      bool // ASM-07
}

// claim is a Claims record.
type claim struct {
	entry
	submitted    calendar.Date // P: Claim Submitted, where set
	assumed      bool          // submitted is really a later step: DAT-10
	confirmed    calendar.Date // Claim Confirmed, where set
	received     calendar.Date // R: Certificate Received, where set
	issued       calendar.Date // Certificate Issued, where set
	destroyed    calendar.Date // Destroyed On, where set
	isCollected  bool          // Collected set
	iqa          calendar.Date // I
	issueBy      calendar.Date // where received
	holdUntil    calendar.Date // where received
	failed       [conditionCount]string
	isIneligible bool // some condition failed
}

// withdrawal is a Withdrawals record.
type withdrawal struct {
	entry
	on           calendar.Date // Withdrawn On, where usable
	submitted    calendar.Date // Submitted to AIM, where set
	assumed      bool          // submitted is really AIM Confirmed: DAT-10
	confirmed    calendar.Date // AIM Confirmed, where set
	isRegistered bool
	isLate       bool // submitted after the deadline
	hasHappened  bool // on or before the as-of date
	reason       reason
}

// adjustment is an Adjustments record.
type adjustment struct {
	entry
	recorded    calendar.Date // Recorded On, where set
	retainUntil calendar.Date // where Recorded On is usable
	disposed    calendar.Date // Disposed On, where set
}

// hasHappened reports whether the column's dates are of things that have
// happened, so that one which lies ahead is wrong.
func hasHappened(c register.Column) bool {
	switch c {
	case register.CourseStart, register.CourseEnd, register.RegistrationExpiry, register.WithdrawnOn, register.SnoozeUntil,
		register.From, register.To, register.ApprovedFrom, register.ApprovedTo, register.ReviewBy, register.InterviewOn, register.ActionsDue:
		return false
	}
	return c != 0 && (c.Type() == register.TypeDate || c.Type() == register.TypeDateOrYes)
}

// isSet reports whether the rules may use what the cell says: it can be read,
// and is no date of the past that lies ahead.
func (j *judge) isSet(r *register.Record, c register.Column) bool { return j.counts(r.Value(c), c) }

// counts is isSet for what was read as a cell of the column.
func (j *judge) counts(v register.Value, c register.Column) bool {
	return v.IsReadable() && (v.Date <= j.asOf || !hasHappened(c))
}

// date returns the day of a cell that is set, no date where it is not, or says
// only that the thing was done.
func (j *judge) date(r *register.Record, c register.Column) calendar.Date {
	if v := r.Value(c); v.IsReadable() && (v.Date <= j.asOf || !hasHappened(c)) {
		return v.Date
	}
	return 0
}

// usable returns the day of a cell that can be read, though it may lie ahead.
func usable(r *register.Record, c register.Column) calendar.Date {
	if v := r.Value(c); v.IsReadable() {
		return v.Date
	}
	return 0
}

// isYes reports whether a yes/no cell says yes.
func isYes(r *register.Record, c register.Column) bool { return r.Value(c).IsYes() }

// isYesOrNA reports whether a yes/no cell is answered with yes, or does not
// apply.
func isYesOrNA(r *register.Record, c register.Column) bool {
	v := r.Value(c)
	return v.IsYes() || v.IsNA()
}

// submission returns when something was submitted: the date of the submission,
// or, where that is blank though a later step is set, the earliest such step
// (DAT-10).
func (j *judge) submission(r *register.Record, c register.Column, steps ...calendar.Date) (on calendar.Date, assumed bool) {
	if !r.Value(c).IsBlank() {
		return j.date(r, c), false
	}
	return earliest(steps...), earliest(steps...) != 0
}

// earliest returns the earliest of the dates that are there.
func earliest(dates ...calendar.Date) calendar.Date {
	var first calendar.Date
	for _, d := range dates {
		if first.IsZero() || !d.IsZero() && d < first {
			first = d
		}
	}
	return first
}

// count counts a number of the policy, by its key, from a day of the record that
// stands in the column (0: in another record). The version counts that was in
// force on the day since; what says what ends.
func (j *judge) count(e *entry, what, number string, since, from calendar.Date, column register.Column) calendar.Date {
	n, key := j.numbers(since), j.keys[number]
	period := *key.Duration(n)
	end := j.cal.Add(from, period, key.Clock)
	if j.trace != nil {
		j.trace.count(j, e, column, Count{What: what, Number: number, Period: period, Clock: key.Clock, Policy: n.Version, From: from, Date: end})
	}
	return end
}

// isSoon reports whether a due date that has not passed is near.
func (j *judge) isSoon(due calendar.Date, window calendar.Duration) bool {
	return j.cal.Soon(j.asOf, due, window)
}
