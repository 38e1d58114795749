package cli

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// screen is how wide an explanation is, in characters.
const screen = 100

// explanation prints one learner's whole position.
func (p printer) explanation(x *policy.Explanation, unread []batch.Workbook) {
	p.linef("%s", p.bold(printable(fmt.Sprintf("Learner %s on %s (policy %s)", x.LearnerID, x.AsOf.Long(), x.Policy))))
	p.linef("")
	p.linef("%s", p.bold("NEXT"))
	for i := range x.Steps {
		p.step(x.AsOf, &x.Steps[i])
	}
	if len(x.Steps) == 0 {
		p.linef("  Nothing is to be done now.")
	}
	for _, pos := range x.Positions {
		p.linef("")
		p.linef("%s", p.bold(printable(positionName(&pos))))
		for _, a := range pos.Accounts {
			p.account(a)
		}
	}
	p.notRead(unread)
}

// notRead prints which workbooks could not be read, if any.
func (p printer) notRead(unread []batch.Workbook) {
	for i, w := range unread {
		if i == 0 {
			p.linef("")
			p.linef("%s", p.bold("NOT READ, SO THAT SOMETHING MAY BE MISSING HERE"))
		}
		p.text(w.Path + ": " + w.Reason)
	}
}

// positionName says what the records of a position are about.
func positionName(pos *policy.Position) string {
	switch first := pos.Accounts[0]; {
	case pos.QualificationCode == "":
		return "OF NO QUALIFICATION"
	case first.Row.Record.Sheet.Kind == register.Enrolments && !first.Since.IsZero():
		return fmt.Sprintf("QUALIFICATION %s, from %s", pos.QualificationCode, first.Since.Long())
	default:
		return "QUALIFICATION " + pos.QualificationCode
	}
}

// step prints one thing to do: by whom, what, by when, and which rule says so.
func (p printer) step(asOf calendar.Date, s *policy.Step) {
	var notes []string
	if !s.Due.IsZero() && s.Severity != policy.Breach && s.Severity != policy.Info { // nobody is late with those any more
		notes = append(notes, digest.DaysInWords(asOf, &s.Finding))
	}
	if s.Rule != "" {
		notes = append(notes, s.Rule)
	}
	notes = append(notes, place(&s.Finding))
	p.entry(s.Severity, severityLabel(s.Severity), fmt.Sprintf("%s: %s (%s)", s.Owner, s.Action, strings.Join(notes, ", ")))
}

// account prints what is known of a record. Cells of its own row stand there
// without the workbook and the sheet.
func (p printer) account(a *policy.Account) {
	rec := a.Row.Record
	head := fmt.Sprintf("%s: %s", recordName(rec), a.Row.Status)
	if !a.Row.Deadline.IsZero() {
		head += ", deadline " + a.Row.Deadline.Long()
	}
	p.linef("")
	p.linef("%s", p.tone(a.Row.Tone, printable(head)))
	p.text(fmt.Sprintf("%s %s, row %d%s", rec.Sheet.Workbook, rec.Sheet.Name, rec.Row, circumstances(a)))
	if len(a.Cells) > 0 {
		p.entry(policy.Info, "recorded", cellsInWords(rec, a.Cells))
	}
	for i := range a.Counts {
		c := &a.Counts[i]
		source := fmt.Sprintf("%s of policy %s, %s", c.Number, c.Policy, c.Clause)
		if c.Rule != "" {
			source += ", " + c.Rule
		}
		p.entry(policy.Info, "counted", fmt.Sprintf("%s: %s (%s)", c.What, c.Text(c.Cell.Column+", "+near(rec, c.Cell)), source))
	}
	for i := range a.Conditions {
		c := &a.Conditions[i]
		if i == 0 {
			p.entry(policy.Info, "conditions", "of P 5.1, on "+c.On.Long()+":")
		}
		severity, why := policy.Info, ""
		if c.Why != "" {
			severity, why = policy.Overdue, c.Why+": "
		}
		p.entry(severity, "  "+map[bool]string{true: "met", false: "open"}[c.Why == ""], fmt.Sprintf("%s: %s%s", c.Name, why, cmp.Or(cellsInWords(rec, c.Proof), "no unit is achieved")))
	}
	p.rulings(a.Rulings)
}

// recordName says what a record is of.
func recordName(rec *register.Record) string {
	switch rec.Sheet.Kind {
	case register.Enrolments:
		return "Registration"
	case register.Assessments:
		return strings.TrimSpace("Unit " + clip(rec.UnitCode(), 40))
	case register.Claims:
		return "Claim"
	case register.Withdrawals:
		return "Withdrawal"
	default:
		return "Record of an adjustment"
	}
}

