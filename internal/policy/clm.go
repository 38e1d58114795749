package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// clmRules are the rules on certificate claims (P 5.1 to 5.3).
func clmRules() []Rule {
	enrolments := []register.Kind{register.Enrolments}
	return []Rule{
		{ID: "CLM-01", Clause: "P 5.3", Severities: []Severity{Overdue}, Owner: ComplianceTeam, Needs: enrolments, claim: claimOverdue,
			Title:     "Claim not submitted by its deadline",
			Rationale: "Learners wait for their certificates while a claim that could be made is not."},
		{ID: "CLM-02", Clause: "P 5.3", Severities: []Severity{AtRisk}, Owner: ComplianceTeam, Needs: enrolments, claim: claimAtRisk,
			Title:     "Claim deadline is near",
			Rationale: "Everything for the claim is there; it only has to be submitted."},
		{ID: "CLM-03", Clause: "P 5.3", Severities: []Severity{Breach}, Owner: ComplianceTeam, Needs: enrolments, claim: claimLate,
			Title:     "Claim submitted after its deadline",
			Rationale: "Claims are to follow the IQA's confirmation within the policy's period."},
		{ID: "CLM-04", Clause: "P 5.1", Severities: []Severity{Overdue, AtRisk, Todo}, Owner: QualityTeam, Needs: enrolments, claim: claimBlocked,
			Title:     "Claim is blocked by a condition",
			Rationale: "The claim's period runs while a condition of eligibility is open."},
		{ID: "CLM-05", Clause: "P 5.1", Severities: []Severity{Breach}, Owner: QualityTeam, Needs: enrolments, claim: claimedTooEarly,
			Title:     "Claimed although a condition was not met",
			Rationale: "A certificate that rests on an ineligible claim can be withdrawn."},
		{ID: "CLM-06", Clause: "P 5.2(5)", Severities: []Severity{Todo}, Owner: ComplianceTeam, Needs: enrolments, claim: claimUnconfirmed,
			Title:     "Claim not confirmed by AIM",
			Rationale: "A claim that went astray is found by the confirmation that does not come."},
		{ID: "CLM-07", Clause: "P 5.2(4)", Severities: []Severity{Data}, Owner: ComplianceTeam, Needs: enrolments, claim: claimDiffers,
			Title:     "Learner's details differ from the enrolment's",
			Rationale: "The certificate must bear the details that the learner was registered with."},
		{ID: "CLM-08", Clause: "P 5.3", Severities: []Severity{Overdue, AtRisk, Todo}, Owner: QualityTeam, clock: laterClock, enrolment: claimMissing,
			Needs:     []register.Kind{register.Enrolments, register.Units, register.Claims},
			Title:     "Complete and signed off, but without a claim",
			Rationale: "A claim that nobody has begun shows on no claims tracker."},
	}
}

// condition is one of the conditions of eligibility (P 5.1).
type condition uint8

const (
	conditionUnits condition = iota
	conditionAssessor
	conditionIQA
	conditionEQA
	conditionRegistration
	conditionDocuments

	conditionCount
)

// String returns the name that findings give the condition.
func (c condition) String() string {
	return [...]string{"units", "assessor", "iqa", "eqa", "registration", "documents"}[c]
}

// remedy says what the Quality Team does about an open condition, and where.
func (c condition) remedy() (action string, look register.Column) {
	switch c {
	case conditionUnits:
		return "Have the mandatory units completed, or their records corrected", register.AssessorConfirmed
	case conditionAssessor:
		return "Have the decisions taken by an approved assessor, or the records corrected", register.AssessorConfirmed
	case conditionIQA:
		return "Have the decisions signed off by an approved IQA, or the records corrected", register.IQAConfirmed
	case conditionEQA:
		return "Settle the external quality assurance with AIM", register.EQASampling
	case conditionRegistration:
		return "Settle the learner's registration with AIM", register.LearnerID
	default:
		return "Obtain the learner's consent and documents, and enter yes for both", register.DocumentsComplete
	}
}

// readClaim reads what a Claims record says by itself and finds its file.
func (j *judge) readClaim(c *claim, r *register.Record) {
	c.rec = r
	c.confirmed, c.received = j.date(r, register.ClaimConfirmed), j.date(r, register.CertificateReceived)
	c.submitted, c.assumed = j.submission(r, register.ClaimSubmitted, c.confirmed, c.received)
	c.issued, c.destroyed = j.date(r, register.CertificateIssued), j.date(r, register.DestroyedOn)
	c.isCollected = j.isSet(r, register.Collected)
	c.iqa = j.date(r, register.IQAConfirmed)

	day := c.submitted
	if day.IsZero() {
		day = c.received
	}
	if day.IsZero() {
		day = c.iqa
	}
	j.set.belong(&c.entry, day)
	switch f := c.file; {
	case f == nil:
	case f.claim != nil:
		c.duplicate = true
	default:
		f.claim = c
	}
	c.later = c.received
	if !c.received.IsZero() {
		c.issueBy = j.within(c.received, j.numbers(c.later).CertificateIssue)
		c.holdUntil = j.within(c.received, j.numbers(c.later).CertificateHold)
	}
}

