// Package daemontest has a clock for the daemon that tests move.
package daemontest

import (
	"math"
	"sync"
	"testing"
	"time"
)

// Clock is a clock that tests move.
type Clock struct {
	mu     sync.Mutex
	rests  *sync.Cond // somebody has begun to wait
	wall   time.Time
	awake  time.Duration // the time that has passed while the computer was awake
	timers map[*timer]bool
	stuck  bool // nothing has moved for a minute
}

type timer struct {
	at    time.Duration
	fires chan time.Time
}

// New gives a clock that shows a time such as 2026-05-11 08:00 in a time zone.
func New(t *testing.T, text, zone string) *Clock {
	t.Helper()
	where, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, where)
	if err != nil {
		t.Fatal(err)
	}
	c := &Clock{wall: at, timers: map[*timer]bool{}}
	c.rests = sync.NewCond(&c.mu)
	return c
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

// Timer fires when the time has passed.
func (c *Clock) Timer(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{c.awake + d, make(chan time.Time, 1)}
	c.timers[t] = true
	c.rests.Broadcast()
	return t.fires, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, t)
	}
}

// Settle waits until so many wait, and nobody works.
func (c *Clock) Settle(n int) {
	late := time.AfterFunc(time.Minute, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.stuck = true
		c.rests.Broadcast()
	})
	defer late.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.timers) < n {
		if c.stuck {
			panic("nobody waits: the daemon has ended, or is stuck")
		}
		c.rests.Wait()
	}
}

// Next lets the time pass until the next timer fires, but not past the end. It
// reports whether that is reached.
func (c *Clock) Next(end time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 {
		return !c.wall.Before(end)
	}
	first := time.Duration(math.MaxInt64)
	for t := range c.timers {
		first = min(first, t.at)
	}
	step := first - c.awake
	if left := end.Sub(c.wall); step > left {
		step = left
	}
	c.pass(step)
	return !c.wall.Before(end)
}

func (c *Clock) pass(d time.Duration) {
	c.wall, c.awake = c.wall.Add(d), c.awake+d
	for t := range c.timers {
		if t.at <= c.awake {
			t.fires <- c.wall
			delete(c.timers, t)
		}
	}
}

// Jump sets the clock, as people do, and as it is after a suspend: timers know
// nothing of it.
func (c *Clock) Jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = c.wall.Add(d)
}
