package policy

import "regcert/internal/register"

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
		c.issueBy = j.count(&c.entry, "Issue and check by", "certificate_issue", c.later, c.received, register.CertificateReceived)
		c.holdUntil = j.count(&c.entry, "Hold until", "certificate_hold", c.later, c.received, register.CertificateReceived)
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
		c.deadline = j.count(&c.entry, "Claim deadline", "claim", c.own, c.iqa, register.IQAConfirmed)
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

// isOpen reports whether the claim can be submitted but for its conditions, and
// says what keeps the rule from asking where it is not so.
func (j *judge) isOpen(c *claim) bool {
	switch {
	case c.enrolment == nil:
		j.skip(notEnrolled)
	case !c.submitted.IsZero():
		j.skip("the claim has been submitted")
	case c.status == destroyed, c.status == collected:
		j.skip("the certificate is collected or destroyed")
	case c.iqa.IsZero():
		j.skip("the IQA has not confirmed")
	case c.status == blocked:
		j.skip("a condition of eligibility is open (CLM-04)")
	default:
		return true
	}
	return false
}

func claimOverdue(j *judge, c *claim) {
	if j.isOpen(c) && c.status == overdue {
		j.raise(problem{severity: Overdue, look: register.ClaimSubmitted, due: c.deadline, date: c.iqa, brief: "claim overdue",
			message: "The IQA confirmed on {date}, so the claim was due at AIM by {due}, and no submission is recorded",
			action:  "Submit the claim to AIM now; it was due by {due}"})
	}
}

func claimAtRisk(j *judge, c *claim) {
	if j.isOpen(c) && c.status == riskOfLateness {
		j.raise(problem{severity: AtRisk, look: register.ClaimSubmitted, due: c.deadline, date: c.iqa, brief: "claim due soon",
			message: "The IQA confirmed on {date}, so the claim is due at AIM by {due}, and no submission is recorded",
			action:  "Submit the claim to AIM by {due}"})
	}
}

// isSubmitted reports whether the claim has been submitted, and says what keeps
// the rule from asking where it has not.
func (j *judge) isSubmitted(c *claim) bool {
	switch {
	case c.enrolment == nil:
		j.skip(notEnrolled)
	case c.submitted.IsZero():
		j.skip(nothingSubmitted)
	default:
		return true
	}
	return false
}

func claimLate(j *judge, c *claim) {
	switch {
	case !j.isSubmitted(c):
	case c.assumed:
		j.skip(submissionAssumed)
	case c.iqa.IsZero():
		j.skip("the IQA has not confirmed")
	case c.isLate():
		j.raise(problem{severity: Breach, look: register.ClaimSubmitted, due: c.deadline, date: c.submitted, brief: "claimed late",
			message: "The claim was submitted to AIM on {date}, after its deadline of {due}",
			action:  "Record the late claim in the quality log and enter its Quality Log Ref"})
	}
}

func claimBlocked(j *judge, c *claim) {
	j.isOpen(c)
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
	if !j.isSubmitted(c) {
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
	switch {
	case !j.isSubmitted(c):
		return
	case !c.confirmed.IsZero():
		j.skip(isConfirmed)
		return
	case !c.received.IsZero():
		j.skip("the certificate has been received")
		return
	}
	if j.asOf > j.count(&c.entry, "AIM's confirmation expected", "confirmation_chase", c.own, c.submitted, register.ClaimSubmitted) {
		j.raise(problem{severity: Todo, column: register.ClaimConfirmed, date: c.submitted, brief: "missing",
			message: "The claim was submitted on {date} and AIM's confirmation is not recorded",
			action:  "Ask AIM for the confirmation of the claim and enter its date"})
	}
}

func claimDiffers(j *judge, c *claim) {
	if c.enrolment == nil {
		j.skip(notEnrolled)
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
	switch {
	case e.isWithdrawn:
		j.skip(learnerWithdrawn)
		return
	case !e.isCurrent, e.file == nil:
		j.skip(notCurrent)
		return
	case e.file.claim != nil:
		j.skip("there is a Claims record")
		return
	case e.later.IsZero():
		j.skip("not every mandatory unit is known to be achieved and signed off")
		return
	}
	p := problem{severity: Todo, look: register.QualificationCode, due: j.count(&e.entry, "Claim deadline", "claim", e.later, e.later, 0), date: e.later, brief: "claim missing",
		message: "Every mandatory unit is signed off since {date}, the claim is due by {due} and there is no Claims record",
		action:  "Enter the claim on the Claims sheet and have it submitted by {due}"}
	switch {
	case j.asOf > p.due:
		p.severity = Overdue
		p.action = "Enter the claim on the Claims sheet and have it submitted now; it was due by {due}"
	case j.isSoon(p.due, j.numbers(e.later).ClaimAtRisk):
		p.severity = AtRisk
	}
	j.raise(p)
}
