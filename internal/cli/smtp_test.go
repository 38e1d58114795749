package cli

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
	"regcert/internal/register/registertest"
)

// smtpCentre is a centre whose configuration names a mail server.
type smtpCentre struct {
	dir string
	now time.Time
	env map[string]string
}

func newSMTPCentre(t *testing.T, config string, ca []byte) *smtpCentre {
	t.Helper()
	c := &smtpCentre{dir: t.TempDir(), now: time.Now(), env: map[string]string{}}
	for _, f := range registertest.Files(t, "== a.xlsx\n-- Adjustments\nLearner ID | Type | Recorded On | Stored\nL001 | Reader | 2026-04-01 | no\n") {
		c.put(t, f.Name, string(f.Data))
	}
	c.put(t, "ca.pem", string(ca))
	c.put(t, "config.yaml", config)
	return c
}

func (c *smtpCentre) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// regcert runs a command, and wants an exit code and something to be said, and
// no secret.
func (c *smtpCentre) regcert(t *testing.T, want int, say string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	streams := Streams{Out: &out, Err: &out, Getenv: func(name string) string { return c.env[name] }, Now: func() time.Time { return c.now }}
	if code := Main(t.Context(), append(args, "--config", filepath.Join(c.dir, "config.yaml")), streams); code != want {
		t.Errorf("regcert %q: exit code %d, want %d:\n%s", args, code, want, &out)
	}
	if !strings.Contains(out.String(), say) {
		t.Errorf("regcert %q does not say %q:\n%s", args, say, &out)
	}
	for _, secret := range append(slices.Collect(maps.Values(c.env)), mailtest.Password, mailtest.Token) {
		if secret != "" && strings.Contains(out.String(), secret) {
			t.Errorf("regcert %q tells a secret:\n%s", args, &out)
		}
	}
	return out.String()
}

// TestSendOverSMTP sends the digest as a configuration says, to a real server
// with STARTTLS and a login: each recipient gets one message of their own, and
// who was refused gets it when they are sent it again.
func TestSendOverSMTP(t *testing.T) {
	office := mailtest.Open(t, "starttls", "LOGIN")
	config := fmt.Sprintf(`
workbooks: [{path: a.xlsx}]
recipients:
  - {name: Head of Quality, email: quality@centre.example}
  - {name: Somebody who left, email: gone@centre.example}
mail:
  transport: smtp
  from: regcert@centre.example
  smtp: {host: 127.0.0.1, port: %d, tls: starttls, auth: login, username: %s, password_env: MAIL_PASSWORD, ca_file: ca.pem}
`, office.Port, mailtest.User)
	c := newSMTPCentre(t, config, office.CA)
	send := func(want int, password, say string) {
		t.Helper()
		c.env["MAIL_PASSWORD"] = password
		c.regcert(t, want, say, "digest", "--send", "--as-of", "2026-05-11")
	}
	sent := func(to ...string) {
		t.Helper()
		var got []string
		for _, l := range office.Taken() {
			if len(l.To) != 1 || l.From != "regcert@centre.example" || !strings.Contains(l.Body, "L001") {
				t.Errorf("%+v", l)
			}
			got = append(got, l.To...)
		}
		if strings.Join(got, " ") != strings.Join(to, " ") {
			t.Errorf("sent to %q, want %q", got, to)
		}
	}

	send(2, "", "MAIL_PASSWORD")
	send(3, "wrong horse", "535")
	sent()
	c.regcert(t, 1, "cannot log in: 535", "doctor")
	c.regcert(t, 0, "Mail is paused until", "mail")
	send(3, mailtest.Password, "the digest for Somebody who left was not sent: 127.0.0.1:")
	sent("quality@centre.example")
	send(3, mailtest.Password, "550")
	sent("quality@centre.example")
	c.regcert(t, 0, "the mail server takes encryption and the login", "doctor")
	c.regcert(t, 0, "warn  message 2 ", "doctor")
	c.put(t, "config.yaml", strings.Replace(config, "gone@", "new@", 1))
	send(0, mailtest.Password, "Sent to Somebody who left: ")
	sent("quality@centre.example", "new@centre.example")
}

