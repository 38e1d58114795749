package register

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

// What goes beyond longText bytes in the texts of a sheet's known columns may
// be mostLong bytes in all. A shared string costs a file little, however long
// it is and however many cells hold it, but every one of those is read.
const (
	longText = 255
	mostLong = 16 << 20
)

// Aliases are names that staff use instead of the canonical ones.
type Aliases struct {
	Sheets  map[Kind][]string
	Columns map[Kind]map[Column][]string
}

// Reader reads workbooks into records.
type Reader struct {
	asOf    calendar.Date
	sheets  map[string]Kind
	columns map[Kind]map[string]Column
	shared  [columnCount]int // how many kinds of sheets have the column
}

// NewReader makes a Reader. The as-of date matters to a few readings: nobody is
// born after it, and a yes/no cell with a date to come says nothing.
func NewReader(asOf calendar.Date, aliases Aliases) *Reader {
	r := &Reader{asOf: asOf, sheets: map[string]Kind{}, columns: map[Kind]map[string]Column{}}
	for _, k := range Kinds() {
		for _, alias := range aliases.Sheets[k] {
			r.sheets[NormalHeading(alias)] = k
		}
		names := map[string]Column{}
		for c, list := range aliases.Columns[k] {
			for _, alias := range list {
				names[NormalHeading(alias)] = c
			}
		}
		for _, c := range slices.Concat(k.Inputs(), k.Outputs()) {
			names[NormalHeading(c.String())] = c
			r.shared[c]++
		}
		r.columns[k] = names
	}
	for _, k := range Kinds() {
		r.sheets[NormalHeading(k.String())] = k
	}
	return r
}

// Read reads the known sheets of a workbook. Path is how reports name it. An
// error is an *xlsx.Refusal: something in the workbook cannot be read.
func (r *Reader) Read(path string, file *xlsx.File) (*Workbook, error) {
	book := &Workbook{Path: path}
	var notes remarks
	for _, source := range file.Sheets() {
		kind, known := r.sheets[NormalHeading(source.Name)]
		if !known {
			if err := source.Check(); err != nil {
				return nil, err
			}
			book.Other = append(book.Other, source.Name)
			notes.other(source.Name, r.look(source))
			continue
		}
		sr := sheetReader{
			reader: r,
			cells:  cellReader{asOf: r.asOf, date1904: file.Date1904()},
			names:  r.columns[kind],
			out:    &Sheet{Workbook: path, Name: source.Name, Kind: kind, source: source, beyond: map[int]int{}},
			words:  map[string]int32{},
			codes:  map[string]string{},
		}
		if err := source.Scan(sr.row); err != nil {
			return nil, err
		}
		if sr.out.HeaderRow == 0 {
			book.Headless, book.Lacking = append(book.Headless, source.Name), append(book.Lacking, kind)
			book.Other = append(book.Other, source.Name)
			notes.headless(&sr)
			continue
		}
		notes.read(&sr)
		sr.out.Records = slices.Concat(sr.records...)
		slices.Sort(sr.out.Formulas)
		book.Sheets = append(book.Sheets, sr.out)
	}
	book.Remarks = notes.all()
	return book, nil
}

// mostRepeated is how many rows that repeat the headings are noted.
const mostRepeated = 100

// sheetReader reads one sheet, row by row as it is scanned.
type sheetReader struct {
	reader *Reader
	cells  cellReader
	names  map[string]Column
	out    *Sheet
	known  []Column // by column number of the sheet, 0 where not read
	totals map[int]bool
	kept   int // rows whose cells are kept
	long   int // bytes beyond longText seen so far

	above    headings // the row before, while the header row is looked for
	heads    headings // the headings that were settled on
	shape    shape    // what the sheet looks like up to the header row
	misfit   bool     // it holds another kind of sheet than its name says
	leftmost heading  // the first that is known and filled by staff
	bare     []int    // by column number, the first row with something in a column without a heading; -1 under headings

	records [][]Record        // the sheet's, rowsAtOnce at a time
	words   map[string]int32  // where texts that come again are kept
	codes   map[string]string // codes as they are compared
}

// row takes the next row of the sheet.
func (sr *sheetReader) row(row *xlsx.Row) error {
	switch {
	case sr.out.HeaderRow != 0:
		more := row.Num == sr.out.HeaderRow+1 && sr.below(row)
		if !more && !sr.totals[row.Num] {
			sr.record(row)
		}
	case row.Num <= headerWithin && !sr.misfit:
		sr.header(row)
	}
	if sr.long > mostLong {
		return &xlsx.Refusal{
			Kind: xlsx.TooLarge, Part: fmt.Sprintf("%s!%d:%[2]d", sr.out.Name, row.Num),
			Detail: fmt.Sprintf("up to this row, the columns of the register hold more than %d MiB of long texts", mostLong>>20),
			Remedy: "keep long texts in a document or in a column of another name",
		}
	}
	return nil
}

