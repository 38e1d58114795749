package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/register"
)

const example = "../../config.yaml"

// TestExample guards the config.yaml that comes with regcert: it is right, its
// values are the defaults that it says they are, and it names every key.
func TestExample(t *testing.T) {
	c, err := Load(example)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Default(filepath.Dir(example))
	if err != nil {
		t.Fatal(err)
	}
	if c.Centre == "" || len(c.Recipients) != 4 || c.Recipients[3].Views[0].Tutor != "Gareth Ashby" || len(c.Programmes) != 1 || c.Mail.From.Address != "regcert@centre.example" ||
		c.Daemon.Owner.Address != "administrator@centre.example" ||
		!reflect.DeepEqual(c.Aliases.Sheets, map[register.Kind][]string{register.Enrolments: {"Learners 2025-26"}}) ||
		!reflect.DeepEqual(c.Aliases.Columns, map[register.Kind]map[register.Column][]string{register.Enrolments: {
			register.CourseStart: {"Start date", "Programme start"}, register.CourseEnd: {"Planned end date"},
		}}) {
		t.Errorf("the examples are %+v", c)
	}
	if matches, err := filepath.Glob(c.Workbooks[0].Path); err != nil || len(matches) != 4 {
		t.Errorf("%s matches %q, %v; want four sample workbooks", c.Workbooks[0].Path, matches, err)
	}
	if day, _ := calendar.ParseISO("2026-12-30"); c.Calendar.IsWorking(day, calendar.Centre) || !c.Calendar.IsWorking(day, calendar.AwardingBody) {
		t.Error("30 December is no closure")
	}
	if c.JudgeFrom != d.Policy[0].InForce {
		t.Errorf("judge_from is %s, which is not the default", c.JudgeFrom)
	}
	// What is no example is the default.
	c.File, c.Centre, c.Workbooks, c.Aliases, c.Calendar, c.Mail.From, c.Recipients, c.Programmes, c.JudgeFrom, c.Daemon.Owner = "", "", nil, d.Aliases, d.Calendar, d.Mail.From, nil, d.Programmes, 0, d.Daemon.Owner
	if !reflect.DeepEqual(c, d) {
		t.Errorf("config.yaml says\n%+v\nthe defaults are\n%+v", c, d)
	}
}

// TestExampleNamesAll guards that config.yaml documents what can be set.
func TestExampleNamesAll(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		"centre", "timezone", "workbooks", "path", "password_env", "write_back", "sheets", "columns", "calendar", "division", "bank_holidays", "closures",
		"policy", "version", "in_force", "review_by", "judge_from", "snooze_limit", "state_dir", "backups", "keep", "mail", "transport", "outbox_dir", "from",
		"reply_to", "on_unknown", "smtp", "host", "port", "tls", "auth", "username", "password_file", "ca_file",
		"oauth2", "token_url", "client_id", "client_secret_env", "client_secret_file", "scope", "recipients", "name", "email", "sections", "owners", "qualifications",
		"programmes", "privacy", "when_empty", "attach", "escalations", "tutors", "escalation", "quiet_hours", "most_a_day", "templates",
		"schedule", "check", "digest", "catch_up",
		"daemon", "owner", "rules", "id", "sheet", "when", "severity", "title", "message", "action", "due", "after", "why", "examples", "row", "raises", "after_save", "open_too_long", "listen", "ping_url", "ping_url_env", "log", "format", "file", "keep_history",
	}
	for _, k := range policy.NumberKeys() {
		names = append(names, k.Key)
	}
	for _, name := range names {
		if !regexp.MustCompile(`(?m)(^[ #-]*|[{,] *|or )`+name+`: `).Match(append(text, ' ')) && !strings.Contains(string(text), name+":\n") {
			t.Errorf("config.yaml does not name the key %s", name)
		}
	}
	for _, key := range append(digest.Keys(), digest.All) {
		if !strings.Contains(string(text), key) {
			t.Errorf("config.yaml does not name the section %s", key)
		}
	}
	for _, d := range calendar.Divisions() {
		if !strings.Contains(string(text), string(d)) {
			t.Errorf("config.yaml does not name the division %s", d)
		}
	}
}

// TestExampleRules takes the comment signs off the rule in config.yaml, and takes the
// one of the README: they are right, and their examples come out as they say.
func TestExampleRules(t *testing.T) {
	for file, between := range map[string][2]string{example: {"\n# rules:\n", "\n\n"}, "../../README.md": {"```yaml\nrules:\n", "```"}} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(text), between[0])
		block, _, ended := strings.Cut(rest, between[1])
		if !found || !ended {
			t.Fatalf("%s has no example of a rule", file)
		}
		c := mustLoad(t, one+"rules:\n"+regexp.MustCompile(`(?m)^# `).ReplaceAllString(block, "")+"\n")
		if len(c.Rules) != 1 || c.Rules[0].ID != "X-01" || c.Examples() == 0 {
			t.Errorf("%s: %d rules with %d examples", file, len(c.Rules), c.Examples())
		}
		if err := c.TryExamples(calendar.NewDate(2026, time.May, 11)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
