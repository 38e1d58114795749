package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// datRules are the rules on the data itself (P 3.1). DAT-03 was never used.
func datRules() []Rule {
	references := []register.Kind{register.Enrolments, register.Qualifications}
	rules := []Rule{
		{ID: "DAT-01", sheet: requiredColumnMissing, entry: requiredCellBlank,
			Title:     "Required cell is blank, or its column is missing",
			Rationale: "The record cannot be judged, or not as what it is."},
		{ID: "DAT-02", entry: cellUnreadable,
			Title:     "Cell cannot be read",
			Rationale: "What cannot be read is not guessed; the rules that need it wait."},
		{ID: "DAT-04", entry: ulnInvalid,
			Title:     "ULN is not valid",
			Rationale: "A wrong ULN credits the achievement to nobody, or to somebody else."},
		{ID: "DAT-05", entry: recordTwice,
			Title:     "Record stands twice",
			Rationale: "Look-ups use the first; what is entered in the other is not seen."},
		{ID: "DAT-06", enrolment: learnerContradicted,
			Title:     "Records contradict each other on who the learner is",
			Rationale: "One ULN is one person, and one Learner ID too."},
		{ID: "DAT-07", enrolment: ageImplausible,
			Title:     "Age at the start of the course is implausible",
			Rationale: "Most often a date of birth or a start that was mistyped."},
		{ID: "DAT-08", entry: datesOutOfOrder,
			Title:     "Dates are out of order, or lie ahead",
			Rationale: "A date of something that has happened cannot lie ahead, and is not used while it does."},
		{ID: "DAT-09", Needs: references, partial: true, entry: keyUnknown,
			Title:     "Learner or qualification is not known",
			Rationale: "A record that belongs to no enrolment cannot be judged against one."},
		{ID: "DAT-10", entry: submissionMissing,
			Title:     "Later step recorded, submission blank",
			Rationale: "The later step's date stands in for the submission until it is entered."},
		{ID: "DAT-11", Numbers: []string{SnoozeLimitKey}, entry: snoozeIncomplete,
			Title:     "Snooze is incomplete, or too far ahead",
			Rationale: "A snooze says until when, why and on whose word, and ends by itself; any other puts nothing to sleep."},
		{ID: "DAT-12", sheet: formulaInColumn,
			Title:     "Formula in a column that regcert writes",
			Rationale: "A formula that staff have put there is theirs; the column is left alone."},
	}
	for i := range rules {
		r := &rules[i]
		r.Clause, r.ClauseOnCentre, r.Severities, r.clock = "P 3.1", centreClause, []Severity{Data}, noClock
		r.Owner, r.OwnerOnEnrolments = AdministrationTeam, AdmissionsTeam
	}
	return rules
}

// ofOtherSheets keeps a rule from being told of a record of a kind of sheet at
// which it never looks.
const ofOtherSheets = "not on this kind of sheet"

// keyIncomplete keeps rules from looking a record up.
const keyIncomplete = "Learner ID or Qualification Code is missing"

// submissionAssumed keeps rules from asking whether a submission was late.
const submissionAssumed = "the submission is not recorded, and a later step stands in for it"

func requiredColumnMissing(j *judge, s *register.Sheet) {
	for _, c := range s.Kind.Required() {
		if !s.Has(c) {
			j.raise(problem{severity: Data, column: c, brief: "missing",
				message: "The sheet has no column {field}, which every record must fill",
				action:  "Add the column {field} to the sheet"})
		}
	}
}

func requiredCellBlank(j *judge, e *entry) {
	s := e.rec.Sheet
	for _, c := range s.Kind.Required() {
		if e.rec.Value(c).IsBlank() && s.Has(c) {
			j.raise(problem{severity: Data, column: c, brief: "blank",
				message: "{field} is blank, and every record must fill it",
				action:  "Fill in {field}"})
		}
	}
}

func cellUnreadable(j *judge, e *entry) {
	for _, in := range e.rec.Sheet.Kind.Inputs() {
		if v, c := e.rec.Value(in), e.rec.ReadAs(in); v.State == register.Unreadable && c != 0 {
			p := problem{severity: Data, column: c, look: in, brief: "unreadable", text: quote(v, c), other: expected(c),
				message: "{text} in {field} cannot be read as {other}",
				action:  "Correct {field}: enter {other}"}
			switch {
			case v.Text == register.NeverCalculated:
				p.message = "{field} holds a formula that was never calculated"
				p.action = "Open the workbook in Excel and save it, so that {field} is calculated"
			case c.Type() == register.TypeText:
				p.action = "Correct {field}"
			}
			j.raise(p)
		}
	}
}

