package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// cenRules are the rules on the recognition of the centre (C). Until it is
// recognised they say what its application lacks and what it waits for.
func cenRules() []Rule {
	rules := []Rule{
		{ID: "CEN-01", Severities: []Severity{Todo}, Owner: AdministrationTeam, centre: detailsMissing,
			Title:     "Detail of the organisation missing",
			Rationale: "The web application cannot be sent without it, and the name is the one on certificates."},
		{ID: "CEN-02", Severities: []Severity{Todo, Overdue}, Owner: AdministrationTeam, centre: loginAwaited,
			Title:     "Login details have not come",
			Rationale: "They come within days; where they do not, AIM is to be asked."},
		{ID: "CEN-03", Severities: []Severity{Todo}, Owner: AdministrationTeam, centre: sitesIncomplete,
			Title:     "Site without address or postcode",
			Rationale: "Every place of delivery must be on the centre's account."},
		{ID: "CEN-04", Severities: []Severity{Todo}, Owner: HeadOfOrganisation, centre: rolesVacant,
			Title:     "Role without a contact",
			Rationale: "AIM works with named people: somebody must hold each of the roles."},
		{ID: "CEN-05", Severities: []Severity{Todo, Overdue, AtRisk}, Owner: QualityTeam, centre: policiesMissingOrOld,
			Title:     "Policy missing, or due for review",
			Rationale: "An application without one of them is rejected, and a recognised centre keeps them up to date."},
		{ID: "CEN-06", Severities: []Severity{Todo}, Owner: QualityTeam, centre: pointsUncovered,
			Title:     "Policy does not cover what it must",
			Rationale: "AIM says of some policies what must be in them."},
		{ID: "CEN-07", Severities: []Severity{Todo}, Owner: HeadOfOrganisation, centre: sectionsIncomplete,
			Title:     "Section of the application not complete",
			Rationale: "The application can be submitted when all of its sections are complete."},
		{ID: "CEN-08", Severities: []Severity{Breach}, Owner: HeadOfOrganisation, centre: submittedIncomplete,
			Title:     "Application submitted with something missing",
			Rationale: "It will be prompted for what is missing, returned or rejected."},
		{ID: "CEN-09", Severities: []Severity{Todo, Overdue}, Owner: HeadOfOrganisation, centre: applicationWaits,
			Title:     "Application waits for the centre",
			Rationale: "Nothing goes on at AIM before the centre has done its part."},
	}
	for i := range rules {
		rules[i].Clause, rules[i].Needs, rules[i].clock = centreClause, []register.Kind{register.Centre}, noClock
	}
	return rules
}

// centreClause stands for the description of how centres are recognised.
const centreClause = "C"

// isGap reports whether a finding is of something that the application must have
// and lacks.
func isGap(rule string, s Severity) bool {
	switch rule {
	case "CEN-01", "CEN-03", "CEN-04", "CEN-05", "CEN-06", "CEN-07":
		return s == Todo
	}
	return false
}

func detailsMissing(j *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	for _, item := range register.Items()[:6] {
		if !j.isGiven(a, item) {
			out = append(out, a.onItem(item, problem{severity: Todo, brief: "missing",
				message: "The application asks for {field}, and it is not entered",
				action:  "Enter {field} on the Centre sheet"}))
		}
	}
	return out
}

func loginAwaited(j *judge, a *application) []placed {
	sent := j.dayOf(a, register.WebApplicationSent)
	if a.isRecognised || sent.IsZero() || j.isGiven(a, register.LoginDetailsReceived) {
		return nil
	}
	p := problem{severity: Todo, due: j.cal.Add(sent, j.now.LoginDetails, calendar.AwardingBody), date: sent, brief: "to come",
		message: "The web application was sent on {date}, and the login details are to come by {due}",
		action:  "Enter when the login details came; if they have not come by {due}, ask AIM for them"}
	if j.asOf > p.due {
		p.severity, p.brief = Overdue, "overdue"
		p.message = "The web application was sent on {date}, and the login details, which were to come by {due}, are not recorded"
		p.action = "Ask AIM for the login details now, and enter when they came"
	}
	return []placed{a.onItem(register.LoginDetailsReceived, p)}
}

