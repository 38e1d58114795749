package policy_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// FuzzJudge judges random sets: it never panics, says the same twice, and its
// findings stand in order and agree with the registry.
func FuzzJudge(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		g := generator{rand.New(rand.NewPCG(seed, 1))}
		asOf := day(t, "2026-05-11") + calendar.Date(g.IntN(400)-100)
		set := registertest.Read(t, asOf, g.set())
		opt := policy.Options{AsOf: asOf, Calendar: theCalendar(), Versions: g.versions()}
		if g.IntN(2) == 0 {
			opt.JudgeFrom = asOf - calendar.Date(g.IntN(200))
		}
		report := policy.Judge(set, opt)
		checkReport(t, report)
		if again := policy.Judge(set, opt); !reflect.DeepEqual(report, again) {
			t.Error("judged twice, and not the same")
		}
		checkAgainst(t, set, report)
		checkSnoozes(t, report)
		checkLooksAt(t, set, report, opt)
		checkReady(t, report)
		checkExplained(t, set, report, opt, g.pick("l1", "l2", "l3", "l4", "l5", "l6"))
	})
}

// checkLooksAt: a sheet that is taken away changes nothing of what the rules say
// of the others that do not look at its kind.
func checkLooksAt(t *testing.T, set []*register.Workbook, report *policy.Report, opt policy.Options) {
	t.Helper()
	looksAt := map[string][]register.Kind{}
	for _, r := range policy.Rules() {
		looksAt[r.ID] = r.LooksAt
	}
	for w, book := range set {
		for i, gone := range book.Sheets {
			said := func(r *policy.Report) (out []string) {
				for _, f := range r.Findings {
					if !slices.Contains(looksAt[f.Rule], gone.Kind) && (f.Workbook != gone.Workbook || f.Sheet != gone.Name) {
						out = append(out, fmt.Sprintf("%s %s %s %s!%d %s %s", f.Rule, f.Severity, f.Workbook, f.Sheet, f.Row, f.Field, f.Due))
					}
				}
				return out
			}
			rest := slices.Clone(set)
			rest[w] = &register.Workbook{Path: book.Path, Sheets: slices.Delete(slices.Clone(book.Sheets), i, i+1)}
			if with, without := said(report), said(policy.Judge(rest, opt)); !slices.Equal(with, without) {
				t.Errorf("with %s the others say\n%s\nwithout\n%s", gone.Name, strings.Join(with, "\n"), strings.Join(without, "\n"))
			}
		}
	}
}

// checkReady: what is ready to claim is what has that status, and no rule's.
func checkReady(t *testing.T, report *policy.Report) {
	t.Helper()
	ready := report.Ready(theCalendar())
	n := 0
	for _, row := range report.Rows {
		if row.Status != "Ready to claim" {
			continue
		}
		if n == len(ready) {
			t.Fatal("a row that is ready to claim is not told")
		}
		f := &ready[n]
		if !f.IsReady() || f.Row != row.Record.Row || f.Workbook != row.Record.Sheet.Workbook || f.Due != row.Deadline || f.Snooze != row.Snooze || f.Severity != policy.Todo || f.Due < report.AsOf {
			t.Errorf("%+v is told of %+v", f, row)
		}
		n++
	}
	if n != len(ready) {
		t.Errorf("%d are told, %d are ready to claim", len(ready), n)
	}
}

// checkAgainst holds what a report must say of the set that was judged.
func checkAgainst(t *testing.T, set []*register.Workbook, report *policy.Report) {
	t.Helper()
	row, present := 0, map[register.Kind]bool{}
	for _, book := range set {
		for _, s := range book.Sheets {
			present[s.Kind] = true
		}
	}
	if (report.Stage != "") != present[register.Centre] {
		t.Errorf("the application is %q, and there is a Centre sheet: %t", report.Stage, present[register.Centre])
	}
	for _, book := range set {
		for _, s := range book.Sheets {
			for i := range s.Records {
				if s.Kind.Status() == 0 || s.Kind.OfCentre() && !present[register.Centre] {
					continue
				}
				if row >= len(report.Rows) || report.Rows[row].Record != &s.Records[i] {
					t.Fatalf("row %d is not that of %s!%d", row, s.Name, s.Records[i].Row)
				}
				row++
			}
		}
	}
	if row != len(report.Rows) {
		t.Errorf("%d rows, want %d", len(report.Rows), row)
	}
	silent := map[string]bool{}
	for _, n := range report.NotChecked {
		silent[n.Rule] = n.Rule != "DAT-09" // half of it can be answered
	}
	for _, f := range report.Findings {
		if f.Kind.OfCentre() && (f.LearnerID != "" || f.QualificationCode != "") {
			t.Errorf("%s on %s names a learner", f.Rule, f.Kind)
		}
		if silent[f.Rule] {
			t.Errorf("%s is raised and not checked", f.Rule)
		}
		if f.Kind != 0 && !present[f.Kind] && (f.Row != 0 || !f.Kind.OfCentre()) {
			t.Errorf("%s is on %s, which is absent", f.Rule, f.Kind)
		}
	}
}

