package config

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/register"
)

// Draft is what a new configuration says otherwise than the example that comes
// with the program.
type Draft struct {
	Timezone  string
	Workbooks []DraftWorkbook
	Aliases   register.Aliases
}

// DraftWorkbook is a workbook, or several, of a new configuration.
type DraftWorkbook struct {
	Path        string // relative to the configuration; all its characters stand for themselves, unless it is a pattern
	Pattern     bool
	PasswordEnv string // empty: none
	Note        string // a comment; empty: none
}

// Text is the new configuration: the example with its comments, in which the
// draft takes the place of what it says, and of the other examples only the
// comments are left. An error is a mistake in the example.
func (d *Draft) Text(example string) (string, error) {
	e := editor{lines: strings.Split(example, "\n")}
	e.replace("timezone:", []string{"timezone: " + text(d.Timezone)})
	e.comment("    write_back:")
	e.replace("workbooks:", d.workbookLines())
	e.comment("columns:")
	e.comment("sheets:")
	if lines := AliasLines(d.Aliases); lines != nil {
		e.before("calendar:", append(lines, ""))
	}
	for _, key := range []string{"centre:", "  closures:", "  from:", "recipients:", "programmes:", "tutors:", "  owner:"} {
		e.comment(key)
	}
	return strings.Join(e.lines, "\n"), e.err
}

func (d *Draft) workbookLines() []string {
	lines := []string{"workbooks:"}
	for _, w := range d.Workbooks {
		path := w.Path
		if !w.Pattern {
			path = Literal(path)
		}
		line := "  - path: " + text(path)
		if w.Note != "" {
			line += "   # " + oneLine(w.Note)
		}
		lines = append(lines, line)
		if w.PasswordEnv != "" {
			lines = append(lines, "    password_env: "+w.PasswordEnv)
		}
	}
	return lines
}

// editor changes keys of a configuration, whose lines stay in their order. The
// first key that is not there stops all that follows.
type editor struct {
	lines []string
	err   error
}

// find returns the lines of a key and its value: those that are indented more.
// The key is given with its own indentation.
func (e *editor) find(key string) (from, to int) {
	from = slices.IndexFunc(e.lines, func(line string) bool { return strings.HasPrefix(line, key) })
	if from < 0 || e.err != nil {
		if e.err == nil {
			e.err = fmt.Errorf("the example has no key %q", strings.TrimSpace(key))
		}
		return 0, 0
	}
	to = from + 1
	for to < len(e.lines) && indent(e.lines[to]) > indent(e.lines[from]) {
		to++
	}
	return from, to
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// replace puts lines in the place of a key and its value. Comments among those
// stand behind them then.
func (e *editor) replace(key string, lines []string) {
	from, to := e.find(key)
	for _, line := range e.lines[from:to] {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines = append(lines, line)
		}
	}
	e.lines = slices.Replace(e.lines, from, to, lines...)
}

// before puts lines before a key.
func (e *editor) before(key string, lines []string) {
	from, _ := e.find(key)
	e.lines = slices.Insert(e.lines, from, lines...)
}

// comment makes comments of a key and its value.
func (e *editor) comment(key string) {
	from, to := e.find(key)
	for i := from; i < to; i++ {
		at := indent(e.lines[from])
		e.lines[i] = e.lines[i][:at] + "# " + e.lines[i][at:]
	}
}
