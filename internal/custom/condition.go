package custom

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"regcert/internal/policy"
	"regcert/internal/register"
)

// Conditions are written in the language of github.com/expr-lang/expr: it is kept,
// widely used, reads like a sentence (and, or, not, in), and its parser says where
// a mistake is. github.com/google/cel-go would bring protobuf and antlr along, and
// && and || to people who keep registers. Only the parser is taken. What it reads is
// checked and evaluated here: its machine knows neither cells that are not filled
// in nor working days, would let loops and all its functions in, and speaks of Go's
// types. So nothing loops, nothing is kept from row to row, and how long an answer
// takes is bounded by the length of the condition.

// The most that a condition can be, in bytes and in parts. Each level of brackets
// takes a byte, so this bounds how deep they stand in each other, too.
const (
	maxCondition = 1000
	maxParts     = 300
)

// truth is what is known of a statement. A comparison with a cell that is not
// filled in decides nothing, and neither does what hangs on it: not (a < b) is no
// more certain than a < b.
type truth uint8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// Condition says of a record whether something holds.
type Condition struct {
	text    string
	columns []register.Column // that it reads, in its order; at least one
	dated   bool              // it speaks of today
	holds   func(*policy.Case) truth
}

// ParseCondition reads a condition on records of the kind. An error is a *Mistake.
func ParseCondition(kind register.Kind, text string) (*Condition, error) {
	if len(text) > maxCondition {
		return nil, &Mistake{From: 0, To: 1, Text: fmt.Sprintf("is longer than %d characters: make two rules of it", maxCondition)}
	}
	tree, err := parse(text)
	if err != nil {
		return nil, err
	}
	r := &reader{kind: kind, text: text}
	o := r.read(tree)
	if o.typ != aTruth {
		r.fail(tree, "is %s and no condition: compare it, as in course_start < today", o)
	}
	if len(r.columns) == 0 {
		r.fail(nil, "looks at no column, so it says the same of every row: name one")
	}
	if r.mistake != nil {
		return nil, r.mistake
	}
	return &Condition{text: strings.Join(strings.Fields(text), " "), columns: r.columns, dated: r.dated, holds: o.truth}, nil
}

// parse calls the parser, which is not ours: it panics on nothing that is known,
// but then that would be a mistake of the condition, too.
func parse(text string) (node ast.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			node, err = nil, &Mistake{From: 0, To: utf8.RuneCountInString(text), Text: "cannot be read: write it more simply"}
		}
	}()
	tree, err := parser.ParseWithConfig(text, &conf.Config{MaxNodes: maxParts})
	if err == nil {
		return tree.Node, nil
	}
	m := &Mistake{From: 0, To: 1, Text: "cannot be read: write comparisons, such as course_start < today, with and, or, not between them"}
	if e, ok := err.(*file.Error); ok {
		m.From, m.To = e.From, max(e.To, e.From+1)
		m.Text = explained(e.Message, text, e.From)
	}
	return nil, m
}

// explained says in our words what the parser says in its own.
func explained(message, text string, from int) string {
	rest := string([]rune(text)[min(from, utf8.RuneCountInString(text)):])
	switch {
	case strings.Contains(message, "exceeds maximum"):
		return fmt.Sprintf("has more than %d parts: make two rules of it", maxParts)
	case strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=="):
		return "one = compares nothing: write =="
	case strings.Contains(message, "EOF"), strings.Contains(message, "unexpected end"):
		return "something is missing at the end: close the brackets, and finish the comparison"
	case strings.Contains(message, "literal not terminated"):
		return "a text does not end: close its quotation mark"
	case strings.Contains(message, "Identifier("):
		return "one name or condition follows another: write names with _ between their words, such as course_start, and and or or between conditions"
	}
	return "this cannot stand here: write comparisons, such as course_start < today, with and, or, not between them"
}

// reader checks what the parser has read, and makes of it what answers.
type reader struct {
	kind    register.Kind
	text    string
	columns []register.Column
	dated   bool
	mistake *Mistake // the first
}

// fail notes a mistake at a part of the condition.
func (r *reader) fail(n ast.Node, format string, args ...any) operand {
	m := &Mistake{From: 0, To: utf8.RuneCountInString(r.text), Text: fmt.Sprintf(format, args...)}
	if n != nil {
		if at := n.Location(); at.To > at.From {
			m.From, m.To = at.From, at.To
		}
	}
	return r.note(m)
}

func (r *reader) note(m *Mistake) operand {
	if r.mistake == nil {
		r.mistake = m
	}
	return operand{}
}

