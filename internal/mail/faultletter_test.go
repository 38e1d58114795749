package mail

import (
	"errors"
	"strings"
	"testing"

	"regcert/internal/mail/mailtest"
	"regcert/internal/store"
)

// TestFaultsRecipients has the server answer 250, 450 and 550 by recipient: what
// becomes of one is nothing to the others.
func TestFaultsRecipients(t *testing.T) {
	answers := map[string]mailtest.Fate{"busy@centre.example": {Reply: "450 4.2.1 Try later"}, "gone@centre.example": {Reply: "550 5.1.1 No such mailbox"}}
	server := mailtest.OpenScripted(t, func(step mailtest.Step, to string) mailtest.Fate {
		if step == mailtest.AtRecipient {
			return answers[to]
		}
		return mailtest.Fate{}
	})
	p, _, _ := newPostman(t)
	p.Transport = overSMTP(t, server.Port, server.CA)
	for _, to := range []string{"gone", "a", "busy", "b"} {
		enqueue(t, p.Outbox, to+"@centre.example", monday)
	}
	want := map[string]store.State{"gone@centre.example": store.Failed, "a@centre.example": store.Sent, "busy@centre.example": store.Pending, "b@centre.example": store.Sent}
	for _, m := range deliver(t, p) {
		if m.State != want[m.Recipient] {
			t.Errorf("%s is %s, want %s: %s", m.Recipient, m.State, want[m.Recipient], m.Error)
		}
	}
	wantOracle(t, p, server.Taken())
}

// TestFaultsBeforeDot guards that a letter whose end cannot be recorded is not
// ended, neither by the dot nor by a farewell, and that one that breaks off in
// the middle never comes to its end.
func TestFaultsBeforeDot(t *testing.T) {
	server := mailtest.OpenScripted(t, func(mailtest.Step, string) mailtest.Fate { return mailtest.Fate{} })
	_, err := overSMTP(t, server.Port, server.CA).Send(t.Context(), letter(t, "a@centre.example"), func() error { return errors.New("the disk is full") })
	if e := failure(t, err); e.Outcome != Temporary || !strings.Contains(err.Error(), "the disk is full") || len(server.Taken()) != 0 {
		t.Errorf("what cannot be recorded was sent %d times: %v", len(server.Taken()), err)
	}

	broken := mailtest.OpenScripted(t, func(step mailtest.Step, _ string) mailtest.Fate {
		return mailtest.Fate{HangUp: step == mailtest.AtBody}
	})
	l := letter(t, "a@centre.example")
	l.Bytes = append(l.Bytes, strings.Repeat("no end of words\r\n", 4<<20)...)
	asked := false
	_, err = overSMTP(t, broken.Port, broken.CA).Send(t.Context(), l, func() error { asked = true; return nil })
	if e := failure(t, err); e.Outcome != Temporary || e.Step != stepData || asked {
		t.Errorf("broken off in the middle: %v, and its end was begun: %t", err, asked)
	}
}
