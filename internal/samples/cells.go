package samples

import (
	"strconv"
	"strings"
	"time"

	"regcert/internal/calendar"
)

// The kinds of columns in columns.txt.
const (
	kindDate   = "date"
	kindNumber = "number"
	kindItem   = "item" // what the item on the row asks for: a date where one was typed
)

// column is one column of a sheet.
type column struct {
	heading, kind string
	width         float64
	choices       string // words with commas between them, or =Sheet
}

// readColumns reads the columns of all sheets.
func readColumns() (map[string][]column, error) {
	rows, err := readTable("columns.txt")
	if err != nil {
		return nil, err
	}
	columns := map[string][]column{}
	for _, r := range rows {
		width, err := strconv.ParseFloat(r["Width"], 64)
		if err != nil {
			return nil, err
		}
		columns[r["Sheet"]] = append(columns[r["Sheet"]], column{r["Column"], r["Kind"], width, r["Choices"]})
	}
	return columns, nil
}

// of returns the column as it is for a cell that was typed so.
func (c column) of(typed string) column {
	if c.kind != kindItem {
		return c
	}
	c.kind = ""
	if _, ok := parseDate(typed); ok {
		c.kind = kindDate
	}
	return c
}

// parseDate reads a date as staff type it, 24/03/2026.
func parseDate(s string) (calendar.Date, bool) {
	t, err := time.Parse("02/01/2006", s)
	if err != nil {
		return 0, false
	}
	return calendar.FromTime(t), true
}

// value returns what a spreadsheet program stores for a cell as it was typed:
// nil for none, a float64 for a number or a date, else a string.
func (c column) value(typed string) any {
	if typed == "" {
		return nil
	}
	if text, ok := strings.CutPrefix(typed, `"`); ok {
		return strings.TrimSuffix(text, `"`)
	}
	if d, ok := parseDate(typed); ok && c.kind == kindDate {
		return float64(d)
	}
	if n, err := strconv.ParseFloat(typed, 64); err == nil && c.kind == kindNumber {
		return n
	}
	return typed
}
