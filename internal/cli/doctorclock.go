package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/schedule"
	"regcert/internal/store"
)

// examineTime looks at what regcert knows of days and hours: bank holidays, the
// clock, the time zone and the schedule.
func (a *app) examineTime(ctx context.Context, cfg *config.Config, state *store.Store) ([]batch.Check, error) {
	now := a.Now()
	facts := clockFacts{now: now.In(cfg.Location), built: built(), unset: a.ClockUnset}
	if state != nil {
		run, _, err := state.LastRun(ctx)
		if err != nil {
			return nil, err
		}
		facts.lastRun = run.Finished
	}
	return []batch.Check{
		examineHolidays(cfg, calendar.FromTime(now.In(cfg.Location))),
		examineClock(facts),
		examineZone(now, cfg.Location),
		examineSchedule("the workbooks are checked", cfg.Schedule.Check, now, cfg.Location),
		examineSchedule("the digest is sent", cfg.Schedule.Digest, now, cfg.Location),
	}, nil
}

// examineHolidays says how far the list of bank holidays reaches.
func examineHolidays(cfg *config.Config, today calendar.Date) batch.Check {
	check := batch.Check{Verdict: batch.Pass, Subject: "bank holidays", Text: "they are listed until " + cfg.ListedUntil.Long()}
	if !cfg.ListEndsSoon(today) {
		return check
	}
	const known = "only the usual ones are known, and none that is moved or declared for once"
	check.Verdict, check.Text = batch.Warn, fmt.Sprintf("their list ends on %s; after it %s", cfg.ListedUntil.Long(), known)
	check.Remedy = "take a newer regcert, or fetch https://www.gov.uk/bank-holidays.json and name the file under calendar: bank_holidays in the configuration"
	if cfg.ListedUntil < today {
		check.Verdict, check.Text = batch.Fail, fmt.Sprintf("their list ended on %s: since then %s", cfg.ListedUntil.Long(), known)
	}
	return check
}

// clockSlack is how far two clocks may be apart, or one be set back, without
// anybody needing to know.
const clockSlack = 5 * time.Minute

// clockFacts are what the clock is judged by.
type clockFacts struct {
	now            time.Time // in the configured time zone
	built, lastRun time.Time // zero: unknown, none
	unset          bool      // nothing keeps the clock right
}

// examineClock says whether the clock can be right.
func examineClock(f clockFacts) batch.Check {
	check := batch.Check{Verdict: batch.Fail, Subject: "clock", Remedy: "set the clock of this computer, and have the system keep it right over the network"}
	shown := func(t time.Time) string { return t.In(f.now.Location()).Format(timeShown) }
	switch {
	case f.now.Before(f.built.Add(-clockSlack)):
		check.Text = fmt.Sprintf("it shows %s, and this regcert was made on %s", shown(f.now), shown(f.built))
	case f.now.Before(f.lastRun.Add(-clockSlack)):
		check.Text = fmt.Sprintf("it shows %s, and the last run was on %s", shown(f.now), shown(f.lastRun))
		check.Remedy += "; if it was wrong then and is right now, the next `regcert run` puts the record right"
	case f.unset:
		check.Verdict, check.Text = batch.Warn, fmt.Sprintf("it shows %s, and the system says that nothing keeps it right", shown(f.now))
		check.Remedy = "have the system keep it right over the network, on Linux with systemd-timesyncd or chrony"
	default:
		return batch.Check{Verdict: batch.Pass, Subject: "clock", Text: "nothing speaks against the time it shows"}
	}
	return check
}

// built is when the source that the program was made from was last changed; zero
// where the build did not say.
func built() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				t, _ := time.Parse(time.RFC3339, s.Value) // zero where it is none
				return t
			}
		}
	}
	return time.Time{}
}

// examineZone compares the configured time zone with the system's, which is that
// of now.
func examineZone(now time.Time, zone *time.Location) batch.Check {
	check := batch.Check{Verdict: batch.Pass, Subject: "time zone", Text: fmt.Sprintf("%s, where it is %s", zone, now.In(zone).Format(timeShown))}
	_, ours := now.In(zone).Zone()
	if _, theirs := now.Zone(); theirs != ours {
		check.Verdict = batch.Warn
		check.Text += fmt.Sprintf("; by this computer's own time zone it is %s, and other programs show that", now.Format(timeShown))
		check.Remedy = "regcert goes by timezone: in the configuration; if the computer is at the centre, set its time zone"
	}
	return check
}

// examineSchedule says when a job is done.
func examineSchedule(what string, spec *schedule.Spec, now time.Time, zone *time.Location) batch.Check {
	_, next := spec.Next(now, zone)
	return batch.Check{Verdict: batch.Pass, Subject: "schedule", Text: fmt.Sprintf("%s: %s; next on %s", what, spec.Words(), next.Format(timeShown))}
}
