package register

import (
	"math"
	"strconv"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

// The days between which dates must lie.
var (
	earliestBirth = calendar.NewDate(1900, 1, 1)
	earliestDate  = calendar.NewDate(2000, 1, 1)
	latestDate    = calendar.NewDate(2100, 12, 31)
)

// NeverCalculated is the text of the value of a formula that has none.
const NeverCalculated = "a formula that was never calculated"

// leastBirthSerial is the least number that is read as a date of birth, so
// that a year of birth typed alone is not.
const leastBirthSerial = 2200

// cellReader reads cells as the types of their columns say.
type cellReader struct {
	asOf     calendar.Date
	date1904 bool
}

// read reads a cell of the column.
func (cr cellReader) read(column Column, cell *xlsx.Cell) Value {
	if cell.Formula && cell.NoValue {
		return Value{State: Unreadable, Text: NeverCalculated}
	}
	switch cell.Kind {
	case xlsx.None:
		return Value{}
	case xlsx.Error:
		return Value{State: Unreadable, Text: cell.Text()}
	case xlsx.Number:
		n, ok := cell.Number()
		if !ok {
			return Value{State: Unreadable, Text: clean(cell.Text())}
		}
		return cr.number(column, n, cell)
	case xlsx.Bool:
		return cr.boolean(column, clean(cell.Text()))
	case xlsx.ISODate:
		return cr.text(column, clean(cell.Text()), true)
	default:
		return cr.text(column, clean(cell.Text()), false)
	}
}

// number reads a numeric cell.
func (cr cellReader) number(column Column, n float64, cell *xlsx.Cell) Value {
	switch typ := column.Type(); typ {
	case TypeDate, TypeDateOrYes, TypeYesNo:
		if typ != TypeDate && (n == 0 || n == 1) {
			return answerValue(typ, formatNumber(n))
		}
		if d, ok := cr.serial(column, n); ok {
			return dateValue(typ, d)
		}
		return Value{State: Unreadable, Text: formatNumber(n)}
	default:
		if cell.IsDateFormat() {
			return Value{State: Unreadable, Text: formatNumber(n)}
		}
		return textValue(typ, formatNumber(n))
	}
}

// boolean reads TRUE or FALSE.
func (cr cellReader) boolean(column Column, text string) Value {
	switch typ := column.Type(); typ {
	case TypeYesNo, TypeDateOrYes:
		return answerValue(typ, text)
	case TypeDate, TypeCredits:
		return Value{State: Unreadable, Text: text}
	default:
		return textValue(typ, text)
	}
}

// text reads clean text; iso says that the cell is a date stored as text.
func (cr cellReader) text(column Column, text string, iso bool) Value {
	if state := stateOf(text); state != Readable {
		return Value{State: state}
	}
	typ := column.Type()
	switch typ {
	case TypeDate, TypeDateOrYes, TypeYesNo:
		if typ != TypeDate {
			if v := answerValue(typ, text); v.State != Unreadable {
				return v
			}
		}
		d, twoDigits, ok := textDate(text)
		if ok && column == DateOfBirth && twoDigits && d > cr.asOf {
			d = d.AddMonths(-1200)
		}
		if !ok || !cr.inRange(column, d) {
			return Value{State: Unreadable, Text: text}
		}
		return dateValue(typ, d)
	default:
		if iso {
			return Value{State: Unreadable, Text: text}
		}
		return textValue(typ, text)
	}
}

// serial reads a number as a date in the workbook's date system, its time of
// day dropped.
func (cr cellReader) serial(column Column, n float64) (calendar.Date, bool) {
	if column == DateOfBirth && n < leastBirthSerial || n < 0 || n > 80000 {
		return 0, false
	}
	d := calendar.Date(math.Floor(n))
	if cr.date1904 {
		d += 1462
	}
	return d, cr.inRange(column, d)
}

// inRange reports whether a date lies where dates of the column can. A day to
// come says neither yes nor no.
func (cr cellReader) inRange(column Column, d calendar.Date) bool {
	if column == DateOfBirth {
		return earliestBirth <= d && d <= cr.asOf
	}
	if column.Type() == TypeYesNo && d > cr.asOf {
		return false
	}
	return earliestDate <= d && d <= latestDate
}

// dateValue is a readable date, which is a yes where a yes is asked for.
func dateValue(typ Type, d calendar.Date) Value {
	if typ == TypeDate {
		return Value{State: Readable, Date: d}
	}
	return Value{State: Readable, Date: d, Answer: Yes}
}

// answerValue reads a word for yes or no. A no in a column of dates or yes is
// blank.
func answerValue(typ Type, text string) Value {
	switch a := answerOf(text); {
	case a == NoAnswer:
		return Value{State: Unreadable, Text: text}
	case a == No && typ == TypeDateOrYes:
		return Value{Answer: No}
	default:
		return Value{State: Readable, Answer: a}
	}
}

// textValue reads the text of a column that holds no dates.
func textValue(typ Type, text string) Value {
	ok := true
	switch typ {
	case TypeCredits:
		text, ok = normalNumber(text)
	case TypeDecision:
		ok = IsAchieved(text) || isNotAchieved(text)
	case TypeRole:
		assessor, iqa := Roles(text)
		ok = assessor || iqa
	case TypeVerdict:
		ok = IsAccepted(text) || IsAcceptedWithActions(text) || IsRejected(text)
	}
	if !ok {
		return Value{State: Unreadable, Text: text}
	}
	return Value{State: Readable, Text: text}
}

// formatNumber writes a number as it stands in a text column: a whole one
// without decimals.
func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// normalNumber reads a number written as text.
func normalNumber(text string) (string, bool) {
	if strings.Trim(text, "+-.0123456789") != "" {
		return text, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text, false
	}
	return formatNumber(n), true
}
