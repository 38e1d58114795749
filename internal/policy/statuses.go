package policy

import "regcert/internal/register"

// The names of statuses, as regcert writes them.
const (
	actionsDue           = "Actions due"
	awaitingCentreLead   = "Awaiting centre lead"
	awaitingConfirmation = "Awaiting confirmation"
	awaitingDecision     = "Awaiting decision"
	awaitingInterview    = "Awaiting interview"
	awaitingInvoice      = "Awaiting invoice"
	awaitingLogin        = "Awaiting login"
	awaitingIQA          = "Awaiting IQA"
	blocked              = "Blocked"
	checkData            = "Check data"
	claimed              = "Claimed"
	claimedIneligible    = "Claimed ineligible"
	claimedLate          = "Claimed late"
	collected            = "Collected"
	destroyed            = "Destroyed"
	disposed             = "Disposed"
	disposedEarly        = "Disposed early"
	due                  = "Due"
	dueSoon              = "Due soon"
	evidenceAtRisk       = "Evidence at risk"
	inOrder              = "OK"
	inPreparation        = "In preparation"
	inProgress           = "In progress"
	interviewBooked      = "Interview booked"
	invoiceToPay         = "Invoice to pay"
	issued               = "Issued"
	issuedLate           = "Issued late"
	issueOverdue         = "Issue overdue"
	missing              = "Missing"
	notRegistered        = "Not registered"
	notStarted           = "Not started"
	notStored            = "Not stored"
	overdue              = "Overdue"
	planned              = "Planned"
	readyToClaim         = "Ready to claim"
	readyToSubmit        = "Ready to submit"
	recognised           = "Recognised"
	registered           = "Registered"
	registeredLate       = "Registered late"
	rejected             = "Rejected"
	retained             = "Retained"
	retentionComplete    = "Retention complete"
	returned             = "Returned"
	riskOfLateness       = "At risk"
	signedOff            = "Signed off"
	submitted            = "Submitted"
	submittedLate        = "Submitted late"
	toIssue              = "To issue"
	uncollected          = "Uncollected"
	withdrawn            = "Withdrawn"
	withdrawnLate        = "Withdrawn late"
)

// Status is what a record of some kind can be in, and what that means.
type Status struct {
	Name string
	Tone Tone
}

// Statuses lists the statuses of records of the kind in the order in which
// they are tried, none for a reference sheet.
func Statuses(k register.Kind) []Status {
	switch k {
	case register.Enrolments:
		return []Status{
			{checkData, Amber}, {withdrawn, Grey}, {registered, Green}, {registeredLate, Amber}, {awaitingConfirmation, Amber},
			{submittedLate, Amber}, {notStarted, Grey}, {overdue, Red}, {riskOfLateness, Amber}, {due, None},
		}
	case register.Assessments:
		return []Status{
			{checkData, Amber}, {planned, Grey}, {evidenceAtRisk, Red}, {inProgress, None}, {signedOff, Green}, {awaitingIQA, Amber},
		}
	case register.Claims:
		return []Status{
			{checkData, Amber}, {destroyed, Grey}, {collected, Green}, {issueOverdue, Red}, {toIssue, Amber}, {uncollected, Amber},
			{issuedLate, Amber}, {issued, Green}, {claimed, Green}, {claimedIneligible, Red}, {claimedLate, Amber}, {awaitingIQA, Amber},
			{inProgress, None}, {blocked, Red}, {overdue, Red}, {riskOfLateness, Amber}, {readyToClaim, Green},
		}
	case register.Withdrawals:
		return []Status{
			{checkData, Amber}, {planned, Grey}, {notRegistered, Grey}, {withdrawn, Green}, {withdrawnLate, Amber}, {submitted, Amber},
			{submittedLate, Amber}, {overdue, Red}, {riskOfLateness, Amber}, {due, None},
		}
	case register.Adjustments:
		return []Status{
			{checkData, Amber}, {disposedEarly, Red}, {disposed, Grey}, {retentionComplete, Amber}, {notStored, Amber}, {retained, Green},
		}
	case register.Centre: // the application's stages, and how any other row is
		return []Status{
			{recognised, Green}, {rejected, Red}, {actionsDue, Amber}, {awaitingConfirmation, Amber}, {awaitingDecision, Amber}, {interviewBooked, None},
			{awaitingInterview, Amber}, {awaitingCentreLead, Amber}, {invoiceToPay, Amber}, {returned, Red}, {awaitingInvoice, Amber}, {submitted, Amber},
			{readyToSubmit, Green}, {inPreparation, None}, {awaitingLogin, Amber}, {notStarted, Grey},
			{missing, Amber}, {overdue, Red}, {dueSoon, Amber}, {inOrder, Green},
		}
	case register.Sites, register.Contacts, register.Policies, register.PolicyPoints:
		return []Status{{missing, Amber}, {overdue, Red}, {dueSoon, Amber}, {inOrder, Green}}
	default:
		return nil
	}
}

// tones are the tones of a kind's statuses by name.
func tones(k register.Kind) map[string]Tone {
	m := map[string]Tone{}
	for _, s := range Statuses(k) {
		m[s.Name] = s.Tone
	}
	return m
}

// asks returns who is to do what by the deadline of a record in the status,
// where no finding says so; nothing where nothing is to be done.
func asks(k register.Kind, status string) (owner, action string) {
	switch {
	case k == register.Enrolments && status == due:
		return AdministrationTeam, "Submit the registration to AIM by {due}"
	case k == register.Claims && status == awaitingIQA:
		return IQA, "Sign off the achieved units, or confirm the claim (IQA Confirmed)"
	case k == register.Claims && status == readyToClaim:
		return ComplianceTeam, "Submit the claim to AIM by {due}"
	case k == register.Withdrawals && status == due:
		return ComplianceTeam, "Submit the withdrawal to AIM by {due}"
	case k == register.Centre && status == readyToSubmit:
		return HeadOfOrganisation, "Submit the application to AIM, and enter when"
	default:
		return "", ""
	}
}
