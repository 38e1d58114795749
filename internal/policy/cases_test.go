package policy_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
)

var update = flag.Bool("update", false, "write what the cases give into testdata; read the difference")

// The records that cases start from: each is in order by itself.
var tidy = map[string]string{
	"Enrolments": "Learner ID=L1; Legal First Name=Ann; Legal Last Name=Lee; Date of Birth=2000-01-01; Qualification Code=Q/1; Course Start=2026-03-24; " +
		"Course End=2026-06-30; Email=ann@example.org; ID Verified=yes; MIS Logged=yes",
	"Registered": "Learner ID=L1; Legal First Name=Ann; Legal Last Name=Lee; Date of Birth=2000-01-01; Qualification Code=Q/1; Course Start=2026-03-24; " +
		"Course End=2026-06-30; Email=ann@example.org; ID Verified=yes; MIS Logged=yes; " +
		"Submitted to AIM=2026-03-25; AIM Confirmed=2026-03-26; AIM Registration No=R1; Accuracy Checked=2026-03-26",
	"Assessments":    "Learner ID=L1; Qualification Code=Q/1; Unit Code=U1",
	"Claims":         "Learner ID=L1; Qualification Code=Q/1; EQA Sampling=yes; Consent to Claim=yes; Documents Complete=yes",
	"Withdrawals":    "Learner ID=L1; Qualification Code=Q/1; Reason=left; Notified On=yes; MIS Updated=yes; Evidence Retained=yes; Quality Log Ref=W1",
	"Adjustments":    "Learner ID=L1; Type=extra time; Recorded On=2026-04-01; Stored=yes",
	"Qualifications": "Qualification Code=Q/1; Qualification Title=Care; Level=3; Credits=13",
	"Units":          "Qualification Code=Q/1; Unit Code=U1; Mandatory=yes",
	"Staff":          "Name=Sam; Role=Assessor",
	"Sanctions":      "From=2026-01-01",
}

// The rows of Paperwork, which lacks nothing but the policy on examinations.
var paperwork = map[string][]string{
	"Sites": {"Site Name=Mill; Address=1 Mill Lane; Postcode=BW1 1AA; Main=yes"},
	"Contacts": {
		"Role=Head of Organisation; Name=Kim; Email=k@example.org", "Role=Overall quality manager/director; Name=Kim; Email=k@example.org",
		"Role=curriculum  development contact; Name=Kim; Email=k@example.org", "Role=Quality-Assurance; Name=Kim; Email=k@example.org",
		"Role=Administration/examinations contact; Name=Kim; Email=k@example.org", "Role=Finance contact; Name=Kim; Email=k@example.org",
	},
	"Policies": {
		"Letter=a; Document=a.pdf", "Letter=b; Document=b.pdf", "Letter=C; Document=c.pdf", "Letter=d); Document=d.pdf", "Letter=(f); Document=f.pdf",
		"Letter=g; Document=g.pdf", "Letter=h; Document=h.pdf", "Letter=i; Document=i.pdf", "Letter=j; Document=j.pdf", "Letter=k; Document=k.pdf",
	},
	"Policy Points": {
		"Letter=c; Point=disclosure; Covered=yes", "Letter=C); Point=Managing conflicts; Covered=yes",
		"Letter=f; Point=verification of assessment tasks; Covered=yes", "Letter=f; Point=sampling strategy; Covered=yes",
		"Letter=f; Point=standardisation of assessors; Covered=yes", "Letter=f; Point=observation of practice; Covered=2026-04-01",
		"Letter=g; Point=identifying; Covered=yes", "Letter=g; Point=investigating; Covered=yes", "Letter=g; Point=Dealing-with; Covered=yes",
		"Letter=k; Point=identity verification; Covered=yes", "Letter=k; Point=dbs checks; Covered=yes", "Letter=k; Point=obtaining a ULN; Covered=yes",
	},
}

// details are the first items of an Application, and what is complete of it.
const details = "Organisation Name=Mill; Address=1 Mill Lane; Postcode=BW1 1AA; Email=office@example.org; Telephone=01; Initial Super User=Kim; " +
	"Application Section=yes; Policies Section=yes; Agreement Accepted=yes"

// applicationRows makes a Centre record of each item: those of a whole
// application, changed and followed by others.
func applicationRows(changes string) (rows []string) {
	changed := map[string]bool{}
	for part := range strings.SplitSeq(changes, ";") {
		item, _, _ := strings.Cut(part, "=")
		changed[strings.TrimSpace(item)] = true
	}
	add := func(cells string, skip map[string]bool) {
		for part := range strings.SplitSeq(cells, ";") {
			item, value, found := strings.Cut(strings.TrimSpace(part), "=")
			if found && !skip[item] {
				rows = append(rows, "Item="+item+"; Value="+value)
			}
		}
	}
	add(details, changed)
	add(changes, nil)
	return rows
}

