package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/policy"
)

// policyCommand lists the versions of the policy, and compares them with other
// numbers.
func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "List the versions of the policy with their numbers and first days",
		Long: `List the versions of the policy that the configuration holds, with their numbers
and the day from which each judges. A record is judged by the version in force on
the day on which its clock started.`,
		Example: "  regcert policy\n  regcert policy diff --with other-numbers.yaml",
		Args:    exactly("", 0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.configOrDefault()
			if err != nil {
				return err
			}
			return a.showVersions(cfg)
		},
	}
	cmd.AddCommand(a.policyDiffCommand())
	return cmd
}

// policyDiffCommand tells what other numbers would change.
func (a *app) policyDiffCommand() *cobra.Command {
	var file, from string
	cmd := &cobra.Command{
		Use:   "diff --with FILE [--from DATE]",
		Short: "Tell what would change if other numbers were in force",
		Long: `Judge the configured workbooks a second time, with the numbers in FILE, and tell what
would be different: due dates, statuses, and what is overdue or missed. FILE is
written as an entry under policy in config.yaml; what it does not say is as in the
version in force today. Nothing is written.

The other numbers are taken as if they had always been in force. With --from DATE
they judge only what started on that day or later.

--format json gives one object: as_of, policy, with, from (null: always), numbers,
due_dates, statuses, rules, late and not_read.`,
		Example: "  regcert policy diff --with other-numbers.yaml\n  regcert policy diff --with other-numbers.yaml --from 2026-09-01 --as-of 2026-05-11",
		Args:    exactly("", 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return &failure{code: exitUsage, err: fmt.Errorf("%s: the file with the other numbers is missing", cmd.CommandPath()),
					remedy: "Write a line such as `registration_short: 35 days` into a file, and name it: `regcert policy diff --with FILE`."}
			}
			var since calendar.Date
			if from != "" {
				var err error
				if since, err = parseDay(from); err != nil {
					return usage("--from: %v", err)
				}
			}
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.policyDiff(cmd.Context(), cfg, file, since)
		},
	}
	cmd.Flags().StringVar(&file, "with", "", "the file with the other numbers")
	cmd.Flags().StringVar(&from, "from", "", "the day from which they judge (YYYY-MM-DD)")
	return cmd
}

// supposition is a comparison with other numbers.
type supposition struct {
	*policy.Difference
	asOf    calendar.Date
	now     policy.Numbers // in force on asOf
	other   policy.Numbers
	file    string
	from    calendar.Date // no date: always
	inForce calendar.Date // what the file says of it; no date: nothing
	unread  []batch.Workbook
}

func (a *app) policyDiff(ctx context.Context, cfg *config.Config, file string, from calendar.Date) error {
	office, wipe := a.office(cfg, nil, "policy diff")
	job := office.Job(nil)
	now := *policy.InForce(job.Policy.Versions, job.Policy.AsOf)
	other, err := config.LoadVersion(file, now)
	if err != nil {
		wipe()
		return &failure{code: exitUsage, err: err}
	}
	result, err := job.Check(ctx)
	wipe()
	if err != nil {
		return noWorkbooks(err, cfg)
	}
	if result.Troubled() {
		a.code = exitTrouble
	}
	s := &supposition{
		asOf: job.Policy.AsOf, now: now, file: file, from: from, inForce: other.InForce, unread: notRead(result.Workbooks),
	}
	other.Version = cmp.Or(other.Version, file)
	s.other = other
	s.Difference = policy.Compare(result.Whole, policy.Judge(result.Books(), job.Policy.Supposing(other, from)))
	if a.json() {
		return a.encode(suppositionJSON(s))
	}
	a.printer().supposition(s)
	return nil
}
