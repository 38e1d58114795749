package custom

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseISO(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// theCalendar is that of England and Wales, with a closure on Tue 5 May 2026.
func theCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.New(holidays, []calendar.Span{{From: day(t, "2026-05-05"), To: day(t, "2026-05-05")}})
}

// define makes a rule on Enrolments with the condition.
func define(t testing.TB, when string, more func(*Definition)) policy.Rule {
	t.Helper()
	d := Definition{ID: "X-01", Kind: register.Enrolments, Title: "Something is wrong", Severity: policy.Todo, Owner: policy.Tutor, Message: &Text{parts: []part{{text: "Something is wrong"}}}}
	if more != nil {
		more(&d)
	}
	var err error
	if d.When, err = ParseCondition(d.Kind, when); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	r, err := d.Rule()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// raised says what a rule finds in a row as of Mon 11 May 2026, nil for nothing. Cells are "Course
// Start=2026-03-30; Tutor=Sam".
func raised(t testing.TB, cal *calendar.Calendar, r policy.Rule, cells string) *policy.Finding {
	t.Helper()
	row := map[register.Column]string{}
	for cell := range strings.SplitSeq(cells, ";") {
		name, text, _ := strings.Cut(strings.TrimSpace(cell), "=")
		c, ok := columnNamed(r.On, name)
		if !ok && name != "" {
			t.Fatalf("there is no column %q", name)
		}
		if ok {
			row[c] = text
		}
	}
	asOf := day(t, "2026-05-11")
	report := policy.Judge([]*register.Workbook{register.MadeUp(asOf, r.On, row)}, policy.Options{AsOf: asOf, Calendar: cal, Versions: []policy.Numbers{policy.Defaults()}, JudgeFrom: 1, More: []policy.Rule{r}})
	for i := range report.Findings {
		if report.Findings[i].Rule == r.ID {
			return &report.Findings[i]
		}
	}
	return nil
}

func TestConditions(t *testing.T) {
	cal := theCalendar(t)
	for _, tc := range []struct {
		when, row string
		want      bool
	}{
		{"course_start < today", "Course Start=10/05/2026", true},
		{"course_start < today", "Course Start=11/05/2026", false},
		{"course_start <= today", "Course Start=11/05/2026", true},
		{"course_start > today", "Course Start=12/05/2026", true},
		{"Course_Start == date('2026-03-30')", "Course Start=2026-03-30", true},
		{"course_start != date('2026-03-30')", "Course Start=2026-03-30", false},
		{"date('2026-03-01') <= course_start <= date('2026-03-31')", "Course Start=2026-03-31", true},
		{"date('2026-03-01') <= course_start <= date('2026-03-31')", "Course Start=2026-04-01", false},

		// A cell that is not filled in decides nothing, whichever way it is asked.
		{"course_start < today", "Course Start=", false},
		{"not (course_start < today)", "Course Start=", false},
		{"course_start != today", "Tutor=Sam", false},
		{"tutor != 'Sam'", "Tutor=tbc", false},
		{"tutor not in ['Sam']", "Tutor=n/a", false},
		{"credits != 3", "Credits=", false},
		{"course_start < today or is_empty(tutor)", "Course Start=", true},
		{"course_start < today and is_empty(tutor)", "Course Start=", false},
		{"not (course_start < today and not is_empty(tutor))", "Course Start=", true},
		{"days_between(course_start, today) > 0", "Course Start=", false},
		{"after(course_start, '1 day') > today", "Course Start=", false},

		{"is_empty(tutor)", "Tutor=", true}, {"is_empty(tutor)", "Tutor=n/a", true}, {"is_empty(tutor)", "Tutor=Sam", false},
		{"is_na(tutor)", "Tutor=n/a", true}, {"is_na(tutor)", "Tutor=", false},
		{"is_yes(id_verified)", "ID Verified=yes", true}, {"is_yes(id_verified)", "ID Verified=01/05/2026", true}, {"is_yes(id_verified)", "ID Verified=", false},
		{"not is_yes(id_verified)", "ID Verified=", true}, {"is_no(id_verified)", "ID Verified=no", true}, {"is_no(id_verified)", "ID Verified=", false},
		{"is_yes(admin_notified)", "Admin Notified=1 May 2026", true}, {"admin_notified < today", "Admin Notified=yes", false}, {"is_no(admin_notified)", "Admin Notified=no", true},

		// What DAT-02 or DAT-08 report is not asked about, wherever in the condition it stands.
		{"is_empty(tutor) or course_start < today", "Course Start=soon", false},
		{"not is_yes(id_verified)", "ID Verified=maybe", false},
		{"is_empty(submitted_to_aim)", "Submitted to AIM=2026-05-12", false},
		{"is_empty(submitted_to_aim) or today < submitted_to_aim", "Submitted to AIM=2026-05-12", false},
		{"course_end > today", "Course End=2026-05-12", true},

		{"tutor == 'SAM O’NEIL'", "Tutor=Sam O'Neil", true}, {"tutor == 'Sam'", "Tutor=Samuel", false},
		{"qualification_code == '61012345'", "Qualification Code=610/1234/5", true}, {"'610-1234-5' == qualification_code", "Qualification Code=610/1234/5", true},
		{"qualification_code in ['610/1234/5', 'Q']", "Qualification Code=q", true}, {"qualification_code startsWith '610/'", "Qualification Code=6101234", true},
		{"level == '3'", "Level=Level 3", true}, {"level in ['L3']", "Level=3.0", true}, {"level == '4'", "Level=3", false},
		{"tutor contains 'AM'", "Tutor=Sam", true}, {"tutor not contains 'x'", "Tutor=Sam", true}, {"tutor endsWith 'M'", "Tutor=Sam", true},
		{"learner_id matches '^L-[0-9]{3}$'", "Learner ID=L-012", true}, {"not (learner_id matches '^L-[0-9]{3}$')", "Learner ID=L12", true},
		{"tutor == quality_log_ref", "Tutor=a; Quality Log Ref=A", true},

		{"credits == 13", "Credits=13.0", true}, {"credits + 1 > 2 * 6 - -1", "Credits=12", false}, {"credits + 1 >= 2 * 6 - -1", "Credits=12", true}, {"credits in [12, 13.5]", "Credits=13.5", true},

		// Fri 1 May to Thu 7 May 2026: Monday is a bank holiday, Tuesday a closure.
		{"working_days_between(course_start, course_end) == 2", "Course Start=2026-05-01; Course End=2026-05-07", true},
		{"working_days_between(course_start, course_end) == -2", "Course Start=2026-05-07; Course End=2026-05-01", true},
		{"days_between(course_start, course_end) == 6", "Course Start=2026-05-01; Course End=2026-05-07", true},
		{"after(course_start, '2 working days') == course_end", "Course Start=2026-05-01; Course End=2026-05-07", true},
		{"after(course_start, '1 week') == date('2026-05-08')", "Course Start=2026-05-01", true},
		{"after(course_start, '1 month') == date('2026-02-28')", "Course Start=2026-01-31", true},
		{"years_between(date_of_birth, course_start) < 18", "Date of Birth=2008-05-02; Course Start=2026-05-01", true},
		{"years_between(date_of_birth, course_start) < 18", "Date of Birth=2008-05-01; Course Start=2026-05-01", false},
		{"/* long ago */ course_start < today && !is_yes(id_verified) || is_empty(tutor)", "Course Start=2026-05-10; Tutor=Sam", true},
	} {
		if f := raised(t, cal, define(t, tc.when, nil), tc.row); (f != nil) != tc.want {
			t.Errorf("%s on %q is raised: %t", tc.when, tc.row, !tc.want)
		}
	}
}

// TestMistakes guards what is said about a wrong condition, and at what.
func TestMistakes(t *testing.T) {
	for _, tc := range []struct{ when, at, want string }{
		{"course_strat < today", "course_strat", `there is no "course_strat" on Enrolments: write one of today, learner_id, uln, `},
		{"course_start < yesterday()", "yesterday", `there is no function "yesterday": write one of is_empty, is_na, is_yes, is_no, after, date, days_between, working_days_between, years_between`},
		{"ethnicity == 'x'", "ethnicity", `there is no "ethnicity"`},
		{"registration_status == 'Due'", "registration_status", "is written by regcert, and never read"},
		{"is_yes(id_verified) and tutor", "tutor", "tutor (a text) and no condition"},
		{"course_start", "course_start", "is course_start (a date) and no condition: compare it"},
		{"'é' == tutor and course_start == 'x'", "==", "course_start (a date) is compared with a text: write a day as date('2026-09-01')"},
		{"credits == '13'", "==", "write a text in quotes, and a number without"},
		{"credits == course_start", "==", "compare two dates, two numbers or two texts"},
		{"tutor < 'x'", "<", "texts are not ordered"},
		{"id_verified == 'yes'", "==", "write is_yes(id_verified) or is_no(id_verified)"},
		{"is_yes(id_verified) == is_yes(mis_logged)", "==", "not conditions"},
		{"id_verified", "id_verified", "is id_verified (a cell of yes or no) and no condition"},
		{"is_yes(course_start)", "is_yes", "write not is_empty(course_start)"},
		{"is_empty(today)", "today", "is a date and no cell"},
		{"is_empty(tutor, uln)", "is_empty", "write is_empty(column)"},
		{"after(course_start, 10) < today", "10", "is no period"},
		{"after(course_start, '10') < today", "'10'", "has no unit"},
		{"after(tutor, '10 days') < today", "tutor", "is tutor (a text) and no date"},
		{"course_start == date('30/03/2026')", "'30/03/2026'", "is no day of the years"},
		{"course_start == date(tutor)", "tutor", "is no day of the years"},
		{"days_between(course_start, 3) > 1", "3", "is a number and no date"},
		{"course_start + 10 < today", "+", "write after(course_start, '10 working days')"},
		{"today - course_start > 10", "-", "write days_between(from, to)"},
		{"tutor + 'x' == 'y'", "+", "reckons with numbers"},
		{"credits / 2 > 1", "/", "/ is not known here"},
		{"credits in 1..5", "in", "wants a list"},
		{"course_start in ['x']", "in", "only a text or a number can"},
		{"tutor in ['x', 3]", "3", "the list is compared with tutor"},
		{"tutor in ['x', uln]", "uln", "the list is compared with tutor"},
		{"tutor matches '('", "'('", "missing closing )"},
		{"tutor matches uln", "uln", "wants a pattern in quotes"},
		{"tutor contains 3", "contains", "looks for a text in a text"},
		{"course_start == nil", "nil", "write is_empty(…)"},
		{"is_empty(tutor) == true", "true", "true is not compared with"},
		{"not course_start < today", "not", "put the comparison behind it into brackets"},
		{"-tutor == 'x'", "-", "cannot stand before tutor"},
		{"['a'] == tutor", "[", "a list can only stand behind in"},
		{"today > date('2026-01-01')", "today > date('2026-01-01')", "looks at no column"},
		{"course_start = today", "=", "write =="},
		{"course_start <", "", "something is missing at the end"},
		{"(course_start < today", "", "something is missing at the end"},
		{"tutor == 'x", "", "close its quotation mark"},
		{"Course Start < today", "Start", "write names with _ between their words"},
		{"tutor == 'x' ) ", ")", "cannot stand here"},
		{"let x = 1; tutor == 'x'", "x", "this is not known here"},
		{"tutor.name == 'x'", "", "this is not known here"},
		{"tutor ? true : false", "", "this is not known here"},
		{"all([tutor], # == 'x')", "all", `there is no function "all"`},
		{"tutor | lower() == 'x'", "lower", `there is no function "lower"`},
		{"$env.tutor == 'x'", "", "this is not known here"},
		{"now() > course_start", "now", `there is no function "now"`},
		{strings.Repeat("is_empty(tutor) and ", 49) + "is_empty(tutor)      ", "", "is longer than 1000 characters"},
		{"credits > " + strings.Repeat("1+", 200) + "1", "", "has more than 300 parts"},
		{"", "", "something is missing at the end"},
	} {
		_, err := ParseCondition(register.Enrolments, tc.when)
		m, ok := errors.AsType[*Mistake](err)
		if !ok || !strings.Contains(m.Error(), tc.want) {
			t.Errorf("%s: %v; want %q", tc.when, err, tc.want)
			continue
		}
		runes := []rune(tc.when)
		at := string(runes[min(m.From, len(runes)):min(m.To, len(runes))])
		if tc.at != "" && at != tc.at {
			t.Errorf("%s: shown at %q, want %q", tc.when, at, tc.at)
		}
	}
}

// TestDue guards what becomes of the severity around the due date, Thu 7 May 2026
// or two working days after the start.
func TestDue(t *testing.T) {
	cal := theCalendar(t)
	for _, tc := range []struct {
		severity policy.Severity
		start    string
		want     string // empty: it is not raised
	}{
		{policy.Todo, "2026-05-07", "todo 2026-05-11"}, {policy.Todo, "2026-05-06", "overdue 2026-05-08"}, {policy.Todo, "", "todo "},
		{policy.AtRisk, "2026-05-07", "at-risk 2026-05-11"}, {policy.AtRisk, "2026-05-06", "overdue 2026-05-08"},
		{policy.Overdue, "2026-05-07", ""}, {policy.Overdue, "2026-05-06", "overdue 2026-05-08"}, {policy.Overdue, "", ""},
		{policy.Breach, "2026-05-07", ""}, {policy.Breach, "2026-05-06", "breach 2026-05-08"}, {policy.Breach, "", ""},
		{policy.Todo, "soon", ""},
	} {
		r := define(t, "is_empty(tutor)", func(d *Definition) {
			d.Severity, d.Due = tc.severity, &Due{From: register.CourseStart, After: calendar.Duration{N: 2, Unit: calendar.WorkingDays}}
		})
		got := ""
		if f := raised(t, cal, r, "Course Start="+tc.start); f != nil {
			got = fmt.Sprintf("%s %s", f.Severity, f.Due)
			if !slices.Contains(r.Severities, f.Severity) {
				t.Errorf("%s is none of %v", f.Severity, r.Severities)
			}
		}
		if got != tc.want {
			t.Errorf("%s from %q: %q, want %q", tc.severity, tc.start, got, tc.want)
		}
	}
}

func TestTexts(t *testing.T) {
	cal := theCalendar(t)
	long := strings.Repeat("é", 61)
	for _, tc := range []struct{ text, row, want string }{
		{"{Learner ID} has no {Late Reason}", "Learner ID=L1", "L1 has no nothing"},
		{"{learner_id}{ Course Start }, {due}, {today}", "Learner ID=L1; Course Start=1/5/26", "L1Fri 1 May 2026, Sat 2 May 2026, Mon 11 May 2026"},
		{"{ID Verified} {Admin Notified} {AIM Contacted} {MIS Logged}", "ID Verified=y; Admin Notified=1/5/26; AIM Contacted=no; MIS Logged=n/a", "yes Fri 1 May 2026 no n/a"},
		{"{Level}", "Level=" + long, long[:120] + "…"},
		{"{Level}", "Level=" + long[:120], long[:120]},
		{"{Level}", "Level={due} {Learner ID} {{.X}}", "{due} {Learner ID} {{.X}}"},
		{"{Credits} and {due}", "Credits=many", "something unreadable and no date"},
	} {
		r := define(t, "is_empty(tutor)", func(d *Definition) {
			var err error
			if d.Message, err = ParseText(d.Kind, tc.text); err != nil {
				t.Fatal(err)
			}
			d.Due = &Due{From: register.CourseStart, After: calendar.Duration{N: 1, Unit: calendar.Days}}
		})
		f := raised(t, cal, r, tc.row)
		if f == nil || f.Message != tc.want+" (own rule)." || f.Action != tc.want {
			t.Errorf("%s: %+v", tc.text, f)
		}
	}
	for text, want := range map[string]string{
		"é {Cours Start}":        `2 15 there is no {Cours Start} on Enrolments: write one of due, today, Learner ID, Qualification Code,`,
		"{Legal First Name}":     "0 18 Legal First Name says who somebody is",
		"born {date of birth}":   "5 20 Date of Birth says who",
		"{Tutor}":                "0 7 Tutor says who",
		"{Email}":                "0 7 Email says who",
		"{ULN}":                  "0 5 ULN says who",
		"{Snooze By}":            "0 11 Snooze By says who",
		"due {due":               "4 5 the bracket { is not closed",
		"{Registration Status}x": "0 21 there is no {Registration Status}",
		"{}":                     "0 2 there is no {}",
		"":                       "0 1 says nothing",
	} {
		_, err := ParseText(register.Enrolments, text)
		m, ok := errors.AsType[*Mistake](err)
		if got := ""; ok {
			if got = fmt.Sprint(m.From, m.To, m); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		} else {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRule guards what the rule says of itself.
func TestRule(t *testing.T) {
	r := define(t, " is_empty(tutor)\n and  is_empty(uln)", func(d *Definition) {
		d.Title, d.Why, d.Due = "No tutor.", "Somebody must answer", &Due{From: register.CourseStart, After: calendar.Duration{N: 2, Unit: calendar.Weeks}}
	})
	if r.Title != "No tutor" || r.Rationale != "Somebody must answer." || r.Wording != "on Enrolments: is_empty(tutor) and is_empty(uln); due 2 weeks after Course Start" ||
		!slices.Equal(r.Severities, []policy.Severity{policy.Overdue, policy.Todo}) || r.Clause != "own rule" {
		t.Errorf("%+v", r)
	}
	if f := raised(t, theCalendar(t), r, "Learner ID=L1"); f == nil || f.Col != 1 { // the Learner ID, as the sheet has no Tutor
		t.Errorf("%+v", f)
	}
	if _, err := ParseCondition(register.Enrolments, strings.Repeat("is_empty(tutor) and ", 49)+"is_empty(tutor)     "); err != nil { // 1000 characters
		t.Error(err)
	}
	for _, k := range register.Kinds() { // each column has a name of its own, and it is read
		for _, c := range k.Inputs() {
			if _, err := ParseCondition(k, "is_empty("+NameOf(c)+")"); err != nil {
				t.Errorf("%s of %s: %v", c, k, err)
			}
		}
	}
}
