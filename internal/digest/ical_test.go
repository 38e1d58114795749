package digest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// due is a finding that is due on a day.
func due(day calendar.Date, change func(*policy.Finding)) policy.Finding {
	f := policy.Finding{
		Rule: "REG-02", Clause: "P 3.3(5)", Severity: policy.AtRisk, Owner: policy.AdministrationTeam, LearnerID: "L-055", QualificationCode: "610/9135/5", Due: day,
		Workbook: "enrolments.xlsx", Sheet: "Enrolments", Row: 12, Col: 18, Action: "Submit the registration to AIM by " + day.Long(), Message: "It is due.",
	}
	if change != nil {
		change(&f)
	}
	return f
}

func TestCalendar(t *testing.T) {
	in := rich(t)
	in.Report.Findings = []policy.Finding{due(monday+8, nil)}
	in.Report.Rows = nil
	in.look(t)
	file, ok := Calendar(in, Recipient{})
	if !ok {
		t.Fatal("there is no calendar")
	}
	want := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//regcert//due dates//EN\r\nMETHOD:PUBLISH\r\nCALSCALE:GREGORIAN\r\nX-WR-CALNAME:Registrations and claims\r\n" +
		"BEGIN:VEVENT\r\nUID:" + uid(in.Now.Lives[0].Key, 1) + "\r\nDTSTAMP:20260511T080000Z\r\nDTSTART;VALUE=DATE:20260519\r\nDTEND;VALUE=DATE:20260520\r\nTRANSP:TRANSPARENT\r\n" +
		"SUMMARY:Submit the registration to AIM (L-055\\, 610/9135/5)\r\n" +
		"DESCRIPTION:Submit the registration to AIM by Tue 19 May\r\n  2026.\\nAdministration Team\\nenrolments.xlsx\\, Enrolments!R12\\nREG-02 P\r\n  3.3(5)\r\n" +
		"END:VEVENT\r\nEND:VCALENDAR\r\n"
	if string(file) != want {
		t.Errorf("the calendar is\n%s\nwant\n%s", file, want)
	}
	if again, _ := Calendar(in, Recipient{}); !bytes.Equal(again, file) {
		t.Error("the same input gave another calendar")
	}
}

func TestCalendarHas(t *testing.T) {
	for name, c := range map[string]struct {
		finding policy.Finding
		who     View
		want    bool
	}{
		"due today":              {due(monday, nil), View{}, true},
		"due yesterday":          {due(monday-1, nil), View{}, false},
		"due in 28 days":         {due(monday+28, nil), View{}, true},
		"due in 29 days":         {due(monday+29, nil), View{}, false},
		"without a date":         {due(0, nil), View{}, false},
		"to do":                  {due(monday+1, func(f *policy.Finding) { f.Severity = policy.Todo }), View{}, true},
		"missed":                 {due(monday+1, func(f *policy.Finding) { f.Severity = policy.Breach }), View{}, false},
		"for information":        {due(monday+1, func(f *policy.Finding) { f.Severity = policy.Info }), View{}, false},
		"snoozed":                {due(monday+9, func(f *policy.Finding) { f.Snooze = &policy.Snooze{Until: monday + 2} }), View{}, false},
		"of another section":     {due(monday+1, nil), View{Sections: []string{"claims"}}, false},
		"told with names":        {due(monday+1, nil), View{Privacy: Names}, true},
		"told as a number":       {due(monday+1, nil), View{Privacy: Counts}, false},
		"of another owner":       {due(monday+1, nil), View{Owners: []string{policy.IQA}}, false},
		"of its own owner":       {due(monday+1, nil), View{Owners: []string{policy.AdministrationTeam}}, true},
		"ready, due in ten days": {due(monday+10, func(f *policy.Finding) { f.Rule, f.Severity = "", policy.Todo }), View{}, true},
	} {
		if _, got := Calendar(reportOf(t, c.finding), Recipient{Views: []View{c.who}}); got != c.want {
			t.Errorf("what is %s stands in the calendar: %v", name, got)
		}
	}
}

