package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

// The header row of a Centre sheet has both of its columns, and of any other
// sheet of the centre three.
func TestHeaderRowOfCentre(t *testing.T) {
	for _, c := range []struct {
		sheet, rows string
		want        int
	}{
		{"Centre", "Item | Value", 1},
		{"Centre", "Recognition by AIM\nPosition at | 2026-05-11\nNotes | VALUE | item", 3},
		{"Centre", "Item | Status | Next Action", 0},
		{"Centre", "Value | Status | Next Action", 0},
		{"Sites", "Site Name | Address", 0},
		{"Sites", "Site Name | Address | Status", 1},
		{"Policy Points", "Letter | Point", 0},
		{"policy-points", "Letter | Point | Covered", 1},
	} {
		book := registertest.Read(t, asOf, "== a.xlsx\n-- "+c.sheet+"\n"+c.rows)[0]
		row := 0
		if len(book.Sheets) > 0 {
			row = book.Sheets[0].HeaderRow
		}
		if row != c.want {
			t.Errorf("%s with %q has its headings in row %d, want %d", c.sheet, c.rows, row, c.want)
		}
	}
}

// A value is read as its item asks for, wherever the columns stand.
func TestItems(t *testing.T) {
	rows := [][3]string{
		{"Telephone", "0", "readable 0"},
		{"web application sent", "2026-04-27", "readable 2026-04-27"},
		{"Web-Application Sent", "'27 April 2026", "readable 2026-04-27"},
		{"Invoice Paid", "yes", "unreadable"},
		{"Interview On", "2026-06-27", "readable 2026-06-27"},
		{"Agreement Accepted", "✓", "readable yes"},
		{"Agreement Accepted", "no", "readable no"},
		{"Policies Section", "nearly", "unreadable"},
		{"Recommendation", "Accept with  Actions", "readable Accept with Actions"},
		{"Recommendation", "REJECT", "readable REJECT"},
		{"Recommendation", "accept", "readable accept"},
		{"Recommendation", "accepted", "unreadable"},
		{"Recommendation", "tbc", "blank"},
		{"Postcode", "2026-04-27", "unreadable"},
		{"Purchase Order No", "n/a", "NA"},
	}
	for _, order := range []string{"Item | Value", "Value | Item"} {
		text := "== a.xlsx\n-- Centre\n" + order + "\n"
		for _, r := range rows {
			if strings.HasPrefix(order, "Item") {
				text += r[0] + " | " + r[1] + "\n"
			} else {
				text += r[1] + " | " + r[0] + "\n"
			}
		}
		s := registertest.Read(t, asOf, text)[0].Sheets[0]
		if len(s.Records) != len(rows) {
			t.Fatalf("%d records, want %d", len(s.Records), len(rows))
		}
		for i, r := range rows {
			rec := &s.Records[i]
			if got := describe(rec.Value(register.ItemValue)); got != r[2] {
				t.Errorf("%s: %s with %s is %s, want %s", order, r[0], r[1], got, r[2])
			}
			if as := rec.ReadAs(register.ItemValue); as != rec.Item() || register.NormalHeading(as.String()) != register.NormalHeading(r[0]) {
				t.Errorf("%s is read as %s", r[0], as)
			}
			if rec.ReadAs(register.Item) != register.Item {
				t.Errorf("the item is read as %s", rec.ReadAs(register.Item))
			}
		}
	}
}

// Items that are not known are reported like columns that are not, below them.
func TestUnknownItems(t *testing.T) {
	s := registertest.Read(t, asOf, `
		== a.xlsx
		-- Centre
		Item       | Value      | Notes
		Telephone  | 01         |
		Parking    | yes        |
		           | 02         |
		tbc        |            | nothing
		Car park   |            |`)[0].Sheets[0]
	if got, want := fmt.Sprint(s.Unknown), "[Notes Parking Car park]"; got != want {
		t.Errorf("unknown are %s, want %s", got, want)
	}
	var got []string
	for i := range s.Records {
		got = append(got, fmt.Sprint(s.Records[i].Row, s.Records[i].Item() != 0))
	}
	if want := []string{"2 true", "3 false", "4 false", "6 false"}; !slices.Equal(got, want) {
		t.Errorf("the records are %q, want %q", got, want)
	}
}

func TestItemNamed(t *testing.T) {
	for _, item := range register.Items() {
		if got := register.ItemNamed(" " + strings.ToUpper(item.String()) + ": "); got != item {
			t.Errorf("%s is %d", item, got)
		}
		if item.Written() {
			t.Errorf("%s is written", item)
		}
	}
	for _, text := range []string{"", "Item", "Value", "Learner ID", "Initial"} {
		if got := register.ItemNamed(text); got != 0 {
			t.Errorf("%q is %s", text, got)
		}
	}
	if n := len(register.Items()); n != 24 {
		t.Errorf("there are %d items", n)
	}
}
