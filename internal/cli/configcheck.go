package cli

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/swap"
)

// configCommand gathers what there is to do about the configuration.
func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration, and say what it means",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%q is no command of config", args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [FILE]",
		Short: "Read the whole configuration, and say what it means, or what is wrong and where",
		Long: `Read everything that the configuration says: workbooks, policy, rules of your own
with their examples, templates, recipients, schedule, mail. What is wrong is shown
with its line, with carets under it, and with what would be right. What is right is
said in words, and what is probably not meant is a warning: a path that no workbook
matches, a digest that nobody gets, an environment variable that is empty.

` + "`regcert doctor`" + ` looks at the world besides: rights, disks, the mail server.

Exit code: 0 nothing is wrong, though there may be warnings; 2 something is.`,
		Example: "  regcert config check\n  regcert config check new.yaml --format json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("%s: %q is one argument too many", cmd.CommandPath(), args[1])
			}
			return a.checkConfig(append(args, a.configFile)[0])
		},
	})
	return cmd
}

// checkConfig says what a configuration means, or what is wrong with it.
func (a *app) checkConfig(file string) error {
	var checks []batch.Check
	cfg, err := config.Load(file)
	if err == nil {
		checks = append([]batch.Check{understood(file)}, a.meaning(cfg)...)
		err = cfg.TryExamples(a.today(cfg))
	}
	wrong, isWrong := errors.AsType[*config.Error](err)
	switch {
	case err != nil && !isWrong:
		return &failure{code: exitUsage, err: err}
	case isWrong:
		a.code = exitUsage
	default:
		wrong = &config.Error{File: file}
	}
	if a.json() {
		return a.encode(configDocument(wrong, checks))
	}
	p := a.printer()
	for i := range wrong.Problems {
		p.linef("%s", printableLines(wrong.Problems[i].In(file)))
	}
	switch {
	case checks == nil:
		p.linef("")
		p.linef("%s. What the rest means is said when nothing is wrong.", plural(len(wrong.Problems), "mistake"))
	default:
		if isWrong {
			p.linef("")
		}
		p.checks(checks)
	}
	return nil
}

// understood is the check of a configuration that could be read.
func understood(file string) batch.Check {
	return batch.Check{Verdict: batch.Pass, Subject: file, Text: "it can be read, and everything in it is understood"}
}

// meaning says in words what a configuration means. It looks at no more of the world
// than at what the configuration names.
func (a *app) meaning(cfg *config.Config) []batch.Check {
	now, today := a.Now(), a.today(cfg)
	checks := meantWorkbooks(cfg)
	if sheets, columns := aliases(cfg); sheets+columns > 0 {
		checks = append(checks, said("sheets, columns", "%s of sheets and %s of columns are known besides regcert's", plural(sheets, "name"), plural(columns, "name")))
	}
	checks = append(checks, examineHolidays(cfg, today), meantPolicy(cfg, today))
	checks = append(checks, examineRules(cfg, today)...)
	checks = append(checks,
		examineSchedule("the workbooks are checked", cfg.Schedule.Check, now, cfg.Location),
		meantDigest(cfg, now))
	checks = append(checks, untold(cfg)...)
	checks = append(checks, meantEscalation(cfg), meantTemplates(cfg), meantMail(cfg), meantState(cfg), meantDaemon(cfg))
	checks = append(checks, examineOwner(cfg)...)
	return append(append(checks, a.meantVariables(cfg)...), meantFiles(cfg)...)
}

func said(subject, format string, args ...any) batch.Check {
	return batch.Check{Verdict: batch.Pass, Subject: subject, Text: fmt.Sprintf(format, args...)}
}

