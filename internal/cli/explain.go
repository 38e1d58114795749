package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/likeness"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// explainCommand tells how one learner stands, and why.
func (a *app) explainCommand() *cobra.Command {
	var learner, qualification string
	cmd := &cobra.Command{
		Use:   "explain [WORKBOOK…] --learner ID [--qualification CODE]",
		Short: "Explain one learner's whole position: each record, each date, each rule",
		Long: `Tell of one learner what to do next, by whom and by when; and of each record of
theirs its status, how each date was counted, which conditions a claim meets and
which cells show it, and what each rule says: raised, holds, or not asked and why.
The configured workbooks are read, and those that are named. Nothing is written.

--format json gives one object: as_of, policy, learner_id, next (a list), positions (a
list of qualification_code and records), not_checked and not_read. A record has kind,
workbook, sheet, row, status, deadline, next_action, duplicate, current, snoozed_until,
policy, clock_started, cells, counts, conditions and rules. Dates are ISO, or null.

Exit code: 0 done; 2 the command or the configuration is wrong, or nobody has that
Learner ID; 3 a workbook could not be read (the others were).`,
		Example: "  regcert explain claims.xlsx --learner L-015\n  regcert explain --learner L-015 --qualification 610/9112/4 --format json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if register.NormalID(learner) == "" {
				return &failure{code: exitUsage, err: fmt.Errorf("%s: it is not said which learner to explain", cmd.CommandPath()),
					remedy: "Name the Learner ID as the workbooks have it: `regcert explain --learner L001`, and with --qualification CODE one of the learner's qualifications."}
			}
			cfg, err := a.configOrNamed(args)
			if err != nil {
				return err
			}
			return a.explain(cmd.Context(), cfg, args, learner, qualification)
		},
	}
	cmd.Flags().StringVar(&learner, "learner", "", "the learner's ID, as the workbooks have it")
	cmd.Flags().StringVar(&qualification, "qualification", "", "only what belongs to the qualification of this code")
	return cmd
}

func (a *app) explain(ctx context.Context, cfg *config.Config, named []string, learner, qualification string) error {
	office, wipe := a.office(cfg, nil, "explain")
	job := office.Job(named)
	result, err := job.Check(ctx)
	wipe()
	if err != nil {
		return noWorkbooks(err, cfg)
	}
	x := policy.Explain(result.Books(), job.Policy, learner, qualification)
	unread := notRead(result.Workbooks)
	if len(x.Positions) == 0 {
		return nobody(result, unread, learner, qualification)
	}
	if result.Troubled() {
		a.code = exitTrouble
	}
	if a.json() {
		return a.encode(explanationJSON(x, unread))
	}
	a.printer().explanation(x, unread)
	return nil
}

// notRead lists the workbooks that could not be read: what they say of the
// learner is missing.
func notRead(workbooks []batch.Workbook) []batch.Workbook {
	return slices.DeleteFunc(slices.Clone(workbooks), func(w batch.Workbook) bool { return len(w.Sheets) > 0 || w.Reason == "" })
}

// nobody is the mistake of asking for a learner, or a qualification of theirs,
// that no record has.
func nobody(result *batch.Result, unread []batch.Workbook, learner, qualification string) error {
	var ids, codes []string // as staff wrote them, each once
	seen := map[string]bool{}
	add := func(list *[]string, kind, compared, written string) {
		if key := kind + compared; compared != "" && !seen[key] {
			seen[key] = true
			*list = append(*list, written)
		}
	}
	for i := range result.Whole.Rows {
		rec := result.Whole.Rows[i].Record
		add(&ids, "id ", rec.Key.ID, rec.LearnerID())
		if rec.Key.ID == register.NormalID(learner) {
			add(&codes, "code ", rec.Key.Code, rec.QualificationCode())
		}
	}
	f := &failure{code: exitUsage, err: fmt.Errorf("no record has the Learner ID %q", learner)}
	switch near := likeness.Near(learner, ids, 5); {
	case seen["id "+register.NormalID(learner)]:
		f.err = fmt.Errorf("no record of the Learner ID %q has the Qualification Code %q", learner, qualification)
		f.remedy = "Theirs: " + cmp.Or(strings.Join(codes, ", "), "none") + "."
	case len(near) > 0:
		f.remedy = "Like it: " + strings.Join(near, ", ") + "."
	default:
		f.remedy = fmt.Sprintf("None of %s is much like it: compare it with the Learner ID in the workbook.", plural(len(ids), "Learner ID"))
	}
	for _, w := range unread {
		f.remedy += fmt.Sprintf(" %s could not be read.", w.Path)
	}
	f.remedy = printable(f.remedy)
	return f
}