func sitesIncomplete(j *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	for _, r := range a.records[register.Sites] {
		for _, c := range []register.Column{register.Address, register.Postcode} {
			if !j.isSet(r, c) {
				out = append(out, placed{register.Sites, r, problem{severity: Todo, column: c, brief: "missing",
					message: "The site has no {field}, and every place of delivery must be entered with it",
					action:  "Enter the {field} of the site"}})
			}
		}
	}
	return out
}

func rolesVacant(_ *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	for _, role := range contactRoles() {
		if h := a.roles[role.name]; !h.isMet {
			out = append(out, placed{register.Contacts, h.first, problem{severity: Todo, field: role.name, subject: role.name, look: register.ContactRole, brief: "vacant",
				message: "No contact for {field} is entered with both name and email",
				action:  "Enter name and email of a contact for {field}"}})
		}
	}
	return out
}

func policiesMissingOrOld(j *judge, a *application) (out []placed) {
	for _, required := range a.required {
		if h := a.policies[required.letter]; !h.isMet {
			out = append(out, placed{register.Policies, h.first, problem{severity: Todo, field: required.letter, subject: required.subject(), look: register.Document, text: required.words(), brief: "no document",
				message: "{text} has no document, and an application without it is rejected",
				action:  "Enter the Document of {text}"}})
		}
	}
	for _, r := range a.records[register.Policies] {
		policy := policyNamed(a.required, r)
		review := usable(r, register.ReviewBy)
		if policy == nil || review.IsZero() {
			continue
		}
		p := problem{severity: AtRisk, column: register.ReviewBy, due: review, text: policy.words(), brief: "due soon",
			message: "{text} is to be reviewed by {due}",
			action:  "Review {text} by {due}, and enter the next {field}"}
		switch {
		case j.asOf > review:
			p.severity, p.brief = Overdue, "overdue"
			p.message = "{text} was to be reviewed by {due}"
			p.action = "Review {text} now, and enter the next {field}; it was due by {due}"
		case !j.isSoon(review, j.now.ReviewWarning):
			continue
		}
		out = append(out, placed{register.Policies, r, p})
	}
	return out
}

func pointsUncovered(_ *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	for _, policy := range centrePolicies() {
		for _, point := range policy.points {
			if h := a.points[policyPoint{policy.letter, point}]; !h.isMet {
				out = append(out, placed{register.PolicyPoints, h.first, problem{severity: Todo, field: point, subject: policy.pointSubject(point), look: register.Covered, text: policy.words(), brief: "not covered",
					message: "Nothing says that {text} covers \"{field}\", which it must",
					action:  "See that {text} covers \"{field}\", and enter yes in Covered"}})
			}
		}
	}
	return out
}

func sectionsIncomplete(_ *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	for _, item := range []register.Column{register.ApplicationSection, register.PoliciesSection, register.AgreementAccepted} {
		if !a.value(item).IsYes() {
			out = append(out, a.onItem(item, problem{severity: Todo, brief: "open",
				message: "{field} does not say yes",
				action:  "Complete that part of the application, and enter yes for {field}"}))
		}
	}
	return out
}

// submittedIncomplete comes after the rules that find what is missing.
func submittedIncomplete(j *judge, a *application) []placed {
	submitted := j.dayOf(a, register.ApplicationSubmitted)
	if a.isRecognised || submitted.IsZero() || !a.isIncomplete || j.isGiven(a, register.InitialReviewPassed) {
		return nil
	}
	return []placed{a.onItem(register.ApplicationSubmitted, problem{severity: Breach, date: submitted, brief: "incomplete",
		message: "The application was submitted on {date}, and something that it must have is missing",
		action:  "Complete what is missing before AIM asks for it"})}
}

