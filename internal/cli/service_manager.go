//go:build !linux

package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/kardianos/service"
)

// manager is the service as the system's service manager has it. What it runs is
// said by s, which may be nil where nothing is installed.
func manager(s *setup) (service.Service, error) {
	c := &service.Config{Name: serviceName, DisplayName: "regcert", Description: serviceTitle}
	if s != nil {
		c.Executable, c.Arguments, c.UserName, c.WorkingDirectory, c.Option, c.EnvVars = s.exe, s.command()[1:], s.user, filepath.Dir(s.config), s.options(), map[string]string{secretsVariable: secretsPath()}
	}
	m, err := service.New(nil, c) // it is not asked to run anything
	if err != nil {
		return nil, fmt.Errorf("this computer has no service manager that regcert knows (%w): have what starts services here start `regcert serve`", err)
	}
	return m, nil
}

// install installs the service. One that is there already is taken away first:
// its manager can change none.
func (s *setup) install(ctx context.Context) ([]string, error) {
	before, err := lookAtService(ctx)
	if err != nil {
		return nil, err
	}
	if before.installed {
		if err := uninstallService(ctx); err != nil {
			return nil, err
		}
	}
	m, err := manager(s)
	if err != nil {
		return nil, err
	}
	if err := m.Install(); err != nil {
		return nil, err
	}
	return s.prepare(ctx)
}

func uninstallService(ctx context.Context) error {
	if err := stopService(ctx); err != nil {
		return err
	}
	m, err := manager(nil)
	if err != nil {
		return err
	}
	return m.Uninstall()
}

func startService(ctx context.Context) error {
	m, err := manager(nil)
	if err != nil {
		return err
	}
	if state, err := lookAtService(ctx); err != nil || state.running {
		return err
	}
	return m.Start()
}

func stopService(ctx context.Context) error {
	m, err := manager(nil)
	if err != nil {
		return err
	}
	if state, err := lookAtService(ctx); err != nil || !state.running {
		return err
	}
	return m.Stop()
}