// settleClaim finds eligibility and status, once it is known what belongs to
// what.
func (j *judge) settleClaim(c *claim) {
	if c.iqa.IsZero() && c.file != nil && c.file.progress.isAchieved {
		c.iqa = c.file.progress.signedOff
	}
	switch {
	case !c.iqa.IsZero():
		c.own = c.iqa
		c.deadline = j.by(c.iqa, j.numbers(c.own).Claim)
	case c.enrolment != nil:
		c.own = c.enrolment.start
	default:
		c.own = 0
	}
	if c.enrolment != nil {
		j.testConditions(c)
	}
	switch {
	case c.enrolment == nil:
		c.status = checkData
	case !c.destroyed.IsZero():
		c.status = destroyed
	case c.isCollected, !c.issued.IsZero() && isYes(c.rec, register.Posted):
		c.status = collected
	case !c.received.IsZero():
		c.status = j.certificateStatus(c)
	case !c.submitted.IsZero():
		c.status = c.submittedStatus()
	default:
		c.status = j.openStatus(c)
	}
}

func (j *judge) certificateStatus(c *claim) string {
	switch {
	case c.issued.IsZero() && j.asOf > c.issueBy:
		return issueOverdue
	case c.issued.IsZero():
		return toIssue
	case j.asOf > c.holdUntil:
		return uncollected
	case c.issued > c.issueBy:
		return issuedLate
	default:
		return issued
	}
}

func (c *claim) submittedStatus() string {
	switch {
	case c.assumed:
		return claimed
	case c.isIneligible:
		return claimedIneligible
	case c.isLate():
		return claimedLate
	default:
		return claimed
	}
}

func (j *judge) openStatus(c *claim) string {
	switch {
	case c.iqa.IsZero() && c.file.progress.isComplete(j.date(c.rec, register.AssessorConfirmed)):
		return awaitingIQA
	case c.iqa.IsZero():
		return inProgress
	case c.isIneligible:
		return blocked
	case j.asOf > c.deadline:
		return overdue
	case j.isSoon(c.deadline, j.numbers(c.own).ClaimAtRisk):
		return riskOfLateness
	default:
		return readyToClaim
	}
}

// isLate reports whether the claim was submitted after its deadline.
func (c *claim) isLate() bool {
	return !c.assumed && !c.iqa.IsZero() && c.submitted > c.deadline
}

// testConditions says of each condition of eligibility why it fails, on the day
// of the claim, or today where it has not been submitted.
func (j *judge) testConditions(c *claim) {
	at := c.submitted
	if at.IsZero() {
		at = j.asOf
	}
	p := &c.file.progress
	confirmed := j.date(c.rec, register.AssessorConfirmed)
	fail := func(cond condition, why string) { c.failed[cond], c.isIneligible = why, true }

	switch {
	case p.isCompleteBy(at, confirmed):
	case p.byUnits:
		fail(conditionUnits, "a mandatory unit that is not achieved")
	default:
		fail(conditionUnits, "Assessor Confirmed not filled in by then")
	}
	switch {
	case p.assessor != noFault:
		fail(conditionAssessor, p.assessor.String())
	case !p.hasWork && confirmed.IsZero():
		fail(conditionAssessor, "neither assessment records nor Assessor Confirmed")
	}
	switch {
	case p.iqa != noFault:
		fail(conditionIQA, p.iqa.String())
	case c.iqa.IsZero() || c.iqa > at:
		fail(conditionIQA, "no sign-off by the IQA")
	}
	switch {
	case !isYesOrNA(c.rec, register.EQASampling):
		fail(conditionEQA, "EQA Sampling neither yes nor n/a")
	case j.set.isSanctioned(c.rec.Key.Code, at):
		fail(conditionEQA, "a sanction in force")
	}
	if why := c.enrolment.whyNotRegistered(at); why != "" {
		fail(conditionRegistration, why)
	}
	switch {
	case !isYes(c.rec, register.ConsentToClaim):
		fail(conditionDocuments, "Consent to Claim not yes")
	case !isYes(c.rec, register.DocumentsComplete):
		fail(conditionDocuments, "Documents Complete not yes")
	}
}

// whyNotRegistered says why the registration was not current on the day, or
// nothing where it was.
func (e *enrolment) whyNotRegistered(day calendar.Date) string {
	switch w := e.file.withdrawn; {
	case e.confirmed.IsZero() || e.confirmed > day:
		return "no confirmation of the registration by AIM"
	case !w.IsZero() && w <= day:
		return "the learner's withdrawal"
	case !e.expiry.IsZero() && day > e.expiry:
		return "an expired registration"
	default:
		return ""
	}
}

