package policy

import (
	"cmp"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

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

// testedOn is the day on which the conditions of the claim have to hold.
func (j *judge) testedOn(c *claim) calendar.Date { return cmp.Or(c.submitted, j.asOf) }

// testConditions says of each condition of eligibility why it fails, on the day
// of the claim, or today where it has not been submitted.
func (j *judge) testConditions(c *claim) {
	at := j.testedOn(c)
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
	case j.set.sanctionOn(c.rec.Key.Code, at) != nil:
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
	j.trace.conditions(j, c)
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

// proof lists the cells that a condition looks at: those that show that it holds,
// or that it does not.
func (j *judge) proof(c *claim, cond condition) []Cell {
	switch cond {
	case conditionUnits:
		if c.file.progress.byUnits {
			return j.unitCells(c.file)
		}
		return []Cell{cellOf(c.rec, register.AssessorConfirmed)}
	case conditionAssessor:
		if !c.file.progress.hasWork {
			return []Cell{cellOf(c.rec, register.AssessorConfirmed)}
		}
		return j.staffCells(c.file, register.Assessor, j.assessorApproval)
	case conditionIQA:
		cells := []Cell{cellOf(c.rec, register.IQAConfirmed)}
		if !j.isSet(c.rec, register.IQAConfirmed) && c.file.progress.byUnits {
			for _, a := range c.file.mandatory() {
				cells = append(cells, cellOf(a.rec, register.IQASignedOff))
			}
		}
		return append(cells, j.staffCells(c.file, register.IQA, j.iqaApproval)...)
	case conditionEQA:
		cells := []Cell{cellOf(c.rec, register.EQASampling)}
		if s := j.set.sanctionOn(c.rec.Key.Code, j.testedOn(c)); s != nil {
			cells = append(cells, cellOf(s.rec, register.From))
		}
		return cells
	case conditionRegistration:
		return j.registrationCells(c.enrolment)
	default:
		return []Cell{cellOf(c.rec, register.ConsentToClaim), cellOf(c.rec, register.DocumentsComplete)}
	}
}

// achieved lists the achieved records of a file in the order of the set.
func (f *file) achieved() []*assessment {
	var out []*assessment
	for a := f.work; a != nil; a = a.before {
		if a.isAchieved {
			out = append(out, a)
		}
	}
	slices.Reverse(out)
	return out
}

// mandatory lists the achieved records of mandatory units.
func (f *file) mandatory() []*assessment {
	return slices.DeleteFunc(f.achieved(), func(a *assessment) bool { return a.listed == nil || !a.listed.isMandatory })
}

// unitCells lists the decisions on the mandatory units that are achieved, and
// those units on the Units sheet that are not.
func (j *judge) unitCells(f *file) []Cell {
	var cells []Cell
	done := map[*unit]bool{}
	for _, a := range f.mandatory() {
		done[a.listed] = true
		cells = append(cells, cellOf(a.rec, register.Decision))
	}
	var open []*unit
	for _, u := range j.set.units[f.code].byCode {
		if u.isMandatory && !done[u] {
			open = append(open, u)
		}
	}
	slices.SortFunc(open, func(a, b *unit) int {
		return cmp.Or(cmp.Compare(a.rec.Sheet.Workbook, b.rec.Sheet.Workbook), cmp.Compare(a.rec.Sheet.Name, b.rec.Sheet.Name), cmp.Compare(a.rec.Row, b.rec.Row))
	})
	for _, u := range open {
		cells = append(cells, cellOf(u.rec, register.UnitCode))
	}
	return cells
}

// staffCells lists who decided on the achieved units, and the Staff records that
// approved them, each once.
func (j *judge) staffCells(f *file, column register.Column, approvalOf func(*assessment) *approval) []Cell {
	var cells []Cell
	for _, a := range f.achieved() {
		cells = append(cells, cellOf(a.rec, column))
	}
	for _, a := range f.achieved() {
		if approval := approvalOf(a); approval != nil {
			if cell := cellOf(approval.rec, register.StaffRole); !slices.Contains(cells, cell) {
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

// registrationCells lists what a registration is current or not by.
func (j *judge) registrationCells(e *enrolment) []Cell {
	cells := []Cell{cellOf(e.rec, register.AIMConfirmed)}
	if !e.expiry.IsZero() {
		cells = append(cells, cellOf(e.rec, register.RegistrationExpiry))
	}
	for i := range j.set.withdrawals {
		if w := &j.set.withdrawals[i]; w.file == e.file {
			cells = append(cells, cellOf(w.rec, register.WithdrawnOn))
		}
	}
	return cells
}
