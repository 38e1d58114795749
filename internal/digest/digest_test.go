package digest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

var update = flag.Bool("update", false, "write the golden files anew")

// monday is the as-of date of these tests: Mon 11 May 2026.
var monday = calendar.NewDate(2026, time.May, 11)

func testCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.New(holidays, nil)
}

func TestGolden(t *testing.T) {
	with := builtIn(t)
	for name, d := range map[string]*Digest{
		"rich":   Compose(rich(t), Recipient{Name: "Head of Quality"}),
		"claims": Compose(rich(t), Recipient{Name: "Compliance Team", Views: []View{{Sections: []string{"claims", "withdrawals"}}}}),
		"idle":   Compose(idle(t), Recipient{}),
		"asleep": Compose(asleep(t), Recipient{}),
		"aged":   Compose(aged(t), Recipient{Name: "Head of Quality"}),
		"counts": Compose(aged(t), Recipient{Name: "The Board", Views: []View{{Privacy: Counts}}}),
		"names":  Compose(aged(t), Recipient{Name: "Claims Desk", Views: []View{{Sections: []string{"claims"}, Privacy: Names}}}),
		"urgent": atOnce(rich(t), Recipient{Name: "Head of Quality"}),
	} {
		text, html := rendered(t, with, d)
		golden(t, name+".txt", append([]byte(d.Subject()+"\n\n"), text...))
		golden(t, name+".html", html)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i == len(w) || g[i] != w[i] {
			t.Fatalf("%s, line %d, is\n%s\nwant\n%s\n(go test -update accepts it)", name, i+1, g[i], strings.Join(w[min(i, len(w)):min(i+1, len(w))], ""))
		}
	}
	t.Fatalf("%s has %d lines, want %d", name, len(g), len(w))
}

// Every rule and severity stands in exactly one section, and the right one.
func TestEveryFindingHasItsPlace(t *testing.T) {
	want := map[string]int{
		"CLM-01 overdue": overdueClaims, "CLM-04 overdue": overdueClaims, "CLM-08 overdue": overdueClaims,
		"CLM-02 at-risk": claimsDue, "CLM-04 at-risk": claimsDue, "CLM-04 todo": claimsDue, "CLM-08 at-risk": claimsDue, "CLM-08 todo": claimsDue, "CLM-06 todo": claimsDue,
		"REG-01 overdue": overdueRegistrations, "REG-02 at-risk": atRiskRegistrations,
		"WDL-01 overdue": withdrawals, "WDL-02 at-risk": withdrawals, "WDL-04 todo": withdrawals, "WDL-06 todo": withdrawals, "WDL-07 at-risk": withdrawals, "WDL-08 todo": withdrawals,
		"CRT-01 todo": certificates, "CRT-01 overdue": certificates, "CRT-03 overdue": certificates, "CRT-05 todo": certificates, "CRT-05 overdue": certificates, "CRT-06 overdue": certificates,
		"ASM-01 breach": evidence, "ASM-02 breach": evidence, "ASM-02 at-risk": evidence, "ASM-03 breach": evidence, "ASM-03 at-risk": evidence,
		"ASM-04 breach": evidence, "ASM-04 at-risk": evidence, "ASM-05 todo": evidence, "ASM-05 overdue": evidence,
		"ASM-01 info": evidence, "ASM-02 info": evidence, "ASM-03 info": evidence, "ASM-04 info": evidence,
		"REG-04 todo": missed, "REG-03 breach": missed, "REG-06 breach": missed, "REG-08 breach": missed, "CLM-03 breach": missed, "CLM-05 breach": missed,
		"CRT-02 breach": missed, "CRT-04 breach": missed, "WDL-03 breach": missed, "REC-02 breach": missed,
		"REG-03 info": missed, "REG-06 info": missed, "REG-08 info": missed, "CLM-03 info": missed, "CLM-05 info": missed, "CRT-02 info": missed, "CRT-04 info": missed, "WDL-03 info": missed, "REC-02 info": missed,
		"CEN-01 todo": centre, "CEN-02 todo": centre, "CEN-02 overdue": centre, "CEN-03 todo": centre, "CEN-04 todo": centre, "CEN-05 todo": centre, "CEN-05 overdue": centre,
		"CEN-05 at-risk": centre, "CEN-06 todo": centre, "CEN-07 todo": centre, "CEN-08 breach": centre, "CEN-08 info": centre, "CEN-09 todo": centre, "CEN-09 overdue": centre,
		"REG-05 todo": other, "REG-06 todo": other, "REG-06 overdue": other, "REG-08 todo": other, "REG-08 overdue": other, "REG-09 todo": other, "REG-10 todo": other,
		"REG-11 overdue": other, "REG-11 at-risk": other, "REG-13 todo": other, "REC-01 todo": other, "REC-03 info": other, "POL-01 overdue": other, "POL-01 at-risk": other,
	}
	shown := map[string]bool{}
	for _, rule := range policy.Rules() {
		severities := slices.Clone(rule.Severities)
		if slices.Contains(severities, policy.Breach) && !slices.Contains(severities, policy.Info) {
			severities = append(severities, policy.Info)
		}
		for _, s := range severities {
			f := policy.Finding{Rule: rule.ID, Severity: s, Owner: rule.Owner, Workbook: "w.xlsx", Sheet: "S", Row: 2,
				Logged: s == policy.Info && slices.Contains(rule.Severities, policy.Breach)}
			name := fmt.Sprintf("%s %s", rule.ID, s)
			shown[name] = true
			section, known := want[name]
			if s == policy.Data {
				section, known = data, true
			}
			if !known {
				t.Errorf("%s: no section is expected here; say which", name)
				continue
			}
			piles := piled(reportOf(t, f).Now.Matters, newRoute(Recipient{}))
			for i, pile := range piles {
				if (len(pile) == 1) != (i == section) {
					t.Errorf("%s: section %q holds %d", name, sections()[i].title, len(pile))
				}
			}
		}
	}
	for name := range want {
		if !shown[name] {
			t.Errorf("%s: no rule raises it", name)
		}
	}
}