// spend counts a text that was read.
func (sr *sheetReader) spend(text string) { sr.long += max(0, len(text)-longText) }

// tables finds the totals rows, which are no records, and the table that ends
// with the last heading, which grows when columns are added.
func (sr *sheetReader) tables(found map[Column]int) {
	s := sr.out
	sr.totals = map[int]bool{}
	var headed []xlsx.Table
	for _, t := range s.source.Tables {
		covers := false
		for c, col := range found {
			covers = covers || !c.Written() && t.Ref.FirstCol <= col && col <= t.Ref.LastCol
		}
		if covers && t.TotalsRows > 0 {
			sr.totals[t.Ref.LastRow] = true
		}
		if covers && t.HeaderRows > 0 && t.Ref.FirstRow == s.HeaderRow {
			headed = append(headed, t)
			s.LastCol = max(s.LastCol, t.Ref.LastCol)
		}
	}
	for _, t := range headed {
		if t.Ref.LastCol == s.LastCol {
			s.Table = t.Name
		} else if s.Table == "" {
			s.ShortTable = t.Name
		}
	}
	for _, t := range s.source.Tables { // another table's cells are not free, though they may be empty
		for col := max(t.Ref.FirstCol, s.LastCol+1); col <= t.Ref.LastCol && t.Ref.LastRow >= s.HeaderRow; col++ {
			s.occupy(col, max(t.Ref.FirstRow, s.HeaderRow))
		}
	}
}

// record reads a row below the header row.
func (sr *sheetReader) record(row *xlsx.Row) {
	s := sr.out
	cells := s.room(sr.kept)
	isRecord := false
	for i := range row.Cells {
		source := &row.Cells[i]
		if source.Col > s.LastCol && (source.Kind != xlsx.None || source.Formula) {
			s.occupy(source.Col, row.Num)
		}
		if source.Col >= len(sr.known) {
			continue
		}
		if sr.known[source.Col] == 0 {
			if sr.bare[source.Col] == 0 && source.Kind != xlsx.None {
				sr.bare[source.Col] = row.Num
			}
			continue
		}
		c := sr.known[source.Col]
		var v Value
		if c.Written() {
			v = sr.written(c, source)
		} else {
			v = sr.cells.read(sr.readAs(c, row), source)
			isRecord = isRecord || (!v.IsBlank() && v.Answer != No)
		}
		if source.Col == sr.leftmost.col && v.Text == sr.leftmost.text && len(s.Repeated) < mostRepeated && sr.repeats(row) {
			s.Repeated = append(s.Repeated, row.Num)
		}
		sr.spend(v.Text)
		cells[s.position[c]-1] = sr.pack(v, source)
	}
	record := Record{Sheet: s, Row: row.Num, at: sr.kept}
	switch {
	case isRecord:
		if text := record.readableText(Item); text != "" && ItemNamed(text) == 0 {
			s.Unknown = append(s.Unknown, text)
		}
		record.Key = Key{ID: NormalID(record.LearnerID()), Code: sr.normalCode(record.QualificationCode())}
		sr.add(record)
	case s.Kind.Status() != 0 && record.Value(s.Kind.Status()).Text != "":
		s.Stale = append(s.Stale, record)
	default:
		clear(cells)
		return
	}
	sr.kept++
}

// readAs returns the column as which a cell of the column is read: the item of
// the row for the value of an item that is known, else the column itself.
func (sr *sheetReader) readAs(c Column, row *xlsx.Row) Column {
	if c != ItemValue {
		return c
	}
	for i := range row.Cells {
		if cell := &row.Cells[i]; cell.Col == sr.out.Column(Item) {
			if v := sr.cells.read(Item, cell); v.IsReadable() {
				return cmp.Or(ItemNamed(v.Text), c)
			}
		}
	}
	return c
}

// add takes up a record.
func (sr *sheetReader) add(r Record) {
	last := len(sr.records) - 1
	if last < 0 || len(sr.records[last]) == rowsAtOnce {
		sr.records = append(sr.records, make([]Record, 0, rowsAtOnce))
		last++
	}
	sr.records[last] = append(sr.records[last], r)
}

// written reads what a → column holds now, so that only what differs is
// written.
func (sr *sheetReader) written(c Column, cell *xlsx.Cell) Value {
	if cell.Formula {
		if !sr.out.HasFormulas(c) {
			sr.out.Formulas = append(sr.out.Formulas, c)
		}
		return Value{}
	}
	if c.Type() == TypeDate && cell.Kind == xlsx.Number {
		if n, ok := cell.Number(); ok && n == math.Trunc(n) && 0 < n && n < 80000 {
			d := calendar.Date(n)
			if sr.cells.date1904 {
				d += 1462
			}
			return Value{State: Readable, Date: d}
		}
	}
	if cell.Kind == xlsx.None {
		return Value{}
	}
	text := cell.Text()
	if text == "" {
		return Value{}
	}
	return Value{State: Readable, Text: text}
}
