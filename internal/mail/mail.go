// Package mail delivers: it renders a message to bytes, then hands them to a
// folder (the outbox) or to a mail server. One letter goes to one recipient, in
// an envelope of its own.
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is what is to be said to one recipient.
type Message struct {
	From, To netmail.Address
	Subject  string
	Text     []byte    // the plain part
	HTML     []byte    // the same in HTML
	Date     time.Time // when it was written
	Key      string    // names the message for good: one key gives one Message-ID
	List     string    // the series that the message belongs to, such as "digest": letters, digits, hyphens
}

// Letter is a message in its envelope, rendered: what is kept and what is sent
// are the same bytes, so that a second try sends exactly what the first did.
type Letter struct {
	From, To  string    // the addresses on the envelope
	MessageID string    // without angle brackets
	Date      time.Time // the message's
	Key       string    // the message's
	Bytes     []byte    // header and body, lines ended by CRLF
}

// Transport takes letters.
type Transport interface {
	// Send delivers one letter and returns what the recipient's side says of it:
	// the path of the file, or the server's answer. Where the letter may not have
	// arrived the error is an *Error.
	Send(ctx context.Context, l *Letter) (receipt string, err error)
	// String names the place to which letters go.
	String() string
}

// Render makes the letter of a message: text and HTML as alternatives
// (RFC 2046, 5.1.4), and the header lines that keep answering machines quiet
// (RFC 3834) and let people filter (RFC 2919). The same message gives the same
// bytes.
func Render(m Message) (*Letter, error) {
	from, err := address(m.From, "sender")
	if err != nil {
		return nil, err
	}
	to, err := address(m.To, "recipient")
	if err != nil {
		return nil, err
	}
	if m.Key == "" || !isLabel(m.List) || m.Date.IsZero() {
		return nil, errors.New("mail: a message needs a key, a date and the name of its series in letters, digits and hyphens")
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	id := hash(m.Key)[:32] + "@" + domain

	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundary(m)))
	msg.FromMailAddress(from)
	msg.SetAddrHeaderFromMailAddress(gomail.HeaderTo, to)
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All") // Exchange does not heed RFC 3834
	msg.SetGenHeader("List-Id", fmt.Sprintf("<%s.regcert.%s>", m.List, domain))
	msg.SetBodyString(gomail.TypeTextPlain, string(m.Text))
	msg.AddAlternativeString(gomail.TypeTextHTML, string(m.HTML))
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("mail: cannot render the message to %s: %w", to.Address, err)
	}
	return &Letter{From: from.Address, To: to.Address, MessageID: id, Date: m.Date, Key: m.Key, Bytes: b.Bytes()}, nil
}

// address checks that a can stand on every server's envelope: in ASCII, because
// few servers take others (RFC 6531), and without quotes.
func address(a netmail.Address, role string) (*netmail.Address, error) {
	p, err := netmail.ParseAddress(a.Address)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"`, r) }
	if err != nil || p.Address != a.Address || strings.IndexFunc(a.Address, odd) >= 0 {
		return nil, fmt.Errorf("mail: the %s %q is not an address such as name@centre.example", role, a.Address)
	}
	// A backslash in an encoded name is more than some mail programs can read.
	return &netmail.Address{Name: strings.ReplaceAll(clean(a.Name), `\`, ""), Address: a.Address}, nil
}

// boundary separates the parts. It depends on what they say, so that neither can
// contain it.
func boundary(m Message) string {
	return "regcert-" + hash(m.Key, string(m.Text), string(m.HTML))[:40]
}

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// isLabel reports whether s can stand between the dots of a List-Id.
func isLabel(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}
