package evidence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"regcert/internal/actionlist"
	"regcert/internal/digest"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/store"
	"regcert/internal/xlsx"
)

// How long texts are that may come from workbooks or the configuration, in
// characters.
const (
	longText  = 300
	pathText  = 120
	shortText = 60
)

// mostRows bounds a table: a sheet has no room for more.
const mostRows = 1_000_000

// book says what stands in the pack. What comes from workbooks, their names or the
// configuration is made one line; that it is text and no formula, the maker of
// the workbook sees to.
func (r *Record) book() *actionlist.Book {
	return &actionlist.Book{
		Title: "Evidence", Centre: digest.OneLine(r.Centre, shortText), AsOf: r.day(r.MadeAt), Scope: digest.OneLine(r.scope(), longText), Warnings: r.notHeld(), MadeAt: r.MadeAt,
		Sheets: []actionlist.Sheet{r.summary(), r.runs(), r.workbooks(), r.rules(), r.findings(), r.emails()},
	}
}

func text(s string, most int) actionlist.Cell { return actionlist.Text(digest.OneLine(s, most)) }

// bounded cuts a table that has too many rows, and says so.
func bounded(s actionlist.Sheet) actionlist.Sheet {
	if len(s.Rows) > mostRows {
		s.About += fmt.Sprintf(", of which the first %d stand here", mostRows)
		s.Rows = s.Rows[:mostRows]
	}
	return s
}

// runs lists the runs, the earliest first.
func (r *Record) runs() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Runs", About: plural(len(r.Runs), "run"), Frozen: 1, Columns: []actionlist.Column{
		{Heading: "Run", Width: 7}, {Heading: "Finished", Width: 19}, {Heading: "What For", Width: 20}, {Heading: "As Of", Width: 11}, {Heading: "Policy", Width: 8}, {Heading: "Rule Set", Width: 10},
		{Heading: "Program", Width: 12}, {Heading: "Workbooks", Width: 10}, {Heading: "Found", Width: 34}, {Heading: "Changed", Width: 30},
	}}
	for i := len(r.Runs) - 1; i >= 0; i-- {
		run := &r.Runs[i]
		trigger := cmp.Or(run.Trigger, "not recorded")
		if run.Named {
			trigger += ", only named workbooks"
		}
		changed := "not part of the history"
		if run.Changes != nil {
			changed = history.InWords(run.Changes)
		}
		s.Rows = append(s.Rows, []actionlist.Cell{
			actionlist.Number(int(run.ID)), text(r.at(run.Finished), shortText), text(trigger, shortText), actionlist.Day(run.AsOf), text(run.Policy, shortText), text(short(run.RuleSet), shortText),
			text(run.Program, shortText), actionlist.Number(len(treated(run))), text(found(run.Counts), longText), text(changed, longText),
		})
	}
	return bounded(s)
}

// treated lists the workbooks that a run has not only looked things up in.
func treated(run *store.Run) (out []*store.Workbook) {
	for i := range run.Workbooks {
		if w := &run.Workbooks[i]; w.Outcome != "context" {
			out = append(out, w)
		}
	}
	return out
}

// short is the beginning of a hash, by which people tell it from others.
func short(hash string) string { return hash[:min(len(hash), 8)] }

// found says how many findings of each severity there were.
func found(counts map[string]int) string {
	var parts []string
	for _, s := range digest.ByUrgency() {
		if n := counts[string(s)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, digest.InWords(s)))
		}
	}
	if n := counts[store.Snoozed]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d snoozed", n))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// workbooks lists what each run did with each workbook.
