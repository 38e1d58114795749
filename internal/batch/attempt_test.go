package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"regcert/internal/register"
	"regcert/internal/swap"
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

// What keeps a workbook from being read is told with what to do; one that is
// changing at the moment is left for later.
func TestNotRead(t *testing.T) {
	tests := []struct {
		err     error
		outcome Outcome
		want    string
	}{
		{fmt.Errorf("a.xlsx: %w", swap.ErrChanging), Deferred, "it is tried again on the next run"},
		{&fs.PathError{Op: "open", Path: "a.xlsx", Err: fs.ErrNotExist}, Failed, "correct the path"},
		{&fs.PathError{Op: "open", Path: "a.xlsx", Err: fs.ErrPermission}, Failed, "give the user who runs regcert the right"},
		{&fs.PathError{Op: "write", Path: "a.xlsx", Err: syscall.ENOSPC}, Failed, "free some space"},
		{errors.New("the disk is on fire"), Failed, "the disk is on fire"},
	}
	for _, test := range tests {
		l := &loaded{source: source{name: "a.xlsx"}}
		l.notRead(test.err)
		if l.result.Outcome != test.outcome || !l.result.Troubled || l.book != nil || !strings.Contains(l.result.Reason, test.want) {
			t.Errorf("%v: %+v", test.err, l.result)
		}
	}
}
