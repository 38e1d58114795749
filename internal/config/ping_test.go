package config

import (
	"strings"
	"testing"
)

// TestPingAddress guards where the address comes from, and that no error holds it.
func TestPingAddress(t *testing.T) {
	for _, tt := range []struct {
		daemon             Daemon
		value, want, wrong string
	}{
		{Daemon{}, "https://ping.example/1", "", ""},
		{Daemon{PingURL: "https://ping.example/1"}, "", "https://ping.example/1", ""},
		{Daemon{PingURLEnv: "PING"}, " https://ping.example/1\n", "https://ping.example/1", ""},
		{Daemon{PingURLEnv: "PING"}, "", "", "PING is not set"},
		{Daemon{PingURLEnv: "PING"}, "ping.example/secret", "", "PING holds no address"},
	} {
		getenv := func(name string) string {
			if name != "PING" {
				t.Errorf("%s was asked for", name)
			}
			return tt.value
		}
		got, err := tt.daemon.PingAddress(getenv)
		if got != tt.want || (err == nil) != (tt.wrong == "") || err != nil && (!strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%+v with %q: %q, %v; want %q, %q", tt.daemon, tt.value, got, err, tt.want, tt.wrong)
		}
	}
}
