package daemon

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regcert/internal/register/registertest"
	"regcert/internal/store"
)

// TestFaultyDay goes through days on which staff work and much goes wrong: workbooks
// are open, folders away, the configuration is wrong, mail cannot be sent, jobs
// panic, the computer sleeps, its clock is set, and the daemon is stopped and
// started. When all is right again, nothing is lost, nothing was done twice, and
// nothing is stuck.
func TestFaultyDay(t *testing.T) {
	t.Parallel()
	days := 40
	if testing.Short() {
		days = 4
	}
	for seed := range days {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newFaultyDay(t, uint64(seed))
			for d.c.clock.Now().Before(d.ends) {
				d.happen()
				d.pass(time.Duration(1+d.dice.IntN(40)) * time.Minute)
			}
			d.setRight()
			d.judge()
		})
	}
}

// faultyDay is a day in the life of a daemon.
type faultyDay struct {
	c        *centre
	dice     *rand.Rand
	ends     time.Time
	right    []byte         // the configuration
	learners map[string]int // how many learners staff have saved last, by workbook
	open     map[string]bool
	away     bool
	panics   atomic.Bool
	faults   map[string]int
}

const faulty = `workbooks: [{path: "registers/*.xlsx", password_env: BOOM}]
recipients:
  - {name: Quality, email: quality@centre.example, when_empty: all_clear, escalations: true}
  - {name: Claims, email: claims@centre.example, when_empty: all_clear}
escalation: {quiet_hours: none, most_a_day: 100}
daemon:
  owner: {name: Admin, email: admin@centre.example}
`

func newFaultyDay(t *testing.T, seed uint64) *faultyDay {
	d := &faultyDay{
		c: newCentre(t, "2026-05-11 05:00", "Europe/London", faulty), dice: rand.New(rand.NewPCG(seed, 5)),
		learners: map[string]int{}, open: map[string]bool{}, faults: map[string]int{},
	}
	d.ends = d.c.clock.Now().Add(24 * time.Hour)
	d.right = d.c.read("config.yaml")
	d.c.getenv = func(string) string {
		if d.panics.Load() {
			panic("boom")
		}
		return ""
	}
	check(t, os.Mkdir(filepath.Join(d.c.dir, "registers"), 0o755))
	for _, name := range []string{"a.xlsx", "b.xlsx", "c.xlsx"} {
		d.save(name)
	}
	d.c.start()
	return d
}

// save saves a workbook as staff do, with one learner more.
func (d *faultyDay) save(name string) {
	d.c.t.Helper()
	d.learners[name]++
	var b strings.Builder
	fmt.Fprintf(&b, "== %s\n-- Enrolments\nLearner ID | Legal First Name | Legal Last Name | Date of Birth | Qualification Code | Course Start | Course End\n", name)
	for n := range d.learners[name] {
		fmt.Fprintf(&b, "%s%03d | Ada | Archer | 2000-01-02 | 610/1234/5 | 2026-04-%02d | 2026-06-30\n", name[:1], n+1, 1+n%28)
	}
	d.c.write(filepath.Join("registers", name), registertest.Files(d.c.t, b.String())[0].Data)
}

// happen lets something happen.
func (d *faultyDay) happen() {
	c := d.c
	name := []string{"a.xlsx", "b.xlsx", "c.xlsx"}[d.dice.IntN(3)]
	registers, hidden := filepath.Join(c.dir, "registers"), filepath.Join(c.dir, "hidden")
	what := []string{"save", "save", "open", "close", "away", "config", "mail", "panic", "sleep", "clock", "restart", "restart"}[d.dice.IntN(12)]
	d.faults[what]++
	switch {
	case what == "save" && !d.away:
		d.save(name)
	case what == "open" && !d.away && !d.open[name]:
		c.lock("registers/" + name)
		d.open[name] = true
	case what == "close" && !d.away && d.open[name]:
		c.unlock("registers/" + name)
		delete(d.open, name)
	case what == "away" && !d.away:
		check(c.t, os.Rename(registers, hidden))
		d.away = true
	case what == "away":
		check(c.t, os.Rename(hidden, registers))
		d.away = false
	case what == "config" && string(c.read("config.yaml")) == string(d.right):
		c.write("config.yaml", append([]byte("werkbooks: 1\n"), d.right...))
	case what == "config":
		c.write("config.yaml", d.right)
	case what == "mail" && !exists(filepath.Join(c.dir, "outbox")):
		c.write("outbox", []byte("a file where the folder should be"))
	case what == "mail":
		d.mendMail()
	case what == "panic":
		d.panics.Store(!d.panics.Load())
	case what == "sleep":
		c.clock.Settle(2)
		c.clock.Jump(time.Duration(d.dice.IntN(180)) * time.Minute)
	case what == "clock":
		c.clock.Settle(2)
		c.clock.Jump(time.Duration(d.dice.IntN(60)-30) * time.Minute)
	case what == "restart" && string(c.read("config.yaml")) == string(d.right):
		check(c.t, c.end())
		c.clock.Jump(time.Duration(d.dice.IntN(90)) * time.Minute)
		c.start()
	}
}

func (d *faultyDay) mendMail() {
	path := filepath.Join(d.c.dir, "outbox")
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		check(d.c.t, os.Remove(path))
	}
}

func (d *faultyDay) pass(span time.Duration) {
	d.c.hop(d.c.clock.Now().Add(span).Format("2006-01-02 15:04"), 5*time.Minute)
}

// setRight puts everything right, and lets two more days pass.
func (d *faultyDay) setRight() {
	c := d.c
	if d.away {
		check(c.t, os.Rename(filepath.Join(c.dir, "hidden"), filepath.Join(c.dir, "registers")))
	}
	for name := range d.open {
		c.unlock("registers/" + name)
	}
	c.write("config.yaml", d.right)
	d.mendMail()
	d.panics.Store(false)
	d.pass(48 * time.Hour)
	check(c.t, c.end())
}

// judge finds out whether anything was lost or done twice.
func (d *faultyDay) judge() {
	c, t := d.c, d.c.t
	t.Logf("what happened: %v", d.faults)
	for name, n := range d.learners {
		for i := range n {
			if c.status("registers/"+name, fmt.Sprintf("%s%03d", name[:1], i+1)) == "" {
				t.Errorf("%s has no status for learner %d of %d", name, i+1, n)
			}
		}
	}
	for _, job := range []string{"check", "digest"} {
		seen := map[string]bool{}
		for _, slot := range c.slots(job) {
			at, state, _ := strings.Cut(slot, " ")
			if seen[at] || state == string(store.SlotDue) || state == string(store.SlotFailed) {
				t.Errorf("the %s of %s is %s", job, at, state)
			}
			seen[at] = true
		}
	}
	if got := c.slots("digest"); !slices.Equal(got, []string{"2026-05-11T08:00 done"}) {
		t.Errorf("the digests are %q", got)
	}
	for _, to := range []string{"quality@centre.example", "claims@centre.example"} {
		digests := slices.DeleteFunc(c.messages(to), func(list string) bool { return !strings.HasPrefix(list, "<digest.") })
		if len(digests) != 1 {
			t.Errorf("%s was sent %d digests", to, len(digests))
		}
	}
	c.state(func(s *store.Store) { // which is found whole when it is opened
		if troubles, err := s.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("there is still %v %v", troubles, err)
		}
		if open, err := s.OpenMessages(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("messages wait: %v %v", open, err)
		}
	})
	left, err := filepath.Glob(filepath.Join(c.dir, "registers", ".regcert-*"))
	if check(t, err); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	if t.Failed() {
		t.Log(c.log)
	}
}
