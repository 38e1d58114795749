package custom

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// typ is what a part of a condition is.
type typ uint8

const (
	nothing typ = iota // it is a mistake
	aTruth             // a condition
	aDate
	aNumber
	aText
	anAnswer // a cell of yes or no
)

// operand is a part of a condition. Of its functions it has the one that its type
// says; none of them gives a value for a cell that is not filled in.
type operand struct {
	typ    typ
	truth  func(*policy.Case) truth
	date   func(*policy.Case) calendar.Date // no date where it is not known
	number func(*policy.Case) (float64, bool)
	text   func(*policy.Case) (string, bool)

	column   register.Column     // of a cell
	constant any                 // what it always is, a string or a float64; nil where that hangs on the record
	normal   func(string) string // of a text that is compared in a way of its own
}

// String says what the part is.
func (o operand) String() string {
	what := [...]string{"nothing", "a condition", "a date", "a number", "a text", "a cell of yes or no"}[o.typ]
	if o.column != 0 {
		return fmt.Sprintf("%s (%s)", NameOf(o.column), what)
	}
	return what
}

func today(c *policy.Case) calendar.Date { return c.AsOf() }

func textOf(s string) operand {
	return operand{typ: aText, constant: s, text: func(*policy.Case) (string, bool) { return s, true }}
}

func numberOf(x float64) operand {
	return operand{typ: aNumber, constant: x, number: func(*policy.Case) (float64, bool) { return x, true }}
}

// cellOf is the cell of a column.
func cellOf(column register.Column) operand {
	o := operand{column: column}
	switch column.Type() {
	case register.TypeDate, register.TypeDateOrYes:
		o.typ, o.date = aDate, func(c *policy.Case) calendar.Date { return c.Value(column).Date }
	case register.TypeYesNo:
		o.typ = anAnswer
	case register.TypeCredits:
		o.typ, o.number = aNumber, func(c *policy.Case) (float64, bool) {
			x, err := strconv.ParseFloat(c.Value(column).Text, 64)
			return x, err == nil
		}
	default:
		o.typ, o.text = aText, func(c *policy.Case) (string, bool) {
			v := c.Value(column)
			return v.Text, v.IsReadable()
		}
		switch column {
		case register.QualificationCode, register.UnitCode:
			o.normal = register.NormalCode
		case register.Level:
			o.normal = policy.NormalLevel
		}
	}
	return o
}

// normalOf is how two texts are compared: as the columns that they come from are,
// else without case.
func normalOf(a, b operand) func(string) string {
	switch {
	case a.normal != nil:
		return a.normal
	case b.normal != nil:
		return b.normal
	}
	return register.Fold
}

// as returns a text as it is compared; one that is always the same is made so
// once.
func (o operand) as(normal func(string) string) func(*policy.Case) (string, bool) {
	if s, ok := o.constant.(string); ok {
		s = normal(s)
		return func(*policy.Case) (string, bool) { return s, true }
	}
	return func(c *policy.Case) (string, bool) {
		s, ok := o.text(c)
		return normal(s), ok
	}
}

// compare is one of the six comparisons.
func (r *reader) compare(n *ast.BinaryNode, a, b operand) operand {
	holds := map[string]func(order int) bool{
		"==": func(o int) bool { return o == 0 }, "!=": func(o int) bool { return o != 0 },
		"<": func(o int) bool { return o < 0 }, "<=": func(o int) bool { return o <= 0 },
		">": func(o int) bool { return o > 0 }, ">=": func(o int) bool { return o >= 0 },
	}[n.Operator]
	for _, o := range []operand{a, b} {
		switch {
		case o.typ == anAnswer:
			return r.fail(n, "%s holds yes or no: write is_yes(%[1]s) or is_no(%[1]s)", NameOf(o.column))
		case o.typ == aTruth:
			return r.fail(n, "%s compares dates, numbers or texts, not conditions: write not, and or or", n.Operator)
		}
	}
	switch {
	case a.typ == aDate && b.typ == aDate:
		return operand{typ: aTruth, truth: func(c *policy.Case) truth {
			x, y := a.date(c), b.date(c)
			if x.IsZero() || y.IsZero() {
				return unknown
			}
			return truthOf(holds(int(x - y)))
		}}
	case a.typ == aNumber && b.typ == aNumber:
		return operand{typ: aTruth, truth: func(c *policy.Case) truth {
			x, known := a.number(c)
			y, too := b.number(c)
			if !known || !too {
				return unknown
			}
			return truthOf(holds(cmp.Compare(x, y)))
		}}
	case a.typ == aText && b.typ == aText && (n.Operator == "==" || n.Operator == "!="):
		return matching(a, b, func(x, y string) bool { return holds(cmp.Compare(x, y)) })
	case a.typ == aText && b.typ == aText:
		return r.fail(n, "texts are not ordered: compare them with == or !=, or look for what they contain")
	case a.typ == aDate && b.typ == aText || a.typ == aText && b.typ == aDate:
		return r.fail(n, "%s is compared with %s: write a day as date('2026-09-01')", a, b)
	case a.typ == aText && b.typ == aNumber || a.typ == aNumber && b.typ == aText:
		return r.fail(n, "%s is compared with %s: write a text in quotes, and a number without", a, b)
	}
	return r.fail(n, "%s is compared with %s: compare two dates, two numbers or two texts", a, b)
}