func (r *Record) workbooks() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Workbooks", Frozen: 3, Columns: []actionlist.Column{
		{Heading: "Run", Width: 7}, {Heading: "Finished", Width: 19}, {Heading: "Workbook", Width: 28}, {Heading: "Outcome", Width: 11}, {Heading: "Cells Written", Width: 8}, {Heading: "Found", Width: 28},
		{Heading: "Reason", Width: 34}, {Heading: "SHA-256 Before", Width: 36}, {Heading: "SHA-256 After", Width: 36},
	}}
	for i := len(r.Runs) - 1; i >= 0; i-- {
		run := &r.Runs[i]
		for _, w := range treated(run) {
			counts := "not known"
			if w.Counted(run) {
				counts = found(w.Counts)
			}
			s.Rows = append(s.Rows, []actionlist.Cell{
				actionlist.Number(int(run.ID)), text(r.at(run.Finished), shortText), text(w.Path, pathText), actionlist.Status(digest.OneLine(w.Outcome, shortText), outcomeTone(w.Outcome)),
				actionlist.Number(w.Cells), text(counts, longText), text(w.Reason, longText), text(w.Before, 64), text(w.After, 64),
			})
		}
	}
	s.About = plural(len(s.Rows), "row") + ", one for each workbook in each run, without those that were only read for reference"
	return bounded(s)
}

func outcomeTone(outcome string) actionlist.Tone {
	switch outcome {
	case "written":
		return actionlist.Green
	case "deferred", "read-only":
		return actionlist.Amber
	case "failed":
		return actionlist.Red
	}
	return actionlist.Plain
}

// rules lists the rules of each rule set by which runs of the period judged, with
// the numbers of each version of the policy.
func (r *Record) rules() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Rules", Frozen: 4, Columns: []actionlist.Column{
		{Heading: "Rule Set", Width: 10}, {Heading: "Policy", Width: 8}, {Heading: "In Force From", Width: 11}, {Heading: "Rule", Width: 9}, {Heading: "Clause", Width: 9}, {Heading: "What It Finds", Width: 40},
		{Heading: "Severities", Width: 20}, {Heading: "Who Acts", Width: 22}, {Heading: "Numbers In Force", Width: 44},
	}}
	sets := r.ruleSets()
	for _, sum := range sets {
		set := r.RuleSets[sum]
		for _, v := range set.Versions {
			for _, rule := range set.Rules {
				var severities, numbers []string
				for _, severity := range rule.Severities {
					severities = append(severities, digest.InWords(severity))
				}
				for _, key := range rule.Numbers {
					numbers = append(numbers, key+": "+v.Numbers[key])
				}
				owner := rule.Owner
				if rule.OwnerOnEnrolments != "" {
					owner += " (on Enrolments " + rule.OwnerOnEnrolments + ")"
				}
				clause := rule.Clause
				if rule.ClauseOnCentre != "" {
					clause += " (on the centre's sheets " + rule.ClauseOnCentre + ")"
				}
				s.Rows = append(s.Rows, []actionlist.Cell{
					text(short(sum), shortText), text(v.Version, shortText), actionlist.Day(v.InForce), text(rule.ID, shortText), text(clause, shortText), text(strings.TrimSuffix(rule.Title+": "+rule.Wording, ": "), longText),
					text(strings.Join(severities, ", "), longText), text(owner, longText), text(strings.Join(numbers, "; "), longText),
				})
			}
		}
	}
	s.About = plural(len(sets), "rule set") + ", each with the numbers of every version of the policy in it"
	return bounded(s)
}

// ruleSets lists the rule sets by which runs of the period judged, in the order in
// which they came.
func (r *Record) ruleSets() (sums []string) {
	for i := len(r.Runs) - 1; i >= 0; i-- {
		if sum := r.Runs[i].RuleSet; r.RuleSets[sum] != nil && !slices.Contains(sums, sum) {
			sums = append(sums, sum)
		}
	}
	return sums
}

