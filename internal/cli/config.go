package cli

import (
	"errors"
	"io/fs"
	"path/filepath"

	"regcert/internal/config"
)

// config reads the configuration.
func (a *app) config() (*config.Config, error) {
	cfg, err := config.Load(a.configFile)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	return cfg, nil
}

// configOrNamed reads the configuration; where there is none, the workbooks
// that are named are enough.
func (a *app) configOrNamed(named []string) (*config.Config, error) {
	if len(named) > 0 {
		return a.configOrDefault()
	}
	return a.config()
}

// configOrDefault reads the configuration, or takes the defaults where the file
// that is looked for by default does not exist.
func (a *app) configOrDefault() (*config.Config, error) {
	cfg, err := a.config()
	if errors.Is(err, fs.ErrNotExist) && a.configFile == defaultConfig {
		dir, err := filepath.Abs(".")
		if err != nil {
			return nil, err
		}
		return config.Default(dir)
	}
	return cfg, err
}
