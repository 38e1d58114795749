package history

import (
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// What is open on the centre's sheets is known again by what it is about.
const (
	centreHead = "== a.xlsx\n-- Centre\nItem | Value\nWeb Application Sent | 2026-04-27\nTelephone |\nemail |\nApplication Submitted | soon\n"
	sitesOne   = "-- Sites\nSite Name | Address | Postcode\n"
	roles      = "-- Contacts\nRole | Name | Email\n"
	policies   = "-- Policies\nLetter | Document | Version | Review By | Approved On\n"
	points     = "-- Policy Points\nLetter | Point | Covered\n"
)

// judgedAs is what the rules find in the tables.
func judgedAs(t *testing.T, tables string) *Reading {
	t.Helper()
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	set := registertest.Read(t, monday, tables)
	report := policy.Judge(set, policy.Options{AsOf: monday, Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()}})
	r := &Reading{AsOf: monday, Findings: report.Findings, Expects: func(string) bool { return true }}
	for _, book := range set {
		b := Book{Path: book.Path, Read: true, Sheets: map[string]register.Kind{}}
		for _, s := range book.Sheets {
			b.Sheets[s.Name] = s.Kind
		}
		r.Books = append(r.Books, b)
	}
	return r
}

// Rows that are sorted, moved to another sheet or written otherwise leave each
// finding its life: of no two is the key the same.
func TestCentreLives(t *testing.T) {
	before := centreHead +
		sitesOne + "Quay | | BW1 1AB\nMill | | ?!\nFarm | 1 Way |\n" +
		roles + "Finance | Kim |\nQuality Manager | | q@x.example\nCook | =A1 | \n" +
		policies + "a | | 1 | 2026-05-01 | 2026-06-01\nb | | 1 | 2026-05-02 | 2026-06-01\nc | c.docx | 1 | 31/02/2026 |\n" +
		points + "c | disclosure | no\ng | identifying | perhaps\ng | investigating | perhaps\n"
	after := "== b.xlsx\n" +
		points + "G) | Investigating | perhaps\nc | disclosure | \ng | identifying | perhaps\n" +
		policies + "c | c.docx | 1 | 31/02/2026 |\nB | | 1 | 2026-05-02 | 2026-06-01\nA | | 1 | 2026-05-01 | 2026-06-01\n" +
		roles + "Cook | =A1 | \nOverall quality manager/director | | q@x.example\nfinance contact | Kim |\n" +
		"-- Sites\nSite Name | Address | Postcode\nfarm | 1 Way |\nMILL | | ?!\nQuay | | BW1 1AB\n" +
		"-- Centre\nItem | Value\nApplication submitted | soon\nTelephone | tbc\nWeb application sent | 2026-04-27\nE-mail |\n"
	d := newDiary(t)
	first := d.observe(judgedAs(t, before))
	keys := map[Key]string{}
	for _, m := range first.Matters {
		if other, twice := keys[m.Life.Key]; twice {
			t.Errorf("%s and %s have the key %+v", other, m.Message, m.Life.Key)
		}
		keys[m.Life.Key] = m.Message
		if m.Kind.OfCentre() && m.Subject == "" && m.Row > 1 {
			t.Errorf("it is about nothing: %s", m.Message)
		}
	}
	lives := len(first.Lives)
	second := d.observe(judgedAs(t, after))
	if len(second.Lives) != lives {
		t.Errorf("%d lives became %d", lives, len(second.Lives))
	}
	for _, l := range second.Lives {
		if len(l.Events) != 1 || l.State != Open || l.Workbook != "b.xlsx" {
			t.Errorf("%+v", l)
		}
	}
}

// What was missed without a record goes on when the record is there and lacks
// something still, and ends when it has all.
func TestWhatNoRecordStoodFor(t *testing.T) {
	d := newDiary(t)
	story := func(row string) string {
		d.observe(judgedAs(t, centreHead+roles+row))
		for _, line := range strings.Split(d.story(), "\n") {
			if strings.HasSuffix(strings.SplitN(line, " 0:", 2)[0], "Finance") {
				return line
			}
		}
		return ""
	}
	const open = "CEN-04  Finance 0:open/todo"
	if got := story(""); got != open {
		t.Errorf("without a row: %s", got)
	}
	if got := story("Finance | Kim |\n"); got != open {
		t.Errorf("with half of it: %s", got)
	}
	if got := story("Finance | Kim | k@x.example\n"); got != open+" 0:closed/todo" {
		t.Errorf("with all of it: %s", got)
	}
}

// A workbook that cannot be read closes nothing, and what is remembered of it
// says what it was about.
func TestCentreAsLastSeen(t *testing.T) {
	d := newDiary(t)
	d.observe(judgedAs(t, centreHead+sitesOne+"Quay | | BW1 1AB\n"))
	now := d.observe(&Reading{AsOf: monday + 1, Books: []Book{{Path: "a.xlsx"}}, Expects: func(string) bool { return true }})
	found := false
	for _, m := range now.Matters {
		if m.Rule == "CEN-03" {
			found = m.Subject == "Quay" && m.UnitCode == "" && m.Field == "Address" && m.AsOf == monday && m.Life.State == Open
		}
	}
	if !found {
		t.Errorf("the site is not kept: %+v", now.Matters)
	}
}
