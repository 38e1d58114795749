package history

import (
	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Reading is what a set of workbooks showed.
type Reading struct {
	AsOf     calendar.Date
	Findings []policy.Finding
	Ready    []policy.Finding             // what is ready to claim (policy.Report.Ready)
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
	n.match(r)
	n.Renamed = n.absent.forgetRenamed(n)
	n.absent.sum(r.AsOf)
	for _, l := range p.Lives {
		if l.seen || l.State == Closed {
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

// group is what has one key.
type group struct {
	findings []*policy.Finding
	lives    []*Life
}

// match finds the life of each finding, or begins one.
func (n *Now) match(r *Reading) {
	groups := map[Key]*group{}
	of := func(k Key) *group {
		g := groups[k]
		if g == nil {
			g = &group{}
			groups[k] = g
		}
		return g
	}
	for _, l := range n.Lives {
		l.seen = false
		g := of(l.Key)
		g.lives = append(g.lives, l)
	}
	n.Matters = make([]Matter, 0, len(r.Findings)+len(r.Ready))
	for _, findings := range [][]policy.Finding{r.Findings, r.Ready} {
		for i := range findings {
			f := &findings[i]
			n.Matters = append(n.Matters, Matter{Finding: f})
			if f.Severity != policy.Info {
				g := of(KeyOf(f))
				g.findings = append(g.findings, f)
			}
		}
	}
	given := make(map[*policy.Finding]*Life, len(n.Matters))
	for key, g := range groups {
		pair(g.findings, g.lives, func(f *policy.Finding, l *Life) {
			given[f], l.seen, l.before = l, true, l.Workbook
		})
		for _, f := range g.findings {
			if given[f] == nil {
				given[f] = &Life{Key: key}
			}
		}
	}
	for i := range n.Matters {
		m := &n.Matters[i]
		switch m.Life = given[m.Finding]; {
		case m.Life == nil: // for information
			m.Life = &Life{Key: KeyOf(m.Finding)}
		case len(m.Life.Events) == 0:
			n.Lives = append(n.Lives, m.Life)
		}
		next := sightOf(m.Finding, r)
		if next.Tutor == "" && n.absent.has(register.Enrolments) {
			next.Tutor = m.Life.Tutor // nobody can say whose learner it is
		}
		m.Life.become(next, r.AsOf)
	}
}

func sightOf(f *policy.Finding, r *Reading) Sight {
	s := Sight{
		Rule: f.Rule, Clause: f.Clause, Severity: f.Severity, Owner: f.Owner, LearnerID: f.LearnerID, QualificationCode: f.QualificationCode, UnitCode: unitOf(f),
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
	if l.Kind.OfCentre() {
		f.UnitCode, f.Subject = "", l.UnitCode
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
