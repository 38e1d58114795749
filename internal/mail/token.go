package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuth2 says where the access tokens of XOAUTH2 come from (client credentials,
// RFC 6749, 4.4).
type OAuth2 struct {
	TokenURL     string // https
	ClientID     string
	ClientSecret string
	Secret       string // what holds the secret, for messages; never the secret
	Scope        string // what is asked for: words between spaces; may be empty
}

// tokens gives out access tokens: one serves as long as it is valid. It is safe
// for concurrent use.
type tokens struct {
	OAuth2
	host   string
	client *http.Client

	mu    sync.Mutex
	token *oauth2.Token
}

// newTokens checks the settings. Certificates are those of the mail server.
func newTokens(o OAuth2, roots *x509.CertPool) (*tokens, error) {
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return nil, errors.New("mail: there is no address that gives out access tokens; set mail.smtp.oauth2.token_url, which begins with https://")
	case o.ClientID == "":
		return nil, errors.New("mail: there is no client ID for the access tokens; set mail.smtp.oauth2.client_id")
	case o.ClientSecret == "":
		if o.Secret == "" {
			o.Secret = "the setting mail.smtp.oauth2.client_secret_env"
		}
		return nil, fmt.Errorf("mail: there is no client secret for %s; put it into %s", u.Host, o.Secret)
	}
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true},
		// Elsewhere the secret has no business.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &tokens{OAuth2: o, host: u.Host, client: client}, nil
}

// get returns a token that is valid now.
func (t *tokens) get(ctx context.Context, timeout time.Duration) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.Valid() {
		return t.token.AccessToken, nil
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, t.client), timeout)
	defer cancel()
	config := clientcredentials.Config{ClientID: t.ClientID, ClientSecret: t.ClientSecret, TokenURL: t.TokenURL, Scopes: strings.Fields(t.Scope)}
	token, err := config.Token(ctx)
	if err != nil {
		return "", err
	}
	t.token = token
	return token.AccessToken, nil
}

// forget has the next get ask for a new token.
func (t *tokens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != nil {
		t.token.Expiry = time.Unix(1, 0) // it is kept to be told from other words
	}
}

// explain says what an error of get means. What stands in an answer that is no
// error of OAuth 2's is not repeated: it may hold anything.
func (t *tokens) explain(err error) *Error {
	e := &Error{Place: t.host, Step: stepToken, Outcome: Temporary, Remedy: "check mail.smtp.oauth2.token_url, the network and the firewall"}
	var answer *oauth2.RetrieveError
	words := err.Error()
	switch {
	case isCancelled(err) && !errors.Is(err, context.DeadlineExceeded):
		e.Err, e.Remedy = err, ""
		return e
	case errors.As(err, &answer):
		status := answer.Response.StatusCode
		words = answer.Response.Status
		if answer.ErrorCode != "" {
			words += ": " + answer.ErrorCode + " " + answer.ErrorDescription
		}
		switch {
		case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
			e.Remedy = "try again later"
		default:
			e.Outcome = Misconfigured
			e.Remedy = "check mail.smtp.oauth2: token_url, client_id, scope, and the secret in " + t.Secret
		}
	case isDistrust(err):
		e.Outcome = Misconfigured
		e.Remedy = "check mail.smtp.oauth2.token_url; a certificate of the centre's own authority goes into mail.smtp.ca_file"
	}
	e.Err = errors.New(clean(t.redact(words)))
	return e
}

// redact takes the secret and the token out of words, also as the login sends
// them.
func (t *tokens) redact(words string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	secrets := []string{t.ClientSecret, url.QueryEscape(t.ClientSecret)}
	if t.token != nil {
		secrets = append(secrets, t.token.AccessToken)
	}
	return without(words, secrets...)
}