// testCase is one case of testdata: "# name", settings and records in lines,
// and, indented under them, what is expected.
type testCase struct {
	name  string
	lines []string
	want  string
}

func readCases(t *testing.T, path string) []testCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	for line := range strings.Lines(string(data)) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
		case strings.HasPrefix(line, "# "):
			cases = append(cases, testCase{name: trimmed[2:]})
		case line[0] == ' ':
			cases[len(cases)-1].want += line
		default:
			c := &cases[len(cases)-1]
			c.lines = append(c.lines, trimmed)
		}
	}
	return cases
}

// theCalendar is England and Wales without closures.
var theCalendar = sync.OnceValue(func() *calendar.Calendar { return newCalendar(nil) })

func newCalendar(closures []calendar.Span) *calendar.Calendar {
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		panic(err)
	}
	return calendar.New(holidays, closures)
}

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseISO(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// judgeCase applies the settings and judges the records. Settings are:
//
//	as-of DATE · judge-from DATE · closed DATE[..DATE] · without KIND COLUMN
//	snooze-limit DURATION
//	policy VERSION IN-FORCE key=number; …  (the first replaces the default)
//	KIND!                                  (a sheet without records)
//	Application: Item=Value; …             (Centre records: what differs from a whole application)
//	Paperwork:                             (the other sheets of the centre, in order)
func judgeCase(t *testing.T, c testCase) *policy.Report {
	t.Helper()
	opt := policy.Options{AsOf: day(t, "2026-05-11"), Calendar: theCalendar()}
	var kinds []string
	records := map[string][]string{}
	dropped := map[string]bool{}
	for _, line := range c.lines {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "as-of":
			opt.AsOf = day(t, rest)
		case "judge-from":
			opt.JudgeFrom = day(t, rest)
		case "snooze-limit":
			limit, err := calendar.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			opt.SnoozeLimit = limit
		case "closed":
			span, err := calendar.ParseSpan(rest)
			if err != nil {
				t.Fatal(err)
			}
			opt.Calendar = newCalendar([]calendar.Span{span})
		case "without":
			dropped[rest] = true
		case "policy":
			opt.Versions = append(opt.Versions, version(t, rest))
		default:
			kind, cells, _ := strings.Cut(line, ":")
			if added, isSet := centreRecords(kind, cells); isSet {
				for _, k := range []string{"Centre", "Sites", "Contacts", "Policies", "Policy Points"} {
					if len(added[k]) > 0 && !slices.Contains(kinds, k) {
						kinds = append(kinds, k)
					}
					records[k] = append(records[k], added[k]...)
				}
				continue
			}
			base := tidy[strings.TrimSuffix(kind, "!")]
			empty := strings.HasSuffix(kind, "!")
			kind = strings.TrimSuffix(kind, "!")
			if kind == "Registered" {
				kind = "Enrolments"
			}
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
			if !empty {
				records[kind] = append(records[kind], base+";"+cells)
			}
		}
	}
	if opt.Versions == nil {
		opt.Versions = []policy.Numbers{policy.Defaults()}
	}
	var text strings.Builder
	text.WriteString("== book.xlsx\n")
	for _, kind := range kinds {
		writeSheet(t, &text, kind, records[kind], dropped)
	}
	return policy.Judge(registertest.Read(t, opt.AsOf, text.String()), opt)
}

// centreRecords are those that an Application or Paperwork stands for.
func centreRecords(kind, cells string) (map[string][]string, bool) {
	switch kind {
	case "Application":
		return map[string][]string{"Centre": applicationRows(cells)}, true
	case "Paperwork":
		return paperwork, true
	}
	return nil, false
}

func kindNamed(t *testing.T, name string) register.Kind {
	t.Helper()
	for _, k := range register.Kinds() {
		if k.String() == name {
			return k
		}
	}
	t.Fatalf("there is no kind of sheet %q", name)
	return 0
}

