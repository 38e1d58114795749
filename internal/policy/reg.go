package policy

import "regcert/internal/register"

// regRules are the rules on registration (P 3).
func regRules() []Rule {
	quals := []register.Kind{register.Qualifications}
	return []Rule{
		{ID: "REG-01", Clause: "P 3.2", Severities: []Severity{Overdue}, Owner: AdministrationTeam, enrolment: registrationOverdue,
			Title:     "Registration not submitted by its deadline",
			Rationale: "The awarding body charges for late registrations and may refuse evidence gathered before them."},
		{ID: "REG-02", Clause: "P 3.3(5)", Severities: []Severity{AtRisk}, Owner: AdministrationTeam, enrolment: registrationAtRisk,
			Title:     "Registration deadline is near",
			Rationale: "Escalated to the Head of Quality while the registration can still be submitted in time."},
		{ID: "REG-03", Clause: "P 3.2", Severities: []Severity{Breach}, Owner: ComplianceTeam, enrolment: registrationLate,
			Title:     "Registration submitted after its deadline",
			Rationale: "A late registration cannot be undone, only explained, paid for and logged."},
		{ID: "REG-04", Clause: "P 3.5", Severities: []Severity{Todo}, Owner: ComplianceTeam, enrolment: lateRegistrationSteps,
			Title:     "Step of a late registration is open",
			Rationale: "A late registration needs a written reason, the Head of Quality, the awarding body, the fee and corrective action."},
		{ID: "REG-05", Clause: "P 3.3(4)", Severities: []Severity{Todo}, Owner: AdministrationTeam, enrolment: registrationUnconfirmed,
			Title:     "Registration not confirmed by AIM",
			Rationale: "Formal assessment may begin only after confirmation, so a missing one has to be chased."},
		{ID: "REG-06", Clause: "P 3.4", Severities: []Severity{Todo, Overdue, Breach}, Owner: QualityTeam, enrolment: accuracyCheck,
			Title:     "Accuracy of the registration not checked in time",
			Rationale: "Errors that are found within days can be corrected before they reach a certificate."},
		{ID: "REG-07", Clause: "P 3.4", Severities: []Severity{Data}, Owner: QualityTeam, Needs: quals, enrolment: qualificationDiffers,
			Title:     "Title, level or credits differ from the qualification's",
			Rationale: "A learner must be registered for the qualification that they are studying."},
		{ID: "REG-08", Clause: "P 3.3(1)", Severities: []Severity{Todo, Overdue, Breach}, Owner: Tutor, enrolment: newLearnerNotified,
			Title:     "Administration not told of a new learner on the first day",
			Rationale: "The registration can only start once the Administration Team knows of the learner."},
		{ID: "REG-09", Clause: "P 3.3(2)", Severities: []Severity{Todo}, Owner: AdmissionsTeam, enrolment: identityUnverified,
			Title:     "Identity not verified",
			Rationale: "Registrations are made in the legal name that the identity documents show."},
		{ID: "REG-10", Clause: "P 3.3(3)", Severities: []Severity{Todo}, Owner: AdministrationTeam, enrolment: notOnMIS,
			Title:     "Learner not logged on the MIS",
			Rationale: "The management information system is the centre's record of who is enrolled."},
		{ID: "REG-11", Clause: "P 4.1(5)", Severities: []Severity{Overdue, AtRisk}, Owner: QualityTeam, enrolment: registrationExpires,
			Title:     "Registration expires before the certificate is claimed",
			Rationale: "No certificate can be claimed on a registration that has lapsed."},
		{ID: "REG-12", Clause: "P 3.3(4)", Severities: []Severity{Data}, Owner: AdministrationTeam, enrolment: registrationNumberMissing,
			Title:     "Confirmed, but without a registration number",
			Rationale: "The number is what the confirmation is kept for."},
		{ID: "REG-13", Clause: "P 3.3(2)", Severities: []Severity{Todo}, Owner: AdmissionsTeam, enrolment: contactDetailsMissing,
			Title:     "No contact details",
			Rationale: "A learner without an email address or telephone number cannot be told of results or certificates."},
	}
}

