package register

import "fmt"

// Kind is a kind of sheet that staff keep.
type Kind uint8

// The kinds of sheets, in the order in which reports name them.
const (
	Enrolments Kind = iota + 1
	Assessments
	Claims
	Withdrawals
	Adjustments
	Qualifications
	Units
	Staff
	Sanctions
)

// Kinds lists all kinds of sheets.
func Kinds() []Kind {
	return []Kind{Enrolments, Assessments, Claims, Withdrawals, Adjustments, Qualifications, Units, Staff, Sanctions}
}

// String returns the name that a sheet of the kind has.
func (k Kind) String() string { return schemaOf(k).name }

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

	RegistrationStatus
	RegistrationDeadline
	AssessmentStatus
	ClaimStatus
	ClaimDeadline
	WithdrawalStatus
	WithdrawalDeadline
	RetentionStatus
	RetainUntil
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

	RegistrationStatus:   {"Registration Status", TypeText},
	RegistrationDeadline: {"Registration Deadline", TypeDate},
	AssessmentStatus:     {"Assessment Status", TypeText},
	ClaimStatus:          {"Claim Status", TypeText},
	ClaimDeadline:        {"Claim Deadline", TypeDate},
	WithdrawalStatus:     {"Withdrawal Status", TypeText},
	WithdrawalDeadline:   {"Withdrawal Deadline", TypeDate},
	RetentionStatus:      {"Retention Status", TypeText},
	RetainUntil:          {"Retain Until", TypeDate},
	NextAction:           {"Next Action", TypeText},
	Problems:             {"Problems", TypeText},
}

// schema is what regcert knows of a kind of sheet.
type schema struct {
	name     string
	required []Column // wanted in every record (★)
	inputs   []Column // what staff fill, in the order of a new sheet
	outputs  []Column // what regcert writes (→): the status first
}

// Required lists the columns that every record of the kind must fill.
func (k Kind) Required() []Column { return schemaOf(k).required }

// Inputs lists the columns that staff fill, in the order of a new sheet.
func (k Kind) Inputs() []Column { return schemaOf(k).inputs }

// Outputs lists the columns that regcert writes, in the order in which missing
// ones are added.
func (k Kind) Outputs() []Column { return schemaOf(k).outputs }

// Status returns the column of a record's status, 0 for a reference sheet.
func (k Kind) Status() Column {
	if out := schemaOf(k).outputs; len(out) > 0 {
		return out[0]
	}
	return 0
}

// Deadline returns the column of a record's deadline, 0 where it has none.
func (k Kind) Deadline() Column {
	for _, c := range schemaOf(k).outputs {
		if c.Type() == TypeDate {
			return c
		}
	}
	return 0
}

func schemaOf(k Kind) *schema {
	if k == 0 || int(k) >= len(schemas) {
		panic(fmt.Sprintf("register: there is no kind of sheet %d", k))
	}
	return &schemas[k]
}

var schemas = [...]schema{
	Enrolments: {
		name:     "Enrolments",
		required: []Column{LearnerID, LegalFirstName, LegalLastName, DateOfBirth, QualificationCode, CourseStart, CourseEnd},
		inputs: []Column{LearnerID, ULN, LegalFirstName, LegalLastName, DateOfBirth, Email, Telephone, QualificationCode, QualificationTitle, Level, Credits,
			CourseStart, CourseEnd, FirstAttendance, AdminNotified, IDVerified, MISLogged, SubmittedToAIM, AIMConfirmed, AIMRegistrationNo, AccuracyChecked,
			RegistrationExpiry, LateReason, HeadOfQualityNotified, AIMContacted, LateFeePaid, CorrectiveAction, QualityLogRef, LastAttendance, Contactable, Tutor,
			SnoozeUntil, SnoozeReason, SnoozeBy},
		outputs: []Column{RegistrationStatus, RegistrationDeadline, NextAction, Problems},
	},
	Assessments: {
		name:     "Assessments",
		required: []Column{LearnerID, QualificationCode, UnitCode},
		inputs: []Column{LearnerID, QualificationCode, UnitCode, StartedOn, AssessedOn, Assessor, Decision, IQA, IQASignedOff, QualityLogRef,
			SnoozeUntil, SnoozeReason, SnoozeBy},
		outputs: []Column{AssessmentStatus, NextAction, Problems},
	},
	Claims: {
		name:     "Claims",
		required: []Column{LearnerID, QualificationCode},
		inputs: []Column{LearnerID, QualificationCode, LegalFirstName, LegalLastName, DateOfBirth, ULN, AssessorConfirmed, IQAConfirmed, EQASampling, ConsentToClaim,
			DocumentsComplete, ClaimSubmitted, ClaimConfirmed, ClaimRef, CertificateReceived, CertificateNo, CertificateChecked, Discrepancy, DiscrepancyReported,
			CertificateIssued, Posted, Collected, ContactAttempted, DestroyedOn, DestructionAuthorisedBy, QualityLogRef, SnoozeUntil, SnoozeReason, SnoozeBy},
		outputs: []Column{ClaimStatus, ClaimDeadline, NextAction, Problems},
	},
	Withdrawals: {
		name:     "Withdrawals",
		required: []Column{LearnerID, QualificationCode, WithdrawnOn, Reason},
		inputs: []Column{LearnerID, QualificationCode, WithdrawnOn, Reason, NotifiedOn, MISUpdated, SubmittedToAIM, AIMConfirmed, EvidenceRetained, QualityLogRef,
			LateLogRef, ResultsSent, PartialClaim, SnoozeUntil, SnoozeReason, SnoozeBy},
		outputs: []Column{WithdrawalStatus, WithdrawalDeadline, NextAction, Problems},
	},
	Adjustments: {
		name:     "Adjustments",
		required: []Column{LearnerID, AdjustmentType, RecordedOn},
		inputs:   []Column{LearnerID, AdjustmentType, RecordedOn, Stored, DisposedOn, QualityLogRef},
		outputs:  []Column{RetentionStatus, RetainUntil, Problems},
	},
	Qualifications: {
		name:     "Qualifications",
		required: []Column{QualificationCode},
		inputs:   []Column{QualificationCode, QualificationTitle, Level, Credits},
	},
	Units: {
		name:     "Units",
		required: []Column{QualificationCode, UnitCode},
		inputs:   []Column{QualificationCode, UnitCode, UnitTitle, Mandatory},
	},
	Staff: {
		name:     "Staff",
		required: []Column{StaffName, StaffRole},
		inputs:   []Column{StaffName, StaffRole, QualificationCodes, ApprovedFrom, ApprovedTo},
	},
	Sanctions: {
		name:     "Sanctions",
		required: []Column{From},
		inputs:   []Column{QualificationCode, From, To, Note},
	},
}
