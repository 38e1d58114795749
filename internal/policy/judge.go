package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// kindCount is one more than the last kind of sheet.
const kindCount = register.PolicyPoints + 1

// judge applies the rules to one set of workbooks.
type judge struct {
	asOf      calendar.Date
	cal       *calendar.Calendar
	versions  []Numbers
	judgeFrom calendar.Date
	limit     snoozeLimit
	now       *Numbers // of what has no clock of its own
	set       *set
	rules     []Rule
	keys      map[string]*NumberKey
	text      *writer
	tones     [kindCount]map[string]Tone
	plans     [kindCount]plan

	report   *Report
	asked    Case
	stumbled map[string]stumble // by rule

	// What the rule in hand looks at.
	rule  *Rule
	sheet *register.Sheet // nil on no record
	at    *entry          // nil on a header row
	first int             // the first finding on it
	brief []string        // of its findings, in their order
	sleep *Snooze         // nil where it is not snoozed
	why   string          // why the rule asks nothing of it; empty where it asks

	trace *trace // what is noted of one learner; nil where nobody is explained
}

// Judge judges the records of a set of workbooks, which it does not change.
func Judge(workbooks []*register.Workbook, opt Options) *Report {
	j := newJudge(&opt)
	j.judge(workbooks)
	return j.report
}

func newJudge(opt *Options) *judge {
	j := &judge{
		asOf: opt.AsOf, cal: opt.Calendar, versions: opt.Versions, judgeFrom: opt.JudgeFrom,
		rules: AllRules(opt.More), keys: map[string]*NumberKey{}, text: newWriter(), report: &Report{AsOf: opt.AsOf}, stumbled: map[string]stumble{},
	}
	j.asked.j, j.report.Titles = j, TitlesOf(opt.More)
	if j.judgeFrom.IsZero() {
		j.judgeFrom = j.versions[0].InForce
	}
	j.limit = newSnoozeLimit(opt)
	j.now = j.numbers(0)
	j.report.Policy = j.now.Version
	for _, k := range register.Kinds() {
		j.tones[k] = tones(k)
	}
	for _, k := range NumberKeys() {
		j.keys[k.Key] = &k
	}
	return j
}

// judge fills the report.
func (j *judge) judge(workbooks []*register.Workbook) {
	j.gather(workbooks)
	j.report.NotChecked = notChecked(j.rules, &j.set.present)
	for _, k := range register.Kinds() {
		j.plans[k] = j.planFor(k)
	}
	j.onReport()
	var next cursor
	for _, wb := range workbooks {
		for _, s := range wb.Sheets {
			j.onMissed(s)
			j.sheet = s
			j.onHeader()
			j.onRecords(&next)
		}
		j.onAbsent(wb)
	}
	j.tellStumbles()
}

// numbers returns by what something is judged whose clock started on the day, or
// that has no clock (no date).
func (j *judge) numbers(since calendar.Date) *Numbers {
	if since.IsZero() {
		since = j.asOf
	}
	return InForce(j.versions, since)
}

// answerable reports whether the sheets are there that the rule needs.
func (j *judge) answerable(r *Rule) bool {
	if r.partial {
		return true
	}
	for _, k := range r.Needs {
		if !j.set.present[k] {
			return false
		}
	}
	return true
}

// onReport applies the rules that look at no record.
func (j *judge) onReport() {
	for i := range j.rules {
		if r := &j.rules[i]; r.report != nil {
			j.rule = r
			r.report(j)
		}
	}
}

// onHeader applies the rules that look at a sheet as a whole.
func (j *judge) onHeader() {
	j.begin(nil)
	for i := range j.rules {
		if r := &j.rules[i]; r.sheet != nil {
			j.rule = r
			r.sheet(j, j.sheet)
		}
	}
}

// cursor counts the records of each kind that have been judged: facts stand in
// the order of the records.
type cursor [kindCount]int

func (j *judge) onRecords(next *cursor) {
	kind := j.sheet.Kind
	i := next[kind]
	next[kind] += len(j.sheet.Records)
	p := &j.plans[kind]
	for k := range j.sheet.Records {
		switch kind {
		case register.Enrolments:
			e := &j.set.enrolments[i+k]
			apply(j, p, &e.entry, e, func(r *Rule) func(*judge, *enrolment) { return r.enrolment })
		case register.Assessments:
			a := &j.set.assessments[i+k]
			apply(j, p, &a.entry, a, func(r *Rule) func(*judge, *assessment) { return r.assessment })
		case register.Claims:
			c := &j.set.claims[i+k]
			apply(j, p, &c.entry, c, func(r *Rule) func(*judge, *claim) { return r.claim })
			row := &j.report.Rows[len(j.report.Rows)-1]
			row.IssueBy, row.HoldUntil = c.issueBy, c.holdUntil
		case register.Withdrawals:
			w := &j.set.withdrawals[i+k]
			apply(j, p, &w.entry, w, func(r *Rule) func(*judge, *withdrawal) { return r.withdrawal })
		case register.Adjustments:
			a := &j.set.adjustments[i+k]
			apply(j, p, &a.entry, a, func(r *Rule) func(*judge, *adjustment) { return r.adjustment })
		case register.Centre, register.Sites, register.Contacts, register.Policies, register.PolicyPoints:
			j.onApplication(p, &entry{rec: &j.sheet.Records[k]})
		default:
			e := &entry{rec: &j.sheet.Records[k]}
			apply(j, p, e, e, func(*Rule) func(*judge, *entry) { return nil })
		}
	}
}

// apply runs the rules of the plan over one record and adds its row.
func apply[T any](j *judge, p *plan, e *entry, facts *T, checkOf func(*Rule) func(*judge, *T)) {
	j.begin(e)
	for _, r := range p.rules {
		j.rule, j.why = r, ""
		before := len(j.report.Findings)
		if r.entry != nil {
			r.entry(j, e)
		}
		if check := checkOf(r); check != nil {
			check(j, facts)
		}
		if r.Ask != nil {
			j.ask(e)
		}
		if j.trace != nil {
			j.trace.rule(j, e, j.report.Findings[before:])
		}
	}
	if e.status != "" {
		j.addRow(e)
	}
}

// skip says why the rule in hand asks nothing of the record in hand.
func (j *judge) skip(why string) { j.why = why }

// plan is what there is to do on each record of a kind.
type plan struct {
	rules   []*Rule           // in the order of IDs
	unasked []*Rule           // that would look at them, and lack a sheet
	past    []register.Column // its dates of things that have happened
	order   []datePair        // its dates that follow one another
}

func (j *judge) planFor(k register.Kind) plan {
	var p plan
	for i := range j.rules {
		r := &j.rules[i]
		looks := r.entry != nil || r.Ask != nil && r.On == k
		switch k {
		case register.Enrolments:
			looks = looks || r.enrolment != nil
		case register.Assessments:
			looks = looks || r.assessment != nil
		case register.Claims:
			looks = looks || r.claim != nil
		case register.Withdrawals:
			looks = looks || r.withdrawal != nil
		case register.Adjustments:
			looks = looks || r.adjustment != nil
		}
		switch {
		case looks && j.answerable(r):
			p.rules = append(p.rules, r)
		case looks:
			p.unasked = append(p.unasked, r)
		}
	}
	for _, c := range k.Inputs() {
		if hasHappened(c) || c == register.ItemValue {
			p.past = append(p.past, c)
		}
	}
	p.order = datesInOrder(k)
	return p
}
