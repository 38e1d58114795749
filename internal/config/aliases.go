package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"regcert/internal/register"
)

// AliasLines writes names that staff use as the keys sheets and columns of a
// configuration, a line each; nothing where there are none.
func AliasLines(a register.Aliases) []string {
	var sheets, columns []string
	for _, k := range register.Kinds() {
		if names := a.Sheets[k]; len(names) > 0 {
			sheets = append(sheets, fmt.Sprintf("  %s: %s", text(k.String()), list(names)))
		}
		if len(a.Columns[k]) == 0 {
			continue
		}
		columns = append(columns, "  "+text(k.String())+":")
		for _, c := range slices.Sorted(maps.Keys(a.Columns[k])) {
			columns = append(columns, fmt.Sprintf("    %s: %s", text(c.String()), list(a.Columns[k][c])))
		}
	}
	var lines []string
	if len(sheets) > 0 {
		lines = append(append(lines, "sheets:"), sheets...)
	}
	if len(columns) > 0 {
		lines = append(append(lines, "columns:"), columns...)
	}
	return lines
}

func list(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = text(n)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// bareText is text that is the same with quotes and without them.
var bareText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_/.*-]*( [A-Za-z0-9_/.*-]+)*$`)

// text writes a text as YAML: in quotes, unless it can be nothing but a text.
func text(s string) string {
	switch strings.ToLower(s) {
	case "y", "yes", "n", "no", "true", "false", "on", "off", "null":
	default:
		if bareText.MatchString(s) {
			return s
		}
	}
	return "'" + strings.ReplaceAll(oneLine(s), "'", "''") + "'"
}
