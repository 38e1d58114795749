package store

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
)

func ruleSet(change func(*policy.Options)) *policy.RuleSet {
	opt := policy.Options{Versions: []policy.Numbers{policy.Defaults()}}
	change(&opt)
	return opt.RuleSet()
}

// TestTheRecordOfRuns guards that what a run was for, by what it judged, and what
// it changed, can be told afterwards.
func TestTheRecordOfRuns(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	plain := ruleSet(func(*policy.Options) {})
	stricter := ruleSet(func(o *policy.Options) { o.Versions[0].Claim.N = 5 })
	var want []Run
	for day, c := range []struct {
		words   string
		rules   *policy.RuleSet
		named   bool
		changes map[history.Change]int
	}{
		{"L1 L2 L3/todo", plain, false, map[history.Change]int{history.New: 5}},
		{"L1/overdue zzL2 L3/todo", plain, true, map[history.Change]int{history.Worse: 1, history.Slept: 1}},
		{"L1 L2", stricter, false, map[history.Change]int{history.Milder: 1, history.Woken: 1, history.Ended: 1}},
		{"L1 L2 L3/todo", stricter, false, map[history.Change]int{history.Reopened: 1}},
	} {
		now := observe(t, s, reading(day, c.words))
		run := Run{
			AsOf: day0 + calendar.Date(day), Started: monday.AddDate(0, 0, day), Finished: monday.AddDate(0, 0, day).Add(time.Second), Trigger: "on schedule", Named: c.named,
			Policy: "1.0", Program: "0.1", Rules: c.rules, Observation: now.Past.Observations[day].ID, Counts: map[string]int{"at-risk": day + 1},
			Workbooks: []Workbook{
				{Path: "a.xlsx", Before: "aa", After: "bb", Outcome: "written", Cells: 7, Counts: map[string]int{"at-risk": 2, "overdue": 1}},
				{Path: "b.xlsx", Outcome: "unchanged"},
			},
		}
		if c.named {
			run.Workbooks[1].Outcome = "context"
		}
		id, err := s.SaveRun(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		run.ID, run.Rules, run.Changes = id, nil, c.changes
		if _, run.RuleSet, err = c.rules.Text(); err != nil {
			t.Fatal(err)
		}
		want = append([]Run{run}, want...)
	}
	of := func(q RunQuery, want ...Run) {
		t.Helper()
		if got, err := s.Runs(t.Context(), q); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v\n got %+v\nwant %+v", q, err, got, want)
		}
	}
	of(RunQuery{}, want...)
	of(RunQuery{Limit: 2}, want[:2]...)
	of(RunQuery{From: want[2].Finished, Before: want[0].Finished}, want[1:3]...) // the first moment, not the last
	of(RunQuery{Workbook: "c.xlsx"})
	b := []Run{want[0], want[1], want[3]} // in the other it was only context
	for i := range b {
		b[i].Workbooks, b[i].Changes = b[i].Workbooks[1:], map[history.Change]int{}
	}
	b[2].Changes = map[history.Change]int{history.New: 1}
	of(RunQuery{Workbook: "b.xlsx"}, b...)

	if names, err := s.WorkbookNames(t.Context()); err != nil || !reflect.DeepEqual(names, []string{"a.xlsx", "b.xlsx"}) {
		t.Errorf("the workbooks are %q, %v", names, err)
	}
	sets, err := s.RuleSets(t.Context())
	if err != nil || len(sets) != 2 || !reflect.DeepEqual(sets[want[0].RuleSet], stricter) || !reflect.DeepEqual(sets[want[3].RuleSet], plain) {
		t.Errorf("the rule sets are %+v, %v", sets, err)
	}
	if at, err := s.Beginning(t.Context()); err != nil || !at.Equal(monday) {
		t.Errorf("it begins %v, %v", at, err)
	}
}

