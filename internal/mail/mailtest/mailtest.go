// Package mailtest is a mail server on loopback for tests.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// Who may log in.
const (
	User     = "regcert@centre.example"
	Password = "correct horse"
	Token    = "eyJ.token-that-opens.the-door" // with XOAUTH2
)

// Received is a letter as a server took it.
type Received struct {
	From string
	To   []string
	Body string
}

// PostOffice is a mail server on loopback with a self-signed certificate.
type PostOffice struct {
	Port      int
	CA        []byte // its certificate, PEM
	mechanism []string
	Answer    error // to the final dot

	mu      sync.Mutex
	letters []Received
}

// Taken lists the letters that were accepted, in their order.
func (p *PostOffice) Taken() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.letters
}

// session is one conversation with the post office. Addresses that begin with
// "gone" do not exist, those that begin with "busy" are to be tried later.
type session struct {
	p      *PostOffice
	authed bool
	got    Received
}

func (s *session) AuthMechanisms() []string { return s.p.mechanism }

func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != User || password != Password {
			return &gosmtp.SMTPError{Code: 535, EnhancedCode: gosmtp.EnhancedCode{5, 7, 3}, Message: "No entry for " + user + " with " + password}
		}
		s.authed = true
		return nil
	}
	switch mech {
	case "XOAUTH2":
		return &xoauth2Server{check: func(user, token string) error {
			if token == Token {
				token = Password
			}
			return check(user, token)
		}}, nil
	case "PLAIN":
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	}
	return &loginServer{check: check}, nil
}

// xoauth2Server is the server's side of AUTH XOAUTH2: who is refused is told why
// in a challenge, and has to answer it with an empty line.
type xoauth2Server struct {
	check   func(user, token string) error
	refused error
}

func (x *xoauth2Server) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.refused != nil {
		return nil, true, x.refused
	}
	user, token, _ := strings.Cut(string(response), "\x01auth=Bearer ")
	x.refused = x.check(strings.TrimPrefix(user, "user="), strings.TrimSuffix(token, "\x01\x01"))
	if x.refused == nil {
		return nil, true, nil
	}
	return []byte(`{"status":"401","schemes":"bearer"}`), false, nil
}

// loginServer is the server's side of AUTH LOGIN.
type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if len(s.p.mechanism) > 0 && !s.authed {
		return &gosmtp.SMTPError{Code: 530, EnhancedCode: gosmtp.EnhancedCode{5, 7, 0}, Message: "Log in first"}
	}
	if strings.HasPrefix(from, "stranger") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 7, 60}, Message: "Not yours"}
	}
	s.got = Received{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "gone"):
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	case strings.HasPrefix(to, "busy"):
		return &gosmtp.SMTPError{Code: 450, EnhancedCode: gosmtp.EnhancedCode{4, 2, 1}, Message: "Try later"}
	}
	s.got.To = append(s.got.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.p.Answer != nil {
		return s.p.Answer
	}
	s.got.Body = string(b)
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.letters = append(s.p.letters, s.got)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// Open starts a post office that speaks as mode says: "starttls", "tls" or
// "plain" (no encryption at all).
func Open(t *testing.T, mode string, mechanism ...string) *PostOffice {
	t.Helper()
	cert, pemCert := SelfSigned(t)
	p := &PostOffice{CA: pemCert, mechanism: mechanism}
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return &session{p: p}, nil }))
	srv.Domain, srv.AllowInsecureAuth = "localhost", mode == "plain"
	srv.ErrorLog = discard{}
	l := Listen(t)
	p.Port = l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case "starttls":
		srv.TLSConfig = config
	case "tls":
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return p
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// Listen opens a port on loopback.
func Listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// SelfSigned makes a certificate for 127.0.0.1, and its PEM form.
func SelfSigned(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
