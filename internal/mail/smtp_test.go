package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"regcert/internal/mail/mailtest"
)

// settings are right for the post office; a test changes what it is about.
func settingsFor(p *mailtest.PostOffice, mode string) SMTP {
	return SMTP{Host: "127.0.0.1", Port: p.Port, TLS: mode, Auth: "login", Username: mailtest.User, Password: mailtest.Password, Secret: "$SMTP_PASSWORD", CA: p.CA}
}

func send(t *testing.T, s SMTP, l *Letter) (string, error) {
	t.Helper()
	tr, err := New(Settings{Transport: "smtp", SMTP: s})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return tr.Send(ctx, l, nil)
}

func TestServerTakesLetter(t *testing.T) {
	for _, c := range []struct{ mode, auth, offers string }{
		{"starttls", "login", "LOGIN"}, {"starttls", "plain", "PLAIN"}, {"tls", "login", "LOGIN"}, {"tls", "plain", "PLAIN"}, {"tls", "none", ""},
	} {
		t.Run(c.mode+" "+c.auth, func(t *testing.T) {
			p := mailtest.Open(t, c.mode, strings.Fields(c.offers)...)
			s := settingsFor(p, c.mode)
			s.Auth = c.auth
			l := letter(t, "quality@centre.example")
			receipt, err := send(t, s, l)
			if err != nil {
				t.Fatal(err)
			}
			if receipt == "" {
				t.Error("no receipt")
			}
			got := p.Taken()
			if len(got) != 1 {
				t.Fatalf("%d letters arrived, want 1", len(got))
			}
			if got[0].From != l.From || len(got[0].To) != 1 || got[0].To[0] != l.To {
				t.Errorf("envelope %s → %q, want %s → %s alone", got[0].From, got[0].To, l.From, l.To)
			}
			if want := string(l.Bytes); strings.TrimRight(got[0].Body, "\r\n") != strings.TrimRight(want, "\r\n") {
				t.Errorf("what arrived is not what was rendered:\n%s", got[0].Body)
			}
		})
	}
}

// What goes wrong, what it means for the letter, and what people are told.
func TestServerRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		mode    string // of the server
		change  func(*mailtest.PostOffice, *SMTP, *Letter)
		step    string
		code    int
		outcome Outcome
		say     string
	}{
		{"no such recipient", "starttls", func(_ *mailtest.PostOffice, _ *SMTP, l *Letter) { l.To = "gone@centre.example" },
			stepRecipient, 550, Refused, "cannot name the recipient: 550 5.1.1 No such mailbox; check the recipient's email"},
		{"recipient to be tried later", "starttls", func(_ *mailtest.PostOffice, _ *SMTP, l *Letter) { l.To = "busy@centre.example" },
			stepRecipient, 450, Temporary, "450 4.2.1 Try later; try again later"},
		{"sender refused", "tls", func(_ *mailtest.PostOffice, _ *SMTP, l *Letter) { l.From = "stranger@centre.example" },
			stepSender, 550, Refused, "check mail.from"},
		{"message refused", "tls", func(p *mailtest.PostOffice, _ *SMTP, _ *Letter) {
			p.Answer = &gosmtp.SMTPError{Code: 554, EnhancedCode: gosmtp.EnhancedCode{5, 6, 0}, Message: "Spam"}
		}, stepAnswer, 554, Refused, "554 5.6.0 Spam"},
		{"message to be tried later", "tls", func(p *mailtest.PostOffice, _ *SMTP, _ *Letter) {
			p.Answer = &gosmtp.SMTPError{Code: 452, EnhancedCode: gosmtp.EnhancedCode{4, 3, 1}, Message: "Full"}
		}, stepAnswer, 452, Temporary, "452 4.3.1 Full"},
		{"wrong password", "starttls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.Password = "s3cret word" },
			stepLogin, 535, Misconfigured, "check mail.smtp.username and the password in $SMTP_PASSWORD"},
		{"login not offered", "starttls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.Auth = "plain" },
			stepLogin, 0, Misconfigured, `does not offer the login "plain", only "login"; set mail.smtp.auth`},
		{"login wanted", "starttls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.Auth = "none" },
			stepSender, 530, Misconfigured, "the server wants a login"},
		{"server without STARTTLS", "plain", func(*mailtest.PostOffice, *SMTP, *Letter) {},
			stepTLS, 0, Misconfigured, "offers no encryption (STARTTLS); mail is never sent in the clear"},
		{"unknown certificate", "starttls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.CA = nil },
			stepTLS, 0, Misconfigured, "mail.smtp.ca_file"},
		{"unknown certificate, implicit TLS", "tls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.CA = nil },
			stepTLS, 0, Misconfigured, "mail.smtp.ca_file"},
		{"another server's certificate", "tls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.Host = "localhost" },
			stepTLS, 0, Misconfigured, "the name in the server's certificate"},
		{"TLS against a STARTTLS port", "starttls", func(_ *mailtest.PostOffice, s *SMTP, _ *Letter) { s.TLS = "tls" },
			stepTLS, 0, Misconfigured, "try tls: starttls with port 587"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mailtest.Open(t, c.mode, "LOGIN")
			mode := c.mode
			if mode == "plain" {
				mode = "starttls"
			}
			s, l := settingsFor(p, mode), letter(t, "quality@centre.example")
			c.change(p, &s, l)
			_, err := send(t, s, l)
			e := failure(t, err)
			if e.Step != c.step || e.Code != c.code || e.Outcome != c.outcome {
				t.Errorf("step %q, code %d, outcome %d; want %q, %d, %d", e.Step, e.Code, e.Outcome, c.step, c.code, c.outcome)
			}
			if !strings.Contains(err.Error(), c.say) {
				t.Errorf("says %q, want in it %q", err, c.say)
			}
			if !strings.HasPrefix(err.Error(), s.Host+":") || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%q does not name the server, or has more than one line", err)
			}
			if strings.Contains(err.Error(), s.Password) {
				t.Errorf("%q holds the password", err)
			}
			if n := len(p.Taken()); n != 0 {
				t.Errorf("%d letters arrived, want none", n)
			}
		})
	}
}

