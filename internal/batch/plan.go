package batch

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// A conflict is a place where regcert would have to write over something that
// is not its own.
type conflict struct{ cell, detail string }

func (c *conflict) Error() string { return c.cell + " " + c.detail }

// widths are those of columns that regcert adds, in characters.
const (
	statusWidth = 20
	dateWidth   = 14
	textWidth   = 52
)

// plan says which cells of a workbook have to change so that its → columns
// hold what the rows say. Rows are those of the workbook, in sheet order;
// firstDay is day 0 of the workbook's date system.
func plan(book *register.Workbook, rows []policy.Row, firstDay calendar.Date) ([]xlsx.SheetPatch, error) {
	var patches []xlsx.SheetPatch
	for _, sheet := range book.Sheets {
		n := 0
		for n < len(rows) && rows[n].Record.Sheet == sheet {
			n++
		}
		patch, err := planSheet(sheet, rows[:n], firstDay)
		if err != nil {
			return nil, err
		}
		rows = rows[n:]
		if len(patch.Edits)+len(patch.NewColumns) > 0 {
			patches = append(patches, patch)
		}
	}
	return patches, nil
}

// output is a → column of a sheet: where it stands, or will stand.
type output struct {
	column    register.Column
	col       int
	neighbour int // the column that lends its cells' look
	isStatus  bool
}

func planSheet(sheet *register.Sheet, rows []policy.Row, firstDay calendar.Date) (xlsx.SheetPatch, error) {
	patch := xlsx.SheetPatch{Sheet: sheet.Source(), HeaderRow: sheet.HeaderRow}
	outputs, err := outputsOf(sheet, &patch)
	if err != nil {
		return patch, err
	}
	for i := range rows {
		for _, out := range outputs {
			if want, have := wanted(&rows[i], out.column), rows[i].Record.Value(out.column); want != asWritten(have) {
				patch.Edits = append(patch.Edits, edit(rows[i].Record.Row, out, want, rows[i].Tone, firstDay))
			}
		}
	}
	for i := range sheet.Stale {
		stale := &sheet.Stale[i]
		status := stale.Value(sheet.Kind.Status()).Text
		if !slices.ContainsFunc(policy.Statuses(sheet.Kind), func(s policy.Status) bool { return s.Name == status }) {
			continue // staff's own words
		}
		for _, out := range outputs {
			if !stale.Value(out.column).IsBlank() {
				patch.Edits = append(patch.Edits, edit(stale.Row, out, answer{}, policy.None, firstDay))
			}
		}
	}
	slices.SortStableFunc(patch.Edits, func(a, b xlsx.Edit) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	return patch, nil
}

// outputsOf lists the → columns that are written, and adds those that are
// missing to the patch, right of the last heading.
func outputsOf(sheet *register.Sheet, patch *xlsx.SheetPatch) ([]output, error) {
	var outputs []output
	next := sheet.LastCol + 1
	for _, c := range sheet.Kind.Outputs() {
		out := output{column: c, col: sheet.Column(c), neighbour: neighbour(sheet, sheet.Column(c)), isStatus: c == sheet.Kind.Status()}
		switch {
		case sheet.HasFormulas(c):
			continue
		case out.col == 0:
			if row := sheet.Beyond(next); row > 0 {
				return nil, &conflict{fmt.Sprintf("%s!%s", sheet.Name, xlsx.CellName(row, next)),
					fmt.Sprintf("is filled, where the column %q would be added: give that column a heading in row %d, or move what stands there", c, sheet.HeaderRow)}
			}
			out.col, out.neighbour = next, sheet.LastCol
			patch.NewColumns = append(patch.NewColumns, xlsx.NewColumn{Col: next, Heading: c.String(), Width: width(sheet.Kind, c)})
			patch.GrowTable = sheet.Table
			next++
		}
		outputs = append(outputs, out)
	}
	return outputs, nil
}

// neighbour is the nearest column left of col that staff fill, or else right.
func neighbour(sheet *register.Sheet, col int) int {
	best, distance := 0, 1<<20
	for _, c := range sheet.Kind.Inputs() {
		at := sheet.Column(c)
		if at == 0 {
			continue
		}
		d := col - at
		if d < 0 {
			d = -d + 1<<14 // any to the left comes first
		}
		if d < distance {
			best, distance = at, d
		}
	}
	return best
}

func width(kind register.Kind, c register.Column) float64 {
	switch {
	case c == kind.Status():
		return statusWidth
	case c.Type() == register.TypeDate:
		return dateWidth
	default:
		return textWidth
	}
}

// answer is what a → cell shall hold: a text, a day, or nothing.
type answer struct {
	text string
	date calendar.Date
}

func asWritten(v register.Value) answer { return answer{text: v.Text, date: v.Date} }

func wanted(row *policy.Row, c register.Column) answer {
	kind := row.Record.Sheet.Kind
	switch c {
	case kind.Status():
		return answer{text: row.Status}
	case kind.Deadline():
		return answer{date: row.Deadline}
	case register.NextAction:
		return answer{text: cell(row.NextAction)}
	default:
		return answer{text: cell(row.Problems)}
	}
}

// cell cuts a text to what a cell holds (ECMA-376 Part 1, 18.3.1.4: 32,767
// characters).
func cell(s string) string {
	const most = 32000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " …"
}

func edit(row int, out output, want answer, tone policy.Tone, firstDay calendar.Date) xlsx.Edit {
	e := xlsx.Edit{Row: row, Col: out.col, NeighbourCol: out.neighbour}
	switch {
	case want == answer{}:
		e.Value = xlsx.Clear
	case want.date != 0:
		e.Value, e.Look = xlsx.DateValue(int(want.date-firstDay)), xlsx.Date
	default:
		e.Value = xlsx.TextValue(want.text)
		if out.isStatus {
			e.Look = look(tone)
		}
	}
	return e
}

func look(t policy.Tone) xlsx.Look {
	switch t {
	case policy.Red:
		return xlsx.Red
	case policy.Amber:
		return xlsx.Amber
	case policy.Green:
		return xlsx.Green
	case policy.Grey:
		return xlsx.Grey
	default:
		return xlsx.Plain
	}
}
