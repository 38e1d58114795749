// Package guide holds what regcert says to those who work with it: one guide each
// for staff, managers and administrators, and a page on the rules.
package guide

import (
	_ "embed"
	"strings"
)

//go:embed staff.md
var staff string

//go:embed manager.md
var manager string

//go:embed admin.md
var admin string

//go:embed rules.md
var rules string

// Guide is a text for one kind of reader, in Markdown that can be read as it is:
// no line is longer than 80 characters.
type Guide struct {
	Name string // as `regcert help` knows it
	Of   string // what it is about, in a few words
	Text string
}

// All lists the guides.
func All() []Guide {
	return []Guide{
		{"staff", "what regcert's columns say, and what they ask of you", staff},
		{"manager", "how to read the email on Mondays, and what to do with it", manager},
		{"admin", "installing, configuring and looking after regcert", admin},
		{"rules", "every rule, and why, with an example", rules},
	}
}

// Example returns the example of a rule as the page on the rules has it: tables
// with rows that raise the rule and rows that do not. It is empty for a rule that
// is not on the page.
func Example(rule string) string {
	_, section, _ := strings.Cut(rules, "\n### "+rule+" ")
	section, _, _ = strings.Cut(section, "\n## ")
	section, _, _ = strings.Cut(section, "\n### ")
	_, example, _ := strings.Cut(section, "\n**Example.** ")
	return strings.TrimSpace(example)
}
