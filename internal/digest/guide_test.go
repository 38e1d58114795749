package digest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regcert/internal/guide"
)

// TestManagersGuide guards that the guide for managers explains what the digest
// says, in the words in which it says it: all of it, and nothing else.
func TestManagersGuide(t *testing.T) {
	var text string
	for _, g := range guide.All() {
		if g.Name == "manager" {
			text = g.Text
		}
	}
	part := func(heading string) string {
		_, after, found := strings.Cut(text, heading)
		if !found {
			t.Fatalf("manager.md has no %q", heading)
		}
		after, _, _ = strings.Cut(after, "\n## ")
		return after
	}
	words := func(pattern, text string) []string {
		var out []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
		return out
	}

	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	keys, titles := Keys(), words(`(?m)^(\S.*) \(\d+ workbooks?\)$`, read("testdata/rich.txt"))
	for _, s := range sections() {
		titles = append(titles, s.title)
	}
	var tiers, labels []string
	for _, tier := range Tiers() {
		tiers = append(tiers, string(tier))
	}
	for _, c := range counts() {
		labels = append(labels, c.Label)
	}
	figures, marks, _ := strings.Cut(part("## From top to bottom"), "**The picture**")
	for _, c := range []struct {
		what        string
		told, exist []string
	}{
		{"section", words(`\*\*([^*]+)\*\*`, part("## The sections")), titles},
		{"section's name", words("`([^`]+)`", part("## The sections")), keys},
		{"tier of privacy", words("(?m)^- `([^`]+)`", part("## How much of learners")), tiers},
		{"figure", words(`(?m)^- \*\*([^*]+)\*\*`, figures), labels},
		{"mark", words(`(?m)^- \*\*([^*]+)\*\*`, marks), words(`case history\.\w+:\s+return "([^"]+)"`, read("items.go"))},
	} {
		slices.Sort(c.told)
		slices.Sort(c.exist)
		if !slices.Equal(c.told, c.exist) {
			t.Errorf("manager.md explains each %s:\n%q\nand there are\n%q", c.what, c.told, c.exist)
		}
	}
}
