package policy

import (
	"cmp"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// asmRules are the rules on assessment (P 3.1, 5.1, 5.2).
func asmRules() []Rule {
	staff := []register.Kind{register.Staff}
	return []Rule{
		{ID: "ASM-01", Clause: "P 3.1", Severities: []Severity{Breach}, Owner: Assessor, Needs: []register.Kind{register.Enrolments}, assessment: evidenceTooEarly,
			Title:     "Assessed before the registration was confirmed",
			Rationale: "Evidence from before the confirmation may not be recognised by the awarding body."},
		{ID: "ASM-02", Clause: "P 5.1(2)", Severities: []Severity{Breach, AtRisk}, Owner: QualityTeam, Needs: staff, assessment: assessorNotApproved,
			Title:     "Assessor not approved for the qualification on the day",
			Rationale: "A certificate may only rest on decisions of qualified and approved assessors."},
		{ID: "ASM-03", Clause: "P 5.1(3)", Severities: []Severity{Breach, AtRisk}, Owner: QualityTeam, Needs: staff, assessment: iqaNotApproved,
			Title:     "IQA not approved for the qualification on the day",
			Rationale: "A sign-off by somebody who is not approved does not make a unit claimable."},
		{ID: "ASM-04", Clause: "P 5.2(2)", Severities: []Severity{Breach, AtRisk}, Owner: QualityTeam, assessment: signsOffOwnWork,
			Title:     "Assessor and IQA are the same person",
			Rationale: "Nobody can assure the quality of their own decisions."},
		{ID: "ASM-05", Clause: "P 5.1(3)", Severities: []Severity{Todo, Overdue}, Owner: IQA, assessment: signOffOpen,
			Title:     "Achieved unit not signed off by the IQA",
			Rationale: "The claim has to wait for the last sign-off."},
		{ID: "ASM-06", Clause: "P 3.4", Severities: []Severity{Data}, Owner: QualityTeam, Needs: []register.Kind{register.Units}, assessment: unitUnknown,
			Title:     "Unit is not one of the qualification's",
			Rationale: "A unit that does not belong to the qualification counts towards no certificate."},
		{ID: "ASM-07", Clause: "P 5.2(1)", Severities: []Severity{Data}, Owner: Assessor, assessment: assessorMissing,
			Title:     "Achieved, but without an assessor",
			Rationale: "A decision that nobody has taken cannot be claimed on."},
		{ID: "ASM-08", Clause: "P 5.2(1)", Severities: []Severity{Data}, Owner: Assessor, assessment: assessedOnMissing,
			Title:     "Achieved, but without a date",
			Rationale: "Without its date a decision cannot be set against the registration or the approvals."},
	}
}

// gatherAssessments reads the Assessments records and marks duplicates: records
// of the same enrolment, unit and date of assessment.
func (j *judge) gatherAssessments(records []*register.Record) {
	type identity struct {
		file     *file
		unit     string
		assessed calendar.Date
	}
	seen := make(map[identity]bool, len(records))
	for i, r := range records {
		a := &j.set.assessments[i]
		j.readAssessment(a, r)
		if a.file == nil {
			continue
		}
		if a.unit != "" {
			id := identity{a.file, a.unit, usable(r, register.AssessedOn)}
			a.duplicate = seen[id]
			seen[id] = true
		}
		if !a.duplicate {
			a.before, a.file.work = a.file.work, a
		}
	}
}

func (j *judge) readAssessment(a *assessment, r *register.Record) {
	a.rec = r
	a.assessed, a.signedOff = j.date(r, register.AssessedOn), j.date(r, register.IQASignedOff)
	a.worked = earliest(j.date(r, register.StartedOn), a.assessed)
	a.own = a.worked
	decision := r.Value(register.Decision)
	a.isAchieved = decision.IsReadable() && register.IsAchieved(decision.Text)
	a.unit = codeOf(r, register.UnitCode)
	if list := j.set.units[r.Key.Code]; list != nil && a.unit != "" {
		a.listed = list.byCode[a.unit]
	}
	j.set.belong(&a.entry, a.worked)
	if e := a.enrolment; e != nil && !a.worked.IsZero() {
		a.atRisk = e.confirmed.IsZero() || a.worked < e.confirmed
	}
	j.readStaff(a)
	switch {
	case a.enrolment == nil, a.isAchieved && a.assessed.IsZero():
		a.status = checkData
	case a.worked.IsZero():
		a.status = planned
	case a.atRisk:
		a.status = evidenceAtRisk
	case !a.isAchieved:
		a.status = inProgress
	case !a.signedOff.IsZero():
		a.status = signedOff
	default:
		a.status = awaitingIQA
	}
}

// readStaff finds what is wrong with who assessed and who signed off. Without a
// Staff sheet nobody is known to be unapproved.
func (j *judge) readStaff(a *assessment) {
	assessor, iqa := a.rec.Value(register.Assessor), a.rec.Value(register.IQA)
	a.hasNoAssessor = a.isAchieved && !assessor.IsReadable()
	a.samePerson = assessor.IsReadable() && iqa.IsReadable() && isSameText(assessor.Text, iqa.Text)
	if !j.set.present[register.Staff] {
		return
	}
	a.assessorUnapproved = assessor.IsReadable() && j.assessorApproval(a) == nil
	a.iqaUnapproved = iqa.IsReadable() && j.iqaApproval(a) == nil
}

// assessorApproval returns what approved the assessor on the day of the
// decision, or approves them today, nil where nothing does.
func (j *judge) assessorApproval(a *assessment) *approval {
	return j.set.approvalOf(register.Fold(a.rec.Value(register.Assessor).Text), func(p *approval) bool { return p.isAssessor }, a.rec.Key.Code, cmp.Or(a.assessed, j.asOf))
}

// iqaApproval is assessorApproval of the IQA, on the day of the sign-off.
func (j *judge) iqaApproval(a *assessment) *approval {
	return j.set.approvalOf(register.Fold(a.rec.Value(register.IQA).Text), func(p *approval) bool { return p.isIQA }, a.rec.Key.Code, cmp.Or(a.signedOff, j.asOf))
}

// What keeps rules from asking anything of an Assessments record.
const (
	notEnrolled = "the learner is not enrolled on the qualification"
	notAchieved = "the unit is not achieved"
)

func evidenceTooEarly(j *judge, a *assessment) {
	switch {
	case a.enrolment == nil:
		j.skip(notEnrolled)
	case a.worked.IsZero():
		j.skip("no work on the unit is recorded")
	}
	if !a.atRisk {
		return
	}
	p := problem{severity: Breach, look: register.StartedOn, date: a.worked, brief: "evidence at risk",
		message: "Work on the unit is recorded on {date} and AIM's confirmation of the registration is not",
		action:  "Have the registration confirmed, ask AIM whether the evidence counts, and record it in the quality log (Quality Log Ref)"}
	if c := a.enrolment.confirmed; !c.IsZero() {
		p.message = "Work on the unit is recorded on {date}, before AIM confirmed the registration on {other}"
		p.other = j.text.day(c)
		p.action = "Ask AIM whether the evidence counts, and record it in the quality log (Quality Log Ref)"
	}
	j.raise(p)
}

func assessorNotApproved(j *judge, a *assessment) {
	if !a.rec.Value(register.Assessor).IsReadable() {
		j.skip("no assessor is named")
	}
	if !a.assessorUnapproved {
		return
	}
	p := problem{severity: Breach, column: register.Assessor, brief: "not approved",
		message: "The assessor has no approval on the Staff sheet for this qualification on the day of the decision",
		action:  "Correct the Staff sheet or have the unit assessed again by an approved assessor, and record it in the quality log"}
	if a.worked.IsZero() {
		p.severity = AtRisk
		p.message = "The assessor has no approval on the Staff sheet for this qualification today"
		p.action = "Have the assessor approved, or name an approved one, before the work starts"
	}
	j.raise(p)
}

func iqaNotApproved(j *judge, a *assessment) {
	if !a.rec.Value(register.IQA).IsReadable() {
		j.skip("no IQA is named")
	}
	if !a.iqaUnapproved {
		return
	}
	p := problem{severity: Breach, column: register.IQA, brief: "not approved",
		message: "The IQA has no approval on the Staff sheet for this qualification on the day of the sign-off",
		action:  "Correct the Staff sheet or have the unit signed off again by an approved IQA, and record it in the quality log"}
	if a.signedOff.IsZero() {
		p.severity = AtRisk
		p.message = "The IQA has no approval on the Staff sheet for this qualification today"
		p.action = "Have the IQA approved, or name an approved one, before the sign-off"
	}
	j.raise(p)
}

func signsOffOwnWork(j *judge, a *assessment) {
	if !a.rec.Value(register.Assessor).IsReadable() || !a.rec.Value(register.IQA).IsReadable() {
		j.skip("the assessor and the IQA are not both named")
	}
	if !a.samePerson {
		return
	}
	p := problem{severity: Breach, column: register.IQA, brief: "is the assessor",
		message: "The same person is named as assessor and as IQA",
		action:  "Have the unit signed off again by another IQA, and record it in the quality log"}
	if a.signedOff.IsZero() {
		p.severity = AtRisk
		p.action = "Name an IQA who did not assess the unit"
	}
	j.raise(p)
}

func signOffOpen(j *judge, a *assessment) {
	switch {
	case !a.isAchieved:
		j.skip(notAchieved)
		return
	case a.assessed.IsZero():
		j.skip("no Assessed On is recorded")
		return
	case !a.signedOff.IsZero():
		j.skip("the IQA has signed off")
		return
	}
	p := problem{severity: Todo, column: register.IQASignedOff, due: j.count(&a.entry, "IQA sign-off", "iqa_sign_off", a.own, a.assessed, register.AssessedOn), date: a.assessed, brief: "open",
		message: "The unit was achieved on {date} and the IQA's sign-off, expected by {due}, is not recorded",
		action:  "Review the decision by {due} and enter the sign-off"}
	if j.asOf > p.due {
		p.severity, p.brief = Overdue, "overdue"
		p.action = "Review the decision now and enter the sign-off; it was due by {due}"
	}
	j.raise(p)
}

func unitUnknown(j *judge, a *assessment) {
	switch {
	case a.unit == "":
		j.skip("the record has no Unit Code")
	case j.set.units[a.rec.Key.Code] == nil:
		j.skip("the Units sheet has no units of the qualification")
	case a.listed == nil:
		j.raise(problem{severity: Data, column: register.UnitCode, brief: "unknown", text: quote(a.rec.Value(register.UnitCode), register.UnitCode),
			message: "The unit {text} is not one of the qualification's on the Units sheet",
			action:  "Correct the Unit Code, or add the unit to the Units sheet"})
	}
}

func assessorMissing(j *judge, a *assessment) {
	switch {
	case !a.isAchieved:
		j.skip(notAchieved)
	case a.hasNoAssessor:
		j.raise(problem{severity: Data, column: register.Assessor, brief: "missing",
			message: "The unit is achieved and the assessor is not filled in",
			action:  "Enter who assessed the unit"})
	}
}

func assessedOnMissing(j *judge, a *assessment) {
	switch {
	case !a.isAchieved:
		j.skip(notAchieved)
	case a.rec.Value(register.AssessedOn).IsBlank():
		j.raise(problem{severity: Data, column: register.AssessedOn, brief: "missing",
			message: "The unit is achieved and the date of the decision is not filled in",
			action:  "Enter when the unit was assessed"})
	}
}