func applicationWaits(j *judge, a *application) (out []placed) {
	if a.isRecognised {
		return nil
	}
	if j.isReturned(a) {
		out = append(out, a.onItem(register.ReturnedOn, problem{severity: Todo, date: j.dayOf(a, register.ReturnedOn), brief: "returned",
			message: "AIM returned the application on {date}",
			action:  "Put right what AIM asks for, submit the application again, and enter when in Application Submitted"}))
	}
	if invoiced := j.dayOf(a, register.InvoiceReceived); !invoiced.IsZero() && !j.isGiven(a, register.InvoicePaid) {
		out = append(out, a.onItem(register.InvoicePaid, problem{severity: Todo, date: invoiced, brief: "open",
			message: "The invoice came on {date}, and no payment is recorded",
			action:  "Pay the invoice, and enter when"}))
	}
	if j.hasOpenActions(a) {
		p := problem{severity: Todo, due: a.value(register.ActionsDue).Date, brief: "open",
			message: "The recommendation asks for actions, and they are not recorded as complete",
			action:  "Complete the actions, and enter when"}
		switch {
		case p.due.IsZero():
		case j.asOf > p.due:
			p.severity, p.brief = Overdue, "overdue"
			p.message = "The recommendation asks for actions by {due}, and they are not recorded as complete"
			p.action = "Complete the actions now, and enter when; they were due by {due}"
		default:
			p.message = "The recommendation asks for actions by {due}"
			p.action = "Complete the actions by {due}, and enter when"
		}
		out = append(out, a.onItem(register.ActionsComplete, p))
	}
	return out
}

// isReturned reports whether AIM has the centre submit the application again.
func (j *judge) isReturned(a *application) bool {
	submitted, returned := j.dayOf(a, register.ApplicationSubmitted), j.dayOf(a, register.ReturnedOn)
	return !submitted.IsZero() && returned >= submitted
}

// hasOpenActions reports whether the centre is accepted with actions that are not
// complete.
func (j *judge) hasOpenActions(a *application) bool {
	return register.IsAcceptedWithActions(a.recommendation()) && !j.isGiven(a, register.ActionsComplete)
}

// stageOf says how far the application is.
func (j *judge) stageOf(a *application) string {
	interview := a.value(register.InterviewOn).Date
	switch {
	case a.isRecognised:
		return recognised
	case register.IsRejected(a.recommendation()):
		return rejected
	case j.hasOpenActions(a):
		return actionsDue
	case register.IsAccepted(a.recommendation()), register.IsAcceptedWithActions(a.recommendation()):
		return awaitingConfirmation
	case !interview.IsZero() && interview <= j.asOf:
		return awaitingDecision
	case !interview.IsZero():
		return interviewBooked
	case j.isGiven(a, register.CentreLead):
		return awaitingInterview
	case j.isGiven(a, register.InvoicePaid):
		return awaitingCentreLead
	case j.isGiven(a, register.InvoiceReceived):
		return invoiceToPay
	case j.isReturned(a):
		return returned
	case j.isGiven(a, register.InitialReviewPassed):
		return awaitingInvoice
	case j.isGiven(a, register.ApplicationSubmitted):
		return submitted
	case j.isGiven(a, register.LoginDetailsReceived) && !a.isIncomplete:
		return readyToSubmit
	case j.isGiven(a, register.LoginDetailsReceived):
		return inPreparation
	case j.isGiven(a, register.WebApplicationSent):
		return awaitingLogin
	}
	return notStarted
}

// isGiven reports whether the rules may use what stands beside an item.
func (j *judge) isGiven(a *application, item register.Column) bool {
	return j.counts(a.value(item), item)
}

// dayOf returns the day beside an item, where it is set.
func (j *judge) dayOf(a *application, item register.Column) calendar.Date {
	if j.isGiven(a, item) {
		return a.value(item).Date
	}
	return 0
}
