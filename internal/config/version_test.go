package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// TestLoadVersion: what a file with other numbers does not say is as in the
// version that it is compared with, but the name and the first day.
func TestLoadVersion(t *testing.T) {
	base := policy.Defaults()
	base.Claim = calendar.Duration{N: 3, Unit: calendar.Weeks}
	same := base
	same.Version, same.InForce = "", 0
	registration := same
	registration.RegistrationShort = calendar.Duration{N: 35, Unit: calendar.Days}
	named := registration
	named.Version, named.InForce, named.ReviewBy, named.MinAge = "2.0", calendar.NewDate(2026, 9, 1), calendar.NewDate(2027, 8, 31), 16
	for _, c := range []struct {
		name, text string
		want       policy.Numbers
		wrong      string
	}{
		{"nothing", "", same, ""},
		{"only comments", "# registration_short: 35 days\n", same, ""},
		{"one number", "registration_short: 35 days\n", registration, ""},
		{"all of an entry", "version: \"2.0\"\nin_force: 2026-09-01\nreview_by: 2027-08-31\nmin_age: 16\nregistration_short: 35 days\n", named, ""},
		{"a number without its unit", "claim: 10\n", base, `:1:8: policy.claim: "10" has no unit`},
		{"an unknown key", "registration_shor: 35 days\n", base, `:1:1: unknown key "registration_shor": did you mean "registration_short"?`},
		{"ages that contradict the version's", "min_age: 101\n", base, ":1:10: policy.min_age: min_age, 101, is above max_age, 100"},
		{"a list", "- claim: 10 days\n", base, ":1:1: found a list instead of keys: write keys such as registration_short"},
		{"no YAML", "claim: [\n", base, "is not YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "other.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := LoadVersion(path, base)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("got the error %v, want %q", err, c.wrong)
			}
		})
	}
	if _, err := LoadVersion(filepath.Join(t.TempDir(), "nowhere.yaml"), base); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "name the file with the other numbers") {
		t.Errorf("without the file: %v", err)
	}
}
