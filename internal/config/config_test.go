package config

import (
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/mail"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// one is the least that a configuration must say.
const one = "workbooks: [{path: a.xlsx}]\n"

// load reads a configuration from text, in a folder of its own.
func load(t testing.TB, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func mustLoad(t testing.TB, text string) *Config {
	t.Helper()
	c, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseISO(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDefaults guards what holds where nothing is written.
func TestDefaults(t *testing.T) {
	c := mustLoad(t, one)
	d, err := Default(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != filepath.Dir(c.File) || !filepath.IsAbs(c.Dir) {
		t.Errorf("File %q, Dir %q", c.File, c.Dir)
	}
	want := []Workbook{{Path: filepath.Join(c.Dir, "a.xlsx"), WriteBack: true}}
	if !reflect.DeepEqual(c.Workbooks, want) {
		t.Errorf("Workbooks = %+v, want %+v", c.Workbooks, want)
	}
	c.File, c.Workbooks = "", nil
	if !reflect.DeepEqual(c, d) {
		t.Errorf("Load gives\n%+v\nDefault\n%+v", c, d)
	}
	if d.Location.String() != "Europe/London" || d.KeepBackups != 20 || d.SnoozeLimit.String() != "60 days" || !reflect.DeepEqual(d.Policy, []policy.Numbers{policy.Defaults()}) ||
		!d.JudgeFrom.IsZero() || d.StateDir != filepath.Join(d.Dir, "state") || d.Mail.Transport != "outbox" || d.Mail.OutboxDir != filepath.Join(d.Dir, "outbox") ||
		d.Schedule.Check.String() != "0 7,12,17 * * MON-FRI" || d.Schedule.Digest.String() != "0 8 * * MON" || d.Schedule.CatchUp != 24*time.Hour {
		t.Errorf("Default = %+v", d)
	}
	if !d.Calendar.IsWorking(day(t, "2026-12-01"), calendar.AwardingBody) || d.Calendar.IsWorking(day(t, "2026-08-31"), calendar.AwardingBody) {
		t.Error("the default calendar is not that of England and Wales")
	}
}

// TestKeys guards that each key arrives where it belongs.
func TestKeys(t *testing.T) {
	all := []digest.View{{Sections: []string{digest.All}}}
	absolute := filepath.Join(t.TempDir(), "elsewhere")
	for _, tc := range []struct {
		name, text string
		get        func(*Config) any
		want       func(dir string) any
	}{
		{"centre", "centre: Brackwater", func(c *Config) any { return c.Centre }, same("Brackwater")},
		{"timezone", "timezone: Europe/Dublin", func(c *Config) any { return c.Location.String() }, same("Europe/Dublin")},
		{"workbooks", "workbooks: [{path: 'registers/*.xlsx', password_env: REGISTER_PASSWORD, write_back: false}, {path: ../b?.xlsx}]",
			func(c *Config) any { return c.Workbooks },
			func(dir string) any {
				return []Workbook{{filepath.Join(dir, "registers", "*.xlsx"), "REGISTER_PASSWORD", false}, {filepath.Join(filepath.Dir(dir), "b?.xlsx"), "", true}}
			}},
		{"absolute path", "workbooks: [{path: '" + absolute + "/*.xlsx'}]", func(c *Config) any { return c.Workbooks[0].Path }, same(filepath.Join(absolute, "*.xlsx"))},
		{"sheets", "sheets: {Staff: [Team, Assessors & IQAs], Units: }", func(c *Config) any { return c.Aliases.Sheets },
			same(map[register.Kind][]string{register.Staff: {"Team", "Assessors & IQAs"}})},
		{"columns", "columns:\n  Claims: {Claim Submitted: [Claimed on], Claim Status: [Status]}\n  Enrolments: {Learner ID: [Ref, '2025'], Snooze Until: [Quiet till]}", func(c *Config) any { return c.Aliases.Columns },
			same(map[register.Kind]map[register.Column][]string{
				register.Claims:     {register.ClaimSubmitted: {"Claimed on"}, register.ClaimStatus: {"Status"}},
				register.Enrolments: {register.LearnerID: {"Ref", "2025"}, register.SnoozeUntil: {"Quiet till"}},
			})},
		{"commented out", "columns:\n  # Enrolments: {Learner ID: [Ref]}\ncalendar:\n  closures:\n  #  - 2026-12-24\npolicy:\nmail:\nschedule:\nrecipients:\n",
			func(c *Config) any { return []int{len(c.Aliases.Columns), len(c.Policy), len(c.Recipients)} }, same([]int{0, 1, 0})},
		{"division", "calendar: {division: scotland}", func(c *Config) any {
			return []bool{c.Calendar.IsWorking(day(t, "2026-11-30"), calendar.AwardingBody), c.Calendar.IsWorking(day(t, "2026-04-06"), calendar.AwardingBody)}
		}, same([]bool{false, true})},
		{"closures", `calendar: {closures: ["2026-12-24", "2026-12-29..2026-12-31"]}`, func(c *Config) any {
			var closed []string
			for d := day(t, "2026-12-21"); d < day(t, "2027-01-01"); d++ {
				if c.Calendar.IsWorking(d, calendar.AwardingBody) && !c.Calendar.IsWorking(d, calendar.Centre) {
					closed = append(closed, d.String())
				}
			}
			return closed
		}, same([]string{"2026-12-24", "2026-12-29", "2026-12-30", "2026-12-31"})},
		{"judge_from", "judge_from: 2025-09-01", func(c *Config) any { return c.JudgeFrom.String() }, same("2025-09-01")},
		{"judge_from in quotes", `judge_from: "2025-09-01"`, func(c *Config) any { return c.JudgeFrom.String() }, same("2025-09-01")},
		{"snooze_limit", "snooze_limit: 2 months", func(c *Config) any { return c.SnoozeLimit.String() }, same("2 months")},
		{"state_dir", "state_dir: data/state", func(c *Config) any { return c.StateDir }, func(dir string) any { return filepath.Join(dir, "data", "state") }},
		{"state_dir elsewhere", "state_dir: '" + absolute + "'", func(c *Config) any { return c.StateDir }, same(absolute)},
		{"backups", "backups: {keep: 3}", func(c *Config) any { return c.KeepBackups }, same(3)},
		{"mail", "mail: {transport: outbox, outbox_dir: out, from: Compliance <c@centre.example>}", func(c *Config) any { return c.Mail },
			func(dir string) any {
				return Mail{Transport: "outbox", OutboxDir: filepath.Join(dir, "out"), From: netmail.Address{Name: "Compliance", Address: "c@centre.example"},
					OnUnknown: "resend", SMTP: SMTP{TLS: "starttls", Auth: "login"}}
			}},
		{"mail, answers", "mail: {reply_to: Quality Team <q@centre.example>, on_unknown: hold}", func(c *Config) any { return []any{c.Mail.ReplyTo, c.Mail.OnUnknown} },
			same([]any{netmail.Address{Name: "Quality Team", Address: "q@centre.example"}, "hold"})},
		{"smtp", "mail: {transport: smtp, from: c@centre.example, smtp: {host: mail.centre.example, port: 465, tls: tls, auth: plain, username: u, password_env: SMTP_PASSWORD, ca_file: ca.pem}}",
			func(c *Config) any { return c.Mail.SMTP },
			func(dir string) any {
				return SMTP{Host: "mail.centre.example", Port: 465, TLS: "tls", Auth: "plain", Username: "u", PasswordEnv: "SMTP_PASSWORD", CAFile: filepath.Join(dir, "ca.pem")}
			}},
		{"smtp without login", "mail: {transport: smtp, from: c@centre.example, smtp: {host: localhost, auth: none}}",
			func(c *Config) any { return c.Mail.SMTP }, same(SMTP{Host: "localhost", TLS: "starttls", Auth: "none"})},
		{"oauth2", "mail: {smtp: {auth: xoauth2, password_file: p, oauth2: {token_url: 'https://login.example/token', client_id: i, client_secret_env: S, scope: s}}}",
			func(c *Config) any { return c.Mail.SMTP },
			func(dir string) any {
				return SMTP{TLS: "starttls", Auth: "xoauth2", PasswordFile: filepath.Join(dir, "p"),
					OAuth2: OAuth2{TokenURL: "https://login.example/token", ClientID: "i", ClientSecretEnv: "S", Scope: "s"}}
			}},
		{"oauth2 with a file", "mail: {smtp: {oauth2: {client_secret_file: s}}}",
			func(c *Config) any { return c.Mail.SMTP.OAuth2 }, func(dir string) any { return OAuth2{ClientSecretFile: filepath.Join(dir, "s")} }},
		{"recipients", "recipients:\n  - {name: A, email: a@centre.example, sections: all, escalations: true}\n  - {name: B, email: b@centre.example, sections: [claims, withdrawals]}\n" +
			"  - {name: C, email: c@centre.example}\n  - {name: D, email: d@centre.example, sections: [], escalations: true}",
			func(c *Config) any { return c.Recipients },
			same([]Recipient{{Name: "A", Email: "a@centre.example", Views: all, Escalations: all}, {Name: "B", Email: "b@centre.example", Views: []digest.View{{Sections: []string{"claims", "withdrawals"}}}},
				{Name: "C", Email: "c@centre.example", Views: all}, {Name: "D", Email: "d@centre.example", Escalations: []digest.View{{}}}})},
		{"what a recipient is told", "recipients: [{name: A, email: a@centre.example, owners: [quality team, IQA], qualifications: [610/1234/5], programmes: [Care], privacy: initials, when_empty: all_clear, attach: [action_list, calendar]}]\n" +
			"programmes: {Care: [603/5678/X, '7000']}",
			func(c *Config) any { return c.Recipients },
			same([]Recipient{{Name: "A", Email: "a@centre.example", AllClear: true, ActionList: true, Calendar: true, Views: []digest.View{{
				Sections: []string{"all"}, Owners: []string{policy.QualityTeam, policy.IQA}, Codes: []string{"610/1234/5", "603/5678/X", "7000"}, Privacy: digest.Initials}}}})},
		{"several roles of one address", "tutors: {Jane Doe: j@centre.example, Ann Lee: a@centre.example}\nrecipients:\n  - {name: A, email: A@centre.example, sections: [claims], escalations: true}\n" +
			"  - {name: B, email: a@centre.example, sections: [data], attach: [calendar]}",
			func(c *Config) any { return c.Recipients },
			same([]Recipient{{Name: "A", Email: "A@centre.example", Calendar: true, Views: []digest.View{{Sections: []string{"claims"}}, {Sections: []string{"data"}}, {Tutor: "Ann Lee"}},
				Escalations: []digest.View{{Sections: []string{"claims"}}}}, {Name: "Jane Doe", Email: "j@centre.example", Views: []digest.View{{Tutor: "Jane Doe"}}}})},
		{"escalation", `escalation: {quiet_hours: "18:30..07:15", most_a_day: 2}`, func(c *Config) any { return c.Escalation },
			same(Escalation{18*time.Hour + 30*time.Minute, 7*time.Hour + 15*time.Minute, 2})},
		{"no quiet hours", `escalation: {quiet_hours: none}`, func(c *Config) any { return c.Escalation.IsQuiet(time.Date(2026, 5, 11, 3, 0, 0, 0, time.UTC)) }, same(false)},
		{"schedule", `schedule: {check: "*/5 8-17 * * *", digest: "30 7 29 2 *", catch_up: 168h}`, func(c *Config) any {
			return []any{c.Schedule.Check.String(), c.Schedule.Digest.String(), c.Schedule.CatchUp}
		}, same([]any{"*/5 8-17 * * *", "30 7 29 2 *", 7 * 24 * time.Hour})},
		{"schedule every day", `schedule: {digest: "0 8 * * *", catch_up: 0h}`, func(c *Config) any {
			return []any{c.Schedule.Check.String(), c.Schedule.Digest.String(), c.Schedule.CatchUp}
		}, same([]any{"0 7,12,17 * * MON-FRI", "0 8 * * *", time.Duration(0)})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := tc.text
			if !strings.HasPrefix(text, "workbooks") {
				text = one + text
			}
			c := mustLoad(t, text)
			if got, want := tc.get(c), tc.want(c.Dir); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func same(want any) func(string) any { return func(string) any { return want } }

// TestNumbers guards that each number of the policy is read into its own field
// and leaves the others as by default.
func TestNumbers(t *testing.T) {
	const version = one + "policy:\n  - version: \"2.0\"\n    in_force: 2027-01-01\n    review_by: 2028-01-01\n    "
	plain := policy.Defaults()
	plain.Version, plain.InForce, plain.ReviewBy = "2.0", day(t, "2027-01-01"), day(t, "2028-01-01")
	for _, k := range policy.NumberKeys() {
		want, text := plain, k.Key+": 9 weeks"
		if k.Years != nil {
			*k.Years(&want), text = 16, k.Key+": 16"
		} else {
			*k.Duration(&want) = calendar.Duration{N: 9, Unit: calendar.Weeks}
		}
		if got := mustLoad(t, version+text).Policy; !reflect.DeepEqual(got, []policy.Numbers{want}) {
			t.Errorf("%s gives %+v", text, got)
		}
	}
	two := mustLoad(t, one+`policy: [{version: "1.0", in_force: 2026-03-24, review_by: 2027-03-23, claim: 14 days}, {version: "1.1", in_force: 2026-09-01, review_by: 2027-08-31}]`).Policy
	if len(two) != 2 || two[0].Claim.String() != "14 days" || two[1].Claim != policy.Defaults().Claim {
		t.Errorf("two versions give %+v", two)
	}
}

// TestPatternsOfOddFolders guards that a folder's name is no part of a pattern.
func TestPatternsOfOddFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Centre [2026] é")
	for _, name := range []string{"registers", "other"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "a.xlsx"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte("workbooks: [{path: reg*/?.xlsx}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "registers", "a.xlsx")}
	if got, err := filepath.Glob(c.Workbooks[0].Path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s matches %q, %v; want %q", c.Workbooks[0].Path, got, err, want)
	}
}

func TestBankHolidayFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("more.json", `{"england-and-wales": {"events": [{"title": "A coronation", "date": "2026-06-10"}]}}`)
	write("bad.json", `{"scotland": `)
	load := func(name string) (*Config, error) {
		return Load(write("config.yaml", one+"calendar: {bank_holidays: "+name+"}"))
	}
	c, err := load("more.json")
	if err != nil || c.Calendar.IsWorking(day(t, "2026-06-10"), calendar.AwardingBody) || c.Calendar.IsWorking(day(t, "2026-12-25"), calendar.AwardingBody) {
		t.Errorf("the added bank holiday is a working day, or a built-in one is (%v)", err)
	}
	var events []string
	for month := range 8 {
		events = append(events, fmt.Sprintf(`{"title": "X", "date": "%d-0%d-05"}`, c.ListedUntil.Year()+1, month+1))
	}
	write("new.json", `{"england-and-wales": {"events": [`+strings.Join(events, ",")+`]}}`)
	newer, err := load("new.json")
	if err != nil || newer.ListedUntil != c.ListedUntil.AddMonths(12) {
		t.Errorf("the newer list reaches until %s, %v", newer.ListedUntil, err)
	}
	for _, tc := range []struct {
		from calendar.Date
		soon bool
	}{{c.ListedUntil.AddMonths(-12) - 1, false}, {c.ListedUntil.AddMonths(-12), true}, {c.ListedUntil + 1, true}} {
		if got := c.ListEndsSoon(tc.from); got != tc.soon {
			t.Errorf("from %s the list until %s ends soon: %t", tc.from, c.ListedUntil, got)
		}
	}
	for name, want := range map[string]string{
		"bad.json":     "not a list of bank holidays in the published JSON form",
		"missing.json": "the file cannot be read: open " + filepath.Join(dir, "missing.json"),
	} {
		if _, err := load(name); err == nil || !strings.Contains(err.Error(), ":2:27: calendar.bank_holidays: ") || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "take the line out for the built-in list") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "config.yaml"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "copy the config.yaml that comes with regcert") || !strings.Contains(err.Error(), "--config FILE") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Load(dir); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "cannot be read (read ") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := load(t, strings.Repeat("# a comment\n", maxFile/10)); err == nil || !strings.Contains(err.Error(), "is larger than 256 KiB") {
		t.Errorf("a large file: %v", err)
	}
}

func TestMailSettings(t *testing.T) {
	env := func(name string) string { return map[string]string{"SMTP_PASSWORD": "open sesame"}[name] }
	const smtp = one + "mail: {transport: smtp, from: c@centre.example, smtp: {host: mail.centre.example, username: u, "
	login := mail.SMTP{Host: "mail.centre.example", TLS: "starttls", Auth: "login", Username: "u", Password: "open sesame"}

	c := mustLoad(t, smtp+"password_env: SMTP_PASSWORD}}")
	want := mail.Settings{Transport: "smtp", OutboxDir: c.Mail.OutboxDir, SMTP: login}
	want.SMTP.Secret = "the environment variable SMTP_PASSWORD"
	if got, err := c.MailSettings(env); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("password_env: %+v, %v; want %+v", got, err, want)
	}

	c = mustLoad(t, smtp+"password_file: secret.txt, ca_file: ca.pem}}")
	if _, err := c.MailSettings(env); err == nil || !strings.Contains(err.Error(), "mail.smtp.ca_file") {
		t.Errorf("missing certificates: %v", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "ca.pem"), []byte("certificates"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.MailSettings(env); err == nil || !strings.Contains(err.Error(), "mail.smtp.password_file") {
		t.Errorf("missing password: %v", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "secret.txt"), []byte("open sesame\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want.OutboxDir, want.SMTP.CA, want.SMTP.Secret = c.Mail.OutboxDir, []byte("certificates"), "the file "+c.Mail.SMTP.PasswordFile
	if got, err := c.MailSettings(env); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("password_file: %+v, %v; want %+v", got, err, want)
	}

	c = mustLoad(t, one+"mail: {transport: smtp, from: c@centre.example, smtp: {host: mail.centre.example, username: u, auth: xoauth2, "+
		"oauth2: {token_url: 'https://login.example/token', client_id: i, client_secret_file: secret.txt, scope: s}}}")
	if _, err := c.MailSettings(env); err == nil || !strings.Contains(err.Error(), "mail.smtp.oauth2.client_secret_file") {
		t.Errorf("missing client secret: %v", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "secret.txt"), []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want = mail.Settings{Transport: "smtp", OutboxDir: c.Mail.OutboxDir, SMTP: mail.SMTP{Host: "mail.centre.example", TLS: "starttls", Auth: "xoauth2", Username: "u",
		OAuth2: mail.OAuth2{TokenURL: "https://login.example/token", ClientID: "i", Scope: "s", ClientSecret: "open sesame", Secret: "the file " + c.Mail.SMTP.OAuth2.ClientSecretFile}}}
	if got, err := c.MailSettings(env); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("client_secret_file: %+v, %v; want %+v", got, err, want)
	}

	c = mustLoad(t, one)
	if got, err := c.MailSettings(nil); err != nil || !reflect.DeepEqual(got, mail.Settings{Transport: "outbox", OutboxDir: filepath.Join(c.Dir, "outbox")}) {
		t.Errorf("outbox: %+v, %v", got, err)
	}
}

// TestVersionsAreSorted guards that versions judge in the order in which they
// came into force, however they are written down.
func TestVersionsAreSorted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "workbooks: [{path: a.xlsx}]\npolicy:\n" +
		"  - {version: new, in_force: 2027-01-01, review_by: 2028-01-01}\n  - {version: old, in_force: 2026-03-24, review_by: 2027-03-23}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Policy) != 2 || c.Policy[0].Version != "old" || c.Policy[1].Version != "new" {
		t.Errorf("%+v", c.Policy)
	}
}

// TestTemplates guards that templates of the centre's own are found beside the
// configuration, and tried when it is read.
func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "own"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("config.yaml", one+"templates: own\n")
	put("own/digest.txt.tmpl", "Ours: {{.Lead}}\n")
	c, err := Load(filepath.Join(dir, "config.yaml"))
	if err != nil || c.Templates != filepath.Join(dir, "own") {
		t.Errorf("templates %q, %v", c.Templates, err)
	}
	put("own/digest.txt.tmpl", "Ours:\n{{.Leed}}\n")
	if _, err := Load(filepath.Join(dir, "config.yaml")); err == nil || !strings.Contains(err.Error(), "config.yaml:2:12: templates: ") || !strings.Contains(err.Error(), "digest.txt.tmpl, line 2: ") {
		t.Errorf("a mistake in a template: %v", err)
	}
	put("config.yaml", one+"templates: nowhere\n")
	if _, err := Load(filepath.Join(dir, "config.yaml")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestQuietHours guards the hours in which nobody is told at once, over midnight
// and within a day, with their ends.
func TestQuietHours(t *testing.T) {
	night, lunch := Escalation{QuietFrom: 19 * time.Hour, QuietTo: 7 * time.Hour}, Escalation{QuietFrom: 12 * time.Hour, QuietTo: 13*time.Hour + 30*time.Minute}
	for _, tc := range []struct {
		e    Escalation
		at   string
		want bool
	}{
		{night, "18:59", false}, {night, "19:00", true}, {night, "00:00", true}, {night, "06:59", true}, {night, "07:00", false},
		{lunch, "11:59", false}, {lunch, "12:00", true}, {lunch, "13:29", true}, {lunch, "13:30", false}, {Escalation{}, "00:00", false},
	} {
		at, err := time.Parse("15:04", tc.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := tc.e.IsQuiet(at); got != tc.want {
			t.Errorf("%v at %s: quiet is %t", tc.e, tc.at, got)
		}
	}
}

// TestNextDigest guards the day that the digest speaks of as its next.
func TestNextDigest(t *testing.T) {
	for _, tc := range []struct{ schedule, after, want string }{
		{"0 8 * * MON", "2026-05-11", "2026-05-18"}, {"0 8 * * MON", "2026-05-17", "2026-05-18"}, {"0 8 * * MON", "2026-03-23", "2026-03-30"},
		{"0 8 * * *", "2026-05-11", "2026-05-12"}, {"0 0 1 * *", "2026-05-11", "2026-06-01"},
		{"30 1 * * SUN", "2026-03-28", "2026-03-29"}, {"59 23 * * *", "2026-10-24", "2026-10-25"}, {"0 8 29 2 *", "2097-05-11", "2104-02-29"},
	} {
		c := mustLoad(t, one+"schedule: {digest: '"+tc.schedule+"'}")
		if got := c.NextDigest(day(t, tc.after)); got.String() != tc.want {
			t.Errorf("%s after %s: %s, want %s", tc.schedule, tc.after, got, tc.want)
		}
	}
}
