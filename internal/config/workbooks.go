package config

import (
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"regcert/internal/register"
)

func (c *Config) readTimezone(v value) {
	const want = "write the name of a time zone, such as Europe/London"
	var name string
	if !v.filled(want, &name) {
		return
	}
	location, err := time.LoadLocation(name)
	// "Local" would be another day on another computer.
	if err != nil || name == "Local" {
		v.fail("there is no time zone %s: %s", v.quoted(name), want)
		return
	}
	c.Location = location
}

func (c *Config) readWorkbooks(v value) {
	const want = "write a list of workbooks, such as [{path: registers/*.xlsx}]"
	items, ok := v.items(want)
	if !ok {
		return
	}
	if len(items) == 0 {
		v.fail("names no workbook: %s", want)
	}
	for _, item := range items {
		w := Workbook{WriteBack: true}
		seen := item.object("write path: and the workbook, such as {path: registers/*.xlsx}",
			field{"path", func(v value) { c.readPattern(v, &w.Path) }},
			field{"password_env", func(v value) { v.variable(&w.PasswordEnv) }},
			field{"write_back", func(v value) { v.yesNo(&w.WriteBack) }},
		)
		item.wants(seen, "path")
		if slices.ContainsFunc(c.Workbooks, func(other Workbook) bool { return w.Path != "" && other.Path == w.Path }) {
			seen["path"].fail("stands here a second time: take one of the two out")
		}
		c.Workbooks = append(c.Workbooks, w)
	}
}

// readPattern reads a glob. The folder of the file is taken as it is, whatever
// characters are in its name.
func (c *Config) readPattern(v value, into *string) {
	var pattern string
	if !v.filled("write a path, such as registers/*.xlsx", &pattern) {
		return
	}
	if _, err := filepath.Match(filepath.FromSlash(pattern), ""); err != nil {
		v.fail("%s is no pattern for paths: close the bracket [, or put it into brackets: [[]", v.quoted(pattern))
		return
	}
	if strings.Contains(pattern, "**") {
		v.fail("%s has **, which stands for no more than *: name each folder by itself", v.quoted(pattern))
		return
	}
	pattern = filepath.FromSlash(pattern)
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(Literal(c.Dir), pattern)
	}
	*into = pattern
}

// Literal is the pattern that matches a path and nothing else.
func Literal(path string) string {
	pairs := []string{"[", "[[]", "*", "[*]", "?", "[?]"}
	if runtime.GOOS != "windows" {
		pairs = append(pairs, `\`, `\\`)
	}
	return strings.NewReplacer(pairs...).Replace(path)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variable reads the name of an environment variable.
func (v value) variable(into *string) {
	const want = "write the name of an environment variable, such as REGCERT_PASSWORD, not the secret itself"
	var name string
	if !v.filled(want, &name) {
		return
	}
	if !variableName.MatchString(name) {
		v.fail("found no such name: %s", want)
		return
	}
	*into = name
}

func (c *Config) readSheets(v value) {
	c.Aliases.Sheets = map[register.Kind][]string{}
	taken := map[string]string{} // how names are compared → the sheet they stand for
	for _, k := range register.Kinds() {
		taken[register.NormalHeading(k.String())] = k.String()
	}
	for _, e := range v.entries("write sheets with the other names that staff use, such as {Enrolments: [Learners 25-26]}") {
		if kind, ok := e.kind(); ok {
			e.value.aliases("[Learners 25-26]", e.key, taken, func(alias string) {
				c.Aliases.Sheets[kind] = append(c.Aliases.Sheets[kind], alias)
			})
		}
	}
}

func (c *Config) readColumns(v value) {
	c.Aliases.Columns = map[register.Kind]map[register.Column][]string{}
	for _, sheet := range v.entries("write sheets with their columns, such as {Enrolments: {Course Start: [Start date]}}") {
		kind, ok := sheet.kind()
		if !ok {
			continue
		}
		columns := map[string]register.Column{}
		taken := map[string]string{}
		var names []string
		for _, column := range slices.Concat(kind.Inputs(), kind.Outputs()) {
			columns[column.String()] = column
			taken[register.NormalHeading(column.String())] = column.String()
			names = append(names, column.String())
		}
		aliases := map[register.Column][]string{}
		for _, e := range sheet.value.entries("write columns with the other headings that staff use, such as {" + names[0] + ": [Number]}") {
			column, ok := columns[e.key]
			if !ok {
				e.unknown("column of "+sheet.key, names)
				continue
			}
			e.value.aliases("[Start date, Programme start]", e.key, taken, func(alias string) {
				aliases[column] = append(aliases[column], alias)
			})
		}
		c.Aliases.Columns[kind] = aliases
	}
}

// kind is the kind of sheet that a key names.
func (e entry) kind() (register.Kind, bool) {
	var names []string
	for _, k := range register.Kinds() {
		if k.String() == e.key {
			return k, true
		}
		names = append(names, k.String())
	}
	e.unknown("sheet", names)
	return 0, false
}

// aliases reads the other names of a sheet or column. A name that stands for
// another one already is refused: nobody could say which is meant.
func (v value) aliases(example, stands string, taken map[string]string, add func(string)) {
	v.texts("write a list of names, numbers in quotes, such as "+example, func(item value, alias string) {
		compared := register.NormalHeading(alias)
		other, isTaken := taken[compared]
		switch {
		case compared == "":
			item.fail("%s has neither letter nor digit, by which names are compared: take it out", item.quoted(alias))
		case isTaken && register.NormalHeading(other) == compared && other != stands:
			item.fail("%s is the name of another: take it out", item.quoted(alias))
		case isTaken && other != stands:
			item.fail("%s stands for %q already (names are compared without case, spaces and punctuation): take it out of one of the two", item.quoted(alias), other)
		default:
			taken[compared] = stands
			add(alias)
		}
	})
}
