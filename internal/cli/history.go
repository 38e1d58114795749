package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/store"
)

// mostTold is how many runs or findings are told of where nobody says.
const mostTold = 20

// historyCommand tells what was checked and what has changed.
func (a *app) historyCommand() *cobra.Command {
	var q historyQuery
	var since string
	cmd := &cobra.Command{
		Use:   "history [WORKBOOK | LEARNER ID]",
		Short: "Tell what was checked when, by which rules, and what had changed",
		Long: `Tell of the last runs: when, what for, by which version of the policy and which set
of rules, what was found, what had changed, and what was written.

With a workbook: when it was checked, which version of the file that was, what was
written, and what had changed in its findings. With a Learner ID: the life of each
finding about the learner, and which messages told of it at once.

Nothing is read but what regcert has recorded: ` + "`keep_history`" + ` in the configuration
says for how long that is kept.

Exit code: 0 done; 2 the command or the configuration is wrong, or nothing is
recorded of what was asked for; 3 the record could not be read.`,
		Example: "  regcert history\n  regcert history claims.xlsx --since 2026-05-01\n  regcert history L-015",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage("%s: %q is one argument too many", cmd.CommandPath(), args[1])
			case len(args) == 1:
				q.about = args[0]
			}
			if cmd.Flags().Changed("limit") && q.limit < 1 {
				return usage("--limit must be at least 1, not %d", q.limit)
			}
			if cmd.Flags().Changed("since") {
				day, err := calendar.ParseISO(since)
				if err != nil {
					return usage("--since: %v", err)
				}
				if q.since = day; !cmd.Flags().Changed("limit") {
					q.limit = 0
				}
			}
			return a.history(cmd.Context(), q)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "only what happened on this day (YYYY-MM-DD) or later")
	cmd.Flags().IntVar(&q.limit, "limit", mostTold, "no more than so many runs or findings, the latest")
	return cmd
}

// historyQuery is what somebody asks of the record.
type historyQuery struct {
	about string        // a workbook or a learner; empty for the runs
	since calendar.Date // no date: from the beginning
	limit int           // 0: all
}

func (a *app) history(ctx context.Context, q historyQuery) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	state, err := a.stateIfAny(ctx, cfg)
	if err != nil {
		return err
	}
	if state == nil {
		if a.json() {
			return a.encode(jsonHistory{Runs: []jsonRun{}})
		}
		a.printer().linef("Nothing is recorded yet: `regcert run` records what it checks.")
		return nil
	}
	defer state.Close()
	if q.about == "" {
		return a.historyOfRuns(ctx, cfg, state, q, "")
	}
	names, err := state.WorkbookNames(ctx)
	if err != nil {
		return trouble(err, "")
	}
	workbook, err := workbookMeant(cfg, names, q.about)
	if err != nil {
		return err
	}
	if workbook != "" {
		return a.historyOfRuns(ctx, cfg, state, q, workbook)
	}
	lives, err := state.LivesOf(ctx, q.about)
	if err != nil {
		return trouble(err, "")
	}
	if len(lives) == 0 {
		return &failure{code: exitUsage, err: fmt.Errorf("%q is no workbook that was checked, and nothing is recorded of a learner with that ID", q.about),
			remedy: "Of a learner about whom nothing was found there is no record. Workbooks that were checked: " + printable(someOf(names)) + "."}
	}
	return a.historyOfLearner(ctx, cfg, state, q, lives)
}

