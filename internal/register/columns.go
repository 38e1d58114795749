package register

import "fmt"

// Column is a column that regcert knows, whatever sheet it stands in.
type Column uint8

// The known columns. Those after firstWritten are written by regcert and never
// read as facts.
const (
	LearnerID Column = iota + 1
	ULN
	LegalFirstName
	LegalLastName
	DateOfBirth
	Email
	Telephone
	QualificationCode
	QualificationTitle
	Level
	Credits
	CourseStart
	CourseEnd
	FirstAttendance
	AdminNotified
	IDVerified
	MISLogged
	SubmittedToAIM
	AIMConfirmed
	AIMRegistrationNo
	AccuracyChecked
	RegistrationExpiry
	LateReason
	HeadOfQualityNotified
	AIMContacted
	LateFeePaid
	CorrectiveAction
	QualityLogRef
	LastAttendance
	Contactable
	Tutor
	UnitCode
	StartedOn
	AssessedOn
	Assessor
	Decision
	IQA
	IQASignedOff
	AssessorConfirmed
	IQAConfirmed
	EQASampling
	ConsentToClaim
	DocumentsComplete
	ClaimSubmitted
	ClaimConfirmed
	ClaimRef
	CertificateReceived
	CertificateNo
	CertificateChecked
	Discrepancy
	DiscrepancyReported
	CertificateIssued
	Posted
	Collected
	ContactAttempted
	DestroyedOn
	DestructionAuthorisedBy
	WithdrawnOn
	Reason
	NotifiedOn
	MISUpdated
	EvidenceRetained
	LateLogRef
	ResultsSent
	PartialClaim
	SnoozeUntil
	SnoozeReason
	SnoozeBy
	AdjustmentType
	RecordedOn
	Stored
	DisposedOn
	UnitTitle
	Mandatory
	StaffName
	StaffRole
	QualificationCodes
	ApprovedFrom
	ApprovedTo
	From
	To
	Note
	Item
	ItemValue
	SiteName
	Address
	Postcode
	Main
	ContactRole
	Letter
	PolicyTitle
	Document
	Version
	ApprovedOn
	ReviewBy
	Point
	Covered

	// The items of a Centre sheet are columns in all but place: the Value beside
	// an item is read as its column says. See Items.
	OrganisationName
	InitialSuperUser
	WebApplicationSent
	LoginDetailsReceived
	OffersInvigilatedAssessment
	ApplicationSection
	PoliciesSection
	AgreementAccepted
	ApplicationSubmitted
	ReturnedOn
	InitialReviewPassed
	InvoiceReceived
	PurchaseOrderNo
	InvoicePaid
	CentreLead
	InterviewOn
	Recommendation
	ActionsDue
	ActionsComplete
	RecognisedOn

	RegistrationStatus
	RegistrationDeadline
	AssessmentStatus
	ClaimStatus
	ClaimDeadline
	WithdrawalStatus
	WithdrawalDeadline
	RetentionStatus
	RetainUntil
	CentreStatus
	NextAction
	Problems

	columnCount
	firstWritten = RegistrationStatus
)

// Type says how the cells of a column are read.
type Type uint8

// The types of columns.
const (
	TypeText Type = iota
	TypeDate
	TypeDateOrYes
	TypeYesNo
	TypeCredits  // a number
	TypeDecision // an assessor's decision on a unit
	TypeRole     // assessor, IQA or both
	TypeVerdict  // what the centre lead recommends
)

type columnInfo struct {
	name string
	typ  Type
}

func (c Column) info() columnInfo {
	if c == 0 || c >= columnCount {
		panic(fmt.Sprintf("register: there is no column %d", c))
	}
	return columns[c]
}

// String returns the canonical heading of the column.
func (c Column) String() string { return c.info().name }

// Type returns how the cells of the column are read.
func (c Column) Type() Type { return c.info().typ }

// Written reports whether regcert writes the column.
func (c Column) Written() bool { return c >= firstWritten }

