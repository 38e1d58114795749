package policy_test

import (
	"bytes"
	"testing"

	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

// BenchmarkJudge judges a made register of 100,000 enrolments: on the day for
// which it is made, and a year later with nothing done since.
func BenchmarkJudge(b *testing.B) {
	var data bytes.Buffer
	if err := samples.WriteRegister(&data, samples.Register{Rows: 100_000, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	limits := xlsx.DefaultLimits()
	file, err := xlsx.Open(data.Bytes(), limits)
	if err != nil {
		b.Fatal(err)
	}
	asOf := day(b, "2026-05-11")
	book, err := register.NewReader(asOf, register.Aliases{}).Read("big.xlsx", file)
	if err != nil {
		b.Fatal(err)
	}
	set := []*register.Workbook{book}
	opt := policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}, JudgeFrom: day(b, "2000-01-01")}
	judge := func(b *testing.B) {
		b.ReportAllocs()
		findings := 0
		for b.Loop() {
			findings = len(policy.Judge(set, opt).Findings)
		}
		b.ReportMetric(float64(findings), "findings")
	}
	b.Run("today", judge)
	opt.AsOf = day(b, "2027-05-11")
	b.Run("a year later", judge)
}
