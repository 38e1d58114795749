package config

import (
	"fmt"
	"strings"
)

// PingAddress is what is fetched after each good run, from the configuration or
// the environment; empty: nothing. The address is a secret, and no error holds it.
func (d *Daemon) PingAddress(getenv func(string) string) (string, error) {
	if d.PingURLEnv == "" {
		return d.PingURL, nil
	}
	address := strings.TrimSpace(getenv(d.PingURLEnv))
	switch {
	case address == "":
		return "", fmt.Errorf("the environment variable %s is not set: set it to the address, or take daemon.ping_url_env out", d.PingURLEnv)
	case !IsWebAddress(address):
		return "", fmt.Errorf("the environment variable %s holds no address that begins with https:// or http://: correct it", d.PingURLEnv)
	}
	return address, nil
}
