package config

import (
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// inside is the place of some characters of a text in the file. Quotes, escapes and
// the lines over which YAML lets a text go are stepped over: in both, the same
// characters that are no white space follow each other.
func (v value) inside(text string, from, to int) *token.Token {
	start := v.node.GetToken().Position
	w := walker{lines: v.doc.lines}
	if _, block := v.node.(*ast.LiteralNode); block {
		w.to(start.Line, 0)
	} else {
		w.to(start.Line-1, start.Column-1)
		if r := w.rune(); r == '"' || r == '\'' {
			w.quote = r
			w.column++
		}
	}
	runes := []rune(text)
	for _, r := range runes[:min(from, len(runes))] {
		if !unicode.IsSpace(r) {
			w.step()
		}
	}
	if from < len(runes) && !unicode.IsSpace(runes[from]) {
		w.skip()
	}
	if w.line >= len(w.lines) {
		return v.at
	}
	t := at(w.line+1, w.column+1)
	t.Origin = strings.Repeat("^", max(to-from, 1))
	return t
}

// walker goes through the characters of a text in the file.
type walker struct {
	lines        []string
	line, column int    // from nought; behind the end of the file there is no such line
	text         []rune // the line
	quote        rune   // in which the text stands, 0 for none
}

// to goes to a place.
func (w *walker) to(line, column int) {
	w.line, w.column, w.text = line, column, nil
	if line < len(w.lines) {
		w.text = []rune(w.lines[line])
	}
}

// rune is the character at hand, a line break behind the last of a line.
func (w *walker) rune() rune {
	if w.column < len(w.text) {
		return w.text[w.column]
	}
	return '\n'
}

// skip goes to the next character that is no white space.
func (w *walker) skip() {
	for w.line < len(w.lines) && unicode.IsSpace(w.rune()) {
		if w.column++; w.column > len(w.text) {
			w.to(w.line+1, 0)
		}
	}
}

// step goes past the next character of the text: two in the file where it stands
// escaped.
func (w *walker) step() {
	w.skip()
	escaped := w.quote == '\'' && w.rune() == '\'' || w.quote == '"' && w.rune() == '\\'
	w.column++
	if escaped {
		w.column++
	}
}
