package custom

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// FuzzCondition guards that no condition makes the reader or a rule fail or take
// long, that what is refused is refused at a place in it, and that what is accepted
// answers the same again.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{
		"course_start < today and not is_yes(id_verified)", "tutor in ['a', 'b'] or credits + 1 * 2 >= -3", "tutor matches '(a|b)*c' and level == 'L3'",
		"after(after(date_of_birth, '600 months'), '4575 working days') > course_end", "days_between(course_start, course_end) != years_between(date_of_birth, today)",
		"((((((((((((((((((((", "not not not not !is_no(admin_notified)", "'\\u00e9' == \"\\x00\"", "`a` contains b'c'", "#", "a?.b ?? nil", "let a = 1; a", "map(tutor, {#})", "1..9", "true ? 1 : 2", "\xff == ''", "{a: 1}", "tutor[0:1]", "::f()",
		"if a { b } else { c }", "9999999999999999999999 < credits", "1e400 < credits", "credits * 1e300 * 1e300 - credits * 1e300 * 1e300 == 0", "is_empty()", "date()", "tutor |", "not in", "tutor not",
	} {
		f.Add(s, "2026-03-30", "Sam")
	}
	cal := theCalendar(f)
	f.Fuzz(func(t *testing.T, when, start, text string) {
		began := time.Now()
		c, err := ParseCondition(register.Enrolments, when)
		if m, ok := errors.AsType[*Mistake](err); err != nil {
			if !ok || m.From < 0 || m.To <= m.From || m.From > utf8.RuneCountInString(when) || m.Text == "" {
				t.Errorf("%q: %#v", when, err)
			}
			return
		}
		d := Definition{ID: "X-01", Kind: register.Enrolments, Title: "Something", Severity: policy.Todo, Owner: policy.Tutor, When: c, Message: &Text{parts: []part{{"Level ", register.Level, ""}}}}
		r, err := d.Rule()
		if err != nil {
			t.Fatal(err)
		}
		asOf := day(t, "2026-05-11")
		row := map[register.Column]string{register.CourseStart: start, register.Tutor: text, register.Level: text, register.IDVerified: text, register.Credits: text, register.DateOfBirth: start, register.CourseEnd: start, register.AdminNotified: text}
		answer := func() (string, bool) {
			report := policy.Judge([]*register.Workbook{register.MadeUp(asOf, r.On, row)}, policy.Options{AsOf: asOf, Calendar: cal, Versions: []policy.Numbers{policy.Defaults()}, JudgeFrom: 1, More: []policy.Rule{r}})
			for _, n := range report.NotChecked {
				if n.Rule == "X-01" {
					t.Errorf("%q: %s", when, n.Reason)
				}
			}
			for _, f := range report.Findings {
				if f.Rule == "X-01" {
					return f.Message, true
				}
			}
			return "", false
		}
		first, raised := answer()
		if again, too := answer(); again != first || too != raised {
			t.Errorf("%q: %q, then %q", when, first, again)
		}
		if raised && !strings.HasPrefix(first, "Level ") {
			t.Errorf("%q: %q", when, first)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%q took %s", when, took)
		}
	})
}

// FuzzText guards that no message makes its reader fail, and that what is refused is
// refused at a place in it.
func FuzzText(f *testing.F) {
	for _, s := range []string{"{Learner ID} is due by {due}", "{", "}", "{}", "{{due}}", "{Legal Last Name}", "{ \u00a0due }", "{\xff}", "{date\u200b of birth}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseText(register.Enrolments, text)
		if m, ok := errors.AsType[*Mistake](err); err != nil {
			if !ok || m.From < 0 || m.To <= m.From || m.From > utf8.RuneCountInString(text) {
				t.Errorf("%q: %#v", text, err)
			}
			return
		}
		for _, p := range read.parts {
			if p.column != 0 && isPersonal(p.column) {
				t.Errorf("%q shows %s", text, p.column)
			}
		}
	})
}
