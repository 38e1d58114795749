package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
	"regcert/internal/register/registertest"
)

// TestSendOverSMTP sends the digest as a configuration says, to a real server
// with STARTTLS and a login: each recipient gets one message of their own, and
// who was refused gets it when they are sent it again.
func TestSendOverSMTP(t *testing.T) {
	office := mailtest.Open(t, "starttls", "LOGIN")
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range registertest.Files(t, "== a.xlsx\n-- Adjustments\nLearner ID | Type | Recorded On | Stored\nL001 | Reader | 2026-04-01 | no\n") {
		put(f.Name, string(f.Data))
	}
	put("ca.pem", string(office.CA))
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
	put("config.yaml", config)
	send := func(want int, password string) string {
		t.Helper()
		var out bytes.Buffer
		getenv := func(name string) string { return map[string]string{"MAIL_PASSWORD": password}[name] }
		streams := Streams{Out: &out, Err: &out, Getenv: getenv, Now: time.Now}
		args := []string{"digest", "--send", "--as-of", "2026-05-11", "--config", filepath.Join(dir, "config.yaml")}
		if code := Main(t.Context(), args, streams); code != want {
			t.Errorf("exit code %d, want %d:\n%s", code, want, out.String())
		}
		if strings.Contains(out.String(), mailtest.Password) || password != "" && strings.Contains(out.String(), password) {
			t.Errorf("the password is told:\n%s", out.String())
		}
		return out.String()
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

	if out := send(2, ""); !strings.Contains(out, "MAIL_PASSWORD") {
		t.Errorf("it does not say which variable is empty:\n%s", out)
	}
	send(3, "wrong horse")
	sent()
	if out := send(3, mailtest.Password); !strings.Contains(out, "the digest for Somebody who left was not sent") || !strings.Contains(out, "550") {
		t.Errorf("it does not say who was refused:\n%s", out)
	}
	sent("quality@centre.example")
	send(3, mailtest.Password)
	sent("quality@centre.example")
	put("config.yaml", strings.Replace(config, "gone@", "new@", 1))
	send(0, mailtest.Password)
	sent("quality@centre.example", "new@centre.example")
}
