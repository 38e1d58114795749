package policy

import (
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// reference is what the reference sheets say, by code as codes are compared.
type reference struct {
	qualifications map[string]*register.Record // the first of each code
	units          map[string]*unitList
	staff          map[string][]approval // by name as texts are compared
	sanctions      map[string][]sanction // by code; under allCodes those for all
}

const allCodes = "*"

// unitList is the units of one qualification.
type unitList struct {
	byCode    map[string]*unit
	mandatory int // how many of them are
}

// unit is one unit of a qualification.
type unit struct {
	rec         *register.Record
	isMandatory bool
}

// approval is a Staff record.
type approval struct {
	rec               *register.Record
	isAssessor, isIQA bool
	from, to          calendar.Date // no date: open
	all               bool          // for every qualification
	codes             []string
}

// sanction is a Sanctions record with a usable From.
type sanction struct {
	rec      *register.Record
	from, to calendar.Date // no date in to: open
}

func (j *judge) readReference(records *[kindCount][]*register.Record) reference {
	ref := reference{
		qualifications: map[string]*register.Record{},
		units:          map[string]*unitList{},
		staff:          map[string][]approval{},
		sanctions:      map[string][]sanction{},
	}
	for _, r := range records[register.Qualifications] {
		if code := codeOf(r, register.QualificationCode); code != "" && ref.qualifications[code] == nil {
			ref.qualifications[code] = r
		}
	}
	for _, r := range records[register.Units] {
		ref.addUnit(r)
	}
	for _, r := range records[register.Staff] {
		if name := r.Value(register.StaffName); name.IsReadable() {
			key := register.Fold(name.Text)
			ref.staff[key] = append(ref.staff[key], readApproval(r))
		}
	}
	for _, r := range records[register.Sanctions] {
		ref.addSanction(r)
	}
	return ref
}

// codeOf returns a code as codes are compared, empty where there is none that
// can be read.
func codeOf(r *register.Record, c register.Column) string {
	if v := r.Value(c); v.IsReadable() {
		return register.NormalCode(v.Text)
	}
	return ""
}

// addUnit takes the first record of each unit.
func (ref *reference) addUnit(r *register.Record) {
	qualification, code := codeOf(r, register.QualificationCode), codeOf(r, register.UnitCode)
	if qualification == "" || code == "" {
		return
	}
	list := ref.units[qualification]
	if list == nil {
		list = &unitList{byCode: map[string]*unit{}}
		ref.units[qualification] = list
	}
	if list.byCode[code] != nil {
		return
	}
	u := &unit{rec: r, isMandatory: isYes(r, register.Mandatory)}
	list.byCode[code] = u
	if u.isMandatory {
		list.mandatory++
	}
}

func readApproval(r *register.Record) approval {
	a := approval{rec: r, from: usable(r, register.ApprovedFrom), to: usable(r, register.ApprovedTo)}
	if role := r.Value(register.StaffRole); role.IsReadable() {
		a.isAssessor, a.isIQA = register.Roles(role.Text)
	}
	codes := r.Value(register.QualificationCodes)
	a.all = codes.IsBlank()
	if codes.IsReadable() {
		for _, code := range strings.Split(codes.Text, ",") {
			if code = register.NormalCode(code); code != "" {
				a.codes = append(a.codes, code)
			}
		}
	}
	return a
}

// covers reports whether the approval is for the qualification on the day.
func (a *approval) covers(code string, day calendar.Date) bool {
	if !a.from.IsZero() && day < a.from || !a.to.IsZero() && day > a.to {
		return false
	}
	if a.all {
		return true
	}
	for _, c := range a.codes {
		if c == code {
			return true
		}
	}
	return false
}

// approvalOf returns what approved the person of that name, as texts are
// compared, in the role, nil where nothing did.
func (ref *reference) approvalOf(name string, inRole func(*approval) bool, code string, day calendar.Date) *approval {
	records := ref.staff[name]
	for i := range records {
		if a := &records[i]; inRole(a) && a.covers(code, day) {
			return a
		}
	}
	return nil
}

// addSanction takes a sanction that has begun or will. Without a code it is for
// all qualifications; with one that cannot be read, for none.
func (ref *reference) addSanction(r *register.Record) {
	s := sanction{rec: r, from: usable(r, register.From), to: usable(r, register.To)}
	if s.from.IsZero() {
		return
	}
	code := codeOf(r, register.QualificationCode)
	if r.Value(register.QualificationCode).IsBlank() {
		code = allCodes
	}
	if code != "" {
		ref.sanctions[code] = append(ref.sanctions[code], s)
	}
}

// sanctionOn returns a sanction for the qualification, or for all, that is in
// force on the day, nil where none is.
func (ref *reference) sanctionOn(code string, day calendar.Date) *sanction {
	for _, key := range [...]string{code, allCodes} {
		for i := range ref.sanctions[key] {
			if s := &ref.sanctions[key][i]; s.from <= day && (s.to.IsZero() || day <= s.to) {
				return s
			}
		}
	}
	return nil
}
