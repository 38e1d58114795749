package guide

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

var update = flag.Bool("update", false, "write rules.md anew; read the difference")

// theWidth is how many characters a line has at most.
const theWidth = 80

const rulesIntro = `# The rules

Each rule says what is wrong where it is raised. Here is why that matters, who
must act, what regcert writes then, and an example.

A rule serves a clause of the Registration & Certification Policy (P), or of the
recognition of centres (C). It is one or several of:

- **missed** (` + "`breach`" + `): a requirement was not met, and that cannot be undone.
  Once the quality log has it (Quality Log Ref) it is only for information;
- **overdue** (` + "`overdue`" + `): a due date has passed, and the action is still open;
- **at risk** (` + "`at-risk`" + `): the due date is near;
- **to do** (` + "`todo`" + `): open, and not near its date, or without one;
- **to correct** (` + "`data`" + `): a cell stands in the way of other rules;
- **for information** (` + "`info`" + `).

The numbers are those that come with regcert; yours stand in ` + "`config.yaml`" + `.
` + "`regcert rules`" + ` prints the rules with your numbers, ` + "`regcert rules REG-02`" + ` one
of them, with ` + "`--verbose`" + ` its example too.

The examples are tables with the columns that matter; a wide one is turned on
its side. The row "raises it" raises the rule, the row "does not" put in its
place does not; rows without such a word stand there in both cases. What is left
out of these small tables may raise other rules.
`

// families are the families of rules, as the page has them.
var families = []struct{ id, title string }{
	{"DAT", "the data itself"},
	{"REG", "registration"},
	{"ASM", "assessment"},
	{"CLM", "claims"},
	{"CRT", "certificates"},
	{"WDL", "withdrawals"},
	{"REC", "records of adjustments"},
	{"POL", "the policy itself"},
	{"CEN", "recognition of the centre"},
}

// TestRulesPage guards that rules.md says what the registry says, and what the
// examples give.
func TestRulesPage(t *testing.T) {
	examples := map[string]*example{}
	for _, e := range readExamples(t) {
		examples[e.rule] = &e
	}
	var page strings.Builder
	page.WriteString(rulesIntro)
	left := policy.Rules()
	for _, f := range families {
		fmt.Fprintf(&page, "\n## %s: %s\n", f.id, f.title)
		left = slices.DeleteFunc(left, func(r policy.Rule) bool {
			ours := strings.HasPrefix(r.ID, f.id+"-") && examples[r.ID] != nil
			if ours {
				page.WriteString(ruleOnPage(t, &r, examples[r.ID]))
			}
			return ours
		})
	}
	for _, r := range left {
		t.Errorf("%s has no example, or is of no family that the page knows", r.ID)
	}
	if *update {
		if err := os.WriteFile("rules.md", []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page.String() != rules {
		t.Error("rules.md is not what the registry and the examples give: go test ./internal/guide -update writes it")
	}
}

// ruleOnPage is what the page says of a rule.
func ruleOnPage(t *testing.T, r *policy.Rule, e *example) string {
	t.Helper()
	var b strings.Builder
	say := func(format string, args ...any) { b.WriteString("\n" + wrap(fmt.Sprintf(format, args...))) }
	var severities []string
	for _, s := range r.Severities {
		severities = append(severities, string(s))
	}
	owner := r.Owner
	if r.OwnerOnEnrolments != "" {
		owner += " (on Enrolments " + r.OwnerOnEnrolments + ")"
	}
	clause := r.Clause
	if r.ClauseOnCentre != "" {
		clause += " (on the centre's sheets " + r.ClauseOnCentre + ")"
	}
	fmt.Fprintf(&b, "\n### %s %s\n", r.ID, r.Title)
	say("%s · %s · %s", clause, strings.Join(severities, ", "), owner)
	if len(r.Needs) > 0 {
		sheets := "The sheet"
		if len(r.Needs) > 1 {
			sheets = "The sheets"
		}
		var kinds []string
		for _, k := range r.Needs {
			kinds = append(kinds, k.String())
		}
		say("**Needs.** %s %s.", sheets, strings.Join(kinds, ", "))
	}
	if len(r.Numbers) > 0 {
		say("**Numbers.** %s.", strings.Join(numbersOf(r), ", "))
	}
	say("**Why.** %s", r.Rationale)
	found := e.findings(t, raised)
	if len(found) == 0 {
		t.Fatalf("%s: its example does not raise it", r.ID)
	}
	say("**It says.** %s", found[0].Message)
	say("**To do.** %s.", found[0].Action)
	b.WriteString("\n**Example.** " + e.text())
	return b.String()
}

// numbersOf are the numbers that a rule uses, with their values.
func numbersOf(r *policy.Rule) []string {
	defaults := policy.Defaults()
	values := defaults.Values(policy.DefaultSnoozeLimit())
	var out []string
	for _, key := range r.Numbers {
		out = append(out, fmt.Sprintf("`%s` %s", key, values[key]))
	}
	return out
}

// text shows an example as tables.
func (e *example) text() string {
	var b strings.Builder
	if e.days[raised] != e.days[silent] {
		b.WriteString(wrap(fmt.Sprintf("On %s this raises it, on %s it does not.", e.days[raised].Long(), e.days[silent].Long())))
	} else {
		b.WriteString(wrap("On " + e.days[raised].Long() + ":"))
	}
	for _, s := range e.sheets {
		b.WriteString("\n" + s.table())
	}
	return b.String()
}

// table shows a sheet as a table: lengthways where it is too wide otherwise.
func (s *sheet) table() string {
	words := [...]string{both: "", raised: "raises it", silent: "does not"}
	lines := [][]string{append([]string{s.kind}, s.columns...)}
	for _, r := range s.rows {
		line := []string{words[r.in]}
		for _, c := range r.cells {
			line = append(line, shown(c))
		}
		lines = append(lines, line)
	}
	if text := aligned(lines); widest(text) <= theWidth {
		return text
	}
	turned := make([][]string, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			turned[i] = append(turned[i], cell)
		}
	}
	return aligned(turned)
}

// shown is a cell as people see it.
func shown(cell string) string {
	cell = strings.TrimPrefix(cell, "'")
	if day, err := calendar.ParseISO(cell); err == nil {
		return day.Time().Format("02/01/2006")
	}
	return cell
}

// aligned is a table in Markdown whose columns stand below each other.
func aligned(lines [][]string) string {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var b strings.Builder
	for n, line := range lines {
		for i, cell := range line {
			b.WriteString("| " + cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+1))
		}
		b.WriteString("|\n")
		if n == 0 {
			for i := range line {
				b.WriteString("|" + strings.Repeat("-", width[i]+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
	}
	return most
}

// wrap breaks a paragraph into lines, and no clause in brackets.
func wrap(text string) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.Fields(strings.ReplaceAll(text, "(P ", "(P_")) {
		word = strings.ReplaceAll(word, "(P_", "(P ")
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case n+1+length > theWidth:
			b.WriteString("\n")
			n = 0
		default:
			b.WriteString(" ")
			n++
		}
		b.WriteString(word)
		n += length
	}
	return b.String() + "\n"
}
