//go:build !linux && !windows

package cli

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/kardianos/service"
)

// plist is how launchd is to treat the service, a template of kardianos/service.
//
//go:embed regcert.plist
var plist string

// What differs from system to system in the words of the service's commands.
const (
	userHelp        = "the user that the service runs as (default the one who called sudo)"
	usesPassword    = false
	howToAdminister = "Run the command again with sudo before it."
	whereItsLogIs   = "/var/log/regcert.err.log shows why."
	installHelp     = `launchd runs it, as the user who called sudo or the one that --user names. Passwords go
into /etc/regcert/secrets.env. For workbooks in Documents, on the Desktop or on a share,
give regcert Full Disk Access in System Settings, Privacy & Security.`
)

func isAdministrator() bool { return os.Geteuid() == 0 }

func defaultUser(getenv func(string) string) string { return cmp.Or(getenv("SUDO_USER"), "root") }

// secretsPath is where the service's passwords stand.
func secretsPath() string { return "/etc/regcert/secrets.env" }

func (s *setup) options() service.KeyValue { return service.KeyValue{"LaunchdConfig": plist} }

// preview is what would be installed, in words.
func (s *setup) preview() (string, error) {
	return fmt.Sprintf("service:  %s, started with the computer, and again 30 s after a failure\nruns:     %s\nuser:     %s\nsecrets:  %s\n",
		serviceName, printable(shown(s.command()...)), printable(s.user), secretsPath()), nil
}

// prepare makes what the service needs, and names what was made.
func (s *setup) prepare(context.Context) (made []string, err error) {
	u, err := user.Lookup(s.user)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll("/etc/regcert", 0o755); err != nil {
		return nil, err
	}
	for path, text := range map[string]string{secretsPath(): secretsText(s.variables), "/var/log/regcert.out.log": "", "/var/log/regcert.err.log": ""} {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		_, err = file.WriteString(text)
		if err = errors.Join(err, file.Chown(uid, gid), file.Close()); err != nil {
			return nil, err
		}
		made = append(made, path)
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
	return made, nil
}

// next says what whoever has installed the service has to do next.
func (s *setup) next(_ context.Context, running bool) []string {
	steps := []string{fmt.Sprintf("The user %s must be allowed to read %s, and to read and write\n%s.", s.user, s.config, strings.Join(s.shared, "\n"))}
	if len(s.variables) > 0 {
		steps = append(steps, fmt.Sprintf("Write the passwords (%s) into %s:\n  %s", strings.Join(s.variables, ", "), secretsPath(), shown("sudo", "nano", secretsPath())))
	}
	if !running {
		steps = append(steps, "Start the service, and see later how it is:\n  "+shown("sudo", s.exe, "service", "start")+"\n  "+shown("sudo", s.exe, "service", "status"))
	}
	return steps
}

// lookAtService asks launchd how the service is.
func lookAtService(context.Context) (serviceState, error) {
	m, err := manager(nil)
	if err != nil {
		return serviceState{}, err
	}
	switch status, err := m.Status(); {
	case errors.Is(err, service.ErrNotInstalled):
		return serviceState{}, nil
	case err != nil:
		return serviceState{}, err
	default:
		return serviceState{installed: true, running: status == service.StatusRunning}, nil
	}
}