// Whatever is found is counted once, in the section and in the headline.
func TestNothingIsMissing(t *testing.T) {
	in := rich(t)
	d := Compose(in, Recipient{})
	sum, head := 0, 0
	for _, s := range d.Sections {
		if s.Key == keyWorkbooks {
			continue
		}
		sum += s.Count + s.Logged
		steps := 0
		for _, g := range s.Groups {
			for _, item := range g.Items {
				steps += len(item.Steps)
			}
		}
		if steps+s.More != s.Count {
			t.Errorf("%s shows %d and %d more of %d", s.Title, steps, s.More, s.Count)
		}
	}
	if want := len(in.Report.Findings) + 2; sum != want { // and two rows that are ready to claim
		t.Errorf("the sections hold %d, want %d", sum, want)
	}
	if d.Snoozed != "4 snoozed, 2 of them overdue" {
		t.Errorf("what is snoozed is counted as %q", d.Snoozed)
	}
	for _, c := range d.Counts {
		head += c.N
	}
	if want := sum - 7; head != want { // neither what is logged, nor what is for information, nor what is snoozed
		t.Errorf("the headline adds up to %d, want %d", head, want)
	}
	owners := 0
	for _, o := range d.Owners {
		owners += o.N
	}
	if owners != head {
		t.Errorf("the owners have %d to do, want %d", owners, head)
	}
}

