package register

import (
	"strings"
	"testing"
	"unicode/utf8"

	"regcert/internal/calendar"
)

func TestTextDate(t *testing.T) {
	const want = "2026-03-24"
	for _, s := range []string{
		"24/03/2026", "24-3-26", "24.03.2026", "24/3/2026", "24 March 2026", "24 Mar 26", "24-Mar-2026", "24/Mar/2026", "24th March, 2026", "24.Mar.2026",
		"Tue 24 March 2026", "Tuesday, 24 March 2026", "Friday 24 mar 2026", "24 Mar. 2026", "2026-03-24", "2026/03/24", "2026-3-24", "24 MARCH 2026", "24 March, 2026",
		"24/03/2026 10:30", "24/03/2026 9:05:07", "24 March 2026 9:05 pm", "24/03/2026 9:05am", "2026-03-24T09:00:00Z", "2026-03-24 09:00", "2026-03-24T09:00:00.123Z", "2026-03-24 09:00:59.5",
	} {
		if d, _, ok := textDate(s); !ok || d.String() != want {
			t.Errorf("%q: %s, %v", s, d, ok)
		}
	}
	for s, want := range map[string]string{
		"1/9/49": "2049-09-01", "1/9/50": "1950-09-01", "1 Sept 2026": "2026-09-01", "29 Feb 2028": "2028-02-29", "1st May 2026": "2026-05-01", "31/12/99": "1999-12-31", "2 may 2026": "2026-05-02",
	} {
		if d, _, ok := textDate(s); !ok || d.String() != want {
			t.Errorf("%q: %s, %v, want %s", s, d, ok, want)
		}
	}
	for _, s := range []string{
		"", "46105", "2026", "31/02/2026", "29/02/2026", "24/13/2026", "0/3/2026", "24/03-2026", "24/03", "March 2026", "March 24 2026", "24 Marchember 2026", "24 M 2026",
		"24/03/2026 25:00", "24/03/2026 10:60", "24/03/2026 10", "Tue 24/03/2026", "2026.03.24", "24/03/202", "24/03/20266", "24 03 2026", "2026-03-24Z", "24th of March 2026",
		"20260324", "24//03/2026", "032026", strings.Repeat("2", 70),
	} {
		if d, _, ok := textDate(s); ok {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func FuzzTextDate(f *testing.F) {
	for _, s := range []string{"24/03/2026", "Tue 24th March, 2026 9:00 pm", "2026-03-24T09:00:00.5Z", "31/02/26", "24.Mar.26"} {
		f.Add(s)
	}
	earliest, latest := calendar.NewDate(0, 1, 1), calendar.NewDate(9999, 12, 31)
	f.Fuzz(func(t *testing.T, s string) {
		d, _, ok := textDate(clean(s))
		if ok && (d < earliest || d > latest) {
			t.Errorf("%q was read as day %d", s, d)
		}
	})
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"L001": "L001", "": "", " L001 ": "L001", "a  b\tc\nd": "a b c d", "L\u200B00\uFEFF1": "L001", "\u00A0n/a\u00A0": "n/a", "a\u00A0b": "a b", "\u00AD": "", "O’Neil": "O’Neil", "é  ": "é",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(" a \u200B b ")
	f.Fuzz(func(t *testing.T, s string) {
		once := clean(s)
		if clean(once) != once {
			t.Errorf("%q is not clean yet: %q", s, once)
		}
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("%q became invalid: %q", s, once)
		}
	})
}

func TestNormalForms(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{NormalCode("610/1234/5"), "61012345"}, {NormalCode("610-1234 5x"), "61012345X"}, {NormalCode("/-"), ""},
		{NormalID("l-01"), "L-01"}, {NormalID("O’1"), "o'1"},
		{NormalHeading("Learner_ID:"), "learner id"}, {NormalHeading("AIM Registration No."), "AIMREGISTRATIONNO"},
	} {
		if tt.got != NormalHeading(tt.want) && tt.got != NormalID(tt.want) && tt.got != NormalCode(tt.want) {
			t.Errorf("%q is not compared like %q", tt.got, tt.want)
		}
	}
	if NormalID("L-01") == NormalID("L01") {
		t.Error("hyphens of learner IDs must count")
	}
}

func TestRoles(t *testing.T) {
	for s, want := range map[string][2]bool{
		"Assessor": {true, false}, "IQA": {false, true}, "Assessor, IQA": {true, true}, "assessor/iqa": {true, true}, "IQA and Assessor": {true, true}, "Both": {true, true},
		"Lead Assessor": {true, false}, "Assessors": {}, "Tutor": {}, "": {},
	} {
		if a, i := Roles(s); a != want[0] || i != want[1] {
			t.Errorf("%q: assessor %v, IQA %v", s, a, i)
		}
	}
}
