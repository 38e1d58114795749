package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"regcert/internal/batch"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/xlsx"
)

// printer writes reports for people.
type printer struct {
	w       io.Writer
	colour  bool
	verbose bool // say how each workbook was read
}

func (p printer) linef(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// paint colours text by how much a severity matters, on terminals only.
func (p printer) paint(s policy.Severity, text string) string {
	code := map[policy.Severity]string{policy.Breach: "31", policy.Overdue: "31", policy.AtRisk: "33", policy.Data: "35"}[s]
	if !p.colour || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p printer) bold(text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// group is the findings of one rule and severity: one kind of thing to do.
type group struct {
	rule, clause string
	severity     policy.Severity
	findings     []policy.Finding
}

// groups sorts findings by what must be done, worst first; within a group the
// earliest due date comes first.
func groups(findings []policy.Finding) []group {
	type key struct {
		severity     policy.Severity
		rule, clause string
	}
	at := map[key]int{}
	var out []group
	for _, f := range findings {
		k := key{f.Severity, f.Rule, f.Clause}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, group{rule: f.Rule, clause: f.Clause, severity: f.Severity})
		}
		out[i].findings = append(out[i].findings, f)
	}
	slices.SortStableFunc(out, func(a, b group) int {
		return cmp.Or(a.severity.Rank()-b.severity.Rank(), strings.Compare(a.rule, b.rule), -strings.Compare(a.clause, b.clause))
	})
	for _, g := range out {
		slices.SortStableFunc(g.findings, byDue)
	}
	return out
}

// byDue puts the earliest due date first and findings without one last.
func byDue(a, b policy.Finding) int {
	if a.Due.IsZero() != b.Due.IsZero() {
		return int(b.Due - a.Due)
	}
	return int(a.Due - b.Due)
}

// report prints every finding on a line of its own, grouped by what must be
// done, worst first.
func (p printer) report(result *batch.Result) {
	all := result.Report.Findings
	p.headline(result)
	p.findings(awake(all), result.Report.Titles)
	p.snoozed(all)
	p.workbooks(result.Workbooks)
	p.notChecked(result.Report.NotChecked)
}

// summary prints what a manager wants to know of a run: how much there is to
// do, by whom, what is most urgent, and what became of the workbooks.
func (p printer) summary(result *batch.Result) {
	all := result.Report.Findings
	open := awake(all)
	p.headline(result)
	p.owners(open)
	p.urgent(open)
	p.snoozedInShort(all)
	p.workbooks(result.Workbooks)
	p.notChecked(result.Report.NotChecked)
}

// headline prints what was judged and counts what was found.
func (p printer) headline(result *batch.Result) {
	p.linef("%s", p.bold(fmt.Sprintf("Registrations and claims on %s (policy %s)", result.Report.AsOf.Long(), result.Report.Policy)))
	p.linef("")
	p.linef("  %s", p.counts(result))
	p.snoozedCount(result.Report.Findings)
	if stage := result.Report.Stage; stage != "" {
		p.linef("  Recognition of the centre: %s", strings.ToLower(stage))
	}
	rows, read, unread := result.Extent()
	text := fmt.Sprintf("%s read in %s", plural(rows, "row"), plural(read, "workbook"))
	if unread > 0 {
		text += fmt.Sprintf("; %s not read, see below", plural(unread, "workbook"))
	}
	p.linef("  %s", text)
}

// counts says how much was found of what.
func (p printer) counts(result *batch.Result) string {
	s := summarise(result.Report.Findings)
	var parts []string
	for _, severity := range digest.ByUrgency() {
		if n := *s.count(severity); n > 0 {
			parts = append(parts, p.paint(severity, fmt.Sprintf("%d %s", n, digest.InWords(severity))))
		}
	}
	if len(parts) == 0 {
		_, read, unread := result.Extent()
		return digest.NothingInWords(s.Snoozed > 0, read > 0, unread > 0)
	}
	return strings.Join(parts, " · ")
}

func (p printer) findings(findings []policy.Finding, titles policy.Titles) {
	var last policy.Severity
	for _, g := range groups(findings) {
		if g.severity != last {
			p.heading(g.severity, digest.InWords(g.severity))
			last = g.severity
		}
		p.linef("  %s (%s, %s)", printable(titles[g.rule]), g.rule, g.clause)
		for i := range g.findings {
			p.linef("    %s", line(&g.findings[i]))
		}
	}
}

func (p printer) heading(s policy.Severity, text string) {
	p.linef("")
	p.linef("%s", p.paint(s, p.bold(strings.ToUpper(text))))
}