// circumstances says what else counts for a record.
func circumstances(a *policy.Account) string {
	out := "; by policy " + a.Row.Policy
	if !a.Since.IsZero() {
		out += ", clock from " + a.Since.Long()
	}
	if a.Duplicate {
		out += "; stands here a second time (DAT-05)"
	}
	if a.Row.Record.Sheet.Kind == register.Enrolments && !a.Current {
		out += "; not the current enrolment on the qualification"
	}
	if s := a.Row.Snooze; s != nil {
		out += "; snoozed until " + s.Until.Long()
	}
	return out
}

// cellsInWords lists cells, those of one column that say the same together.
func cellsInWords(rec *register.Record, cells []policy.Cell) string {
	type group struct{ workbook, sheet, column, says string }
	var parts []string
	for i := 0; i < len(cells); {
		c := cells[i]
		same := group{c.Workbook, c.Sheet, c.Column, c.Says}
		where := near(rec, c)
		for i++; i < len(cells) && (group{cells[i].Workbook, cells[i].Sheet, cells[i].Column, cells[i].Says}) == same; i++ {
			where += ", " + xlsx.CellName(cells[i].Row, cells[i].Col)
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s)", c.Column, clip(c.Says, 40), where))
	}
	return strings.Join(parts, " · ")
}

// near names a cell as seen from a record: with workbook and sheet where it is on
// another.
func near(rec *register.Record, c policy.Cell) string {
	if c.Col > 0 && c.Workbook == rec.Sheet.Workbook && c.Sheet == rec.Sheet.Name {
		return xlsx.CellName(c.Row, c.Col)
	}
	return address(c)
}

// address names a cell, or the row where the sheet has no such column.
func address(c policy.Cell) string {
	if c.Col == 0 {
		return fmt.Sprintf("%s %s!%d", c.Workbook, c.Sheet, c.Row)
	}
	return fmt.Sprintf("%s %s!%s", c.Workbook, c.Sheet, xlsx.CellName(c.Row, c.Col))
}

// rulings prints what the rules say of a record: what is raised one by one, what
// is in order and what is not asked together.
func (p printer) rulings(rulings []policy.Ruling) {
	var inOrder, reasons []string
	silent := map[string][]string{}
	for i := range rulings {
		r := &rulings[i]
		switch r.Outcome {
		case policy.Raised:
			for k := range r.Findings {
				p.raised(&r.Findings[k])
			}
		case policy.Holds:
			inOrder = append(inOrder, r.Rule.ID)
		default:
			if silent[r.Why] == nil {
				reasons = append(reasons, r.Why)
			}
			silent[r.Why] = append(silent[r.Why], r.Rule.ID)
		}
	}
	if len(inOrder) > 0 {
		p.entry(policy.Info, "in order", ruleList(inOrder))
	}
	for i, why := range reasons {
		reasons[i] = ruleList(silent[why]) + ": " + why
	}
	if len(reasons) > 0 {
		p.entry(policy.Info, "not asked", strings.Join(reasons, "; "))
	}
}

// ruleList names rules, those of one family together: REG-01, 02, 05.
func ruleList(ids []string) string {
	var b strings.Builder
	last := ""
	for i, id := range ids {
		family, number, _ := strings.Cut(id, "-")
		switch {
		case i == 0:
			b.WriteString(id)
		case family == last:
			b.WriteString(", " + number)
		default:
			b.WriteString(", " + id)
		}
		last = family
	}
	return b.String()
}

// raised prints a finding.
func (p printer) raised(f *policy.Finding) {
	text := f.Rule + " by policy " + f.Policy
	switch {
	case f.Logged:
		text += ", logged"
	case f.Snooze != nil:
		text += ", snoozed until " + f.Snooze.Until.Long()
	}
	p.entry(f.Severity, severityLabel(f.Severity), fmt.Sprintf("%s: %s", text, f.Message))
}

// severityLabel is a severity in few characters.
func severityLabel(s policy.Severity) string { return strings.TrimPrefix(digest.InWords(s), "for ") }

// tone paints a heading by what the status means.
func (p printer) tone(t policy.Tone, text string) string {
	return p.paint(map[policy.Tone]policy.Severity{policy.Red: policy.Overdue, policy.Amber: policy.AtRisk}[t], p.bold(text))
}

// text prints a text without a label.
func (p printer) text(text string) {
	for _, line := range folded(printable(text), screen-2) {
		p.linef("  %s", line)
	}
}

// entry prints a text under its label, which is painted.
func (p printer) entry(s policy.Severity, label, text string) {
	const width = 14
	for i, line := range folded(printable(text), screen-width) {
		margin := strings.Repeat(" ", width)
		if i == 0 {
			margin = "  " + p.paint(s, label) + strings.Repeat(" ", max(width-2-utf8.RuneCountInString(label), 1))
		}
		p.linef("%s%s", margin, line)
	}
}

// folded breaks a text between words into lines of at most width characters. A
// longer word stands on a line of its own.
func folded(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
