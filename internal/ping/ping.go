// Package ping fetches the address of a service that raises the alarm when it is
// not fetched any more.
package ping

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	tries    = 3
	limit    = 10 * time.Second // for one try
	wait     = time.Second      // after the first try in vain, twice as long after the next
	mostRead = 64 << 10         // bytes of an answer
)

// Ping fetches an address, up to three times until it is answered with success
// (RFC 9110, section 15.3). It is followed to no other host. The address is a
// secret: no error holds it.
func Ping(ctx context.Context, client *http.Client, address string) error {
	stays := *client
	stays.CheckRedirect = sameHost
	var err error
	for try := range tries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(wait << (try - 1)):
			}
		}
		if err = fetch(ctx, &stays, address); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("the address of daemon.ping_url was tried %d times: %w", tries, err)
}

// fetch tries once.
func fetch(ctx context.Context, client *http.Client, address string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("it is no address on the web: correct daemon.ping_url, or what the variable of daemon.ping_url_env holds")
	}
	request.Header.Set("User-Agent", "regcert")
	answer, err := client.Do(request)
	if err != nil {
		return withoutAddress(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, mostRead)); err != nil {
		return withoutAddress(err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("the service answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	return nil
}

// errElsewhere is the error where the service wants to be asked under another host.
var errElsewhere = errors.New("the service redirects to another host: write the address there")

// sameHost follows a redirect only to where the address itself leads, and as safely.
func sameHost(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	if next.URL.Host != first.Host || next.URL.Scheme != first.Scheme && next.URL.Scheme != "https" || len(before) > 5 {
		return errElsewhere
	}
	return nil
}

// withoutAddress is what an error says besides the address. What the network says
// may name the host, which is part of it.
func withoutAddress(err error) error {
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errElsewhere):
		return errElsewhere
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the service did not answer in time")
	case errors.As(err, &untrusted):
		return errors.New("the certificate of the service is not trusted by this computer")
	default:
		return errors.New("the service cannot be reached: look whether this computer has a connection, and whether the address is right")
	}
}
