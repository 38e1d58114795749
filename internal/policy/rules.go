package policy

import (
	"slices"
	"strings"

	"regcert/internal/register"
)

// Rule is one thing that the policy asks, as a value: what it is, who must act
// on it, and the check that finds where it is not so.
type Rule struct {
	ID         string
	Clause     string     // of the policy, such as "P 3.2"
	Severities []Severity // that it can raise; a breach is raised as Info once it is logged
	Owner      string     // who must act
	// OwnerOnEnrolments is who must act on an Enrolments record, where that is
	// somebody else.
	OwnerOnEnrolments string
	// ClauseOnCentre is the clause that it serves on the centre's sheets, where that
	// is another.
	ClauseOnCentre string
	Title          string          // what is wrong where it is raised
	Rationale      string          // why that matters
	Needs          []register.Kind // sheets without which it cannot be answered
	Numbers        []string        // the keys of the numbers that it uses
	LooksAt        []register.Kind // kinds of sheets, other than the one with the record, whose records can change its answer

	clock   clock // what starts its clock
	partial bool  // what can be answered without one of the needed sheets is

	// On and Ask are the check of a rule that was made outside this package: Ask is
	// asked about each record of the kind, of several sets at a time. Wording says
	// what it asks, as its author wrote it.
	On      register.Kind
	Ask     func(*Case) (answer Answer, raised bool)
	Wording string

	// The check, by what it looks at: one of these, or several.
	report     func(*judge)
	sheet      func(*judge, *register.Sheet)
	entry      func(*judge, *entry) // a record of any kind
	enrolment  func(*judge, *enrolment)
	assessment func(*judge, *assessment)
	claim      func(*judge, *claim)
	withdrawal func(*judge, *withdrawal)
	adjustment func(*judge, *adjustment)
	centre     func(*judge, *application) []placed // all of the centre's sheets at once
}

// clock is the day from which a rule counts: it decides which version of the
// policy judges, and whether the record lies before the day from which records
// are judged.
type clock uint8

const (
	// ownClock is Course Start on Enrolments, T on Assessments, the IQA's
	// confirmation on Claims (or Course Start where there is none), Withdrawn On
	// on Withdrawals and Recorded On on Adjustments.
	ownClock clock = iota
	// laterClock is the last unit's sign-off on Enrolments (for claims that are
	// missing) and Certificate Received on Claims.
	laterClock
	// noClock: the version in force on the as-of date judges.
	noClock
)

// OwnerOn returns who must act on what the rule raises on a record of the kind.
func (r *Rule) OwnerOn(k register.Kind) string {
	if k == register.Enrolments && r.OwnerOnEnrolments != "" {
		return r.OwnerOnEnrolments
	}
	return r.Owner
}

// ClauseOn returns the clause that the rule serves on a record of the kind.
func (r *Rule) ClauseOn(k register.Kind) string {
	if k.OfCentre() && r.ClauseOnCentre != "" {
		return r.ClauseOnCentre
	}
	return r.Clause
}

// Rules returns the registry, in the order of IDs.
func Rules() []Rule {
	rules := slices.Concat(datRules(), regRules(), asmRules(), clmRules(), crtRules(), wdlRules(), recRules(), polRules(), cenRules())
	keys := NumberKeys()
	for i := range rules {
		rules[i].LooksAt = looksAt(rules[i].ID)
		for _, k := range keys {
			if slices.Contains(k.UsedBy, rules[i].ID) {
				rules[i].Numbers = append(rules[i].Numbers, k.Key)
			}
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// looksAt lists the kinds of sheets, other than the one with the record, that a
// rule looks at: by way of what a record belongs to, too.
func looksAt(rule string) []register.Kind {
	const (
		enr, asm, clm, wdl = register.Enrolments, register.Assessments, register.Claims, register.Withdrawals
		units, staff       = register.Units, register.Staff
	)
	switch rule {
	case "ASM-01":
		return []register.Kind{enr}
	case "ASM-02", "ASM-03":
		return []register.Kind{staff}
	case "ASM-06":
		return []register.Kind{units}
	case "CLM-01", "CLM-02", "CLM-03", "CLM-04", "CLM-05", "CLM-06", "CLM-08", "": // ready to claim
		return []register.Kind{enr, asm, clm, wdl, units, staff, register.Sanctions}
	case "CEN-01", "CEN-02", "CEN-03", "CEN-07", "CEN-09":
		return []register.Kind{register.Centre}
	case "CEN-04":
		return []register.Kind{register.Centre, register.Contacts}
	case "CEN-05":
		return []register.Kind{register.Centre, register.Policies}
	case "CEN-06":
		return []register.Kind{register.Centre, register.PolicyPoints}
	case "CEN-08":
		return register.CentreKinds()
	case "CLM-07":
		return []register.Kind{enr, asm, units}
	case "DAT-05":
		return []register.Kind{enr, asm, clm, units}
	case "DAT-06":
		return []register.Kind{enr}
	case "DAT-09":
		return []register.Kind{enr, register.Qualifications}
	case "REG-07":
		return []register.Kind{enr, wdl, register.Qualifications}
	case "REG-01", "REG-02", "REG-04", "REG-05", "REG-06", "REG-08", "REG-09", "REG-10", "REG-13":
		return []register.Kind{enr, wdl}
	case "REG-11", "WDL-07":
		return []register.Kind{enr, asm, clm, wdl, units}
	case "WDL-01", "WDL-02", "WDL-03", "WDL-04", "WDL-08":
		return []register.Kind{enr}
	case "WDL-06":
		return []register.Kind{enr, asm, clm, units}
	}
	return nil
}

// notChecked lists the rules that need a kind of sheet that is absent, in their
// order.
func notChecked(rules []Rule, present *[kindCount]bool) []NotChecked {
	var out []NotChecked
	for i := range rules {
		var missing []string
		for _, k := range rules[i].Needs {
			if !present[k] {
				missing = append(missing, "no "+k.String()+" sheet")
			}
		}
		if len(missing) > 0 {
			out = append(out, NotChecked{rules[i].ID, strings.Join(missing, ", ")})
		}
	}
	return out
}
