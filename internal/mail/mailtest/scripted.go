package mailtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Step is a moment of a conversation at which a scripted server can fail.
type Step string

// The steps, in their order with STARTTLS.
const (
	AtConnect   Step = "connect" // before the greeting
	AtHello     Step = "EHLO"
	AtStartTLS  Step = "STARTTLS"
	AtHandshake Step = "handshake" // of TLS
	AtHello2    Step = "EHLO after STARTTLS"
	AtAuth      Step = "AUTH"
	AtSender    Step = "MAIL"
	AtRecipient Step = "RCPT"
	AtData      Step = "DATA"
	AtBody      Step = "body"   // in the middle of the message
	AtDot       Step = "dot"    // after the message, which is not taken
	AtAnswer    Step = "answer" // after the message, which is taken
	AtQuit      Step = "QUIT"
)

// Steps are all steps, in their order.
func Steps() []Step {
	return []Step{AtConnect, AtHello, AtStartTLS, AtHandshake, AtHello2, AtAuth, AtSender, AtRecipient, AtData, AtBody, AtDot, AtAnswer, AtQuit}
}

// Fate is what a scripted server does at a step: nothing special, or it hangs
// up, or it gives another reply.
type Fate struct {
	HangUp bool
	Reply  string // such as "450 4.2.1 Try later"
}

// Scripted is a mail server on loopback that speaks STARTTLS, takes any login,
// and does at each step what the script says.
type Scripted struct {
	Port int
	CA   []byte // its certificate, PEM

	script func(step Step, to string) Fate
	config *tls.Config
	mu     sync.Mutex
	taken  []Received
	failed int
}

// OpenScripted starts a server. The script is asked by one conversation at a
// time; it knows the recipient from RCPT on.
func OpenScripted(t *testing.T, script func(step Step, to string) Fate) *Scripted {
	t.Helper()
	cert, ca := SelfSigned(t)
	l := Listen(t)
	s := &Scripted{Port: l.Addr().(*net.TCPAddr).Port, CA: ca, script: script, config: &tls.Config{Certificates: []tls.Certificate{cert}}}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				(&talk{s: s, conn: conn, in: bufio.NewReader(conn)}).run()
			})
		}
	})
	t.Cleanup(func() { l.Close(); group.Wait() })
	return s
}

// Taken lists the letters that were accepted, in their order.
func (s *Scripted) Taken() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.taken...)
}

// Faults is how often the script had the server hang up or refuse.
func (s *Scripted) Faults() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// talk is one conversation.
type talk struct {
	s    *Scripted
	conn net.Conn
	in   *bufio.Reader
	got  Received
}

// run talks until one side hangs up.
func (c *talk) run() {
	if !c.reply(AtConnect, "220 here") {
		return
	}
	hello := AtHello
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		goOn := true
		switch verb := strings.ToUpper(strings.Fields(line + " -")[0]); verb {
		case "EHLO":
			goOn = c.reply(hello, map[Step]string{AtHello: "250-here\r\n250 STARTTLS", AtHello2: "250-here\r\n250 AUTH PLAIN LOGIN"}[hello])
		case "STARTTLS":
			goOn = c.startTLS()
			hello = AtHello2
		case "AUTH":
			goOn = c.reply(AtAuth, "235 2.7.0 welcome")
		case "MAIL":
			c.got = Received{From: address(line)}
			goOn = c.reply(AtSender, "250 2.1.0 sender")
		case "RCPT":
			c.got.To = append(c.got.To, address(line))
			goOn = c.reply(AtRecipient, "250 2.1.5 recipient")
		case "DATA":
			f := c.fate(AtData)
			if goOn = c.answer(f, "354 go on"); goOn && f == (Fate{}) {
				goOn = c.data()
			}
		case "QUIT":
			c.reply(AtQuit, "221 2.0.0 farewell")
			goOn = false
		default:
			goOn = c.say("500 what?")
		}
		if !goOn {
			return
		}
	}
}

func (c *talk) fate(step Step) Fate {
	to := ""
	if len(c.got.To) > 0 {
		to = c.got.To[0]
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	f := c.s.script(step, to)
	if f != (Fate{}) {
		c.s.failed++
	}
	return f
}

// reply says what the script says, or else the usual.
func (c *talk) reply(step Step, usual string) (goOn bool) { return c.answer(c.fate(step), usual) }

func (c *talk) answer(f Fate, usual string) (goOn bool) {
	switch {
	case f.HangUp:
		return false
	case f.Reply != "":
		usual = f.Reply
	}
	return c.say(usual)
}

func (c *talk) say(text string) bool {
	_, err := io.WriteString(c.conn, text+"\r\n")
	return err == nil
}

func (c *talk) startTLS() bool {
	f := c.fate(AtStartTLS)
	if !c.answer(f, "220 2.0.0 go on") || f != (Fate{}) {
		return false
	}
	if c.fate(AtHandshake).HangUp {
		return false
	}
	secure := tls.Server(c.conn, c.s.config)
	c.conn, c.in = secure, bufio.NewReader(secure)
	return true
}

// data takes the message, and undoes the doubling of dots (RFC 5321, 4.5.2).
func (c *talk) data() bool {
	var body strings.Builder
	broken := c.fate(AtBody).HangUp
	for {
		line, err := c.in.ReadString('\n')
		if err != nil || broken {
			return false
		}
		if line == ".\r\n" {
			break
		}
		body.WriteString(strings.TrimPrefix(line, "."))
	}
	c.got.Body = body.String()
	if f := c.fate(AtDot); f != (Fate{}) {
		return c.answer(f, "")
	}
	c.s.mu.Lock()
	c.s.taken = append(c.s.taken, c.got)
	receipt := fmt.Sprintf("250 2.0.0 queued as %d", len(c.s.taken))
	c.s.mu.Unlock()
	c.got = Received{}
	return c.reply(AtAnswer, receipt)
}

// address is what stands between angle brackets.
func address(line string) string {
	_, after, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(after, ">")
	return address
}
