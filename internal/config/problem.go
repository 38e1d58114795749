package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// Error is all that is wrong with a configuration file. Its text names for each
// problem the file, line and column, says what would be right, and shows the
// line.
type Error struct {
	File     string
	Problems []Problem // in the order of the file
}

// Problem is one thing that is wrong.
type Problem struct {
	Line, Column int    // from 1, the column in characters; 0 where it is the file as a whole
	Message      string // what is wrong and what would be right; one line
	Excerpt      string // the line, and below it carets under what is meant; empty where it is the file as a whole
}

// maxShown is how many problems are printed: beyond that something else is
// wrong than these.
const maxShown = 20

func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxShown {
			fmt.Fprintf(&b, "%s: and %d more", e.File, len(e.Problems)-i)
			break
		}
		b.WriteString(p.In(e.File))
	}
	return b.String()
}

// In is the problem with its place in the file, and what stands there.
func (p *Problem) In(file string) string {
	place := file
	if p.Line > 0 {
		place += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	return strings.TrimSuffix(place+": "+p.Message+"\n"+p.Excerpt, "\n")
}

// document is the text of a configuration file and what is wrong with it.
type document struct {
	lines    []string
	problems []Problem
}

func newDocument(text string) *document {
	return &document{lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
}

// fail notes a problem at a token, or with the file as a whole.
func (d *document) fail(at *token.Token, format string, args ...any) {
	p := Problem{Message: oneLine(fmt.Sprintf(format, args...))}
	if at != nil && at.Position != nil {
		p.Line, p.Column = at.Position.Line, max(at.Position.Column, 1)
		p.Excerpt = d.excerpt(p.Line, p.Column, width(at))
	}
	d.problems = append(d.problems, p)
}

// sorted returns the problems in the order of the file; of several at one
// place the first one noted says it all.
func (d *document) sorted() []Problem {
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(d.problems, func(a, b Problem) bool { return a == b })
}

// width is how many characters of its line a token covers.
func width(t *token.Token) int {
	text, _, _ := strings.Cut(strings.TrimSpace(t.Origin), "\n")
	return max(utf8.RuneCountInString(strings.TrimSpace(text)), 1)
}

// maxExcerpt is how many characters of a long line are shown.
const maxExcerpt = 110

// excerpt shows a line and underlines part of it. Lines are those of people's
// terminals: nothing in it moves the cursor, and no secret is in it.
func (d *document) excerpt(line, column, width int) string {
	if line > len(d.lines) {
		return ""
	}
	text := []rune(d.lines[line-1])
	start := min(column-1, len(text))
	end := min(start+width, len(text))
	before, marked := masked(string(text[:start])), masked(string(text[:end]))
	whole := masked(string(text))
	start = utf8.RuneCountInString(before)
	width = max(utf8.RuneCountInString(marked)-start, 1)

	runes := []rune(whole)
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = ' '
		}
	}
	const ellipsis = "…"
	if start > maxExcerpt*2/3 {
		cut := min(start-maxExcerpt/3, len(runes))
		runes = append([]rune(ellipsis), runes[cut:]...)
		start -= cut - 1
	}
	if len(runes) > maxExcerpt {
		runes = append(runes[:maxExcerpt:maxExcerpt], []rune(ellipsis)...)
		width = max(min(width, maxExcerpt-start), 1)
	}
	number := fmt.Sprintf("%5d", line)
	return fmt.Sprintf("%s | %s\n%s | %s%s", number, strings.TrimRight(string(runes), " "),
		strings.Repeat(" ", len(number)), strings.Repeat(" ", start), strings.Repeat("^", width))
}

// secrets finds the values of keys whose names speak of secrets. Such keys
// should only ever name a variable or a file, but somebody may have written the
// secret itself, and error messages end up in logs and mails. Without quotes
// nobody can say where a secret ends, so the rest of the line goes with it.
var secrets = regexp.MustCompile(`(?i)((?:[a-z0-9_-]*(?:pass|secret)[a-z0-9_-]*|[a-z0-9_-]*token)["']?\s*:\s*)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s#].*)`)

// masked returns text with the values of secrets blanked out.
func masked(s string) string { return secrets.ReplaceAllString(s, "${1}***") }

// isSecret reports whether the value of a key is not to be quoted.
func isSecret(key string) bool { return secrets.MatchString(key + ": x") }

// oneLine makes what comes from the file harmless in a message.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