// checkSnoozes: of a record that is snoozed everything sleeps but breaches and
// data, until a day within the limit; of any other nothing does.
func checkSnoozes(t *testing.T, report *policy.Report) {
	t.Helper()
	asleep := map[place]*policy.Snooze{}
	for _, row := range report.Rows {
		rec := row.Record
		asleep[whereIs(rec)] = row.Snooze
		if s := row.Snooze; s != nil && (s.Until < report.AsOf || s.Until > report.AsOf+60 || s.Reason == "" || s.By == "") {
			t.Errorf("%s!%d is snoozed on %s by %+v", rec.Sheet.Name, rec.Row, report.AsOf, *s)
		}
	}
	for _, f := range report.Findings {
		want := asleep[place{f.Workbook, f.Sheet, f.Row}]
		if f.Severity == policy.Breach || f.Severity == policy.Data {
			want = nil
		}
		if f.Snooze != want {
			t.Errorf("%s %s on %s!%d is snoozed by %+v, want %+v", f.Rule, f.Severity, f.Sheet, f.Row, f.Snooze, want)
		}
	}
}

type generator struct{ *rand.Rand }

func (g generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g generator) versions() []policy.Numbers {
	versions := []policy.Numbers{policy.Defaults()}
	for range g.IntN(3) {
		n := policy.Defaults()
		n.Version = fmt.Sprintf("1.%d", len(versions))
		n.InForce = versions[len(versions)-1].InForce + calendar.Date(1+g.IntN(60))
		for _, k := range policy.NumberKeys() {
			if k.Duration != nil {
				*k.Duration(&n) = calendar.Duration{N: 1 + g.IntN(30), Unit: calendar.Unit(1 + g.IntN(4))}
			}
		}
		versions = append(versions, n)
	}
	return versions
}

// set writes a set of workbooks as a table of text.
func (g generator) set() string {
	var b strings.Builder
	for i := range 1 + g.IntN(2) {
		fmt.Fprintf(&b, "== %c.xlsx\n", 'a'+i)
		for _, k := range register.Kinds() {
			if g.IntN(8) > 0 {
				g.sheet(&b, k)
			}
		}
		b.WriteString("-- Notes\n x\n")
	}
	return b.String()
}

func (g generator) sheet(b *strings.Builder, k register.Kind) {
	var columns []register.Column
	for _, c := range k.Inputs() {
		if g.IntN(25) > 0 {
			columns = append(columns, c)
		}
	}
	if g.IntN(4) == 0 {
		columns = append(columns, k.Outputs()...)
	}
	fmt.Fprintf(b, "-- %s\n", k)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.String()
	}
	fmt.Fprintln(b, strings.Join(row, " | "))
	for range g.IntN(25) {
		for i, c := range columns {
			row[i] = g.cell(c)
		}
		fmt.Fprintln(b, strings.Join(row, " | "))
	}
}

func (g generator) cell(c register.Column) string {
	switch g.IntN(30) {
	case 0:
		return g.pick("n/a", "tbc", "?", "=A1", "?!", "-")
	case 1, 2, 3, 4, 5:
		return ""
	}
	switch c {
	case register.LearnerID:
		return g.pick("L1", "L2", "l3", "L4", "L5", "L6")
	case register.QualificationCode, register.QualificationCodes:
		return g.pick("Q/1", "q-1", "Q/2", "Q/3", "*")
	case register.UnitCode:
		return g.pick("U1", "u-1", "U2", "U3")
	case register.ULN:
		return g.pick("1000000000", "1234567890", "9999999999", "1234567895")
	case register.StaffName, register.Assessor, register.IQA:
		return g.pick("Sam", "SAM", "Kim")
	case register.Item:
		return register.Items()[g.IntN(len(register.Items()))].String()
	case register.ItemValue:
		return g.pick("x", "yes", "no", "accept", "accept with actions", "2026-04-01", "2026-05-08", "2026-06-01")
	case register.ContactRole:
		return g.pick("Finance", "finance contact", "Quality Manager", "Head of Organisation", "Cook")
	case register.Letter:
		return g.pick("a", "C)", "e", "f", "g", "k", "z")
	case register.Point:
		return g.pick("disclosure", "Sampling strategy", "identifying", "DBS checks", "x")
	case register.DateOfBirth:
		return g.pick("2000-01-01", "2012-02-29", "1925-03-24")
	case register.Reason:
		return g.pick("left", "Transferred", "no contact", "moved")
	}
	switch c.Type() {
	case register.TypeDate, register.TypeDateOrYes:
		if g.IntN(3) == 0 && c.Type() == register.TypeDateOrYes {
			return g.pick("yes", "no", "done")
		}
		return (calendar.NewDate(2026, 2, 1) + calendar.Date(g.IntN(150))).String()
	case register.TypeYesNo:
		return g.pick("yes", "yes", "yes", "no", "2026-04-01", "2027-01-01")
	case register.TypeDecision:
		return g.pick("pass", "achieved", "refer", "great")
	case register.TypeRole:
		return g.pick("Assessor", "IQA", "both", "Boss")
	case register.TypeCredits:
		return g.pick("13", "12", "12.5")
	default:
		return g.pick("x", "Level 3", "3", "None", "0")
	}
}
