package batch

import (
	"context"
	"strings"
	"testing"

	"regcert/internal/register"
)

// A panic costs only the workbook that caused it, and is reported with it.
func TestPanicCostsOneWorkbook(t *testing.T) {
	var set []*loaded
	for _, name := range []string{"a.xlsx", "b.xlsx", "c.xlsx"} {
		set = append(set, &loaded{source: source{name: name}, book: &register.Workbook{}})
	}
	calls := 0
	job := Job{Progress: func(int, int, string) { calls++ }}
	err := job.each(context.Background(), set, "reading", func(l *loaded) {
		if l.name == "b.xlsx" {
			panic("no such thing")
		}
		l.result.Outcome = Written
	})
	if err != nil || calls != 6 {
		t.Fatalf("it ends with %v after %d calls", err, calls)
	}
	for _, l := range set {
		failed := l.name == "b.xlsx"
		if (l.result.Outcome == Failed) != failed || l.result.Troubled != failed || (l.book == nil) != failed {
			t.Errorf("%s: %+v", l.name, l.result)
		}
	}
	if reason := set[1].result.Reason; !strings.Contains(reason, "no such thing") || !strings.Contains(reason, "attempt_test.go") {
		t.Errorf("the report does not tell what and where: %s", reason)
	}
}
