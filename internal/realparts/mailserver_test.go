package realparts

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
)

// mailServer is Postfix on loopback, with a configuration, a queue and mailboxes
// of its own in a folder. It wants STARTTLS and a login, and delivers to the
// centre only: nothing leaves the machine, and no name is looked up.
type mailServer struct {
	dir  string
	port int
}

// mainCF is the configuration of Postfix: folder, host and user.
const mainCF = `
compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.centre.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
default_transport = error:nothing leaves this machine
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = centre.example
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = inline:{quality@centre.example=quality/, claims@centre.example=claims/}
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
virtual_minimum_uid = 1
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = %[1]s/cert.pem
smtpd_tls_key_file = %[1]s/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = centre.example
cyrus_sasl_config_path = %[1]s/sasl
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
`

// masterCF names the services of Postfix: the port.
const masterCF = `
127.0.0.1:%d inet n - n - - smtpd
pickup    unix n - n 60  1 pickup
cleanup   unix n - n -   0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n -   - trivial-rewrite
bounce    unix - - n -   0 bounce
defer     unix - - n -   0 bounce
trace     unix - - n -   0 bounce
verify    unix - - n -   1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n -   - proxymap
showq     unix n - n -   - showq
error     unix - - n -   - error
retry     unix - - n -   - error
discard   unix - - n -   - discard
virtual   unix - n n -   - virtual
anvil     unix - - n -   1 anvil
scache    unix - - n -   1 scache
postlog   unix-dgram n - n - 1 postlogd
`

// startMailServer starts Postfix, and stops it when the test ends.
func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	postfix, saslpasswd := program(t, "postfix"), program(t, "saslpasswd2")
	owner, err := user.Lookup("postfix")
	if err != nil || os.Getuid() != 0 {
		missing(t, "Postfix has to be started by root, and to have its user")
	}
	dir, err := os.MkdirTemp("", "regcert-postfix-*") // the folders of tests are closed to Postfix's user
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	l := mailtest.Listen(t)
	s := &mailServer{dir: dir, port: l.Addr().(*net.TCPAddr).Port}
	check(t, l.Close())

	for _, name := range []string{"queue", "data", "mail", "sasl"} {
		check(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	cert, ca := mailtest.SelfSigned(t)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	check(t, err)
	writeFile(t, filepath.Join(dir, "cert.pem"), ca)
	writeFile(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	writeFile(t, filepath.Join(dir, "main.cf"), fmt.Appendf(nil, mainCF, dir, owner.Uid, owner.Gid))
	writeFile(t, filepath.Join(dir, "master.cf"), fmt.Appendf(nil, masterCF, s.port))
	writeFile(t, filepath.Join(dir, "sasl", "smtpd.conf"), fmt.Appendf(nil, "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: %s/sasldb2\n", dir))
	name, domain, _ := strings.Cut(mailtest.User, "@")
	login := exec.CommandContext(t.Context(), saslpasswd, "-p", "-c", "-f", filepath.Join(dir, "sasldb2"), "-u", domain, name)
	login.Stdin = strings.NewReader(mailtest.Password)
	run(t, login)
	run(t, exec.CommandContext(t.Context(), "chown", "-R", "postfix", filepath.Join(dir, "data"), filepath.Join(dir, "mail"), filepath.Join(dir, "sasldb2")))

	// The test's context has ended when this runs.
	t.Cleanup(func() {
		if out, err := exec.Command(postfix, "-c", dir, "stop").CombinedOutput(); err != nil {
			t.Errorf("Postfix was not stopped: %v\n%s", err, out)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("%.8000s", log)
		}
	})
	run(t, exec.CommandContext(t.Context(), postfix, "-c", dir, "start"))
	return s
}

func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// mailbox waits until a mailbox has as many letters, and returns them.
func (s *mailServer) mailbox(t *testing.T, name string, want int) [][]byte {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		paths, err := filepath.Glob(filepath.Join(s.dir, "mail", name, "new", "*"))
		check(t, err)
		if len(paths) < want && time.Now().Before(deadline) {
			continue
		}
		if len(paths) != want {
			t.Fatalf("%s has %d letters, want %d", name, len(paths), want)
		}
		var letters [][]byte
		for _, path := range paths {
			letters = append(letters, readFile(t, path))
		}
		return letters
	}
}

// TestMailServer sends the digest through Postfix, as a centre would: encrypted,
// with a login and a certificate of its own, and reads it in the mailboxes.
func TestMailServer(t *testing.T) {
	t.Parallel()
	server := startMailServer(t)
	c := newCentre(t, sampleWorkbooks(t))
	put := func(name, text string) { writeFile(t, filepath.Join(string(c), name), []byte(text)) }
	put("config.yaml", fmt.Sprintf(`
workbooks: [{path: sample-workbooks/*.xlsx}]
recipients:
  - {name: Head of Quality, email: quality@centre.example}
  - {name: Claims Desk, email: claims@centre.example, sections: [claims]}
mail:
  transport: smtp
  from: Régistrations <regcert@centre.example>
  reply_to: answers@centre.example
  smtp: {host: 127.0.0.1, port: %d, tls: starttls, username: %s, password_file: password.txt, ca_file: ca.pem}
`, server.port, mailtest.User))
	put("ca.pem", string(readFile(t, filepath.Join(server.dir, "cert.pem"))))

	put("password.txt", "wrong horse")
	if out := c.regcert(t, 1, "doctor"); !bytes.Contains(out, []byte("cannot log in: 535")) {
		t.Errorf("doctor with a wrong password says\n%s", out)
	}
	c.regcert(t, 3, "digest", "--send")
	put("password.txt", mailtest.Password+"\n")
	preview := t.TempDir()
	c.regcert(t, 0, "digest", "--preview", preview)
	if out := c.regcert(t, 0, "digest", "--send"); bytes.Count(out, []byte("queued as")) != 2 {
		t.Errorf("it says\n%s", out)
	}
	for name, eml := range map[string]string{"quality": "head-of-quality.eml", "claims": "claims-desk.eml"} {
		got := server.mailbox(t, name, 1)[0]
		want := bytes.ReplaceAll(readFile(t, filepath.Join(preview, eml)), []byte("\r\n"), []byte("\n"))
		if !bytes.HasSuffix(bytes.TrimRight(got, "\n"), bytes.TrimRight(want, "\n")) {
			t.Errorf("what lies in the mailbox of %s is not what the preview shows:\n%.3000s", name, got)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(got))
		check(t, err)
		address := name + "@centre.example"
		for field, value := range map[string]string{
			"Return-Path": "<regcert@centre.example>", "X-Original-To": address, "Delivered-To": address, "Reply-To": "<answers@centre.example>",
			"Auto-Submitted": "auto-generated", "List-Id": "<digest.regcert.centre.example>",
		} {
			if v := m.Header[field]; len(v) != 1 || v[0] != value {
				t.Errorf("%s has %s %q, want %q once", name, field, v, value)
			}
		}
		received := m.Header["Received"]
		if len(received) != 1 || !strings.Contains(received[0], "ESMTPSA") { // encrypted, with a login
			t.Errorf("%s came this way: %q", name, received)
		}
	}
	if out := c.regcert(t, 0, "digest", "--send"); bytes.Count(out, []byte("before, on")) != 2 {
		t.Errorf("sent again, it says\n%s", out)
	}
	if out := c.regcert(t, 0, "doctor"); !bytes.Contains(out, []byte("the mail server takes encryption and the login")) {
		t.Errorf("doctor says\n%s", out)
	}
	for _, name := range []string{"quality", "claims"} {
		server.mailbox(t, name, 1)
	}
}
