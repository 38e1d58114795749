package policy

import (
	"strings"

	"regcert/internal/register"
)

// application is what the centre's sheets say of its recognition. Without a
// Centre sheet there is none.
type application struct {
	sheets   [kindCount]*register.Sheet           // the first of each of its kinds
	records  [kindCount][]*register.Record        // of its kinds
	items    map[register.Column]*register.Record // the first of each item
	roles    map[string]holding                   // by name
	policies map[string]holding                   // by letter
	points   map[policyPoint]holding
	required []centrePolicy // those that this centre must have

	isRecognised bool
	isIncomplete bool   // it lacks something that it must have
	stage        string // how far it is

	found   map[*register.Record][]found
	nowhere [kindCount][]found // what there is no record for
}

// holding is a thing that the application must have: the first record of it, nil
// where there is none, and whether any record has all that it takes.
type holding struct {
	first *register.Record
	isMet bool
}

// placed is what a rule has found, on which record: where there is none yet, on
// the kind of sheet where it is missed.
type placed struct {
	kind    register.Kind
	rec     *register.Record
	problem problem
}

// found is a placed problem with the rule that found it.
type found struct {
	rule *Rule
	placed
}

// contactRole is a role that somebody must hold, and what AIM calls it in full.
type contactRole struct{ name, wording string }

func contactRoles() []contactRole {
	return []contactRole{
		{"Head of Organisation", "Head of organisation"},
		{"Quality Manager", "Overall quality manager/director"},
		{"Curriculum Development", "Curriculum development contact"},
		{"Quality Assurance", "Quality assurance contact"},
		{"Administration", "Administration/examinations contact"},
		{"Finance", "Finance contact"},
	}
}

// roleNamed returns the name of the role that a text means, empty where there is
// none.
func roleNamed(text string) string {
	for _, r := range contactRoles() {
		if normal := register.NormalHeading(text); normal == register.NormalHeading(r.name) || normal == register.NormalHeading(r.wording) {
			return r.name
		}
	}
	return ""
}

// centrePolicy is a policy that a centre must have, and what must be in it.
type centrePolicy struct {
	letter, name string
	points       []string
}

// policyPoint is a point of the policy with the letter.
type policyPoint struct{ letter, point string }

// examinations is the policy that only centres with invigilated assessment need.
const examinations = "e"

func centrePolicies() []centrePolicy {
	return []centrePolicy{
		{"a", "Appeals", nil},
		{"b", "Complaints", nil},
		{"c", "Conflict of interest", []string{"disclosure", "managing conflicts"}},
		{"d", "Equal opportunities and diversity", nil},
		{examinations, "Examinations", nil},
		{"f", "Internal quality assurance", []string{"verification of assessment tasks", "sampling strategy", "standardisation of assessors", "observation of practice"}},
		{"g", "Malpractice", []string{"identifying", "investigating", "dealing with"}},
		{"h", "Organisation structure", nil},
		{"i", "Reasonable adjustments and special considerations", nil},
		{"j", "Recognition of prior learning", nil},
		{"k", "Learner registrations", []string{"identity verification", "DBS checks", "obtaining a ULN"}},
	}
}

// words names the policy within a sentence.
func (p *centrePolicy) words() string { return p.name + " (policy " + p.letter + ")" }

func (p *centrePolicy) subject() string { return "Policy " + p.letter }

func (p *centrePolicy) pointSubject(point string) string { return p.subject() + ": " + point }

// policyNamed returns which of the policies a record's Letter names, nil where
// none does.
func policyNamed(policies []centrePolicy, r *register.Record) *centrePolicy {
	v := r.Value(register.Letter)
	for i := range policies {
		if v.IsReadable() && register.NormalHeading(v.Text) == policies[i].letter {
			return &policies[i]
		}
	}
	return nil
}

// pointNamed returns the point of the policy that a text means, empty where
// there is none.
func (p *centrePolicy) pointNamed(text string) string {
	for _, point := range p.points {
		if register.NormalHeading(point) == register.NormalHeading(text) {
			return point
		}
	}
	return ""
}

// gatherApplication reads the centre's sheets, and finds what is to be said of
// them: much of it of no record, or of one by way of others.
func (j *judge) gatherApplication(workbooks []*register.Workbook, records *[kindCount][]*register.Record) {
	if !j.set.present[register.Centre] {
		return
	}
	a := &application{
		items: map[register.Column]*register.Record{}, roles: map[string]holding{}, policies: map[string]holding{}, points: map[policyPoint]holding{},
		found: map[*register.Record][]found{},
	}
	for _, k := range register.CentreKinds() {
		a.records[k] = records[k]
	}
	for _, wb := range workbooks {
		for _, s := range wb.Sheets {
			if s.Kind.OfCentre() && a.sheets[s.Kind] == nil {
				a.sheets[s.Kind] = s
			}
		}
	}
	a.read(j)
	a.isRecognised = j.isGiven(a, register.RecognisedOn)
	for i := range j.rules {
		rule := &j.rules[i]
		if rule.centre == nil {
			continue
		}
		for _, p := range rule.centre(j, a) {
			a.isIncomplete = a.isIncomplete || isGap(rule.ID, p.problem.severity)
			if p.rec != nil {
				a.found[p.rec] = append(a.found[p.rec], found{rule, p})
			} else {
				a.nowhere[p.kind] = append(a.nowhere[p.kind], found{rule, p})
			}
		}
	}
	a.stage = j.stageOf(a)
	j.set.application, j.report.Stage = a, a.stage
}

