package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail/smtp"
)

// timeouts bound the waiting at each stage of a conversation.
type timeouts struct {
	dial    time.Duration // until the connection stands
	command time.Duration // until a command is answered
	answer  time.Duration // until the final dot is answered
}

// A server may take 10 minutes over the final dot (RFC 5321, 4.5.3.2.6). To
// give up earlier is to send twice.
var defaultTimeouts = timeouts{dial: 30 * time.Second, command: 2 * time.Minute, answer: 10 * time.Minute}

// server sends letters through a mail server.
type server struct {
	SMTP
	roots    *x509.CertPool
	tokens   *tokens // nil: the login has a password
	timeouts timeouts
}

func (s *server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Send opens a connection, logs in and sends the letter to its one recipient.
// The receipt is the server's answer to it.
func (s *server) Send(ctx context.Context, l *Letter, beforeDot func() error) (string, error) {
	c, step, err := s.connect(ctx)
	if err == nil {
		defer c.close()
		var receipt string
		if receipt, step, err = c.deliver(l, beforeDot); err == nil {
			return receipt, nil
		}
	}
	return "", s.explain(ctx, step, err)
}

// Check connects, encrypts and logs in.
func (s *server) Check(ctx context.Context) error {
	c, step, err := s.connect(ctx)
	if err != nil {
		return s.explain(ctx, step, err)
	}
	c.close()
	return nil
}

// The steps of a conversation, as they follow "cannot".
const (
	stepToken     = "get an access token"
	stepConnect   = "connect"
	stepGreeting  = "get the server's greeting"
	stepTLS       = "encrypt the connection"
	stepLogin     = "log in"
	stepSender    = "name the sender"
	stepRecipient = "name the recipient"
	stepData      = "hand over the message"
	stepAnswer    = "deliver the message"
)

// errNoTLS is why a server without STARTTLS gets no mail: the password and the
// letter would go in the clear.
var errNoTLS = errors.New("the server offers no encryption (STARTTLS)")

// conversation is a connection on which the login is done.
type conversation struct {
	*smtp.Client
	conn     net.Conn
	stop     func() bool // ends the watch on the context
	timeouts timeouts
}

// connect dials, encrypts and logs in. Where it fails it says at which step.
func (s *server) connect(ctx context.Context) (_ *conversation, step string, err error) {
	secret := s.Password
	if s.tokens != nil {
		if secret, err = s.tokens.get(ctx, s.timeouts.dial); err != nil {
			return nil, stepToken, err
		}
	}
	dialer := net.Dialer{Timeout: s.timeouts.dial}
	conn, err := dialer.DialContext(ctx, "tcp", s.String())
	if err != nil {
		return nil, stepConnect, err
	}
	// The client knows no context: when it ends, the connection is shut.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if err != nil {
			stop()
			conn.Close()
		}
	}()
	if err = conn.SetDeadline(time.Now().Add(s.timeouts.dial)); err != nil {
		return nil, stepConnect, err
	}
	config := &tls.Config{ServerName: s.Host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	wire := conn
	if s.TLS == "tls" {
		secure := tls.Client(conn, config)
		if err = secure.HandshakeContext(ctx); err != nil {
			return nil, stepTLS, err
		}
		wire = secure
	}
	client, err := smtp.NewClient(wire, s.Host)
	if err != nil {
		return nil, stepGreeting, err
	}
	client.SkipSMTPUTF8(true) // the envelope is in ASCII
	if err = client.Hello(literal(conn.LocalAddr())); err != nil {
		return nil, stepGreeting, err
	}
	if s.TLS == "starttls" {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, stepTLS, errNoTLS
		}
		if err = client.StartTLS(config); err != nil {
			return nil, stepTLS, err
		}
	}
	if err = client.UpdateDeadline(s.timeouts.command); err != nil {
		return nil, stepLogin, err
	}
	if err = s.login(client, secret); err != nil {
		return nil, stepLogin, err
	}
	return &conversation{client, conn, stop, s.timeouts}, "", nil
}

// literal is the name under which the client greets: its address, because the
// names of office computers mean nothing to a mail server (RFC 5321, 4.1.4).
func literal(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return "localhost"
	}
	host, _, _ = strings.Cut(host, "%") // an IPv6 zone is of this machine alone
	if strings.Contains(host, ":") {
		host = "IPv6:" + host
	}
	return "[" + host + "]"
}

// login proves who sends, by the password or the access token.
func (s *server) login(c *smtp.Client, secret string) error {
	if s.Auth == "none" {
		return nil
	}
	_, offered := c.Extension("AUTH")
	if !slices.Contains(strings.Fields(strings.ToLower(offered)), s.Auth) {
		return fmt.Errorf("%w %q, only %q", errNoMechanism, s.Auth, strings.ToLower(offered))
	}
	switch s.Auth {
	case "plain":
		return c.Auth(smtp.PlainAuth("", s.Username, secret, s.Host, false))
	case "xoauth2":
		err := c.Auth(smtp.XOAuth2Auth(s.Username, secret))
		if err != nil {
			s.tokens.forget() // the next try asks for a fresh one
		}
		return err
	}
	return c.Auth(smtp.LoginAuth(s.Username, secret, s.Host, false))
}

var errNoMechanism = errors.New("the server does not offer the login")

// errNoRecord is why a letter was not ended: its record could not be kept.
var errNoRecord = errors.New("what is being done cannot be recorded")

