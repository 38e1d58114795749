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
	Auth     string // "login", also when empty, "plain", or "none" (on this machine only)
	Username string
	Password string
	Secret   string // what holds the password, such as "$SMTP_PASSWORD", for messages; never the password
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
		return &outbox{dir: s.OutboxDir}, nil
	case "smtp":
		return newServer(s.SMTP)
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
	switch s.Auth {
	case "none":
		if !isLoopback(s.Host) {
			return nil, fmt.Errorf(`mail: %s is not this machine, so it wants a login; set mail.smtp.auth to "login" or "plain"`, s.Host)
		}
	case "login", "plain":
		if s.Secret == "" {
			s.Secret = "the setting mail.smtp.password_env"
		}
		if s.Username == "" {
			return nil, fmt.Errorf("mail: there is no user name for %s; set mail.smtp.username", s.Host)
		}
		if s.Password == "" {
			return nil, fmt.Errorf("mail: there is no password for %s; put it into %s", s.Host, s.Secret)
		}
	default:
		return nil, fmt.Errorf(`mail: auth %q is not known; mail.smtp.auth is "login", "plain" or, on this machine, "none"`, s.Auth)
	}
	var roots *x509.CertPool // nil: the system's
	if len(s.CA) > 0 {
		var err error
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(s.CA) {
			return nil, errors.New("mail: the file of trusted certificates holds none; it is a text file with -----BEGIN CERTIFICATE----- in it")
		}
	}
	return &server{SMTP: s, roots: roots, timeouts: defaultTimeouts}, nil
}

// isLoopback reports whether the host is this machine, so that nothing leaves
// it on the way to the server.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
