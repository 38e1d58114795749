package cli

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"
)

// unitTemplate is the systemd unit.
//
//go:embed regcert.service
var unitTemplate string

// secretsFile is where the service's passwords stand on systems like Linux.
const secretsFile = "/etc/regcert/secrets.env"

// userName is what systemd takes for one (systemd.exec(5), User=), and useradd for
// an option in no case.
var userName = regexp.MustCompile(`^[A-Za-z_]([A-Za-z0-9_.@\\-]*[A-Za-z0-9_.@$-])?$`)

// unit renders the systemd unit for a service whose paths are absolute, and real
// where they are there. It refuses paths that cannot stand in a unit.
func (s setup) unit() (string, error) {
	for _, p := range s.paths() {
		if !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fmt.Errorf("the path %q has a character in it that systemd does not take: rename it", p)
		}
	}
	if !userName.MatchString(s.user) {
		return "", fmt.Errorf("%q cannot be the name of a user: write letters, digits, - and _, such as regcert", s.user)
	}
	t, err := template.New("regcert.service").Funcs(template.FuncMap{
		"line": percent, "folder": systemdFolder, "list": systemdWord, "words": systemdCommand,
		"optional": func(p string) string { return systemdWord("-" + p) },
	}).Parse(unitTemplate)
	if err != nil {
		return "", err
	}
	home, tmp := "yes", "yes"
	for _, p := range s.paths() {
		if below(p, "/home") || below(p, "/root") || below(p, "/run/user") {
			home = "read-only"
		}
		if below(p, "/tmp") || below(p, "/var/tmp") {
			tmp = "no"
		}
	}
	var out strings.Builder
	err = t.Execute(&out, map[string]any{
		"User": s.user, "Command": s.command(), "Folder": path.Dir(s.config), "Secrets": secretsFile,
		"Needs": outermost([]string{s.exe, s.config, s.state}), "Writes": outermost(slices.Concat(s.shared, s.own)),
		"ProtectHome": home, "PrivateTmp": tmp,
	})
	return out.String(), err
}

// paths are all paths that the service has to do with.
func (s *setup) paths() []string {
	return slices.Concat([]string{s.exe, s.config}, s.own, s.shared, s.reads)
}

// below reports whether a path is a folder or lies in it.
func below(p, folder string) bool {
	return p == folder || folder == "/" || strings.HasPrefix(p, folder+"/")
}

// outermost leaves out what lies below another of the paths, and sorts them.
func outermost(paths []string) []string {
	var out []string
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if !slices.ContainsFunc(out, func(above string) bool { return below(p, above) }) {
			out = append(out, p)
		}
	}
	return out
}

// percent protects what systemd would take for a specifier (systemd.unit(5)).
func percent(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// systemdWord is one word of a list of paths, in quotes. There is no escape but
// the backslash before a quote and before itself that all such lists understand.
func systemdWord(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(percent(s)) + `"`
}

// systemdCommand is a command line. A variable is not looked up in the name of
// the program, only in what follows (systemd.service(5), COMMAND LINES).
func systemdCommand(words []string) string {
	out := []string{systemdWord(words[0])}
	for _, w := range words[1:] {
		out = append(out, systemdWord(strings.ReplaceAll(w, "$", "$$")))
	}
	return strings.Join(out, " ")
}

// systemdFolder is a path that takes the rest of its line, without quotes. The
// slash at its end keeps spaces there, and keeps a backslash from joining lines.
func systemdFolder(p string) string { return percent(strings.TrimSuffix(p, "/")) + "/" }
