package inspect

import (
	"slices"
	"strings"
	"unicode"

	"regcert/internal/likeness"
	"regcert/internal/register"
)

// usual lists headings that staff often write for a column.
func usual() map[register.Column][]string {
	return map[register.Column][]string{
		register.LearnerID:           {"Learner No", "Learner Number", "Learner Ref", "Learner Reference", "Student ID", "Student No", "Student Number", "Candidate ID", "Candidate No", "Candidate Number", "Pupil ID"},
		register.ULN:                 {"Unique Learner Number", "Unique Learner No", "ULN Number", "ULN No"},
		register.LegalFirstName:      {"First Name", "First Names", "Forename", "Forenames", "Given Name", "Given Names", "Legal Forename"},
		register.LegalLastName:       {"Last Name", "Surname", "Family Name", "Legal Surname"},
		register.DateOfBirth:         {"DOB", "Birth Date", "Born", "Born On"},
		register.Email:               {"Email Address", "Mail"},
		register.Telephone:           {"Phone", "Phone Number", "Telephone Number", "Tel", "Tel No", "Mobile", "Mobile Number", "Contact Number"},
		register.QualificationCode:   {"Qual Code", "Qualification No", "Qualification Number", "Qual No", "QAN", "Qualification Ref", "Qualification Reference", "Course Code"},
		register.QualificationTitle:  {"Qual Title", "Qualification Name", "Course", "Course Title", "Course Name", "Programme"},
		register.CourseStart:         {"Start", "Start Date", "Programme Start", "Programme Start Date", "Learning Start", "Started"},
		register.CourseEnd:           {"End", "End Date", "Planned End", "Planned End Date", "Expected End", "Expected End Date", "Finish Date", "Programme End", "Programme End Date"},
		register.FirstAttendance:     {"First Attended", "First Day"},
		register.LastAttendance:      {"Last Attended", "Last Day"},
		register.SubmittedToAIM:      {"AIM Submitted", "Sent to AIM", "Registration Submitted", "Registered with AIM", "Registered On"},
		register.AIMConfirmed:        {"Confirmed by AIM", "AIM Confirmation", "Registration Confirmed"},
		register.AIMRegistrationNo:   {"Registration No", "Registration Number", "AIM Registration Number", "AIM No", "AIM Number", "AIM Reg No"},
		register.IDVerified:          {"ID Checked", "ID Check", "ID Seen", "Identity Verified"},
		register.Tutor:               {"Teacher", "Lecturer", "Trainer", "Tutor Name"},
		register.UnitCode:            {"Unit", "Unit No", "Unit Number", "Unit Ref", "Unit Reference"},
		register.StartedOn:           {"Started", "Start Date"},
		register.AssessedOn:          {"Assessed", "Assessment Date"},
		register.Assessor:            {"Assessed By", "Assessor Name"},
		register.Decision:            {"Result", "Grade", "Outcome", "Assessment Decision"},
		register.IQA:                 {"IV", "Internal Verifier", "IQA Name", "Verified By"},
		register.IQASignedOff:        {"IQA Date", "IQA Sign Off", "IQA Sign Off Date", "IV Date", "Signed Off", "Signed Off On"},
		register.ClaimSubmitted:      {"Claimed", "Claimed On", "Claim Date"},
		register.CertificateReceived: {"Cert Received", "Certificate Arrived"},
		register.CertificateIssued:   {"Cert Issued", "Issued", "Issued On"},
		register.CertificateNo:       {"Cert No", "Certificate Number", "Cert Number"},
		register.WithdrawnOn:         {"Withdrawn", "Withdrawal Date", "Date of Withdrawal", "Left On", "Leaving Date"},
		register.Reason:              {"Withdrawal Reason", "Reason for Withdrawal", "Reason for Leaving"},
		register.AdjustmentType:      {"Adjustment", "Adjustment Type"},
		register.RecordedOn:          {"Recorded", "Date Recorded"},
		register.UnitTitle:           {"Unit Name"},
		register.StaffName:           {"Staff Name", "Full Name"},
		register.StaffRole:           {"Job Role", "Position"},
	}
}

// fillers are words that tell nothing in a heading.
var fillers = []string{"date", "the", "of", "on", "for", "no", "learner", "learners", "s"}

// meant returns the column of a kind of sheet that a heading of another name
// probably means, 0 where it means none.
func (x *inspector) meant(k register.Kind, text string) register.Column {
	name := register.NormalHeading(text)
	if len(text) > longestHeading || x.names[name] {
		return 0
	}
	bare := bareWords(text)
	far := max(1, len(name)/6) // what is further off is another word
	best, least := register.Column(0), 0
	for _, c := range k.Inputs() {
		if slices.Contains(x.usual[c], name) {
			return c
		}
		d := far + 1
		switch difference := len(name) - len(x.bare[c].name); {
		case bare != "" && bare == x.bare[c].words:
			d = 1
		case len(name) >= 5 && -far <= difference && difference <= far:
			d = likeness.Distance(name, x.bare[c].name)
		}
		if d <= far && (best == 0 || d < least) {
			best, least = c, d
		}
	}
	return best
}

// longestHeading is the length from which a text is no heading, in bytes.
const longestHeading = 80

// bareWords returns the words of a heading that tell something.
func bareWords(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return register.NormalHeading(strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(fillers, w) }), ""))
}
