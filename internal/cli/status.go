package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/config"
	"regcert/internal/status"
	"regcert/internal/store"
)

// statusCommand says how regcert is doing.
func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say how regcert is doing: last run, workbooks, what comes next, mail, what is in the way",
		Long: `Say how regcert is doing, from what it remembers: whether the daemon runs, when the
workbooks were last checked and what became of each, what comes next, which mail waits,
and what keeps regcert from its work. Nothing is read but the state and the
configuration. Learners are counted, and never named.

Exit code: 0 all is well; 1 something is not: it stands at the top; 2 the command or the
configuration is wrong; 3 the state could not be read.`,
		Example: "  regcert status\n  regcert status --format json",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withOutbox(cmd.Context(), func(cfg *config.Config, state *store.Store) error {
				s, err := status.Read(cmd.Context(), state, cfg, a.Now())
				if err != nil {
					return trouble(err, "")
				}
				well, why := s.Healthy()
				if !well {
					a.code = exitFindings
				}
				if a.json() {
					return a.encode(statusDocument(s, why))
				}
				a.printer().status(s, why)
				return nil
			})
		},
	}
}

// status prints how regcert is doing.
func (p printer) status(s *status.Status, why []string) {
	title := "regcert on " + status.Moment(s.At)
	if s.Centre != "" {
		title = fmt.Sprintf("regcert at %s on %s", printable(s.Centre), status.Moment(s.At))
	}
	p.linef("%s", p.bold(title))
	p.linef("")
	switch {
	case len(why) > 0:
		for _, reason := range why {
			p.linef("  %s  %s", p.red("not well"), reason)
		}
	case s.NoState:
		p.linef("  Nothing was done here yet: there is no state.")
	default:
		p.linef("  All is well.")
	}
	switch {
	case s.Serves && s.Server != "":
		p.linef("  The daemon runs: %s.", s.Server)
	case s.Serves:
		p.linef("  The daemon runs.")
	default:
		p.linef("  No daemon runs.")
	}
	p.lastRun(s)
	p.workbookStatuses(s.Workbooks)
	p.schedule(s)
	p.mailStatus(&s.Mail)
	p.troubles(s.Troubles)
}

func (p printer) lastRun(s *status.Status) {
	if s.LastRun == nil {
		return
	}
	r := s.LastRun
	p.section("last run")
	p.linef("  %s, %s in %s (as of %s, policy %s)", status.Moment(r.Finished), r.What(), r.Took(), r.AsOf.Long(), r.Policy)
	var open []string
	for _, c := range s.Counts() {
		open = append(open, p.paint(c.Severity, fmt.Sprintf("%d %s", c.N, c.Words)))
	}
	if len(open) == 0 {
		open = append(open, "nothing")
	}
	p.linef("  Open: %s", strings.Join(open, " · "))
}

func (p printer) workbookStatuses(list []status.Workbook) {
	if len(list) == 0 {
		return
	}
	p.section("workbooks")
	path, what := 0, 0
	for i := range list {
		path, what = max(path, len([]rune(list[i].Path))), max(what, len(list[i].What()))
	}
	for i := range list {
		w := &list[i]
		text := fmt.Sprintf("%-*s  %-*s  %s", path, w.Path, what, w.What(), status.Moment(w.Checked))
		if old := w.Statuses(); old != "" {
			text += "; " + old
		}
		p.linef("  %s", text)
		if w.Reason != "" {
			p.linef("  %-*s  %s", path, "", w.Reason)
		}
	}
}

func (p printer) schedule(s *status.Status) {
	p.section("schedule")
	for i := range s.Jobs {
		j := &s.Jobs[i]
		p.linef("  %-7s %s; next on %s", j.Name, j.When, status.Moment(j.Next))
		for n := range j.Last[:min(len(j.Last), 3)] {
			slot := &j.Last[n]
			p.linef("  %-7s %s  %s", "", status.Moment(slot.At), slot.Words())
		}
	}
	p.linef("  All bank holidays are listed until %s.", s.HolidaysUntil.Long())
}

func (p printer) mailStatus(m *status.Mail) {
	var parts []string
	for _, state := range status.MessageStates() {
		if n := m.Counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status.MessageWords(state)))
		}
	}
	if len(parts) == 0 && m.Pause == nil {
		return
	}
	p.section("mail of the last month")
	if len(parts) > 0 {
		p.linef("  %s", strings.Join(parts, " · "))
	}
	if !m.Oldest.IsZero() {
		p.linef("  The oldest that waits was written on %s.", status.Moment(m.Oldest))
	}
	if m.Pause != nil {
		p.linef("  Paused until %s: %s", status.Moment(m.Pause.Until), m.Pause.Reason)
	}
	for _, message := range m.Stuck {
		next := ""
		if !message.NextTry.IsZero() {
			next = "; next try on " + status.Moment(message.NextTry)
		}
		p.linef("  %4d  %s of %s for %s: %s, %s%s", message.ID, message.Job, message.Slot, message.To, status.MessageWords(message.State), status.Moment(message.Since), next)
	}
	if len(m.Stuck) > 0 {
		p.linef("  `regcert mail` says more.")
	}
}

func (p printer) troubles(list []store.Trouble) {
	if len(list) == 0 {
		return
	}
	p.section("in the way")
	for _, t := range list {
		told := ""
		if !t.Told.IsZero() {
			told = " (the owner was told on " + status.Moment(t.Told) + ")"
		}
		p.linef("  %s, since %s%s", status.TroubleWords(t), status.Moment(t.Since), told)
		p.linef("      %s", t.Reason)
	}
}

func (p printer) section(title string) { p.heading("", title) }

func (p printer) red(text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[31m" + text + "\x1b[0m"
}
