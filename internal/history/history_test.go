package history

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// monday is the first day of these tests: Mon 4 May 2026.
var monday = calendar.NewDate(2026, time.May, 4)

// diary keeps a past from day to day, as the state does.
type diary struct {
	t    testing.TB
	past *Past
	now  *Now
	next int64
}

func newDiary(t testing.TB) *diary {
	return &diary{t: t, past: &Past{Sheets: map[Sheet]Glance{}}, next: 1}
}

// see observes a table on a day of the test, counted from 0: rule, severity,
// learner, code, cell, due (as a day of the test), field, until (likewise).
// Lines "-- a.xlsx" name a workbook that was read, "!! a.xlsx" one that could
// not be.
func (d *diary) see(day int, table string) *Now {
	d.t.Helper()
	r := &Reading{AsOf: monday + calendar.Date(day), Expects: func(w string) bool { return !strings.HasPrefix(w, "old") }}
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		name, isRead := strings.CutPrefix(line, "-- ")
		unread, isUnread := strings.CutPrefix(line, "!! ")
		switch {
		case line == "":
		case isRead:
			r.Books = append(r.Books, Book{Path: name, Read: true, Sheets: map[string]register.Kind{"S": kindOf(name)}})
		case isUnread:
			r.Books = append(r.Books, Book{Path: unread})
		default:
			r.Findings = append(r.Findings, d.finding(line))
		}
	}
	return d.observe(r)
}

func (d *diary) observe(r *Reading) *Now {
	d.t.Helper()
	d.past.Lives = slices.Clone(d.past.Lives)
	d.now = d.past.Observe(r)
	for _, l := range d.now.Changed() {
		if l.ID == 0 {
			l.ID = d.next
			d.next++
		}
	}
	d.now.Recorded(Observation{ID: int64(len(d.past.Observations) + 1), Day: r.AsOf})
	d.past.Lives = d.now.Lives
	for s, kind := range d.now.Sheets {
		d.past.Sheets[s] = Glance{r.AsOf, kind}
	}
	for s := range d.past.Sheets {
		if slices.Contains(d.now.Renamed, s.Workbook) {
			delete(d.past.Sheets, s)
		}
	}
	return d.now
}

// kindOf is the kind of a workbook's one sheet: w.xlsx has withdrawals.
func kindOf(name string) register.Kind {
	if name == "w" {
		return register.Withdrawals
	}
	return register.Enrolments
}

// digest notes that a digest was made of the last observation.
func (d *diary) digest() {
	d.past.Digests = append(d.past.Digests, d.past.Observations[len(d.past.Observations)-1])
}