func warned(subject, remedy, format string, args ...any) batch.Check {
	return batch.Check{Verdict: batch.Warn, Subject: subject, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

// meantWorkbooks says how many workbooks each pattern matches, and what is done with
// them.
func meantWorkbooks(cfg *config.Config) (checks []batch.Check) {
	for _, w := range cfg.Workbooks {
		n, shown := len(matching(w)), subject(cfg, w.Path)
		if n == 0 {
			checks = append(checks, warned("workbooks", "correct the path, which counts from the folder of the configuration", "no workbook matches %s", shown))
			continue
		}
		verb := "match"
		if n == 1 {
			verb += "es"
		}
		text := fmt.Sprintf("%s %s %s; statuses are written into them", plural(n, "workbook"), verb, shown)
		if !w.WriteBack {
			text = fmt.Sprintf("%s %s %s; they are only read", plural(n, "workbook"), verb, shown)
		}
		checks = append(checks, said("workbooks", "%s", text))
	}
	return checks
}

// matching lists the workbooks that a pattern matches.
func matching(w config.Workbook) []string {
	matches, _ := filepath.Glob(w.Path) // it was tried when the configuration was read
	return slices.DeleteFunc(matches, func(path string) bool { return swap.IsTransient(filepath.Base(path)) })
}

// aliases counts the other names of sheets and of columns.
func aliases(cfg *config.Config) (sheets, columns int) {
	for _, names := range cfg.Aliases.Sheets {
		sheets += len(names)
	}
	for _, of := range cfg.Aliases.Columns {
		for _, names := range of {
			columns += len(names)
		}
	}
	return sheets, columns
}

// meantPolicy says which version of the policy is in force.
func meantPolicy(cfg *config.Config, today calendar.Date) batch.Check {
	n := policy.InForce(cfg.Policy, today)
	text := fmt.Sprintf("version %s is in force since %s, to be reviewed by %s", n.Version, n.InForce.Long(), n.ReviewBy.Long())
	if n.InForce > today {
		text = fmt.Sprintf("version %s judges already, though it comes into force on %s", n.Version, n.InForce.Long())
	}
	for _, next := range cfg.Policy {
		if next.InForce > today && next.InForce > n.InForce {
			text += fmt.Sprintf("; version %s comes into force on %s", next.Version, next.InForce.Long())
		}
	}
	return said("policy", "%s", text)
}

// examineRules says which rules the centre has added, and whether their examples
// come out as they say. Nothing where it has added none.
func examineRules(cfg *config.Config, today calendar.Date) []batch.Check {
	if len(cfg.Rules) == 0 {
		return nil
	}
	var ids []string
	for _, r := range cfg.Rules {
		ids = append(ids, r.ID)
	}
	check := said("rules", "%s of your own: %s; of %s ", plural(len(ids), "rule"), strings.Join(ids, ", "), plural(cfg.Examples(), "example"))
	switch wrong, isWrong := errors.AsType[*config.Error](cfg.TryExamples(today)); {
	case isWrong:
		check.Verdict, check.Remedy = batch.Fail, "correct the rules or the examples, which `regcert config check` shows"
		check.Text += fmt.Sprintf("%d not as said", len(wrong.Problems))
	case cfg.Examples() == 0:
		check.Text = strings.TrimSuffix(check.Text, " of 0 examples ") + " no examples stand beside them"
	default:
		check.Text += "all as said"
	}
	return []batch.Check{check}
}

// meantDigest says who gets the digest, and when.
func meantDigest(cfg *config.Config, now time.Time) batch.Check {
	n := count(cfg, func(r *config.Recipient) bool { return len(r.Views) > 0 })
	if n == 0 {
		return warned("recipients", "name somebody under recipients: in the configuration", "nobody gets the digest")
	}
	_, next := cfg.Schedule.Digest.Next(now, cfg.Location)
	return said("recipients", "the digest goes to %s %s, next on %s", people(n), cfg.Schedule.Digest.Words(), next.Format(timeShown))
}

// untold says which sections of the digest nobody gets but tutors, who get what is of
// their own learners.
func untold(cfg *config.Config) []batch.Check {
	nobody := slices.DeleteFunc(digest.Keys(), func(key string) bool {
		return count(cfg, func(r *config.Recipient) bool {
			return slices.ContainsFunc(r.Views, func(v digest.View) bool { return v.Tutor == "" && v.Gets(key) })
		}) > 0
	})
	if len(nobody) == 0 || count(cfg, func(r *config.Recipient) bool { return len(r.Views) > 0 }) == 0 { // that nobody gets any is said
		return nil
	}
	text := "nobody gets of the digest: " + strings.Join(nobody, ", ")
	if len(cfg.Rules) > 0 && slices.Contains(nobody, digest.Other) {
		text += "; what rules of your own find stands in " + digest.Other
	}
	return []batch.Check{warned("recipients", "add it to the sections: of a recipient, or write sections: all for one", "%s", text)}
}

// meantEscalation says who is told at once.
func meantEscalation(cfg *config.Config) batch.Check {
	n := count(cfg, func(r *config.Recipient) bool { return len(r.Escalations) > 0 })
	if n == 0 {
		return said("escalation", "nobody is told at once of what is newly at risk, overdue or missed")
	}
	e := &cfg.Escalation
	quiet := ""
	if e.QuietFrom != e.QuietTo {
		clock := func(d time.Duration) string { return time.Time{}.Add(d).Format("15:04") }
		quiet = fmt.Sprintf(", not from %s to %s", clock(e.QuietFrom), clock(e.QuietTo))
	}
	times := "at most once a day"
	if e.MostADay > 1 {
		times = fmt.Sprintf("at most %d times a day", e.MostADay)
	}
	return said("escalation", "what is newly at risk, overdue or missed is told at once to %s, %s%s", people(n), times, quiet)
}

func count(cfg *config.Config, is func(*config.Recipient) bool) (n int) {
	for i := range cfg.Recipients {
		if is(&cfg.Recipients[i]) {
			n++
		}
	}
	return n
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

func meantTemplates(cfg *config.Config) batch.Check {
	if cfg.Templates == "" {
		return said("templates", "emails look as regcert makes them")
	}
	return said("templates", "those in %s take the place of regcert's", folderSubject(cfg, cfg.Templates))
}

// meantMail says by which way mail goes out.
func meantMail(cfg *config.Config) batch.Check {
	m := &cfg.Mail
	if m.Transport == "outbox" {
		return said("mail", "messages become files in %s, and are not sent", folderSubject(cfg, m.OutboxDir))
	}
	server := m.SMTP.Host
	if m.SMTP.Port != 0 {
		server = net.JoinHostPort(server, strconv.Itoa(m.SMTP.Port))
	}
	return said("mail", "messages from %s go out by %s", m.From.Address, server)
}

// meantState says what is kept where.
func meantState(cfg *config.Config) batch.Check {
	kept := fmt.Sprintf("what regcert remembers is kept in %s for %s, with up to %d copies of each workbook", folderSubject(cfg, cfg.StateDir), cfg.KeepHistory, cfg.KeepBackups)
	if _, err := nearest(cfg.StateDir); err != nil {
		return warned("state_dir", "set state_dir to a folder", "%s, and %v", kept, err)
	}
	return said("state_dir", "%s", kept)
}

// meantDaemon says what the daemon does besides its schedule.
func meantDaemon(cfg *config.Config) batch.Check {
	d := &cfg.Daemon
	text := "workbooks are checked by the schedule only"
	if d.AfterSave > 0 {
		text = fmt.Sprintf("a workbook that is saved is checked when it has been left alone for %s", d.AfterSave)
	}
	if d.Listen != "" {
		text += fmt.Sprintf("; the page about regcert is at http://%s/", d.Listen)
	}
	return said("daemon", "%s", text)
}

// meantVariables says which of the environment variables that hold secrets are there.
func (a *app) meantVariables(cfg *config.Config) (checks []batch.Check) {
	for _, name := range secretVariables(cfg) {
		if a.Getenv(name) == "" {
			checks = append(checks, warned("$"+name, "set it for whoever runs regcert, or take its name out of the configuration", "the environment variable is empty or not set"))
		} else {
			checks = append(checks, said("$"+name, "the environment variable is set"))
		}
	}
	return checks
}

// meantFiles names the files with secrets and certificates that are not there.
func meantFiles(cfg *config.Config) (checks []batch.Check) {
	smtp := &cfg.Mail.SMTP
	for _, f := range [][2]string{{"password_file", smtp.PasswordFile}, {"client_secret_file", smtp.OAuth2.ClientSecretFile}, {"ca_file", smtp.CAFile}} {
		if f[1] == "" {
			continue
		}
		if info, err := os.Stat(f[1]); err != nil || info.IsDir() {
			checks = append(checks, warned("mail."+f[0], "correct the path, or put the file there", "there is no file %s", subject(cfg, f[1])))
		}
	}
	return checks
}

// jsonConfig is the JSON of config check.
type jsonConfig struct {
	File     string        `json:"file"`
	Problems []jsonProblem `json:"problems"`
	jsonDoctor
}

type jsonProblem struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Excerpt string `json:"excerpt"`
}

func configDocument(wrong *config.Error, checks []batch.Check) jsonConfig {
	doc := jsonConfig{File: wrong.File, Problems: []jsonProblem{}, jsonDoctor: doctorDocument(checks)}
	for _, p := range wrong.Problems {
		doc.Problems = append(doc.Problems, jsonProblem(p))
	}
	return doc
}
