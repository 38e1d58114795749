package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// standIn is a system with the programs that regcert calls, which write down that
// they were.
type standIn struct {
	users  map[string]bool
	shows  string // what systemctl tells of the service
	fails  string // the program that fails
	called []string
}

func (s *standIn) run(_ context.Context, name string, args ...string) (string, error) {
	last := args[len(args)-1]
	if name == s.fails {
		return "", errors.New(name + " is out of order")
	}
	switch {
	case name == "id" && !s.users[last]:
		return "", fmt.Errorf("id: %s: no such user", last)
	case name == "id" && args[0] == "-u":
		return fmt.Sprintln(os.Getuid()), nil
	case name == "id":
		return fmt.Sprintln(os.Getgid()), nil
	case name == "stat" && filepath.Base(last) == "old":
		return "kim staff\n", nil
	case name == "stat":
		return "regcert staff\n", nil
	case name == "systemctl" && args[0] == "show":
		return s.shows, nil
	case name == "useradd":
		s.users[last] = true
	}
	s.called = append(s.called, name+" "+args[0]+" … "+last)
	return "", nil
}

// newSystemd is a system in a folder, run by systemd.
func newSystemd(t *testing.T) (systemd, *standIn) {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"etc/systemd/system", "run/systemd/system"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s := &standIn{users: map[string]bool{}}
	return systemd{root: root, run: s.run}, s
}

func TestInstallOnLinux(t *testing.T) {
	d, system := newSystemd(t)
	dir := t.TempDir()
	old := filepath.Join(dir, "old")
	if err := os.Mkdir(old, 0o750); err != nil {
		t.Fatal(err)
	}
	s := &setup{exe: "/usr/local/bin/regcert", config: filepath.Join(dir, "config.yaml"), user: "regcert", state: filepath.Join(dir, "a", "state"),
		own: []string{filepath.Join(dir, "a", "state"), old}, shared: []string{filepath.Join(dir, "it's ours")}, variables: []string{"MAIL_PASSWORD"}}
	made, err := d.install(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"the user regcert", s.state, secretsFile, d.unitFile()}; !slices.Equal(made, want) {
		t.Errorf("made %q, want %q", made, want)
	}
	called := []string{"useradd --system … regcert", "systemctl daemon-reload … daemon-reload", "systemctl enable … regcert.service", "systemctl try-restart … regcert.service"}
	if !slices.Equal(system.called, called) {
		t.Errorf("called %q, want %q", system.called, called)
	}
	secrets := filepath.Join(d.root, secretsFile)
	for path, want := range map[string]os.FileMode{s.state: os.ModeDir | 0o700, old: os.ModeDir | 0o750, secrets: 0o600, d.unitFile(): 0o644} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", path, info, err, want)
		}
	}
	steps := strings.Join(d.next(t.Context(), s, false), "\n")
	for _, want := range []string{"--groups staff regcert", "chown -R regcert: " + old, "MAIL_PASSWORD", "doctor --config", "it's ours", "service start"} {
		if !strings.Contains(steps, want) {
			t.Errorf("what comes next lacks %q:\n%s", want, steps)
		}
	}
	if strings.Contains(steps, "chown -R regcert: "+s.state) {
		t.Errorf("it is to be given what it has:\n%s", steps)
	}

	// What is there already stays, but for the unit.
	if err := os.WriteFile(secrets, []byte("MAIL_PASSWORD='open sesame'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.shared = nil
	if made, err = d.install(t.Context(), s); err != nil || !slices.Equal(made, []string{d.unitFile()}) {
		t.Errorf("the second time it made %q, %v", made, err)
	}
	if text, err := os.ReadFile(secrets); err != nil || !strings.Contains(string(text), "open sesame") {
		t.Errorf("the passwords are %q, %v", text, err)
	}
	if text, err := os.ReadFile(d.unitFile()); err != nil || strings.Contains(string(text), "ours") {
		t.Errorf("the unit is not up to date: %v\n%s", err, text)
	}

	if err := d.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.unitFile()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unit is still there: %v", err)
	}
	if _, err := os.Stat(secrets); err != nil {
		t.Error(err)
	}
}

func TestInstallFails(t *testing.T) {
	for _, fails := range []string{"id", "useradd", "systemctl"} {
		d, system := newSystemd(t)
		system.fails = fails
		s := &setup{exe: "/e", config: "/c", user: "regcert", own: []string{filepath.Join(t.TempDir(), "state")}}
		if made, err := d.install(t.Context(), s); err == nil || !strings.Contains(err.Error(), "out of order") && !strings.Contains(err.Error(), "no such user") {
			t.Errorf("%s fails: made %q, %v", fails, made, err)
		}
	}
}

func TestLookAtService(t *testing.T) {
	const times = "ActiveEnterTimestamp=Mon 2026-05-11 08:12:03 BST\nInactiveEnterTimestamp=Mon 2026-05-11 09:00:00 BST\n"
	for shows, want := range map[string]serviceState{
		"LoadState=not-found\nActiveState=inactive\nSubState=dead\nActiveEnterTimestamp=\n":                   {},
		"LoadState=loaded\nActiveState=inactive\nSubState=dead\nInactiveEnterTimestamp=\n":                    {installed: true},
		"LoadState=loaded\nActiveState=active\nSubState=running\nExecMainStatus=0\n" + times:                  {true, true, " since Mon 2026-05-11 08:12:03 BST"},
		"LoadState=loaded\nActiveState=reloading\nSubState=reload\n" + times:                                  {true, true, " since Mon 2026-05-11 08:12:03 BST"},
		"LoadState=loaded\nActiveState=inactive\nSubState=dead\n" + times:                                     {true, false, " since Mon 2026-05-11 09:00:00 BST"},
		"LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nExecMainStatus=3\n" + times:         {true, false, ": it ended with exit code 3, and is started again within half a minute (`journalctl -u regcert` shows why)"},
		"LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainStatus=2\n" + times: {true, false, " since Mon 2026-05-11 09:00:00 BST: exit-code, exit code 2 (`journalctl -u regcert` shows why)"},
	} {
		d, system := newSystemd(t)
		system.shows = shows
		if got, err := d.look(t.Context()); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", shows, got, err, want)
		}
	}
	d, system := newSystemd(t)
	system.fails = "systemctl"
	if got, err := d.look(t.Context()); err == nil {
		t.Errorf("without an answer: %+v", got)
	}
	if got, err := (systemd{root: t.TempDir()}).look(t.Context()); err == nil || !strings.Contains(err.Error(), "not run by systemd") {
		t.Errorf("without systemd: %+v, %v", got, err)
	}
}

func TestShown(t *testing.T) {
	for want, words := range map[string][]string{
		"regcert serve --config /srv/config.yaml":     {"regcert", "serve", "--config", "/srv/config.yaml"},
		`regcert '/srv/our registers' '/srv/it'\''s'`: {"regcert", "/srv/our registers", "/srv/it's"},
		"'/srv/$HOME' '/srv/Zoë'":                     {"/srv/$HOME", "/srv/Zoë"},
	} {
		if got := shown(words...); got != want {
			t.Errorf("%q is shown as %s, want %s", words, got, want)
		}
	}
}