// TestALookIsNoRun guards that a look for a digest is recorded, and counts neither
// as the last run nor as what was done with a workbook.
func TestALookIsNoRun(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for _, run := range []Run{
		{Trigger: "by hand", Workbooks: []Workbook{{Path: "a.xlsx", Outcome: "written"}, {Path: "b.xlsx", Outcome: "unchanged"}}},
		{Trigger: ForDigest, Workbooks: []Workbook{{Path: "a.xlsx", Outcome: OutcomeRead}, {Path: "b.xlsx", Outcome: "failed"}}},
	} {
		run.Started, run.Finished = monday, monday
		if _, err := s.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	if last, found, err := s.LastRun(t.Context()); err != nil || !found || last.ID != 1 {
		t.Errorf("the last run is %+v, %v", last, err)
	}
	if runs, err := s.Runs(t.Context(), RunQuery{Workbook: "a.xlsx"}); err != nil || len(runs) != 2 {
		t.Errorf("%d runs are recorded, %v", len(runs), err)
	}
	lately, err := s.Lately(t.Context(), monday)
	var got []string
	for _, l := range lately {
		got = append(got, l.Path+" "+l.Outcome)
	}
	if err != nil || !reflect.DeepEqual(got, []string{"b.xlsx failed", "a.xlsx written"}) {
		t.Errorf("lately %q, %v", got, err)
	}
}

// TestBeginning guards that a new state has none.
func TestBeginning(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if at, err := s.Beginning(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("a new state begins %v, %v", at, err)
	}
}

// TestRunsOfAnEarlierVersion guards that a state from before this was recorded
// says that it does not know.
func TestRunsOfAnEarlierVersion(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if _, err := s.db.Exec(`INSERT INTO run (as_of, started, finished, policy, program) VALUES ('2026-05-11', '2026-05-11T07:00:00.000Z', '2026-05-11T07:00:01.000Z', '1.0', '0.1')`); err != nil {
		t.Fatal(err)
	}
	run, found, err := s.LastRun(t.Context())
	if err != nil || !found || run.Trigger != "" || run.RuleSet != "" || run.Observation != 0 || run.Changes != nil {
		t.Errorf("%+v, %t, %v", run, found, err)
	}
}

// TestOneLearner guards what can be told of a learner: each finding with all its
// events, however old, and the messages that tell of it.
func TestOneLearner(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	observe(t, s, reading(0, "L1 L2"))
	observe(t, s, reading(1, "L2"))
	now := observe(t, s, reading(2+history.Memory, "L2/overdue"))
	lives, err := s.LivesOf(t.Context(), "L1")
	if err != nil || len(lives) != 1 || len(lives[0].Events) != 2 || lives[0].State != history.Closed {
		t.Fatalf("of L1 there are %+v, %v", lives, err)
	}
	if all, err := s.AllLives(t.Context()); err != nil || len(all) != 4 {
		t.Errorf("there are %d lives, %v", len(all), err)
	}
	m, _, err := s.Enqueue(t.Context(), Message{Key: Key{Job: "escalation", Slot: "x", Recipient: "a@centre.example"}, Name: "Quality", Written: monday, Deadline: monday}, []byte("x"), Told{now.Matters[0].Life.ID, policy.Overdue})
	if err != nil {
		t.Fatal(err)
	}
	for learner, want := range map[string][]Telling{"L1": nil, "L2": {{Told{now.Matters[0].Life.ID, policy.Overdue}, m}}} {
		if got, err := s.Tellings(t.Context(), learner); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("of %s tell %+v, %v; want %+v", learner, got, err, want)
		}
	}
	for _, c := range []struct {
		from, before time.Time
		want         int
	}{{monday, monday.Add(time.Millisecond), 1}, {monday.Add(time.Millisecond), monday.AddDate(1, 0, 0), 0}, {monday.AddDate(-1, 0, 0), monday, 0}} {
		if got, err := s.Written(t.Context(), c.from, c.before); err != nil || len(got) != c.want {
			t.Errorf("from %s before %s there are %d messages, %v; want %d", c.from, c.before, len(got), err, c.want)
		}
	}
}

// TestCountsOfAWorkbook guards that a workbook without findings has no counts.
func TestCountsOfAWorkbook(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	save(t, s, []Workbook{{Path: "a.xlsx"}, {Path: "b.xlsx", Counts: map[string]int{Snoozed: 1, "todo": 2}}, {Path: "c.xlsx"}})
	run, _, err := s.LastRun(t.Context())
	if err != nil || len(run.Workbooks) != 3 || run.Workbooks[0].Counts != nil || !maps.Equal(run.Workbooks[1].Counts, map[string]int{Snoozed: 1, "todo": 2}) {
		t.Errorf("%+v, %v", run.Workbooks, err)
	}
}