// readEnrolment reads what an Enrolments record says by itself.
func (j *judge) readEnrolment(e *enrolment, r *register.Record) {
	e.rec, e.enrolment = r, e
	e.start, e.end, e.expiry = usable(r, register.CourseStart), usable(r, register.CourseEnd), usable(r, register.RegistrationExpiry)
	e.confirmed = j.date(r, register.AIMConfirmed)
	e.submitted, e.assumed = j.submission(r, register.SubmittedToAIM, e.confirmed)
	e.own = e.start
	e.isStarted = !e.start.IsZero() && e.start <= j.asOf
	e.uln = validULN(r.Value(register.ULN))
	if e.start.IsZero() {
		return
	}
	long := j.count(&e.entry, "A long course ends on or after", "short_course", e.own, e.start, register.CourseStart) // both days count
	number := "registration_long"
	if e.end.IsZero() || e.end < long {
		number = "registration_short"
	}
	e.deadline = j.count(&e.entry, "Registration deadline", number, e.own, e.start, register.CourseStart)
	e.isLate = e.submitted > e.deadline && !e.assumed
}

// settleEnrolment finds the status, once the withdrawals are known.
func (j *judge) settleEnrolment(e *enrolment) {
	if f := e.file; f != nil && !f.withdrawn.IsZero() {
		e.isWithdrawn = f.withdrawn <= j.asOf
	}
	isConfirmed, isSubmitted := !e.confirmed.IsZero(), !e.submitted.IsZero()
	switch {
	case e.start.IsZero():
		e.status = checkData
	case e.isWithdrawn:
		e.status = withdrawn
	case isSubmitted && isConfirmed && !e.isLate:
		e.status = registered
	case isSubmitted && isConfirmed:
		e.status = registeredLate
	case isSubmitted && !e.isLate:
		e.status = awaitingConfirmation
	case isSubmitted:
		e.status = submittedLate
	case !e.isStarted:
		e.status = notStarted
	case j.asOf > e.deadline:
		e.status = overdue
	case j.isSoon(e.deadline, j.numbers(e.own).RegistrationAtRisk):
		e.status = riskOfLateness
	default:
		e.status = due
	}
}

// What keeps rules from asking anything of an Enrolments record.
const (
	learnerWithdrawn = "the learner is withdrawn"
	startUnknown     = "Course Start cannot be used"
	startAhead       = "the course has not started"
	notCurrent       = "another enrolment of the learner on the qualification is the current one"
	alreadyClaimed   = "the certificate has been claimed"
	nothingSubmitted = "no submission is recorded"
	isConfirmed      = "AIM has confirmed it"
)

// skipsDeadline says why no deadline can be missed any more, or yet.
func (j *judge) skipsDeadline(e *enrolment) {
	switch {
	case e.start.IsZero():
		j.skip(startUnknown)
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
	case !e.submitted.IsZero():
		j.skip("the registration has been submitted")
	case !e.isStarted:
		j.skip(startAhead)
	}
}

func registrationOverdue(j *judge, e *enrolment) {
	j.skipsDeadline(e)
	if e.status == overdue {
		j.raise(problem{severity: Overdue, look: register.SubmittedToAIM, due: e.deadline, brief: "registration overdue",
			message: "The registration was due at AIM by {due} and no submission is recorded",
			action:  "Submit the registration to AIM at once as a late one; it was due by {due}"})
	}
}

func registrationAtRisk(j *judge, e *enrolment) {
	j.skipsDeadline(e)
	if e.status == riskOfLateness {
		j.raise(problem{severity: AtRisk, look: register.SubmittedToAIM, due: e.deadline, brief: "registration due soon",
			message: "The registration is due at AIM by {due} and no submission is recorded; the Head of Quality is to know",
			action:  "Submit the registration to AIM by {due}"})
	}
}

func registrationLate(j *judge, e *enrolment) {
	switch {
	case e.start.IsZero():
		j.skip(startUnknown)
	case e.submitted.IsZero():
		j.skip(nothingSubmitted)
	case e.assumed:
		j.skip(submissionAssumed)
	case e.isLate:
		j.raise(problem{severity: Breach, look: register.SubmittedToAIM, due: e.deadline, date: e.submitted, brief: "registered late",
			message: "The registration was submitted to AIM on {date}, after its deadline of {due}",
			action:  "Record the late registration in the quality log and enter its Quality Log Ref"})
	}
}

