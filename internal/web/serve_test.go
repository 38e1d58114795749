package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestServe guards that the page is served until the daemon ends, which nobody
// holds up, and that an address which is taken is named.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l, err := Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if _, err := Listen(ctx, at); !errors.Is(err, ErrTaken) || !strings.HasPrefix(err.Error(), at+": another program listens there: end it, or") {
		t.Errorf("two listen at %s: %v", at, err)
	}
	if _, err := Listen(ctx, "192.0.2.1:9180"); err == nil || errors.Is(err, ErrTaken) || !strings.Contains(err.Error(), "daemon.listen") {
		t.Errorf("listening at an address of another computer: %v", err)
	}
	busy := make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", Handler(at, reading(aStatus(), nil), NewMetrics("")))
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { close(busy); <-r.Context().Done() })
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, mux) }()
	answer, err := http.Get("http://" + at + "/healthz")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	answer.Body.Close()

	// Somebody says nothing, somebody waits for an answer, and the daemon ends.
	silent, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	go http.Get("http://" + at + "/slow")
	<-busy
	began := time.Now()
	cancel()
	select {
	case err := <-served:
		if took := time.Since(began); err != nil || took > 2*time.Second {
			t.Errorf("it ended after %s: %v", took, err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	if _, err := net.Dial("tcp", at); err == nil {
		t.Error("somebody still listens")
	}
}

// TestManyConnections guards that those who hold connections open without saying
// anything are let go, so that others get in.
func TestManyConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l, err := Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, Handler(l.Addr().String(), reading(aStatus(), nil), NewMetrics(""))) }()
	for range mostConnections + 4 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	began := time.Now()
	client := &http.Client{Timeout: 4 * patience}
	answer, err := client.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if took := time.Since(began); answer.StatusCode != http.StatusOK || took < patience/2 {
		t.Errorf("answered %d after %s, with all connections in use", answer.StatusCode, took)
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestLargeHeader guards that nobody fills the memory.
func TestLargeHeader(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l, err := Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go Serve(ctx, l, Handler(l.Addr().String(), reading(aStatus(), nil), NewMetrics("")))
	for size, want := range map[int]int{1000: http.StatusOK, 8 * mostHeader: http.StatusRequestHeaderFieldsTooLarge} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String()+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", strings.Repeat("x", size))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("a header of %d bytes is answered with %d", size, answer.StatusCode)
		}
	}
}
