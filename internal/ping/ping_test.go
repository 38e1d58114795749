package ping

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const secret = "2f9c0f6e"

// TestPing guards that only success counts, that it is tried three times, and that
// no error holds the address.
func TestPing(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	defer other.Close()
	tests := []struct {
		name    string
		answers []int // one a try, the last for all that follow
		to      string
		tries   int
		want    string // empty: no error
	}{
		{"the first try", []int{200}, "", 1, ""},
		{"no content", []int{204}, "", 1, ""},
		{"the second try", []int{500, 200}, "", 2, ""},
		{"the third try", []int{503, 404, 299}, "", 3, ""},
		{"never", []int{500}, "", 3, "tried 3 times: the service answered 500 Internal Server Error"},
		{"below success", []int{304}, "", 3, "the service answered 304"},
		{"a redirect to another place", []int{302, 200}, "/there?" + secret, 2, ""},
		{"a redirect to another host", []int{302}, other.URL + "/" + secret, 3, "redirects to another host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := &http.Client{Transport: answering(func(r *http.Request) (int, string) {
					code := tt.answers[min(asked, len(tt.answers)-1)]
					asked++
					return code, tt.to
				})}
				err := Ping(t.Context(), client, "https://ping.example/"+secret)
				if asked != tt.tries || (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("asked %d times: %v; want %d times: %q", asked, err, tt.tries, tt.want)
				}
				withoutSecret(t, err)
			})
		})
	}
}

// answering is a network that answers by itself.
type answering func(*http.Request) (code int, to string)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	code, to := a(r)
	w := httptest.NewRecorder()
	if code == http.StatusFound {
		w.Header().Set("Location", to)
	}
	w.WriteHeader(code)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func withoutSecret(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "ping.example") || strings.Contains(err.Error(), "127.0.0.1")) {
		t.Errorf("the address stands in %q", err)
	}
}

// TestPingOverTheNetwork guards the same with a real server: one that answers, one
// that keeps silent, and none.
func TestPingOverTheNetwork(t *testing.T) {
	agent := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		if strings.HasSuffix(r.URL.Path, "silent") {
			<-r.Context().Done()
		}
	}))
	if err := Ping(t.Context(), server.Client(), server.URL+"/"+secret); err != nil || agent != "regcert" {
		t.Errorf("%q was answered with %v", agent, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := Ping(ctx, server.Client(), server.URL+"/"+secret+"/silent")
	if err == nil {
		t.Error("silence is success")
	}
	withoutSecret(t, err)
	server.Close()
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	err = fetch(ctx, http.DefaultClient, server.URL+"/"+secret)
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("nobody answers: %v", err)
	}
	withoutSecret(t, err)
	cancel()
	if err = Ping(ctx, http.DefaultClient, server.URL+"/"+secret); !errors.Is(err, context.Canceled) {
		t.Errorf("broken off: %v", err)
	}
	withoutSecret(t, err)
	safe := httptest.NewTLSServer(nil)
	defer safe.Close()
	safe.Config.ErrorLog = log.New(io.Discard, "", 0)
	if err := fetch(t.Context(), http.DefaultClient, safe.URL); err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("nobody knows the certificate: %v", err)
	}
	for _, wrong := range []string{"", secret, "https://\x7f" + secret, "ftp://ping.example/" + secret} {
		err := fetch(t.Context(), http.DefaultClient, wrong)
		if err == nil {
			t.Errorf("%q is an address", wrong)
		}
		withoutSecret(t, err)
	}
}
