package policy_test

import (
	"reflect"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

// TestExplainSamples explains every sample learner, on a day on which the
// certificates, the withdrawals and the policy are due, too.
func TestExplainSamples(t *testing.T) {
	made, err := samples.Workbooks()
	if err != nil {
		t.Fatal(err)
	}
	for _, asOf := range []calendar.Date{samples.AsOf() - 30, samples.AsOf(), samples.AsOf() + 300} {
		var set []*register.Workbook
		for _, w := range made {
			file, err := xlsx.Open(w.Data, xlsx.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			book, err := register.NewReader(asOf, register.Aliases{}).Read(w.Name, file)
			if err != nil {
				t.Fatal(err)
			}
			set = append(set, book)
		}
		opt := policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}}
		if learners := checkExplained(t, set, policy.Judge(set, opt), opt, ""); learners < 60 {
			t.Errorf("only %d learners are explained", learners)
		}
	}
}

// checkExplained: the explanation of a learner, or of every one, says what the
// report says of their records, each once, and how each date was counted. It
// returns how many learners there are.
func checkExplained(t *testing.T, set []*register.Workbook, report *policy.Report, opt policy.Options, only string) int {
	t.Helper()
	rows := map[string]map[*register.Record]policy.Row{} // by learner
	for _, row := range report.Rows {
		id := row.Record.Key.ID
		if id == "" || only != "" && id != only {
			continue
		}
		if rows[id] == nil {
			rows[id] = map[*register.Record]policy.Row{}
		}
		rows[id][row.Record] = row
	}
	findings := map[place][]policy.Finding{}
	for _, f := range report.Findings {
		at := place{f.Workbook, f.Sheet, f.Row}
		findings[at] = append(findings[at], f)
	}
	for id, want := range rows {
		x := policy.Explain(set, opt, id, "")
		told, asking := 0, 0
		for _, p := range x.Positions {
			for _, a := range p.Accounts {
				rec := a.Row.Record
				if !reflect.DeepEqual(a.Row, want[rec]) {
					t.Errorf("%s!%d is explained by %+v and judged %+v", rec.Sheet.Name, rec.Row, a.Row, want[rec])
				}
				checkAccount(t, a, findings[whereIs(rec)])
				checkCounts(t, a)
				told++
				asking += countSteps(a)
			}
		}
		for _, s := range x.Steps {
			if left := theCalendar().Left(opt.AsOf, s.Due); !s.Due.IsZero() && s.WorkingDaysLeft != left {
				t.Errorf("%s: %s has %d working days left, want %d", id, s.Action, s.WorkingDaysLeft, left)
			}
		}
		if told != len(want) {
			t.Errorf("%d records of %s are explained, %d judged", told, id, len(want))
		}
		if len(x.Steps) < asking {
			t.Errorf("%s has %d steps, and %d findings ask for something", id, len(x.Steps), asking)
		}
	}
	return len(rows)
}

// place is where a record stands.
type place struct {
	workbook, sheet string
	row             int
}

func whereIs(r *register.Record) place { return place{r.Sheet.Workbook, r.Sheet.Name, r.Row} }

// countSteps counts the findings of a record that ask somebody to do something
// now.
func countSteps(a *policy.Account) int {
	n := 0
	for _, r := range a.Rulings {
		for _, f := range r.Findings {
			if !f.Logged && f.Snooze == nil {
				n++
			}
		}
	}
	return n
}

// checkAccount: the rulings on a record hold its findings, each rule is told
// once, and the conditions of a claim agree with what is raised.
func checkAccount(t *testing.T, a *policy.Account, want []policy.Finding) {
	t.Helper()
	rec := a.Row.Record
	var got []policy.Finding
	last := ""
	for _, r := range a.Rulings {
		got = append(got, r.Findings...)
		if r.Rule.ID <= last {
			t.Errorf("%s!%d: %s is told after %s", rec.Sheet.Name, rec.Row, r.Rule.ID, last)
		}
		last = r.Rule.ID
		if (r.Outcome == policy.Raised) != (len(r.Findings) > 0) || (r.Outcome == policy.NotAsked) != (r.Why != "") {
			t.Errorf("%s!%d: %s is %s, for %q, with %d findings", rec.Sheet.Name, rec.Row, r.Rule.ID, r.Outcome, r.Why, len(r.Findings))
		}
		for _, f := range r.Findings {
			if f.Policy != r.Policy {
				t.Errorf("%s is judged by %s and explained by %s", f.Rule, f.Policy, r.Policy)
			}
		}
	}
	if !(len(got) == 0 && len(want) == 0) && !reflect.DeepEqual(got, want) {
		t.Errorf("%s!%d is explained by\n%+v\nand judged\n%+v", rec.Sheet.Name, rec.Row, got, want)
	}
	open := map[string]bool{}
	for _, c := range a.Conditions {
		open[c.Name] = c.Why != ""
		if len(c.Proof) == 0 && c.Name != "assessor" {
			t.Errorf("%s!%d: nothing shows whether the condition %s holds", rec.Sheet.Name, rec.Row, c.Name)
		}
	}
	for _, f := range want {
		if (f.Rule == "CLM-04" || f.Rule == "CLM-05") && !open[f.Field] {
			t.Errorf("%s!%d: %s is raised for %s, which holds", rec.Sheet.Name, rec.Row, f.Rule, f.Field)
		}
	}
}

// checkCounts: what was counted comes out again, and the deadline is among it.
func checkCounts(t *testing.T, a *policy.Account) {
	t.Helper()
	rec := a.Row.Record
	found := a.Row.Deadline.IsZero()
	for _, c := range a.Counts {
		if got := theCalendar().Add(c.From, c.Period, c.Clock); got != c.Date {
			t.Errorf("%s: %s is not %s", c.What, c.Text(""), got)
		}
		if !strings.HasSuffix(c.Text("A1"), " = "+c.Date.Long()) || c.Clause == "" || c.Policy == "" || c.Cell.Row == 0 {
			t.Errorf("%s!%d: %+v says too little", rec.Sheet.Name, rec.Row, c)
		}
		found = found || c.Date == a.Row.Deadline
	}
	if !found {
		t.Errorf("%s!%d: nobody counted %s", rec.Sheet.Name, rec.Row, a.Row.Deadline)
	}
}

func TestExplainNobody(t *testing.T) {
	if x := policy.Explain(nil, policy.Options{AsOf: day(t, "2026-05-11"), Calendar: theCalendar(), Versions: []policy.Numbers{policy.Defaults()}}, "L1", ""); len(x.Positions) > 0 || x.LearnerID != "" {
		t.Errorf("got %+v", x)
	}
}
