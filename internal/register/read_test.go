package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
	"regcert/internal/xlsx"
)

var asOf = calendar.NewDate(2026, time.May, 11)

// one reads a single value: the cell under the heading.
func one(t *testing.T, heading string, column register.Column, cell string) register.Value {
	t.Helper()
	kind := register.Enrolments
	for _, k := range register.Kinds() {
		if slices.Contains(k.Inputs(), column) {
			kind = k
			break
		}
	}
	pad := []string{}
	for _, c := range kind.Inputs() {
		if c != column && len(pad) < 3 {
			pad = append(pad, c.String())
		}
	}
	set := registertest.Read(t, asOf, fmt.Sprintf("== a.xlsx\n-- %s\n%s | %s\n%s | %s", kind, strings.Join(pad, " | "), heading, "'X | 'X | 'X", cell))
	if len(set[0].Sheets) != 1 || len(set[0].Sheets[0].Records) != 1 {
		t.Fatalf("no record: %+v", set[0])
	}
	return set[0].Sheets[0].Records[0].Value(column)
}

func describe(v register.Value) string {
	text := [...]string{register.Blank: "blank", register.NA: "NA", register.Unreadable: "unreadable", register.Readable: "readable"}[v.State]
	if v.State == register.Readable && v.Text != "" {
		text += " " + v.Text
	}
	if v.Date != 0 {
		text += " " + v.Date.String()
	}
	return text + [...]string{"", " yes", " no"}[v.Answer]
}

func TestCells(t *testing.T) {
	tests := []struct {
		column register.Column
		cell   string
		want   string
	}{
		{register.CourseStart, "2026-03-24", "readable 2026-03-24"},
		{register.CourseStart, "46105", "readable 2026-03-24"},
		{register.CourseStart, "46105.75", "readable 2026-03-24"},
		{register.CourseStart, "'46105", "unreadable"},
		{register.CourseStart, "2026", "unreadable"},
		{register.CourseStart, "36526", "readable 2000-01-01"},
		{register.CourseStart, "36525", "unreadable"},
		{register.CourseStart, "73415", "readable 2100-12-31"},
		{register.CourseStart, "73416", "unreadable"},
		{register.CourseStart, "-5", "unreadable"},
		{register.CourseStart, "TRUE", "unreadable"},
		{register.CourseStart, "'yes", "unreadable"},
		{register.CourseStart, "tbc", "blank"},
		{register.CourseStart, "'-", "blank"},
		{register.CourseStart, "N/A", "NA"},
		{register.CourseStart, "not required", "NA"},
		{register.CourseStart, "31/02/2026", "unreadable"},
		{register.CourseStart, "24/03/50", "unreadable"}, // 1950
		{register.CourseStart, "=TODAY()", "unreadable"},
		{register.DateOfBirth, "1985", "unreadable"},
		{register.DateOfBirth, "2199", "unreadable"},
		{register.DateOfBirth, "2200", "readable 1906-01-08"},
		{register.DateOfBirth, "'1/2/26", "readable 2026-02-01"},
		{register.DateOfBirth, "'12/05/26", "readable 1926-05-12"}, // the day after the as-of date
		{register.DateOfBirth, "'11/05/26", "readable 2026-05-11"},
		{register.DateOfBirth, "2026-05-12", "unreadable"},
		{register.DateOfBirth, "'31/12/1899", "unreadable"},
		{register.DateOfBirth, "'01/01/1900", "readable 1900-01-01"},
		{register.AdminNotified, "yes", "readable yes"},
		{register.AdminNotified, "1", "readable yes"},
		{register.AdminNotified, "TRUE", "readable yes"},
		{register.AdminNotified, "no", "blank no"},
		{register.AdminNotified, "0", "blank no"},
		{register.AdminNotified, "FALSE", "blank no"},
		{register.AdminNotified, "2026-03-24", "readable 2026-03-24 yes"},
		{register.AdminNotified, "2026-06-24", "readable 2026-06-24 yes"},
		{register.AdminNotified, "soon", "unreadable"},
		{register.IDVerified, "✓", "readable yes"},
		{register.IDVerified, "X", "readable yes"},
		{register.IDVerified, "Done", "readable yes"},
		{register.IDVerified, "no", "readable no"},
		{register.IDVerified, "0", "readable no"},
		{register.IDVerified, "2026-05-11", "readable 2026-05-11 yes"},
		{register.IDVerified, "2026-05-12", "unreadable"},
		{register.IDVerified, "n/a", "NA"},
		{register.IDVerified, "?", "blank"},
		{register.IDVerified, "perhaps", "unreadable"},
		{register.IDVerified, "7", "unreadable"},
		{register.ULN, "9276308686", "readable 9276308686"},
		{register.ULN, "7.5", "readable 7.5"},
		{register.ULN, "TRUE", "readable TRUE"},
		{register.ULN, "2026-03-24", "unreadable"},
		{register.ULN, "'2026-03-24", "readable 2026-03-24"},
		{register.ULN, "=A1", "unreadable"},
		{register.Credits, "13", "readable 13"},
		{register.Credits, "'13", "readable 13"},
		{register.Credits, "'13.0", "readable 13"},
		{register.Credits, "'13 credits", "unreadable"},
		{register.Credits, "TRUE", "unreadable"},
		{register.Credits, "2026-03-24", "unreadable"},
		{register.Decision, "Pass", "readable Pass"},
		{register.Decision, "Not yet achieved", "readable Not yet achieved"},
		{register.Decision, "TRUE", "unreadable"},
		{register.Decision, "great", "unreadable"},
		{register.Decision, "2026-03-24", "unreadable"},
		{register.Decision, "tbc", "blank"},
		{register.StaffRole, "Lead Assessor", "readable Lead Assessor"},
		{register.StaffRole, "Assessors", "unreadable"},
	}
	for _, tt := range tests {
		got := one(t, tt.column.String(), tt.column, tt.cell)
		if d := describe(got); d != tt.want && !(got.State == register.Unreadable && tt.want == "unreadable") {
			t.Errorf("%s %q: %s, want %s", tt.column, tt.cell, d, tt.want)
		}
	}
}

