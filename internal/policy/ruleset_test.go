package policy_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// TestRuleSet guards that a rule set is the same from run to run, comes back as
// it was, and is another one where a number or a version is another.
func TestRuleSet(t *testing.T) {
	text := func(change func(*policy.Options)) (string, string) {
		t.Helper()
		opt := policy.Options{AsOf: calendar.NewDate(2026, time.May, 11), Versions: []policy.Numbers{policy.Defaults()}}
		change(&opt)
		text, sum, err := opt.RuleSet().Text()
		if err != nil {
			t.Fatal(err)
		}
		return text, sum
	}
	plain, sum := text(func(*policy.Options) {})
	back, err := policy.ParseRuleSet(plain)
	if err != nil || len(back.Rules) != len(policy.Rules()) || back.JudgeFrom != policy.Defaults().InForce {
		t.Fatalf("%+v, %v", back, err)
	}
	if again, same, err := back.Text(); err != nil || again != plain || same != sum {
		t.Errorf("it came back as\n%s, %v; was\n%s", again, err, plain)
	}
	if v := back.Versions[0]; v.Numbers["claim"] != "10 working days" || v.Numbers["min_age"] != "14 years" || v.Numbers[policy.SnoozeLimitKey] != "60 days" || v.InForce != policy.Defaults().InForce {
		t.Errorf("the version is %+v", v)
	}
	for name, c := range map[string]struct {
		change func(*policy.Options)
		same   bool
	}{
		"another day":        {func(o *policy.Options) { o.AsOf++ }, true},
		"the default, said":  {func(o *policy.Options) { o.SnoozeLimit = policy.DefaultSnoozeLimit() }, true},
		"another number":     {func(o *policy.Options) { o.Versions[0].Claim.N = 11 }, false},
		"another unit":       {func(o *policy.Options) { o.Versions[0].Claim.Unit = calendar.Days }, false},
		"another age":        {func(o *policy.Options) { o.Versions[0].MinAge = 1 }, false},
		"another limit":      {func(o *policy.Options) { o.SnoozeLimit.N, o.SnoozeLimit.Unit = 5, calendar.Days }, false},
		"judged from later":  {func(o *policy.Options) { o.JudgeFrom = o.Versions[0].InForce + 1 }, false},
		"one version more":   {func(o *policy.Options) { o.Versions = append(o.Versions, o.Versions[0]) }, false},
		"a version's number": {func(o *policy.Options) { o.Versions[0].Version = "1.1" }, false},
	} {
		if _, got := text(c.change); (got == sum) != c.same {
			t.Errorf("%s: the same rule set is %t", name, got == sum)
		}
	}
	one, _ := text(func(o *policy.Options) { o.Versions[0].MinAge = 1 })
	if !strings.Contains(one, `"1 year"`) {
		t.Error("one year is not so in words")
	}
	if s, err := policy.ParseRuleSet("{"); err == nil || !reflect.ValueOf(s).IsNil() {
		t.Error("half a rule set is one")
	}
}
