package page

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register/registertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// monday is the as-of date of these tests.
var monday = calendar.NewDate(2026, time.May, 11)

// tables is a set with something of everything: what is overdue, at risk, missed and
// logged, snoozed, to be corrected, and in order.
const tables = `
	== enrolments.xlsx
	-- Enrolments
	Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End | Admin Notified | ID Verified | MIS Logged | Submitted to AIM | AIM Confirmed | AIM Registration No | Accuracy Checked | Quality Log Ref | Snooze Until | Snooze Reason | Snooze By | Ethnicity
	L001 | Ada | Archer | 2000-01-02 | 610/1234/5 | 2026-03-30 | 2026-06-30 | 2026-03-30 | yes | yes |  |  |  |  |  |  |  |  | secret
	L002 | Ben | Baker | 2000-01-02 | 610/1234/5 | 2026-03-30 | 2026-06-30 | 2026-03-30 | yes | yes | 2026-04-01 | 2026-04-02 | R2 | yes |  |  |  |  | secret
	L003 | Cat | Cole | 2000-01-02 | 610/1234/5 | 2026-04-13 | 2026-06-30 | 2026-04-13 | yes | yes |  |  |  |  |  |  |  |  |
	L004 | Dan | Dean | 2000-01-02 | 610/1234/5 | 2026-03-30 | 2026-06-30 | 2026-03-30 | yes | yes |  |  |  |  |  | 2026-06-01 | Waiting for Mrs Dean | Olga Orme |
	L005 | Eve | East | 31/04/2000 | 610/1234/5 | 2026-03-30 | 2026-06-30 | 2026-03-30 | yes | yes | 2026-05-08 | 2026-05-08 | R5 | yes | Q-7 |  |  |  |
	-- Notes
	x
`

// result is what a check of tables finds, a day's work on several computers.
func result(t testing.TB) *batch.Result { return resultOf(t, tables) }

func resultOf(t testing.TB, tables string) *batch.Result {
	t.Helper()
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		t.Fatal(err)
	}
	books := registertest.Read(t, monday, tables)
	report := policy.Judge(books, policy.Options{
		AsOf: monday, Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()}, SnoozeLimit: policy.DefaultSnoozeLimit(),
	})
	r := &batch.Result{Report: report}
	for _, b := range books {
		r.Workbooks = append(r.Workbooks, batch.Workbook{Path: b.Path, Outcome: batch.Unchanged, Sheets: b.Sheets, Other: b.Other, Headless: b.Headless, Remarks: b.Remarks})
	}
	r.Workbooks = append(r.Workbooks,
		batch.Workbook{Path: "claims.xlsx", Outcome: batch.Deferred, Reason: "it is open in Excel since 08:10", Holder: "Olga Orme", Troubled: true},
		batch.Workbook{Path: "archive.xlsx", Outcome: batch.Failed, Reason: batch.Stumbled + "; please report it with these lines: Ada Archer", Troubled: true},
		batch.Workbook{Path: "units.xlsx", Outcome: batch.Context}, batch.Workbook{Path: "gone.xlsx", Outcome: batch.Context, Reason: "there is no such file"})
	return r
}

func reportOf(r *batch.Result) *Report {
	return &Report{Centre: "Wheel & Barrow", Program: "v1.2.3", MadeAt: time.Date(2026, time.May, 11, 9, 12, 0, 0, time.UTC), Result: r}
}

func rendered(t testing.TB, r *Report) string {
	t.Helper()
	html, err := r.Render()
	if err != nil {
		t.Fatal(err)
	}
	return string(html)
}

// TestGolden holds what the page says; the style and the script are files of their own.
func TestGolden(t *testing.T) {
	failure := reportOf(nil)
	failure.Failure = []string{"config.yaml:2:5: pth is not known", "    pth: a.xlsx", "    ^"}
	for name, r := range map[string]*Report{"page": reportOf(result(t)), "failure": failure} {
		got := rendered(t, r)
		for part, text := range map[string]string{"style": styleText, "script": scriptText} {
			whole := "<" + part + ">" + text + "</" + part + ">"
			if !strings.Contains(got, whole) {
				t.Fatalf("%s: the %s is not on the page as it is in its file", name, part)
			}
			got = strings.Replace(got, whole, "<"+part+"></"+part+">", 1)
		}
		got = regexp.MustCompile(`&#39;sha256-[^;]*?=&#39;`).ReplaceAllString(regexp.MustCompile(`&#43;`).ReplaceAllString(got, "+"), "(sum)")
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as %s (go test ./internal/page -update):\n%s", name, path, got)
		}
	}
}

