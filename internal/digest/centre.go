package digest

import (
	"slices"

	"regcert/internal/actionlist"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// isToldOfCentre reports whether the recipient is told of the recognition of the
// centre, which is of no qualification and of no tutor's learners.
func (r *route) isToldOfCentre() bool {
	return slices.ContainsFunc(r.views, func(l lane) bool { return l.Gets(keyCentre) && l.codes == nil && l.tutor == "" })
}

// title is the title of the section in a place. That on the centre says how far
// the application is.
func (c *composer) title(place int) string {
	title := sections()[place].title
	if stage := c.in.Report.Stage; place == centre && stage != "" {
		title += ", stage of the application: " + stage
	}
	return title
}

// centre makes the sheet of what is on file for the recognition of the centre, in
// the order of the workbooks. Of people it tells nothing but that they are named.
func (k *clerk) centre() actionlist.Sheet {
	const day = 12
	s := actionlist.Sheet{Name: "Centre", Clause: "C", About: "stage of the application: " + k.in.Report.Stage, Frozen: 2}
	fields := []ledgerField{
		{actionlist.Column{Heading: "On", Width: 13}, func(row *policy.Row, _ Privacy) actionlist.Cell {
			return actionlist.Text(row.Record.Sheet.Kind.String())
		}},
		{actionlist.Column{Heading: "What", Width: 34}, func(row *policy.Row, _ Privacy) actionlist.Cell {
			return actionlist.Text(OneLine(row.Subject, 80))
		}},
		statusField(),
		{actionlist.Column{Heading: "On File", Width: 34}, func(row *policy.Row, _ Privacy) actionlist.Cell { return onFile(row.Record) }},
		column(register.Version, 9), column(register.ApprovedOn, day), column(register.ReviewBy, day), nextActionField(),
	}
	for _, f := range fields {
		s.Columns = append(s.Columns, f.Column)
	}
	for i := range k.in.Report.Rows {
		row := &k.in.Report.Rows[i]
		if !row.Record.Sheet.Kind.OfCentre() || len(s.Rows) == mostRows {
			continue
		}
		how, told := k.tells(keyCentre, row)
		if !told {
			continue
		}
		cells := make([]actionlist.Cell, len(fields))
		for n, f := range fields {
			cells[n] = f.cell(row, how)
		}
		s.Rows = append(s.Rows, cells)
	}
	return s
}

// onFile says what a record of the centre's sheets has: a day, an answer, a
// document; of a text that may name people only that it is there.
func onFile(r *register.Record) actionlist.Cell {
	switch r.Sheet.Kind {
	case register.Policies:
		return recorded(r.Value(register.Document))
	case register.PolicyPoints:
		return recorded(r.Value(register.Covered))
	case register.Contacts:
		return isThere(r.Value(register.StaffName))
	case register.Sites:
		return recorded(r.Value(register.Postcode))
	}
	v := r.Value(register.ItemValue)
	if item := r.Item(); item == 0 || item.Type() == register.TypeText {
		return isThere(v)
	}
	return recorded(v)
}

// isThere says that something is recorded, and not what.
func isThere(v register.Value) actionlist.Cell {
	if v.State == register.Readable {
		return actionlist.Text("Entered")
	}
	return recorded(v)
}
