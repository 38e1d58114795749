package policy_test

import (
	"strings"
	"testing"

	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// asking is a rule from outside the package.
func asking(id string, on register.Kind, ask func(*policy.Case) (policy.Answer, bool)) policy.Rule {
	return policy.Rule{ID: id, Clause: "own rule", Severities: []policy.Severity{policy.Todo}, Owner: policy.Tutor, Title: "Something", Rationale: "It matters.", On: on, Ask: ask}
}

// always is an answer to whatever is asked.
func always(a policy.Answer) func(*policy.Case) (policy.Answer, bool) {
	return func(*policy.Case) (policy.Answer, bool) { return a, true }
}

const asked = `
== book.xlsx
-- Enrolments
Learner ID | Qualification Code | Course Start | ID Verified | Submitted to AIM | Quality Log Ref
L1         | Q/1                | 2026-04-01   | maybe       | 2026-09-01       |
L2         | Q/1                | 2026-01-05   |             | 2026-05-11       | Q7
-- Staff
Name | Role     | Approved To
Sam  | Assessor | 2026-05-01
`

func judgeAsked(t *testing.T, more ...policy.Rule) *policy.Report {
	t.Helper()
	asOf := day(t, "2026-05-11")
	return policy.Judge(registertest.Read(t, asOf, asked), policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}, More: more})
}

