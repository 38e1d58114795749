package guide

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// theDay is when the examples are judged, where they do not say.
var theDay = calendar.NewDate(2026, time.May, 11)

// in says in which of an example's two sets of workbooks a row stands.
type in int

const (
	both   in = iota
	raised    // the set that raises the rule
	silent    // the set that does not
)

// example shows when a rule is raised: by two sets of small sheets.
type example struct {
	rule   string
	days   [3]calendar.Date // the as-of date of each set
	sheets []sheet
}

type sheet struct {
	kind    string
	columns []string
	rows    []row
}

type row struct {
	in    in
	cells []string
}

// readExamples reads testdata/examples.txt: rules (# REG-01), their sheets
// (-- Enrolments), a line of headings and lines of cells as registertest has them.
// What begins with + stands only in the set that raises the rule, what begins with
// - only in the other.
func readExamples(t *testing.T) []example {
	t.Helper()
	text, err := os.ReadFile("testdata/examples.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" {
			continue
		}
		if rule, ok := strings.CutPrefix(line, "# "); ok {
			list = append(list, example{rule: rule, days: [...]calendar.Date{raised: theDay, silent: theDay}})
			continue
		}
		e := &list[len(list)-1]
		if kind, ok := strings.CutPrefix(line, "-- "); ok {
			e.sheets = append(e.sheets, sheet{kind: kind})
			continue
		}
		where := in(strings.IndexByte(" +-", line[0]))
		if day, ok := strings.CutPrefix(line[1:], " as of "); ok {
			if e.days[where], err = calendar.ParseISO(day); err != nil {
				t.Fatalf("%s: %v", e.rule, err)
			}
			continue
		}
		cells := strings.Split(line[1:], "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch s := &e.sheets[len(e.sheets)-1]; {
		case where < both:
			t.Fatalf("%s: a line begins with none of + - and a space: %s", e.rule, line)
		case s.columns == nil:
			s.columns = cells
		default:
			s.rows = append(s.rows, row{where, append(cells, make([]string, len(s.columns)-len(cells))...)})
		}
	}
	return list
}

// judge judges one of the example's two sets.
func (e *example) judge(t *testing.T, which in) *policy.Report {
	t.Helper()
	var text strings.Builder
	if len(e.sheets) > 0 {
		text.WriteString("== book.xlsx\n")
	}
	for _, s := range e.sheets {
		fmt.Fprintf(&text, "-- %s\n%s\n", s.kind, strings.Join(s.columns, " | "))
		for _, r := range s.rows {
			if r.in == both || r.in == which {
				fmt.Fprintln(&text, strings.Join(r.cells, " | "))
			}
		}
	}
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Judge(registertest.Read(t, e.days[which], text.String()), policy.Options{
		AsOf: e.days[which], Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()},
	})
}

// findings are those of the example's own rule.
func (e *example) findings(t *testing.T, which in) []policy.Finding {
	t.Helper()
	return slices.DeleteFunc(e.judge(t, which).Findings, func(f policy.Finding) bool { return f.Rule != e.rule })
}

// TestExamples guards that the examples are true: the first rows raise the rule,
// once, and the others do not.
func TestExamples(t *testing.T) {
	for _, e := range readExamples(t) {
		t.Run(e.rule, func(t *testing.T) {
			if found := e.findings(t, raised); len(found) != 1 {
				t.Errorf("the rows that are to raise it raise it %d times", len(found))
			}
			if found := e.findings(t, silent); len(found) != 0 {
				t.Errorf("the rows that are not to raise it say: %s", found[0].Message)
			}
			for _, n := range e.judge(t, silent).NotChecked {
				if n.Rule == e.rule {
					t.Errorf("it was not even asked: %s", n.Reason)
				}
			}
			e.checkColumns(t)
		})
	}
}

// checkColumns wants known sheets and columns, and rows that differ in something.
func (e *example) checkColumns(t *testing.T) {
	differs := e.days[raised] != e.days[silent]
	for _, s := range e.sheets {
		i := slices.IndexFunc(register.Kinds(), func(k register.Kind) bool { return k.String() == s.kind })
		if i < 0 {
			t.Fatalf("there is no sheet %s", s.kind)
		}
		k := register.Kinds()[i]
		for _, name := range s.columns {
			if !slices.ContainsFunc(slices.Concat(k.Inputs(), k.Outputs()), func(c register.Column) bool { return c.String() == name }) {
				t.Errorf("%s has no column %s", s.kind, name)
			}
		}
		differs = differs || slices.ContainsFunc(s.rows, func(r row) bool { return r.in != both })
	}
	if !differs {
		t.Error("its two sets are the same")
	}
}

// TestEveryRuleHasAnExample guards that the examples are those of the registry.
func TestEveryRuleHasAnExample(t *testing.T) {
	has := map[string]int{}
	for _, e := range readExamples(t) {
		has[e.rule]++
	}
	for _, r := range policy.Rules() {
		switch has[r.ID] {
		case 0:
			t.Errorf("%s has no example in testdata/examples.txt", r.ID)
		case 1:
		default:
			t.Errorf("%s has several examples", r.ID)
		}
		delete(has, r.ID)
	}
	for rule := range has {
		t.Errorf("there is no rule %s", rule)
	}
}
