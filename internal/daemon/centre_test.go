package daemon

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/config"
	"regcert/internal/daemon/daemontest"
	"regcert/internal/register/registertest"
	"regcert/internal/store"
	"regcert/internal/web"
)

// register is a small set: L001 is at risk and then overdue in May 2026.
const registers = `
== enrolments.xlsx
-- Enrolments
Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
L001 | Ada | Archer | 2000-01-02 | 610/1234/5 | 2026-04-06 | 2026-06-30
== others.xlsx
-- Enrolments
Learner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End
L002 | Ben | Brook | 2001-01-02 | 610/1234/5 | 2026-04-13 | 2026-06-30
`

const settings = `workbooks: [{path: "*.xlsx"}]
recipients:
  - {name: Quality, email: quality@centre.example, when_empty: all_clear}
daemon:
  owner: {name: Admin, email: admin@centre.example}
`

// centre is a folder with workbooks, and a daemon that works on them.
type centre struct {
	t      *testing.T
	dir    string
	clock  *daemontest.Clock
	log    *lines
	reread chan os.Signal
	getenv func(string) string
	notify bool

	stop  context.CancelFunc
	ended chan error
}

func newCentre(t *testing.T, at, zone, config string) *centre {
	t.Helper()
	c := &centre{t: t, dir: t.TempDir(), clock: daemontest.New(t, at, zone), log: &lines{t: t}, reread: make(chan os.Signal, 1), getenv: func(string) string { return "" }}
	for _, f := range registertest.Files(t, registers) {
		c.write(f.Name, f.Data)
	}
	c.write("config.yaml", []byte(config+"timezone: "+zone+"\n"))
	return c
}

// write puts a file into the folder as spreadsheet programs do.
func (c *centre) write(name string, data []byte) {
	c.t.Helper()
	temp := filepath.Join(c.dir, "saving.tmp")
	check(c.t, os.WriteFile(temp, data, 0o644))
	check(c.t, os.Rename(temp, filepath.Join(c.dir, name)))
}

func (c *centre) remove(name string) { c.t.Helper(); check(c.t, os.Remove(filepath.Join(c.dir, name))) }

func (c *centre) read(name string) []byte {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, name))
	check(c.t, err)
	return data
}

// start starts the daemon as a new process would.
func (c *centre) start() {
	c.t.Helper()
	cfg, err := config.Load(filepath.Join(c.dir, "config.yaml"))
	check(c.t, err)
	d := &Daemon{
		File: filepath.Join(c.dir, "config.yaml"), Config: cfg, Program: "test", Getenv: c.getenv, Clock: c.clock,
		Log: slog.New(slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Reread: c.reread, Notify: c.notify, Metrics: web.NewMetrics("test"),
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop, c.ended = stop, make(chan error, 1)
	go func() { c.ended <- d.Run(ctx) }()
	c.t.Cleanup(func() { c.end() })
}

// end ends it, as a service manager does.
func (c *centre) end() error {
	if c.stop == nil {
		return nil
	}
	c.stop()
	c.stop = nil
	select {
	case err := <-c.ended:
		return err
	case <-time.After(time.Minute):
		c.t.Fatal("the daemon does not end")
		return nil
	}
}

// until lets the time pass.
func (c *centre) until(text string) {
	c.t.Helper()
	end, err := time.ParseInLocation("2006-01-02 15:04", text, c.clock.Now().Location())
	check(c.t, err)
	for {
		c.clock.Settle(2)
		if c.clock.Next(end) {
			break
		}
	}
	c.clock.Settle(2)
}

// hop lets the time pass in steps, between which the computer sleeps.
func (c *centre) hop(text string, step time.Duration) {
	c.t.Helper()
	end, err := time.ParseInLocation("2006-01-02 15:04", text, c.clock.Now().Location())
	check(c.t, err)
	for c.clock.Now().Add(step).Before(end) {
		c.clock.Jump(step - 2*lookEvery)
		c.look()
	}
	c.until(text)
}

// look has the daemon look at the time that it is, and once more.
func (c *centre) look() {
	c.t.Helper()
	for range 2 { // the desks need not rest equally long
		c.clock.Settle(2)
		c.clock.Next(c.clock.Now().Add(lookEvery))
	}
	c.clock.Settle(2)
}

// state looks into the state.
func (c *centre) state(do func(*store.Store)) {
	c.t.Helper()
	s, err := store.Open(c.t.Context(), filepath.Join(c.dir, "state"))
	check(c.t, err)
	defer s.Close()
	do(s)
}

// slots lists what became of the slots of a job, oldest first.
func (c *centre) slots(job string) (out []string) {
	c.t.Helper()
	c.state(func(s *store.Store) {
		slots, err := s.LastSlots(c.t.Context(), job, 1000)
		check(c.t, err)
		for _, slot := range slots {
			out = append(out, slot.At+" "+string(slot.State))
		}
	})
	slices.Reverse(out)
	return out
}

// sent lists the messages that are in the outbox folder by their subjects, of one
// recipient.
func (c *centre) sent(to string) []string { return c.headers(to, "Subject") }

// messages is sent with the series that each message belongs to.
func (c *centre) messages(to string) []string { return c.headers(to, "List-Id") }

func (c *centre) headers(to, name string) (out []string) {
	c.t.Helper()
	paths, err := filepath.Glob(filepath.Join(c.dir, "outbox", "*.eml"))
	check(c.t, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		check(c.t, err)
		m, err := mail.ReadMessage(bytes.NewReader(data))
		check(c.t, err)
		if strings.Contains(m.Header.Get("To"), to) {
			text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
			check(c.t, err)
			out = append(out, text)
		}
	}
	return out
}

// status is the status of a learner in a workbook, as it stands there.
func (c *centre) status(name, learner string) string {
	c.t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(c.read(name)))
	check(c.t, err)
	defer book.Close()
	rows, err := book.GetRows("Enrolments")
	check(c.t, err)
	col := slices.Index(rows[0], "Registration Status")
	for _, row := range rows[1:] {
		if row[0] == learner && col >= 0 && col < len(row) {
			return row[col]
		}
	}
	return ""
}

func (c *centre) wantSlots(job string, want ...string) {
	c.t.Helper()
	if got := c.slots(job); !slices.Equal(got, want) {
		c.t.Errorf("%s: got %q, want %q", job, got, want)
	}
}

func (c *centre) wantSent(to string, n int) {
	c.t.Helper()
	if got := c.sent(to); len(got) != n {
		c.t.Errorf("%s was sent %q, want %d", to, got, n)
	}
}

func (c *centre) wantLogged(text string, n int) {
	c.t.Helper()
	if got := strings.Count(c.log.String(), text); got != n {
		c.t.Errorf("the log says %q %d times, want %d", text, got, n)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines is the log.
type lines struct {
	t  *testing.T
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var _ io.Writer = (*lines)(nil)
