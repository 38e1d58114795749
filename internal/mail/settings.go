package mail

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Settings say where letters go.
type Settings struct {
	Transport string // "outbox", also when empty, or "smtp"
	OutboxDir string // the folder for .eml files
	SMTP      SMTP
}

// SMTP are the settings of a mail server. TLS is always used.
type SMTP struct {
	Host     string
	Port     int    // 0: 587 with "starttls", 465 with "tls"
	TLS      string // "starttls", also when empty, or "tls" (implicit, RFC 8314)
	Auth     string // "login", also when empty, "plain", "xoauth2", or "none" (on this machine only)
	Username string
	Password string
	Secret   string // what holds the password, such as "$SMTP_PASSWORD", for messages; never the password
	OAuth2   OAuth2 // with "xoauth2", in place of the password
	CA       []byte // PEM certificates that are trusted besides the system's
}

// New makes the transport of the settings. Nothing is contacted and no folder
// is made until a letter is sent.
func New(s Settings) (Transport, error) {
	switch s.Transport {
	case "", "outbox":
		if s.OutboxDir == "" {
			return nil, errors.New("mail: the outbox has no folder; set mail.outbox_dir")
		}
		return &folder{dir: s.OutboxDir}, nil
	case "smtp":
		server, err := newServer(s.SMTP)
		if err != nil {
			return nil, err
		}
		return server, nil
	}
	return nil, fmt.Errorf(`mail: the transport %q is not known; mail.transport is "outbox" or "smtp"`, s.Transport)
}

func newServer(s SMTP) (*server, error) {
	if s.Host == "" || strings.ContainsAny(s.Host, " \t\r\n/@") {
		return nil, fmt.Errorf("mail: the mail server %q is not a host name; set mail.smtp.host, such as smtp.office365.com", s.Host)
	}
	if s.TLS == "" {
		s.TLS = "starttls"
	}
	if s.Auth == "" {
		s.Auth = "login"
	}
	if s.TLS != "starttls" && s.TLS != "tls" {
		return nil, fmt.Errorf(`mail: tls %q is not known; mail.smtp.tls is "starttls" (usually port 587) or "tls" (usually port 465); mail is never sent without`, s.TLS)
	}
	if s.Port == 0 {
		s.Port = map[string]int{"starttls": 587, "tls": 465}[s.TLS]
	}
	if s.Port < 1 || s.Port > 65535 {
		return nil, fmt.Errorf("mail: there is no port %d; mail.smtp.port is usually 587 (starttls) or 465 (tls)", s.Port)
	}
	server := &server{SMTP: s, timeouts: defaultTimeouts}
	if len(s.CA) > 0 {
		var err error
		if server.roots, err = x509.SystemCertPool(); err != nil {
			server.roots = x509.NewCertPool()
		}
		if !server.roots.AppendCertsFromPEM(s.CA) {
			return nil, errors.New("mail: the file of trusted certificates holds none; it is a text file with -----BEGIN CERTIFICATE----- in it")
		}
	}
	if err := server.checkLogin(); err != nil {
		return nil, err
	}
	return server, nil
}

// checkLogin finds out whether there is what the login takes.
func (s *server) checkLogin() (err error) {
	switch s.Auth {
	case "none":
		if !isLoopback(s.Host) {
			return fmt.Errorf(`mail: %s is not this machine, so it wants a login; set mail.smtp.auth to "login", "plain" or "xoauth2"`, s.Host)
		}
		return nil
	case "login", "plain", "xoauth2":
		if s.Username == "" {
			return fmt.Errorf("mail: there is no user name for %s; set mail.smtp.username", s.Host)
		}
	default:
		return fmt.Errorf(`mail: auth %q is not known; mail.smtp.auth is "login", "plain", "xoauth2" or, on this machine, "none"`, s.Auth)
	}
	if s.Auth == "xoauth2" {
		s.tokens, err = newTokens(s.OAuth2, s.roots)
		return err
	}
	if s.Secret == "" {
		s.Secret = "the setting mail.smtp.password_env"
	}
	if s.Password == "" {
		return fmt.Errorf("mail: there is no password for %s; put it into %s", s.Host, s.Secret)
	}
	return nil
}

// isLoopback reports whether the host is this machine, so that nothing leaves
// it on the way to the server.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