func TestRouting(t *testing.T) {
	in := rich(t)
	for _, c := range []struct {
		sections []string
		want     string // the keys of the sections, in order
		scope    string
	}{
		{nil, "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{[]string{All}, "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{Keys(), "claims claims registrations registrations withdrawals certificates evidence breaches other data snoozed workbooks", ""},
		{[]string{"withdrawals", "claims"}, "claims claims withdrawals snoozed", "claims and withdrawals"},
		{[]string{"workbooks"}, "workbooks", "workbooks"},
		{[]string{"data"}, "data", "data"},
	} {
		d := Compose(in, Recipient{Views: []View{{Sections: c.sections}}})
		var got []string
		for _, s := range d.Sections {
			got = append(got, s.Key)
		}
		if strings.Join(got, " ") != c.want || d.Scope != c.scope {
			t.Errorf("%q gets %q (%q), want %q (%q)", c.sections, got, d.Scope, c.want, c.scope)
		}
		// What is missing from a digest is said to everybody.
		if d.Warning == "" || !strings.Contains(d.Subject(), "1 workbook not read") {
			t.Errorf("%q: the unread workbook is not mentioned: %q, %q", c.sections, d.Warning, d.Subject())
		}
	}
}

// Items are sorted worst first, then earliest first, those without a date last;
// what one role has to do about one record is one item.
func TestOrderAndGrouping(t *testing.T) {
	cal := testCalendar(t)
	in := reportOf(t, findings(t, cal, `
		WDL-04 | todo    | A | q |            | b.xlsx S!C2 | Compliance Team | one
		REG-09 | todo    | B | q |            | a.xlsx S!C3 | Admissions Team | two
		REG-10 | todo    | B | q |            | a.xlsx S!D3 | Administration Team | three
		REG-13 | todo    | B | q |            | a.xlsx S!E3 | Admissions Team | four
		REG-11 | at-risk | C | q | 2026-05-20 | a.xlsx S!F4 | Quality Team | five
		REG-11 | at-risk | D | q | 2026-05-19 | a.xlsx S!F5 | Quality Team | six
		REG-06 | todo    | E | q | 2026-05-12 | a.xlsx S!F6 | Quality Team | seven
		REG-06 | overdue | F | q | 2026-05-08 | a.xlsx S!F7 | Quality Team | eight
	`)...)
	var got []string
	for _, s := range Compose(in, Recipient{Views: []View{{Sections: []string{"other"}}}}).Sections {
		for _, g := range s.Groups {
			for _, item := range g.Items {
				line := item.Title + " " + g.Owner + ":"
				for _, step := range item.Steps {
					line += " " + step.Action
				}
				got = append(got, line)
			}
		}
	}
	want := []string{"F Quality Team: eight.", "E Quality Team: seven.", "D Quality Team: six.", "C Quality Team: five.", "B Administration Team: three.", "B Admissions Team: two. four."}
	if !slices.Equal(got, want) {
		t.Errorf("items\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDaysWords(t *testing.T) {
	cal := testCalendar(t)
	saturday := monday + 5
	for _, c := range []struct {
		asOf, due calendar.Date
		want      string
	}{
		{monday, monday, "due today"},
		{monday, monday + 1, "1 working day left"},
		{monday, monday + 4, "4 working days left"},
		{monday, monday + 7, "5 working days left"},
		{monday, monday + 15, "10 working days left"}, // over a bank holiday
		{monday, monday - 3, "1 working day late"},
		{monday, monday - 4, "2 working days late"},
		{saturday - 1, saturday, "no working day left"},
		{saturday + 1, saturday, "less than a working day late"},
		{saturday, saturday, "due today"},
		{monday, 0, ""},
	} {
		f := policy.Finding{Due: c.due, WorkingDaysLeft: cal.Left(c.asOf, c.due)}
		if got := DaysInWords(c.asOf, &f); got != c.want {
			t.Errorf("on %s, due %s: %q, want %q", c.asOf.Long(), c.due.Long(), got, c.want)
		}
	}
}

func TestSubject(t *testing.T) {
	cal := testCalendar(t)
	for _, c := range []struct{ table, want string }{
		{"", "nothing needs doing"},
		{"REC-03 | info | L1 | | | a.xlsx S!A2 | Quality Team | x", "nothing needs doing"},
		{"REG-01 | overdue | <b>L1 | 610 | 2026-05-08 | a.xlsx S!A2 | Administration Team | x", "1 overdue"},
		{richTable, "8 overdue, 6 at risk, 10 to do, 3 to correct, 2 missed, 3 snoozed, 2 of them overdue"},
	} {
		in := reportOf(t, findings(t, cal, c.table)...)
		if got, want := Compose(in, Recipient{}).Subject(), "Registrations and claims, Mon 11 May 2026: "+c.want; got != want {
			t.Errorf("the subject is %q, want %q", got, want)
		}
	}
}

func TestKindsOfSheetsThatAreReadyToClaim(t *testing.T) {
	in := rich(t)
	in.Report.Findings = nil
	in.Report.Rows[1].Status = "Ready to claim"
	in.Report.Rows[1].Record.Sheet.Kind = register.Enrolments
	in.look(t)
	if d := Compose(in, Recipient{}); len(d.Sections) != 1 || d.Sections[0].Key != keyWorkbooks {
		t.Errorf("a status of another kind of sheet counts as a claim: %+v", d.Sections)
	}
}