// deliver sends the envelope and the bytes. Once the server has taken them the
// letter is delivered, whatever becomes of the connection.
func (c *conversation) deliver(l *Letter, beforeDot func() error) (receipt, step string, err error) {
	if err := c.UpdateDeadline(c.timeouts.command); err != nil {
		return "", stepSender, err
	}
	if err := c.Mail("<" + l.From + ">"); err != nil {
		return "", stepSender, err
	}
	if err := c.Rcpt("<" + l.To + ">"); err != nil {
		return "", stepRecipient, err
	}
	w, err := c.Data()
	if err != nil {
		return "", stepData, err
	}
	if err = c.UpdateDeadline(c.timeouts.answer); err == nil {
		_, err = w.Write(l.Bytes)
	}
	if err == nil {
		err = c.Text.W.Flush() // so that what is left is the dot
	}
	if err == nil && beforeDot != nil {
		if failed := beforeDot(); failed != nil {
			err = fmt.Errorf("%w: %w", errNoRecord, failed)
		}
	}
	if err != nil {
		_ = c.conn.Close() // a farewell would end the letter
		return "", stepData, err
	}
	err = w.Close()
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code/100 == 2 {
		return clean(reply.Msg), "", nil // any 2yz takes the letter (RFC 5321, 4.2.1)
	}
	if err != nil {
		return "", stepAnswer, err
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		receipt = clean(d.ServerResponse())
	}
	return receipt, "", nil
}

// close takes leave. The letter's fate is settled by now, so that nothing that
// goes wrong here matters, nor is it waited for.
func (c *conversation) close() {
	c.stop()
	if c.UpdateDeadline(2*time.Second) == nil {
		_ = c.Quit()
	}
	_ = c.conn.Close()
}

// explain says what an error at a step means for the letter, and what to do.
func (s *server) explain(ctx context.Context, step string, err error) *Error {
	var reply *textproto.Error
	answered := errors.As(err, &reply)
	if ctx.Err() != nil && !answered {
		err = ctx.Err() // the connection was shut because of it
	}
	if step == stepToken {
		return s.tokens.explain(err)
	}
	e := &Error{Place: s.String(), Step: step, Outcome: Temporary}
	switch {
	case answered && reply.Code >= 400:
		e.Code = reply.Code
		if reply.Code >= 500 {
			e.Outcome = Refused
			if step == stepLogin || step == stepTLS || step == stepGreeting || reply.Code == 530 {
				e.Outcome = Misconfigured
			}
		}
	case step == stepAnswer:
		e.Outcome = Unknown
	case errors.Is(err, errNoTLS), errors.Is(err, errNoMechanism), isDistrust(err):
		e.Outcome = Misconfigured
	}
	e.Remedy = s.remedy(e, err)
	if e.Err = err; !isCancelled(err) {
		words := err.Error()
		if answered {
			words = fmt.Sprintf("%d %s", reply.Code, reply.Msg)
		}
		e.Err = errors.New(clean(s.redact(words))) // what a server says is not kept as it is
	}
	return e
}

// remedy says what to do about an error, where anything can be done.
func (s *server) remedy(e *Error, err error) string {
	var dns *net.DNSError
	switch {
	case e.Outcome == Unknown:
		return "look whether it arrived before it is sent again"
	case isCancelled(err):
		return ""
	case e.Step == stepConnect && errors.As(err, &dns):
		return "check the host name in mail.smtp.host, and the network"
	case e.Step == stepConnect:
		return "check mail.smtp.host and mail.smtp.port, the network and the firewall"
	case errors.Is(err, errNoTLS):
		return "mail is never sent in the clear: use the server's port for encrypted mail (587 with tls: starttls, 465 with tls: tls)"
	case e.Step == stepTLS && isDistrust(err):
		return s.remedyTLS(err)
	case e.Step == stepGreeting && e.Code == 0 && s.TLS == "starttls":
		return "the port may want encryption from the start: try tls: tls with port 465"
	case e.Step == stepGreeting && e.Outcome == Misconfigured:
		return "the server takes no mail from this computer: ask those who run it"
	case errors.Is(err, errNoMechanism):
		return "set mail.smtp.auth to one that is offered"
	case e.Step == stepLogin && e.Code >= 500 && s.tokens != nil:
		return "check mail.smtp.username and mail.smtp.oauth2.scope; the mail server must also let mail.smtp.oauth2.client_id send as this user"
	case e.Step == stepLogin && e.Code >= 500:
		return "check mail.smtp.username and the password in " + s.Secret + "; the account may also forbid this way to log in"
	case e.Code == 530:
		return `the server wants a login: set mail.smtp.auth to "login" or "plain"`
	case e.Step == stepSender && e.Outcome == Refused:
		return "the account may not send under this address: check mail.from"
	case e.Step == stepRecipient && e.Outcome == Refused:
		return "check the recipient's email in the configuration"
	case errors.Is(err, errNoRecord):
		return ""
	case e.Outcome == Temporary:
		return "try again later"
	}
	return ""
}

func (s *server) remedyTLS(err error) string {
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return "the port does not begin with encryption: try tls: starttls with port 587"
	}
	return "check that mail.smtp.host is the name in the server's certificate; a certificate of the centre's own authority goes into mail.smtp.ca_file"
}

func isCancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isDistrust reports whether err says that the two sides cannot agree on an
// encrypted connection, which no second try changes.
func isDistrust(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.As(err, &alert)
}

// redact takes the password, or the token, out of what a server says.
func (s *server) redact(words string) string {
	if s.tokens != nil {
		return s.tokens.redact(words)
	}
	return without(words, s.Password)
}

// without takes secrets out of words, also in the form in which a login sends
// them.
func without(words string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			sent := base64.StdEncoding.EncodeToString([]byte(secret))
			words = strings.NewReplacer(secret, "***", sent, "***").Replace(words)
		}
	}
	return words
}

// clean makes one short line of what a server says.
func clean(words string) string {
	words = oneLine(words)
	if r := []rune(words); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return words
}

// oneLine makes one line of words, with nothing in it that cannot be seen.
func oneLine(words string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(words, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
}