func lateRegistrationSteps(j *judge, e *enrolment) {
	if e.status != overdue && !e.isLate {
		j.skip("the registration is not late")
		return
	}
	open := func(c register.Column, action string) {
		j.raise(problem{severity: Todo, column: c, brief: "missing", action: action,
			message: "The registration is late and {field} is not filled in"})
	}
	for _, step := range [...]struct {
		column register.Column
		action string
	}{
		{register.LateReason, "Write down why the registration is late (Late Reason)"},
		{register.HeadOfQualityNotified, "Tell the Head of Quality of the late registration and enter when"},
		{register.AIMContacted, "Explain the late registration to AIM and enter when"},
		{register.CorrectiveAction, "Agree what prevents another late registration (Corrective Action)"},
		{register.QualityLogRef, "Record the late registration in the quality log and enter its Quality Log Ref"},
	} {
		if !j.isSet(e.rec, step.column) {
			open(step.column, step.action)
		}
	}
	if e.isLate && !isYesOrNA(e.rec, register.LateFeePaid) {
		open(register.LateFeePaid, "Pay the late registration fee, or enter n/a where AIM asks for none")
	}
}

func registrationUnconfirmed(j *judge, e *enrolment) {
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
		return
	case e.submitted.IsZero():
		j.skip(nothingSubmitted)
		return
	case !e.confirmed.IsZero():
		j.skip(isConfirmed)
		return
	}
	if j.asOf > j.count(&e.entry, "AIM's confirmation expected", "confirmation_chase", e.own, e.submitted, register.SubmittedToAIM) {
		j.raise(problem{severity: Todo, column: register.AIMConfirmed, date: e.submitted, brief: "missing",
			message: "The registration was submitted on {date} and AIM's confirmation is not recorded",
			action:  "Ask AIM for the confirmation of the registration and enter its date"})
	}
}

func accuracyCheck(j *judge, e *enrolment) {
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
		return
	case e.submitted.IsZero():
		j.skip(nothingSubmitted)
		return
	case e.assumed:
		j.skip(submissionAssumed)
		return
	}
	p := problem{column: register.AccuracyChecked, due: j.count(&e.entry, "Accuracy check", "accuracy_check", e.own, e.submitted, register.SubmittedToAIM),
		message: "The registration was submitted on {other} and its accuracy is to be checked by {due}; no check is recorded",
		action:  "Check the registration against the learner's documents by {due} and enter when",
		other:   j.text.day(e.submitted)}
	p.date = j.date(e.rec, register.AccuracyChecked)
	switch {
	case !j.isSet(e.rec, register.AccuracyChecked) && j.asOf <= p.due:
		p.severity, p.brief = Todo, "to do"
	case !j.isSet(e.rec, register.AccuracyChecked):
		p.severity, p.brief = Overdue, "overdue"
		p.action = "Check the registration against the learner's documents now and enter when; it was due by {due}"
	case p.date > p.due:
		p.severity, p.brief = Breach, "late"
		p.message = "The accuracy of the registration was checked on {date}, after {due}"
		p.action = "Record the late check in the quality log and enter its Quality Log Ref"
	default:
		return
	}
	j.raise(p)
}

func qualificationDiffers(j *judge, e *enrolment) {
	if e.isWithdrawn {
		j.skip(learnerWithdrawn)
		return
	}
	reference := j.set.qualifications[e.rec.Key.Code]
	if reference == nil {
		j.skip("the qualification is not on the Qualifications sheet")
		return
	}
	for _, f := range [...]struct {
		column register.Column
		same   func(a, b string) bool
	}{
		{register.QualificationTitle, isSameText},
		{register.Level, isSameLevel},
		{register.Credits, isSameText},
	} {
		here, there := e.rec.Value(f.column), reference.Value(f.column)
		if here.IsReadable() && there.IsReadable() && !f.same(here.Text, there.Text) {
			j.raise(problem{severity: Data, column: f.column, brief: "differs", text: quote(here, f.column), other: quote(there, f.column),
				message: "{field} is {text} here and {other} on the Qualifications sheet",
				action:  "Correct {field} here or on the Qualifications sheet, and with AIM if it was registered so"})
		}
	}
}