// matching compares two texts.
func matching(a, b operand, holds func(x, y string) bool) operand {
	normal := normalOf(a, b)
	left, right := a.as(normal), b.as(normal)
	return operand{typ: aTruth, truth: func(c *policy.Case) truth {
		x, known := left(c)
		y, too := right(c)
		if !known || !too {
			return unknown
		}
		return truthOf(holds(x, y))
	}}
}

// in looks for a text or a number in a list.
func (r *reader) in(n *ast.BinaryNode) operand {
	a := r.read(n.Left)
	list, ok := n.Right.(*ast.ArrayNode)
	switch {
	case r.mistake != nil:
		return operand{}
	case !ok:
		return r.fail(n, "in wants a list behind it, such as ['Pass', 'Merit']")
	case a.typ != aText && a.typ != aNumber:
		return r.fail(n, "%s stands before in: only a text or a number can", a)
	}
	var texts []string
	var numbers []float64
	for _, item := range list.Nodes {
		o := r.read(item)
		if r.mistake != nil {
			return operand{}
		}
		if o.typ != a.typ || o.constant == nil {
			return r.fail(item, "the list is compared with %s: write nothing else into it than texts in quotes, or numbers, as that is", a)
		}
		switch x := o.constant.(type) {
		case string:
			texts = append(texts, normalOf(a, a)(x))
		case float64:
			numbers = append(numbers, x)
		}
	}
	if a.typ == aNumber {
		return operand{typ: aTruth, truth: func(c *policy.Case) truth {
			x, known := a.number(c)
			if !known {
				return unknown
			}
			return truthOf(slices.Contains(numbers, x))
		}}
	}
	text := a.as(normalOf(a, a))
	return operand{typ: aTruth, truth: func(c *policy.Case) truth {
		x, known := text(c)
		if !known {
			return unknown
		}
		return truthOf(slices.Contains(texts, x))
	}}
}

// search looks for a text, or a pattern, in another.
func (r *reader) search(n *ast.BinaryNode, a, b operand) operand {
	if a.typ != aText || b.typ != aText {
		return r.fail(n, "%s looks for a text in a text, not for %s in %s", n.Operator, b, a)
	}
	switch n.Operator {
	case "contains":
		return matching(a, b, strings.Contains)
	case "startsWith":
		return matching(a, b, strings.HasPrefix)
	case "endsWith":
		return matching(a, b, strings.HasSuffix)
	}
	pattern, ok := b.constant.(string)
	if !ok {
		return r.fail(n.Right, "matches wants a pattern in quotes behind it, such as '^L-[0-9]+$'")
	}
	compiled, err := regexp.Compile(pattern) // takes time in proportion to the text, whatever the pattern
	if err != nil {
		return r.fail(n.Right, "%s: write a pattern such as '^L-[0-9]+$'", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return operand{typ: aTruth, truth: func(c *policy.Case) truth {
		x, known := a.text(c)
		if !known {
			return unknown
		}
		return truthOf(compiled.MatchString(x))
	}}
}

// reckon adds, subtracts and multiplies numbers.
func (r *reader) reckon(n *ast.BinaryNode, a, b operand) operand {
	switch {
	case a.typ == aDate && b.typ == aDate && n.Operator == "-":
		return r.fail(n, "write days_between(from, to), or working_days_between(from, to), for the days between two dates")
	case a.typ == aDate || b.typ == aDate:
		return r.fail(n, "write after(%s, '10 working days') for a day after a date, with working days, days, weeks or months", dateIn(a, b))
	case a.typ != aNumber || b.typ != aNumber:
		return r.fail(n, "%s reckons with numbers, not with %s and %s", n.Operator, a, b)
	}
	reckon := map[string]func(x, y float64) float64{
		"+": func(x, y float64) float64 { return x + y }, "-": func(x, y float64) float64 { return x - y }, "*": func(x, y float64) float64 { return x * y },
	}[n.Operator]
	return operand{typ: aNumber, number: func(c *policy.Case) (float64, bool) {
		x, known := a.number(c)
		y, too := b.number(c)
		return reckon(x, y), known && too
	}}
}

// dateIn names the column with the date, as an example.
func dateIn(a, b operand) string {
	for _, o := range []operand{a, b} {
		if o.typ == aDate && o.column != 0 {
			return NameOf(o.column)
		}
	}
	return "today"
}
