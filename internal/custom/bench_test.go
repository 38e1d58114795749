package custom

import (
	"bytes"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

// BenchmarkRules judges a made register of 100,000 enrolments without rules of the
// centre's own, and with five of them.
func BenchmarkRules(b *testing.B) {
	var data bytes.Buffer
	if err := samples.WriteRegister(&data, samples.Register{Rows: 100_000, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	file, err := xlsx.Open(data.Bytes(), xlsx.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	asOf := day(b, "2026-05-11")
	book, err := register.NewReader(asOf, register.Aliases{}).Read("big.xlsx", file)
	if err != nil {
		b.Fatal(err)
	}
	opt := policy.Options{AsOf: asOf, Calendar: theCalendar(b), Versions: []policy.Numbers{policy.Defaults()}, JudgeFrom: day(b, "2000-01-01")}
	judge := func(b *testing.B) {
		b.ReportAllocs()
		found := 0
		for b.Loop() {
			found = len(policy.Judge([]*register.Workbook{book}, opt).Findings)
		}
		b.ReportMetric(float64(found), "findings")
	}
	b.Run("none", judge)
	message, err := ParseText(register.Enrolments, "{Learner ID} started on {Course Start}")
	if err != nil {
		b.Fatal(err)
	}
	for i, when := range []string{
		"not is_yes(id_verified) and working_days_between(course_start, today) > 1000",
		"is_empty(last_attendance) and after(course_start, '10 working days') < today and course_end > today",
		"qualification_code in ['610/1234/5', '610/4321/X'] and level == 'Level 3'",
		"course_end < course_start or years_between(date_of_birth, course_start) < 16",
		"learner_id matches '^[A-Z]-[0-9]{9}$' or late_reason contains 'holiday'",
	} {
		opt.More = append(opt.More, define(b, when, func(d *Definition) {
			d.ID, d.Message, d.Due = "X-0"+string(rune('1'+i)), message, &Due{From: register.CourseStart, After: calendar.Duration{N: 10, Unit: calendar.WorkingDays}}
		}))
	}
	b.Run("five", judge)
}
