package policy

import (
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// set holds the facts of all records of a set of workbooks, each kind in the
// order of workbooks, sheets and rows, and finds one by another.
type set struct {
	present     [kindCount]bool
	enrolments  []enrolment
	assessments []assessment
	claims      []claim
	withdrawals []withdrawal
	adjustments []adjustment

	courses    map[register.Key]*course // but the first of each learner, which stands there
	unenrolled map[register.Key]*file   // of keys that are on no Enrolments record
	learners   map[string]*learner      // by Learner ID as compared
	ulns       map[uint64]*learner      // who has a ULN first
	sharedULNs map[uint64]bool          // those that somebody else has too
	reference
	application *application // nil without a Centre sheet
}

// course is all enrolments of one key but duplicates, by Course Start. One
// whose start is not usable comes last.
type course struct {
	runs    []*enrolment
	current *enrolment
}

// learner is what the Enrolments records of one Learner ID say. Records
// without a whole key say nothing of code, first, born and uln.
type learner struct {
	code      string        // the first Qualification Code, empty where none has a whole key
	first     course        // under that code
	uln       uint64        // the first valid ULN
	born      calendar.Date // the first Date of Birth that is usable
	severally bool          // enrolled under other codes too
}

// isOnOther reports whether the learner is enrolled under another code.
func (l *learner) isOnOther(code string) bool {
	return l != nil && l.code != "" && (l.severally || l.code != code)
}

// gather reads the facts of all records. What belongs to an enrolment is read
// after it, and statuses once it is known what belongs to what.
func (j *judge) gather(workbooks []*register.Workbook) {
	records := byKind(workbooks)
	s := &set{
		enrolments:  make([]enrolment, len(records[register.Enrolments])),
		assessments: make([]assessment, len(records[register.Assessments])),
		claims:      make([]claim, len(records[register.Claims])),
		withdrawals: make([]withdrawal, len(records[register.Withdrawals])),
		adjustments: make([]adjustment, len(records[register.Adjustments])),
		courses:     map[register.Key]*course{},
		unenrolled:  map[register.Key]*file{},
		learners:    make(map[string]*learner, len(records[register.Enrolments])),
		ulns:        map[uint64]*learner{},
		sharedULNs:  map[uint64]bool{},
		reference:   j.readReference(&records),
	}
	j.set = s
	for _, wb := range workbooks {
		for _, sheet := range wb.Sheets {
			s.present[sheet.Kind] = true
		}
	}
	j.report.Rows = make([]Row, 0, len(s.enrolments)+len(s.assessments)+len(s.claims)+len(s.withdrawals)+len(s.adjustments))

	j.gatherEnrolments(records[register.Enrolments])
	for i, r := range records[register.Withdrawals] {
		j.readWithdrawal(&s.withdrawals[i], r)
	}
	for i := range s.enrolments {
		j.settleEnrolment(&s.enrolments[i])
	}
	j.gatherAssessments(records[register.Assessments])
	for i, r := range records[register.Claims] {
		j.readClaim(&s.claims[i], r)
	}
	j.settleFiles()
	for i := range s.claims {
		j.settleClaim(&s.claims[i])
	}
	for i := range s.withdrawals {
		j.settleWithdrawal(&s.withdrawals[i])
	}
	for i, r := range records[register.Adjustments] {
		j.readAdjustment(&s.adjustments[i], r)
	}
	j.gatherApplication(workbooks, &records)
}

// byKind sorts the records of all workbooks by the kind of their sheet.
func byKind(workbooks []*register.Workbook) (records [kindCount][]*register.Record) {
	var count [kindCount]int
	for _, wb := range workbooks {
		for _, s := range wb.Sheets {
			count[s.Kind] += len(s.Records)
		}
	}
	for k := range records {
		records[k] = make([]*register.Record, 0, count[k])
	}
	for _, wb := range workbooks {
		for _, s := range wb.Sheets {
			for i := range s.Records {
				records[s.Kind] = append(records[s.Kind], &s.Records[i])
			}
		}
	}
	return records
}

func (j *judge) gatherEnrolments(records []*register.Record) {
	s := j.set
	runs := make([]*enrolment, len(records))
	learners := make([]learner, len(records))
	for i, r := range records {
		e := &s.enrolments[i]
		j.readEnrolment(e, r)
		if r.Key.ID == "" {
			continue
		}
		if e.learner = s.learners[r.Key.ID]; e.learner == nil {
			e.learner = &learners[i]
			s.learners[r.Key.ID] = e.learner
		}
		if !r.Key.IsWhole() {
			continue
		}
		e.learner.learn(e)
		s.hold(e)
		c := &e.learner.first
		if r.Key.Code != e.learner.code {
			if c = s.courses[r.Key]; c == nil {
				c = &course{}
				s.courses[r.Key] = c
			}
		}
		if c.runs == nil {
			c.runs = runs[i : i : i+1]
		}
		c.add(e)
	}
	for i := range learners {
		learners[i].first.choose(j.asOf)
	}
	for _, c := range s.courses {
		c.choose(j.asOf)
	}
	for i, r := range records {
		if e := &s.enrolments[i]; !r.Key.IsWhole() {
			e.isCurrent = true
		}
	}
}

// course returns the enrolments of a whole key, nil where there are none.
func (s *set) course(key register.Key) *course {
	if l := s.learners[key.ID]; l != nil && l.code == key.Code {
		return &l.first
	}
	return s.courses[key]
}

// learn takes over what the learner's enrolment says of them.
func (l *learner) learn(e *enrolment) {
	switch code := e.rec.Key.Code; {
	case l.code == "":
		l.code = code
	case l.code != code:
		l.severally = true
	}
	if l.born.IsZero() {
		l.born = usable(e.rec, register.DateOfBirth)
	}
	if l.uln == 0 {
		l.uln = e.uln
	}
}

// hold notes under which learner a ULN stands.
func (s *set) hold(e *enrolment) {
	if e.uln == 0 {
		return
	}
	switch first := s.ulns[e.uln]; first {
	case e.learner:
	case nil:
		s.ulns[e.uln] = e.learner
	default:
		s.sharedULNs[e.uln] = true
	}
}

// add gives the enrolment its place among those of its key, and its file,
// unless another has the same Course Start.
func (c *course) add(e *enrolment) {
	place, taken := slices.BinarySearchFunc(c.runs, e.start, func(run *enrolment, start calendar.Date) int {
		return compareStarts(run.start, start)
	})
	if taken {
		e.duplicate = true
		return
	}
	e.papers.code = e.rec.Key.Code
	e.file = &e.papers
	c.runs = slices.Insert(c.runs, place, e)
}

// compareStarts orders the starts of courses, no date last.
func compareStarts(a, b calendar.Date) int {
	switch {
	case a == b:
		return 0
	case b.IsZero() || !a.IsZero() && a < b:
		return -1
	default:
		return 1
	}
}

// choose finds the current enrolment.
func (c *course) choose(asOf calendar.Date) {
	if len(c.runs) > 0 {
		c.current = c.on(asOf)
		c.current.isCurrent = true
	}
}

// on returns the enrolment that a record of that day belongs to: the one that
// started last by then, else the earliest.
func (c *course) on(day calendar.Date) *enrolment {
	latest := c.runs[0]
	for _, run := range c.runs[1:] {
		if run.start.IsZero() || run.start > day {
			break
		}
		latest = run
	}
	return latest
}

// belong finds the enrolment and the file of a record with a whole key, by the
// day on which it belongs to one of several enrolments (no date: to the current
// one).
func (s *set) belong(e *entry, day calendar.Date) {
	key := e.rec.Key
	if !key.IsWhole() {
		return
	}
	if c := s.course(key); c != nil {
		e.enrolment = c.current
		if !day.IsZero() {
			e.enrolment = c.on(day)
		}
		e.file = e.enrolment.file
		return
	}
	if e.file = s.unenrolled[key]; e.file == nil {
		e.file = &file{code: key.Code}
		s.unenrolled[key] = e.file
	}
}