// TestSendWithTokens sends the digest with access tokens, as a configuration
// says.
func TestSendWithTokens(t *testing.T) {
	office, tokens := mailtest.Open(t, "starttls", "XOAUTH2"), mailtest.OpenTokens(t)
	c := newSMTPCentre(t, fmt.Sprintf(`
workbooks: [{path: a.xlsx}]
recipients: [{name: Head of Quality, email: quality@centre.example}, {name: Claims Desk, email: claims@centre.example}]
mail:
  transport: smtp
  from: regcert@centre.example
  smtp:
    host: 127.0.0.1
    port: %d
    auth: xoauth2
    username: %s
    ca_file: ca.pem
    oauth2: {token_url: "%s", client_id: %s, client_secret_env: CLIENT_SECRET, scope: %s}
`, office.Port, mailtest.User, tokens.URL, mailtest.ClientID, mailtest.Scope), append(office.CA, tokens.CA...))
	digest := []string{"digest", "--send", "--as-of", "2026-05-11"}
	c.regcert(t, 2, "put it into the environment variable CLIENT_SECRET", digest...)
	c.env["CLIENT_SECRET"] = "not the secret"
	c.regcert(t, 3, "the secret in the environment variable CLIENT_SECRET", digest...)
	c.regcert(t, 1, "cannot get an access token: 401 Unauthorized", "doctor")
	c.env["CLIENT_SECRET"] = mailtest.ClientSecret
	c.regcert(t, 0, "Sent to Claims Desk: ", digest...)
	if n := tokens.Given(); n != 1 || len(office.Taken()) != 2 {
		t.Errorf("%d tokens for %d letters, want 1 for 2", n, len(office.Taken()))
	}
	c.regcert(t, 0, "the mail server takes encryption and the login", "doctor")
}

// TestSendUnknown guards that a digest which may have arrived is said to be so,
// and is not sent again before its hour.
func TestSendUnknown(t *testing.T) {
	for _, hold := range []bool{false, true} {
		var mended atomic.Bool
		server := mailtest.OpenScripted(t, func(step mailtest.Step, _ string) mailtest.Fate {
			return mailtest.Fate{HangUp: step == mailtest.AtAnswer && !mended.Load()}
		})
		c := newSMTPCentre(t, fmt.Sprintf(`
workbooks: [{path: a.xlsx}]
recipients: [{name: Head of Quality, email: quality@centre.example}]
mail:
  transport: smtp
  from: regcert@centre.example
  on_unknown: %s
  smtp: {host: 127.0.0.1, port: %d, auth: plain, username: u, password_env: P, ca_file: ca.pem}
`, map[bool]string{false: "resend", true: "hold"}[hold], server.Port), server.CA)
		c.env["P"] = "secret word"
		digest := []string{"digest", "--send", "--as-of", "2026-05-11"}
		taken := func(want int) {
			t.Helper()
			if n := len(server.Taken()); n != want {
				t.Errorf("hold %t: %d letters were taken, want %d", hold, n, want)
			}
		}
		say := map[bool]string{false: "and is due once more on ", true: "and is not sent again by itself: 127.0.0.1:"}[hold]
		c.regcert(t, 3, "the digest for Head of Quality may have arrived, "+say, digest...)
		mended.Store(true)
		c.now = c.now.Add(59 * time.Minute)
		c.regcert(t, 3, "may have arrived", digest...)
		taken(1)
		c.regcert(t, 0, "   1  may have arrived  digest 2026-05-11", "mail")
		c.regcert(t, 0, "if it has arrived, `regcert mail drop 1`; if not, `regcert mail retry 1`", "doctor")
		c.now = c.now.Add(2 * time.Minute)
		if hold {
			c.regcert(t, 3, "may have arrived", digest...)
			taken(1)
			c.regcert(t, 0, "Sent to Head of Quality <quality@centre.example>: ", "mail", "retry", "1")
		} else {
			c.regcert(t, 0, "Sent to Head of Quality: ", digest...)
		}
		taken(2)
		c.regcert(t, 0, "before, on", digest...)
		taken(2)
	}
}
