package batch

import (
	"fmt"
	"runtime"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// widths are those of columns that regcert adds, in characters.
const (
	statusWidth = 20
	dateWidth   = 14
	textWidth   = 75
)

// manyRows are so many that what they were judged by, which nobody needs any
// more, takes as much room as what is to be written: it is given back first.
const manyRows = 250_000

// plan says which cells of a workbook have to change so that its → columns
// hold what the rows say. Rows are those of the workbook, in sheet order;
// firstDay is day 0 of the workbook's date system. Where no sheet of the set is
// the Centre sheet, those that go with it are left as they are.
func plan(book *register.Workbook, rows []policy.Row, firstDay calendar.Date, centre bool) ([]xlsx.SheetPatch, error) {
	if len(rows) >= manyRows {
		runtime.GC()
	}
	var patches []xlsx.SheetPatch
	for _, sheet := range book.Sheets {
		if sheet.Kind.OfCentre() && !centre {
			continue
		}
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

func isStatus(kind register.Kind, text string) bool {
	return slices.ContainsFunc(policy.Statuses(kind), func(s policy.Status) bool { return s.Name == text })
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
	patch.Edits = make([]xlsx.Edit, 0, differing(rows, outputs))
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
		if !isStatus(sheet.Kind, status) {
			continue // staff's own words
		}
		for _, out := range outputs {
			if !stale.Value(out.column).IsBlank() {
				patch.Edits = append(patch.Edits, edit(stale.Row, out, answer{}, policy.None, firstDay))
			}
		}
	}
	slices.SortFunc(patch.Edits, func(a, b xlsx.Edit) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	return patch, nil
}

// differing counts the cells that do not hold what they should: a large register
// has so many that a list which grows as it goes would cost as much again.
func differing(rows []policy.Row, outputs []output) int {
	n := 0
	for i := range rows {
		for _, out := range outputs {
			if wanted(&rows[i], out.column) != asWritten(rows[i].Record.Value(out.column)) {
				n++
			}
		}
	}
	return n
}

// outputsOf lists the → columns that are written, and adds those that are
// missing to the patch, right of the last heading.
func outputsOf(sheet *register.Sheet, patch *xlsx.SheetPatch) ([]output, error) {
	var outputs []output
	next := sheet.LastCol + 1
	for _, c := range sheet.Kind.Outputs() {
		col := sheet.Column(c)
		if sheet.HasFormulas(c) {
			continue
		}
		if col == 0 {
			if row := sheet.Beyond(next); row > 0 {
				return nil, fmt.Errorf("%s!%s is taken, where the column %q would be added; give what stands there a heading in row %d, or move it",
					sheet.Name, xlsx.CellName(row, next), c, sheet.HeaderRow)
			}
			col = next
			next++
			patch.NewColumns = append(patch.NewColumns, xlsx.NewColumn{Col: col, Heading: c.String(), Width: width(sheet.Kind, c)})
			patch.GrowTable = sheet.Table
		}
		outputs = append(outputs, output{column: c, col: col, neighbour: neighbour(sheet, c, col), isStatus: c == sheet.Kind.Status()})
	}
	return outputs, nil
}

// neighbour is the column whose cells lend theirs their look: the nearest left
// of col that staff fill, or else right; for dates one of dates, if there is one,
// and for texts one of anything else. Values of items look each like its item.
func neighbour(sheet *register.Sheet, c register.Column, col int) int {
	best, least := 0, 0
	for _, input := range sheet.Kind.Inputs() {
		at := sheet.Column(input)
		distance := col - at
		if distance < 0 {
			distance = xlsx.MaxCol - distance // any to the left comes first
		}
		if (c.Type() == register.TypeDate) != (input.Type() == register.TypeDate) || input == register.ItemValue {
			distance += 3 * xlsx.MaxCol
		}
		if at > 0 && (best == 0 || distance < least) {
			best, least = at, distance
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
		return answer{text: row.NextAction}
	default:
		return answer{text: row.Problems}
	}
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
