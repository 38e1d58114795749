package digest

import (
	"cmp"
	"slices"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
)

// All is the key that stands for all sections.
const All = "all"

// The keys under which recipients ask for sections.
const (
	keyClaims        = "claims"
	keyRegistrations = "registrations"
	keyWithdrawals   = "withdrawals"
	keyCertificates  = "certificates"
	keyEvidence      = "evidence"
	keyBreaches      = "breaches"
	keyCentre        = "centre"
	keyOther         = "other"
	keyData          = "data"
	keyWorkbooks     = "workbooks"
)

// Other is the key of the section with what has none of its own, such as what the
// rules of a centre's own find.
const Other = keyOther

// keySnoozed is nothing to ask for: what is snoozed is told to those who would
// be told of it awake.
const keySnoozed = "snoozed"

// Keys lists the keys of all sections, All not among them.
func Keys() []string {
	return []string{keyClaims, keyRegistrations, keyWithdrawals, keyCertificates, keyEvidence, keyBreaches, keyCentre, keyOther, keyData, keyWorkbooks}
}

// scope says in words what somebody gets who does not get all.
func scope(r *route) string {
	if r.isWhole() {
		return ""
	}
	var parts []string
	for i := range r.views {
		parts = append(parts, r.views[i].words())
	}
	return strings.Join(parts, "; and ")
}

// words says what a view is of.
func (l *lane) words() string {
	var got []string
	for _, k := range Keys() {
		if l.Gets(k) {
			got = append(got, k)
		}
	}
	text := join(got)
	if len(got) == len(Keys()) {
		text = "everything"
	}
	if len(l.Owners) > 0 {
		text += " for the " + OneLine(join(l.Owners), 200)
	}
	if len(l.Codes) > 0 {
		text += " on " + OneLine(join(l.Codes), 200)
	}
	if l.Tutor != "" {
		text += " about the learners of " + OneLine(l.Tutor, 80)
	}
	return text
}

// How much is shown: items of a section, and steps of an item. The rest is
// counted.
const (
	maxItems = 40
	maxSteps = 8
)

// section is a kind of section: its title, and what an overdue or at-risk
// finding in it is called, one and many.
type section struct {
	title           string
	overdue, atRisk [2]string
}

// The sections for findings, in their order.
const (
	overdueClaims = iota
	claimsDue
	overdueRegistrations
	atRiskRegistrations
	withdrawals
	certificates
	evidence
	missed
	centre
	other
	data
	snoozed // whatever it is of
	sectionCount
)

func sections() [sectionCount]section {
	return [sectionCount]section{
		overdueClaims:        {"Overdue claims", [2]string{"overdue claim", "overdue claims"}, [2]string{}},
		claimsDue:            {"Claims due", [2]string{}, [2]string{"claim at risk", "claims at risk"}},
		overdueRegistrations: {"Overdue registrations", [2]string{"overdue registration", "overdue registrations"}, [2]string{}},
		atRiskRegistrations:  {"Registrations at risk", [2]string{}, [2]string{"registration at risk", "registrations at risk"}},
		withdrawals:          {"Withdrawals", [2]string{"overdue withdrawal", "overdue withdrawals"}, [2]string{"withdrawal at risk", "withdrawals at risk"}},
		certificates:         {"Certificates", [2]string{"overdue action on certificates", "overdue actions on certificates"}, [2]string{}},
		evidence:             {"Evidence at risk", [2]string{"overdue sign-off", "overdue sign-offs"}, [2]string{"assessment at risk", "assessments at risk"}},
		missed:               {"Requirements missed", [2]string{}, [2]string{}},
		centre:               {"Centre", [2]string{"overdue action for the centre's recognition", "overdue actions for the centre's recognition"}, [2]string{"policy of the centre to be reviewed soon", "policies of the centre to be reviewed soon"}},
		other:                {"Other actions", [2]string{"other overdue action", "other overdue actions"}, [2]string{"other action at risk", "other actions at risk"}},
		data:                 {"Data to correct", [2]string{}, [2]string{}},
		snoozed:              {"Snoozed", [2]string{}, [2]string{}},
	}
}

// keyAt is the key of the section in a place.
func keyAt(place int) string {
	switch place {
	case overdueClaims, claimsDue:
		return keyClaims
	case overdueRegistrations, atRiskRegistrations:
		return keyRegistrations
	case withdrawals:
		return keyWithdrawals
	case certificates:
		return keyCertificates
	case evidence:
		return keyEvidence
	case missed:
		return keyBreaches
	case centre:
		return keyCentre
	case data:
		return keyData
	case snoozed:
		return keySnoozed
	}
	return keyOther
}

// placeOf says in which section a finding stands while it is not snoozed: each
// in exactly one.
func placeOf(f *policy.Finding) int { return place(f.Rule, f.Severity, f.Logged) }

func place(rule string, severity policy.Severity, logged bool) int {
	family, _, _ := strings.Cut(rule, "-")
	switch {
	case severity == policy.Data:
		return data
	case family == "ASM":
		return evidence
	case family == "CEN":
		return centre
	case severity == policy.Breach, logged, rule == "REG-04":
		return missed
	case rule == "": // ready to claim
		return claimsDue
	case family == "CLM":
		if severity == policy.Overdue {
			return overdueClaims
		}
		return claimsDue
	case rule == "REG-01", rule == "REG-02":
		if severity == policy.Overdue {
			return overdueRegistrations
		}
		return atRiskRegistrations
	case family == "WDL":
		return withdrawals
	case family == "CRT":
		return certificates
	}
	return other
}

// told is a finding of which a recipient is told, and how much.
type told struct {
	history.Matter
	how Privacy
}

// piled puts all that the recipient is told into piles, one a section, worst and
// earliest first. What one role has to do about one record lies together.
func piled(matters []history.Matter, r *route) (piles [sectionCount][]told) {
	for _, m := range matters {
		i := placeOf(m.Finding)
		how, yes := r.tells(m.Life, i)
		if !yes {
			continue
		}
		if m.Snooze != nil && !m.Logged { // what is logged asks for nothing, awake or not
			i = snoozed
		}
		piles[i] = append(piles[i], told{m, how})
	}
	for _, pile := range piles {
		slices.SortStableFunc(pile, func(a, b told) int {
			return cmp.Or(
				cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
				compareDue(a.Due, b.Due),
				cmp.Compare(a.Workbook, b.Workbook), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row),
				cmp.Compare(a.Owner, b.Owner))
		})
	}
	return piles
}

// compareDue orders by due date; what has none comes last.
func compareDue(a, b calendar.Date) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Compare(a, b)
}