// found lists what one rule has raised.
func found(report *policy.Report, rule string) (out []policy.Finding) {
	for _, f := range report.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

// TestAsk guards that a rule from outside is treated as the policy's own are: it
// shows on the row and asks for the next action, begins with the day from which
// records are judged, is logged, and leaves the status alone.
func TestAsk(t *testing.T) {
	plain := judgeAsked(t)
	answer := policy.Answer{Severity: policy.Breach, Column: register.CourseStart, Due: day(t, "2026-05-08"), Brief: "something", Message: "{due} is no place for it", Action: "Do {text}"}
	report := judgeAsked(t, asking("X-01", register.Enrolments, always(answer)))
	f := found(report, "X-01")
	if len(f) != 1 { // the second began before the policy was in force
		t.Fatalf("raised %d times: %+v", len(f), f)
	}
	if f[0].Row != 2 || f[0].Col != 3 || f[0].Field != "" || f[0].LearnerID != "L1" || f[0].WorkingDaysLeft != -1 || f[0].Severity != policy.Breach ||
		f[0].Message != "{due} is no place for it (own rule)." || f[0].Action != "Do {text}" || f[0].Owner != policy.Tutor || f[0].Policy != "1.0" {
		t.Errorf("it is %+v", f[0])
	}
	if report.Titles["X-01"] != "Something" || report.Titles["REG-02"] == "" {
		t.Errorf("titles %v", report.Titles)
	}
	for i, row := range report.Rows {
		if row.Status != plain.Rows[i].Status || row.Deadline != plain.Rows[i].Deadline {
			t.Errorf("row %d is %q, without the rule %q", i, row.Status, plain.Rows[i].Status)
		}
	}
	if row := report.Rows[0]; !strings.Contains(row.Problems, "X-01 something") {
		t.Errorf("problems %q", row.Problems)
	}

	answer.Severity, answer.Due = policy.Overdue, day(t, "2026-04-01")
	report = judgeAsked(t, asking("X-01", register.Enrolments, always(answer)))
	if f := found(report, "X-01"); len(f) != 2 || report.Rows[0].NextAction != "Tutor: do {text}" {
		t.Errorf("%d found, next %q", len(f), report.Rows[0].NextAction)
	}
	for action, want := range map[string]string{"L1 has no tutor": "Tutor: L1 has no tutor", "X": "Tutor: X", "": "Tutor: "} {
		answer.Action = action
		if row := judgeAsked(t, asking("X-01", register.Enrolments, always(answer))).Rows[0]; row.NextAction != want {
			t.Errorf("next %q, want %q", row.NextAction, want)
		}
	}
	if f := found(judgeAsked(t, asking("X-01", register.Staff, always(answer))), "X-01"); len(f) != 1 || f[0].Kind != register.Staff || f[0].Row != 2 {
		t.Errorf("on Staff %+v", f)
	}
	if f := found(judgeAsked(t, asking("X-01", register.Claims, always(answer))), "X-01"); len(f) != 0 {
		t.Errorf("on a sheet that is not there %+v", f)
	}
}

// TestCaseIsWrong guards which cells the rules on the data report.
func TestCaseIsWrong(t *testing.T) {
	for _, tc := range []struct {
		column register.Column
		want   []bool
	}{
		{register.IDVerified, []bool{true, false}},     // unreadable, blank
		{register.SubmittedToAIM, []bool{true, false}}, // lies ahead, today
		{register.CourseStart, []bool{false, false}},
		{register.LateReason, []bool{false, false}}, // no such column
	} {
		var got []bool
		judgeAsked(t, asking("X-01", register.Enrolments, func(c *policy.Case) (policy.Answer, bool) {
			got = append(got, c.IsWrong(tc.column))
			return policy.Answer{}, false
		}))
		if len(got) != 2 || got[0] != tc.want[0] || got[1] != tc.want[1] {
			t.Errorf("%s: wrong is %v, want %v", tc.column, got, tc.want)
		}
	}
}

// TestAskStumbles guards that a rule which fails on a row costs its answer on that
// row and nothing else, and that this is told without what stands in it.
func TestAskStumbles(t *testing.T) {
	answer := policy.Answer{Severity: policy.Todo, Due: day(t, "2026-06-01"), Brief: "something", Message: "Something", Action: "Do something"}
	fails := func(times int) policy.Rule {
		return asking("X-01", register.Enrolments, func(c *policy.Case) (policy.Answer, bool) {
			if times--; times >= 0 {
				panic(c.Value(register.LearnerID).Text)
			}
			return answer, true
		})
	}
	for times, want := range map[int]string{
		0: "", 1: "regcert stumbled over book.xlsx, Enrolments, row 2; please report it",
		2: "regcert stumbled over 2 rows, first over book.xlsx, Enrolments, row 2; please report it",
	} {
		report := judgeAsked(t, fails(times), asking("X-02", register.Enrolments, always(answer)))
		got := ""
		for i, n := range report.NotChecked {
			if n.Rule == "X-01" {
				got = n.Reason
			}
			if i > 0 && report.NotChecked[i-1].Rule > n.Rule {
				t.Errorf("%s stands behind %s", n.Rule, report.NotChecked[i-1].Rule)
			}
		}
		if got != want || len(found(report, "X-01")) != 2-times || len(found(report, "X-02")) != 2 {
			t.Errorf("%d panics: %q, %d and %d found", times, got, len(found(report, "X-01")), len(found(report, "X-02")))
		}
	}
}

// TestCheck guards what is asked of every rule, whoever made it.
func TestCheck(t *testing.T) {
	good := asking("X-01", register.Claims, always(policy.Answer{}))
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*policy.Rule){
		"is not like REG-02":  func(r *policy.Rule) { r.ID = "x-01" },
		"ends with a full":    func(r *policy.Rule) { r.Title = "Something." },
		"is no sentence":      func(r *policy.Rule) { r.Rationale = "It matters" },
		"serves no clause":    func(r *policy.Rule) { r.Clause = "" },
		"none or not known":   func(r *policy.Rule) { r.Severities = append(r.Severities, "bad") },
		"is no role":          func(r *policy.Rule) { r.Owner = "Somebody" },
		"go together":         func(r *policy.Rule) { r.On = 0 },
		"X-01 checks nothing": func(r *policy.Rule) { r.On, r.Ask = 0, nil },
	} {
		r := good
		spoil(&r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for letters, want := range map[string]bool{"REG": true, "CEN": true, "DAT": true, "RE": false, "X": false, "": false} {
		if policy.IsFamily(letters) != want {
			t.Errorf("%q is a family of the policy's: %t", letters, !want)
		}
	}
}

// TestAskOfTheCentre guards that the centre's sheets are asked, too, with an
// application and without one.
func TestAskOfTheCentre(t *testing.T) {
	const policies = `
-- Policies
Letter | Title        | Document  | Version | Approved On | Review By
a      | Malpractice  | mp-01.pdf | 1       | 2025-01-06  | 2027-01-05
b      | Complaints   | co-02.pdf | 2       | 2026-02-02  | 2027-02-01
`
	const application = `
-- Centre
Item        | Value
Centre Name | Brackwater
`
	asOf := day(t, "2026-05-11")
	answer := policy.Answer{Severity: policy.Todo, Column: register.ReviewBy, Brief: "something", Message: "Something", Action: "Do something"}
	for _, sheets := range []string{policies, application + policies} {
		report := policy.Judge(registertest.Read(t, asOf, "== centre.xlsx\n"+sheets), policy.Options{
			AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}, More: []policy.Rule{asking("X-01", register.Policies, always(answer))},
		})
		f := found(report, "X-01")
		if len(f) != 2 || f[0].Row != 2 || f[0].LearnerID != "" || f[0].Subject == "" {
			t.Errorf("raised is %+v", f)
		}
	}
}
