package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"regcert/internal/actionlist"
	"regcert/internal/policy"
	"regcert/internal/xlsx"
)

// mostRows bounds the sheets of an action list: nobody works through more, and
// the memory of a computer may not have room for a million.
const mostRows = 100_000

// ActionList makes the action list for the recipient, an Excel workbook: what
// there is to do, and the registers that the policy asks for. The same input
// gives the same bytes. There is none, without an error, for somebody who is
// told of no learner.
func ActionList(in *Input, who Recipient) (workbook []byte, err error) {
	book := actionBook(in, who)
	if book == nil {
		return nil, nil
	}
	return book.Bytes()
}

// actionBook says what stands in the action list, nil where there is none.
func actionBook(in *Input, who Recipient) *actionlist.Book {
	r := newRoute(who)
	r.views = slices.DeleteFunc(r.views, func(l lane) bool { return l.Privacy == Counts })
	if len(r.views) == 0 {
		return nil
	}
	c := newComposer(in, r)
	book := &actionlist.Book{
		Title: "Action list", Centre: OneLine(in.Centre, 60), AsOf: c.asOf, For: OneLine(who.Name, 80), Warnings: in.missing(), MadeAt: in.ReadAt,
		Sheets: []actionlist.Sheet{c.actions(r)},
	}
	if s := scope(r); s != "" {
		book.Scope = "This list covers " + s + "."
	}
	k := newClerk(c, r)
	for _, l := range ledgers() {
		if r.gets(l.key) {
			book.Sheets = append(book.Sheets, k.sheet(&l))
		}
	}
	if in.Report.Stage != "" && r.isToldOfCentre() {
		book.Sheets = append(book.Sheets, k.centre())
	}
	return book
}

// missing says what could not be read, so that nobody takes a list for complete.
func (in *Input) missing() []string {
	var names []string
	for _, w := range in.Workbooks {
		switch path := OneLine(w.Path, 80); {
		case !w.Read:
			names = append(names, path)
		case len(w.Unread) > 0:
			names = append(names, path+" ("+OneLine(strings.Join(w.Unread, ", "), 40)+")")
		}
	}
	if len(names) == 0 {
		return nil
	}
	if len(names) > 3 {
		names = append(names[:3], fmt.Sprintf("%d more", len(names)-3))
	}
	return []string{"Could not be read: " + join(names) + ".", "Actions in there stand here as last seen, and records in there are missing from the registers."}
}