func newLearnerNotified(j *judge, e *enrolment) {
	first := j.date(e.rec, register.FirstAttendance)
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
		return
	case first.IsZero():
		j.skip("no First Attendance is recorded")
		return
	}
	p := problem{column: register.AdminNotified, due: first, date: j.date(e.rec, register.AdminNotified),
		message: "The learner first attended on {due} and the Administration Team's notice is not recorded",
		action:  "Tell the Administration Team of the new learner and enter when"}
	switch isNotified := j.isSet(e.rec, register.AdminNotified); {
	case !isNotified && j.asOf == first:
		p.severity, p.brief = Todo, "to do"
	case !isNotified:
		p.severity, p.brief = Overdue, "overdue"
	case p.date > first:
		p.severity, p.brief = Breach, "late"
		p.message = "The Administration Team was told on {date} of a learner who first attended on {due}"
		p.action = "Record the late notice in the quality log and enter its Quality Log Ref"
	default:
		return
	}
	j.raise(p)
}

// isAttending reports whether the course has started and the learner is not
// withdrawn, and says what keeps the rule from asking where it is not so.
func (j *judge) isAttending(e *enrolment) bool {
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
	case e.start.IsZero():
		j.skip(startUnknown)
	case !e.isStarted:
		j.skip(startAhead)
	default:
		return true
	}
	return false
}

func identityUnverified(j *judge, e *enrolment) {
	if j.isAttending(e) && !isYes(e.rec, register.IDVerified) {
		j.raise(problem{severity: Todo, column: register.IDVerified, date: e.start, brief: "open",
			message: "The course started on {date} and {field} does not say yes",
			action:  "Verify the learner's identity documents and enter yes in {field}"})
	}
}

func notOnMIS(j *judge, e *enrolment) {
	if j.isAttending(e) && !isYes(e.rec, register.MISLogged) {
		j.raise(problem{severity: Todo, column: register.MISLogged, date: e.start, brief: "open",
			message: "The course started on {date} and {field} does not say yes",
			action:  "Log the learner on the MIS and enter yes in {field}"})
	}
}

func registrationExpires(j *judge, e *enrolment) {
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
		return
	case !e.isCurrent:
		j.skip(notCurrent)
		return
	case e.expiry.IsZero():
		j.skip("no Registration Expiry is recorded")
		return
	case e.file.isClaimed():
		j.skip(alreadyClaimed)
		return
	}
	p := problem{severity: AtRisk, column: register.RegistrationExpiry, due: e.expiry, brief: "expires soon",
		message: "The registration expires on {due} and no claim is recorded",
		action:  "Claim the certificate, extend the registration with AIM or withdraw the learner by {due}"}
	switch {
	case j.asOf > e.expiry:
		p.severity, p.brief = Overdue, "has expired"
		p.message = "The registration expired on {due} and no claim is recorded"
		p.action = "Renew the registration with AIM or withdraw the learner"
	case j.isSoon(e.expiry, j.numbers(e.own).ExpiryWarning):
	case e.end > e.expiry:
		p.date, p.brief = e.end, "expires before the course ends"
		p.message = "The registration expires on {due}, before the course ends on {date}"
	default:
		return
	}
	j.raise(p)
}

func registrationNumberMissing(j *judge, e *enrolment) {
	switch {
	case e.confirmed.IsZero():
		j.skip("AIM has not confirmed the registration")
	case !j.isSet(e.rec, register.AIMRegistrationNo):
		j.raise(problem{severity: Data, column: register.AIMRegistrationNo, date: e.confirmed, brief: "missing",
			message: "AIM confirmed the registration on {date} and {field} is not filled in",
			action:  "Enter the registration number from AIM's confirmation"})
	}
}

func contactDetailsMissing(j *judge, e *enrolment) {
	email, telephone := e.rec.Value(register.Email), e.rec.Value(register.Telephone)
	s := e.rec.Sheet
	if !j.isAttending(e) || !email.IsBlank() || !telephone.IsBlank() {
		return
	}
	if !s.Has(register.Email) && !s.Has(register.Telephone) {
		j.skip("the sheet has neither a column Email nor a column Telephone")
		return
	}
	p := problem{severity: Todo, column: register.Email, look: register.Telephone, brief: "and Telephone missing",
		message: "Neither an email address nor a telephone number is filled in",
		action:  "Ask the learner for an email address or a telephone number and enter it"}
	j.raise(p)
}