// TestNoNames wants nobody's name on the page, whatever regcert knows of it.
func TestNoNames(t *testing.T) {
	got := rendered(t, reportOf(result(t)))
	for _, name := range []string{"Ada", "Archer", "Dean", "Olga", "Orme", "secret", "31/04/2000", "2000-01-02"} {
		if strings.Contains(got, name) {
			t.Errorf("%q is on the page", name)
		}
	}
	for _, want := range []string{"Snoozed until Mon 1 Jun 2026", "regcert stumbled over this workbook"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

// TestCentre wants the centre's application on the page, and the people of it not.
func TestCentre(t *testing.T) {
	got := rendered(t, reportOf(resultOf(t, tables+`
		== centre.xlsx
		-- Centre
		Item | Value
		Initial Super User | Petra Quill
		Web Application Sent | 2026-05-05
		-- Sites
		Site Name | Address | Postcode
		Old Quay | 2 Quay |
		-- Contacts
		Role | Name | Email
		Finance | Petra Quill | p@x.example`)))
	for _, want := range []string{"recognition of the centre: awaiting login", `<th scope="col">About</th>`, `<th scope="row">Old Quay`, "The site has no Postcode", "Contacts in centre.xlsx"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, name := range []string{"Petra", "p@x.example"} {
		if strings.Contains(got, name) {
			t.Errorf("%q is on the page", name)
		}
	}
}

// TestCommonFolder wants of the names of workbooks what tells them apart.
func TestCommonFolder(t *testing.T) {
	for _, c := range []struct{ paths, want string }{
		{"", ""},
		{"claims.xlsx", ""},
		{"registers/claims.xlsx", "registers/"},
		{"registers/claims.xlsx registers/enrolments.xlsx", "registers/"},
		{"registers/a/claims.xlsx registers/ab/claims.xlsx", "registers/"},
		{"registers/claims.xlsx register/claims.xlsx", ""},
		{"registers/claims.xlsx enrolments.xlsx", ""},
		{"/a/claims.xlsx /b/claims.xlsx", "/"},
		{"/a/claims.xlsx b/claims.xlsx", ""},
	} {
		var books []book
		for path := range strings.FieldsSeq(c.paths) {
			books = append(books, book{Path: path})
		}
		if got := commonFolder(books); got != c.want {
			t.Errorf("%s: %q, want %q", c.paths, got, c.want)
		}
	}
}

// TestIsPage tells pages from what others have made.
func TestIsPage(t *testing.T) {
	page := rendered(t, reportOf(result(t)))
	for text, want := range map[string]bool{page[:HeadSize]: true, page[:100]: false, "": false, "x" + page: false, `<!DOCTYPE html><meta name="generator" content="Word">`: false} {
		if got := IsPage([]byte(text)); got != want {
			t.Errorf("%.80q: %t", text, got)
		}
	}
}

// many makes a result with n findings that are overdue and n that are to do.
func many(t *testing.T, n int) *batch.Result {
	r := result(t)
	report := *r.Report
	report.Findings = nil
	for i := range 2 * n {
		f := policy.Finding{Rule: "REG-01", Severity: policy.Todo, Owner: policy.Tutor, Workbook: "enrolments.xlsx", Sheet: "Enrolments", Row: i + 2, Col: 1, LearnerID: fmt.Sprintf("L%06d", i), Message: "It is so."}
		if i < n {
			f.Severity = policy.Overdue
		}
		report.Findings = append(report.Findings, f)
	}
	r.Report = &report
	return r
}

// TestParts wants the first of many findings in the open, the next behind something
// to open, and those counted for which there is no room, the least urgent.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		each, findings, parts int
		more                  string
	}{
		{firstShown, 2 * firstShown, 1, ""},
		{firstShown + 1, 2*firstShown + 2, 3, ""},
		{mostFindings / 2, mostFindings, 51, ""},
		{mostFindings/2 + 1, mostFindings, 51, "no room here for 2 less urgent findings"},
	} {
		page := rendered(t, reportOf(many(t, c.each)))
		if got := strings.Count(page, `<td class="o">Tutor</td>`); got != c.findings {
			t.Errorf("%d of each: %d findings are on the page, want %d", c.each, got, c.findings)
		}
		if got := strings.Count(page, `<details class="part">`); got != c.parts {
			t.Errorf("%d of each: %d parts are to be opened, want %d", c.each, got, c.parts)
		}
		if strings.Contains(page, "no room here") != (c.more != "") || !strings.Contains(page, c.more) {
			t.Errorf("%d of each: %q is not said, or is said without need", c.each, c.more)
		}
		if i, j := strings.Index(page, "L000000"), strings.LastIndex(page, fmt.Sprintf("L%06d", c.each)); i < 0 || j < i {
			t.Errorf("%d of each: the most urgent do not come first", c.each)
		}
	}
}

// TestSame wants the same bytes of the same report.
func TestSame(t *testing.T) {
	r := reportOf(result(t))
	first := rendered(t, r)
	if again := rendered(t, r); again != first {
		t.Error("the page is another each time")
	}
	if bytes.ContainsRune([]byte(styleText+scriptText), '\r') {
		t.Error("browsers take carriage returns out, and then the sums of style and script are wrong")
	}
}
