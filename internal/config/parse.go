package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxNesting is how deep brackets may stand in each other. The parser takes
// quadratic time over them, and no key needs more than three.
const maxNesting = 100

// parse returns the keys of the file, such as key. What is no YAML is noted as a
// problem.
func (d *document) parse(text, key string) (root value, ok bool) {
	if bytes.HasPrefix([]byte(text), []byte("\xff\xfe")) || bytes.HasPrefix([]byte(text), []byte("\xfe\xff")) {
		d.fail(nil, "is written in UTF-16: save it as UTF-8 text")
		return value{}, false
	}
	for i, line := range d.lines {
		if !utf8.ValidString(line) {
			d.fail(at(i+1, 1), "is not UTF-8 text: save the file as UTF-8")
			return value{}, false
		}
	}
	if line, deep := tooDeep(text); deep {
		d.fail(at(line, 1), "more than %d brackets are open: close them", maxNesting)
		return value{}, false
	}
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.notYAML(err)
		return value{}, false
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch doc.Body.(type) {
		case nil, *ast.DirectiveNode:
			continue
		}
		if body != nil {
			d.fail(start(doc.Body), "a second document begins here: take out the line --- before it")
			return value{}, false
		}
		body = doc.Body
	}
	root = value{doc: d, node: body, at: start(body)}
	switch body.(type) {
	case nil, *ast.NullNode, *ast.MappingNode, *ast.MappingValueNode:
		return root, true
	}
	d.fail(root.at, "found %s instead of keys: write keys such as %s", root.found(), key)
	return value{}, false
}

// notYAML notes where the parser could not go on.
func (d *document) notYAML(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		d.fail(nil, "is not YAML: %v", err)
		return
	}
	message := strings.ReplaceAll(e.GetMessage(), "'\t'", "tab")
	hint := ""
	switch {
	case strings.Contains(message, "tab"):
		hint = ": indent with spaces, not with tabs"
	case strings.Contains(message, "reserved character"), strings.Contains(message, "escape character"), strings.Contains(message, "mapping value is not allowed"):
		hint = ": put text with special characters into 'single quotes', and look at the indentation"
	case strings.Contains(message, "not allowed in this context"):
		hint = ": look at the indentation, and put text that begins with {, [, * or & into quotes"
	case strings.Contains(message, "not found"), strings.Contains(message, "could not find"):
		hint = ": close the bracket or quote that begins here"
	}
	d.fail(e.GetToken(), "is not YAML: %s%s", message, hint)
}

// tooDeep looks for a line on which more brackets are open than any
// configuration has. Brackets in text and comments count, which does no harm.
func tooDeep(text string) (line int, deep bool) {
	line, open := 1, 0
	for i := range len(text) {
		switch text[i] {
		case '\n':
			line++
		case '[', '{':
			if open++; open > maxNesting {
				return line, true
			}
		case ']', '}':
			open = max(open-1, 0)
		}
	}
	return 0, false
}

// at is a place in the file that no token of the parser's stands for.
func at(line, column int) *token.Token {
	return &token.Token{Position: &token.Position{Line: line, Column: column}}
}
