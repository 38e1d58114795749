package mail

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
)

// withTokens are settings for a post office that takes tokens of an endpoint.
func withTokens(p *mailtest.PostOffice, e *mailtest.TokenEndpoint) SMTP {
	s := settingsFor(p, "starttls")
	s.Auth, s.Password, s.Secret = "xoauth2", "", ""
	s.CA = append(s.CA, e.CA...)
	s.OAuth2 = OAuth2{TokenURL: e.URL, ClientID: mailtest.ClientID, ClientSecret: mailtest.ClientSecret, Secret: "$MAIL_SECRET", Scope: mailtest.Scope}
	return s
}

// A token is asked for once and serves for all letters, until the mail server
// refuses it.
func TestTokens(t *testing.T) {
	p, e := mailtest.Open(t, "starttls", "XOAUTH2"), mailtest.OpenTokens(t)
	tr, err := New(Settings{Transport: "smtp", SMTP: withTokens(p, e)})
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"a@centre.example", "b@centre.example"} {
		if _, err := tr.Send(t.Context(), letter(t, to), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := e.Given(); n != 1 || len(p.Taken()) != 2 {
		t.Errorf("%d tokens for %d letters, want 1 for 2", n, len(p.Taken()))
	}
	if got := e.Form; got["grant_type"][0] != "client_credentials" || got["scope"][0] != mailtest.Scope {
		t.Errorf("asked for %v", got)
	}

	tr.(*server).tokens.token.AccessToken = "revoked-token"
	_, err = tr.Send(t.Context(), letter(t, "c@centre.example"), nil)
	if f := failure(t, err); f.Outcome != Misconfigured || f.Step != stepLogin || f.Code != 535 ||
		!strings.Contains(err.Error(), "mail.smtp.oauth2.client_id") || strings.Contains(err.Error(), "revoked-token") {
		t.Errorf("a token that was revoked: %v", err)
	}
	if _, err := tr.Send(t.Context(), letter(t, "c@centre.example"), nil); err != nil || e.Given() != 2 {
		t.Errorf("after that: %v, and %d tokens; want a new one", err, e.Given())
	}
}

// What the endpoint answers, what it means for the letter, and what people are
// told: never the secret.
func TestTokensRefused(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, body, code) }
	}
	const check = "check mail.smtp.oauth2: token_url, client_id, scope, and the secret in $MAIL_SECRET"
	for _, c := range []struct {
		name    string
		change  func(*mailtest.TokenEndpoint, *SMTP)
		outcome Outcome
		say     []string
	}{
		{"wrong secret", func(_ *mailtest.TokenEndpoint, s *SMTP) { s.OAuth2.ClientSecret = "not/the secret" }, Misconfigured, []string{"401 Unauthorized: invalid_client AADSTS7000215", check}},
		{"wrong client", func(_ *mailtest.TokenEndpoint, s *SMTP) { s.OAuth2.ClientID = "somebody" }, Misconfigured, []string{"invalid_client", check}},
		{"wrong place", func(e *mailtest.TokenEndpoint, _ *SMTP) { e.Answer = status(404, "hidden "+mailtest.ClientSecret) }, Misconfigured, []string{"404 Not Found; " + check}},
		{"sent elsewhere", func(e *mailtest.TokenEndpoint, _ *SMTP) {
			e.Answer = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
			}
		}, Misconfigured, []string{"307 Temporary Redirect"}},
		{"too often", func(e *mailtest.TokenEndpoint, _ *SMTP) { e.Answer = status(429, "") }, Temporary, []string{"429 Too Many Requests; try again later"}},
		{"out of order", func(e *mailtest.TokenEndpoint, _ *SMTP) { e.Answer = status(503, "") }, Temporary, []string{"503 Service Unavailable; try again later"}},
		{"no token", func(e *mailtest.TokenEndpoint, _ *SMTP) { e.Answer = status(200, "<p>Welcome</p>") }, Temporary, []string{"check mail.smtp.oauth2.token_url"}},
		{"hangs up", func(e *mailtest.TokenEndpoint, _ *SMTP) {
			e.Answer = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}, Temporary, []string{"check mail.smtp.oauth2.token_url, the network"}},
		{"nobody there", func(_ *mailtest.TokenEndpoint, s *SMTP) { s.OAuth2.TokenURL = "https://127.0.0.1:1/token" }, Temporary, []string{"check mail.smtp.oauth2.token_url, the network"}},
		{"unknown certificate", func(_ *mailtest.TokenEndpoint, s *SMTP) { s.CA = nil }, Misconfigured, []string{"mail.smtp.ca_file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, e := mailtest.Open(t, "starttls", "XOAUTH2"), mailtest.OpenTokens(t)
			s := withTokens(p, e)
			c.change(e, &s)
			_, err := send(t, s, letter(t, "quality@centre.example"))
			f := failure(t, err)
			if f.Outcome != c.outcome || f.Step != stepToken || !strings.HasPrefix(err.Error(), "127.0.0.1:") {
				t.Errorf("outcome %d, want %d: %v", f.Outcome, c.outcome, err)
			}
			for _, say := range c.say {
				if !strings.Contains(err.Error(), say) {
					t.Errorf("says %q, want in it %q", err, say)
				}
			}
			for _, secret := range []string{s.OAuth2.ClientSecret, mailtest.ClientSecret, "not%2Fthe", mailtest.Token} {
				if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%q holds the secret, or has more than one line", err)
				}
			}
			if len(p.Taken()) != 0 {
				t.Error("a letter arrived")
			}
		})
	}
}

func TestTokensCancelled(t *testing.T) {
	p, e := mailtest.Open(t, "starttls", "XOAUTH2"), mailtest.OpenTokens(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) }) // before the endpoint waits for its answers
	e.Answer = func(http.ResponseWriter, *http.Request) { <-over }
	tr, err := newServer(withTokens(p, e))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = tr.Send(ctx, letter(t, "quality@centre.example"), nil)
	if f := failure(t, err); f.Outcome != Temporary || !isCancelled(err) || f.Remedy != "" {
		t.Errorf("cancelled: %v", err)
	}
	tr.timeouts.dial = 50 * time.Millisecond
	_, err = tr.Send(t.Context(), letter(t, "quality@centre.example"), nil)
	if f := failure(t, err); f.Outcome != Temporary || f.Step != stepToken || f.Remedy == "" {
		t.Errorf("an endpoint that is silent: %v", err)
	}
}
