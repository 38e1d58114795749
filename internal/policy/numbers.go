package policy

import (
	"time"

	"regcert/internal/calendar"
)

// Numbers are the numbers of one version of the policy. Where the policy
// leaves one open, the default is the house's.
type Numbers struct {
	Version  string
	InForce  calendar.Date // the first day on which the version judges
	ReviewBy calendar.Date // P 7.1

	ShortCourse        calendar.Duration // P 3.2: the longest short course, both days counted
	RegistrationShort  calendar.Duration // P 3.2
	RegistrationLong   calendar.Duration // P 3.2
	RegistrationAtRisk calendar.Duration // P 3.3(5)
	ConfirmationChase  calendar.Duration // P 3.3(4), 4.2, 5.2(5)
	AccuracyCheck      calendar.Duration // P 3.4
	ExpiryWarning      calendar.Duration // P 4.1(5)
	IQASignOff         calendar.Duration // P 5.1(3)
	Claim              calendar.Duration // P 5.3
	ClaimAtRisk        calendar.Duration // P 5.3
	CertificateIssue   calendar.Duration // P 5.2(6)
	CertificateHold    calendar.Duration // P 5.4
	Withdrawal         calendar.Duration // P 4.2(2)
	WithdrawalAtRisk   calendar.Duration // P 4.2(2)
	Absence            calendar.Duration // P 4.1(3)
	RecordRetention    calendar.Duration // P 6.1
	ReviewWarning      calendar.Duration // P 7.1
	LoginDetails       calendar.Duration // centre recognition
	MinAge, MaxAge     int               // whole years at Course Start
}

// Defaults are the numbers of version 1.0 of the policy.
func Defaults() Numbers {
	n := Numbers{
		Version:  "1.0",
		InForce:  calendar.NewDate(2026, time.March, 24),
		ReviewBy: calendar.NewDate(2027, time.March, 23),
	}
	for _, k := range NumberKeys() {
		if k.Years != nil {
			*k.Years(&n) = k.Default.N
		} else {
			*k.Duration(&n) = k.Default
		}
	}
	return n
}

// InForce returns the version of the policy in force on the day: the last that
// had begun, or the first where none had. Versions are sorted by InForce, and
// there is at least one.
func InForce(versions []Numbers, day calendar.Date) *Numbers {
	n := &versions[0]
	for i := range versions {
		if versions[i].InForce <= day {
			n = &versions[i]
		}
	}
	return n
}

// NumberKey is a number of the policy as the configuration names it. Either
// Duration or Years says where it stands in Numbers; the other is nil.
type NumberKey struct {
	Key      string
	Default  calendar.Duration // of an age: its N, in years, without a unit
	House    bool              // the policy leaves the number open
	Clock    calendar.Clock    // whose working days it counts
	UsedBy   []string          // the rules' IDs
	Duration func(*Numbers) *calendar.Duration
	Years    func(*Numbers) *int
}

// NumberKeys lists the numbers of a policy version in the order in which the
// configuration documents them.
func NumberKeys() []NumberKey {
	const house, stated = true, false
	key := func(name string, n int, unit calendar.Unit, house bool, clock calendar.Clock, field func(*Numbers) *calendar.Duration, rules ...string) NumberKey {
		return NumberKey{Key: name, Default: calendar.Duration{N: n, Unit: unit}, House: house, Clock: clock, UsedBy: rules, Duration: field}
	}
	age := func(name string, n int, field func(*Numbers) *int) NumberKey {
		return NumberKey{Key: name, Default: calendar.Duration{N: n}, House: house, UsedBy: []string{"DAT-07"}, Years: field}
	}
	type num = Numbers
	type dur = *calendar.Duration
	const (
		workingDays, days, weeks, months = calendar.WorkingDays, calendar.Days, calendar.Weeks, calendar.Months
		body, centre                     = calendar.AwardingBody, calendar.Centre
	)
	return []NumberKey{
		key("short_course", 15, weeks, stated, centre, func(n *num) dur { return &n.ShortCourse }, "REG-01", "REG-02", "REG-03"),
		key("registration_short", 25, workingDays, stated, body, func(n *num) dur { return &n.RegistrationShort }, "REG-01", "REG-02", "REG-03"),
		key("registration_long", 60, workingDays, stated, body, func(n *num) dur { return &n.RegistrationLong }, "REG-01", "REG-02", "REG-03"),
		key("registration_at_risk", 10, workingDays, house, centre, func(n *num) dur { return &n.RegistrationAtRisk }, "REG-02"),
		key("confirmation_chase", 5, workingDays, house, centre, func(n *num) dur { return &n.ConfirmationChase }, "REG-05", "CLM-06", "WDL-04"),
		key("accuracy_check", 5, workingDays, stated, centre, func(n *num) dur { return &n.AccuracyCheck }, "REG-06"),
		key("expiry_warning", 30, days, house, centre, func(n *num) dur { return &n.ExpiryWarning }, "REG-11"),
		key("iqa_sign_off", 10, workingDays, house, centre, func(n *num) dur { return &n.IQASignOff }, "ASM-05"),
		key("claim", 10, workingDays, stated, body, func(n *num) dur { return &n.Claim }, "CLM-01", "CLM-02", "CLM-03", "CLM-04", "CLM-08"),
		key("claim_at_risk", 5, workingDays, house, centre, func(n *num) dur { return &n.ClaimAtRisk }, "CLM-02", "CLM-04", "CLM-08"),
		key("certificate_issue", 5, workingDays, stated, centre, func(n *num) dur { return &n.CertificateIssue }, "CRT-01", "CRT-02", "CRT-05"),
		key("certificate_hold", 12, months, stated, centre, func(n *num) dur { return &n.CertificateHold }, "CRT-03", "CRT-04"),
		key("withdrawal", 30, days, stated, body, func(n *num) dur { return &n.Withdrawal }, "WDL-01", "WDL-02", "WDL-03"),
		key("withdrawal_at_risk", 7, days, house, centre, func(n *num) dur { return &n.WithdrawalAtRisk }, "WDL-02"),
		key("absence", 20, workingDays, house, centre, func(n *num) dur { return &n.Absence }, "WDL-07"),
		key("record_retention", 36, months, house, centre, func(n *num) dur { return &n.RecordRetention }, "REC-02", "REC-03"),
		key("review_warning", 60, days, house, centre, func(n *num) dur { return &n.ReviewWarning }, "POL-01", "CEN-05"),
		key("login_details", 2, workingDays, stated, body, func(n *num) dur { return &n.LoginDetails }, "CEN-02"),
		age("min_age", 14, func(n *num) *int { return &n.MinAge }),
		age("max_age", 100, func(n *num) *int { return &n.MaxAge }),
	}
}
