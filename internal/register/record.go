// Package register knows the sheets and columns that staff keep, and reads
// their rows into typed records.
package register

import (
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

// State says what a cell holds.
type State uint8

// The states of a cell.
const (
	Blank      State = iota // empty, or a word that stands for nothing yet
	NA                      // not applicable: blank, where no rule says otherwise
	Unreadable              // something that the column's type cannot be
	Readable
)

// Answer is what a yes/no cell says.
type Answer uint8

// The answers. A yes/no cell that is blank or NA gives none.
const (
	NoAnswer Answer = iota
	Yes
	No
)

// Value is a cell as its column's type reads it.
type Value struct {
	Text   string        // the text of a readable text cell; what was found in an unreadable one
	Date   calendar.Date // the day of a readable date, in columns of dates, of dates or yes, and of yes or no
	State  State
	Answer Answer // of columns of yes or no, and of dates or yes (where a date is a yes)
}

// IsBlank reports whether the cell holds no answer: blank, or NA.
func (v Value) IsBlank() bool { return v.State == Blank || v.State == NA }

// IsNA reports whether the cell says "not applicable".
func (v Value) IsNA() bool { return v.State == NA }

// IsReadable reports whether the cell holds something that its type can be.
func (v Value) IsReadable() bool { return v.State == Readable }

// IsYes reports whether a yes/no cell says yes; "not yes" includes blank, NA
// and unreadable.
func (v Value) IsYes() bool { return v.Answer == Yes }

// Key names what a learner is enrolled on: the Learner ID and the
// Qualification Code as they are compared. A Key with an empty half is none.
type Key struct{ ID, Code string }

// IsWhole reports whether both halves of the key are there.
func (k Key) IsWhole() bool { return k.ID != "" && k.Code != "" }

// Record is one row of a known sheet.
type Record struct {
	Sheet *Sheet
	Row   int // as the spreadsheet program shows it
	Key   Key
	at    int // where Sheet.cells has its cells
}

// Value returns the cell of the column, blank where the sheet has no such
// column.
func (r *Record) Value(c Column) Value {
	if p := r.Sheet.position[c]; p > 0 {
		return r.Sheet.value(r.Sheet.cellsOf(r.at)[p-1])
	}
	return Value{}
}

// LearnerID returns the Learner ID as staff wrote it, empty where there is none
// that can be read.
func (r *Record) LearnerID() string { return r.readableText(LearnerID) }

// QualificationCode returns the Qualification Code as staff wrote it, empty
// where there is none that can be read.
func (r *Record) QualificationCode() string { return r.readableText(QualificationCode) }

// UnitCode returns the Unit Code as staff wrote it, empty where there is none
// that can be read.
func (r *Record) UnitCode() string { return r.readableText(UnitCode) }

// ReadAs returns the column as which the record's cell of a column was read: its
// item for the Value on a Centre sheet, 0 where that is not known; else the column
// itself.
func (r *Record) ReadAs(c Column) Column {
	if c == ItemValue {
		return r.Item()
	}
	return c
}

// Item returns the item of a Centre record, 0 where there is none that is known.
func (r *Record) Item() Column { return ItemNamed(r.readableText(Item)) }

func (r *Record) readableText(c Column) string {
	if v := r.Value(c); v.IsReadable() {
		return v.Text
	}
	return ""
}

// Sheet is a sheet of a known kind with the records in it.
type Sheet struct {
	Workbook  string // path, as reports show it
	Name      string
	Kind      Kind
	HeaderRow int
	// LastHeaderRow is the row under the header row, where that holds more
	// headings; else the header row itself.
	LastHeaderRow int
	LastCol       int       // the last used column of the header row (A = 1)
	Table         string    // the Excel table that ends with the header row's last column, and grows when columns are added
	ShortTable    string    // an Excel table on the header row that ends before the last column, and cannot grow
	Unknown       []string  // headings that regcert does not know, from left to right, and items of a Centre sheet
	Doubled       []Doubled // headings of columns that have one already, from left to right
	Records       []Record
	Formulas      []Column // → columns in which staff have put formulas
	Stale         []Record // rows that hold statuses but no record any more
	Repeated      []int    // rows that repeat the headings, and are taken for records: the first few

	source   *xlsx.Sheet
	beyond   map[int]int        // columns right of the header row's last: the first row where they are taken
	width    int                // cells of a record
	column   [columnCount]int16 // the sheet's column of each known column, 0 where missing
	position [columnCount]uint8 // where a record's cells have it, counted from 1
	cells    [][]cell           // of the records and the stale rows
	texts    []string           // those that are no shared strings
	stray    *headings          // names of missing columns in the row under the header row, which is a record
}

// Doubled is a heading of a column that has one further left, which is read.
type Doubled struct {
	Column        Column
	Read, Ignored int // columns of the sheet (A = 1)
}

// Column returns the number of the known column in the sheet (A = 1), 0 where
// the sheet does not have it.
func (s *Sheet) Column(c Column) int { return int(s.column[c]) }

// Has reports whether the sheet has the column.
func (s *Sheet) Has(c Column) bool { return s.column[c] > 0 }

// HasFormulas reports whether staff have put a formula into the → column,
// which is therefore left alone.
func (s *Sheet) HasFormulas(c Column) bool { return slices.Contains(s.Formulas, c) }

// Beyond returns the first row from the header row on in which a column right
// of the last heading is taken, 0 where there is none.
func (s *Sheet) Beyond(col int) int { return s.beyond[col] }

// occupy notes that a cell right of the last heading is taken.
func (s *Sheet) occupy(col, row int) {
	if at, taken := s.beyond[col]; !taken || row < at {
		s.beyond[col] = row
	}
}

// Source returns the sheet in the package that was read.
func (s *Sheet) Source() *xlsx.Sheet { return s.source }

// Workbook is what one workbook of the set holds.
type Workbook struct {
	Path     string // as reports show it
	Sheets   []*Sheet
	Headless []string // known sheets that were not read, having no header row or that of another kind
	Lacking  []Kind   // the kinds of those
	Other    []string // all sheets that were not read, Headless among them
	Remarks  []string // what staff should put right for the sheets to be read as they mean them: a line each
}
