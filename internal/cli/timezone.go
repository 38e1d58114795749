package cli

import (
	"os"
	"path"
	"strings"
	"time"
)

// timezoneOf is the name of the time zone that the computer has been given. Where
// that is no place's, or the system gives it a name that others do not know, as
// Windows does, it is the one that most centres are in: doctor says if the
// clocks disagree.
func timezoneOf(getenv func(string) string) string {
	link, _ := os.Readlink("/etc/localtime")
	_, linked, _ := strings.Cut(link, "zoneinfo/")
	for _, name := range []string{strings.TrimPrefix(getenv("TZ"), ":"), linked} {
		switch path.Base(name) {
		case ".", "Local", "UTC", "UCT", "GMT", "Zulu":
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name
		}
	}
	return "Europe/London"
}
