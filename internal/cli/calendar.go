package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/calendar"
)

// calendarCommand counts working days from a date.
func (a *app) calendarCommand() *cobra.Command {
	var days string
	var centre bool
	cmd := &cobra.Command{
		Use:   "calendar DATE --working-days N",
		Short: "Count working days from a date, and say which days are skipped",
		Long: `Count N working days from DATE (2026-03-30 or 30/03/2026). The date itself is day 0.

Working days are Monday to Friday but the bank holidays of the configured
division; the awarding body's deadlines run on them. With --centre the centre's
closures are skipped too, as for the centre's own deadlines.`,
		Example: "  regcert calendar 2026-03-30 --working-days 25",
		Args:    exactly("the date to count from", 1),
		RunE: func(_ *cobra.Command, args []string) error {
			from, err := parseDay(args[0])
			if err != nil {
				return usage("%v", err)
			}
			n, err := strconv.Atoi(days)
			if err != nil || n < 1 || n > 5000 {
				return usage("say how many with --working-days, a whole number from 1 to 5000")
			}
			cfg, err := a.configOrDefault()
			if err != nil {
				return err
			}
			clock := calendar.AwardingBody
			if centre {
				clock = calendar.Centre
			}
			return a.printCount(cfg.Calendar, from, n, clock)
		},
	}
	cmd.Flags().StringVar(&days, "working-days", "", "how many working days to count")
	cmd.Flags().BoolVar(&centre, "centre", false, "skip the centre's closures too")
	return cmd
}

// parseDay reads a date as it is written in the configuration or in the
// workbooks.
func parseDay(s string) (calendar.Date, error) {
	d, err := calendar.ParseISO(s)
	if err == nil {
		return d, nil
	}
	parts := strings.Split(s, "/")
	if len(parts) == 3 {
		if d, err := calendar.ParseISO(fmt.Sprintf("%04s-%02s-%02s", parts[2], parts[1], parts[0])); err == nil {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is not a date such as 2026-03-30 or 30/03/2026", s)
}

type jsonCount struct {
	From        calendar.Date `json:"from"`
	WorkingDays int           `json:"working_days"`
	Clock       string        `json:"clock"`
	Date        calendar.Date `json:"date"`
	Skipped     []jsonSkipped `json:"skipped"`
}

type jsonSkipped struct {
	Date   calendar.Date `json:"date"`
	Reason string        `json:"reason"`
}

func (a *app) printCount(c *calendar.Calendar, from calendar.Date, n int, clock calendar.Clock) error {
	to := c.Nth(from, n, clock)
	skipped := c.Skipped(from, to, clock)
	if a.json() {
		return a.encode(jsonCount{From: from, WorkingDays: n, Clock: clockName(clock), Date: to, Skipped: skippedJSON(skipped)})
	}
	p := a.printer()
	p.linef("%s after %s is %s", plural(n, "working day"), from.Long(), p.bold(to.Long()))
	if len(skipped) > 0 {
		p.linef("Skipped, besides weekends:")
		for _, s := range skipped {
			p.linef("  %-15s  %s", s.Date.Long(), s.Reason)
		}
	}
	return nil
}

// clockName is what JSON calls a clock.
func clockName(c calendar.Clock) string {
	if c == calendar.Centre {
		return "centre"
	}
	return "awarding body"
}

func skippedJSON(skipped []calendar.Skipped) []jsonSkipped {
	out := []jsonSkipped{}
	for _, s := range skipped {
		out = append(out, jsonSkipped{s.Date, s.Reason})
	}
	return out
}