var columns = [columnCount]columnInfo{
	LearnerID:               {"Learner ID", TypeText},
	ULN:                     {"ULN", TypeText},
	LegalFirstName:          {"Legal First Name", TypeText},
	LegalLastName:           {"Legal Last Name", TypeText},
	DateOfBirth:             {"Date of Birth", TypeDate},
	Email:                   {"Email", TypeText},
	Telephone:               {"Telephone", TypeText},
	QualificationCode:       {"Qualification Code", TypeText},
	QualificationTitle:      {"Qualification Title", TypeText},
	Level:                   {"Level", TypeText},
	Credits:                 {"Credits", TypeCredits},
	CourseStart:             {"Course Start", TypeDate},
	CourseEnd:               {"Course End", TypeDate},
	FirstAttendance:         {"First Attendance", TypeDate},
	AdminNotified:           {"Admin Notified", TypeDateOrYes},
	IDVerified:              {"ID Verified", TypeYesNo},
	MISLogged:               {"MIS Logged", TypeYesNo},
	SubmittedToAIM:          {"Submitted to AIM", TypeDate},
	AIMConfirmed:            {"AIM Confirmed", TypeDate},
	AIMRegistrationNo:       {"AIM Registration No", TypeText},
	AccuracyChecked:         {"Accuracy Checked", TypeDateOrYes},
	RegistrationExpiry:      {"Registration Expiry", TypeDate},
	LateReason:              {"Late Reason", TypeText},
	HeadOfQualityNotified:   {"Head of Quality Notified", TypeDateOrYes},
	AIMContacted:            {"AIM Contacted", TypeDateOrYes},
	LateFeePaid:             {"Late Fee Paid", TypeYesNo},
	CorrectiveAction:        {"Corrective Action", TypeText},
	QualityLogRef:           {"Quality Log Ref", TypeText},
	LastAttendance:          {"Last Attendance", TypeDate},
	Contactable:             {"Contactable", TypeYesNo},
	Tutor:                   {"Tutor", TypeText},
	UnitCode:                {"Unit Code", TypeText},
	StartedOn:               {"Started On", TypeDate},
	AssessedOn:              {"Assessed On", TypeDate},
	Assessor:                {"Assessor", TypeText},
	Decision:                {"Decision", TypeDecision},
	IQA:                     {"IQA", TypeText},
	IQASignedOff:            {"IQA Signed Off", TypeDate},
	AssessorConfirmed:       {"Assessor Confirmed", TypeDate},
	IQAConfirmed:            {"IQA Confirmed", TypeDate},
	EQASampling:             {"EQA Sampling", TypeYesNo},
	ConsentToClaim:          {"Consent to Claim", TypeYesNo},
	DocumentsComplete:       {"Documents Complete", TypeYesNo},
	ClaimSubmitted:          {"Claim Submitted", TypeDate},
	ClaimConfirmed:          {"Claim Confirmed", TypeDate},
	ClaimRef:                {"Claim Ref", TypeText},
	CertificateReceived:     {"Certificate Received", TypeDate},
	CertificateNo:           {"Certificate No", TypeText},
	CertificateChecked:      {"Certificate Checked", TypeDateOrYes},
	Discrepancy:             {"Discrepancy", TypeText},
	DiscrepancyReported:     {"Discrepancy Reported", TypeDateOrYes},
	CertificateIssued:       {"Certificate Issued", TypeDate},
	Posted:                  {"Posted", TypeYesNo},
	Collected:               {"Collected", TypeDateOrYes},
	ContactAttempted:        {"Contact Attempted", TypeDateOrYes},
	DestroyedOn:             {"Destroyed On", TypeDate},
	DestructionAuthorisedBy: {"Destruction Authorised By", TypeText},
	WithdrawnOn:             {"Withdrawn On", TypeDate},
	Reason:                  {"Reason", TypeText},
	NotifiedOn:              {"Notified On", TypeDateOrYes},
	MISUpdated:              {"MIS Updated", TypeYesNo},
	EvidenceRetained:        {"Evidence Retained", TypeYesNo},
	LateLogRef:              {"Late Log Ref", TypeText},
	ResultsSent:             {"Results Sent", TypeYesNo},
	PartialClaim:            {"Partial Claim", TypeYesNo},
	SnoozeUntil:             {"Snooze Until", TypeDate},
	SnoozeReason:            {"Snooze Reason", TypeText},
	SnoozeBy:                {"Snooze By", TypeText},
	AdjustmentType:          {"Type", TypeText},
	RecordedOn:              {"Recorded On", TypeDate},
	Stored:                  {"Stored", TypeYesNo},
	DisposedOn:              {"Disposed On", TypeDate},
	UnitTitle:               {"Unit Title", TypeText},
	Mandatory:               {"Mandatory", TypeYesNo},
	StaffName:               {"Name", TypeText},
	StaffRole:               {"Role", TypeRole},
	QualificationCodes:      {"Qualification Codes", TypeText},
	ApprovedFrom:            {"Approved From", TypeDate},
	ApprovedTo:              {"Approved To", TypeDate},
	From:                    {"From", TypeDate},
	To:                      {"To", TypeDate},
	Note:                    {"Note", TypeText},
	Item:                    {"Item", TypeText},
	ItemValue:               {"Value", TypeText},
	SiteName:                {"Site Name", TypeText},
	Address:                 {"Address", TypeText},
	Postcode:                {"Postcode", TypeText},
	Main:                    {"Main", TypeYesNo},
	ContactRole:             {"Role", TypeText},
	Letter:                  {"Letter", TypeText},
	PolicyTitle:             {"Policy", TypeText},
	Document:                {"Document", TypeText},
	Version:                 {"Version", TypeText},
	ApprovedOn:              {"Approved On", TypeDate},
	ReviewBy:                {"Review By", TypeDate},
	Point:                   {"Point", TypeText},
	Covered:                 {"Covered", TypeYesNo},

	OrganisationName:            {"Organisation Name", TypeText},
	InitialSuperUser:            {"Initial Super User", TypeText},
	WebApplicationSent:          {"Web Application Sent", TypeDate},
	LoginDetailsReceived:        {"Login Details Received", TypeDate},
	OffersInvigilatedAssessment: {"Offers Invigilated Assessment", TypeYesNo},
	ApplicationSection:          {"Application Section", TypeYesNo},
	PoliciesSection:             {"Policies Section", TypeYesNo},
	AgreementAccepted:           {"Agreement Accepted", TypeYesNo},
	ApplicationSubmitted:        {"Application Submitted", TypeDate},
	ReturnedOn:                  {"Returned On", TypeDate},
	InitialReviewPassed:         {"Initial Review Passed", TypeDate},
	InvoiceReceived:             {"Invoice Received", TypeDate},
	PurchaseOrderNo:             {"Purchase Order No", TypeText},
	InvoicePaid:                 {"Invoice Paid", TypeDate},
	CentreLead:                  {"Centre Lead", TypeText},
	InterviewOn:                 {"Interview On", TypeDate},
	Recommendation:              {"Recommendation", TypeVerdict},
	ActionsDue:                  {"Actions Due", TypeDate},
	ActionsComplete:             {"Actions Complete", TypeDate},
	RecognisedOn:                {"Recognised On", TypeDate},

	RegistrationStatus:   {"Registration Status", TypeText},
	RegistrationDeadline: {"Registration Deadline", TypeDate},
	AssessmentStatus:     {"Assessment Status", TypeText},
	ClaimStatus:          {"Claim Status", TypeText},
	ClaimDeadline:        {"Claim Deadline", TypeDate},
	WithdrawalStatus:     {"Withdrawal Status", TypeText},
	WithdrawalDeadline:   {"Withdrawal Deadline", TypeDate},
	RetentionStatus:      {"Retention Status", TypeText},
	RetainUntil:          {"Retain Until", TypeDate},
	CentreStatus:         {"Status", TypeText},
	NextAction:           {"Next Action", TypeText},
	Problems:             {"Problems", TypeText},
}

// Items lists the items of a Centre sheet, in the order of a new sheet.
func Items() []Column {
	return []Column{
		OrganisationName, Address, Postcode, Email, Telephone, InitialSuperUser, WebApplicationSent, LoginDetailsReceived, OffersInvigilatedAssessment,
		ApplicationSection, PoliciesSection, AgreementAccepted, ApplicationSubmitted, ReturnedOn, InitialReviewPassed, InvoiceReceived, PurchaseOrderNo, InvoicePaid,
		CentreLead, InterviewOn, Recommendation, ActionsDue, ActionsComplete, RecognisedOn,
	}
}

// ItemNamed returns the item that a text means, compared as headings are, 0
// where there is none.
func ItemNamed(text string) Column {
	normal := NormalHeading(text)
	for _, c := range Items() {
		if NormalHeading(c.String()) == normal {
			return c
		}
	}
	return 0
}
