package mail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
	"regcert/internal/store"
)

// overSMTP is a transport to a scripted server.
func overSMTP(t testing.TB, port int, ca []byte) Transport {
	t.Helper()
	tr, err := New(Settings{Transport: "smtp", SMTP: SMTP{Host: "127.0.0.1", Port: port, Auth: "plain", Username: mailtest.User, Password: mailtest.Password, CA: ca}})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// wantOracle holds what is recorded against what the server took: every message
// that was sent was taken once, or twice if an answer was lost; one that was not
// sent was not taken; each went to its recipient alone, as it was rendered.
func wantOracle(t testing.TB, p *Postman, taken []mailtest.Received) {
	t.Helper()
	times := map[string]int{}
	for _, r := range taken {
		m, err := mail.ReadMessage(strings.NewReader(r.Body))
		if err != nil || len(r.To) != 1 {
			t.Fatalf("the server took %+v (%v)", r, err)
		}
		l := letter(t, r.To[0])
		if m.Header.Get("Message-ID") != "<"+l.MessageID+">" || r.From != l.From || strings.TrimSuffix(r.Body, "\r\n") != strings.TrimSuffix(string(l.Bytes), "\r\n") {
			t.Errorf("the letter to %s is not as it was rendered:\n%s", r.To[0], r.Body)
		}
		times[r.To[0]]++
	}
	list, err := p.Outbox.Messages(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		n := times[m.Recipient]
		delete(times, m.Recipient)
		least, most := 0, m.Unanswered
		switch m.State {
		case store.Sent:
			least, most = 1, 1+m.Unanswered
		case store.Sending, store.DotSent:
			t.Errorf("nobody delivers, and the message to %s is %s", m.Recipient, m.State)
		case store.Pending, store.Failed:
			most = 0
		}
		if n < least || n > min(most, 2) || m.Unanswered > 2 {
			t.Errorf("the message to %s is %s, lost %d times, and was taken %d times", m.Recipient, m.State, m.Unanswered, n)
		}
	}
	if len(times) > 0 {
		t.Errorf("letters were taken of which nothing is recorded: %v", times)
	}
}

// TestFaultsConnection has the server hang up, or refuse, at each step, for a
// while and for good, and wants the message to arrive as soon as it can, once.
func TestFaultsConnection(t *testing.T) {
	survived := 0
	for _, step := range mailtest.Steps() {
		for _, reply := range []string{"", "450 4.2.1 Try later", "550 5.1.1 Never"} {
			if reply != "" && (step == mailtest.AtHandshake || step == mailtest.AtBody || step == mailtest.AtAnswer) {
				continue // there is nothing to reply to, or it was said that it is taken
			}
			t.Run(string(step)+" "+reply, func(t *testing.T) {
				var mended atomic.Bool
				server := mailtest.OpenScripted(t, func(at mailtest.Step, _ string) mailtest.Fate {
					if at != step || mended.Load() {
						return mailtest.Fate{}
					}
					return mailtest.Fate{HangUp: reply == "", Reply: reply}
				})
				p, c, _ := newPostman(t)
				p.Transport = overSMTP(t, server.Port, server.CA)
				enqueue(t, p.Outbox, "a@centre.example", monday)
				first := deliver(t, p)
				wantOracle(t, p, server.Taken())
				want := afterFault(step, reply)
				if len(first) != 1 || first[0].State != want {
					t.Fatalf("after the fault: %+v, want %s", first, want)
				}
				mended.Store(true)
				for range 2 {
					c.now = c.now.Add(61 * time.Minute)
					deliver(t, p)
				}
				wantOracle(t, p, server.Taken())
				m, err := p.Outbox.Message(t.Context(), first[0].ID)
				if want != store.Failed {
					want = store.Sent
				}
				if err != nil || m.State != want {
					t.Errorf("at the end: %+v (%v), want %s", m, err, want)
				}
				survived++
			})
		}
	}
	t.Logf("%d faults of the connection survived, at %d steps", survived, len(mailtest.Steps()))
}

// afterFault is what a message is when the server failed at a step.
func afterFault(step mailtest.Step, reply string) store.State {
	switch {
	case step == mailtest.AtQuit:
		return store.Sent
	case reply == "" && (step == mailtest.AtBody || step == mailtest.AtDot || step == mailtest.AtAnswer):
		return store.Unknown // a short letter is on its way as a whole before the server hangs up
	case strings.HasPrefix(reply, "5"):
		switch step {
		case mailtest.AtSender, mailtest.AtRecipient, mailtest.AtData, mailtest.AtDot:
			return store.Failed
		}
	}
	return store.Pending
}

// TestFaultsRandom has everything fail at random, over days, and holds the
// oracle after each pass.
func TestFaultsRandom(t *testing.T) {
	const people = 3
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	faults, messages := 0, 0
	for round := range rounds {
		random, wait := rand.New(rand.NewPCG(11, uint64(round))), rand.New(rand.NewPCG(12, uint64(round)))
		odds := wait.Float64() * 0.2
		server := mailtest.OpenScripted(t, func(step mailtest.Step, _ string) mailtest.Fate {
			if random.Float64() >= odds {
				return mailtest.Fate{}
			}
			if step == mailtest.AtHandshake || step == mailtest.AtBody || step == mailtest.AtAnswer {
				return mailtest.Fate{HangUp: true}
			}
			return []mailtest.Fate{{HangUp: true}, {Reply: "421 4.3.2 Closing"}, {Reply: "450 4.2.1 Try later"}, {Reply: "550 5.1.1 Never"}}[random.IntN(4)]
		})
		p, c, _ := newPostman(t)
		p.Transport, p.Hold = overSMTP(t, server.Port, server.CA), round%4 == 0
		for i := range people {
			enqueue(t, p.Outbox, fmt.Sprintf("person%d@centre.example", i), monday)
		}
		for c.now.Before(monday.Add(26 * time.Hour)) {
			deliver(t, p)
			wantOracle(t, p, server.Taken())
			if open, err := p.Outbox.OpenMessages(t.Context()); err != nil {
				t.Fatal(err)
			} else if len(open) == 0 {
				break
			}
			c.now = c.now.Add(time.Duration(1+wait.IntN(90)) * time.Minute)
		}
		for _, m := range deliver(t, p) {
			t.Errorf("round %d: after its time something was done about %+v", round, m)
		}
		if open, err := p.Outbox.OpenMessages(t.Context()); err != nil {
			t.Fatal(err)
		} else {
			for _, m := range open {
				if !m.NextTry.IsZero() && m.State == store.Pending {
					t.Errorf("round %d: it still waits: %+v", round, m)
				}
			}
		}
		faults, messages = faults+server.Faults(), messages+people
	}
	t.Logf("%d random faults survived, with %d messages in %d rounds", faults, messages, rounds)
}

// deadly is a transport whose process ends at a chosen moment.
type deadly struct {
	Transport
	moment func()
}

func (d *deadly) Send(ctx context.Context, l *Letter, beforeDot func() error) (string, error) {
	d.moment()
	receipt, err := d.Transport.Send(ctx, l, func() error {
		d.moment()
		err := beforeDot()
		d.moment()
		return err
	})
	d.moment()
	return receipt, err
}

// fatalExit is the exit code of a process that ended at its moment.
const fatalExit = 7

// TestFaultsKilled ends the process at every moment between the queue and the
// last record, starts it again, and wants the oracle to hold.
func TestFaultsKilled(t *testing.T) {
	if dir := os.Getenv("REGCERT_MAIL_HELPER"); dir != "" {
		deliverAndDie(t, dir)
		return
	}
	people := []string{"a@centre.example", "b@centre.example"}
	if testing.Short() {
		people = people[:1]
	}
	killed := 0
	for moment := 1; ; moment++ {
		server := mailtest.OpenScripted(t, func(mailtest.Step, string) mailtest.Fate { return mailtest.Fate{} })
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "ca.pem"), server.CA, 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(moment int, at time.Duration) (died bool) {
			t.Helper()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestFaultsKilled$", "-test.v")
			cmd.Env = append(os.Environ(), "REGCERT_MAIL_HELPER="+dir, "REGCERT_MAIL_PORT="+strconv.Itoa(server.Port), "REGCERT_MAIL_TO="+strings.Join(people, " "),
				"REGCERT_MAIL_MOMENT="+strconv.Itoa(moment), "REGCERT_MAIL_AT="+at.String())
			out, err := cmd.CombinedOutput()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if ok && exit.ExitCode() == fatalExit {
				return true
			}
			if err != nil {
				t.Fatalf("the process ended with %v:\n%s", err, out)
			}
			return false
		}
		if !run(moment, 0) {
			break
		}
		killed++
		for _, at := range []time.Duration{time.Second, 2 * time.Hour} {
			if run(0, at) {
				t.Fatal("the process ended though nobody wanted it to")
			}
			p := &Postman{Outbox: openOutbox(t, filepath.Join(dir, "state"))}
			wantOracle(t, p, server.Taken())
			if at < time.Hour {
				continue
			}
			open, err := p.Outbox.OpenMessages(t.Context())
			if err != nil || len(open) > 0 {
				t.Errorf("moment %d: at the end there still is %+v (%v)", moment, open, err)
			}
		}
		if n := len(server.Taken()); n < len(people) || n > len(people)+1 {
			t.Errorf("moment %d: %d letters were taken of %d", moment, n, len(people))
		}
	}
	if killed < 8*len(people) {
		t.Errorf("the process was ended at %d moments only", killed)
	}
	t.Logf("%d ends of the process survived", killed)
}

// deliverAndDie queues and delivers, and ends the process at a moment: no
// deferred call runs, nothing is closed.
func deliverAndDie(t *testing.T, dir string) {
	left, err := strconv.Atoi(os.Getenv("REGCERT_MAIL_MOMENT"))
	if err != nil {
		t.Fatal(err)
	}
	moment := func() {
		if left--; left == 0 {
			os.Exit(fatalExit)
		}
	}
	port, err := strconv.Atoi(os.Getenv("REGCERT_MAIL_PORT"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseDuration(os.Getenv("REGCERT_MAIL_AT"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	p := &Postman{Outbox: openOutbox(t, filepath.Join(dir, "state")), Transport: &deadly{overSMTP(t, port, ca), moment}, Now: func() time.Time {
		moment() // the clock is read before each record
		return monday.Add(at)
	}}
	for _, to := range strings.Fields(os.Getenv("REGCERT_MAIL_TO")) {
		enqueue(t, p.Outbox, to, monday)
		moment()
	}
	deliver(t, p)
}