// events are those of a calendar, read back.
func events(t testing.TB, file []byte) []*ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v in\n%s", err, file)
	}
	return cal.Events()
}

// The soonest come first, and too many are left out; each has an identity of its
// own that outlives a move of its row and of its date.
func TestCalendarOfMany(t *testing.T) {
	var all []policy.Finding
	for i := range mostEvents + 1 {
		all = append(all, due(monday+calendar.Date((i*7)%29), func(f *policy.Finding) { f.LearnerID, f.Row = fmt.Sprintf("L%03d", i/2), i })) // each twice
	}
	file, _ := Calendar(reportOf(t, all...), Recipient{})
	list := events(t, file)
	uids := map[string]bool{}
	last := ""
	for _, e := range list {
		uids[e.Id()] = true
		day := e.GetProperty(ics.ComponentPropertyDtStart).Value
		if day < last {
			t.Errorf("%s comes after %s", day, last)
		}
		last = day
	}
	if len(list) != mostEvents || len(uids) != mostEvents {
		t.Errorf("the calendar has %d events with %d identities, want %d", len(list), len(uids), mostEvents)
	}
	before, _ := Calendar(reportOf(t, due(monday+8, nil)), Recipient{})
	after, _ := Calendar(reportOf(t, due(monday+9, func(f *policy.Finding) { f.Row, f.Workbook, f.Rule, f.LearnerID = 40, "moved.xlsx", "REG-01", "l-055" })), Recipient{})
	if a, b := events(t, before)[0].Id(), events(t, after)[0].Id(); a != b {
		t.Errorf("the event %s has become %s", a, b)
	}
	other, _ := Calendar(reportOf(t, due(monday+8, func(f *policy.Finding) { f.QualificationCode = "610/9135/6" })), Recipient{})
	if a, b := events(t, before)[0].Id(), events(t, other)[0].Id(); a == b {
		t.Error("two qualifications share an event")
	}
}

// Whatever stands in cells makes no line, property or event of its own, and can
// be read back.
func FuzzCalendar(f *testing.F) {
	for _, s := range []string{
		"L007", "a;b,c\\d", `\n`, `\\n;`, "a\r\nBEGIN:VEVENT\r\n", "END:VCALENDAR", "\u202eevil", "\x00\x1b", "\xff\xfe", strings.Repeat("A", 30000), strings.Repeat("日", 200), strings.Repeat("\\", 90),
		strings.Repeat("a,", 90), strings.Repeat("<b> ", 90), "\"", ":", ";VALUE=URI:http://evil.example", strings.Repeat("e\u0301", 90), "\u2028", "\v\f", " ", strings.Repeat("\U0001f600", 80),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hostile := func(f *policy.Finding) {
			f.LearnerID, f.QualificationCode, f.UnitCode, f.Field, f.Action, f.Owner, f.Workbook, f.Sheet = s, s, s, s, s, s, s, s
		}
		in := reportOf(t, due(monday+1, hostile), due(monday+2, nil))
		file, _ := Calendar(in, Recipient{})
		if !utf8.Valid(file) {
			t.Fatalf("%.60q makes text that is not UTF-8", s)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(file), "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00\x1b\v\f") {
				t.Errorf("%.60q makes the line %q of %d bytes", s, line, len(line))
			}
		}
		unfolded := strings.ReplaceAll(string(file), "\r\n ", "")
		if n := strings.Count(unfolded, "\r\n"); n != 6+2*9+1 {
			t.Errorf("%.60q makes %d lines of the calendar:\n%s", s, n, unfolded)
		}
		list := events(t, file)
		if len(list) != 2 {
			t.Fatalf("%.60q makes %d events", s, len(list))
		}
		for i := range in.Report.Findings {
			want := summary(&in.Report.Findings[i])
			if !slices.ContainsFunc(list, func(e *ics.VEvent) bool { return e.GetProperty(ics.ComponentPropertySummary).Value == want }) {
				t.Errorf("%.60q: no event is called %q in\n%s", s, want, file)
			}
		}
	})
}