// actions makes the sheet of what there is to do: the worst first, what is
// snoozed last.
func (c *composer) actions(r *route) actionlist.Sheet {
	piles := piled(c.in.Now.Matters, r)
	awake := slices.DeleteFunc(slices.Concat(piles[:snoozed]...), func(f told) bool { return f.Logged })
	asleep := piles[snoozed]
	for _, pile := range [][]told{awake, asleep} {
		slices.SortStableFunc(pile, func(a, b told) int {
			return cmp.Or(
				cmp.Compare(urgency(a.Severity), urgency(b.Severity)),
				compareDue(a.Due, b.Due),
				cmp.Compare(a.Workbook, b.Workbook), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Owner, b.Owner))
		})
	}
	s := actionlist.Sheet{Name: "Actions", About: counted(len(awake)+len(asleep), [2]string{"action", "actions"})}
	if len(asleep) > 0 {
		s.About += ", " + countSnoozed(asleep)
	}
	fields := actionFields(c.names != nil, r.most)
	for i, f := range fields {
		s.Columns = append(s.Columns, f.Column)
		switch f.Heading {
		case qualification:
			s.Frozen = i
		case clause:
			s.Printed = i + 1
		}
	}
	all := slices.Concat(awake, asleep)
	for i := range all[:min(len(all), mostRows)] {
		row := make([]actionlist.Cell, len(fields))
		for k, f := range fields {
			row[k] = f.cell(c, &all[i])
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// counted says how many rows a sheet has, and if there would be more.
func counted(n int, noun [2]string) string {
	text := plural(n, noun[0], noun[1])
	if n > mostRows {
		text += fmt.Sprintf(", of which the first %d stand here", mostRows)
	}
	return text
}

// urgency orders severities as people work through them.
func urgency(s policy.Severity) int { return slices.Index(ByUrgency(), s) }

// actionField is a column of the actions.
type actionField struct {
	actionlist.Column
	cell func(*composer, *told) actionlist.Cell
}

// The headings of columns that are more than a column: behind the first there is
// the learner, who stays in view; the second is the last that is printed.
const (
	qualification = "Qualification"
	clause        = "Clause"
)

// actionFields are the columns of the actions. The places stand last: they are
// for the screen, and paper has no room for them.
func actionFields(withNames bool, most Privacy) []actionField {
	type cell = actionlist.Cell
	var fields []actionField
	add := func(heading string, width float64, value func(c *composer, f *told) cell) {
		fields = append(fields, actionField{actionlist.Column{Heading: heading, Width: width}, value})
	}
	text := func(heading string, width float64, most int, value func(f *told) string) {
		add(heading, width, func(_ *composer, f *told) cell { return actionlist.Text(OneLine(value(f), most)) })
	}
	add("Status", 12, func(_ *composer, f *told) cell { return statusOf(f) })
	text("Learner ID", 11, 40, func(f *told) string { return f.LearnerID })
	if withNames {
		add(nameHeading(most), 16, func(c *composer, f *told) cell { return actionlist.Text(c.names[f.Life.Key.ID].shown(f.how)) })
	}
	text(qualification, 12.5, 40, func(f *told) string { return f.QualificationCode })
	text("Unit", 11, 40, func(f *told) string { return f.UnitCode })
	add("Due", 10.5, func(_ *composer, f *told) cell { return actionlist.Day(f.Due) })
	add("Working Days Left", 9, (*composer).daysLeft)
	text("Owner", 15, 40, func(f *told) string { return f.Owner })
	add("What Is Wrong", 44, func(c *composer, f *told) cell { return actionlist.Text(OneLine(c.wrong(f), 400)) })
	text("What to Do", 42, 300, func(f *told) string { return Sentence(f.Action) })
	add("Change", 9, func(c *composer, f *told) cell { return actionlist.Text(c.mark(f)) })
	add("Open Since", 10.5, (*composer).openSince)
	add("Snoozed Until", 10.5, func(_ *composer, f *told) cell { return actionlist.Day(f.SnoozedUntil()) })
	add(clause, 9, func(c *composer, f *told) cell { return actionlist.Text(OneLine(c.in.clauseOf(f.Finding), 60)) })
	add("As Last Seen On", 10.5, func(_ *composer, f *told) cell { return actionlist.Day(f.AsOf) })
	text("Workbook", 34, 120, func(f *told) string { return f.Workbook })
	text("Sheet", 14, 40, func(f *told) string { return f.Sheet })
	text("Cell", 8, 20, cellName)
	text("Rule", 8, 20, func(f *told) string { return f.Rule })
	return fields
}

// nameHeading says what a recipient is told besides Learner IDs.
func nameHeading(most Privacy) string {
	if most == Names {
		return "Name"
	}
	return "Initials"
}

// statusOf says in words how a finding stands, coloured by what that means.
func statusOf(f *told) actionlist.Cell {
	tone, _ := look(f.Finding)
	label := countOf(f.Life, f.Severity)
	return actionlist.Status(strings.ToUpper(label[:1])+label[1:], toneNamed(tone))
}

// toneNamed is the tone that has a look.
func toneNamed(name string) actionlist.Tone {
	switch name {
	case "red":
		return actionlist.Red
	case "amber":
		return actionlist.Amber
	case "blue":
		return actionlist.Blue
	case "violet":
		return actionlist.Violet
	}
	return actionlist.Grey
}

// daysLeft says how many working days are left, fewer than none where it is
// late; of what is done it says nothing.
func (c *composer) daysLeft(f *told) actionlist.Cell {
	switch {
	case f.Due.IsZero(), f.Severity == policy.Breach, f.Severity == policy.Info:
		return actionlist.Cell{}
	}
	return actionlist.Number(f.WorkingDaysLeft)
}

// openSince says since when it is open, as far as anybody has kept track.
func (c *composer) openSince(f *told) actionlist.Cell {
	if f.Severity == policy.Info || c.in.Now.Past.Last().IsZero() {
		return actionlist.Cell{}
	}
	return actionlist.Day(f.Life.Since())
}

// wrong says what was found, or what the rule is about where that is not known any
// more. The clause has a column of its own.
func (c *composer) wrong(f *told) string {
	switch {
	case f.Message != "":
		return FoundInWords(f.Finding)
	case f.Rule == "":
		return "The claim is ready and not submitted."
	}
	return Sentence(c.in.Report.Titles[f.Rule])
}

// cellName names the cell to look at, or the row where there is none.
func cellName(f *told) string {
	switch {
	case f.Row == 0:
		return ""
	case f.Col == 0:
		return fmt.Sprintf("row %d", f.Row)
	}
	return xlsx.CellName(f.Row, f.Col)
}
