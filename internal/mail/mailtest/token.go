package mailtest

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// The client that the token endpoint knows.
const (
	ClientID     = "3f2a-client"
	ClientSecret = "s3cret/of+the client"
	Scope        = "https://mail.centre.example/.default"
)

// TokenEndpoint gives out access tokens over TLS (RFC 6749, 4.4).
type TokenEndpoint struct {
	URL    string
	CA     []byte              // its certificate, PEM
	Answer http.HandlerFunc    // answers in its place, where it is set
	Form   map[string][]string // what was asked for last
	Token  string              // what it gives

	mu    sync.Mutex
	given int
}

// Given is how many tokens were given out.
func (e *TokenEndpoint) Given() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.given
}

// OpenTokens starts a token endpoint on loopback.
func OpenTokens(t *testing.T) *TokenEndpoint {
	t.Helper()
	e := &TokenEndpoint{Token: Token}
	server := httptest.NewUnstartedServer(http.HandlerFunc(e.serve))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	e.URL = server.URL + "/centre/oauth2/v2.0/token"
	e.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return e
}

func (e *TokenEndpoint) serve(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.Answer != nil {
		e.Answer(w, r)
		return
	}
	_ = r.ParseForm()
	e.Form = r.PostForm
	id, secret, basic := r.BasicAuth() // in Go's client both are escaped as in a form
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	w.Header().Set("Content-Type", "application/json")
	if id != ClientID || secret != ClientSecret && secret != "s3cret%2Fof%2Bthe+client" {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret " + secret})
		return
	}
	e.given++
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": e.Token, "token_type": "Bearer", "expires_in": 3599})
}
