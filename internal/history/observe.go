package history

import (
	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Reading is what a set of workbooks showed.
type Reading struct {
	AsOf     calendar.Date
	Findings []policy.Finding             // and what is ready to claim
	Books    []Book                       // all of the set
	Expects  func(workbook string) bool   // reports whether the set would have the workbook, if it were there
	Tutor    func(*policy.Finding) string // names the tutor of the learner; may be nil
	Left     func(due calendar.Date) int  // the centre days left to a due date, for what is only remembered; may be nil
}

// Book is a workbook of the set.
type Book struct {
	Path   string
	Read   bool
	Gone   bool                     // it is not read because it is not there
	Sheets map[string]register.Kind // those that were read, by name
	Unread []string                 // those that are known and could not be read
}

// Matter is a finding with its life.
type Matter struct {
	*policy.Finding       // of one that is Kept, what is remembered of it
	Life            *Life // of what is for information one that is not kept
	// AsOf is the day on which it was last seen, where it was kept because what
	// it stands on could not be read this time. No date where it was seen.
	AsOf calendar.Date
}

// Now is what there is, after a reading.
type Now struct {
	AsOf    calendar.Date
	Matters []Matter                // in the order of the findings; those that were kept come last
	Lives   []*Life                 // of the past and of now
	Sheets  map[Sheet]register.Kind // that were read
	Renamed []string                // workbooks that have another name now
	Past    *Past

	absent  absences
	looksAt map[string][]register.Kind // by rule
}

// Observe says what a reading makes of what was known, which it takes over. A
// finding that is not seen any more is closed, unless what it stands on, or what
// its rule looks at, could not be read.
func (p *Past) Observe(r *Reading) *Now {
	n := &Now{AsOf: r.AsOf, Past: p, Lives: p.Lives, Sheets: map[Sheet]register.Kind{}, looksAt: looksAt()}
	for i := range r.Books {
		for name, kind := range r.Books[i].Sheets {
			n.Sheets[Sheet{r.Books[i].Path, name}] = kind
		}
	}
	n.absent = absentFrom(p, r)
	seen := n.match(r)
	n.Renamed = n.absent.forgetRenamed(n, seen)
	n.absent.sum(r.AsOf)
	for _, l := range p.Lives {
		if _, isSeen := seen[l]; isSeen || l.State == Closed {
			continue
		}
		if day, kept := n.keeps(l); kept {
			if l.State == Snoozed && l.Until < r.AsOf {
				l.wake(r.AsOf)
			}
			n.Matters = append(n.Matters, Matter{Finding: l.remembered(r), Life: l, AsOf: day})
			continue
		}
		next := l.Sight
		next.State, next.Until = Closed, 0
		l.become(next, r.AsOf)
	}
	return n
}

// looksAt is what kinds of sheets each rule looks at. What is ready to claim has
// none, and is judged as a claim at risk is.
func looksAt() map[string][]register.Kind {
	kinds := map[string][]register.Kind{}
	for _, r := range policy.Rules() {
		kinds[r.ID] = r.LooksAt
	}
	kinds[""] = kinds["CLM-02"]
	return kinds
}

// keeps reports whether a life that is not seen goes on, because nobody could
// see it, or because the answer may hang on what is missing; and when it was last
// seen.
func (n *Now) keeps(l *Life) (calendar.Date, bool) {
	if last, missing := n.absent.sheets[Sheet{l.Workbook, l.Sheet}]; missing {
		return last.Day, true
	}
	var latest calendar.Date
	for _, k := range n.looksAt[l.Rule] {
		latest = max(latest, n.absent.latest[k])
	}
	return latest, !latest.IsZero()
}

// Doubtful reports whether a finding may be raised only because something that
// its rule looks at could not be read: of late, or this time and not the last.
func (n *Now) Doubtful(m Matter) bool {
	var previous calendar.Date
	for _, o := range n.Past.Observations {
		if o.Day < n.AsOf {
			previous = o.Day
		}
	}
	for _, k := range n.looksAt[m.Rule] {
		if day := n.absent.latest[k]; !day.IsZero() && (n.AsOf-day <= doubtFor || day == previous) {
			return true
		}
	}
	return false
}

// match finds the life of each finding, or begins one, and returns in which
// workbooks the lives that were seen were before.
func (n *Now) match(r *Reading) (seen map[*Life]string) {
	lives := map[Key][]*Life{}
	for _, l := range n.Lives {
		lives[l.Key] = append(lives[l.Key], l)
	}
	findings := map[Key][]*policy.Finding{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity != policy.Info {
			k := KeyOf(f)
			findings[k] = append(findings[k], f)
		}
	}
	seen = make(map[*Life]string, len(r.Findings))
	of := make(map[*policy.Finding]*Life, len(r.Findings))
	for k, some := range findings {
		pair(some, lives[k], func(f *policy.Finding, l *Life) { of[f], seen[l] = l, l.Workbook })
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		l := of[f]
		if l == nil {
			l = &Life{Key: KeyOf(f)}
			if f.Severity != policy.Info {
				n.Lives = append(n.Lives, l)
			}
		}
		next := sightOf(f, r)
		if next.Tutor == "" && n.absent.has(register.Enrolments) {
			next.Tutor = l.Tutor // nobody can say whose learner it is
		}
		l.become(next, r.AsOf)
		n.Matters = append(n.Matters, Matter{Finding: f, Life: l})
	}
	return seen
}

func sightOf(f *policy.Finding, r *Reading) Sight {
	s := Sight{
		Rule: f.Rule, Clause: f.Clause, Severity: f.Severity, Owner: f.Owner, LearnerID: f.LearnerID, QualificationCode: f.QualificationCode, UnitCode: f.UnitCode,
		Due: f.Due, Workbook: f.Workbook, Sheet: f.Sheet, Row: f.Row, Col: f.Col, Action: f.Action, State: Open,
	}
	if f.Snooze != nil {
		s.State, s.Until = Snoozed, f.Snooze.Until
	}
	if r.Tutor != nil {
		s.Tutor = Pseudonym(r.Tutor(f))
	}
	return s
}

// become takes over how the finding is seen now.
func (l *Life) become(next Sight, day calendar.Date) {
	l.changed = l.changed || l.Sight != next
	if l.ID == 0 && len(l.Events) == 0 || l.State != next.State || l.Severity != next.Severity {
		l.Events = append(l.Events, Event{Present, day, next.State, next.Severity})
	}
	l.Sight = next
}

// wake ends a snooze that has run out while nobody could look at the record.
func (l *Life) wake(day calendar.Date) {
	next := l.Sight
	next.State, next.Until = Open, 0
	l.become(next, day)
}

// remembered is the finding as it was last seen. What was found then is not
// remembered, as it may quote cells.
func (l *Life) remembered(r *Reading) *policy.Finding {
	f := &policy.Finding{
		Rule: l.Rule, Clause: l.Clause, Severity: l.Severity, Owner: l.Owner, LearnerID: l.LearnerID, QualificationCode: l.QualificationCode, UnitCode: l.UnitCode,
		Kind: l.Kind, Field: l.Field, Due: l.Due, Workbook: l.Workbook, Sheet: l.Sheet, Row: l.Row, Col: l.Col, Action: l.Action,
	}
	if l.State == Snoozed {
		f.Snooze = &policy.Snooze{Until: l.Until}
	}
	if r.Left != nil && !f.Due.IsZero() {
		f.WorkingDaysLeft = r.Left(f.Due)
	}
	return f
}

// Changed lists the lives that are not recorded as they are.
func (n *Now) Changed() []*Life {
	var out []*Life
	for _, l := range n.Lives {
		if l.changed {
			out = append(out, l)
		}
	}
	return out
}

// Recorded takes over which observation recorded what has changed. Lives have
// their IDs by now.
func (n *Now) Recorded(o Observation) {
	for _, l := range n.Lives {
		if !l.changed {
			continue
		}
		l.changed = false
		for i := range l.Events {
			if l.Events[i].Observation == Present {
				l.Events[i].Observation = o.ID
			}
		}
	}
	n.Past.Observations = append(n.Past.Observations, o)
}

// TutorsOf returns what names the tutor of a finding's learner, from the
// Enrolments records of the report: that of the qualification, or else of any.
func TutorsOf(report *policy.Report) func(*policy.Finding) string {
	by := map[register.Key]string{}
	for i := range report.Rows {
		rec := report.Rows[i].Record
		if rec.Sheet.Kind != register.Enrolments || rec.Key.ID == "" {
			continue
		}
		if tutor := rec.Value(register.Tutor); tutor.IsReadable() {
			by[rec.Key] = tutor.Text
			by[register.Key{ID: rec.Key.ID}] = tutor.Text
		}
	}
	return func(f *policy.Finding) string {
		key := register.Key{ID: register.NormalID(f.LearnerID), Code: register.NormalCode(f.QualificationCode)}
		if tutor, known := by[key]; known || key.ID == "" {
			return tutor
		}
		return by[register.Key{ID: key.ID}]
	}
}
