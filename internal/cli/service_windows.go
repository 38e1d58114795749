package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// What differs from system to system in the words of the service's commands.
const (
	userHelp        = `the account that the service runs as, DOMAIN\NAME (default NT SERVICE\regcert, an account of its own)`
	usesPassword    = true
	howToAdminister = "Run it in a terminal opened as administrator: right-click Terminal or PowerShell in the Start menu, Run as administrator."
	whereItsLogIs   = "Event Viewer shows why, under Windows Logs, Application, with the source regcert. Where the account could not log on: open Services, regcert, Properties, Log On, and enter its password there once; that gives it the right to."
	installHelp     = `It runs as an account of its own, NT SERVICE\regcert, which has no password and no rights
but those that it is given: install says how. Workbooks on a share of another computer
need an account of the domain that may read and write them:

  --user DOMAIN\NAME --password-env VARIABLE

where the environment variable holds the password of that account.`
)

// stopTime is how long a service that is to stop has for what it is at.
const stopTime = 10 * time.Second

func isAdministrator() bool { return windows.GetCurrentProcessToken().IsElevated() }

func defaultUser(func(string) string) string { return `NT SERVICE\` + serviceName }

// secretsPath is where the service's passwords stand.
func secretsPath() string {
	return filepath.Join(os.Getenv("ProgramData"), serviceName, "secrets.env")
}

// options are how Windows is to treat the service. It is started some time after
// the computer, when the network is there, and again after a crash.
func (s *setup) options() service.KeyValue {
	return service.KeyValue{
		"Password": s.password, "DelayedAutoStart": true,
		"OnFailure": "restart", "OnFailureDelayDuration": "30s", "OnFailureResetPeriod": 86400,
	}
}

// preview is what would be installed, in words.
func (s *setup) preview() (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, "service:  %s, started some time after the computer, and again 30 s after a crash\n", serviceName)
	fmt.Fprintf(&out, "runs:     %s\naccount:  %s\nsecrets:  %s\n", printable(shown(s.command()...)), printable(s.user), printable(secretsPath()))
	for _, dir := range s.own {
		fmt.Fprintf(&out, "its own:  %s\n", printable(dir))
	}
	for _, dir := range s.shared {
		fmt.Fprintf(&out, "writes:   %s\n", printable(dir))
	}
	return out.String(), nil
}

// prepare makes what the service needs, now that there is its account, and names
// what was made.
func (s *setup) prepare(ctx context.Context) (made []string, err error) {
	folder := filepath.Dir(secretsPath())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	// Only the system, administrators and the service may look into it.
	if err := allow(ctx, folder, "/inheritance:r", "/grant:r", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", s.user+":(OI)(CI)R"); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(secretsPath(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.WriteString(strings.ReplaceAll(secretsText(s.variables), "\n", "\r\n"))
		err = errors.Join(err, file.Close())
		made = append(made, secretsPath())
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for _, dir := range s.own {
		if _, err := os.Stat(dir); err != nil {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, err
			}
			made = append(made, dir)
		}
		if err := allow(ctx, dir, "/grant", s.user+":(OI)(CI)M"); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// allow changes who may do what with a folder.
func allow(ctx context.Context, dir string, args ...string) error {
	out, err := exec.CommandContext(ctx, "icacls", append([]string{dir, "/q"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the rights of %s cannot be set: icacls: %w: %s", dir, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// next says what whoever has installed the service has to do next.
func (s *setup) next(_ context.Context, running bool) []string {
	step := "The account of the service must be allowed to read the configuration, and to read and change the workbooks:\n  " +
		shown("icacls", filepath.Dir(s.config), "/grant", s.user+":(OI)(CI)RX")
	for _, dir := range s.shared {
		step += "\n  " + shown("icacls", dir, "/grant", s.user+":(OI)(CI)M")
	}
	steps := []string{step}
	if len(s.variables) > 0 {
		steps = append(steps, fmt.Sprintf("Write the passwords (%s) into %s:\n  %s", strings.Join(s.variables, ", "), secretsPath(), shown("notepad", secretsPath())))
	}
	if !running {
		steps = append(steps, "Start the service, and see later how it is:\n  "+shown(s.exe, "service", "start")+"\n  "+shown(s.exe, "service", "status"))
	}
	return steps
}

// shown is a command as it can be given to a terminal. No path of Windows has a
// quote in it.
func shown(words ...string) string {
	for i, w := range words {
		if strings.ContainsAny(w, " &()^;,='") {
			words[i] = `"` + w + `"`
		}
	}
	return strings.Join(words, " ")
}

// lookAtService asks Windows how the service is, which anybody may.
func lookAtService(context.Context) (serviceState, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return serviceState{}, err
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(serviceName)
	if err != nil {
		return serviceState{}, err
	}
	handle, err := windows.OpenService(manager, name, windows.SERVICE_QUERY_STATUS)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return serviceState{}, nil
	}
	if err != nil {
		return serviceState{}, err
	}
	s := &mgr.Service{Name: serviceName, Handle: handle}
	defer s.Close()
	status, err := s.Query()
	if err != nil {
		return serviceState{}, err
	}
	state := serviceState{installed: true, running: status.State != svc.Stopped}
	switch {
	case state.running:
		if at, err := startOf(status.ProcessId); err == nil {
			state.text = at.Format(" since Mon 2006-01-02 15:04:05")
		}
	case status.ServiceSpecificExitCode != 0:
		state.text = fmt.Sprintf(": it ended with exit code %d (Event Viewer shows why, under Windows Logs, Application)", status.ServiceSpecificExitCode)
	}
	return state, nil
}

// startOf is when a process was started.
func startOf(process uint32) (time.Time, error) {
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, process)
	if err != nil {
		return time.Time{}, err
	}
	defer windows.CloseHandle(handle)
	var start, end, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &start, &end, &kernel, &user); err != nil {
		return time.Time{}, err
	}
	return time.Unix(0, start.Nanoseconds()), nil
}

// underManager runs what serves: at once in a terminal, and as a service in
// contact with Windows' service manager, which may have it stop.
func (a *app) underManager(ctx context.Context, do func(context.Context) error) error {
	isService, err := svc.IsWindowsService()
	if err != nil || !isService {
		return do(ctx)
	}
	if err := os.Chdir(filepath.Dir(a.configFile)); err != nil { // it would be Windows' own
		return err
	}
	running := &underWindows{ctx: ctx, do: do}
	if err := svc.Run(serviceName, running); err != nil {
		return trouble(err, "")
	}
	return running.err
}

// underWindows is a service while it runs.
type underWindows struct {
	ctx context.Context
	do  func(context.Context) error
	err error
}

// Execute answers the service manager (svc.Handler).
func (u *underWindows) Execute(_ []string, requests <-chan svc.ChangeRequest, changes chan<- svc.Status) (isOurs bool, code uint32) {
	ctx, cancel := context.WithCancel(u.ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- u.do(ctx) }()
	changes <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	var timeUp <-chan time.Time
	for {
		select {
		case u.err = <-ended:
			return true, u.end()
		case <-timeUp:
			u.err = trouble(fmt.Errorf("it did not stop within %v", stopTime), "")
			return true, u.end()
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				changes <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				changes <- svc.Status{State: svc.StopPending, WaitHint: uint32((stopTime + 5*time.Second).Milliseconds())}
				cancel()
				if timeUp == nil {
					timeUp = time.After(stopTime)
				}
			}
		}
	}
}

// end writes into the event log why the service ends, as nobody sees its streams,
// and is the code to end with. Where a restart may help, the process ends without
// a word to the service manager, which takes that for a crash.
func (u *underWindows) end() uint32 {
	if u.err == nil {
		return exitDone
	}
	f := asFailure(u.err)
	if log, err := eventlog.Open(serviceName); err == nil {
		log.Error(1, strings.TrimSpace(printableLines(f.err.Error())+"\n"+f.remedy)) // there is nobody to tell if that fails
		log.Close()
	}
	if f.code != exitUsage {
		os.Exit(f.code)
	}
	return uint32(f.code)
}
