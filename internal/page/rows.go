package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"regcert/internal/batch"
	"regcert/internal/digest"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// registerOf is the rows of a sheet with their statuses.
type registerOf struct {
	Book, Sheet, Kind string
	Of                string // what the rows are of
	N                 int
	Statuses          []status // those that there are, the most frequent first
	Parts             []part[row]
	rows              []row
}

// status is how many rows have a status.
type status struct {
	N          int
	Name, Tone string
}

// row is a row of a register with its answer.
type row struct {
	N             int    // as Excel shows it
	Who, Code     string // the learner, or what it is about, and the qualification
	Status, Tone  string
	Deadline      string
	Owner, Action string // what to do next, and who
	SnoozedUntil  string
}

// registers gathers the rows of each sheet.
func registers(rows []policy.Row) (out []registerOf) {
	for len(rows) > 0 {
		sheet := rows[0].Record.Sheet
		n := slices.IndexFunc(rows, func(r policy.Row) bool { return r.Record.Sheet != sheet })
		if n < 0 {
			n = len(rows)
		}
		out, rows = append(out, newRegister(sheet, rows[:n])), rows[n:]
	}
	return out
}

func newRegister(sheet *register.Sheet, rows []policy.Row) registerOf {
	r := registerOf{Book: line(sheet.Workbook, 120), Sheet: line(sheet.Name, 40), Kind: sheet.Kind.String(), Of: "Learner", N: len(rows)}
	if sheet.Kind.OfCentre() {
		r.Of = "About"
	}
	at := map[string]int{}
	for i := range rows {
		from := &rows[i]
		k, known := at[from.Status]
		if !known {
			k = len(r.Statuses)
			at[from.Status] = k
			r.Statuses = append(r.Statuses, status{Name: from.Status, Tone: toneOfStatus(from.Tone)})
		}
		r.Statuses[k].N++
		if len(r.rows) < mostRows {
			r.rows = append(r.rows, newRow(from))
		}
	}
	slices.SortStableFunc(r.Statuses, func(a, b status) int { return b.N - a.N })
	return r
}

func newRow(from *policy.Row) row {
	rec := from.Record
	out := row{
		N: rec.Row, Who: line(cmp.Or(rec.LearnerID(), from.Subject), 60), Code: line(rec.QualificationCode(), 40),
		Status: from.Status, Tone: toneOfStatus(from.Tone), Deadline: from.Deadline.Long(),
	}
	if owner, action, found := strings.Cut(from.NextAction, ": "); found {
		out.Owner, out.Action = line(owner, 60), digest.Sentence(capital(line(action, 300)))
	}
	if from.Snooze != nil {
		out.SnoozedUntil = from.Snooze.Until.Long()
	}
	return out
}

// toneOfStatus is the colour of a status.
func toneOfStatus(t policy.Tone) string {
	switch t {
	case policy.Red:
		return "red"
	case policy.Amber:
		return "amber"
	case policy.Green:
		return "green"
	}
	return "grey"
}

// book is a workbook of the set.
type book struct {
	Path   string
	What   string // what became of it
	Bad    bool   // somebody has to look at it
	Why    string
	Sheets []string // how each was read
}

func newBook(w *batch.Workbook) book {
	b := book{Path: line(w.Path, 200), What: "Read", Why: digest.Sentence(line(reason(w.Reason), 1000)), Bad: w.Troubled || len(w.Remarks) > 0}
	switch {
	case len(w.Sheets) == 0 && b.Why != "":
		b.What = "Not read"
	case w.Outcome == batch.Context:
		b.What = "Read for reference"
	}
	for _, s := range w.Sheets {
		text := fmt.Sprintf("%s is %s: header row %d, %s", quoted(s.Name), s.Kind, s.HeaderRow, plural(len(s.Records), "row"))
		if len(s.Unknown) > 0 {
			text += "; columns that were not read: " + line(strings.Join(s.Unknown, ", "), 600)
		}
		b.Sheets = append(b.Sheets, text)
	}
	for _, remark := range w.Remarks {
		if remark != w.Reason {
			b.Sheets = append(b.Sheets, digest.Sentence(line(remark, 1000)))
		}
	}
	if len(w.Sheets) > 0 {
		if len(w.Headless) > 0 {
			b.What = "Read in part"
		}
		if len(w.Other) > len(w.Headless) {
			b.Sheets = append(b.Sheets, "Sheets that were not read: "+line(strings.Join(w.Other, ", "), 600))
		}
	}
	return b
}

// reason is why a workbook was left alone. What regcert stumbled over may hold
// what stands in cells.
func reason(why string) string {
	if strings.HasPrefix(why, batch.Stumbled) {
		return batch.Stumbled + "; `regcert check` says what to report"
	}
	return why
}

func quoted(s string) string { return "“" + line(s, 40) + "”" }
