// Package actionlist makes the workbook in which people work through what there
// is to do: sheets that are tables, to be filtered, sorted and printed. It knows
// no policy.
package actionlist

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"regcert/internal/calendar"
)

// Book is what the workbook says. All text is of one line and bounded length,
// without control characters. Whatever it begins with, it is text in the
// workbook, and no formula.
type Book struct {
	Title    string
	Centre   string // may be empty
	AsOf     calendar.Date
	For      string   // whom it is for, may be empty
	Scope    string   // what it covers, in a sentence; empty for everything
	Warnings []string // what is missing from it, in short sentences
	MadeAt   time.Time
	Sheets   []Sheet // at least one
}

// Sheet is a sheet with a table on it.
type Sheet struct {
	Name    string // at most 31 characters, and unique
	Clause  string // that asks for it, may be empty
	About   string // how much stands in it
	Columns []Column
	Frozen  int      // how many columns stay in view
	Printed int      // how many columns are printed; 0 for all
	Rows    [][]Cell // each as long as Columns; may be none
}

// Column is a column of a table.
type Column struct {
	Heading string  // unique on the sheet
	Width   float64 // in characters
}

// Cell is text, a day or a number. The zero Cell is empty.
type Cell struct {
	text   string
	number int32
	kind   kind
	tone   Tone
}

type kind uint8

const (
	isEmpty kind = iota
	isText
	isDay
	isNumber
)

// Tone is how a cell is coloured. The text says the same in words.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Red
	Amber
	Green
	Blue
	Violet
	Grey
)

// Text is a cell with text in it, empty where there is none.
func Text(s string) Cell { return Status(s, Plain) }

// Status is a cell with text that is coloured by what it means.
func Status(s string, t Tone) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{text: apart(s), kind: isText, tone: t}
}

// overlapping are two texts in the form of an escaped character (ECMA-376-1,
// 22.4.2.4) that have an underscore in common: excelize protects only the first.
var overlapping = regexp.MustCompile(`(_x[0-9A-Fa-f]{4}_)(x[0-9A-Fa-f]{4}_)`)

// apart puts a space between them, so that no reader takes the second for a
// character.
func apart(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return overlapping.ReplaceAllString(s, "$1 $2")
}

// Day is a cell with a real date in it, empty where there is none.
func Day(d calendar.Date) Cell {
	if d.IsZero() {
		return Cell{}
	}
	return Cell{number: int32(d), kind: isDay}
}

// Number is a cell with a whole number in it.
func Number(n int) Cell { return Cell{number: int32(n), kind: isNumber} }

// String returns what the cell shows.
func (c Cell) String() string {
	switch c.kind {
	case isDay:
		return calendar.Date(c.number).UK()
	case isNumber:
		return strconv.Itoa(int(c.number))
	}
	return c.text
}