func TestHeaderRow(t *testing.T) {
	set := registertest.Read(t, asOf, `
== a.xlsx
-- enrolments @4
LEARNER-ID | Ethnicity | Qualification code | Course  Start: | Course Start | Registration Status | Notes
L1 |  | 610/1 | 2026-03-24 | 2027-01-01 | At risk
   | x
'-  |  | n/a
-- Claims @21
Learner ID | Qualification Code | Claim Submitted
L1 | 610/1 | 2026-03-24
-- Assessments
Learner ID | Qualification Code | Something
L1 | 610/1
-- Other
Learner ID | Qualification Code | Claim Submitted
`)
	book := set[0]
	if !slices.Equal(book.Headless, []string{"Claims", "Assessments"}) || !slices.Equal(book.Other, []string{"Claims", "Assessments", "Other"}) {
		t.Fatalf("headless %q, other %q", book.Headless, book.Other)
	}
	s := book.Sheets[0]
	if s.HeaderRow != 4 || s.LastCol != 7 || !slices.Equal(s.Unknown, []string{"Ethnicity", "Notes"}) || len(s.Records) != 1 {
		t.Fatalf("%+v", s)
	}
	r := &s.Records[0]
	if r.Row != 5 || r.LearnerID() != "L1" || r.Key != (register.Key{ID: "l1", Code: "6101"}) || r.Value(register.CourseStart).Date != calendar.NewDate(2026, 3, 24) || r.Value(register.RegistrationStatus).Text != "At risk" {
		t.Errorf("%+v", r)
	}
	if s.Has(register.ULN) || r.Value(register.ULN).State != register.Blank {
		t.Error("a column that is missing is blank")
	}
}

func TestRecords(t *testing.T) {
	set := registertest.Read(t, asOf, `
== a.xlsx 1904
-- Withdrawals
Learner ID | Qualification Code | Withdrawn On | Reason | MIS Updated | Notified On | Withdrawal Status | Withdrawal Deadline | Next Action
L1 | 610/1 | 2026-03-24 | left | no | no | Due | 2026-04-23 | =1+1
   |  |  |  | no | FALSE | Overdue
   |  |  |  | no | no |
   |  |  |  | yes
   |  |  |  |  | #REF!
`)
	s := set[0].Sheets[0]
	if len(s.Records) != 3 || s.Records[1].Row != 5 || s.Records[2].Row != 6 {
		t.Fatalf("%d records: %+v", len(s.Records), s.Records)
	}
	if d := s.Records[0].Value(register.WithdrawnOn).Date; d != calendar.NewDate(2026, 3, 24) {
		t.Errorf("a date of the 1904 system was read as %s", d)
	}
	if d := s.Records[0].Value(register.WithdrawalDeadline).Date; d != calendar.NewDate(2026, 4, 23) {
		t.Errorf("a written date of the 1904 system was read as %s", d)
	}
	if len(s.Stale) != 1 || s.Stale[0].Row != 3 {
		t.Errorf("stale: %+v", s.Stale)
	}
	if !slices.Equal(s.Formulas, []register.Column{register.NextAction}) {
		t.Errorf("formulas in %v", s.Formulas)
	}
}

