package evidence

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/actionlist"
	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/store"
)

// first is the first day of the period of these tests, last is its last.
var (
	first = calendar.NewDate(2026, time.May, 1)
	last  = calendar.NewDate(2026, time.May, 31)
	bst   = time.FixedZone("BST", 3600)
)

// life is a finding about a learner. Its events are told as "day state severity",
// the day counted from the first of the period.
func life(id int64, learner string, events ...string) *history.Life {
	l := &history.Life{
		ID: id, Key: history.Key{Matter: "CLM-01", ID: strings.ToLower(learner), Code: "610/9112/4"},
		Sight: history.Sight{Rule: "CLM-01", Clause: "P 5.3", Owner: policy.ComplianceTeam, LearnerID: learner, QualificationCode: "610/9112/4", Due: first + 4, Workbook: "claims.xlsx", Sheet: "Claims", Row: 17, Col: 12},
	}
	for i, text := range events {
		var day int
		var e history.Event
		if _, err := fmt.Sscan(text, &day, (*string)(&e.State), (*string)(&e.Severity)); err != nil {
			panic(err)
		}
		e.Day, e.Observation = first+calendar.Date(day), int64(i+1)
		l.Events = append(l.Events, e)
		l.State, l.Severity = e.State, e.Severity
	}
	return l
}

// record is one with something of everything.
func record() *Record {
	opt := policy.Options{Versions: []policy.Numbers{policy.Defaults()}}
	rules := opt.RuleSet()
	_, sum, _ := rules.Text()
	at := func(day, hour int) time.Time { return time.Date(2026, time.May, day, hour, 0, 0, 0, time.UTC) }
	return &Record{
		Centre: "Wheel & Barrow", From: first, To: last, MadeAt: time.Date(2026, time.June, 2, 9, 0, 0, 0, bst), Program: "0.5", Begins: at(1, 6).AddDate(0, -2, 0),
		Runs: []store.Run{
			{ID: 9, AsOf: first + 10, Finished: at(11, 7), Trigger: "after a save", Named: true, Policy: "1.0", Program: "0.5", RuleSet: sum, Observation: 4, Changes: map[history.Change]int{history.Worse: 1}, Counts: map[string]int{"overdue": 1, store.Snoozed: 2},
				Workbooks: []store.Workbook{{Path: "claims.xlsx", Before: "aa", After: "bb", Outcome: "written", Cells: 7, Counts: map[string]int{"overdue": 1}}, {Path: "enrolments.xlsx", Before: "cc", After: "cc", Outcome: "context"}}},
			{ID: 8, AsOf: first + 9, Finished: at(10, 23), Trigger: "on schedule", Policy: "1.0", Program: "0.4", RuleSet: sum,
				Workbooks: []store.Workbook{{Path: "claims.xlsx", Outcome: "failed", Reason: "it is open\nin Excel"}, {Path: "enrolments.xlsx", Before: "cc", After: "cc", Outcome: "unchanged"}}},
		},
		RuleSets: map[string]*policy.RuleSet{sum: rules, "other": rules},
		Lives:    []*history.Life{life(1, "L-015", "-3 open at-risk", "10 open overdue", "35 closed overdue"), life(2, "L-002", "2 snoozed todo")},
		Messages: []store.Message{{ID: 3, Key: store.Key{Job: "digest", Slot: "2026-05-11", Recipient: "q@centre.example"}, Name: "Head of Quality", Written: at(11, 7), State: store.Sent, Since: at(11, 8)}},
	}
}

// rows are those of a sheet as people read them, cells apart by " | ".
func rows(s actionlist.Sheet) (out []string) {
	for _, row := range s.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.String())
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out
}

func want(t *testing.T, s actionlist.Sheet, about string, want ...string) {
	t.Helper()
	if got := rows(s); s.About != about || !slices.Equal(got, want) {
		t.Errorf("%s: %s\n%s\nwant %s\n%s", s.Name, s.About, strings.Join(got, "\n"), about, strings.Join(want, "\n"))
	}
}

