package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/net/netutil"
)

const (
	mostConnections = 32
	mostHeader      = 8 << 10         // bytes
	shutdown        = time.Second     // for those who are being answered
	patience        = 5 * time.Second // with those who ask slowly
)

// ErrTaken is the error where another program listens at the address.
var ErrTaken = errors.New("another program listens there: end it, or set another port as daemon.listen")

// wsaTaken is what Windows says then.
const wsaTaken = syscall.Errno(10048)

// Listen listens at an address (host:port).
func Listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return netutil.LimitListener(l, mostConnections), nil
	case errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaTaken):
		return nil, fmt.Errorf("%s: %w", address, ErrTaken)
	default:
		return nil, fmt.Errorf("%s: cannot listen there (%w): set an address of this computer as daemon.listen, and a port from 1024 up", address, err)
	}
}

// Serve answers until ctx ends, and returns within two seconds after that. It
// closes the listener.
func Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, MaxHeaderBytes: mostHeader, ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: longest + patience, IdleTimeout: 2 * patience,
		ErrorLog: log.New(io.Discard, "", 0), // what strangers do wrong is no news
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("%s: the page is not served any more: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.Background(), shutdown)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		return server.Close() // those who are still being answered are cut off
	}
	return nil
}
