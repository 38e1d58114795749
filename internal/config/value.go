package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"regcert/internal/calendar"
)

// value is a piece of the configuration at its place. Its methods read it as
// what it should be; what is something else is noted as a problem.
type value struct {
	doc  *document
	path string // the keys that lead to it, such as mail.smtp.port
	node ast.Node
	at   *token.Token // where a problem with it is shown
}

func (v value) fail(format string, args ...any) {
	v.doc.fail(v.at, "%s: %s", v.path, fmt.Sprintf(format, args...))
}

// found describes what stands there.
func (v value) found() string {
	switch n := v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AliasNode:
		return "an alias (*)"
	case *ast.AnchorNode:
		return "an anchor (&)"
	case *ast.TagNode:
		return "a tag (!)"
	case *ast.BoolNode:
		return n.GetToken().Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		if isSecret(v.path) {
			return "a number"
		}
		return "the number " + n.GetToken().Value
	case *ast.StringNode:
		return v.quoted(n.Value)
	case *ast.LiteralNode:
		return v.quoted(n.Value.Value)
	default:
		return "nothing"
	}
}

// quoted quotes text from the file, shortened, unless it may be a secret.
func (v value) quoted(s string) string {
	if isSecret(v.path) {
		return "what stands there"
	}
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// wrong notes that something else is wanted. A hint follows where YAML itself
// is the trap.
func (v value) wrong(want string) {
	var hint string
	switch v.node.(type) {
	case *ast.AliasNode, *ast.TagNode, *ast.AnchorNode:
		hint = "; text that begins with *, & or ! stands in quotes"
	case *ast.NullNode:
		hint = ", or take the line out"
	}
	v.fail("found %s: %s%s", v.found(), want, hint)
}

// isNull reports whether nothing stands after the key.
func (v value) isNull() bool {
	_, null := v.node.(*ast.NullNode)
	return null || v.node == nil
}

// isGroup reports whether keys stand there.
func (v value) isGroup() bool {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// text reads one line of text. A number is not taken for text: to other programs
// that read YAML, 1.10 is 1.1.
func (v value) text(want string, into *string) bool {
	var s string
	switch n := v.node.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = strings.TrimSuffix(n.Value.Value, "\n")
	default:
		v.wrong(want)
		return false
	}
	if s != oneLine(s) {
		v.fail("found line breaks or other control characters: %s", want)
		return false
	}
	*into = strings.TrimSpace(s)
	return true
}

// filled reads text that may not be empty.
func (v value) filled(want string, into *string) bool {
	var s string
	if !v.text(want, &s) {
		return false
	}
	if s == "" {
		v.fail("is empty: %s", want)
		return false
	}
	*into = s
	return true
}

// oneOf reads one of a few words.
func (v value) oneOf(into *string, words ...string) bool {
	want := "write " + join(words, "or")
	var s string
	if !v.text(want, &s) {
		return false
	}
	if !slices.Contains(words, s) {
		v.wrong(want)
		return false
	}
	*into = s
	return true
}

// number reads a whole number from least to most.
func (v value) number(least, most int, want string, into *int) bool {
	want = fmt.Sprintf("write %s, a whole number from %d to %d", want, least, most)
	n, isInteger := v.node.(*ast.IntegerNode)
	if !isInteger {
		v.wrong(want)
		return false
	}
	// Only plain decimals: in 010 and 1_000 programs see different numbers.
	i, err := strconv.Atoi(n.GetToken().Value)
	if err != nil || i < least || i > most || strconv.Itoa(i) != n.GetToken().Value {
		v.wrong(want)
		return false
	}
	*into = i
	return true
}

// yesNo reads true or false.
func (v value) yesNo(into *bool) {
	if n, ok := v.node.(*ast.BoolNode); ok {
		*into = n.Value
		return
	}
	v.wrong("write true or false")
}

// date reads a day of the years that workbooks may speak of.
func (v value) date(into *calendar.Date) bool {
	const want = "write a date such as 2026-03-24"
	var s string
	if !v.text(want, &s) {
		return false
	}
	d, err := calendar.ParseISO(s)
	if err != nil {
		v.wrong(want)
		return false
	}
	if d.Year() < 2000 || d.Year() > 2100 {
		v.fail("%s lies outside the years 2000 to 2100: correct the year", s)
		return false
	}
	*into = d
	return true
}

// duration reads a period with its unit.
func (v value) duration(into *calendar.Duration) {
	if n, isInteger := v.node.(*ast.IntegerNode); isInteger {
		_, err := calendar.ParseDuration(n.GetToken().Value)
		v.fail("%v", err)
		return
	}
	var s string
	if !v.text(`write a whole number and its unit, such as "25 working days", "30 days", "15 weeks" or "12 months"`, &s) {
		return
	}
	d, err := calendar.ParseDuration(s)
	if err != nil {
		v.fail("%v", err)
		return
	}
	*into = d
}

// items reads a list. Nothing at all is an empty one: its lines may have been
// commented out.
func (v value) items(want string) ([]value, bool) {
	if v.isNull() {
		return nil, true
	}
	list, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.wrong(want)
		return nil, false
	}
	out := make([]value, len(list.Values))
	for i, n := range list.Values {
		out[i] = value{doc: v.doc, path: v.path, node: n, at: start(n)}
	}
	return out, true
}

// texts reads a list of text, none of it empty, and calls do with each.
func (v value) texts(want string, do func(item value, text string)) {
	items, _ := v.items(want)
	for _, item := range items {
		var s string
		if item.filled(want, &s) {
			do(item, s)
		}
	}
}

// start is the token at which a node begins.
func start(n ast.Node) *token.Token {
	switch n := n.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
		return n.Start
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	default:
		return n.GetToken()
	}
}
