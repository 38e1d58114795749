// Package mail delivers: it renders a message to bytes, keeps it in the outbox
// until it is known what became of it, and hands it to a folder or to a mail
// server. One letter goes to one recipient, in an envelope of its own.
package mail

import (
	"context"
	netmail "net/mail"
	"time"
)

// Message is what is to be said to one recipient.
type Message struct {
	From, To    netmail.Address
	ReplyTo     netmail.Address // where answers go; without an address to From
	Subject     string
	Text        []byte    // the plain part
	HTML        []byte    // the same in HTML
	Inline      []File    // what the HTML shows, as "cid:" and the ContentID
	Attachments []File    // what comes with it
	Date        time.Time // when it was written
	Key         string    // names the message for good: one key gives one Message-ID
	List        string    // the series that the message belongs to, such as "digest": letters, digits, hyphens
}

// File is something that goes along with a message.
type File struct {
	Name      string // such as "actions.xlsx"; what is odd in it is replaced
	Type      string // the media type, such as "image/png"
	ContentID string // of an inline file: letters, digits, and any of . - _ @
	Data      []byte
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
	//
	// Where the answer to a delivery can be lost, beforeDot is called when all of
	// the letter but its end has been handed over. If it fails the letter is not
	// delivered. It may be nil.
	Send(ctx context.Context, l *Letter, beforeDot func() error) (receipt string, err error)
	// Check does all that Send does before the letter, and sends nothing. The
	// error is an *Error.
	Check(ctx context.Context) error
	// String names the place to which letters go.
	String() string
}
