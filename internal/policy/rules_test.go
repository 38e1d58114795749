package policy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// theRules is the rulebook in short: ID, clause, severities, owner.
const theRules = `
ASM-01 P 3.1    breach              Assessor
ASM-02 P 5.1(2) breach,at-risk      Quality Team
ASM-03 P 5.1(3) breach,at-risk      Quality Team
ASM-04 P 5.2(2) breach,at-risk      Quality Team
ASM-05 P 5.1(3) todo,overdue        IQA
ASM-06 P 3.4    data                Quality Team
ASM-07 P 5.2(1) data                Assessor
ASM-08 P 5.2(1) data                Assessor
CEN-01 C        todo                Administration Team
CEN-02 C        todo,overdue        Administration Team
CEN-03 C        todo                Administration Team
CEN-04 C        todo                Head of Organisation
CEN-05 C        todo,overdue,at-risk Quality Team
CEN-06 C        todo                Quality Team
CEN-07 C        todo                Head of Organisation
CEN-08 C        breach              Head of Organisation
CEN-09 C        todo,overdue        Head of Organisation
CLM-01 P 5.3    overdue             Compliance Team
CLM-02 P 5.3    at-risk             Compliance Team
CLM-03 P 5.3    breach              Compliance Team
CLM-04 P 5.1    overdue,at-risk,todo Quality Team
CLM-05 P 5.1    breach              Quality Team
CLM-06 P 5.2(5) todo                Compliance Team
CLM-07 P 5.2(4) data                Compliance Team
CLM-08 P 5.3    overdue,at-risk,todo Quality Team
CRT-01 P 5.2(6) todo,overdue        Administration Team
CRT-02 P 5.2(6) breach              Administration Team
CRT-03 P 5.4    overdue             Administration Team
CRT-04 P 5.4    breach              Quality Team
CRT-05 P 5.2(6) todo,overdue        Administration Team
CRT-06 P 5.2(6) overdue             Administration Team
DAT-01 P 3.1    data                Administration Team
DAT-02 P 3.1    data                Administration Team
DAT-04 P 3.1    data                Administration Team
DAT-05 P 3.1    data                Administration Team
DAT-06 P 3.1    data                Administration Team
DAT-07 P 3.1    data                Administration Team
DAT-08 P 3.1    data                Administration Team
DAT-09 P 3.1    data                Administration Team
DAT-10 P 3.1    data                Administration Team
DAT-11 P 3.1    data                Administration Team
DAT-12 P 3.1    data                Administration Team
POL-01 P 7.1    overdue,at-risk     Head of Quality
REC-01 P 6.1    todo                Quality Team
REC-02 P 6.1    breach              Quality Team
REC-03 P 6.1    info                Quality Team
REG-01 P 3.2    overdue             Administration Team
REG-02 P 3.3(5) at-risk             Administration Team
REG-03 P 3.2    breach              Compliance Team
REG-04 P 3.5    todo                Compliance Team
REG-05 P 3.3(4) todo                Administration Team
REG-06 P 3.4    todo,overdue,breach Quality Team
REG-07 P 3.4    data                Quality Team
REG-08 P 3.3(1) todo,overdue,breach Tutor
REG-09 P 3.3(2) todo                Admissions Team
REG-10 P 3.3(3) todo                Administration Team
REG-11 P 4.1(5) overdue,at-risk     Quality Team
REG-12 P 3.3(4) data                Administration Team
REG-13 P 3.3(2) todo                Admissions Team
WDL-01 P 4.2(2) overdue             Compliance Team
WDL-02 P 4.2(2) at-risk             Compliance Team
WDL-03 P 4.2(2) breach              Compliance Team
WDL-04 P 4.2    todo                Compliance Team
WDL-05 P 4.1    data                Compliance Team
WDL-06 P 4.3    todo                Quality Team
WDL-07 P 4.1(3) at-risk             Tutor
WDL-08 P 4.1(4) todo                Compliance Team
`

