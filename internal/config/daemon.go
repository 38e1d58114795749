package config

import (
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"regcert/internal/calendar"
)

// Daemon is what only regcert serve needs to know, besides the schedule.
type Daemon struct {
	Owner       netmail.Address   // who is told what keeps regcert from its work; without an address nobody
	AfterSave   time.Duration     // how long a saved workbook has been left alone when it is checked; 0: it is not
	OpenTooLong calendar.Duration // for how long a workbook may not be written before the owner is told
	Listen      string            // the address of the page and of what watches regcert; empty: none
	PingURL     string            // what is fetched after each good run; empty: nothing
	PingURLEnv  string            // or the environment variable with its address
	Log         Log
}

// Log says what the daemon's log looks like and where it goes.
type Log struct {
	Format string // "text" or "json"
	File   string // empty: to the standard error stream
	Keep   int    // how many full files are kept
}

// MinKeepHistory is the shortest time for which the history is kept, in months: the digest
// looks back so far.
const MinKeepHistory = 6

func defaultDaemon() Daemon {
	return Daemon{
		AfterSave: 20 * time.Second, OpenTooLong: calendar.Duration{N: 2, Unit: calendar.WorkingDays},
		Log: Log{Format: "text", Keep: 5},
	}
}

func (c *Config) readDaemon(v value) {
	d := &c.Daemon
	v.object("write owner, after_save, open_too_long, listen, ping_url or log",
		field{"owner", func(v value) {
			seen := v.object("write the name and the email of whoever looks after regcert",
				field{"name", func(v value) { v.filled("write a name or role", &d.Owner.Name) }},
				field{"email", func(v value) { v.address(&d.Owner.Address) }})
			v.wants(seen, "email")
		}},
		field{"after_save", func(v value) { v.afterSave(&d.AfterSave) }},
		field{"open_too_long", func(v value) { v.duration(&d.OpenTooLong) }},
		field{"listen", func(v value) { v.listen(&d.Listen) }},
		field{"ping_url", func(v value) { v.webAddress(&d.PingURL) }},
		field{"ping_url_env", func(v value) { v.variable(&d.PingURLEnv) }},
		field{"log", func(v value) {
			v.object("write format, file or keep",
				field{"format", func(v value) { v.oneOf(&d.Log.Format, "text", "json") }},
				field{"file", func(v value) {
					if s := ""; v.text("write the path of a file, or nothing", &s) && s != "" {
						d.Log.File = c.resolve(s)
					}
				}},
				field{"keep", func(v value) { v.number(1, 1000, "how many full files are kept", &d.Log.Keep) }})
		}},
	)
	if d.PingURL != "" && d.PingURLEnv != "" {
		v.fail("has ping_url and ping_url_env: take one of the two out")
	}
}

// afterSave reads how long a workbook is left alone.
func (v value) afterSave(into *time.Duration) {
	const want = "write a time from 5s to 1h, such as 20s, or never"
	var s string
	if !v.filled(want, &s) {
		return
	}
	if s == "never" {
		*into = 0
		return
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 5*time.Second || d > time.Hour {
		v.fail("%s is no such time: %s", v.quoted(s), want)
		return
	}
	*into = d
}

// listen reads an address to listen at. A port alone is one of this computer only.
func (v value) listen(into *string) {
	const want = `write a port such as 9180, at which only this computer is answered, or an address such as "192.0.2.7:9180"`
	if _, isNumber := v.node.(*ast.IntegerNode); isNumber {
		var port int
		if v.number(1, 65535, "a port", &port) {
			*into = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		}
		return
	}
	var s string
	if !v.text(want, &s) || s == "" {
		return
	}
	host, port, err := net.SplitHostPort(s)
	if err == nil && host != "localhost" {
		_, err = netip.ParseAddr(host)
	}
	if n, notNumber := strconv.Atoi(port); err != nil || notNumber != nil || n < 1 || n > 65535 {
		v.fail("%s is no such address: %s", v.quoted(s), want)
		return
	}
	*into = s
}

// webAddress reads the address of something on the web.
func (v value) webAddress(into *string) {
	const want = "write an address that begins with https:// or http://, or nothing"
	var s string
	if !v.text(want, &s) || s == "" {
		return
	}
	if !IsWebAddress(s) {
		v.fail("found %s: %s", v.quoted(s), want)
		return
	}
	*into = s
}

// IsWebAddress reports whether s is the whole address of something on the web.
func IsWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (strings.EqualFold(u.Scheme, "https") || strings.EqualFold(u.Scheme, "http")) && u.Host != ""
}

// readKeepHistory reads for how long the history is kept.
func (c *Config) readKeepHistory(v value) {
	before := len(v.doc.problems)
	d := c.KeepHistory
	v.duration(&d)
	if len(v.doc.problems) > before {
		return
	}
	if d.Unit != calendar.Months || d.N < MinKeepHistory || d.N > 1200 {
		v.fail("%q is no such time: write months, at least %d, such as 36 months", d, MinKeepHistory)
		return
	}
	c.KeepHistory = d
}