// owners prints who has how much to do.
func (p printer) owners(findings []policy.Finding) {
	columns := digest.ByUrgency()[:5] // all but what is only for information
	owners := digest.TallyByOwner(findings, columns)
	if len(owners) == 0 {
		return
	}
	p.heading("", "who must act")
	head := fmt.Sprintf("  %-22s", "")
	for _, s := range columns {
		head += fmt.Sprintf("%12s", digest.InWords(s))
	}
	p.linef("%s", head)
	for _, o := range owners {
		text := fmt.Sprintf("  %-22s", o.Owner)
		for i, s := range columns {
			n := o.N[i]
			if n == 0 {
				text += fmt.Sprintf("%12s", "·")
			} else {
				text += p.paint(s, fmt.Sprintf("%12d", n))
			}
		}
		p.linef("%s", text)
	}
}

// mostListed is how many lines a list of the summary has.
const mostListed = 12

// urgent prints what is overdue and at risk, the longest overdue first.
func (p printer) urgent(findings []policy.Finding) {
	var list []policy.Finding
	for _, f := range findings {
		if f.Severity == policy.Overdue || f.Severity == policy.AtRisk {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, worstFirst)
	p.heading("", "most urgent")
	for i := range list {
		if i == mostListed {
			p.linef("  and %d more overdue or at risk: `regcert check` lists everything, with workbook and cell", len(list)-mostListed)
			break
		}
		f := &list[i]
		who := printable(strings.TrimSpace(cmp.Or(f.LearnerID, f.Subject) + "  " + f.QualificationCode))
		p.linef("  %s  %-20s  %s: %s", p.paint(f.Severity, fmt.Sprintf("%-7s", digest.InWords(f.Severity))), who, f.Owner, printable(f.Action))
	}
}

// line is one finding: where, who, what, and who must act.
func line(f *policy.Finding) string {
	var b strings.Builder
	b.WriteString(place(f))
	for _, s := range []string{f.LearnerID, f.QualificationCode, f.Subject} {
		if s != "" && s != f.Field {
			b.WriteString("  " + s)
		}
	}
	fmt.Fprintf(&b, "  %s", f.Message)
	if f.Action != "" {
		fmt.Fprintf(&b, " %s: %s.", f.Owner, strings.TrimSuffix(f.Action, "."))
	}
	return printable(b.String())
}

// place names the workbook and the cell of a finding.
func place(f *policy.Finding) string {
	switch {
	case f.Workbook == "":
		return "the policy"
	case f.Row == 0:
		return f.Workbook + " " + f.Sheet
	case f.Col == 0:
		return fmt.Sprintf("%s %s!%d", f.Workbook, f.Sheet, f.Row)
	default:
		return fmt.Sprintf("%s %s!%s", f.Workbook, f.Sheet, xlsx.CellName(f.Row, f.Col))
	}
}

// printable takes control characters and marks of writing direction out of a
// text that comes from cells, so that it cannot take hold of the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', 0x7f <= r && r < 0xa0, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069, r == 0x200e, r == 0x200f:
			return ' '
		}
		return r
	}, s)
}

func (p printer) workbooks(list []batch.Workbook) {
	p.linef("")
	p.linef("%s", p.bold("WORKBOOKS"))
	width := 0
	for _, w := range list {
		width = max(width, len([]rune(w.Path)))
	}
	for _, w := range list {
		what := string(w.Outcome)
		switch w.Outcome {
		case batch.Written:
			what = fmt.Sprintf("written (%s)", plural(w.Cells, "cell"))
		case batch.Context:
			what = "read for reference"
		}
		if w.Reason != "" {
			what += ": " + w.Reason
		}
		if w.Holder != "" {
			what += " (" + w.Holder + " has it open)"
		}
		p.linef("  %-*s  %s", width, printable(w.Path), printable(what))
		if p.verbose {
			p.sheets(&w, width)
		}
		for _, remark := range w.Remarks {
			if remark != w.Reason {
				p.linef("  %-*s  %s", width, "", printable(remark))
			}
		}
	}
}

// sheets prints how the sheets of a workbook were read.
func (p printer) sheets(w *batch.Workbook, width int) {
	for _, sheet := range w.Sheets {
		text := fmt.Sprintf("%q is %s: header row %d, %s", sheet.Name, sheet.Kind, sheet.HeaderRow, plural(len(sheet.Records), "record"))
		if len(sheet.Unknown) > 0 {
			text += "; columns not read: " + strings.Join(sheet.Unknown, ", ")
		}
		p.linef("  %-*s    %s", width, "", printable(text))
	}
	if len(w.Other) > 0 {
		p.linef("  %-*s    sheets not read: %s", width, "", printable(strings.Join(w.Other, ", ")))
	}
}

// notChecked prints the rules that could not be answered, by reason.
func (p printer) notChecked(list []policy.NotChecked) {
	var reasons []string
	rules := map[string][]string{}
	for _, n := range list {
		if rules[n.Reason] == nil {
			reasons = append(reasons, n.Reason)
		}
		rules[n.Reason] = append(rules[n.Reason], n.Rule)
	}
	if len(reasons) == 0 {
		return
	}
	p.linef("")
	p.linef("%s", p.bold("NOT CHECKED"))
	for _, reason := range reasons {
		p.linef("  %s: %s", reason, strings.Join(rules[reason], ", "))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
