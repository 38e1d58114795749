// Package config reads config.yaml. It is strict: what it does not know, what
// has the wrong type and what cannot be is refused, with the line and with what
// would be right, all of it at once.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // time zones where the system has none, as on Windows

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// Config is what config.yaml says, as values of the packages that use them.
// Paths are absolute.
type Config struct {
	File string // the file as it was named; empty for Default
	Dir  string // the folder of the file

	Centre      string         // how the digest names the centre; may be empty
	Location    *time.Location // decides which day it is
	Workbooks   []Workbook
	Aliases     register.Aliases
	Calendar    *calendar.Calendar
	ListedUntil calendar.Date     // the last day for which all bank holidays are listed, see calendar.ListedUntil
	Policy      []policy.Numbers  // the versions by InForce, at least one
	JudgeFrom   calendar.Date     // no date: InForce of the first version
	SnoozeLimit calendar.Duration // how far ahead a record can be snoozed
	Rules       []policy.Rule     // the centre's own, each with an ID of its own
	StateDir    string
	KeepBackups int    // how many copies of a workbook are kept
	Templates   string // the folder with the centre's own templates; empty: none
	Mail        Mail
	Programmes  map[string][]string // Qualification Codes by the programme's name
	Recipients  []Recipient         // each address once
	Escalation  Escalation
	Schedule    Schedule
	Daemon      Daemon
	KeepHistory calendar.Duration // for how many months what is closed, and what was sent, is remembered

	examples []ruleExample // of the rules
}

// Workbook is a pattern for the paths of workbooks.
type Workbook struct {
	Path        string // a pattern as of filepath.Glob
	PasswordEnv string // the environment variable with the password; empty: none
	WriteBack   bool   // false: read only
}

// Default is the configuration for which nobody has written anything: no
// workbooks and no recipients. Dir stands for the folder of the file.
func Default(dir string) (*Config, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", dir, err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, err
	}
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		return nil, err
	}
	until, err := calendar.ListedUntil(calendar.EnglandAndWales, nil)
	if err != nil {
		return nil, err
	}
	schedule, err := defaultSchedule()
	if err != nil {
		return nil, err
	}
	return &Config{
		Dir:         dir,
		Location:    london,
		Calendar:    calendar.New(holidays, nil),
		ListedUntil: until,
		Policy:      []policy.Numbers{policy.Defaults()},
		SnoozeLimit: policy.DefaultSnoozeLimit(),
		StateDir:    filepath.Join(dir, "state"),
		KeepBackups: 20,
		Mail: Mail{
			Transport: "outbox",
			OutboxDir: filepath.Join(dir, "outbox"),
			From:      netmail.Address{Name: "regcert", Address: "regcert@localhost"},
			OnUnknown: "resend",
			SMTP:      SMTP{TLS: "starttls", Auth: "login"}, // the port follows from TLS
		},
		Programmes:  map[string][]string{},
		Escalation:  Escalation{QuietFrom: 19 * time.Hour, QuietTo: 7 * time.Hour, MostADay: 4},
		Schedule:    schedule,
		Daemon:      defaultDaemon(),
		KeepHistory: calendar.Duration{N: 36, Unit: calendar.Months},
	}, nil
}

// maxFile bounds the size of a configuration, in bytes.
const maxFile = 1 << 18

// Load reads the configuration in the file path. An error about its content is
// an *Error; one about a file that is not there is an fs.ErrNotExist.
func Load(path string) (*Config, error) {
	text, err := read(path, "copy the config.yaml that comes with regcert to that place and set the paths of your workbooks in it, or say with --config FILE where yours is")
	if err != nil {
		return nil, err
	}
	c, err := Default(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	c.File = path
	doc := newDocument(text)
	if root, ok := doc.parse(text, "workbooks"); ok {
		c.read(root)
	}
	if len(doc.problems) > 0 {
		return nil, &Error{File: path, Problems: doc.sorted()}
	}
	return c, nil
}

// read returns the text of a file; missing says what to do where it is not there.
func read(path, missing string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		why := err
		if pathError, ok := errors.AsType[*fs.PathError](err); ok {
			why = pathError.Err
		}
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%s: %w: %s", path, why, missing)
		}
		return "", fmt.Errorf("%s cannot be read (%w): name a file that the user who runs regcert may read", path, why)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", fmt.Errorf("%s cannot be read (%w): name a file on a disk that is there", path, err)
	}
	if len(data) > maxFile {
		return "", fmt.Errorf("%s is larger than %d KiB, so it is no configuration: name the right file", path, maxFile>>10)
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil // Windows editors put a byte-order mark there
}

// read takes over what the file says.
func (c *Config) read(root value) {
	later := func(value) {}
	seen := root.object("write keys such as workbooks",
		field{"centre", func(v value) { v.text("write the centre's name", &c.Centre) }},
		field{"timezone", c.readTimezone},
		field{"workbooks", c.readWorkbooks},
		field{"columns", c.readColumns},
		field{"sheets", c.readSheets},
		field{"calendar", c.readCalendar},
		field{"policy", c.readPolicy},
		field{"judge_from", func(v value) { v.date(&c.JudgeFrom) }},
		field{"snooze_limit", func(v value) { v.duration(&c.SnoozeLimit) }},
		field{"rules", c.readRules},
		field{"state_dir", func(v value) {
			c.readPath(v, "write a folder, such as state, in quotes if it is a number", &c.StateDir)
		}},
		field{"backups", func(v value) {
			v.object("write {keep: 20}", field{"keep", func(v value) { v.number(1, 10_000, "how many copies of a workbook are kept", &c.KeepBackups) }})
		}},
		field{"templates", func(v value) { c.readTemplates(v) }},
		field{"mail", c.readMail},
		field{"programmes", later},
		field{"recipients", later},
		field{"tutors", later},
		field{"escalation", func(v value) { c.Escalation.read(v) }},
		field{"schedule", func(v value) { c.Schedule.read(v) }},
		field{"daemon", c.readDaemon},
		field{"keep_history", c.readKeepHistory},
	)
	// Recipients speak of programmes, and tutors may be recipients, wherever they stand.
	for _, next := range []field{{"programmes", c.readProgrammes}, {"recipients", c.readRecipients}, {"tutors", c.readTutors}} {
		if v, ok := seen[next.key]; ok {
			next.read(v)
		}
	}
	if _, ok := seen["workbooks"]; !ok {
		first := root.at
		if first == nil {
			first = at(1, 1)
		}
		root.doc.fail(first, "workbooks is missing: say which workbooks to read, such as workbooks: [{path: registers/*.xlsx}]")
	}
}

// resolve makes a path of the configuration absolute: it is relative to the
// folder of the file.
func (c *Config) resolve(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Dir, path)
}

// readPath reads the path of a file or folder.
func (c *Config) readPath(v value, want string, into *string) {
	var path string
	if v.filled(want, &path) {
		*into = c.resolve(path)
	}
}
