package digest

import (
	"slices"

	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Recipient is who is told.
type Recipient struct {
	Name  string
	Views []View // one for each role that they have; none for everything
}

// View is what somebody in one role is told, and how much of it.
type View struct {
	Sections []string // keys; none, or All, for all
	Owners   []string // whose actions: roles; none for all
	Codes    []string // of which qualifications; none for all
	Tutor    string   // of whose learners: a name as the Tutor column has it; empty for all
	Privacy  Privacy
}

// Privacy says how much a recipient is told of learners. Dates of birth, ULNs
// and the like are told to nobody.
type Privacy string

// The tiers, the most reserved first.
const (
	Counts     Privacy = "counts"     // how many, and no learner
	References Privacy = "references" // Learner IDs; also where nothing is said
	Initials   Privacy = "initials"   // and initials
	Names      Privacy = "names"      // and names
)

// Tiers lists the tiers of privacy, the most reserved first.
func Tiers() []Privacy { return []Privacy{Counts, References, Initials, Names} }

// rank orders tiers, the most reserved first.
func (p Privacy) rank() int {
	if p == "" {
		p = References
	}
	return slices.Index(Tiers(), p)
}

// Gets reports whether the view has the sections with the key.
func (v *View) Gets(key string) bool {
	return len(v.Sections) == 0 || slices.Contains(v.Sections, All) || slices.Contains(v.Sections, key)
}

// route is a recipient's views, made ready for many questions.
type route struct {
	views []lane
	most  Privacy // the most open tier that any view has
}

// lane is a view with what it compares as it is compared.
type lane struct {
	View
	codes map[string]bool
	tutor string
}

func newRoute(who Recipient) *route {
	views := who.Views
	if len(views) == 0 {
		views = []View{{}}
	}
	r := &route{most: Counts}
	for _, v := range views {
		l := lane{View: v, tutor: history.Pseudonym(v.Tutor)}
		if len(v.Codes) > 0 {
			l.codes = map[string]bool{}
			for _, c := range v.Codes {
				l.codes[register.NormalCode(c)] = true
			}
		}
		if v.Privacy.rank() > r.most.rank() {
			r.most = v.Privacy
		}
		r.views = append(r.views, l)
	}
	return r
}

// gets reports whether the recipient is told of the sections with the key.
func (r *route) gets(key string) bool {
	return slices.ContainsFunc(r.views, func(l lane) bool { return l.Gets(key) })
}

// isWhole reports whether one of the views is of everything.
func (r *route) isWhole() bool {
	return slices.ContainsFunc(r.views, func(l lane) bool {
		return len(l.Owners) == 0 && l.codes == nil && l.tutor == "" && !slices.ContainsFunc(Keys(), func(k string) bool { return !l.Gets(k) })
	})
}

// tells reports whether the recipient is told of a finding that stands in the
// place, and how much: as much as the most open of the views that have it.
func (r *route) tells(l *history.Life, place int) (how Privacy, told bool) {
	for i := range r.views {
		v := &r.views[i]
		switch {
		case !v.Gets(keyAt(place)):
		case len(v.Owners) > 0 && !slices.Contains(v.Owners, l.Owner):
		case v.codes != nil && !v.codes[l.Code]:
		case v.tutor != "" && v.tutor != l.Tutor:
		case !told || v.Privacy.rank() > how.rank():
			how, told = v.Privacy, true
		}
	}
	return how, told
}

// admits is tells for how a finding stood at some time.
func (r *route) admits(l *history.Life, s history.Standing) bool {
	_, told := r.tells(l, place(l.Rule, s.Severity, false))
	return told
}

// person is a learner's name, as the Enrolments sheet has it.
type person struct{ first, last string }

// namesOf gathers the learners' names by Learner ID.
func namesOf(report *policy.Report) map[string]person {
	names := map[string]person{}
	for i := range report.Rows {
		rec := report.Rows[i].Record
		if rec.Sheet.Kind != register.Enrolments || rec.Key.ID == "" {
			continue
		}
		if _, known := names[rec.Key.ID]; !known {
			names[rec.Key.ID] = person{text(rec, register.LegalFirstName), text(rec, register.LegalLastName)}
		}
	}
	return names
}

func text(rec *register.Record, c register.Column) string {
	if v := rec.Value(c); v.IsReadable() {
		return v.Text
	}
	return ""
}

// shown is the name as the tier shows it: nothing, initials, or all of it.
func (p person) shown(how Privacy) string {
	switch how {
	case Names:
		return OneLine(p.first+" "+p.last, 80)
	case Initials:
		out := ""
		for _, name := range []string{p.first, p.last} {
			for _, r := range OneLine(name, 80) {
				out += string(r) + "."
				break
			}
		}
		return out
	}
	return ""
}
