package mail

import "strings"

// Outcome says what became of a letter that was not accepted, and so what may
// be done next.
type Outcome uint8

// The outcomes.
const (
	Temporary     Outcome = iota + 1 // not delivered; another try may succeed
	Refused                          // not delivered; this letter never will be
	Misconfigured                    // not delivered; no letter will be before a setting is put right
	Unknown                          // sent, and the answer was lost: it may have been delivered
)

// Error says why a letter may not have arrived: where, at which step, and what
// to do about it. It never holds the password or a token.
type Error struct {
	Place   string // host:port of the mail server, the host that gives out tokens, or the outbox folder
	Step    string // what was being done, such as "log in"
	Outcome Outcome
	Code    int    // the server's reply code (RFC 5321, 4.2), 0 where it gave none
	Remedy  string // what to do
	Err     error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Outcome == Unknown {
		b.WriteString(e.Place + ": the message was handed over, but its receipt was not confirmed: " + e.Err.Error())
	} else {
		b.WriteString(e.Place + ": cannot " + e.Step + ": " + e.Err.Error())
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