// unknownName notes a name that nobody knows.
func (r *reader) unknownName(n ast.Node, name, text string, known []string) operand {
	at := n.Location()
	return r.note(&Mistake{From: at.From, To: max(at.To, at.From+1), Text: text, Name: name, Known: known})
}

// read makes an operand of a part.
func (r *reader) read(n ast.Node) operand {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return r.name(n)
	case *ast.StringNode:
		return textOf(n.Value)
	case *ast.IntegerNode:
		return numberOf(float64(n.Value))
	case *ast.FloatNode:
		return numberOf(n.Value)
	case *ast.UnaryNode:
		return r.unary(n)
	case *ast.BinaryNode:
		return r.binary(n)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return r.call(n, callee.Value, n.Arguments)
		}
	case *ast.BuiltinNode:
		return r.call(n, n.Name, n.Arguments)
	case *ast.ArrayNode:
		return r.fail(n, "a list can only stand behind in, as in decision in ['Pass', 'Merit']")
	case *ast.NilNode:
		return r.fail(n, "nil is not known here: write is_empty(…) to ask for an empty cell")
	case *ast.BoolNode:
		return r.fail(n, "%t is not compared with: write is_yes(…) or is_no(…) of a cell, and conditions as they are", n.Value)
	}
	return r.fail(n, "this is not known here: write comparisons, such as course_start < today, with and, or, not between them")
}

// name is today, or the cell of a column.
func (r *reader) name(n *ast.IdentifierNode) operand {
	if n.Value == "today" {
		r.dated = true
		return operand{typ: aDate, date: today}
	}
	c, ok := columnNamed(r.kind, n.Value)
	if !ok {
		for _, out := range r.kind.Outputs() {
			if register.NormalHeading(out.String()) == register.NormalHeading(n.Value) {
				return r.fail(n, "%s is written by regcert, and never read: name the columns that it follows from", out)
			}
		}
		known := []string{"today"}
		for _, c := range r.kind.Inputs() {
			known = append(known, NameOf(c))
		}
		return r.unknownName(n, n.Value, fmt.Sprintf("there is no %q on %s", n.Value, r.kind), known)
	}
	if !slices.Contains(r.columns, c) {
		r.columns = append(r.columns, c)
	}
	return cellOf(c)
}

func (r *reader) unary(n *ast.UnaryNode) operand {
	o := r.read(n.Node)
	switch {
	case r.mistake != nil:
		return operand{}
	case (n.Operator == "not" || n.Operator == "!") && o.typ == aTruth:
		return operand{typ: aTruth, truth: func(c *policy.Case) truth { return yes - o.truth(c) }}
	case n.Operator == "not" || n.Operator == "!":
		return r.fail(n, "%s stands before %s: put the comparison behind it into brackets, as in not (course_start < today)", n.Operator, o)
	case n.Operator == "-" && o.typ == aNumber:
		return operand{typ: aNumber, number: func(c *policy.Case) (float64, bool) {
			x, ok := o.number(c)
			return -x, ok
		}}
	}
	return r.fail(n, "%s cannot stand before %s", n.Operator, o)
}

func (r *reader) binary(n *ast.BinaryNode) operand {
	if n.Operator == "in" {
		return r.in(n)
	}
	a, b := r.read(n.Left), r.read(n.Right)
	if r.mistake != nil {
		return operand{}
	}
	switch n.Operator {
	case "and", "&&":
		return r.both(n, a, b, func(x, y truth) truth { return min(x, y) }, no)
	case "or", "||":
		return r.both(n, a, b, func(x, y truth) truth { return max(x, y) }, yes)
	case "==", "!=", "<", "<=", ">", ">=":
		return r.compare(n, a, b)
	case "contains", "startsWith", "endsWith", "matches":
		return r.search(n, a, b)
	case "+", "-", "*":
		return r.reckon(n, a, b)
	}
	return r.fail(n, "%s is not known here: there are and, or, not, ==, !=, <, <=, >, >=, in, contains, startsWith, endsWith, matches, +, - and *", n.Operator)
}

// both joins two conditions. Where the first settles it, the second is not asked.
func (r *reader) both(n *ast.BinaryNode, a, b operand, join func(x, y truth) truth, settled truth) operand {
	for i, o := range []operand{a, b} {
		if o.typ != aTruth {
			return r.fail([]ast.Node{n.Left, n.Right}[i], "is %s and no condition: compare it, as in course_start < today", o)
		}
	}
	return operand{typ: aTruth, truth: func(c *policy.Case) truth {
		x := a.truth(c)
		if x == settled {
			return x
		}
		return join(x, b.truth(c))
	}}
}
