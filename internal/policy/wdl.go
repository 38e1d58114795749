package policy

import (
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// wdlRules are the rules on withdrawals (P 4).
func wdlRules() []Rule {
	return []Rule{
		{ID: "WDL-01", Clause: "P 4.2(2)", Severities: []Severity{Overdue}, Owner: ComplianceTeam, withdrawal: withdrawalOverdue,
			Title:     "Withdrawal not submitted by its deadline",
			Rationale: "The awarding body has to know who is still learning."},
		{ID: "WDL-02", Clause: "P 4.2(2)", Severities: []Severity{AtRisk}, Owner: ComplianceTeam, withdrawal: withdrawalAtRisk,
			Title:     "Withdrawal deadline is near",
			Rationale: "It can still be submitted in time."},
		{ID: "WDL-03", Clause: "P 4.2(2)", Severities: []Severity{Breach}, Owner: ComplianceTeam, withdrawal: withdrawalSubmittedLate,
			Title:     "Withdrawal submitted after its deadline",
			Rationale: "A late withdrawal is logged, in a column of its own (Late Log Ref)."},
		{ID: "WDL-04", Clause: "P 4.2", Severities: []Severity{Todo}, Owner: ComplianceTeam, withdrawal: withdrawalSteps,
			Title:     "Step of a withdrawal is open",
			Rationale: "A withdrawal is complete when the MIS, the awarding body, the evidence and the quality log agree."},
		{ID: "WDL-05", Clause: "P 4.1", Severities: []Severity{Data}, Owner: ComplianceTeam, withdrawal: reasonUnknown,
			Title:     "Reason is none that the policy knows",
			Rationale: "The policy lists when a learner must be withdrawn."},
		{ID: "WDL-06", Clause: "P 4.3", Severities: []Severity{Todo}, Owner: QualityTeam, Needs: []register.Kind{register.Assessments}, withdrawal: partialAchievement,
			Title:     "Partial achievement not dealt with",
			Rationale: "Learners who leave with some units are told their results and may get a partial certificate."},
		{ID: "WDL-07", Clause: "P 4.1(3)", Severities: []Severity{AtRisk}, Owner: Tutor, enrolment: learnerAbsent,
			Title:     "Not attending and cannot be contacted",
			Rationale: "A learner who has gone is to be withdrawn."},
		{ID: "WDL-08", Clause: "P 4.1(4)", Severities: []Severity{Todo}, Owner: ComplianceTeam, Needs: []register.Kind{register.Enrolments}, withdrawal: transferUnseen,
			Title:     "Transferred, but not enrolled on anything else",
			Rationale: "A transfer is a withdrawal and a new enrolment."},
	}
}

// reason is why a learner was withdrawn.
type reason uint8

const (
	noReason reason = iota // none that can be read
	anotherReason
	policyReason // one that the policy lists
	transferred  // that one in particular
)

func readReason(v register.Value) reason {
	if !v.IsReadable() {
		return noReason
	}
	text := words(v.Text)
	if strings.HasPrefix(text, "transfer") {
		return transferred
	}
	for _, beginning := range [...]string{
		"left", "leaver", "leaving",
		"request", "learner request",
		"not attending", "non attendance", "nonattendance", "no contact", "cannot be contacted",
		"cannot complete", "unable to complete",
	} {
		if strings.HasPrefix(text, beginning) {
			return policyReason
		}
	}
	return anotherReason
}

// readWithdrawal reads what a Withdrawals record says by itself and enters it
// in its file.
func (j *judge) readWithdrawal(w *withdrawal, r *register.Record) {
	w.rec = r
	w.on = usable(r, register.WithdrawnOn)
	w.own = w.on
	w.hasHappened = !w.on.IsZero() && w.on <= j.asOf
	w.confirmed = j.date(r, register.AIMConfirmed)
	w.submitted, w.assumed = j.submission(r, register.SubmittedToAIM, w.confirmed)
	w.reason = readReason(r.Value(register.Reason))
	j.set.belong(&w.entry, w.on)
	if w.file != nil {
		w.file.withdrawn = earliest(w.file.withdrawn, w.on)
	}
}

// settleWithdrawal finds the status, once the enrolment is known.
func (j *judge) settleWithdrawal(w *withdrawal) {
	w.isRegistered = w.enrolment == nil || !w.enrolment.submitted.IsZero()
	if w.on.IsZero() {
		w.status = checkData
		return
	}
	if w.isRegistered {
		w.deadline = j.count(&w.entry, "Withdrawal deadline", "withdrawal", w.own, w.on, register.WithdrawnOn)
		w.isLate = w.submitted > w.deadline && !w.assumed
	}
	isSubmitted, isConfirmed := !w.submitted.IsZero(), !w.confirmed.IsZero()
	switch {
	case !w.hasHappened:
		w.status = planned
	case !w.isRegistered:
		w.status = notRegistered
	case isSubmitted && isConfirmed && w.isLate:
		w.status = withdrawnLate
	case isSubmitted && isConfirmed:
		w.status = withdrawn
	case isSubmitted && w.isLate:
		w.status = submittedLate
	case isSubmitted:
		w.status = submitted
	case j.asOf > w.deadline:
		w.status = overdue
	case j.isSoon(w.deadline, j.numbers(w.own).WithdrawalAtRisk):
		w.status = riskOfLateness
	default:
		w.status = due
	}
}

// What keeps rules from asking anything of a Withdrawals record.
const (
	withdrawnUnknown = "Withdrawn On cannot be used"
	withdrawnAhead   = "the withdrawal lies ahead"
	neverRegistered  = "the learner was never registered with AIM"
)

// skipsWithdrawal says why no deadline can be missed any more, or yet.
func (j *judge) skipsWithdrawal(w *withdrawal) {
	switch {
	case w.on.IsZero():
		j.skip(withdrawnUnknown)
	case !w.hasHappened:
		j.skip(withdrawnAhead)
	case !w.isRegistered:
		j.skip(neverRegistered)
	case !w.submitted.IsZero():
		j.skip("the withdrawal has been submitted")
	}
}

func withdrawalOverdue(j *judge, w *withdrawal) {
	j.skipsWithdrawal(w)
	if w.status == overdue {
		j.raise(problem{severity: Overdue, look: register.SubmittedToAIM, due: w.deadline, date: w.on, brief: "withdrawal overdue",
			message: "The learner was withdrawn on {date}, AIM was to know by {due}, and no submission is recorded",
			action:  "Submit the withdrawal to AIM now; it was due by {due}"})
	}
}

func withdrawalAtRisk(j *judge, w *withdrawal) {
	j.skipsWithdrawal(w)
	if w.status == riskOfLateness {
		j.raise(problem{severity: AtRisk, look: register.SubmittedToAIM, due: w.deadline, date: w.on, brief: "withdrawal due soon",
			message: "The learner was withdrawn on {date}, AIM is to know by {due}, and no submission is recorded",
			action:  "Submit the withdrawal to AIM by {due}"})
	}
}

func withdrawalSubmittedLate(j *judge, w *withdrawal) {
	switch {
	case w.on.IsZero():
		j.skip(withdrawnUnknown)
	case !w.isRegistered:
		j.skip(neverRegistered)
	case w.submitted.IsZero():
		j.skip(nothingSubmitted)
	case w.assumed:
		j.skip(submissionAssumed)
	case w.isLate:
		j.raise(problem{severity: Breach, look: register.SubmittedToAIM, due: w.deadline, date: w.submitted, brief: "withdrawn late",
			message: "The withdrawal was submitted to AIM on {date}, after its deadline of {due}",
			action:  "Record the late withdrawal in the quality log and enter its Late Log Ref"})
	}
}

// hasLeft reports whether the withdrawal has happened, and says what keeps the
// rule from asking where it has not.
func (j *judge) hasLeft(w *withdrawal) bool {
	switch {
	case w.on.IsZero():
		j.skip(withdrawnUnknown)
	case !w.hasHappened:
		j.skip(withdrawnAhead)
	}
	return w.hasHappened
}

func withdrawalSteps(j *judge, w *withdrawal) {
	if !j.hasLeft(w) {
		return
	}
	open := func(c register.Column, action string) {
		j.raise(problem{severity: Todo, column: c, date: w.on, brief: "open", action: action,
			message: "The learner was withdrawn on {date} and the step {field} is open"})
	}
	if !j.isSet(w.rec, register.NotifiedOn) {
		open(register.NotifiedOn, "Enter when the Compliance Team was told of the withdrawal")
	}
	if !isYes(w.rec, register.MISUpdated) {
		open(register.MISUpdated, "Enter the withdrawal in the MIS and yes in {field}")
	}
	if !w.isRegistered || w.submitted.IsZero() {
		return
	}
	if w.confirmed.IsZero() && j.asOf > j.count(&w.entry, "AIM's confirmation expected", "confirmation_chase", w.own, w.submitted, register.SubmittedToAIM) {
		open(register.AIMConfirmed, "Ask AIM for the confirmation of the withdrawal and enter its date")
	}
	if !isYes(w.rec, register.EvidenceRetained) {
		open(register.EvidenceRetained, "Store the learner's assessment evidence and enter yes in {field}")
	}
	if !j.isSet(w.rec, register.QualityLogRef) {
		open(register.QualityLogRef, "Record the withdrawal in the quality log and enter its Quality Log Ref")
	}
}

func reasonUnknown(j *judge, w *withdrawal) {
	switch w.reason {
	case noReason:
		j.skip("no reason can be read")
	case anotherReason:
		j.raise(problem{severity: Data, column: register.Reason, brief: "not one of the policy's",
			message: "The reason does not begin with one that the policy knows: left, requested, not attending, transferred, cannot complete",
			action:  "Begin the reason with one of these: left, requested, not attending, transferred, cannot complete"})
	}
}

func partialAchievement(j *judge, w *withdrawal) {
	f := w.file
	if !j.hasLeft(w) {
		return
	}
	if f == nil || !f.progress.hasUnit {
		j.skip("no unit is achieved")
		return
	}
	var confirmed calendar.Date
	if c := f.claim; c != nil {
		confirmed = j.date(c.rec, register.AssessorConfirmed)
	}
	if f.progress.isComplete(confirmed) {
		j.skip("the qualification is complete")
		return
	}
	p := problem{severity: Todo, brief: "open", date: w.on}
	p.message = "The learner was withdrawn on {date} with some units achieved and {field} is open"
	if !isYes(w.rec, register.ResultsSent) {
		p.column, p.action = register.ResultsSent, "Send the learner their results in writing and enter yes in {field}"
		j.raise(p)
	}
	if !isYesOrNA(w.rec, register.PartialClaim) {
		p.column, p.action = register.PartialClaim, "Claim partial certification or credit transfer, or enter n/a in {field}"
		j.raise(p)
	}
}

func learnerAbsent(j *judge, e *enrolment) {
	last := j.date(e.rec, register.LastAttendance)
	switch {
	case !j.isAttending(e):
		return
	case !e.isCurrent:
		j.skip(notCurrent)
		return
	case e.file.isClaimed():
		j.skip(alreadyClaimed)
		return
	case last.IsZero():
		j.skip("no Last Attendance is recorded")
		return
	case e.rec.Value(register.Contactable).Answer != register.No:
		j.skip("Contactable does not say no")
		return
	}
	if j.asOf > j.count(&e.entry, "Absence is followed up after", "absence", e.own, last, register.LastAttendance) {
		j.raise(problem{severity: AtRisk, column: register.LastAttendance, date: last, brief: "long ago, not contactable",
			message: "The learner last attended on {date} and cannot be contacted",
			action:  "Reach the learner, or start the withdrawal"})
	}
}

func transferUnseen(j *judge, w *withdrawal) {
	switch {
	case w.reason != transferred:
		j.skip("the reason is not a transfer")
	case !j.hasLeft(w):
	case !w.rec.Key.IsWhole():
		j.skip(keyIncomplete)
	case !j.set.learners[w.rec.Key.ID].isOnOther(w.rec.Key.Code):
		j.raise(problem{severity: Todo, column: register.Reason, date: w.on, brief: "without another enrolment",
			message: "The learner transferred on {date} and is enrolled on no other qualification",
			action:  "Enrol the learner on the qualification that they transferred to, or correct the reason"})
	}
}
