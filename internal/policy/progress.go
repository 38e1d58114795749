package policy

import "regcert/internal/calendar"

// progress is how far the work of a file has come.
type progress struct {
	byUnits    bool          // the qualification's mandatory units are known
	isAchieved bool          // they are, and every one is achieved
	since      calendar.Date // since when every one is; no date where that is not known
	signedOff  calendar.Date // when the last of them was signed off, no date where one is not
	hasWork    bool
	hasUnit    bool // some unit is achieved, mandatory or not

	assessor, iqa fault // what is wrong with who decided on achieved units
}

// fault is what is wrong with who decided on an achieved unit.
type fault uint8

const (
	noFault fault = iota
	noAssessor
	unapprovedAssessor
	samePerson
	unapprovedIQA
)

// String says it as a condition does.
func (f fault) String() string {
	return [...]string{
		"", "an achieved unit without an assessor", "an achieved unit whose assessor is not approved",
		"an achieved unit with one person as assessor and IQA", "an achieved unit whose IQA is not approved",
	}[f]
}

// settleFiles finds the progress of all files.
func (j *judge) settleFiles() {
	for i := range j.set.enrolments {
		if e := &j.set.enrolments[i]; e.file != nil {
			e.file.progress = j.progressOf(e.file)
			e.later = e.file.progress.signedOff
		}
	}
	for _, f := range j.set.unenrolled {
		f.progress = j.progressOf(f)
	}
}

// unitDone is what the achieved records of one unit say together.
type unitDone struct {
	since     calendar.Date // the earliest Assessed On, no date where one is not set
	signedOff calendar.Date // the earliest IQA Signed Off, no date where none is set
}

func (j *judge) progressOf(f *file) progress {
	list := j.set.units[f.code]
	p := progress{byUnits: list != nil && list.mandatory > 0, hasWork: f.work != nil}
	if !p.hasWork {
		return p
	}
	done := map[*unit]unitDone{}
	for a := f.work; a != nil; a = a.before {
		if !a.isAchieved {
			continue
		}
		p.judgeStaff(a)
		p.hasUnit = p.hasUnit || a.unit != ""
		if a.listed == nil || !a.listed.isMandatory {
			continue
		}
		d, seen := done[a.listed]
		if !seen || a.assessed < d.since { // no date is before every date
			d.since = a.assessed
		}
		d.signedOff = earliest(d.signedOff, a.signedOff)
		done[a.listed] = d
	}
	if !p.byUnits || len(done) < list.mandatory {
		return p
	}
	p.isAchieved = true
	isSignedOff := true
	for _, d := range done {
		p.since = max(p.since, d.since)
		p.signedOff = max(p.signedOff, d.signedOff)
		isSignedOff = isSignedOff && !d.signedOff.IsZero()
	}
	if !isSignedOff {
		p.signedOff = 0
	}
	return p
}

// judgeStaff notes what is wrong with who assessed an achieved unit and who
// signed it off.
func (p *progress) judgeStaff(a *assessment) {
	switch {
	case a.hasNoAssessor:
		p.assessor = noAssessor
	case a.assessorUnapproved:
		p.assessor = unapprovedAssessor
	}
	switch {
	case a.samePerson:
		p.iqa = samePerson
	case a.iqaUnapproved:
		p.iqa = unapprovedIQA
	}
}

// isComplete reports whether the qualification is complete: by its mandatory
// units where they are known, else by what the claim says the assessor
// confirmed (no date: nothing).
func (p *progress) isComplete(assessorConfirmed calendar.Date) bool {
	if p.byUnits {
		return p.isAchieved
	}
	return !assessorConfirmed.IsZero()
}

// isCompleteBy reports whether the qualification was complete on the day.
func (p *progress) isCompleteBy(day, assessorConfirmed calendar.Date) bool {
	if p.byUnits {
		return p.isAchieved && p.since <= day
	}
	return !assessorConfirmed.IsZero() && assessorConfirmed <= day
}

// isClaimed reports whether the first claim of the file has been submitted. A
// record without a file has no claim.
func (f *file) isClaimed() bool {
	return f != nil && f.claim != nil && !f.claim.submitted.IsZero()
}
