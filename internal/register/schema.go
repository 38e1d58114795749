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
	Centre
	Sites
	Contacts
	Policies
	PolicyPoints
)

// Kinds lists all kinds of sheets.
func Kinds() []Kind {
	return []Kind{Enrolments, Assessments, Claims, Withdrawals, Adjustments, Qualifications, Units, Staff, Sanctions, Centre, Sites, Contacts, Policies, PolicyPoints}
}

// CentreKinds lists the kinds of sheets on the recognition of the centre, which
// name no learner.
func CentreKinds() []Kind { return []Kind{Centre, Sites, Contacts, Policies, PolicyPoints} }

// OfCentre reports whether sheets of the kind are on the recognition of the
// centre.
func (k Kind) OfCentre() bool { return k >= Centre }

// String returns the name that a sheet of the kind has.
func (k Kind) String() string { return schemaOf(k).name }

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
	Centre: {
		name:     "Centre",
		required: []Column{Item},
		inputs:   []Column{Item, ItemValue},
		outputs:  []Column{CentreStatus, NextAction},
	},
	Sites: {
		name:     "Sites",
		required: []Column{SiteName},
		inputs:   []Column{SiteName, Address, Postcode, Main},
		outputs:  []Column{CentreStatus},
	},
	Contacts: {
		name:     "Contacts",
		required: []Column{ContactRole},
		inputs:   []Column{ContactRole, StaffName, Email, Telephone},
		outputs:  []Column{CentreStatus},
	},
	Policies: {
		name:     "Policies",
		required: []Column{Letter},
		inputs:   []Column{Letter, PolicyTitle, Document, Version, ApprovedOn, ReviewBy},
		outputs:  []Column{CentreStatus, NextAction},
	},
	PolicyPoints: {
		name:     "Policy Points",
		required: []Column{Letter, Point},
		inputs:   []Column{Letter, Point, Covered},
		outputs:  []Column{CentreStatus},
	},
}