func writeSheet(t *testing.T, text *strings.Builder, kind string, records []string, dropped map[string]bool) {
	t.Helper()
	k := kindNamed(t, kind)
	var columns []string
	for _, c := range k.Inputs() {
		if !dropped[kind+" "+c.String()] {
			columns = append(columns, c.String())
		}
	}
	for _, r := range records {
		for _, c := range k.Outputs() {
			if strings.Contains(r, c.String()+"=") && !slices.Contains(columns, c.String()) {
				columns = append(columns, c.String())
			}
		}
	}
	fmt.Fprintf(text, "-- %s\n%s\n", kind, strings.Join(columns, " | "))
	for _, r := range records {
		cells := map[string]string{}
		for part := range strings.SplitSeq(r, ";") {
			if name, value, found := strings.Cut(part, "="); found {
				cells[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = cells[c]
			delete(cells, c)
		}
		for c := range cells {
			if !dropped[kind+" "+c] {
				t.Fatalf("%s has no column %q", kind, c)
			}
		}
		fmt.Fprintf(text, "%s\n", strings.Join(row, " | "))
	}
}

// version reads "1.1 2026-06-01 claim=3 weeks; min_age=16".
func version(t *testing.T, s string) policy.Numbers {
	t.Helper()
	parts := strings.SplitN(s, " ", 3)
	n := policy.Defaults()
	n.Version, n.InForce = parts[0], day(t, parts[1])
	for _, part := range strings.Split(strings.Join(parts[2:], ""), ";") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			continue
		}
		if name == "review_by" {
			n.ReviewBy = day(t, value)
			continue
		}
		i := slices.IndexFunc(policy.NumberKeys(), func(k policy.NumberKey) bool { return k.Key == name })
		if i < 0 {
			t.Fatalf("there is no number %q", name)
		}
		k := policy.NumberKeys()[i]
		if k.Years != nil {
			fmt.Sscan(value, k.Years(&n))
			continue
		}
		d, err := calendar.ParseDuration(value)
		if err != nil {
			t.Fatal(err)
		}
		*k.Duration(&n) = d
	}
	return n
}

// show writes a report as the cases expect it. Rows that are OK, of which the
// centre's sheets have many, are left out.
func show(r *policy.Report) string {
	var b strings.Builder
	rows := map[string]policy.Row{}
	for _, row := range r.Rows {
		rows[fmt.Sprint(row.Record.Sheet.Kind, " ", row.Record.Row)] = row
	}
	if r.Stage != "" {
		fmt.Fprintf(&b, "    stage: %s\n", r.Stage)
	}
	var order []string
	seen := map[string]bool{}
	findings := map[string][]policy.Finding{}
	add := func(at string) {
		if !seen[at] {
			seen[at] = true
			order = append(order, at)
		}
	}
	for _, f := range r.Findings {
		if f.Row == 0 {
			at := placeOf(&f)
			add(at)
			findings[at] = append(findings[at], f)
		}
	}
	for _, row := range r.Rows {
		if row.Status == "OK" && row.Problems == "" {
			continue
		}
		add(fmt.Sprint(row.Record.Sheet.Kind, " ", row.Record.Row))
	}
	for _, f := range r.Findings {
		if f.Row != 0 {
			at := placeOf(&f)
			add(at)
			findings[at] = append(findings[at], f)
		}
	}
	for _, at := range order {
		line := at
		if row, ok := rows[at]; ok {
			line += ": " + row.Status
			if !row.Deadline.IsZero() {
				line += " " + row.Deadline.String()
			}
		}
		fmt.Fprintf(&b, "    %s\n", line)
		for _, f := range findings[at] {
			fmt.Fprintf(&b, "        %s\n", showFinding(f))
		}
	}
	return b.String()
}

// placeOf names the row of a finding: "Claims 2", "-" of none.
func placeOf(f *policy.Finding) string {
	if f.Sheet == "" {
		return "-"
	}
	return fmt.Sprint(f.Kind, " ", f.Row)
}

func showFinding(f policy.Finding) string {
	s := f.Rule + " " + string(f.Severity)
	if f.Logged {
		s += " (logged)"
	}
	if f.Field != "" {
		s += " [" + f.Field + "]"
	}
	if !f.Due.IsZero() {
		s += fmt.Sprintf(" due %s left %d", f.Due, f.WorkingDaysLeft)
	}
	if f.Snooze != nil {
		s += " snoozed until " + f.SnoozedUntil().String()
	}
	if f.Policy != "1.0" {
		s += " by " + f.Policy
	}
	return s
}

func TestCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := newCoverage()
	for _, path := range paths {
		cases := readCases(t, path)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			for i := range cases {
				c := &cases[i]
				t.Run(c.name, func(t *testing.T) {
					report := judgeCase(t, *c)
					checkReport(t, report)
					seen.add(report)
					got := show(report)
					if *update {
						c.want = got
					} else if got != c.want {
						t.Errorf("%s\ngot\n%swant\n%s", strings.Join(c.lines, "\n"), got, c.want)
					}
				})
			}
		})
		if *update {
			writeCases(t, path, cases)
		}
	}
	seen.check(t)
}

func writeCases(t *testing.T, path string, cases []testCase) {
	t.Helper()
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# %s\n%s\n%s", c.name, strings.Join(c.lines, "\n"), c.want)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
