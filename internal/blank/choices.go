package blank

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// lastRow is the last row for which lists and dates are set up.
const lastRow = 2000

// validate sets up what a column offers when a cell is typed into, and what its
// heading says when it is selected. It only warns, so that "tbc" can be typed.
func (b *book) validate(k register.Kind, c register.Column, letter string) {
	b.prompt(k, c, letter+"1")
	if !c.Written() {
		b.offer(k, c, fmt.Sprintf("%s2:%[1]s%d", letter, lastRow))
	}
}

// offer sets up what cells take that hold a column, or an item.
func (b *book) offer(k register.Kind, c register.Column, cells string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(cells)
	v.SetError(excelize.DataValidationErrorStyleWarning, c.String(), "This is not what is usually entered here. Keep it?")
	switch from, list := b.listed(k, c), choices(c); {
	case c.Type() == register.TypeDate:
		first := calendar.NewDate(2000, 1, 1)
		if c == register.DateOfBirth {
			first = calendar.NewDate(1906, 1, 8) // numbers below are read as years
		}
		b.try(v.SetRange(int(first), int(calendar.NewDate(2100, 12, 31)), excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
	case from != "":
		v.SetSqrefDropList(from)
	case len(list) > 0:
		b.try(v.SetDropList(list))
	default:
		return
	}
	b.try(b.AddDataValidation(k.String(), v))
}

// listed returns the cells that list what a column can hold, where they stand in
// the same workbook.
func (b *book) listed(k register.Kind, c register.Column) string {
	list := func(of register.Kind, column register.Column) string {
		if k == of || !slices.Contains(b.plan.kinds, of) {
			return ""
		}
		letter, err := excelize.ColumnNumberToName(slices.Index(of.Inputs(), column) + 1)
		b.try(err)
		return fmt.Sprintf("'%s'!$%s$2:$%[2]s$%d", of, letter, lastRow)
	}
	switch c {
	case register.QualificationCode:
		return list(register.Qualifications, c)
	case register.UnitCode:
		return list(register.Units, c)
	case register.Assessor, register.IQA:
		return list(register.Staff, register.StaffName)
	}
	return ""
}

// choices returns the words that a column usually holds.
func choices(c register.Column) []string {
	switch c.Type() {
	case register.TypeYesNo:
		return []string{"Yes", "No"}
	case register.TypeDecision:
		return []string{"Achieved", "Merit", "Distinction", "Referred", "Not yet achieved", "In progress"}
	case register.TypeRole:
		return []string{"Assessor", "IQA", "Both"}
	case register.TypeVerdict:
		return []string{"Accept", "Accept with actions", "Reject"}
	}
	return nil
}

// prompt has a heading say what belongs below it.
func (b *book) prompt(k register.Kind, c register.Column, head string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(head)
	v.SetInput(c.String(), about(k, c))
	b.try(b.AddDataValidation(k.String(), v))
}

// about says what belongs into a column.
func about(k register.Kind, c register.Column) string {
	if c.Written() {
		return "regcert writes this column. What is typed here is overwritten."
	}
	var parts []string
	if slices.Contains(k.Required(), c) {
		parts = append(parts, "Needed in every row.")
	}
	switch c {
	case register.SnoozeUntil:
		parts = append(parts, "Until the end of this day the row is left in peace, if a reason and a name stand beside it.")
	case register.SnoozeReason:
		parts = append(parts, "Why the row is to wait.")
	case register.SnoozeBy:
		parts = append(parts, "Who says so.")
	}
	switch c.Type() {
	case register.TypeDate:
		parts = append(parts, "A date, such as 24/03/2026.")
	case register.TypeDateOrYes:
		parts = append(parts, "The date on which it was done, or yes.")
	case register.TypeYesNo:
		parts = append(parts, "Yes or no.")
	case register.TypeCredits:
		parts = append(parts, "A number.")
	case register.TypeDecision:
		parts = append(parts, "Such as "+strings.Join(choices(c), ", ")+".")
	case register.TypeRole:
		parts = append(parts, "Assessor, IQA or both.")
	default:
		if len(parts) == 0 {
			parts = append(parts, "Text.")
		}
	}
	return strings.Join(parts, " ")
}