// expected says what a cell of the column may hold.
func expected(c register.Column) string {
	switch c.Type() {
	case register.TypeDate:
		return "a date such as 24/03/2026"
	case register.TypeDateOrYes:
		return "a date such as 24/03/2026, or yes"
	case register.TypeYesNo:
		return "yes or no"
	case register.TypeCredits:
		return "a number"
	case register.TypeDecision:
		return "a decision such as achieved, pass, refer or not achieved"
	case register.TypeRole:
		return "assessor, IQA or both"
	case register.TypeVerdict:
		return "accept, accept with actions or reject"
	default:
		return "text"
	}
}

// temporaryULN stands for a learner who has none yet.
const temporaryULN = "9999999999"

func ulnInvalid(j *judge, e *entry) {
	if k := e.rec.Sheet.Kind; k != register.Enrolments && k != register.Claims {
		j.skip(ofOtherSheets)
		return
	}
	v := e.rec.Value(register.ULN)
	if !v.IsReadable() {
		j.skip("no ULN is given")
		return
	}
	if validULN(v) != 0 {
		return
	}
	p := problem{severity: Data, column: register.ULN, brief: "not valid",
		message: "The ULN is not valid: its check digit does not agree with the others",
		action:  "Compare the ULN with the learner's record and correct it"}
	switch {
	case v.Text == temporaryULN:
		p.brief = "temporary"
		p.message = "The ULN is the temporary one, and the learner's own is expected"
		p.action = "Obtain the learner's ULN and enter it"
	case len(v.Text) != 10 || !isDigits(v.Text):
		p.message = "The ULN is not valid: it is not written as 10 digits"
	case v.Text[0] == '0':
		p.message = "The ULN is not valid: it begins with 0"
	}
	j.raise(p)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// validULN returns a Unique Learner Number as a number, 0 where it is not
// valid: 10 digits, the first not 0, whose sum, weighted with 10 down to 1,
// leaves 10 when divided by 11.
func validULN(v register.Value) uint64 {
	s := v.Text
	if !v.IsReadable() || len(s) != 10 || s[0] == '0' || !isDigits(s) {
		return 0
	}
	var number uint64
	sum := 0
	for i := range len(s) {
		digit := int(s[i] - '0')
		number = number*10 + uint64(digit)
		sum += (10 - i) * digit
	}
	if sum%11 != 10 {
		return 0
	}
	return number
}

func recordTwice(j *judge, e *entry) {
	switch k := e.rec.Sheet.Kind; {
	case k == register.Withdrawals || k == register.Adjustments || k.Status() == 0:
		j.skip(ofOtherSheets)
		return
	case !e.rec.Key.IsWhole():
		j.skip(keyIncomplete)
		return
	case !e.duplicate:
		return
	}
	p := problem{severity: Data, brief: "record stands twice", action: "Delete the record that is wrong, or correct what tells the two apart"}
	switch e.rec.Sheet.Kind {
	case register.Enrolments:
		p.message = "An earlier record has the same Learner ID, Qualification Code and Course Start"
	case register.Claims:
		p.message = "An earlier record claims on the same enrolment"
	default:
		p.message = "An earlier record has the same enrolment, Unit Code and Assessed On"
	}
	j.raise(p)
}

func learnerContradicted(j *judge, e *enrolment) {
	if !e.rec.Key.IsWhole() {
		j.skip(keyIncomplete)
		return
	}
	if e.uln != 0 && j.set.sharedULNs[e.uln] {
		j.raise(problem{severity: Data, column: register.ULN, brief: "under two Learner IDs",
			message: "The same ULN stands under another Learner ID",
			action:  "Find out whose ULN it is and correct the other record"})
	}
	p := problem{severity: Data, brief: "differs",
		message: "{field} is not what an earlier record of the same Learner ID says",
		action:  "Compare {field} with the learner's documents and correct the record that is wrong"}
	if e.uln != 0 && e.uln != e.learner.uln {
		p.column = register.ULN
		j.raise(p)
	}
	if born := usable(e.rec, register.DateOfBirth); !born.IsZero() && born != e.learner.born {
		p.column = register.DateOfBirth
		j.raise(p)
	}
}

func ageImplausible(j *judge, e *enrolment) {
	born := usable(e.rec, register.DateOfBirth)
	if born.IsZero() || e.start.IsZero() {
		j.skip("Date of Birth or Course Start cannot be used")
		return
	}
	if age := born.AgeAt(e.start); age < j.now.MinAge || age > j.now.MaxAge {
		j.raise(problem{severity: Data, column: register.DateOfBirth, date: e.start, brief: "implausible",
			message: "The cell does not give a plausible age at Course Start, {date}",
			action:  "Compare {field} and Course Start with the learner's documents and correct the one that is wrong"})
	}
}

// datePair is two dates of which the later must not lie before the earlier.
type datePair struct{ later, earlier register.Column }

// datesInOrder are the pairs of dates of a kind of sheet.
func datesInOrder(k register.Kind) []datePair {
	switch k {
	case register.Enrolments:
		return []datePair{{register.CourseEnd, register.CourseStart}, {register.AIMConfirmed, register.SubmittedToAIM}}
	case register.Withdrawals:
		return []datePair{{register.AIMConfirmed, register.SubmittedToAIM}}
	case register.Assessments:
		return []datePair{{register.AssessedOn, register.StartedOn}, {register.IQASignedOff, register.AssessedOn}}
	case register.Claims:
		return []datePair{
			{register.ClaimConfirmed, register.ClaimSubmitted}, {register.CertificateReceived, register.ClaimSubmitted},
			{register.CertificateIssued, register.CertificateReceived}, {register.Collected, register.CertificateReceived},
		}
	case register.Staff:
		return []datePair{{register.ApprovedTo, register.ApprovedFrom}}
	case register.Sanctions:
		return []datePair{{register.To, register.From}}
	default:
		return nil
	}
}

func datesOutOfOrder(j *judge, e *entry) {
	plan := &j.plans[e.rec.Sheet.Kind]
	for _, in := range plan.past {
		c := e.rec.ReadAs(in)
		if day := usable(e.rec, in); day > j.asOf && hasHappened(c) {
			j.raise(problem{severity: Data, column: c, look: in, date: day, brief: "lies ahead",
				message: "{field} is {date}, which lies ahead, and something that has happened is expected",
				action:  "Correct {field}, or leave it blank until it has happened"})
		}
	}
	for _, pair := range plan.order {
		later, earlier := usable(e.rec, pair.later), usable(e.rec, pair.earlier)
		if !later.IsZero() && !earlier.IsZero() && later < earlier {
			j.raise(problem{severity: Data, column: pair.later, date: later, text: pair.earlier.String(), other: j.text.day(earlier), brief: "out of order",
				message: "{field} is {date}, before {text}, {other}",
				action:  "Correct {field} or {text}"})
		}
	}
}

func keyUnknown(j *judge, e *entry) {
	s := j.set
	if !e.rec.Key.IsWhole() && e.rec.Sheet.Kind != register.Adjustments {
		j.skip(keyIncomplete)
		return
	}
	switch key := e.rec.Key; e.rec.Sheet.Kind {
	case register.Enrolments:
		switch {
		case !s.present[register.Qualifications]:
			j.skip("no Qualifications sheet")
		case s.qualifications[key.Code] == nil:
			j.raise(problem{severity: Data, column: register.QualificationCode, brief: "not on Qualifications", text: quote(e.rec.Value(register.QualificationCode), register.QualificationCode),
				message: "The qualification {text} is not on the Qualifications sheet",
				action:  "Correct the Qualification Code, or add the qualification to the Qualifications sheet"})
		}
	case register.Adjustments:
		switch {
		case !s.present[register.Enrolments]:
			j.skip("no Enrolments sheet")
		case key.ID == "":
			j.skip("the record has no Learner ID")
		case s.learners[key.ID] == nil:
			j.raiseUnknownLearner()
		}
	case register.Assessments, register.Claims, register.Withdrawals:
		switch {
		case !s.present[register.Enrolments]:
			j.skip("no Enrolments sheet")
			return
		case e.enrolment != nil:
			return
		}
		if s.learners[key.ID].isOnOther(key.Code) {
			j.raise(problem{severity: Data, column: register.QualificationCode, brief: "not enrolled on it", text: quote(e.rec.Value(register.QualificationCode), register.QualificationCode),
				message: "The learner is enrolled, but not on the qualification {text}",
				action:  "Correct the Qualification Code, or enrol the learner on it"})
			return
		}
		j.raiseUnknownLearner()
	default:
		j.skip(ofOtherSheets)
	}
}

func (j *judge) raiseUnknownLearner() {
	j.raise(problem{severity: Data, column: register.LearnerID, brief: "not enrolled",
		message: "The Learner ID is on no Enrolments record",
		action:  "Correct the Learner ID, or enter the learner on the Enrolments sheet"})
}

func submissionMissing(j *judge, e *entry) {
	r := e.rec
	raise := func(c register.Column, step calendar.Date) {
		if r.Value(c).IsBlank() && !step.IsZero() {
			j.raise(problem{severity: Data, column: c, date: step, brief: "blank",
				message: "{field} is blank although a later step is recorded on {date}, which stands in for it",
				action:  "Enter when it was submitted ({field})"})
		}
	}
	switch r.Sheet.Kind {
	case register.Enrolments, register.Withdrawals:
		raise(register.SubmittedToAIM, j.date(r, register.AIMConfirmed))
	case register.Claims:
		raise(register.ClaimSubmitted, earliest(j.date(r, register.ClaimConfirmed), j.date(r, register.CertificateReceived)))
	default:
		j.skip(ofOtherSheets)
	}
}

func formulaInColumn(j *judge, s *register.Sheet) {
	for _, c := range s.Formulas {
		j.raise(problem{severity: Data, column: c, brief: "holds formulas",
			message: "The column {field} is regcert's to write and holds formulas, so it is left alone",
			action:  "Remove the formulas from {field}, or rename the heading to keep them"})
	}
}