func TestAliases(t *testing.T) {
	reader := register.NewReader(asOf, register.Aliases{
		Sheets:  map[register.Kind][]string{register.Enrolments: {"Learners 25-26"}},
		Columns: map[register.Kind]map[register.Column][]string{register.Enrolments: {register.CourseStart: {"Start date", "Programme start"}}},
	})
	f := registertest.Files(t, "== a.xlsx\n-- learners 2526\nLearner ID | Qualification Code | Programme Start | Start Date\nL1 | 610/1 | 2026-03-24 | 2026-03-25\n")[0]
	file, err := xlsx.Open(f.Data, xlsx.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	book, err := reader.Read("a.xlsx", file)
	if err != nil {
		t.Fatal(err)
	}
	if s := book.Sheets[0]; s.Kind != register.Enrolments || s.Records[0].Value(register.CourseStart).Date != calendar.NewDate(2026, 3, 24) {
		t.Errorf("%+v", book)
	}
}

// A shared string costs the file little, however long it is and however many
// cells hold it: a sheet full of one is refused before it is held.
func TestLongTexts(t *testing.T) {
	const cell = 32767 // the longest text of a cell
	most := 16 << 20 / (cell - 255)
	for _, c := range []struct {
		column string
		rows   int
		fits   bool
	}{
		{"Late Reason", most, true},
		{"Late Reason", most + 1, false},
		{"Notes", most + 1, true}, // not read
	} {
		table := "== a.xlsx\n-- Enrolments\nLearner ID | Qualification Code | Course Start | " + c.column + "\n" +
			strings.Repeat("L1 | 610/1 | 2026-03-24 | '"+strings.Repeat("x", cell)+"\n", c.rows)
		file, err := xlsx.Open(registertest.Files(t, table)[0].Data, xlsx.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		_, err = register.NewReader(asOf, register.Aliases{}).Read("a.xlsx", file)
		if c.fits && err != nil || !c.fits && (err == nil || !strings.Contains(err.Error(), fmt.Sprintf("Enrolments!%d:%[1]d", c.rows+1))) {
			t.Errorf("%d rows of %s: %v", c.rows, c.column, err)
		}
	}
}

// TestSnoozeColumns: staff can snooze a row of four kinds of sheets, and their
// columns are never written.
func TestSnoozeColumns(t *testing.T) {
	kinds := []register.Kind{register.Enrolments, register.Assessments, register.Claims, register.Withdrawals}
	for _, k := range register.Kinds() {
		for c, typ := range map[register.Column]register.Type{
			register.SnoozeUntil: register.TypeDate, register.SnoozeReason: register.TypeText, register.SnoozeBy: register.TypeText,
		} {
			if slices.Contains(k.Inputs(), c) != slices.Contains(kinds, k) || slices.Contains(k.Required(), c) || c.Written() || c.Type() != typ {
				t.Errorf("%s: %s is not as it should be", k, c)
			}
		}
	}
	set := registertest.Read(t, asOf, `
== a.xlsx
-- Claims
Learner ID | Qualification Code | Snooze until | SNOOZE-REASON | Snooze By
L1 | 610/1 | 24/03/2099 | waits | Dana
-- Adjustments
Learner ID | Type | Recorded On | Snooze Until
L1 | reader | 2026-04-01 | 2026-05-01
`)
	r := set[0].Sheets[0].Records[0]
	if d := r.Value(register.SnoozeUntil).Date; d != calendar.NewDate(2099, 3, 24) || r.Value(register.SnoozeReason).Text != "waits" || r.Value(register.SnoozeBy).Text != "Dana" {
		t.Errorf("%+v is read until %s", r, d)
	}
	if s := set[0].Sheets[1]; !slices.Equal(s.Unknown, []string{"Snooze Until"}) || s.Records[0].Value(register.SnoozeUntil).IsReadable() {
		t.Errorf("an adjustment is snoozed: %+v", s)
	}
}

// TestSchema holds the table of columns together.
func TestSchema(t *testing.T) {
	for _, k := range register.Kinds() {
		seen := map[string]bool{}
		for _, c := range slices.Concat(k.Inputs(), k.Outputs()) {
			name := register.NormalHeading(c.String())
			if name == "" || seen[name] {
				t.Errorf("%s has two columns %q", k, c)
			}
			seen[name] = true
		}
		for _, c := range k.Required() {
			if !slices.Contains(k.Inputs(), c) {
				t.Errorf("%s requires %s and does not have it", k, c)
			}
		}
		for _, c := range k.Inputs() {
			if c.Written() {
				t.Errorf("%s reads %s, which regcert writes", k, c)
			}
		}
		for _, c := range k.Outputs() {
			if !c.Written() {
				t.Errorf("%s writes %s, which staff fill", k, c)
			}
		}
	}
}