func failure(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v, want an *Error", err)
	}
	return e
}

// A server that breaks off: before the final dot the letter can be sent again,
// after it nobody knows.
func TestConnectionDropped(t *testing.T) {
	for _, c := range []struct {
		name    string
		lines   int // how many of the client's lines are answered before the server hangs up
		step    string
		outcome Outcome
	}{
		{"before the greeting", -1, stepGreeting, Temporary},
		{"at EHLO", 0, stepGreeting, Temporary},
		{"at MAIL", 1, stepSender, Temporary},
		{"at RCPT", 2, stepRecipient, Temporary},
		{"at DATA", 3, stepData, Temporary},
		{"after the dot", 4, stepAnswer, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			cert, ca := mailtest.SelfSigned(t)
			l := tls.NewListener(mailtest.Listen(t), &tls.Config{Certificates: []tls.Certificate{cert}})
			go hangUp(l, c.lines)
			s := SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "tls", Auth: "none", CA: ca}
			_, err := send(t, s, letter(t, "quality@centre.example"))
			if e := failure(t, err); e.Step != c.step || e.Outcome != c.outcome {
				t.Errorf("step %q, outcome %d; want %q, %d (%v)", e.Step, e.Outcome, c.step, c.outcome, err)
			}
		})
	}
}

// hangUp serves one connection: it answers n of the client's lines, reads what
// the client says next, and shuts the connection.
func hangUp(l net.Listener, n int) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	if n < 0 {
		_ = conn.(*tls.Conn).Handshake()
		return
	}
	io.WriteString(conn, "220 here\r\n")
	buf := make([]byte, 1<<16)
	for _, reply := range []string{"250 localhost", "250 sender", "250 recipient", "354 go on"}[:n] {
		if _, err := conn.Read(buf); err != nil {
			return
		}
		io.WriteString(conn, reply+"\r\n")
	}
	var body []byte
	for {
		k, err := conn.Read(buf)
		body = append(body, buf[:k]...)
		if err != nil || n < 4 || bytes.HasSuffix(body, []byte("\r\n.\r\n")) {
			return
		}
	}
}

// A failed farewell changes nothing: the letter was taken.
func TestDeliveredThoughQuitFails(t *testing.T) {
	cert, ca := mailtest.SelfSigned(t)
	l := tls.NewListener(mailtest.Listen(t), &tls.Config{Certificates: []tls.Certificate{cert}})
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "220 here\r\n")
		buf := make([]byte, 1<<16)
		for _, reply := range []string{"250 localhost", "250 sender", "250 recipient", "354 go on"} {
			conn.Read(buf)
			io.WriteString(conn, reply+"\r\n")
		}
		var body []byte
		for !bytes.HasSuffix(body, []byte("\r\n.\r\n")) {
			k, err := conn.Read(buf)
			if err != nil {
				return
			}
			body = append(body, buf[:k]...)
		}
		io.WriteString(conn, "250 2.0.0 queued as 4711\r\n")
	}()
	s := SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "tls", Auth: "none", CA: ca}
	receipt, err := send(t, s, letter(t, "quality@centre.example"))
	if err != nil || receipt != "2.0.0 queued as 4711" {
		t.Errorf("receipt %q, error %v; want the server's answer and none", receipt, err)
	}
}

func TestServerSilent(t *testing.T) {
	l := mailtest.Listen(t)
	port := l.Addr().(*net.TCPAddr).Port
	s, err := newServer(SMTP{Host: "127.0.0.1", Port: port, Auth: "none"})
	if err != nil {
		t.Fatal(err)
	}
	s.timeouts.dial = 50 * time.Millisecond
	_, err = s.Send(t.Context(), letter(t, "quality@centre.example"), nil)
	if e := failure(t, err); e.Step != stepGreeting || e.Outcome != Temporary || !strings.Contains(err.Error(), "try tls: tls with port 465") {
		t.Errorf("a silent server: %v", err)
	}

	s.timeouts.dial = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	begun := time.Now()
	_, err = s.Send(ctx, letter(t, "quality@centre.example"), nil)
	if e := failure(t, err); !errors.Is(err, context.Canceled) || e.Outcome != Temporary || time.Since(begun) > 10*time.Second {
		t.Errorf("cancelled after %v: %v", time.Since(begun), err)
	}

	l.Close()
	_, err = s.Send(t.Context(), letter(t, "quality@centre.example"), nil)
	if e := failure(t, err); e.Step != stepConnect || e.Outcome != Temporary || !strings.Contains(err.Error(), "mail.smtp.port") {
		t.Errorf("nobody listens: %v", err)
	}
}
