// Package web answers whoever watches regcert: a page for people, /healthz and
// /metrics for programs. It only reads, and no learner is on it.
package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"regcert/internal/status"
)

const (
	// fresh is for how long an answer is good: looking again costs something.
	fresh = 5 * time.Second
	// longest is how long it may take to find out how regcert is doing.
	longest = 5 * time.Second
)

// Handler answers for the daemon that listens at an address. Read says how
// regcert is doing; it is asked every few seconds at most, by one caller at a time.
func Handler(address string, read func(context.Context) (*status.Status, error), metrics *Metrics) http.Handler {
	source := &cache{read: read}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page(source, metrics.program))
	mux.HandleFunc("GET /style.css", style)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { healthz(w, source) })
	mux.Handle("GET /metrics", metrics.handler(source))
	return guard(address, mux)
}

// guard sets what every answer has, and refuses what does not come from where the
// address can be seen.
func guard(address string, next http.Handler) http.Handler {
	local := IsLocal(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// A page of somebody else's, whose name leads here all of a sudden, would
		// be read by its scripts.
		if local && !isLocalHost(r.Host) {
			http.Error(w, "regcert answers this computer only: ask for http://"+address+"/", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// IsLocal reports whether only this computer can reach an address (host:port).
func IsLocal(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && isLoopback(host)
}

// isLocalHost reports whether the Host of a request (RFC 9110, section 7.2) means
// this computer, by whatever port.
func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return isLoopback(strings.Trim(host, "[]"))
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// healthz says in a word that all is well, or in lines why not.
func healthz(w http.ResponseWriter, source *cache) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, why := judge(source)
	if len(why) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	} else {
		why = []string{"ok"}
	}
	io.WriteString(w, strings.Join(why, "\n")+"\n")
}

// judge says how regcert is doing, and what is not well. There is no status where
// that cannot be found out.
func judge(source *cache) (s *status.Status, why []string) {
	s, err := source.get()
	if err != nil {
		return nil, []string{"what regcert remembers cannot be read: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	_, why = s.Healthy()
	return s, why
}

// cache keeps an answer for a while.
type cache struct {
	read func(context.Context) (*status.Status, error)

	mu     sync.Mutex
	at     time.Time
	status *status.Status
	err    error
}

func (c *cache) get() (*status.Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || time.Since(c.at) >= fresh {
		// The answer is for everybody, also when the one who asked has gone.
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		defer cancel()
		c.status, c.err = c.read(ctx)
		c.at = time.Now()
	}
	return c.status, c.err
}