// emails lists the messages, without what they say.
func (r *Record) emails() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Emails", About: plural(len(r.Messages), "email"), Frozen: 1, Columns: []actionlist.Column{
		{Heading: "Message", Width: 9}, {Heading: "Job", Width: 14}, {Heading: "Slot", Width: 20}, {Heading: "Recipient", Width: 34}, {Heading: "Written", Width: 19}, {Heading: "State", Width: 16}, {Heading: "Since", Width: 19},
	}}
	for i := range r.Messages {
		m := &r.Messages[i]
		s.Rows = append(s.Rows, []actionlist.Cell{
			actionlist.Number(int(m.ID)), text(m.Job, shortText), text(m.Slot, shortText), text(cmp.Or(m.Name, "not recorded"), shortText),
			text(r.at(m.Written), shortText), text(mailState(m.State), shortText), text(r.at(m.Since), shortText),
		})
	}
	return bounded(s)
}

// mailState is the state of a message in words.
func mailState(s store.State) string {
	switch s {
	case store.Pending, store.Sending, store.DotSent:
		return "waiting"
	case store.Unknown:
		return "may have arrived"
	}
	return string(s)
}

// summary says in short what the pack holds.
func (r *Record) summary() actionlist.Sheet {
	s := actionlist.Sheet{Name: "Summary", About: "what this pack holds", Columns: []actionlist.Column{{Heading: "What", Width: 34}, {Heading: "In This Period", Width: 90}}}
	add := func(what, value string) {
		s.Rows = append(s.Rows, []actionlist.Cell{text(what, longText), text(value, 2000)})
	}
	add("Centre", cmp.Or(r.Centre, "not named in the configuration"))
	add("Period", r.From.Long()+" to "+r.To.Long())
	add("Made", r.at(r.MadeAt)+" by regcert "+r.Program)
	triggers, programs, policies, outcomes, paths := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	cells := 0
	for i := range r.Runs {
		run := &r.Runs[i]
		triggers[cmp.Or(run.Trigger, "not recorded")]++
		programs[cmp.Or(run.Program, "not recorded")]++
		policies[run.Policy]++
		for _, w := range treated(run) {
			outcomes[w.Outcome]++
			paths[w.Path] = true
			cells += w.Cells
		}
	}
	add("Policy versions", listed(policies))
	add("Runs", fmt.Sprintf("%d: %s", len(r.Runs), listed(triggers)))
	add("Versions of regcert that ran", listed(programs))
	add("Workbooks", fmt.Sprintf("%d; over all runs %s; %s written", len(paths), listed(outcomes), plural(cells, "cell")))
	for _, sum := range r.ruleSets() {
		add("Rule set "+short(sum), "SHA-256 "+sum)
	}
	b := r.balance()
	add("Findings", fmt.Sprintf("%d open before the period + %d new + %d awake again − %d closed − %d snoozed = %d open at its end", b.Before, b.New, b.Woken, b.Closed, b.Snoozed, b.Now))
	add("Emails", fmt.Sprintf("%d: %s", len(r.Messages), listed(r.mailStates())))
	add("Not held by regcert", "Names of learners, what emails said once they are sent, and findings that are only for information.")
	for _, what := range r.notHeld() {
		add("Not in this pack", what)
	}
	return s
}

func (r *Record) mailStates() map[string]int {
	states := map[string]int{}
	for i := range r.Messages {
		states[mailState(r.Messages[i].State)]++
	}
	return states
}

// listed lists what there is with how often.
func listed(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", name, counts[name]))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// severityTone is the colour of a severity in the workbook, which says the same in
// words.
func severityTone(s policy.Severity) actionlist.Tone {
	switch s {
	case policy.Breach, policy.Overdue:
		return actionlist.Red
	case policy.AtRisk:
		return actionlist.Amber
	case policy.Todo:
		return actionlist.Blue
	case policy.Data:
		return actionlist.Violet
	}
	return actionlist.Grey
}

// place names where something was last seen.
func place(l *history.Life) string {
	switch {
	case l.Row == 0:
		return l.Sheet
	case l.Col == 0:
		return fmt.Sprintf("%s!%d", l.Sheet, l.Row)
	}
	return l.Sheet + "!" + xlsx.CellName(l.Row, l.Col)
}
