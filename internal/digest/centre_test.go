package digest

import (
	"slices"
	"strings"
	"testing"

	"regcert/internal/actionlist"
	"regcert/internal/policy"
)

// applicationTable is a centre whose application is half-way.
const applicationTable = `
	== centre.xlsx
	-- Centre
	Item                   | Value
	Organisation Name      | Northfield
	Address                | 1 Mill Way
	Postcode               | BW1 1AA
	Email                  | o@x.example
	Telephone              | 01
	Initial Super User     | Petra Quill
	Web Application Sent   | 2026-04-27
	Login Details Received | 2026-04-29
	Application Section    | yes
	Policies Section       | yes
	Agreement Accepted     | yes
	Application Submitted  | 2026-05-01
	Initial Review Passed  | 2026-05-06
	Centre Lead            | Omar Kent
	-- Sites
	Site Name | Address | Postcode
	Quay      | 2 Quay  |
	-- Contacts
	Role    | Name        | Email
	Finance | Petra Quill | tbc
	-- Policies
	Letter | Policy   | Document | Version | Approved On | Review By
	d      | Equality | d.docx   | 4       | 2025-05-08  | 2026-05-08
	-- Policy Points
	Letter | Point      | Covered
	c      | disclosure | yes
`

// sectionOn returns the section on the centre, nil where there is none.
func sectionOn(d *Digest) *Section {
	i := slices.IndexFunc(d.Sections, func(s Section) bool { return s.Key == keyCentre })
	if i < 0 {
		return nil
	}
	return &d.Sections[i]
}

func TestCentreSection(t *testing.T) {
	s := sectionOn(Compose(judged(t, applicationTable), Recipient{}))
	if s == nil || s.Title != "Centre, stage of the application: Awaiting interview" || s.Count != 28 {
		t.Fatalf("the section is %+v", s)
	}
	var titles []string
	for _, g := range s.Groups {
		for _, i := range g.Items {
			titles = append(titles, g.Owner+": "+i.Title)
		}
	}
	want := []string{
		"Quality Team: Policy d", "Quality Team: Policies", "Quality Team: Policy Points", "Head of Organisation: Contacts", "Head of Organisation: Finance", "Administration Team: Quay",
	}
	if !slices.Equal(titles, want) {
		t.Errorf("it tells of\n%s\nwant\n%s", strings.Join(titles, "\n"), strings.Join(want, "\n"))
	}
}

// Who is told of one qualification, or of one tutor's learners, is not told of
// the centre; how far an application is stands there though nothing is open.
func TestWhoIsToldOfTheCentre(t *testing.T) {
	in := judged(t, applicationTable)
	quiet := idle(t)
	quiet.Report.Stage = in.Report.Stage
	done := idle(t)
	done.Report.Stage = "Recognised"
	for name, c := range map[string]struct {
		in   *Input
		view View
		told bool
	}{
		"everything":            {in, View{}, true},
		"the section":           {in, View{Sections: []string{"centre"}, Privacy: Counts}, true},
		"another":               {in, View{Sections: []string{"claims"}}, false},
		"an owner":              {in, View{Owners: []string{policy.QualityTeam}}, true},
		"a qualification":       {in, View{Codes: []string{"610/1234/5"}}, false},
		"a tutor":               {in, View{Tutor: "Petra Quill"}, false},
		"nothing is open":       {quiet, View{}, true},
		"nothing for a tutor":   {quiet, View{Tutor: "Petra Quill"}, false},
		"the centre is through": {done, View{}, false},
	} {
		d := Compose(c.in, Recipient{Views: []View{c.view}})
		if s := sectionOn(d); (s != nil) != c.told {
			t.Errorf("%s: the section is %+v", name, s)
		}
		if c.in != in && !d.IsEmpty() {
			t.Errorf("%s: a stage alone makes a digest", name)
		}
	}
}

func TestCentreSheet(t *testing.T) {
	in := judged(t, applicationTable)
	book := actionBook(in, Recipient{})
	got := columns(t, book, "Centre", "On", "What", "Status", "On File", "Version", "Approved On", "Review By")
	for _, row := range []string{
		"Centre|Initial Super User|OK|Entered|||", "Centre|Web Application Sent|OK|27/04/2026|||", "Centre|Agreement Accepted|OK|Yes|||",
		"Centre|Application Submitted|Awaiting interview|01/05/2026|||", "Sites|Quay|Missing||||", "Contacts|Finance|Missing|Entered|||",
		"Policies|Policy d|Overdue|d.docx|4|08/05/2025|08/05/2026", "Policy Points|Policy c: disclosure|OK|Yes|||",
	} {
		if !slices.Contains(got, row) {
			t.Errorf("%s is missing in\n\t%s", row, strings.Join(got, "\n\t"))
		}
	}
	for _, s := range book.Sheets {
		for _, row := range s.Rows {
			for _, cell := range row {
				if strings.Contains(cell.String(), "Quill") || strings.Contains(cell.String(), "Omar") {
					t.Errorf("%s names somebody: %s", s.Name, cell)
				}
			}
		}
	}
	owners := actionBook(in, Recipient{Views: []View{{Owners: []string{policy.QualityTeam}}}})
	wantRows(t, "the Quality Team's", columns(t, owners, "Centre", "What"), []string{"Policy d"})
	for name, view := range map[string]View{"claims": {Sections: []string{"claims"}}, "a code": {Codes: []string{"610/1234/5"}}} {
		if slices.ContainsFunc(actionBook(in, Recipient{Views: []View{view}}).Sheets, func(s actionlist.Sheet) bool { return s.Name == "Centre" }) {
			t.Errorf("%s: there is a sheet on the centre", name)
		}
	}
}