// TestTables guards what stands in the pack.
func TestTables(t *testing.T) {
	r := record()
	sum := r.Runs[0].RuleSet
	want(t, r.runs(), "2 runs",
		"8 | 2026-05-11 00:00:00 | on schedule | 10/05/2026 | 1.0 | "+sum[:8]+" | 0.4 | 2 | nothing | not part of the history",
		"9 | 2026-05-11 08:00:00 | after a save, only named workbooks | 11/05/2026 | 1.0 | "+sum[:8]+" | 0.5 | 1 | 1 overdue, 2 snoozed | 1 worse")
	want(t, r.workbooks(), "3 rows, one for each workbook in each run, without those that were only read for reference",
		"8 | 2026-05-11 00:00:00 | claims.xlsx | failed | 0 | not known | it is open in Excel |  | ",
		"8 | 2026-05-11 00:00:00 | enrolments.xlsx | unchanged | 0 | nothing |  | cc | cc",
		"9 | 2026-05-11 08:00:00 | claims.xlsx | written | 7 | 1 overdue |  | aa | bb")
	want(t, r.findings(), "2 findings about 2 learners; rule, who acts, due date and place are as last seen",
		"L-002 | 610/9112/4 |  | CLM-01 | P 5.3 | Compliance Team | 05/05/2026 | 03/05/2026 | to do, snoozed |  | to do, snoozed | claims.xlsx | Claims!L17",
		"L-015 | 610/9112/4 |  | CLM-01 | P 5.3 | Compliance Team | 05/05/2026 | 28/04/2026 | at risk | 11/05/2026 worse: overdue | overdue | claims.xlsx | Claims!L17")
	want(t, r.emails(), "1 email", "3 | digest | 2026-05-11 | Head of Quality | 2026-05-11 08:00:00 | sent | 2026-05-11 09:00:00")
	rules := rows(r.rules())
	if len(rules) != len(policy.Rules()) || !slices.Contains(rules, sum[:8]+" | 1.0 | 24/03/2026 | REG-02 | P 3.3(5) | Registration deadline is near | at risk | Administration Team | "+
		"short_course: 15 weeks; registration_short: 25 working days; registration_long: 60 working days; registration_at_risk: 10 working days") {
		t.Errorf("the rules are\n%s", strings.Join(rules, "\n"))
	}
	want(t, r.summary(), "what this pack holds",
		"Centre | Wheel & Barrow", "Period | Fri 1 May 2026 to Sun 31 May 2026", "Made | 2026-06-02 09:00:00 by regcert 0.5", "Policy versions | 1.0 (2)",
		"Runs | 2: after a save (1), on schedule (1)", "Versions of regcert that ran | 0.4 (1), 0.5 (1)", "Workbooks | 2; over all runs failed (1), unchanged (1), written (1); 7 cells written",
		"Rule set "+sum[:8]+" | SHA-256 "+sum, "Findings | 1 open before the period + 0 new + 0 awake again − 0 closed − 0 snoozed = 1 open at its end", "Emails | 1: sent (1)",
		"Not held by regcert | Names of learners, what emails said once they are sent, and findings that are only for information.")
}

// TestThePeriod guards which findings are of a period, with the days beside it.
func TestThePeriod(t *testing.T) {
	end := int(last - first)
	for _, c := range []struct {
		events []string
		want   string // what happened, and how it stood at the end; empty: it is not of the period
	}{
		{[]string{"-1 open todo"}, " / to do"},
		{[]string{"-2 open todo", "-1 closed todo"}, ""},
		{[]string{"-2 open todo", "0 closed todo"}, "01/05/2026 closed / closed"},
		{[]string{"-3 open todo", "-2 closed todo", "0 open todo"}, "29/04/2026 closed; 01/05/2026 open again: to do / to do"},
		{[]string{"-3 snoozed todo"}, " / to do, snoozed"},
		{[]string{"0 open todo", "0 closed todo"}, "01/05/2026 closed / closed"},
		{[]string{fmt.Sprint(end, " open todo"), fmt.Sprint(end+1, " closed todo")}, " / to do"},
		{[]string{fmt.Sprint(end+1, " open todo")}, ""},
	} {
		r := &Record{From: first, To: last, Lives: []*history.Life{life(1, "L1", c.events...)}}
		got := ""
		if all := r.findings().Rows; len(all) == 1 {
			got = all[0][9].String() + " / " + all[0][10].String()
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.events, got, c.want)
		}
	}
	r := &Record{From: first, To: last, Lives: []*history.Life{
		life(1, "A", "-1 open todo"), life(2, "B", "-1 open todo", "3 closed todo"), life(3, "C", "2 open todo"), life(4, "D", "-1 snoozed todo", "1 open todo"), life(5, "E", "-1 open todo", "1 snoozed todo"), life(6, "F", fmt.Sprint(end+1, " open todo")),
	}}
	if b := r.balance(); b != (history.Balance{Before: 3, New: 1, Woken: 1, Closed: 1, Snoozed: 1, Now: 3}) {
		t.Errorf("the balance is %+v", b)
	}
}