// read finds the records of what the application must have.
func (a *application) read(j *judge) {
	for _, r := range a.records[register.Centre] {
		if item := r.Item(); item != 0 && a.items[item] == nil {
			a.items[item] = r
		}
	}
	for _, p := range centrePolicies() {
		if p.letter != examinations || a.value(register.OffersInvigilatedAssessment).IsYes() {
			a.required = append(a.required, p)
		}
	}
	for _, r := range a.records[register.Contacts] {
		if role := roleNamed(textOf(r, register.ContactRole)); role != "" {
			a.roles[role] = a.roles[role].with(r, j.isSet(r, register.StaffName) && j.isSet(r, register.Email))
		}
	}
	all := centrePolicies()
	for _, r := range a.records[register.Policies] {
		if p := policyNamed(all, r); p != nil {
			a.policies[p.letter] = a.policies[p.letter].with(r, j.isSet(r, register.Document))
		}
	}
	for _, r := range a.records[register.PolicyPoints] {
		if p := policyNamed(all, r); p != nil {
			if point := p.pointNamed(textOf(r, register.Point)); point != "" {
				at := policyPoint{p.letter, point}
				a.points[at] = a.points[at].with(r, isYes(r, register.Covered))
			}
		}
	}
}

// with takes in a record of the thing.
func (h holding) with(r *register.Record, isMet bool) holding {
	if h.first == nil {
		h.first = r
	}
	h.isMet = h.isMet || isMet
	return h
}

// value is what stands beside an item, blank where the item has no row.
func (a *application) value(item register.Column) register.Value {
	if r := a.items[item]; r != nil {
		return r.Value(register.ItemValue)
	}
	return register.Value{}
}

// recommendation is that of the centre lead, empty where there is none that can
// be read.
func (a *application) recommendation() string {
	if v := a.value(register.Recommendation); v.IsReadable() {
		return v.Text
	}
	return ""
}

// onItem places a problem on the row of an item.
func (a *application) onItem(item register.Column, p problem) placed {
	p.column, p.look, p.subject = item, register.ItemValue, item.String()
	return placed{register.Centre, a.items[item], p}
}

// textOf returns the text of a cell, empty where there is none that can be read.
func textOf(r *register.Record, c register.Column) string {
	if v := r.Value(c); v.IsReadable() {
		return v.Text
	}
	return ""
}

// subjectOf says what a record of the centre's sheets is about, in the words of
// the requirements where they have any; empty for any other record.
func subjectOf(r *register.Record) string {
	switch r.Sheet.Kind {
	case register.Centre:
		if item := r.Item(); item != 0 {
			return item.String()
		}
		return textOf(r, register.Item)
	case register.Sites:
		return textOf(r, register.SiteName)
	case register.Contacts:
		text := textOf(r, register.ContactRole)
		if role := roleNamed(text); role != "" {
			return role
		}
		return text
	case register.Policies, register.PolicyPoints:
		return policySubject(r)
	}
	return ""
}

func policySubject(r *register.Record) string {
	letter, point := textOf(r, register.Letter), textOf(r, register.Point)
	subject := strings.TrimSpace("Policy " + letter)
	if p := policyNamed(centrePolicies(), r); p != nil {
		subject = p.subject()
		if known := p.pointNamed(point); known != "" {
			point = known
		}
	}
	switch {
	case letter == "" && point == "":
		return ""
	case point != "":
		return subject + ": " + point
	}
	return subject
}

// IsApplying reports whether an application for recognition is under way.
func (r *Report) IsApplying() bool {
	switch r.Stage {
	case "", notStarted, rejected, recognised:
		return false
	}
	return true
}

// onApplication judges a record of the centre's sheets.
func (j *judge) onApplication(p *plan, e *entry) {
	j.begin(e)
	a := j.set.application
	if a != nil {
		for _, f := range a.found[e.rec] {
			j.rule = f.rule
			j.raise(f.problem)
		}
	}
	for _, r := range p.rules {
		j.rule = r
		if r.entry != nil {
			r.entry(j, e)
		}
		if r.Ask != nil {
			j.ask(e)
		}
	}
	if a == nil {
		return
	}
	e.status = rowStatus(j.report.Findings[j.first:])
	if e.rec == a.items[register.ApplicationSubmitted] {
		e.status = a.stage
	}
	j.addRow(e)
}

// rowStatus is the status of a row on which those findings are.
func rowStatus(findings []Finding) string {
	status := inOrder
	for i := range findings {
		switch f := &findings[i]; {
		case isGap(f.Rule, f.Severity):
			return missing
		case f.Severity == Overdue:
			status = overdue
		case (f.Severity == AtRisk || f.Severity == Todo) && status == inOrder:
			status = dueSoon
		}
	}
	return status
}

// onNowhere raises what is missed on a kind of sheet: on row 0 of the sheet of
// that name.
func (j *judge) onNowhere(kind register.Kind, workbook, sheet string) {
	j.sheet = &register.Sheet{Workbook: workbook, Name: sheet, Kind: kind}
	j.begin(nil)
	for _, f := range j.set.application.nowhere[kind] {
		j.rule = f.rule
		j.raise(f.problem)
	}
}

// onMissed raises what no record stands for before the first sheet of its kind.
func (j *judge) onMissed(s *register.Sheet) {
	if a := j.set.application; a != nil && a.sheets[s.Kind] == s {
		j.onNowhere(s.Kind, s.Workbook, s.Name)
	}
}

// onAbsent raises, behind the workbook with the Centre sheet, what is missed on
// sheets that are not there.
func (j *judge) onAbsent(wb *register.Workbook) {
	a := j.set.application
	if a == nil || a.sheets[register.Centre].Workbook != wb.Path {
		return
	}
	for _, k := range register.CentreKinds() {
		if a.sheets[k] == nil {
			j.onNowhere(k, wb.Path, k.String())
		}
	}
}
