package digest

import (
	"reflect"
	"testing"

	"regcert/internal/policy"
)

// TestTallyByOwner wants those first who have most of what is worst.
func TestTallyByOwner(t *testing.T) {
	var findings []policy.Finding
	add := func(n int, owner string, s policy.Severity) {
		for range n {
			findings = append(findings, policy.Finding{Owner: owner, Severity: s})
		}
	}
	add(9, "Tutor", policy.Todo)
	add(1, "IQA", policy.Overdue)
	add(2, "Assessor", policy.Overdue)
	add(1, "IQA", policy.Todo)
	add(1, "Quality Team", policy.Overdue)
	add(1, "Quality Team", policy.Todo)
	add(3, "Nobody", policy.Info)
	got := TallyByOwner(findings, []policy.Severity{policy.Overdue, policy.Todo})
	want := []OwnerTally{{"Assessor", []int{2, 0}}, {"IQA", []int{1, 1}}, {"Quality Team", []int{1, 1}}, {"Tutor", []int{0, 9}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestNothingInWords(t *testing.T) {
	for _, c := range []struct {
		isSnoozed, isRead, isUnread bool
		want                        string
	}{
		{false, true, false, "Nothing needs doing."},
		{true, true, false, "Besides what is snoozed, nothing needs doing."},
		{false, true, true, "Nothing needs doing in what could be read."},
		{true, true, true, "Besides what is snoozed, nothing needs doing in what could be read."},
		{false, false, true, "Nothing could be checked."},
	} {
		if got := NothingInWords(c.isSnoozed, c.isRead, c.isUnread); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
