package config

import (
	"fmt"
	netmail "net/mail"
	"net/url"
	"os"
	"strings"

	"regcert/internal/digest"
	"regcert/internal/mail"
)

// Mail says how mail goes out.
type Mail struct {
	Transport string // "outbox" or "smtp"
	OutboxDir string
	From      netmail.Address
	ReplyTo   netmail.Address // where answers go; without an address to From
	OnUnknown string          // what is done with a message whose receipt was not confirmed: "resend" or "hold"
	SMTP      SMTP
}

// SMTP says which mail server takes mail, and where its secrets are kept.
type SMTP struct {
	Host         string
	Port         int    // 0: what is usual for TLS
	TLS          string // "starttls" or "tls"
	Auth         string // "none", "login", "plain" or "xoauth2"
	Username     string
	PasswordEnv  string // the environment variable with the password
	PasswordFile string // or the file with nothing else in it
	CAFile       string // certificates to trust besides the system's
	OAuth2       OAuth2
}

// OAuth2 says where the access tokens of XOAUTH2 come from (client credentials,
// RFC 6749, section 4.4).
type OAuth2 struct {
	TokenURL, ClientID, Scope         string
	ClientSecretEnv, ClientSecretFile string
}

func (c *Config) readMail(v value) {
	m := &c.Mail
	before := len(v.doc.problems)
	seen := v.object("write transport, outbox_dir, from, reply_to, on_unknown or smtp",
		field{"transport", func(v value) { v.oneOf(&m.Transport, "outbox", "smtp") }},
		field{"outbox_dir", func(v value) { c.readPath(v, "write a folder, such as outbox", &m.OutboxDir) }},
		field{"from", func(v value) {
			v.sender("write an address such as regcert@centre.example, or Compliance <regcert@centre.example>", &m.From)
		}},
		field{"reply_to", func(v value) {
			v.sender("write an address such as quality@centre.example, or Quality Team <quality@centre.example>", &m.ReplyTo)
		}},
		field{"on_unknown", func(v value) { v.oneOf(&m.OnUnknown, "resend", "hold") }},
		field{"smtp", c.readSMTP},
	)
	if m.Transport != "smtp" || len(v.doc.problems) > before {
		return
	}
	if _, ok := seen["from"]; !ok {
		v.fail("from is missing: write the address that the mail server lets regcert send from")
	}
	smtp, ok := seen["smtp"]
	if !ok {
		v.fail("smtp is missing: write the mail server, such as smtp: {host: smtp.office365.com, username: …, password_env: …}")
		return
	}
	m.SMTP.check(smtp)
}

func (c *Config) readSMTP(v value) {
	s := &c.Mail.SMTP
	v.object("write host, port, tls, auth, username and password_env",
		field{"host", func(v value) { v.filled("write the mail server's name, such as smtp.office365.com", &s.Host) }},
		field{"port", func(v value) { v.number(1, 65535, "a port", &s.Port) }},
		field{"tls", func(v value) { v.oneOf(&s.TLS, "starttls", "tls") }},
		field{"auth", func(v value) { v.oneOf(&s.Auth, "none", "login", "plain", "xoauth2") }},
		field{"username", func(v value) {
			v.filled("write the user's name at the mail server, in quotes if it is a number", &s.Username)
		}},
		field{"password_env", func(v value) { v.variable(&s.PasswordEnv) }},
		field{"password_file", func(v value) { c.readPath(v, "write the path of the file with the password", &s.PasswordFile) }},
		field{"ca_file", func(v value) { c.readPath(v, "write the path of a file of certificates", &s.CAFile) }},
		field{"oauth2", func(v value) { c.readOAuth2(v) }},
	)
	if s.PasswordEnv != "" && s.PasswordFile != "" {
		v.fail("has password_env and password_file: take one of the two out")
	}
}

func (c *Config) readOAuth2(v value) {
	o := &c.Mail.SMTP.OAuth2
	v.object("write token_url, client_id, client_secret_env and scope",
		field{"token_url", func(v value) {
			const want = "write the https address that gives out tokens"
			if v.filled(want, &o.TokenURL) {
				if u, err := url.Parse(o.TokenURL); err != nil || u.Scheme != "https" || u.Host == "" {
					v.fail("found %s: %s", v.quoted(o.TokenURL), want)
				}
			}
		}},
		field{"client_id", func(v value) { v.filled("write the client's ID", &o.ClientID) }},
		field{"client_secret_env", func(v value) { v.variable(&o.ClientSecretEnv) }},
		field{"client_secret_file", func(v value) { c.readPath(v, "write the path of the file with the secret", &o.ClientSecretFile) }},
		field{"scope", func(v value) { v.filled("write the scope that is asked for", &o.Scope) }},
	)
	if o.ClientSecretEnv != "" && o.ClientSecretFile != "" {
		v.fail("has client_secret_env and client_secret_file: take one of the two out")
	}
}

