package custom

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// function is what a condition can call.
type function struct {
	name string
	call string // how it is called, for messages
	make func(r *reader, n ast.Node, args []ast.Node) operand
}

func functions() []function {
	return []function{
		{"is_empty", "is_empty(column)", ofCell(func(v register.Value) bool { return v.IsBlank() }, anyType)},
		{"is_na", "is_na(column)", ofCell(register.Value.IsNA, anyType)},
		{"is_yes", "is_yes(column)", ofCell(register.Value.IsYes, answers)},
		{"is_no", "is_no(column)", ofCell(func(v register.Value) bool { return v.Answer == register.No }, answers)},
		{"after", "after(date, '10 working days')", after},
		{"date", "date('2026-09-01')", dayNamed},
		{"days_between", "days_between(from, to)", between(func(_ *calendar.Calendar, from, to calendar.Date) int { return int(to - from) })},
		{"working_days_between", "working_days_between(from, to)", between((*calendar.Calendar).Left)},
		{"years_between", "years_between(from, to)", between(func(_ *calendar.Calendar, from, to calendar.Date) int { return from.AgeAt(to) })},
	}
}

// call reads the call of a function.
func (r *reader) call(n ast.Node, name string, args []ast.Node) operand {
	var known []string
	for _, f := range functions() {
		if f.name != name {
			known = append(known, f.name)
			continue
		}
		if want := strings.Count(f.call, ",") + 1; len(args) != want {
			return r.fail(n, "%s is called with %d in its brackets: write %s", name, len(args), f.call)
		}
		return f.make(r, n, args)
	}
	return r.unknownName(n, name, fmt.Sprintf("there is no function %q", name), known)
}

func anyType(register.Type) bool { return true }

// answers reports whether cells of the type can say yes or no.
func answers(t register.Type) bool {
	return t == register.TypeYesNo || t == register.TypeDateOrYes
}

// ofCell makes a function that asks something of a cell, which is always known.
func ofCell(holds func(register.Value) bool, fits func(register.Type) bool) func(*reader, ast.Node, []ast.Node) operand {
	return func(r *reader, n ast.Node, args []ast.Node) operand {
		o := r.read(args[0])
		switch {
		case r.mistake != nil:
			return operand{}
		case o.column == 0:
			return r.fail(args[0], "is %s and no cell: name a column, such as course_start", o)
		case !fits(o.column.Type()):
			return r.fail(n, "%s holds no yes or no: write not is_empty(%s) to ask whether it is filled in", NameOf(o.column), NameOf(o.column))
		}
		return operand{typ: aTruth, truth: func(c *policy.Case) truth { return truthOf(holds(c.Value(o.column))) }}
	}
}

// after is the day on which a period ends that begins on a day. Working days are
// the centre's, as for due dates.
func after(r *reader, _ ast.Node, args []ast.Node) operand {
	from, period := r.read(args[0]), r.read(args[1])
	text, isText := period.constant.(string)
	switch {
	case r.mistake != nil:
		return operand{}
	case from.typ != aDate:
		return r.fail(args[0], "is %s and no date: count from a date, as in after(course_start, '10 working days')", from)
	case !isText:
		return r.fail(args[1], "is no period: write it in quotes, such as '10 working days', '30 days', '15 weeks' or '12 months'")
	}
	d, err := calendar.ParseDuration(text)
	if err != nil {
		return r.fail(args[1], "%v", err)
	}
	return operand{typ: aDate, date: func(c *policy.Case) calendar.Date {
		day := from.date(c)
		if day.IsZero() {
			return 0
		}
		return c.Calendar().Add(day, d, calendar.Centre)
	}}
}

// dayNamed is a day that the condition names.
func dayNamed(r *reader, _ ast.Node, args []ast.Node) operand {
	o := r.read(args[0])
	text, _ := o.constant.(string)
	d, err := calendar.ParseISO(text)
	switch {
	case r.mistake != nil:
		return operand{}
	case err != nil || d.Year() < 1900 || d.Year() > 2100:
		return r.fail(args[0], "is no day of the years 1900 to 2100: write one such as date('2026-09-01')")
	}
	return operand{typ: aDate, date: func(*policy.Case) calendar.Date { return d }}
}

// between makes a function that counts from one date to another: less than nought
// where the second is the earlier.
func between(count func(cal *calendar.Calendar, from, to calendar.Date) int) func(*reader, ast.Node, []ast.Node) operand {
	return func(r *reader, _ ast.Node, args []ast.Node) operand {
		from, to := r.read(args[0]), r.read(args[1])
		for i, o := range []operand{from, to} {
			switch {
			case r.mistake != nil:
				return operand{}
			case o.typ != aDate:
				return r.fail(args[i], "is %s and no date: count between dates, as in days_between(course_start, today)", o)
			}
		}
		return operand{typ: aNumber, number: func(c *policy.Case) (float64, bool) {
			a, b := from.date(c), to.date(c)
			if a.IsZero() || b.IsZero() {
				return 0, false
			}
			return float64(count(c.Calendar(), a, b)), true
		}}
	}
}
