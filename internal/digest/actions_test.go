package digest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/actionlist"
	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
	"regcert/internal/xlsx"
)

// centreTable is a small centre: two learners of one tutor and one of another.
const centreTable = `
	== enrolments.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | ULN | Qualification Code | Qualification Title | Level | Course Start | Course End | Submitted to AIM | AIM Confirmed | AIM Registration No | Late Reason | ID Verified | MIS Logged | Tutor | Telephone | Snooze Until | Snooze Reason | Snooze By
	L001 | Ada   | Archer | 2000-01-02 | 9276308686 | 610/1234/5 | Bicycles | 2 | 2026-03-30 | 2026-06-30 |            |            |     | Passport | yes | yes | Ruth Dale | 0161 496 0000 | | |
	L002 | Boris | Birch  | 2000-01-02 |            | 603/5678/X | Gardens  | 3 | 2026-03-30 | 2026-09-30 | 2026-04-20 | 2026-04-22 | A17 |          | yes | yes | Omar Kent | 0161 496 0000 | 2026-05-20 | On leave | Omar Kent
	L003 | Cleo  | Cox    | 2000-01-02 |            | 603/5678/X | Gardens  | 3 | 2026-03-30 | 2026-06-30 | 2026-04-20 | 2026-04-22 | A18 |          | yes | yes | Ruth Dale | 0161 496 0000 | | |
	== claims.xlsx
	-- Claims
	Learner ID | Qualification Code | IQA Confirmed | Claim Submitted | Claim Ref | Certificate Received | Certificate No | Certificate Checked | Discrepancy | Certificate Issued | Posted | Destroyed On | Destruction Authorised By
	L001       | 610/1234/5         | 2026-05-05    |                 |           |                      |                |                     |             |                    |        |              |
	L003       | 603/5678/X         | 2026-04-07    | 2026-04-09      | C9        | 2026-05-01           | 'AQ2561240     | yes                 | Cox is misspelt | 31/02/2026     | no     | 2026-05-08   | Petra Quill
	-- Withdrawals
	Learner ID | Qualification Code | Withdrawn On | Reason | MIS Updated | Evidence Retained
	L003       | 603/5678/X         | 2026-05-04   | left   | n/a         | no
`

// judged is what the tables give, looked at for the first time.
func judged(t testing.TB, tables string) *Input {
	t.Helper()
	cal := testCalendar(t)
	report := policy.Judge(registertest.Read(t, monday, tables), policy.Options{AsOf: monday, Calendar: cal, Versions: []policy.Numbers{policy.Defaults()}})
	in := &Input{Report: report, Centre: "Northfield", ReadAt: time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC), Next: monday + 7}
	in.Now = (&history.Past{}).Observe(&history.Reading{AsOf: monday, Findings: slices.Concat(report.Findings, report.Ready(cal)), Tutor: history.TutorsOf(report)})
	return in
}