func TestRegistry(t *testing.T) {
	var got []string
	for _, r := range policy.Rules() {
		severities := make([]string, len(r.Severities))
		for i, s := range r.Severities {
			severities[i] = string(s)
		}
		got = append(got, strings.Join([]string{r.ID, r.Clause, strings.Join(severities, ","), r.Owner}, " "))

		if err := r.Check(); err != nil {
			t.Error(err)
		}
		onEnrolments := r.Owner
		if strings.HasPrefix(r.ID, "DAT-") {
			onEnrolments = policy.AdmissionsTeam
		}
		onCentre := r.Clause
		if strings.HasPrefix(r.ID, "DAT-") {
			onCentre = "C"
		}
		if c := r.ClauseOn(register.Sites); c != onCentre {
			t.Errorf("%s on Sites serves %s, want %s", r.ID, c, onCentre)
		}
		if o := r.OwnerOn(register.Enrolments); o != onEnrolments {
			t.Errorf("%s on Enrolments is the %s's, want %s", r.ID, o, onEnrolments)
		}
	}
	var want []string
	for line := range strings.Lines(strings.TrimSpace(theRules)) {
		want = append(want, strings.Join(strings.Fields(line), " "))
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("the registry differs from\n%s\nat %d: %v", theRules, i, got[i:])
		}
	}
}

func TestRulesNeedAndUse(t *testing.T) {
	rules := map[string]policy.Rule{}
	for _, r := range policy.Rules() {
		rules[r.ID] = r
	}
	for id, want := range map[string]string{
		"REG-02": "[] [short_course registration_short registration_long registration_at_risk]",
		"DAT-07": "[] [min_age max_age]",
		"DAT-11": "[] [snooze_limit]",
		"CLM-08": "[Enrolments Units Claims] [claim claim_at_risk]",
		"WDL-04": "[] [confirmation_chase]",
		"POL-01": "[] [review_warning]",
		"CEN-05": "[Centre] [review_warning]",
		"DAT-09": "[Enrolments Qualifications] []",
	} {
		if got := fmt.Sprint(rules[id].Needs, rules[id].Numbers); strings.ReplaceAll(got, "] [", "][") != strings.ReplaceAll(want, "] [", "][") {
			t.Errorf("%s needs and uses %s, want %s", id, got, want)
		}
	}
}

// TestNumberKeys holds the numbers' names, defaults and places together.
func TestNumberKeys(t *testing.T) {
	known := map[string]bool{}
	for _, r := range policy.Rules() {
		known[r.ID] = true
	}
	want := map[string]string{
		"short_course": "15 weeks", "registration_short": "25 working days", "registration_long": "60 working days",
		"registration_at_risk": "10 working days", "confirmation_chase": "5 working days", "accuracy_check": "5 working days",
		"expiry_warning": "30 days", "iqa_sign_off": "10 working days", "claim": "10 working days", "claim_at_risk": "5 working days",
		"certificate_issue": "5 working days", "certificate_hold": "12 months", "withdrawal": "30 days", "withdrawal_at_risk": "7 days",
		"absence": "20 working days", "record_retention": "36 months", "review_warning": "60 days", "login_details": "2 working days",
		"min_age": "14", "max_age": "100",
	}
	body := []string{"registration_short", "registration_long", "claim", "withdrawal", "login_details"}
	defaults := policy.Defaults()
	for i, k := range policy.NumberKeys() {
		if (k.Duration == nil) == (k.Years == nil) || len(k.UsedBy) == 0 || !regexp.MustCompile(`^[a-z_]+$`).MatchString(k.Key) {
			t.Errorf("number %d is %+v", i, k)
			continue
		}
		got, isBody := "", slices.Contains(body, k.Key)
		if k.Years != nil {
			got = fmt.Sprint(*k.Years(&defaults))
		} else {
			got = k.Duration(&defaults).String()
			n := defaults
			*k.Duration(&n) = calendar.Duration{N: 1, Unit: calendar.Days}
			if n == defaults {
				t.Errorf("%s stands nowhere", k.Key)
			}
		}
		if got != want[k.Key] || isBody != (k.Clock == calendar.AwardingBody && k.Years == nil) {
			t.Errorf("%s is %s on clock %d, want %s", k.Key, got, k.Clock, want[k.Key])
		}
		delete(want, k.Key)
		for _, id := range k.UsedBy {
			if !known[id] {
				t.Errorf("%s is used by %s, which is no rule", k.Key, id)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("there is no number %v", want)
	}
}

func TestSeverityRank(t *testing.T) {
	want := []policy.Severity{"breach", "overdue", "at-risk", "todo", "data", "info"}
	if got := policy.Severities(); !slices.Equal(got, want) {
		t.Fatalf("severities are %v, want %v", got, want)
	}
	for i, s := range want {
		if s.Rank() != i {
			t.Errorf("%s ranks %d, want %d", s, s.Rank(), i)
		}
	}
}
