package digest

import (
	"regcert/internal/actionlist"
	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// ledger is a register that the policy asks for, made from the records of a
// sheet.
type ledger struct {
	key          string // of the section whose readers get it
	name, clause string
	noun         [2]string // a record of it, one and many
	kind         register.Kind
	has          func(*policy.Row) bool
	fields       []ledgerField
}

// ledgerField is a column of a ledger.
type ledgerField struct {
	actionlist.Column
	cell func(row *policy.Row, how Privacy) actionlist.Cell
}

// ledgers are the registers in their order. In front of each stand the learner
// and the qualification.
func ledgers() []ledger {
	all := func(*policy.Row) bool { return true }
	const day, ref, long = 10.5, 13, 24 // widths
	return []ledger{
		{keyRegistrations, "Registration log", "P 3.3(6)", [2]string{"enrolment", "enrolments"}, register.Enrolments, all, []ledgerField{
			column(register.QualificationTitle, long), column(register.Level, 7), statusField(), deadlineField("Deadline"),
			column(register.CourseStart, day), column(register.CourseEnd, day), column(register.SubmittedToAIM, day), column(register.AIMConfirmed, day),
			column(register.AIMRegistrationNo, ref), column(register.AccuracyChecked, day), column(register.RegistrationExpiry, 11), column(register.LateReason, 18),
			column(register.HeadOfQualityNotified, day), column(register.LateFeePaid, 8), column(register.QualityLogRef, ref), nextActionField(),
		}},
		{keyClaims, "Claims tracker", "P 5.3", [2]string{"claim", "claims"}, register.Claims, all, []ledgerField{
			statusField(), deadlineField("Claim Deadline"),
			column(register.IQAConfirmed, day), column(register.ClaimSubmitted, day), column(register.ClaimConfirmed, day), column(register.ClaimRef, ref),
			column(register.QualityLogRef, ref), nextActionField(),
		}},
		{keyWithdrawals, "Withdrawal register", "P 4.2(5)", [2]string{"withdrawal", "withdrawals"}, register.Withdrawals, all, []ledgerField{
			statusField(), deadlineField("Deadline"),
			column(register.WithdrawnOn, day), column(register.Reason, long), column(register.NotifiedOn, day), column(register.MISUpdated, 9),
			column(register.SubmittedToAIM, day), column(register.AIMConfirmed, day), column(register.EvidenceRetained, 9), column(register.QualityLogRef, ref),
			column(register.LateLogRef, ref), nextActionField(),
		}},
		{keyCertificates, "Certificates", "P 5.2(6), 5.4", [2]string{"certificate", "certificates"}, register.Claims, hasArrived, []ledgerField{
			statusField(), column(register.CertificateReceived, 11), column(register.CertificateNo, ref), column(register.CertificateChecked, 11),
			discreet(register.Discrepancy, "Discrepancy", 12), column(register.DiscrepancyReported, 12),
			dayField("Issue By", func(row *policy.Row) calendar.Date { return row.IssueBy }), column(register.CertificateIssued, 11),
			column(register.Posted, 8), column(register.Collected, day),
			dayField("Hold Until", func(row *policy.Row) calendar.Date { return row.HoldUntil }), column(register.ContactAttempted, 11),
			column(register.DestroyedOn, day), discreet(register.DestructionAuthorisedBy, "Destruction Authorised", 11), column(register.QualityLogRef, ref), nextActionField(),
		}},
	}
}

// hasArrived reports whether a Claims record is of a certificate that has
// arrived, as far as anything is recorded that comes with it or after it.
func hasArrived(row *policy.Row) bool {
	for _, c := range []register.Column{register.CertificateReceived, register.CertificateIssued, register.Collected, register.DestroyedOn} {
		if row.Record.Value(c).IsReadable() {
			return true
		}
	}
	return false
}

// column is a column of the sheet, under its own heading.
func column(c register.Column, width float64) ledgerField {
	return ledgerField{actionlist.Column{Heading: c.String(), Width: width}, func(row *policy.Row, _ Privacy) actionlist.Cell { return recorded(row.Record.Value(c)) }}
}

// recorded shows what staff have recorded. What cannot be read is not shown, as
// nobody can tell what it says; the action that asks to correct it names the cell.
func recorded(v register.Value) actionlist.Cell {
	switch {
	case v.State == register.Unreadable:
		return actionlist.Status("Cannot be read", actionlist.Violet)
	case !v.Date.IsZero():
		return actionlist.Day(v.Date)
	case v.Answer == register.Yes:
		return actionlist.Text("Yes")
	case v.Answer == register.No:
		return actionlist.Text("No")
	case v.IsNA():
		return actionlist.Text("n/a")
	}
	return actionlist.Text(OneLine(v.Text, 300))
}

func dayField(heading string, day func(*policy.Row) calendar.Date) ledgerField {
	return ledgerField{actionlist.Column{Heading: heading, Width: 10.5}, func(row *policy.Row, _ Privacy) actionlist.Cell { return actionlist.Day(day(row)) }}
}

func deadlineField(heading string) ledgerField {
	return dayField(heading, func(row *policy.Row) calendar.Date { return row.Deadline })
}

func statusField() ledgerField {
	return ledgerField{actionlist.Column{Heading: "Status", Width: 14}, func(row *policy.Row, _ Privacy) actionlist.Cell {
		return actionlist.Status(row.Status, toneOf(row.Tone))
	}}
}

func nextActionField() ledgerField {
	return ledgerField{actionlist.Column{Heading: "Next Action", Width: 40}, func(row *policy.Row, _ Privacy) actionlist.Cell {
		return actionlist.Text(OneLine(row.NextAction, 300))
	}}
}

// discreet is a column in which staff may name people: only those who are told
// names see what it says, others that it says something.
func discreet(c register.Column, heading string, width float64) ledgerField {
	return ledgerField{actionlist.Column{Heading: heading, Width: width}, func(row *policy.Row, how Privacy) actionlist.Cell {
		v := row.Record.Value(c)
		switch {
		case how == Names || !v.IsReadable():
			return recorded(v)
		case register.IsNoWord(v.Text) || register.Fold(v.Text) == "none":
			return actionlist.Text("No")
		}
		return actionlist.Text("Yes")
	}}
}

// toneOf is the colour of a status.
func toneOf(t policy.Tone) actionlist.Tone {
	switch t {
	case policy.Red:
		return actionlist.Red
	case policy.Amber:
		return actionlist.Amber
	case policy.Green:
		return actionlist.Green
	case policy.Grey:
		return actionlist.Grey
	}
	return actionlist.Plain
}

// clerk makes the ledgers of one recipient.
type clerk struct {
	*composer
	route   *route
	acts    []map[spot]bool              // by view: the rows with an action of its owners; nil where it is of all
	tutorOf func(*policy.Finding) string // nil where no view is of a tutor's learners
}

// spot is a row of a workbook.
type spot struct {
	workbook, sheet string
	row             int
}

func newClerk(c *composer, r *route) *clerk {
	k := &clerk{composer: c, route: r, acts: make([]map[spot]bool, len(r.views))}
	for i, v := range r.views {
		if v.tutor != "" && k.tutorOf == nil {
			k.tutorOf = history.TutorsOf(c.in.Report)
		}
		if len(v.Owners) == 0 {
			continue
		}
		k.acts[i] = map[spot]bool{}
		one := &route{views: []lane{v}}
		for _, m := range c.in.Now.Matters {
			if _, yes := one.tells(m.Life, placeOf(m.Finding)); yes && !m.Logged && m.AsOf.IsZero() {
				k.acts[i][spot{m.Workbook, m.Sheet, m.Row}] = true
			}
		}
	}
	return k
}

// tells reports whether the recipient is told of a row in the section, and how
// much: as much as the most open of the views that have it.
func (k *clerk) tells(key string, row *policy.Row) (how Privacy, told bool) {
	rec := row.Record
	for i := range k.route.views {
		v := &k.route.views[i]
		switch {
		case !v.Gets(key):
		case k.acts[i] != nil && !k.acts[i][spot{rec.Sheet.Workbook, rec.Sheet.Name, rec.Row}]:
		case v.codes != nil && !v.codes[rec.Key.Code]:
		case v.tutor != "" && v.tutor != history.Pseudonym(k.tutorOf(&policy.Finding{LearnerID: rec.LearnerID(), QualificationCode: rec.QualificationCode()})):
		case !told || v.Privacy.rank() > how.rank():
			how, told = v.Privacy, true
		}
	}
	return how, told
}

// sheet makes the sheet of a ledger, in the order of the workbooks.
func (k *clerk) sheet(l *ledger) actionlist.Sheet {
	s := actionlist.Sheet{Name: l.name, Clause: l.clause, Frozen: 1, Columns: []actionlist.Column{{Heading: "Learner ID", Width: 11}}}
	if k.names != nil {
		s.Frozen++
		s.Columns = append(s.Columns, actionlist.Column{Heading: nameHeading(k.route.most), Width: 16})
	}
	s.Columns = append(s.Columns, actionlist.Column{Heading: qualification, Width: 12.5})
	for _, f := range l.fields {
		s.Columns = append(s.Columns, f.Column)
	}
	total := 0
	for i := range k.in.Report.Rows {
		row := &k.in.Report.Rows[i]
		if row.Record.Sheet.Kind != l.kind || !l.has(row) {
			continue
		}
		how, told := k.tells(l.key, row)
		if !told {
			continue
		}
		if total++; total <= mostRows {
			s.Rows = append(s.Rows, k.row(l, row, how))
		}
	}
	s.About = counted(total, l.noun)
	return s
}

func (k *clerk) row(l *ledger, row *policy.Row, how Privacy) []actionlist.Cell {
	rec := row.Record
	cells := []actionlist.Cell{actionlist.Text(OneLine(rec.LearnerID(), 40))}
	if k.names != nil {
		cells = append(cells, actionlist.Text(k.names[rec.Key.ID].shown(how)))
	}
	cells = append(cells, actionlist.Text(OneLine(rec.QualificationCode(), 40)))
	for _, f := range l.fields {
		cells = append(cells, f.cell(row, how))
	}
	return cells
}
