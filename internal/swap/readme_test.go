package swap

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeTellsTheSteps holds the tables of the README against the list of steps.
func TestReadmeTellsTheSteps(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := strings.Split(string(text), "| step | does |")[1:]
	for i, way := range []Way{Exchange, Rename} {
		table, _, _ := strings.Cut(tables[i], "\n\n")
		var told, steps []string
		for _, row := range regexp.MustCompile(`(?m)^\| ([a-z ]+) \| `).FindAllStringSubmatch(table, -1) {
			told = append(told, row[1])
		}
		for _, s := range way.steps() {
			steps = append(steps, s.name)
		}
		if !slices.Equal(told, steps) {
			t.Errorf("the README tells %q of %s, the steps are %q", told, way, steps)
		}
	}
}
