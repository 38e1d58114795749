package batch_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/history"
)

const twoRegisters = `
	== enrolments.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Submitted to AIM | Tutor
	L001       | Ada              | Archer          | 2000-01-02    | 610/1234/5         | 2026-03-30   | 2026-06-30 |                  | Jane Doe
	== claims.xlsx
	-- Claims
	Learner ID | Qualification Code | Certificate Received
	L001       | 610/1234/5         | 2026-04-20
`

// lives says what the state knows of a rule's findings: each change, with its
// day.
func (c *centre) lives(rule string) string {
	c.t.Helper()
	past, err := c.job.State.Past(c.t.Context(), c.job.Policy.AsOf)
	check(c.t, err)
	var out []string
	for _, l := range past.Lives {
		if l.Rule == rule {
			for _, e := range l.Events {
				out = append(out, fmt.Sprintf("%s %s", e.Day, e.State))
			}
		}
	}
	return strings.Join(out, ", ")
}

// TestRunKeepsHistory guards that each run records what is open, on the day that
// it is of, and that nothing closes because a workbook cannot be read.
func TestRunKeepsHistory(t *testing.T) {
	c := newCentre(t, twoRegisters)
	c.on("2026-05-08")
	c.run()
	const opened = "2026-05-08 open"
	if got := c.lives("CRT-01"); got != opened {
		t.Fatalf("the certificate: %q", got)
	}
	whole := c.bytes("claims.xlsx")
	c.put("claims.xlsx", whole[:len(whole)/2])
	c.on("2026-05-09")
	result, _ := c.run()
	if got := c.lives("CRT-01"); got != opened || !result.Recorded {
		t.Errorf("after a damage: %q", got)
	}
	kept := slices.IndexFunc(result.Now.Matters, func(m history.Matter) bool { return m.Rule == "CRT-01" })
	if kept < 0 || result.Now.Matters[kept].AsOf != calendar.NewDate(2026, time.May, 8) {
		t.Errorf("the finding is not as of the last reading: %+v", result.Now.Matters)
	}
	check(t, os.Remove(c.path("claims.xlsx")))
	c.on("2026-05-10")
	c.run()
	if got := c.lives("CRT-01"); got != opened {
		t.Errorf("after it was lost: %q", got)
	}
	c.put("renamed.xlsx", whole)
	c.edit("renamed.xlsx", func(f *excelize.File) {
		check(t, f.InsertRows("Claims", 2, 3))
	})
	c.on("2026-05-11")
	c.run()
	if got := c.lives("CRT-01"); got != opened {
		t.Errorf("under another name, in another row: %q", got)
	}
}

// TestHistoryHasItsDays guards that what is judged of another day, by way of
// trying, or of workbooks that are not configured, changes no history.
func TestHistoryHasItsDays(t *testing.T) {
	for name, c := range map[string]struct {
		day      string
		named    []string
		recorded bool
	}{
		"today":                           {"2026-05-11", nil, true},
		"the day of the last run":         {"2026-05-08", nil, true},
		"before that":                     {"2026-05-07", nil, false},
		"tomorrow":                        {"2026-05-12", nil, false},
		"one of the configured workbooks": {"2026-05-11", []string{"claims.xlsx"}, true},
		"one that is not configured":      {"2026-05-11", []string{"other/extra.xlsx"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			centre := newCentre(t, twoRegisters)
			centre.put("other/extra.xlsx", centre.bytes("claims.xlsx"))
			centre.on("2026-05-08")
			centre.run()
			centre.on(c.day)
			for _, n := range c.named {
				centre.job.Named = append(centre.job.Named, centre.path(n))
			}
			centre.edit("claims.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Claims", "C2", "2026-04-21")) })
			result, _ := centre.run()
			past, err := centre.job.State.Past(t.Context(), centre.job.Policy.AsOf)
			check(t, err)
			if got := len(past.Observations) == 2; result.Recorded != c.recorded || got != c.recorded {
				t.Errorf("recorded: %t, %d observations", result.Recorded, len(past.Observations))
			}
			// What is open is known all the same, of all workbooks.
			if !slices.ContainsFunc(result.Now.Matters, func(m history.Matter) bool { return m.Workbook == "enrolments.xlsx" }) {
				t.Error("nothing is known of enrolments.xlsx")
			}
			if len(result.Whole.Rows) < 2 || len(c.named) > 0 && len(result.Report.Rows) != 1 {
				t.Errorf("the report has %d rows, that of the whole set %d", len(result.Report.Rows), len(result.Whole.Rows))
			}
		})
	}
}

// TestCheckKeepsNoHistory guards that check compares with the past and changes
// nothing of it.
func TestCheckKeepsNoHistory(t *testing.T) {
	c := newCentre(t, twoRegisters)
	c.on("2026-05-08")
	c.run()
	c.on("2026-05-11")
	c.edit("claims.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Claims", "C2", "")) })
	c.job.Compare = true
	result, err := c.job.Check(t.Context())
	check(t, err)
	closed := slices.ContainsFunc(result.Now.Lives, func(l *history.Life) bool { return l.Rule == "CRT-01" && l.State == history.Closed })
	if got := c.lives("CRT-01"); got != "2026-05-08 open" || !closed || result.Recorded {
		t.Errorf("the state knows %q; closed: %t", got, closed)
	}
	check(t, c.job.Record(t.Context(), result))
	if got := c.lives("CRT-01"); got != "2026-05-08 open, 2026-05-11 closed" {
		t.Errorf("recorded: %q", got)
	}
	c.job.State = nil
	if result, err = c.job.Check(t.Context()); err != nil || len(result.Now.Matters) == 0 {
		t.Errorf("without a state: %v", err)
	}
}