// check notes what the mail server's settings lack, by asking the package that
// will use them.
func (s *SMTP) check(v value) {
	o := &s.OAuth2
	switch {
	case (s.Auth == "login" || s.Auth == "plain") && s.PasswordEnv == "" && s.PasswordFile == "":
		v.fail("password_env is missing: write the name of the environment variable that holds the password")
		return
	case s.Auth == "xoauth2" && o.ClientSecretEnv == "" && o.ClientSecretFile == "":
		v.fail("oauth2.client_secret_env is missing: write the name of the environment variable that holds the client's secret")
		return
	}
	settings := s.settings()
	settings.Password, settings.OAuth2.ClientSecret = "only to be there", "only to be there"
	if _, err := mail.New(mail.Settings{Transport: "smtp", SMTP: settings}); err != nil {
		v.fail("%s", strings.TrimPrefix(err.Error(), "mail: "))
	}
}

// settings are the settings without what is kept elsewhere.
func (s *SMTP) settings() mail.SMTP {
	return mail.SMTP{Host: s.Host, Port: s.Port, TLS: s.TLS, Auth: s.Auth, Username: s.Username,
		OAuth2: mail.OAuth2{TokenURL: s.OAuth2.TokenURL, ClientID: s.OAuth2.ClientID, Scope: s.OAuth2.Scope}}
}

// sender reads the address of a header line, with a name or without.
func (v value) sender(want string, into *netmail.Address) {
	var s string
	if !v.filled(want, &s) {
		return
	}
	a, err := netmail.ParseAddress(s)
	if err != nil {
		v.fail("%s is no address: %s", v.quoted(s), want)
		return
	}
	*into = *a
}

// MailSettings are the settings for sending, with the secrets fetched from
// where the configuration says that they are.
func (c *Config) MailSettings(getenv func(string) string) (mail.Settings, error) {
	m := &c.Mail
	settings := mail.Settings{Transport: m.Transport, OutboxDir: m.OutboxDir}
	if m.Transport != "smtp" {
		return settings, nil
	}
	settings.SMTP = m.SMTP.settings()
	var err error
	if m.SMTP.CAFile != "" {
		if settings.SMTP.CA, err = os.ReadFile(m.SMTP.CAFile); err != nil {
			return mail.Settings{}, fmt.Errorf("%s: mail.smtp.ca_file: the certificates cannot be read: %w", c.File, err)
		}
	}
	smtp := &settings.SMTP
	switch m.SMTP.Auth {
	case "none":
	case "xoauth2":
		o := &m.SMTP.OAuth2
		smtp.OAuth2.ClientSecret, smtp.OAuth2.Secret, err = secret(o.ClientSecretFile, o.ClientSecretEnv, getenv)
		if err != nil {
			return mail.Settings{}, fmt.Errorf("%s: mail.smtp.oauth2.client_secret_file: the secret cannot be read: %w", c.File, err)
		}
	default:
		smtp.Password, smtp.Secret, err = secret(m.SMTP.PasswordFile, m.SMTP.PasswordEnv, getenv)
		if err != nil {
			return mail.Settings{}, fmt.Errorf("%s: mail.smtp.password_file: the password cannot be read: %w", c.File, err)
		}
	}
	return settings, nil
}

// secret fetches a secret from the first line of a file, or from an environment
// variable where no file is named, and says which it was.
func secret(file, variable string, getenv func(string) string) (text, place string, err error) {
	if file == "" {
		return getenv(variable), "the environment variable " + variable, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	text, _, _ = strings.Cut(string(data), "\n")
	return strings.TrimSuffix(text, "\r"), "the file " + file, nil
}

// readTemplates reads the folder with templates of the centre's own, and tries
// them.
func (c *Config) readTemplates(v value) {
	var path string
	if !v.text("write a folder with templates, or nothing", &path) || path == "" {
		return
	}
	c.Templates = c.resolve(path)
	if _, err := digest.LoadTemplates(c.Templates); err != nil {
		v.fail("%v", err)
	}
}
