package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
)

const aRule = one + `rules:
  - id: X-01
    sheet: Enrolments
    when: course_start < course_end and not is_yes(id_verified)
    severity: todo
    owner: tutor
    title: Something is wrong.
    message: Since {Course Start}.
    examples:
`

// rules is a configuration with n rules.
func rules(n int) string {
	text := one + "rules:\n"
	for i := range n {
		text += fmt.Sprintf("  - {id: X-%03d, sheet: Units, when: is_empty(unit_title), severity: todo, owner: Tutor, title: T, message: m}\n", i)
	}
	return text
}

// TestTryExamples guards that an example is told of which a rule says something
// else, with what came out, and at its place.
func TestTryExamples(t *testing.T) {
	today := calendar.NewDate(2026, time.May, 11)
	for _, tc := range []struct{ example, want string }{
		{"{row: {Course Start: 30/03/2020, Course End: 2020-04-01}, raises: true}", ""}, // whenever its clock began
		{"{row: {course end: 2026-04-01}, raises: false}", ""},
		{"{row: {Course Start: 2026-03-30, Course End: 2026-04-01, ID Verified: true, Credits: 13, Tutor: }, raises: false}", ""},
		{"{row: {Course Start: 2026-03-30, Course End: 2026-04-01}, raises: false}",
			"config.yaml:11:9: rules.examples: X-01 is raised by this row (todo: Since Mon 30 Mar 2026 (own rule).): correct the condition, or write raises: true"},
		{"{row: {Course Start: 2026-03-30}, raises: true}",
			"config.yaml:11:9: rules.examples: X-01 is not raised by this row: correct the condition or the row, or write raises: false"},
		{"{row: {Course Start: 46000, Course End: 2026-04-01}, raises: true}", `X-01 is not raised by this row; DAT-02 is: "46000" in Course Start cannot be read as`},
		{"{as_of: 2026-05-11, row: {Course Start: 2026-03-30, Course End: 2026-04-01, ID Verified: 2026-05-12}, raises: true}", "DAT-02 is: "},
	} {
		c := mustLoad(t, aRule+"      - "+tc.example+"\n")
		for range 2 { // it says the same again
			switch err := c.TryExamples(today); {
			case tc.want == "" && err != nil:
				t.Errorf("%s: %v", tc.example, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasSuffix(err.Error(), " |         ^")):
				t.Errorf("%s: %v, want %s", tc.example, err, tc.want)
			}
		}
	}
	for text, ok := range map[string]bool{
		strings.Replace(aRule, "Something is wrong.", strings.Repeat("é", longestTitle), 1):    true,
		strings.Replace(aRule, "Something is wrong.", strings.Repeat("é", longestTitle+1), 1):  false,
		strings.Replace(aRule, "Since {Course Start}.", strings.Repeat("é", longestText), 1):   true,
		strings.Replace(aRule, "Since {Course Start}.", strings.Repeat("é", longestText+1), 1): false,
		rules(mostRules):     true,
		rules(mostRules + 1): false,
	} {
		if _, err := load(t, text); (err == nil) != ok {
			t.Errorf("%.500s: %v", text, err)
		}
	}
	c := mustLoad(t, strings.TrimSuffix(aRule, "    examples:\n"))
	if r := c.Rules[0]; r.Owner != "Tutor" || r.Title != "Something is wrong" {
		t.Errorf("%+v", r)
	}
	if err := c.TryExamples(today); err != nil || c.Examples() != 0 {
		t.Error(err)
	}
}
