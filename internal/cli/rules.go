package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/guide"
	"regcert/internal/policy"
)

type jsonRule struct {
	ID         string            `json:"id"`
	Clause     string            `json:"clause"`
	Severities []policy.Severity `json:"severities"`
	Owner      string            `json:"owner"`
	OnEnrol    string            `json:"owner_on_enrolments,omitempty"`
	OnCentre   string            `json:"clause_on_centre,omitempty"`
	Title      string            `json:"title"`
	Rationale  string            `json:"rationale"`
	Numbers    map[string]string `json:"numbers"`
	Wording    string            `json:"wording,omitempty"`
}

// rulesCommand prints the rulebook as the program has it.
func (a *app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules [RULE…]",
		Short: "Print the rules: ID, clause, severity, owner, and the numbers in force",
		Long: `Print every rule, or only the named ones (REG-02) or families (REG), with the
clause it serves, how severe it is, who must act, and the numbers of the policy
version that is in force on the as-of date. With --verbose the reason for each
rule is printed too, and an example: rows that raise it, and rows that do not.
All of that, with what regcert then says, is on one page: regcert help rules.`,
		Example: "  regcert rules\n  regcert rules CLM --verbose",
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.configOrDefault()
			if err != nil {
				return err
			}
			rules, err := pick(policy.AllRules(cfg.Rules), args)
			if err != nil {
				return err
			}
			n := numbers{Numbers: *policy.InForce(cfg.Policy, a.today(cfg))}
			n.values = n.Values(cfg.SnoozeLimit)
			if a.json() {
				return a.rulesJSON(rules, n)
			}
			a.rulesText(rules, n)
			return nil
		},
	}
}

// pick keeps the rules and families that are asked for.
func pick(rules []policy.Rule, wanted []string) ([]policy.Rule, error) {
	if len(wanted) == 0 {
		return rules, nil
	}
	var out []policy.Rule
	for _, w := range wanted {
		before := len(out)
		for _, r := range rules {
			family, _, _ := strings.Cut(r.ID, "-")
			if strings.EqualFold(r.ID, w) || strings.EqualFold(family, w) {
				out = append(out, r)
			}
		}
		if len(out) == before {
			return nil, usage("there is no rule or family of rules %q", w)
		}
	}
	return out, nil
}

// numbers are the numbers of the policy version in force, with their values by
// key.
type numbers struct {
	policy.Numbers
	values map[string]string
}

// of returns the values of the numbers that a rule uses, by key.
func (n *numbers) of(r *policy.Rule) map[string]string {
	values := map[string]string{}
	for _, key := range r.Numbers {
		values[key] = n.values[key]
	}
	return values
}

func (a *app) rulesJSON(rules []policy.Rule, n numbers) error {
	list := []jsonRule{}
	for i := range rules {
		r := &rules[i]
		list = append(list, jsonRule{r.ID, r.Clause, r.Severities, r.Owner, r.OwnerOnEnrolments, r.ClauseOnCentre, r.Title, r.Rationale, n.of(r), r.Wording})
	}
	return a.encode(map[string]any{"policy": n.Version, "rules": list})
}

func (a *app) rulesText(rules []policy.Rule, n numbers) {
	p := a.printer()
	p.linef("Policy version %s, in force from %s, to be reviewed by %s", n.Version, n.InForce.Long(), n.ReviewBy.Long())
	p.linef("")
	for i := range rules {
		r := &rules[i]
		var severities []string
		for _, s := range r.Severities {
			severities = append(severities, p.paint(s, string(s)))
		}
		p.linef("%s  %s", p.bold(r.ID), printable(r.Title))
		owner := r.Owner
		if r.OwnerOnEnrolments != "" {
			owner += fmt.Sprintf(" (on Enrolments %s)", r.OwnerOnEnrolments)
		}
		clause := r.Clause
		if r.ClauseOnCentre != "" {
			clause += fmt.Sprintf(" (on the centre's sheets %s)", r.ClauseOnCentre)
		}
		p.linef("        %s · %s · %s", clause, strings.Join(severities, ", "), owner)
		if r.Wording != "" {
			p.linef("        %s", printable(r.Wording))
		}
		if values := n.of(r); len(values) > 0 {
			var parts []string
			for _, k := range r.Numbers {
				parts = append(parts, fmt.Sprintf("%s: %s", k, values[k]))
			}
			p.linef("        %s", strings.Join(parts, "; "))
		}
		if a.verbose {
			p.linef("        %s", printable(r.Rationale))
			p.example(r.ID)
		}
	}
}

// example shows when a rule is raised. The numbers of the example are not those of
// the configuration.
func (p printer) example(rule string) {
	text := guide.Example(rule)
	if text == "" {
		return
	}
	for line := range strings.Lines("Example, with the numbers that come with regcert. " + text) {
		p.linef("%s", strings.TrimRight("        "+line, " \n"))
	}
	p.linef("")
}