// TestManyChanges guards that a finding that never rests does not fill a page.
func TestManyChanges(t *testing.T) {
	var events []string
	for i := range 100 {
		events = append(events, fmt.Sprint(i/4, " open ", []policy.Severity{policy.Todo, policy.Overdue}[i%2]))
	}
	got := (&Record{From: first, To: last}).changes(life(1, "L1", events...))
	if !strings.HasPrefix(got, "59 earlier changes; ") || strings.Count(got, ";") != mostChanges {
		t.Errorf("%s", got)
	}
}

// TestNotHeld guards that the pack says what is missing from it.
func TestNotHeld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Record)
		want   []string
	}{
		"nothing":                 {func(*Record) {}, nil},
		"begins on the first day": {func(r *Record) { r.Begins = time.Date(2026, time.May, 1, 22, 59, 0, 0, time.UTC) }, nil},
		"begins on the second":    {func(r *Record) { r.Begins = time.Date(2026, time.May, 1, 23, 0, 0, 0, time.UTC) }, []string{"The record begins on Sat 2 May 2026."}},
		"pruned before it":        {func(r *Record) { r.Pruned = first }, nil},
		"pruned in it": {func(r *Record) { r.Pruned, r.Begins = first+1, r.MadeAt },
			[]string{"What came to its end before Sat 2 May 2026 has been deleted, as keep_history in the configuration asks."}},
		"over just now": {func(r *Record) { r.To = calendar.NewDate(2026, time.June, 1) }, nil},
		"not over":      {func(r *Record) { r.To = calendar.NewDate(2026, time.June, 2) }, []string{"The period was not over when this was made, on 2026-06-02 09:00:00."}},
		"an earlier version": {func(r *Record) { r.Runs[0].RuleSet = "" },
			[]string{"Of 1 run it is not recorded what they were for and by which rules they judged: an earlier version of regcert made them."}},
		"an empty state": {func(r *Record) { *r = Record{From: first, To: last, MadeAt: r.MadeAt} }, []string{"Nothing is recorded."}},
	} {
		r := record()
		c.change(r)
		if got := r.notHeld(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func pack(t testing.TB, r *Record) map[string][]byte {
	t.Helper()
	files, err := r.Files()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		out[f.Name] = f.Data
	}
	return out
}

// TestFiles guards that the same record gives the same pack, that the manifest
// tells whether it is whole, and that the page and the workbook say the same.
func TestFiles(t *testing.T) {
	files := pack(t, record())
	if again := pack(t, record()); !reflect.DeepEqual(again, files) {
		t.Error("the same record gave another pack")
	}
	if !IsWhole(files) {
		t.Error("a pack is not whole")
	}
	for _, name := range []string{Page, Workbook, Manifest} {
		changed := pack(t, record())
		changed[name] = append(changed[name], ' ')
		if IsWhole(changed) {
			t.Errorf("with another %s the pack is whole", name)
		}
		if delete(changed, name); IsWhole(changed) {
			t.Errorf("without %s the pack is whole", name)
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(files[Workbook]))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := book.GetSheetList(); !slices.Equal(got, []string{"Summary", "Runs", "Workbooks", "Rules", "Findings", "Emails"}) {
		t.Errorf("the sheets are %q", got)
	}
	page := walk(t, files[Page])
	for i, s := range record().book().Sheets {
		if page.tables[i] != len(s.Rows)+1 {
			t.Errorf("%s has %d rows on the page, and %d in the workbook", s.Name, page.tables[i], len(s.Rows)+1)
		}
		for _, row := range s.Rows {
			for _, c := range row {
				if c.String() != "" && !slices.Contains(page.texts, c.String()) {
					t.Errorf("%s: %q is not on the page", s.Name, c)
				}
			}
		}
	}
}

// TestLongTables guards that the page stays one that a browser can show, and says
// what is missing from it.
func TestLongTables(t *testing.T) {
	s := actionlist.Sheet{Name: "Runs", Columns: []actionlist.Column{{Heading: "Run", Width: 5}}}
	for n := range mostShown + 2 {
		s.Rows = append(s.Rows, []actionlist.Cell{actionlist.Number(n)})
	}
	for n, more := range map[int]int{mostShown: 0, mostShown + 1: 1, mostShown + 2: 2} {
		cut := s
		cut.Rows = s.Rows[:n]
		if got := newTable(&cut); len(got.Rows) != mostShown || got.More != more {
			t.Errorf("of %d rows %d are shown, and %d are said to be missing", n, len(got.Rows), got.More)
		}
	}
	data, err := record().page(&actionlist.Book{Sheets: []actionlist.Sheet{s}})
	if err != nil || !strings.Contains(string(data), "The last 2 rows stand only in evidence.xlsx") {
		t.Errorf("the page does not say what is missing, %v", err)
	}
}
