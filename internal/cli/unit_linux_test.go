package cli

import (
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// oddPaths are paths in which there is something that means something to systemd.
func oddPaths() []string {
	return []string{
		"/srv/registers", "/srv/our registers", "/srv/ends with a space ", "/srv/100%/%h", "/srv/$HOME/${HOME}", `/srv/back\slash\`, `/srv/"quoted"`,
		"/srv/it's", "/srv/-dash", "/srv/a;b", "/srv/#a", "/srv/Zoë", "/srv/a\u00a0b", "/",
	}
}

func TestUnit(t *testing.T) {
	s := &setup{exe: "/usr/local/bin/regcert", config: "/srv/centre/config.yaml", user: "regcert", state: "/var/lib/regcert",
		own: []string{"/var/lib/regcert", "/var/lib/regcert/outbox", "/var/log/regcert"}, shared: []string{"/srv/centre/Registers", "/srv/share"}, reads: []string{"/srv/centre/config.yaml"}}
	unit := mustUnit(t, s)
	for key, want := range map[string][]string{
		"User":              {"regcert"},
		"ReadWritePaths":    {`"-/srv/centre/Registers"`, `"-/srv/share"`, `"-/var/lib/regcert"`, `"-/var/log/regcert"`},
		"RequiresMountsFor": {`"/srv/centre/config.yaml"`, `"/usr/local/bin/regcert"`, `"/var/lib/regcert"`},
		"ExecStart":         {`"/usr/local/bin/regcert" "serve" "--config" "/srv/centre/config.yaml"`},
		"WorkingDirectory":  {"/srv/centre/"},
		"EnvironmentFile":   {"-/etc/regcert/secrets.env"},
		"ProtectHome":       {"yes"}, "PrivateTmp": {"yes"}, "ProtectSystem": {"strict"},
		"Restart": {"on-failure"}, "RestartPreventExitStatus": {"2"}, "TimeoutStopSec": {"15"},
	} {
		if got := values(unit, key); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// TestUnitSeesItsFolders guards that nothing hides a folder that the service needs.
func TestUnitSeesItsFolders(t *testing.T) {
	for folder, want := range map[string][2]string{
		"/srv": {"yes", "yes"}, "/homes": {"yes", "yes"}, "/home/kim": {"read-only", "yes"}, "/root": {"read-only", "yes"}, "/run/user/1000": {"read-only", "yes"},
		"/tmp": {"yes", "no"}, "/tmp/a": {"yes", "no"}, "/tmpfiles": {"yes", "yes"}, "/var/tmp/a": {"yes", "no"}, "/": {"yes", "yes"},
	} {
		for _, s := range []*setup{
			{exe: folder + "/regcert", config: "/etc/c"}, {exe: "/e", config: folder + "/config.yaml"}, {exe: "/e", config: "/etc/c", own: []string{folder}},
			{exe: "/e", config: "/etc/c", shared: []string{folder}}, {exe: "/e", config: "/etc/c", reads: []string{folder}},
		} {
			unit := mustUnit(t, s)
			if got := [2]string{values(unit, "ProtectHome")[0], values(unit, "PrivateTmp")[0]}; got != want {
				t.Errorf("%+v: ProtectHome and PrivateTmp are %q, want %q", s, got, want)
			}
		}
	}
}

func TestUnitRefuses(t *testing.T) {
	for _, s := range []*setup{
		{exe: "/e", config: "/a\nExecStart=/bin/sh"}, {exe: "/e\x7f", config: "/c"}, {exe: "/e", config: "/c", own: []string{"/a\tb"}}, {exe: "/e", config: "/c", shared: []string{"/\xff"}},
		{exe: "/e", config: "/c", user: "a\nb"}, {exe: "/e", config: "/c", user: "-a"}, {exe: "/e", config: "/c", user: "a b"}, {exe: "/e", config: "/c", user: "a:b"}, {exe: "/e", config: "/c", user: `centre\`},
	} {
		if s.user == "" {
			s.user = "regcert"
		}
		if unit, err := s.unit(); err == nil {
			t.Errorf("%+v gives\n%s", s, unit)
		}
	}
}

// FuzzUnit holds that systemd reads back every path that was written.
func FuzzUnit(f *testing.F) {
	for _, p := range oddPaths() {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		p = path.Clean("/" + p)
		s := &setup{exe: path.Join(p, "regcert"), config: path.Join(p, "config.yaml"), user: "regcert", state: path.Join(p, "state"), shared: []string{p}}
		unit, err := s.unit()
		if err != nil {
			if utf8.ValidString(p) && !strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatal(err)
			}
			return
		}
		if strings.Contains(unit, "\\\n") {
			t.Errorf("a line goes on in the next:\n%s", unit)
		}
		command := words(t, values(unit, "ExecStart")[0])
		for i := range command[1:] {
			command[i+1] = strings.ReplaceAll(command[i+1], "$$", "$")
		}
		if !slices.Equal(command, s.command()) {
			t.Errorf("the command is %q, want %q", command, s.command())
		}
		if got := words(t, values(unit, "ReadWritePaths")[0]); !slices.Equal(got, []string{"-" + p}) {
			t.Errorf("it may write %q, want %q", got, p)
		}
		if got := strings.ReplaceAll(values(unit, "WorkingDirectory")[0], "%%", "%"); path.Clean(got) != p {
			t.Errorf("it works in %q, want %q", got, p)
		}
	})
}

func mustUnit(t *testing.T, s *setup) string {
	t.Helper()
	if s.user == "" {
		s.user = "regcert"
	}
	unit, err := s.unit()
	if err != nil {
		t.Fatal(err)
	}
	return unit
}

// values are those that a unit gives to a key, as systemd sees them: without
// blanks around them.
func values(unit, key string) (all []string) {
	for line := range strings.Lines(unit) {
		if value, ok := strings.CutPrefix(line, key+"="); ok {
			all = append(all, strings.Trim(value, " \t\n\r"))
		}
	}
	return all
}

// words takes a list apart as systemd does (systemd.syntax(7), QUOTING), for lists
// in double quotes, and puts a percent sign for two.
func words(t *testing.T, list string) (out []string) {
	for list != "" {
		if list[0] != '"' {
			t.Fatalf("%q is not in quotes", list)
		}
		var word strings.Builder
		i := 1
		for ; i < len(list) && list[i] != '"'; i++ {
			if list[i] == '\\' {
				if i++; i == len(list) || list[i] != '\\' && list[i] != '"' {
					t.Fatalf("an unknown escape in %q", list)
				}
			}
			word.WriteByte(list[i])
		}
		if i == len(list) {
			t.Fatalf("%q is not closed", list)
		}
		if strings.Contains(strings.ReplaceAll(word.String(), "%%", ""), "%") {
			t.Fatalf("%q has a specifier", word.String())
		}
		out = append(out, strings.ReplaceAll(word.String(), "%%", "%"))
		list = strings.TrimPrefix(list[i+1:], " ")
	}
	return out
}