func claimOverdue(j *judge, c *claim) {
	if c.status == overdue {
		j.raise(problem{severity: Overdue, look: register.ClaimSubmitted, due: c.deadline, date: c.iqa, brief: "claim overdue",
			message: "The IQA confirmed on {date}, so the claim was due at AIM by {due}, and no submission is recorded",
			action:  "Submit the claim to AIM now; it was due by {due}"})
	}
}

func claimAtRisk(j *judge, c *claim) {
	if c.status == riskOfLateness {
		j.raise(problem{severity: AtRisk, look: register.ClaimSubmitted, due: c.deadline, date: c.iqa, brief: "claim due soon",
			message: "The IQA confirmed on {date}, so the claim is due at AIM by {due}, and no submission is recorded",
			action:  "Submit the claim to AIM by {due}"})
	}
}

func claimLate(j *judge, c *claim) {
	if c.enrolment != nil && c.isLate() {
		j.raise(problem{severity: Breach, look: register.ClaimSubmitted, due: c.deadline, date: c.submitted, brief: "claimed late",
			message: "The claim was submitted to AIM on {date}, after its deadline of {due}",
			action:  "Record the late claim in the quality log and enter its Quality Log Ref"})
	}
}

func claimBlocked(j *judge, c *claim) {
	if c.status != blocked {
		return
	}
	p := problem{severity: Todo, due: c.deadline, brief: "open",
		message: "The claim is due at AIM by {due} and is blocked by a condition of eligibility: {text}"}
	switch {
	case j.asOf > c.deadline:
		p.severity = Overdue
		p.message = "The claim was due at AIM by {due} and is blocked by a condition of eligibility: {text}"
	case j.isSoon(c.deadline, j.numbers(c.own).ClaimAtRisk):
		p.severity = AtRisk
	}
	for cond, why := range c.failed {
		if why != "" {
			p.field, p.text = condition(cond).String(), why
			p.action, p.look = condition(cond).remedy()
			j.raise(p)
		}
	}
}

func claimedTooEarly(j *judge, c *claim) {
	if c.enrolment == nil || c.submitted.IsZero() {
		return
	}
	for i, why := range c.failed {
		cond := condition(i)
		if why == "" || c.assumed && (cond == conditionUnits || cond == conditionIQA || cond == conditionRegistration) {
			continue
		}
		p := problem{severity: Breach, field: cond.String(), date: c.submitted, text: why, brief: "not met when claimed",
			message: "The claim was submitted on {date} with a condition of eligibility open: {text}"}
		p.action, p.look = cond.remedy()
		p.action += ", and record the claim in the quality log (Quality Log Ref)"
		j.raise(p)
	}
}

func claimUnconfirmed(j *judge, c *claim) {
	if c.enrolment == nil || c.submitted.IsZero() || !c.confirmed.IsZero() || !c.received.IsZero() {
		return
	}
	if j.asOf > j.within(c.submitted, j.numbers(c.own).ConfirmationChase) {
		j.raise(problem{severity: Todo, column: register.ClaimConfirmed, date: c.submitted, brief: "missing",
			message: "The claim was submitted on {date} and AIM's confirmation is not recorded",
			action:  "Ask AIM for the confirmation of the claim and enter its date"})
	}
}

func claimDiffers(j *judge, c *claim) {
	if c.enrolment == nil {
		return
	}
	for _, column := range [...]register.Column{register.LegalFirstName, register.LegalLastName, register.DateOfBirth, register.ULN} {
		here, there := c.rec.Value(column), c.enrolment.rec.Value(column)
		if !here.IsReadable() || there.State == register.Unreadable {
			continue
		}
		if there.IsBlank() || here.Date != there.Date || !isSameText(here.Text, there.Text) {
			j.raise(problem{severity: Data, column: column, brief: "differs",
				message: "{field} is not what the enrolment says",
				action:  "Compare {field} with the registration at AIM and correct the record that is wrong"})
		}
	}
}

func claimMissing(j *judge, e *enrolment) {
	if e.isWithdrawn || !e.isCurrent || e.file == nil || e.file.claim != nil || e.file.progress.signedOff.IsZero() {
		return
	}
	signedOff := e.file.progress.signedOff
	e.later = signedOff
	n := j.numbers(e.later)
	p := problem{severity: Todo, look: register.QualificationCode, due: j.by(signedOff, n.Claim), date: signedOff, brief: "claim missing",
		message: "Every mandatory unit is signed off since {date}, the claim is due by {due} and there is no Claims record",
		action:  "Enter the claim on the Claims sheet and have it submitted by {due}"}
	switch {
	case j.asOf > p.due:
		p.severity = Overdue
		p.action = "Enter the claim on the Claims sheet and have it submitted now; it was due by {due}"
	case j.isSoon(p.due, n.ClaimAtRisk):
		p.severity = AtRisk
	}
	j.raise(p)
}
