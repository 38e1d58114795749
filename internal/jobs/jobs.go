// Package jobs does what regcert is asked for, by hand or by its schedule: it runs
// over the workbooks, tells at once what is urgent, composes digests, and has mail
// delivered.
package jobs

import (
	"context"
	"path/filepath"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/mail"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/store"
	"regcert/internal/xlsx"
)

// Office is where jobs are done: what the configuration says, what is remembered,
// and what is seen of the world outside. One job is done at a time; mail may be
// delivered beside it.
type Office struct {
	Config   *config.Config
	State    *store.Store // nil: nothing is remembered, which is enough to check
	Getenv   func(string) string
	Now      func() time.Time
	Host     string        // this computer's name
	Program  string        // the version of regcert, for the record
	What     string        // for whom others have to wait, such as "regcert run"
	Trigger  string        // why a run is done, for the record
	AsOf     calendar.Date // no date: today
	Progress func(done, of int, what string)

	settings  mail.Settings // of the transport
	transport mail.Transport
}

// PagesFolder is where in the state folder pages are kept that were made by hand.
const PagesFolder = "reports"

// Setting is the error of a job that a wrong setting keeps from being done.
type Setting struct{ err error }

func (s *Setting) Error() string { return s.err.Error() }
func (s *Setting) Unwrap() error { return s.err }

// now is the time in the configured time zone.
func (o *Office) now() time.Time { return o.Now().In(o.Config.Location) }

// day is the as-of date.
func (o *Office) day() calendar.Date {
	if o.AsOf != 0 {
		return o.AsOf
	}
	return calendar.FromTime(o.now())
}

// Job is the batch job that the configuration describes.
func (o *Office) Job(named []string) *batch.Job {
	cfg, asOf := o.Config, o.day()
	job := &batch.Job{
		Dir: cfg.Dir, Named: named, Limits: xlsx.DefaultLimits(),
		Reader:   register.NewReader(asOf, cfg.Aliases),
		Policy:   policy.Options{AsOf: asOf, Calendar: cfg.Calendar, Versions: cfg.Policy, JudgeFrom: cfg.JudgeFrom, SnoozeLimit: cfg.SnoozeLimit, More: cfg.Rules},
		Backups:  filepath.Join(cfg.StateDir, "backups"),
		Pages:    filepath.Join(cfg.StateDir, PagesFolder),
		Keep:     cfg.KeepBackups,
		Months:   cfg.KeepHistory.N,
		State:    o.State,
		Program:  o.Program,
		Trigger:  o.Trigger,
		Host:     o.Host,
		Now:      o.now,
		Progress: o.Progress,
	}
	for _, w := range cfg.Workbooks {
		p := batch.Pattern{Glob: w.Path, WriteBack: w.WriteBack}
		if w.PasswordEnv != "" {
			p.Password = batch.Password{Text: o.Getenv(w.PasswordEnv), Source: "$" + w.PasswordEnv}
		}
		job.Workbooks = append(job.Workbooks, p)
	}
	return job
}

// Files lists the configured workbooks that are there, without reading them.
func (o *Office) Files() ([]batch.File, error) {
	job := &batch.Job{Dir: o.Config.Dir, Host: o.Host}
	for _, w := range o.Config.Workbooks {
		job.Workbooks = append(job.Workbooks, batch.Pattern{Glob: w.Path})
	}
	return job.Files()
}

// Run treats the workbooks, or only the named ones, writes back and remembers
// the run, as batch.Job.Run does.
func (o *Office) Run(ctx context.Context, named []string) (*batch.Result, error) {
	return o.Job(named).Run(ctx)
}

// Compare reads and judges the workbooks, and compares what is open with what is
// remembered, if anything is: those that were here lately and are gone are
// missed, too.
func (o *Office) Compare(ctx context.Context) (*batch.Job, *batch.Result, error) {
	job := o.Job(nil)
	job.Compare = true
	result, err := job.Check(ctx)
	return job, result, err
}
