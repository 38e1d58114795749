package digest

import (
	"cmp"
	"slices"
	"strings"

	"regcert/internal/policy"
	"regcert/internal/register"
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
	keyOther         = "other"
	keyData          = "data"
	keyWorkbooks     = "workbooks"
)

// keySnoozed is nothing to ask for: what is snoozed is told to those who would
// be told of it awake.
const keySnoozed = "snoozed"

// Keys lists the keys of all sections, All not among them.
func Keys() []string {
	return []string{keyClaims, keyRegistrations, keyWithdrawals, keyCertificates, keyEvidence, keyBreaches, keyOther, keyData, keyWorkbooks}
}

// gets reports whether the recipient is told of the sections with the key.
func (r Recipient) gets(key string) bool {
	return len(r.Sections) == 0 || slices.Contains(r.Sections, All) || slices.Contains(r.Sections, key)
}

// scope names the sections of a recipient who does not get all.
func scope(who Recipient) string {
	var got []string
	for _, k := range Keys() {
		if who.gets(k) {
			got = append(got, k)
		}
	}
	if len(got) == len(Keys()) {
		return ""
	}
	return join(got)
}

// How much is shown: items of a section, and steps of an item. The rest is
// counted.
const (
	maxItems = 40
	maxSteps = 8
)

// section is a kind of section: its name, and what an overdue or at-risk
// finding in it is called, one and many.
type section struct {
	key, title      string
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
	other
	data
	snoozed // whatever it is of
	sectionCount
)

func sections() [sectionCount]section {
	return [sectionCount]section{
		overdueClaims:        {keyClaims, "Overdue claims", [2]string{"overdue claim", "overdue claims"}, [2]string{}},
		claimsDue:            {keyClaims, "Claims due", [2]string{}, [2]string{"claim at risk", "claims at risk"}},
		overdueRegistrations: {keyRegistrations, "Overdue registrations", [2]string{"overdue registration", "overdue registrations"}, [2]string{}},
		atRiskRegistrations:  {keyRegistrations, "Registrations at risk", [2]string{}, [2]string{"registration at risk", "registrations at risk"}},
		withdrawals:          {keyWithdrawals, "Withdrawals", [2]string{"overdue withdrawal", "overdue withdrawals"}, [2]string{"withdrawal at risk", "withdrawals at risk"}},
		certificates:         {keyCertificates, "Certificates", [2]string{"overdue action on certificates", "overdue actions on certificates"}, [2]string{}},
		evidence:             {keyEvidence, "Evidence at risk", [2]string{"overdue sign-off", "overdue sign-offs"}, [2]string{"assessment at risk", "assessments at risk"}},
		missed:               {keyBreaches, "Requirements missed", [2]string{}, [2]string{}},
		other:                {keyOther, "Other actions", [2]string{"other overdue action", "other overdue actions"}, [2]string{"other action at risk", "other actions at risk"}},
		data:                 {keyData, "Data to correct", [2]string{}, [2]string{}},
		snoozed:              {keySnoozed, "Snoozed", [2]string{}, [2]string{}},
	}
}

// place says in which section a finding stands while it is not snoozed: each in
// exactly one.
func place(f *policy.Finding) int {
	family, _, _ := strings.Cut(f.Rule, "-")
	switch {
	case f.Severity == policy.Data:
		return data
	case family == "ASM":
		return evidence
	case f.Severity == policy.Breach, f.Logged, f.Rule == "REG-04":
		return missed
	case isReadyToClaim(f):
		return claimsDue
	case family == "CLM":
		if f.Severity == policy.Overdue {
			return overdueClaims
		}
		return claimsDue
	case f.Rule == "REG-01":
		return overdueRegistrations
	case f.Rule == "REG-02":
		return atRiskRegistrations
	case family == "WDL":
		return withdrawals
	case family == "CRT":
		return certificates
	}
	return other
}

// piled puts all that the recipient is told into piles, one a section, worst and
// earliest first. What one role has to do about one record lies together.
func piled(in Input, who Recipient) (piles [sectionCount][]*policy.Finding) {
	kinds := sections()
	add := func(f *policy.Finding) {
		i := place(f)
		if !who.gets(kinds[i].key) {
			return
		}
		if f.Snooze != nil && !f.Logged { // what is logged asks for nothing, awake or not
			i = snoozed
		}
		piles[i] = append(piles[i], f)
	}
	for i := range in.Report.Findings {
		add(&in.Report.Findings[i])
	}
	for i := range in.Report.Rows {
		if f := readyToClaim(&in.Report.Rows[i], in); f != nil {
			add(f)
		}
	}
	for _, pile := range piles {
		slices.SortStableFunc(pile, func(a, b *policy.Finding) int {
			return cmp.Or(
				cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
				compareDue(a, b),
				cmp.Compare(a.Workbook, b.Workbook), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row),
				cmp.Compare(a.Owner, b.Owner))
		})
	}
	return piles
}

// compareDue orders by due date; what has none comes last.
func compareDue(a, b *policy.Finding) int {
	if a.Due.IsZero() != b.Due.IsZero() {
		if a.Due.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.Due, b.Due)
}

// readyToClaim makes of a row that waits for its claim what stands in the list,
// and nil of any other. No rule finds fault with such a row: there is a claim to
// submit, and time to do it.
func readyToClaim(r *policy.Row, in Input) *policy.Finding {
	rec := r.Record
	if r.Status != "Ready to claim" || rec.Sheet.Kind != register.Claims {
		return nil
	}
	return &policy.Finding{
		Clause: "P 5.3", Severity: policy.Todo, Owner: policy.ComplianceTeam,
		Workbook: rec.Sheet.Workbook, Sheet: rec.Sheet.Name, Kind: rec.Sheet.Kind, Row: rec.Row, Col: rec.Sheet.Column(register.ClaimSubmitted),
		LearnerID: rec.LearnerID(), QualificationCode: rec.QualificationCode(), Snooze: r.Snooze,
		Due: r.Deadline, WorkingDaysLeft: in.Calendar.Left(in.Report.AsOf, r.Deadline),
		Action: "Submit the claim to AIM by " + r.Deadline.Long(),
	}
}

// isReadyToClaim reports whether f was made of a row.
func isReadyToClaim(f *policy.Finding) bool { return f.Rule == "" }