// someOf lists names, if they are many only the first of them.
func someOf(names []string) string {
	const most = 10
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// workbookMeant finds the recorded workbook that a path or the name of a file
// means, empty where there is none.
func workbookMeant(cfg *config.Config, names []string, named string) (string, error) {
	path, err := filepath.Abs(named)
	if err != nil {
		return "", usage("%v", err)
	}
	var same []string
	for _, name := range names {
		whole := filepath.FromSlash(name)
		if !filepath.IsAbs(whole) {
			whole = filepath.Join(cfg.Dir, whole)
		}
		switch {
		case whole == path || name == filepath.ToSlash(named):
			return name, nil
		case strings.EqualFold(filepath.Base(whole), named):
			same = append(same, name)
		}
	}
	if len(same) > 1 {
		return "", &failure{code: exitUsage, err: fmt.Errorf("%d workbooks are called %q", len(same), named), remedy: "There are: " + printable(someOf(same)) + "."}
	}
	return strings.Join(same, ""), nil
}

// historyOfRuns tells of runs, or of what they did with a workbook.
func (a *app) historyOfRuns(ctx context.Context, cfg *config.Config, state *store.Store, q historyQuery, workbook string) error {
	asked := store.RunQuery{Workbook: workbook}
	if q.limit > 0 {
		asked.Limit = q.limit + 1 // to know whether there are more
	}
	if !q.since.IsZero() {
		asked.From = midnight(q.since, cfg.Location)
	}
	runs, err := state.Runs(ctx, asked)
	if err != nil {
		return trouble(err, "")
	}
	more := len(runs) == asked.Limit && len(runs) > 0
	if more {
		runs = runs[:q.limit]
	}
	switch {
	case a.json():
		return a.encode(runsDocument(runs, workbook))
	case workbook != "":
		a.printer().checked(runs, workbook, cfg.Location)
	default:
		a.printer().runs(runs, cfg.Location)
	}
	if more {
		a.printer().linef("")
		a.printer().linef("There are more: --limit N or --since YYYY-MM-DD tells of them.")
	}
	return nil
}

// midnight is the first moment of a day.
func midnight(day calendar.Date, zone *time.Location) time.Time {
	y, m, d := day.Time().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// historyOfLearner tells the life of each finding about a learner: of those that
// are open first, then the latest.
func (a *app) historyOfLearner(ctx context.Context, cfg *config.Config, state *store.Store, q historyQuery, lives []*history.Life) error {
	tellings, err := state.Tellings(ctx, q.about)
	if err != nil {
		return trouble(err, "")
	}
	lives = slices.DeleteFunc(lives, func(l *history.Life) bool { return l.State == history.Closed && l.Last() < q.since })
	rank := func(l *history.Life) int {
		if l.State == history.Closed {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(lives, func(x, y *history.Life) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Last(), x.Last()), cmp.Compare(x.Rule, y.Rule))
	})
	more := 0
	if q.limit > 0 && len(lives) > q.limit {
		more = len(lives) - q.limit
		lives = lives[:q.limit]
	}
	of := map[int64][]store.Telling{}
	for _, t := range tellings {
		of[t.Finding] = append(of[t.Finding], t)
	}
	if a.json() {
		return a.encode(learnerDocument(q.about, lives, of))
	}
	p := a.printer()
	p.learner(policy.TitlesOf(cfg.Rules), q.about, lives, of, cfg.Location)
	if more > 0 {
		p.linef("")
		p.linef("There are %d more: --limit N tells of them.", more)
	}
	return nil
}

// jsonHistory is the JSON of history of runs or of a workbook: times are in UTC.
type jsonHistory struct {
	Workbook string    `json:"workbook,omitempty"`
	Runs     []jsonRun `json:"runs"`
}

type jsonRun struct {
	Started   string        `json:"started"`
	Finished  string        `json:"finished"`
	AsOf      calendar.Date `json:"as_of"`
	Trigger   string        `json:"trigger"`
	Named     bool          `json:"named"` // only workbooks that were named
	Policy    string        `json:"policy"`
	Program   string        `json:"program"`
	RuleSet   string        `json:"rule_set"`
	Summary   summary       `json:"summary"`
	Changes   *jsonChanges  `json:"changes"` // null where it is not part of the history
	Workbooks []jsonTreated `json:"workbooks"`
}

// jsonChanges counts what has become of findings.
type jsonChanges struct {
	New      int `json:"new"`
	Reopened int `json:"reopened"`
	Woken    int `json:"woken"`
	Worse    int `json:"worse"`
	Milder   int `json:"milder"`
	Snoozed  int `json:"snoozed"`
	Closed   int `json:"closed"`
}

type jsonTreated struct {
	Path    string  `json:"path"`
	Outcome string  `json:"outcome"`
	Reason  string  `json:"reason"`
	Before  string  `json:"sha256_before"`
	After   string  `json:"sha256_after"`
	Cells   int     `json:"cells"`
	Summary summary `json:"summary"`
}

func runsDocument(runs []store.Run, workbook string) jsonHistory {
	doc := jsonHistory{Workbook: workbook, Runs: []jsonRun{}}
	for _, r := range runs {
		run := jsonRun{
			Started: r.Started.UTC().Format(time.RFC3339), Finished: r.Finished.UTC().Format(time.RFC3339), AsOf: r.AsOf, Trigger: r.Trigger, Named: r.Named,
			Policy: r.Policy, Program: r.Program, RuleSet: r.RuleSet, Summary: summaryOf(r.Counts), Workbooks: []jsonTreated{},
		}
		if c := r.Changes; c != nil {
			run.Changes = &jsonChanges{c[history.New], c[history.Reopened], c[history.Woken], c[history.Worse], c[history.Milder], c[history.Slept], c[history.Ended]}
		}
		for _, w := range r.Workbooks {
			run.Workbooks = append(run.Workbooks, jsonTreated{w.Path, w.Outcome, w.Reason, w.Before, w.After, w.Cells, summaryOf(w.Counts)})
		}
		doc.Runs = append(doc.Runs, run)
	}
	return doc
}

// summaryOf is a summary of numbers as the state has them.
func summaryOf(counts map[string]int) summary {
	s := summary{Snoozed: counts[store.Snoozed]}
	for _, severity := range policy.Severities() {
		*s.count(severity) = counts[string(severity)]
	}
	return s
}

// jsonLearner is the JSON of history of a learner.
type jsonLearner struct {
	LearnerID string     `json:"learner_id"`
	Findings  []jsonLife `json:"findings"`
}

type jsonLife struct {
	Rule              string          `json:"rule"`
	Clause            string          `json:"clause"`
	QualificationCode string          `json:"qualification_code"`
	UnitCode          string          `json:"unit_code"`
	Field             string          `json:"field"`
	Workbook          string          `json:"workbook"`
	Sheet             string          `json:"sheet"`
	Row               int             `json:"row"`
	Due               calendar.Date   `json:"due"`
	Severity          policy.Severity `json:"severity"`
	State             history.State   `json:"state"`
	Since             calendar.Date   `json:"since"` // the day since which it was not closed
	Events            []jsonEvent     `json:"events"`
	Told              []jsonTold      `json:"told"`
}

type jsonEvent struct {
	Day      calendar.Date   `json:"day"`
	State    history.State   `json:"state"`
	Severity policy.Severity `json:"severity"`
	Change   string          `json:"change"`
}

type jsonTold struct {
	Job      string          `json:"job"`
	Slot     string          `json:"slot"`
	Name     string          `json:"name"`
	State    store.State     `json:"state"`
	At       string          `json:"since"`
	Severity policy.Severity `json:"severity"`
}

func learnerDocument(id string, lives []*history.Life, told map[int64][]store.Telling) jsonLearner {
	doc := jsonLearner{LearnerID: id, Findings: []jsonLife{}}
	for _, l := range lives {
		life := jsonLife{
			Rule: l.Rule, Clause: l.Clause, QualificationCode: l.QualificationCode, UnitCode: l.UnitCode, Field: l.Field, Workbook: l.Workbook, Sheet: l.Sheet, Row: l.Row,
			Due: l.Due, Severity: l.Severity, State: l.State, Since: l.Since(), Events: []jsonEvent{}, Told: []jsonTold{},
		}
		var was history.Standing
		for _, e := range l.Events {
			is := history.Standing{State: e.State, Severity: e.Severity}
			life.Events = append(life.Events, jsonEvent{e.Day, e.State, e.Severity, history.ChangeOf(was, is).String()})
			was = is
		}
		for _, t := range told[l.ID] {
			life.Told = append(life.Told, jsonTold{t.Job, t.Slot, cmp.Or(t.Name, t.Recipient), t.State, t.Since.UTC().Format(time.RFC3339), t.Severity})
		}
		doc.Findings = append(doc.Findings, life)
	}
	return doc
}