// columns shows the rows of a sheet in these columns.
func columns(t *testing.T, book *actionlist.Book, sheet string, headings ...string) []string {
	t.Helper()
	i := slices.IndexFunc(book.Sheets, func(s actionlist.Sheet) bool { return s.Name == sheet })
	if i < 0 {
		t.Fatalf("there is no sheet %s", sheet)
	}
	s := book.Sheets[i]
	var rows []string
	for _, row := range s.Rows {
		if len(row) != len(s.Columns) {
			t.Fatalf("%s has a row of %d cells and %d columns", sheet, len(row), len(s.Columns))
		}
		var cells []string
		for _, h := range headings {
			at := slices.IndexFunc(s.Columns, func(c actionlist.Column) bool { return c.Heading == h })
			if at < 0 {
				t.Fatalf("%s has no column %s", sheet, h)
			}
			cells = append(cells, row[at].String())
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

func wantRows(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s are\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestActions(t *testing.T) {
	in := rich(t)
	got := columns(t, actionBook(in, Recipient{}), "Actions", "Status", "Learner ID", "Due", "Working Days Left", "Snoozed Until", "Rule")
	for _, row := range []string{
		"Ready to claim|L060|21/05/2026|8||", "Overdue|L023|07/05/2026|-2|19/05/2026|CLM-04", "At risk|L015|19/05/2026|6|15/05/2026|REG-02", "For information|L001||||REC-03", "At risk||30/06/2026|35||POL-01",
	} {
		if !slices.Contains(got, row) {
			t.Errorf("%s is missing in\n\t%s", row, strings.Join(got, "\n\t"))
		}
	}
	if slices.ContainsFunc(got, func(row string) bool { return strings.HasSuffix(row, "REG-06") && strings.Contains(row, "L015") }) {
		t.Error("what is in the quality log stands among the actions")
	}
	// The worst comes first and, of what is as bad, the earliest; what is snoozed comes last.
	place := func(row string) (asleep bool, urgency int, due string) {
		cells := strings.Split(row, "|")
		d, m, y := "", "", "9999"
		if cells[2] != "" {
			d, m, y = cells[2][:2], cells[2][3:5], cells[2][6:]
		}
		status := strings.Replace(cells[0], "Ready to claim", "To do", 1)
		return cells[4] != "", slices.Index([]string{"Overdue", "At risk", "To do", "To correct", "Missed", "For information"}, status), y + m + d
	}
	for i := 1; i < len(got); i++ {
		a, b := fmt.Sprint(place(got[i-1])), fmt.Sprint(place(got[i]))
		if a > b {
			t.Errorf("%s stands before %s", got[i-1], got[i])
		}
	}
	if s := actionBook(in, Recipient{}).Sheets[0]; s.About != plural(len(got), "action", "actions")+", 4 snoozed, 2 of them overdue" {
		t.Errorf("the sheet says of itself: %s", s.About)
	}
}

// What is told of a finding that is only remembered is what was kept of it.
func TestActionsAsLastSeen(t *testing.T) {
	in := reportOf(t, findings(t, testCalendar(t), "REG-02 | at-risk | L015 | 610/1234/5 | 2026-05-19 | enrolments.xlsx Enrolments!R18 | Administration Team | Submit the registration !! It is due (P 3.2).")...)
	past := &history.Past{
		Lives: in.Now.Lives, Sheets: map[history.Sheet]history.Glance{{Workbook: "enrolments.xlsx", Name: "Enrolments"}: {Day: monday, Kind: register.Enrolments}},
		Observations: []history.Observation{{ID: 1, Day: monday}}, Digests: []history.Observation{{ID: 1, Day: monday}},
	}
	for i := range past.Lives[0].Events {
		past.Lives[0].Events[i].Observation = 1
	}
	in.Report = &policy.Report{AsOf: monday + 7, Titles: policy.TitlesOf(nil)}
	in.Now = past.Observe(&history.Reading{AsOf: monday + 7, Expects: func(string) bool { return true }, Left: func(due calendar.Date) int { return testCalendar(t).Left(monday+7, due) }})
	in.Workbooks = []Workbook{{Path: "enrolments.xlsx"}, {Path: "claims.xlsx", Read: true, Unread: []string{"Claims"}}}
	book := actionBook(in, Recipient{})
	wantRows(t, "the actions", columns(t, book, "Actions", "Status", "Working Days Left", "What Is Wrong", "Change", "Open Since", "As Last Seen On", "Cell"),
		[]string{"At risk|1|Registration deadline is near.||11/05/2026|11/05/2026|R18"})
	if got := strings.Join(book.Warnings, " "); !strings.HasPrefix(got, "Could not be read: enrolments.xlsx and claims.xlsx (Claims).") {
		t.Errorf("it warns: %s", got)
	}
}

func TestLedgers(t *testing.T) {
	book := actionBook(judged(t, centreTable), Recipient{})
	wantRows(t, "the enrolments", columns(t, book, "Registration log", "Learner ID", "Qualification", "Qualification Title", "Status", "Deadline", "Course Start", "Submitted to AIM", "AIM Registration No", "Late Reason"), []string{
		"L001|610/1234/5|Bicycles|Overdue|07/05/2026|30/03/2026|||Passport",
		"L002|603/5678/X|Gardens|Registered|26/06/2026|30/03/2026|20/04/2026|A17|",
		"L003|603/5678/X|Gardens|Withdrawn|07/05/2026|30/03/2026|20/04/2026|A18|",
	})
	wantRows(t, "the claims", columns(t, book, "Claims tracker", "Learner ID", "Claim Deadline", "IQA Confirmed", "Claim Submitted", "Claim Ref"), []string{
		"L001|19/05/2026|05/05/2026||", "L003|21/04/2026|07/04/2026|09/04/2026|C9",
	})
	wantRows(t, "the withdrawals", columns(t, book, "Withdrawal register", "Learner ID", "Status", "Deadline", "Withdrawn On", "Reason", "Notified On", "MIS Updated", "Evidence Retained"), []string{
		"L003|Due|03/06/2026|04/05/2026|left||n/a|No",
	})
	wantRows(t, "the certificates", columns(t, book, "Certificates", "Learner ID", "Certificate Received", "Certificate No", "Certificate Checked", "Issue By", "Hold Until", "Certificate Issued", "Posted", "Destroyed On"), []string{
		"L003|01/05/2026|AQ2561240|Yes|11/05/2026|01/05/2027|Cannot be read|No|08/05/2026", // 4 May is a bank holiday
	})
}

// Each is told as much as the tier says: of people no more than that, and
// nowhere anything else that is personal.
func TestActionListPrivacy(t *testing.T) {
	in := judged(t, centreTable)
	for tier, want := range map[Privacy]struct {
		heading, name, discrepancy, authorised string
	}{
		References: {"", "", "Yes", "Yes"}, "": {"", "", "Yes", "Yes"},
		Initials: {"Initials", "C.C.", "Yes", "Yes"},
		Names:    {"Name", "Cleo Cox", "Cox is misspelt", "Petra Quill"},
	} {
		book := actionBook(in, Recipient{Views: []View{{Privacy: tier}}})
		wantRows(t, string(tier), columns(t, book, "Certificates", "Discrepancy", "Destruction Authorised"), []string{want.discrepancy + "|" + want.authorised})
		for _, s := range book.Sheets {
			has := slices.ContainsFunc(s.Columns, func(c actionlist.Column) bool { return c.Heading == "Name" || c.Heading == "Initials" })
			if has != (want.heading != "") {
				t.Errorf("%s of the tier %q has a column for names: %v", s.Name, tier, has)
			}
		}
		if want.heading != "" {
			wantRows(t, string(tier), columns(t, book, "Claims tracker", want.heading)[1:], []string{want.name})
			if all := columns(t, book, "Actions", want.heading, "Learner ID"); !slices.Contains(all, want.name+"|L003") {
				t.Errorf("of the tier %q the actions are of %q", tier, all)
			}
		}
		for _, s := range book.Sheets {
			for _, row := range s.Rows {
				for _, cell := range row {
					for _, never := range []string{"02/01/2000", "9276308686", "0161", "Omar", "On leave", "Dale"} {
						if strings.Contains(cell.String(), never) {
							t.Errorf("%s of the tier %q says %q", s.Name, tier, cell)
						}
					}
					if tier != Names && (strings.Contains(cell.String(), "Cox") || strings.Contains(cell.String(), "Quill")) {
						t.Errorf("%s of the tier %q says %q", s.Name, tier, cell)
					}
				}
			}
		}
	}
	if data, err := ActionList(in, Recipient{Views: []View{{Privacy: Counts}}}); data != nil || err != nil {
		t.Errorf("who is told numbers only gets an action list of %d bytes, %v", len(data), err)
	}
}

func TestActionListRouting(t *testing.T) {
	in := judged(t, centreTable)
	for name, c := range map[string]struct {
		views  []View
		sheets string
		log    []string // learners of the registration log; nil where there is none
		scope  string
	}{
		"everything":  {nil, "Actions, Registration log, Claims tracker, Withdrawal register, Certificates", []string{"L001", "L002", "L003"}, ""},
		"two":         {[]View{{Sections: []string{"registrations", "claims"}}}, "Actions, Registration log, Claims tracker", []string{"L001", "L002", "L003"}, "This list covers claims and registrations."},
		"no register": {[]View{{Sections: []string{"data"}}}, "Actions", nil, "This list covers data."},
		"a code":      {[]View{{Sections: []string{"registrations"}, Codes: []string{"603 5678 x"}}}, "Actions, Registration log", []string{"L002", "L003"}, "This list covers registrations on 603 5678 x."},
		"a tutor":     {[]View{{Sections: []string{"registrations"}, Tutor: "RUTH DALE"}}, "Actions, Registration log", []string{"L001", "L003"}, "This list covers registrations about the learners of RUTH DALE."},
		"an owner":    {[]View{{Sections: []string{"registrations"}, Owners: []string{policy.AdministrationTeam}}}, "Actions, Registration log", []string{"L001"}, "This list covers registrations for the Administration Team."},
		"idle owner":  {[]View{{Sections: []string{"registrations"}, Owners: []string{policy.IQA}}}, "Actions, Registration log", []string{}, "This list covers registrations for the IQA."},
		"numbers too": {[]View{{Privacy: Counts}, {Sections: []string{"claims"}}}, "Actions, Claims tracker", nil, "This list covers claims."},
	} {
		book := actionBook(in, Recipient{Name: "Somebody", Views: c.views})
		var sheets []string
		for _, s := range book.Sheets {
			sheets = append(sheets, s.Name)
		}
		if got := strings.Join(sheets, ", "); got != c.sheets {
			t.Errorf("%s: the sheets are %s, want %s", name, got, c.sheets)
		}
		if c.log != nil {
			wantRows(t, name+": the enrolments", columns(t, book, "Registration log", "Learner ID"), c.log)
		}
		if book.Scope != c.scope || book.For != "Somebody" {
			t.Errorf("%s: it covers %q and is for %q, want %q", name, book.Scope, book.For, c.scope)
		}
	}
}

// The most open of the views that have a row says how much is told.
func TestActionListOfTwoRoles(t *testing.T) {
	views := []View{{Sections: []string{"registrations"}}, {Sections: []string{"registrations"}, Codes: []string{"610/1234/5"}, Privacy: Names}}
	book := actionBook(judged(t, centreTable), Recipient{Views: views})
	wantRows(t, "the enrolments", columns(t, book, "Registration log", "Learner ID", "Name"), []string{"L001|Ada Archer", "L002|", "L003|"})
}

// A sheet is bounded, and says what is not on it.
func TestActionListIsBounded(t *testing.T) {
	for n, want := range map[int]string{1: "1 thing", mostRows: "100000 things", mostRows + 1: "100001 things, of which the first 100000 stand here"} {
		if got := counted(n, [2]string{"thing", "things"}); got != want {
			t.Errorf("counted(%d) = %q, want %q", n, got, want)
		}
	}
	in := many(t, mostRows*5/4) // some of which are in the quality log, and no actions
	if got := len(actionBook(in, Recipient{}).Sheets[0].Rows); got != mostRows {
		t.Errorf("%d actions stand on the sheet, want %d", got, mostRows)
	}
}

// Whatever stands in cells is text in the action list, and the same text in
// both readers; there is no formula, no link and no other row for it.
func FuzzActionList(f *testing.F) {
	for _, s := range []string{
		"L007", "=1+1", "+44 161 496 0000", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", `=HYPERLINK("http://evil.example","L007")`, "\t=1", "'=1", "_x0041_", "_x005F_x000D_", "&lt;", "<v>1</v>", "]]>",
		"a\r\nb", "\u202eevil", "\x00\x1b", "\xff\xfe", strings.Repeat("A", 33000), strings.Repeat("日", 500), "http://evil.example", "1/2", "00123", " x ", "e\u0301", "\U0010ffff\ufffe",
	} {
		f.Add(s)
	}
	from := rich(f)
	f.Fuzz(func(t *testing.T, s string) {
		in := hostile(t, from, s)
		in.Report.Rows = hostileRows(t, s)
		book := actionBook(in, Recipient{Name: s, Views: []View{{Privacy: Names}}})
		data, err := book.Bytes()
		if err != nil {
			t.Fatalf("%.60q: %v", s, err)
		}
		theirs, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%.60q: %v", s, err)
		}
		defer theirs.Close()
		ours, err := xlsx.Open(data, xlsx.DefaultLimits())
		if err != nil {
			t.Fatalf("%.60q: %v", s, err)
		}
		for i, sheet := range ours.Sheets() {
			want := book.Sheets[i]
			head, filled, shown := 0, 0, 0
			for _, row := range want.Rows {
				for _, c := range row {
					if c.String() != "" {
						filled++
					}
				}
			}
			err := sheet.Scan(func(r *xlsx.Row) error {
				for k := range r.Cells {
					c := &r.Cells[k]
					ref := sheet.Name + "!" + xlsx.CellName(r.Num, c.Col)
					if c.Formula {
						t.Errorf("%.60q makes a formula in %s", s, ref)
					}
					if head > 0 && r.Num > head && c.Kind != xlsx.None {
						shown++
					}
					if head > 0 && r.Num > head && r.Num-head <= len(want.Rows) && c.Kind == xlsx.Text {
						if text := want.Rows[r.Num-head-1][c.Col-1].String(); c.Text() != text {
							t.Errorf("%s is %.60q to us, want %.60q", ref, c.Text(), text)
						}
						if text, err := theirs.GetCellValue(sheet.Name, xlsx.CellName(r.Num, c.Col)); err != nil || text != c.Text() {
							t.Errorf("%s is %.60q to excelize, %v, want %.60q", ref, text, err, c.Text())
						}
					}
					if c.Kind == xlsx.Text && c.Col == 1 && c.Text() == want.Columns[0].Heading && head == 0 {
						head = r.Num
					}
				}
				return nil
			})
			if err != nil || shown != filled {
				t.Errorf("%.60q: %s shows %d cells, want %d: %v", s, sheet.Name, shown, filled, err)
			}
		}
	})
}

// hostileRows are records in which every text is s.
func hostileRows(t testing.TB, s string) []policy.Row {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for kind, texts := range map[register.Kind][]register.Column{
		register.Enrolments: {register.LearnerID, register.QualificationCode, register.QualificationTitle, register.Level, register.AIMRegistrationNo, register.LateReason, register.LegalFirstName, register.CourseStart},
		register.Claims:     {register.LearnerID, register.QualificationCode, register.ClaimRef, register.CertificateNo, register.Discrepancy, register.DestructionAuthorisedBy, register.QualityLogRef, register.Collected},
	} {
		if _, err := book.NewSheet(kind.String()); err != nil {
			t.Fatal(err)
		}
		for i, c := range texts {
			_ = book.SetCellStr(kind.String(), xlsx.CellName(1, i+1), c.String())
			if err := book.SetCellStr(kind.String(), xlsx.CellName(2, i+1), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	buf, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	file, err := xlsx.Open(buf.Bytes(), xlsx.DefaultLimits())
	if err != nil {
		t.Skip(err) // what no workbook can hold
	}
	read, err := register.NewReader(monday, register.Aliases{}).Read("register.xlsx", file)
	if err != nil {
		t.Skip(err)
	}
	var rows []policy.Row
	for _, sheet := range read.Sheets {
		for i := range sheet.Records {
			rows = append(rows, policy.Row{Record: &sheet.Records[i], Status: "Due", NextAction: s, Tone: policy.Red, IssueBy: monday})
		}
	}
	return rows
}

func BenchmarkActionList50000(b *testing.B) {
	in := many(b, 50000)
	for b.Loop() {
		if data, err := ActionList(in, Recipient{}); err != nil || len(data) == 0 {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
}
