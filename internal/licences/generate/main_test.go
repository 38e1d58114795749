package main

import (
	"slices"
	"strings"
	"testing"

	"regcert/internal/licences"
)

// TestUpToDate holds that the licences in the program are those of the modules
// that it is built with.
func TestUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	have, err := licences.All()
	if err != nil {
		t.Fatal(err)
	}
	want, err := gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range want {
		if !slices.Contains(have, l) {
			t.Errorf("the licence of %s %s is missing or another: make licences", l.Module, l.Version)
		}
	}
	for _, l := range have {
		if !slices.Contains(want, l) {
			t.Errorf("%s %s is not what regcert is built with: make licences", l.Module, l.Version)
		}
		if !strings.Contains(strings.ToLower(l.Text), "copyright") && !strings.Contains(l.Text, "public domain") {
			t.Errorf("%s: that is no licence:\n%.300s", l.Module, l.Text)
		}
	}
}
