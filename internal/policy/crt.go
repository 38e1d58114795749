package policy

import "regcert/internal/register"

// crtRules are the rules on certificates that have arrived (P 5.2, 5.4).
func crtRules() []Rule {
	rules := []Rule{
		{ID: "CRT-01", Clause: "P 5.2(6)", Severities: []Severity{Todo, Overdue}, Owner: AdministrationTeam, claim: certificateToIssue,
			Title:     "Certificate not issued to the learner",
			Rationale: "Certificates belong in the learner's hands within days of their arrival."},
		{ID: "CRT-02", Clause: "P 5.2(6)", Severities: []Severity{Breach}, Owner: AdministrationTeam, claim: certificateIssuedLate,
			Title:     "Certificate issued late",
			Rationale: "The learner could have had the certificate earlier."},
		{ID: "CRT-03", Clause: "P 5.4", Severities: []Severity{Overdue}, Owner: AdministrationTeam, claim: certificateUncollected,
			Title:     "Uncollected for the holding period, learner not contacted",
			Rationale: "After the holding period the learner is to be asked before anything else happens to the certificate."},
		{ID: "CRT-04", Clause: "P 5.4", Severities: []Severity{Breach}, Owner: QualityTeam, claim: certificateDestroyed,
			Title:     "Certificate destroyed without authority or too early",
			Rationale: "Only the Quality Team may authorise the destruction, and only after the holding period."},
		{ID: "CRT-05", Clause: "P 5.2(6)", Severities: []Severity{Todo, Overdue}, Owner: AdministrationTeam, claim: certificateUnchecked,
			Title:     "Certificate not checked for accuracy",
			Rationale: "A mistake is corrected more easily before the learner has used the certificate."},
		{ID: "CRT-06", Clause: "P 5.2(6)", Severities: []Severity{Overdue}, Owner: AdministrationTeam, claim: discrepancyUnreported,
			Title:     "Discrepancy on a certificate not reported to AIM",
			Rationale: "Discrepancies are to be reported at once."},
	}
	for i := range rules {
		rules[i].clock = laterClock
	}
	return rules
}

// What keeps rules from asking anything of a certificate.
const (
	nothingReceived = "no certificate has been received"
	nothingIssued   = "the certificate has not been issued"
)

// isHeld reports whether the certificate has arrived and is neither collected
// nor destroyed, and says what keeps the rule from asking where it is not so.
func (j *judge) isHeld(c *claim) bool {
	switch {
	case c.received.IsZero():
		j.skip(nothingReceived)
	case c.isCollected:
		j.skip("the certificate is collected")
	case !c.destroyed.IsZero():
		j.skip("the certificate is destroyed")
	default:
		return true
	}
	return false
}

func certificateToIssue(j *judge, c *claim) {
	if !j.isHeld(c) {
		return
	}
	if !c.issued.IsZero() {
		j.skip("the certificate has been issued")
		return
	}
	p := problem{severity: Todo, column: register.CertificateIssued, due: c.issueBy, date: c.received, brief: "to do",
		message: "The certificate arrived on {date} and is to be issued by {due}; no issue is recorded",
		action:  "Issue the certificate to the learner by {due} and enter when"}
	if j.asOf > c.issueBy {
		p.severity, p.brief = Overdue, "overdue"
		p.action = "Issue the certificate to the learner now and enter when; it was due by {due}"
	}
	j.raise(p)
}

func certificateIssuedLate(j *judge, c *claim) {
	switch {
	case c.received.IsZero():
		j.skip(nothingReceived)
	case c.issued.IsZero():
		j.skip(nothingIssued)
	case c.issued > c.issueBy:
		j.raise(problem{severity: Breach, column: register.CertificateIssued, due: c.issueBy, date: c.issued, brief: "late",
			message: "The certificate was issued on {date}, after {due}",
			action:  "Record the late issue in the quality log and enter its Quality Log Ref"})
	}
}

func certificateUncollected(j *judge, c *claim) {
	switch {
	case !j.isHeld(c):
		return
	case c.issued.IsZero():
		j.skip(nothingIssued)
		return
	case isYes(c.rec, register.Posted):
		j.skip("the certificate has been posted")
		return
	case j.isSet(c.rec, register.ContactAttempted):
		return
	}
	if j.asOf > c.holdUntil {
		j.raise(problem{severity: Overdue, column: register.ContactAttempted, due: c.holdUntil, date: c.received, brief: "missing",
			message: "The certificate arrived on {date}, was to be held until {due}, and no attempt to contact the learner is recorded",
			action:  "Try to contact the learner about the certificate and enter when"})
	}
}

func certificateDestroyed(j *judge, c *claim) {
	if c.destroyed.IsZero() {
		j.skip("no destruction is recorded")
		return
	}
	p := problem{severity: Breach, date: c.destroyed}
	if !j.isSet(c.rec, register.DestructionAuthorisedBy) {
		p.column, p.brief = register.DestructionAuthorisedBy, "missing"
		p.message = "The certificate was destroyed on {date} and {field} is not filled in"
		p.action = "Enter who authorised the destruction, or record it in the quality log (Quality Log Ref)"
		j.raise(p)
	}
	if !c.received.IsZero() && c.destroyed < c.holdUntil {
		p.column, p.brief = register.DestroyedOn, "too early"
		p.message = "The certificate was destroyed on {date} and was to be held until {other}"
		p.other = j.text.day(c.holdUntil)
		p.action = "Record the destruction in the quality log and enter its Quality Log Ref"
		j.raise(p)
	}
}

func certificateUnchecked(j *judge, c *claim) {
	if !j.isHeld(c) || j.isSet(c.rec, register.CertificateChecked) {
		return
	}
	p := problem{severity: Todo, column: register.CertificateChecked, due: c.issueBy, date: c.received, brief: "to do",
		message: "The certificate arrived on {date} and is to be checked by {due}; no check is recorded",
		action:  "Check the certificate for accuracy by {due} and enter when"}
	if j.asOf > c.issueBy {
		p.severity, p.brief = Overdue, "overdue"
		p.action = "Check the certificate for accuracy now and enter when; it was due by {due}"
	}
	j.raise(p)
}

func discrepancyUnreported(j *judge, c *claim) {
	v := c.rec.Value(register.Discrepancy)
	if !v.IsReadable() || register.IsNoWord(v.Text) || register.Fold(v.Text) == "none" {
		j.skip("no discrepancy is recorded")
		return
	}
	if j.isSet(c.rec, register.DiscrepancyReported) {
		return
	}
	j.raise(problem{severity: Overdue, column: register.DiscrepancyReported, brief: "missing",
		message: "A discrepancy on the certificate is recorded and no report to AIM",
		action:  "Report the discrepancy to AIM at once and enter when"})
}
