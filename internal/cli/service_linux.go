package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// What differs from system to system in the words of the service's commands.
const (
	userHelp        = "the user that the service runs as; it is made if it does not exist (default regcert)"
	usesPassword    = false
	howToAdminister = "Run the command again with sudo before it."
	whereItsLogIs   = "`sudo journalctl -u regcert` shows why."
	installHelp     = `systemd runs it, as a user of its own who may write nothing but the folders of the
workbooks and regcert's own. That user is made, and so are regcert's own folders, where
they are not there. Passwords go into ` + secretsFile + `.`
)

func isAdministrator() bool { return os.Geteuid() == 0 }

func defaultUser(func(string) string) string { return "regcert" }

// preview is the unit.
func (s *setup) preview() (string, error) { return s.unit() }

func (s *setup) install(ctx context.Context) ([]string, error) { return thisSystem().install(ctx, s) }

func (s *setup) next(ctx context.Context, running bool) []string {
	return thisSystem().next(ctx, s, running)
}

func lookAtService(ctx context.Context) (serviceState, error) { return thisSystem().look(ctx) }

func startService(ctx context.Context) error { return thisSystem().systemctl(ctx, "start", unitName) }
func stopService(ctx context.Context) error  { return thisSystem().systemctl(ctx, "stop", unitName) }

func uninstallService(ctx context.Context) error { return thisSystem().uninstall(ctx) }

const unitName = serviceName + ".service"

// systemd is the system's service manager, and what of the system it needs.
type systemd struct {
	root string // "/", or in tests a folder that stands for it
	run  func(ctx context.Context, name string, args ...string) (string, error)
}

func thisSystem() systemd { return systemd{root: "/", run: runProgram} }

func (d systemd) unitFile() string { return filepath.Join(d.root, "etc/systemd/system", unitName) }

func (d systemd) systemctl(ctx context.Context, args ...string) error {
	_, err := d.run(ctx, "systemctl", args...)
	return err
}

// install writes the unit, makes what it needs, and names what was made.
func (d systemd) install(ctx context.Context, s *setup) (made []string, err error) {
	unit, err := s.unit()
	if err != nil {
		return nil, err
	}
	uid, gid, err := d.ids(ctx, s.user)
	if err != nil {
		if _, err = d.run(ctx, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "--", s.user); err != nil {
			return nil, err
		}
		made = append(made, "the user "+s.user)
		if uid, gid, err = d.ids(ctx, s.user); err != nil {
			return nil, err
		}
	}
	for _, dir := range s.own {
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		if err := makeOwn(dir, uid, gid); err != nil {
			return nil, err
		}
		made = append(made, dir)
	}
	switch isNew, err := d.makeSecrets(s.variables); {
	case err != nil:
		return nil, err
	case isNew:
		made = append(made, secretsFile)
	}
	if err := replaceWith(d.unitFile(), unit); err != nil {
		return nil, err
	}
	made = append(made, d.unitFile())
	for _, args := range [][]string{{"daemon-reload"}, {"enable", unitName}, {"try-restart", unitName}} {
		if err := d.systemctl(ctx, args...); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// makeSecrets makes the file for the passwords, which only root can read, if there is none.
func (d systemd) makeSecrets(variables []string) (isNew bool, err error) {
	path := filepath.Join(d.root, secretsFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = file.WriteString(secretsText(variables))
	return true, errors.Join(err, file.Close())
}

// replaceWith puts a text in the place of a file, or makes it.
func replaceWith(path, text string) error {
	next := path + ".new"
	err := os.WriteFile(next, []byte(text), 0o644)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(next))
	}
	return nil
}

func (d systemd) uninstall(ctx context.Context) error {
	if err := d.systemctl(ctx, "disable", "--now", unitName); err != nil {
		return err
	}
	if err := os.Remove(d.unitFile()); err != nil {
		return err
	}
	return d.systemctl(ctx, "daemon-reload")
}

// look asks systemd how the service is.
func (d systemd) look(ctx context.Context) (serviceState, error) {
	if _, err := os.Stat(filepath.Join(d.root, "run/systemd/system")); err != nil {
		return serviceState{}, errors.New("this computer is not run by systemd, so regcert cannot be its service: have what starts services here start `regcert serve`")
	}
	out, err := d.run(ctx, "systemctl", "show", "--property=LoadState,ActiveState,SubState,Result,ExecMainStatus,ActiveEnterTimestamp,InactiveEnterTimestamp", unitName)
	if err != nil {
		return serviceState{}, err
	}
	has := map[string]string{}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\n"), "=")
		has[key] = value
	}
	state := serviceState{installed: has["LoadState"] == "loaded", running: slices.Contains([]string{"active", "reloading", "deactivating"}, has["ActiveState"])}
	since := has["InactiveEnterTimestamp"]
	if state.running {
		since = has["ActiveEnterTimestamp"]
	}
	if since != "" {
		state.text = " since " + since
	}
	switch {
	case has["SubState"] == "auto-restart":
		state.text = fmt.Sprintf(": it ended with exit code %s, and is started again within half a minute (`journalctl -u regcert` shows why)", has["ExecMainStatus"])
	case has["ActiveState"] == "failed":
		state.text += fmt.Sprintf(": %s, exit code %s (`journalctl -u regcert` shows why)", has["Result"], has["ExecMainStatus"])
	}
	return state, nil
}