func (d *diary) finding(line string) policy.Finding {
	d.t.Helper()
	cells := strings.Split(line, "|")
	for len(cells) < 8 {
		cells = append(cells, "")
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	f := policy.Finding{Rule: cells[0], Severity: policy.Severity(cells[1]), LearnerID: cells[2], QualificationCode: cells[3], Kind: register.Enrolments, Field: cells[6], Action: "Do it"}
	if cells[0] == "ready" {
		f.Rule = ""
	}
	workbook, place, _ := strings.Cut(cells[4], " ")
	f.Workbook, f.Sheet = workbook, "S"
	if _, err := fmt.Sscan(place, &f.Row); err != nil {
		d.t.Fatalf("%q: %v", line, err)
	}
	day := func(s string) (out calendar.Date) {
		if s != "" {
			if _, err := fmt.Sscan(s, &out); err != nil {
				d.t.Fatalf("%q: %v", line, err)
			}
			out += monday
		}
		return out
	}
	f.Due = day(cells[5])
	if cells[7] != "" {
		f.Snooze = &policy.Snooze{Until: day(cells[7]), By: "Dana", Reason: "because"}
	}
	return f
}

// story tells the lives in short, sorted: what about, and each change with its
// day.
func (d *diary) story() string {
	var lines []string
	for _, l := range d.now.Lives {
		line := strings.TrimSpace(l.Matter + " " + l.LearnerID + " " + l.Field)
		for _, e := range l.Events {
			line += fmt.Sprintf(" %d:%s/%s", e.Day-monday, e.State, e.Severity)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (d *diary) want(want string) {
	d.t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	if got := d.story(); got != strings.Join(lines, "\n") {
		d.t.Errorf("the lives are\n%s\nwant\n%s", got, strings.Join(lines, "\n"))
	}
}

// everything admits all.
func everything(*Life, Standing) bool { return true }

func TestLives(t *testing.T) {
	for _, c := range []struct {
		name string
		days []string // what is seen on day 0, 7, 14, …
		want string
	}{
		{"opened, closed, reopened, closed", []string{"REG-09 | todo | L1 | q | a 2", "", "REG-09 | todo | L1 | q | a 2", ""},
			"REG-09 L1 0:open/todo 7:closed/todo 14:open/todo 21:closed/todo"},
		{"worse and better", []string{"REG-11 | at-risk | L1 | q | a 2 | 9", "REG-11 | overdue | L1 | q | a 2 | 9", "REG-11 | at-risk | L1 | q | a 2 | 40"},
			"REG-11 L1 0:open/at-risk 7:open/overdue 14:open/at-risk"},
		{"one matter under two rules", []string{"ready | todo | L1 | q | a 2 | 9", "CLM-02 | at-risk | L1 | q | a 2 | 9", "CLM-01 | overdue | L1 | q | a 2 | 9", ""},
			"CLM-01 L1 0:open/todo 7:open/at-risk 14:open/overdue 21:closed/overdue"},
		{"a registration gets late, and then is a late one", []string{"REG-02 | at-risk | L1 | q | a 2 | 5", "REG-01 | overdue | L1 | q | a 2 | 5", "REG-03 | breach | L1 | q | a 2 | 5"},
			"REG-01 L1 0:open/at-risk 7:open/overdue 14:closed/overdue\nREG-03 L1 14:open/breach"},
		{"snoozed, awake, snoozed, closed", []string{"REG-09 | todo | L1 | q | a 2 |||6", "REG-09 | todo | L1 | q | a 2", "REG-09 | todo | L1 | q | a 2 |||20", ""},
			"REG-09 L1 0:snoozed/todo 7:open/todo 14:snoozed/todo 21:closed/todo"},
		{"snoozed for longer is nothing new", []string{"REG-09 | todo | L1 | q | a 2 |||8", "REG-09 | todo | L1 | q | a 2 |||20"}, "REG-09 L1 0:snoozed/todo"},
		{"the row moves, the code is written otherwise", []string{"REG-09 | todo | l1 | 610/12 | a 2", "REG-09 | todo | L1 | 610-12 | a 77"}, "REG-09 L1 0:open/todo"},
		{"the fields are different things", []string{"REG-04 | todo | L1 | q | a 2 || Late Reason\nREG-04 | todo | L1 | q | a 2 || AIM Contacted", "REG-04 | todo | L1 | q | a 2 || AIM Contacted"},
			"REG-04 L1 AIM Contacted 0:open/todo\nREG-04 L1 Late Reason 0:open/todo 7:closed/todo"},
		{"an ID that stands twice: each has its life", []string{"REG-01 | overdue | L1 | q | a 2 | 3\nREG-01 | overdue | L1 | q | a 9 | 4", "REG-01 | overdue | L1 | q | a 2 | 4\nREG-01 | overdue | L1 | q | a 3 | 3", "REG-01 | overdue | L1 | q | a 5 | 4"},
			"REG-01 L1 0:open/overdue\nREG-01 L1 0:open/overdue 14:closed/overdue"},
		{"what is for information has no life", []string{"REC-03 | info | L1 | q | a 2"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDiary(t)
			for i, table := range c.days {
				d.see(7*i, "-- a\n"+table)
			}
			d.want(c.want)
		})
	}
}

// What cannot be seen is not closed, and says as of when it is told.
func TestMissingWorkbooks(t *testing.T) {
	const (
		late  = "REG-01 | overdue | L1 | q | a 2 | 0\n"
		other = "CRT-01 | overdue | L2 | q | b 2 | 0\n"
		cross = "CLM-04 | overdue | L3 | q | b 3 | 0 | iqa\n"
	)
	for _, c := range []struct {
		name string
		days map[int]string
		want string
		asOf string // of what is kept on the last day
	}{
		{"a workbook cannot be read", map[int]string{0: "-- a\n-- b\n" + late + other, 7: "!! a\n-- b\n" + other}, "REG-01 L1 0:open/overdue\nCRT-01 L2 0:open/overdue", "REG-01 0"},
		{"nor the week after, nor for months", map[int]string{0: "-- a\n-- b\n" + late + other, 7: "!! a\n-- b\n" + other, 70: "!! a\n-- b\n" + other}, "REG-01 L1 0:open/overdue\nCRT-01 L2 0:open/overdue", "REG-01 0"},
		{"it is read again, and all is as it was", map[int]string{0: "-- a\n" + late, 7: "!! a", 14: "-- a\n" + late}, "REG-01 L1 0:open/overdue", ""},
		{"it is read again, and it was dealt with", map[int]string{0: "-- a\n" + late, 7: "!! a", 14: "-- a"}, "REG-01 L1 0:open/overdue 14:closed/overdue", ""},
		{"it is gone", map[int]string{0: "-- a\n-- b\n" + late + other, 7: "-- b\n" + other}, "REG-01 L1 0:open/overdue\nCRT-01 L2 0:open/overdue", "REG-01 0"},
		{"it is gone for as long as any holiday", map[int]string{0: "-- a\n-- b\n" + late + other, 35: "-- b\n" + other}, "REG-01 L1 0:open/overdue\nCRT-01 L2 0:open/overdue", "REG-01 0"},
		{"it is gone for good", map[int]string{0: "-- a\n-- b\n" + late + other, 36: "-- b\n" + other}, "REG-01 L1 0:open/overdue 36:closed/overdue\nCRT-01 L2 0:open/overdue", ""},
		{"the configuration does not want it any more", map[int]string{0: "-- old\n-- b\n" + strings.ReplaceAll(late, "a 2", "old 2") + other, 7: "-- b\n" + other}, "REG-01 L1 0:open/overdue 7:closed/overdue\nCRT-01 L2 0:open/overdue", ""},
		{"it has another name", map[int]string{0: "-- a\n" + late, 7: "-- c\n" + strings.ReplaceAll(late, "a 2", "c 9")}, "REG-01 L1 0:open/overdue", ""},
		{"what looks into it is kept, too; what looks at its own record only is not",
			map[int]string{0: "-- a\n-- b\n" + other + cross, 7: "!! a\n-- b\n"}, "CRT-01 L2 0:open/overdue 7:closed/overdue\nCLM-04 L3 iqa 0:open/overdue", "CLM-04 0"},
		{"what does not look into it is not", map[int]string{0: "-- w\n-- b\nASM-01 | breach | L1 | q | b 2\nREG-10 | todo | L2 | q | b 3", 7: "!! w\n-- b"},
			"ASM-01 L1 0:open/breach 7:closed/breach\nREG-10 L2 0:open/todo", "REG-10 0"},
		{"after a while it is taken to stay away", map[int]string{0: "-- a\n-- b\n" + late + cross, 36: "!! a\n-- b\n"}, "REG-01 L1 0:open/overdue\nCLM-04 L3 iqa 0:open/overdue 36:closed/overdue", "REG-01 0"},
		{"of one that is gone sooner: a week", map[int]string{0: "-- a\n-- b\n" + late + cross, 7: "-- b\n"}, "REG-01 L1 0:open/overdue\nCLM-04 L3 iqa 0:open/overdue", "REG-01 0CLM-04 0"},
		{"and no longer", map[int]string{0: "-- a\n-- b\n" + late + cross, 8: "-- b\n"}, "REG-01 L1 0:open/overdue\nCLM-04 L3 iqa 0:open/overdue 8:closed/overdue", "REG-01 0"},
		{"it has another name, and something in it was dealt with", map[int]string{0: "-- a\n-- b\n" + late + cross + strings.ReplaceAll(late, "L1", "L4"), 7: "-- c\n-- b\n" + strings.ReplaceAll(late, "a 2", "c 9"), 8: "-- c\n-- b\n"},
			"REG-01 L1 0:open/overdue 8:closed/overdue\nREG-01 L4 0:open/overdue 7:closed/overdue\nCLM-04 L3 iqa 0:open/overdue 7:closed/overdue", ""},
		{"another has come, and it is gone", map[int]string{0: "-- a\n-- b\n" + late, 7: "-- c\n-- b\n" + strings.ReplaceAll(strings.ReplaceAll(late, "a 2", "c 9"), "L1", "L9")},
			"REG-01 L1 0:open/overdue\nREG-01 L9 7:open/overdue", "REG-01 0"},
		{"one that never could be read keeps nothing open", map[int]string{0: "!! x\n-- b\n" + cross, 7: "!! x\n-- b\n"}, "CLM-04 L3 iqa 0:open/overdue 7:closed/overdue", ""},
		{"a snooze ends while nobody can look", map[int]string{0: "-- a\nREG-09 | todo | L1 | q | a 2 |||6", 6: "!! a", 7: "!! a"}, "REG-09 L1 0:snoozed/todo 7:open/todo", "REG-09 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDiary(t)
			for day := range 100 {
				if table, ok := c.days[day]; ok {
					d.see(day, table)
				}
			}
			d.want(c.want)
			kept := ""
			for _, m := range d.now.Matters {
				if !m.AsOf.IsZero() {
					kept += fmt.Sprintf("%s %d", m.Rule, m.AsOf-monday)
				}
			}
			if kept != c.asOf {
				t.Errorf("kept: %q, want %q", kept, c.asOf)
			}
		})
	}
}

// A sheet that has lost its header row is like a workbook that is gone.
func TestSheetUnread(t *testing.T) {
	d := newDiary(t)
	d.see(0, "-- a\nREG-12 | data | L1 | q | a 2")
	d.observe(&Reading{AsOf: monday + 7, Books: []Book{{Path: "a", Read: true, Sheets: map[string]register.Kind{"T": register.Claims}, Unread: []string{"S"}}}, Expects: func(string) bool { return true }})
	d.want("REG-12 L1 0:open/data")
	// One that was taken out is not.
	d.observe(&Reading{AsOf: monday + 8, Books: []Book{{Path: "a", Read: true, Sheets: map[string]register.Kind{"T": register.Claims}}}, Expects: func(string) bool { return true }})
	d.want("REG-12 L1 0:open/data 8:closed/data")
}

// What may have come up only because something could not be read is doubtful.
func TestDoubtful(t *testing.T) {
	d := newDiary(t)
	const table = "REG-01 | overdue | L1 | q | b 2 | 0\nCRT-01 | overdue | L2 | q | b 2 | 0\n"
	for _, c := range []struct {
		day  int
		see  string
		want string
	}{{0, "-- a\n-- b\n" + table, ""}, {3, "!! a\n-- b\n" + table, "REG-01"}, {4, "!! a\n-- b\n" + table, ""}, {5, "-- a\n-- b\n" + table, ""}, {12, "!! a\n-- b\n" + table, "REG-01"}, {13, "!! a\n-- b\n" + table, ""}, {14, "-- a\n-- b\n" + table, ""}, {15, "!! new\n-- a\n-- b\n" + table, ""}, {16, "-- b\n" + table, "REG-01"}} {
		now := d.see(c.day, c.see)
		got := ""
		for _, m := range now.Matters {
			if now.Doubtful(m) {
				got += m.Rule
			}
		}
		if got != c.want {
			t.Errorf("on day %d %q is doubtful, want %q", c.day, got, c.want)
		}
	}
}

func TestChange(t *testing.T) {
	d := newDiary(t)
	d.see(0, `-- a
		REG-09 | todo | same | q | a 2
		REG-11 | at-risk | worse | q | a 3 | 9
		REG-11 | overdue | better | q | a 3 | 9
		REG-09 | todo | woken | q | a 4 |||5
		REG-09 | todo | asleep | q | a 5
		REG-09 | todo | gone | q | a 6
		REG-09 | todo | back | q | a 7`)
	d.see(1, "-- a\nREG-09 | todo | same | q | a 2\nREG-11 | at-risk | worse | q | a 3 | 9\nREG-11 | overdue | better | q | a 3 | 9\nREG-09 | todo | woken | q | a 4 |||5\nREG-09 | todo | asleep | q | a 5\nREG-09 | todo | gone | q | a 6")
	d.digest()
	now := d.see(7, `-- a
		REG-09 | todo | same | q | a 2
		REG-11 | overdue | worse | q | a 3 | 9
		REG-11 | at-risk | better | q | a 3 | 30
		REG-09 | todo | woken | q | a 4
		REG-09 | todo | asleep | q | a 5 |||20
		REG-09 | todo | back | q | a 7
		REG-09 | todo | new | q | a 8`)
	base, found := d.past.Baseline(monday + 7)
	if !found || base.Day != monday+1 {
		t.Fatalf("the baseline is %+v, %t", base, found)
	}
	want := map[string]Change{"same": Same, "worse": Worse, "better": Milder, "woken": Woken, "back": Reopened, "new": New}
	since := map[string]calendar.Date{"same": 0, "worse": 0, "better": 0, "woken": 0, "back": 7, "new": 7}
	for _, m := range now.Matters {
		if m.LearnerID == "asleep" {
			continue
		}
		if got := m.Life.Change(base.ID); got != want[m.LearnerID] {
			t.Errorf("%s: change %d, want %d", m.LearnerID, got, want[m.LearnerID])
		}
		if got := m.Life.Since(); got != monday+since[m.LearnerID] {
			t.Errorf("%s: open since day %d, want %d", m.LearnerID, got-monday, since[m.LearnerID])
		}
	}
	b := now.Balance(base, everything)
	if want := (Balance{Day: monday + 1, Before: 5, New: 2, Woken: 1, Closed: 1, Snoozed: 1, Now: 6}); b != want {
		t.Errorf("the balance is %+v, want %+v", b, want)
	}
	if _, found := d.past.Baseline(monday + 1); found {
		t.Error("the day's own digest is its baseline")
	}
}

func TestChangeOf(t *testing.T) {
	for _, c := range []struct {
		was, is Standing
		want    Change
	}{
		{Standing{}, Standing{Open, policy.Todo}, New},
		{Standing{}, Standing{Snoozed, policy.Todo}, Slept},
		{Standing{Open, policy.Todo}, Standing{Open, policy.Todo}, Same},
		{Standing{Open, policy.Todo}, Standing{Open, policy.AtRisk}, Worse},
		{Standing{Open, policy.AtRisk}, Standing{Open, policy.Todo}, Milder},
		{Standing{Open, policy.AtRisk}, Standing{Snoozed, policy.Overdue}, Slept},
		{Standing{Snoozed, policy.AtRisk}, Standing{Snoozed, policy.Overdue}, Worse},
		{Standing{Snoozed, policy.AtRisk}, Standing{Open, policy.Overdue}, Woken},
		{Standing{Snoozed, policy.AtRisk}, Standing{Closed, policy.AtRisk}, Ended},
		{Standing{Open, policy.AtRisk}, Standing{Closed, policy.AtRisk}, Ended},
		{Standing{Closed, policy.AtRisk}, Standing{Open, policy.AtRisk}, Reopened},
		{Standing{Closed, policy.AtRisk}, Standing{Snoozed, policy.AtRisk}, Slept},
		{Standing{Closed, policy.AtRisk}, Standing{Closed, policy.AtRisk}, Same},
	} {
		if got := ChangeOf(c.was, c.is); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.was, c.is, got, c.want)
		}
	}
}

func TestWeeks(t *testing.T) {
	d := newDiary(t)
	late, soon, data := "REG-01 | overdue | L1 | q | a 2 | 0\n", "REG-11 | at-risk | L2 | q | a 3 | 30\n", "DAT-04 | data | L3 | q | a 4\n"
	d.see(0, "-- a\n"+late+data)
	d.see(7, "-- a\n"+soon+data)
	d.digest()
	d.see(7, "-- a\n"+late) // later on the day of the digest
	d.see(16, "-- a\n"+late+soon)
	now := d.see(21, "-- a\n"+data)
	want := []Week{{Day: monday - 7}, {Day: monday, Overdue: 1, Other: 1, Known: true}, {Day: monday + 7, AtRisk: 1, Other: 1, Known: true},
		{Day: monday + 14, Overdue: 1, Known: true}, {Day: monday + 21, Other: 1, Known: true}}
	if got := now.Weeks(5, everything); !slices.Equal(got, want) {
		t.Errorf("the weeks are\n%+v\nwant\n%+v", got, want)
	}
}

func TestPseudonym(t *testing.T) {
	if a := Pseudonym("Jane O’Dell"); a == "" || a != Pseudonym("jane o'dell") || a == Pseudonym("Jane Dell") || strings.Contains(strings.ToLower(a), "jane") || Pseudonym("") != "" {
		t.Errorf("pseudonyms: %q", a)
	}
}

// Whose learner it is is remembered while the enrolments cannot be read.
func TestTutorIsRemembered(t *testing.T) {
	d := newDiary(t)
	tutor := "Jane Doe"
	look := func(day int, enrolments bool) string {
		r := &Reading{AsOf: monday + calendar.Date(day), Expects: func(string) bool { return true }, Tutor: func(*policy.Finding) string { return tutor },
			Books: []Book{{Path: "a", Read: enrolments}, {Path: "b", Read: true, Sheets: map[string]register.Kind{"S": register.Claims}}}}
		if enrolments {
			r.Books[0].Sheets = map[string]register.Kind{"S": register.Enrolments}
		}
		r.Findings = []policy.Finding{d.finding("CRT-01 | overdue | L2 | q | b 2 | 0")}
		return d.observe(r).Matters[0].Life.Tutor
	}
	jane := Pseudonym("Jane Doe")
	if got := look(0, true); got != jane {
		t.Errorf("the tutor is %q", got)
	}
	tutor = ""
	if got := look(1, false); got != jane {
		t.Errorf("while the enrolments cannot be read the tutor is %q", got)
	}
	if got := look(2, true); got != "" {
		t.Errorf("without a tutor it is %q", got)
	}
}

// Very many records without a Learner ID are told apart in no time.
func TestManyOfOneKey(t *testing.T) {
	r := &Reading{AsOf: monday, Books: []Book{{Path: "a", Read: true, Sheets: map[string]register.Kind{"S": register.Enrolments}}}, Expects: func(string) bool { return true }}
	for i := range 100_000 {
		r.Findings = append(r.Findings, policy.Finding{Rule: "DAT-01", Severity: policy.Data, Field: "Learner ID", Workbook: "a", Sheet: "S", Row: i + 2})
	}
	d := newDiary(t)
	d.observe(r)
	r.AsOf++
	slices.Reverse(r.Findings)
	r.Findings = r.Findings[1:]
	begun := time.Now()
	d.observe(r)
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	closed := 0
	for _, l := range d.past.Lives {
		if l.State == Closed {
			closed++
		}
	}
	if closed != 1 || len(d.past.Lives) != 100_000 {
		t.Errorf("%d lives, %d of them closed", len(d.past.Lives), closed)
	}
}