// ids are the numbers of a user and of its group, wherever users are kept.
func (d systemd) ids(ctx context.Context, name string) (uid, gid int, err error) {
	for option, into := range map[string]*int{"-u": &uid, "-g": &gid} {
		out, err := d.run(ctx, "id", option, "--", name)
		if err == nil {
			*into, err = strconv.Atoi(strings.TrimSpace(out))
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return uid, gid, nil
}

// next says what whoever has installed the service has to do next.
func (d systemd) next(ctx context.Context, s *setup, running bool) []string {
	steps := []string{d.access(ctx, s)}
	for _, dir := range s.own {
		if owner, _ := d.owners(ctx, dir); owner != s.user {
			steps = append(steps, fmt.Sprintf("%s is regcert's own folder and belongs to %s. Give it to the service's user, with what is in it:\n  %s",
				dir, owner, shown("sudo", "chown", "-R", s.user+":", dir)))
		}
	}
	if len(s.variables) > 0 {
		steps = append(steps, fmt.Sprintf("Write the passwords (%s) into %s:\n  %s", strings.Join(s.variables, ", "), secretsFile, shown("sudoedit", secretsFile)))
	}
	steps = append(steps, "See whether everything is in place, as the service will find it:\n  "+
		shown("sudo", "systemd-run", "--quiet", "--pipe", "--wait", "-p", "User="+s.user, "-p", "AmbientCapabilities=CAP_CHOWN", "-p", "EnvironmentFile=-"+secretsFile,
			s.exe, "doctor", "--config", strings.ReplaceAll(s.config, "$", "$$")))
	if !running {
		steps = append(steps, "Start the service, and see later how it is:\n  "+shown("sudo", s.exe, "service", "start")+"\n  "+shown(s.exe, "service", "status"))
	}
	return steps
}

// access says what the service's user must be allowed to do, and how it comes to be.
func (d systemd) access(ctx context.Context, s *setup) string {
	step := fmt.Sprintf("The user %s must be allowed to read %s", s.user, s.config)
	groups := []string{}
	for i, dir := range append([]string{filepath.Dir(s.config)}, s.shared...) {
		_, group := d.owners(ctx, dir)
		if group != "root" && group != s.user && !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		if i > 0 {
			step += fmt.Sprintf(",\nand to read and write %s (group %s)", dir, group)
		}
	}
	if len(groups) > 0 {
		step += ". It may do what these groups may, if it joins them:\n  " + shown("sudo", "usermod", "--append", "--groups", strings.Join(groups, ","), s.user)
	}
	return step
}

// owners names the user and the group to whom a folder belongs.
func (d systemd) owners(ctx context.Context, dir string) (user, group string) {
	out, err := d.run(ctx, "stat", "--format=%U %G", "--", dir)
	if err != nil {
		return "nobody: it is not there", "unknown: it is not there"
	}
	user, group, _ = strings.Cut(strings.TrimSpace(out), " ")
	return user, group
}

func runProgram(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		why := strings.TrimSpace(errs.String())
		if why == "" {
			why = err.Error()
		}
		return "", fmt.Errorf("%s %s: %s", name, strings.Join(args, " "), why)
	}
	return out.String(), nil
}
