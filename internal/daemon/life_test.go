package daemon

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"regcert/internal/config"
	"regcert/internal/mail/mailtest"
	"regcert/internal/store"
)

// TestSecond guards that one daemon serves a state, and the second names it.
func TestSecond(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 09:00", "Europe/London", quiet)
	c.start()
	c.until("2026-05-11 09:01")
	cfg, err := config.Load(filepath.Join(c.dir, "config.yaml"))
	check(t, err)
	second := &Daemon{File: cfg.File, Config: cfg, Getenv: os.Getenv, Clock: System{}, Log: slog.New(slog.DiscardHandler)}
	err = second.Run(t.Context())
	if busy, ok := errors.AsType[*store.Busy](err); !ok || !strings.Contains(busy.Holder, "regcert serve, process ") {
		t.Errorf("the second says %v", err)
	}
	c.until("2026-05-11 09:02")
	check(t, c.end())
	c.start() // the next one can
	c.until("2026-05-11 09:03")
	check(t, c.end())
}

// TestPanic guards that a job which panics costs that job, for the schedule and
// after a save: it is tried again, and those after it are done.
func TestPanic(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", strings.Replace(settings, `path: "*.xlsx"`, `path: "*.xlsx", password_env: BOOM`, 1))
	var booms atomic.Bool
	booms.Store(true)
	c.getenv = func(string) string {
		if booms.Load() {
			panic("boom")
		}
		return ""
	}
	c.start()
	c.until("2026-05-11 07:30")
	booms.Store(false)
	c.until("2026-05-11 12:30")
	check(t, c.end())
	c.wantSlots("check", "2026-05-11T07:00 done", "2026-05-11T12:00 done")
	c.wantSlots("digest", "2026-05-11T08:00 done")
	if n := strings.Count(c.log.String(), "stumbled"); n == 0 {
		t.Error("the log says nothing of it")
	}
}

// TestConfigChanges guards that a configuration is taken over when it changes, that
// a wrong one is refused while the old one stays in force, and that the owner is
// told of one that stays wrong.
func TestConfigChanges(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", settings)
	right := string(c.read("config.yaml"))
	c.start()
	c.until("2026-05-11 06:30")
	c.write("config.yaml", []byte(strings.Replace(right, "workbooks", "werkbooks", 1)))
	c.until("2026-05-11 06:35")
	c.wantSent("admin@centre.example", 0)
	c.until("2026-05-11 07:05")
	c.wantSlots("check", "2026-05-11T07:00 done")
	if got := c.sent("admin@centre.example"); len(got) != 1 || !strings.Contains(got[0], "the configuration is wrong since 06:30, and the one before is in force") {
		t.Errorf("the owner was told %q", got)
	}
	c.remove("config.yaml")
	c.until("2026-05-11 07:10")
	c.write("config.yaml", []byte(right+`schedule: {check: "20 7 * * *", digest: "40 7 * * *"}`+"\n"))
	c.until("2026-05-11 08:05")
	check(t, c.end())
	c.wantSlots("check", "2026-05-11T07:00 done", "2026-05-11T07:20 done")
	c.wantSlots("digest", "2026-05-11T07:40 done")
	c.wantSent("admin@centre.example", 1)
	c.wantLogged("is wrong, and the one before stays in force", 2)
}

// TestReread guards that the configuration is read again when somebody asks.
func TestReread(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", settings)
	c.start()
	c.until("2026-05-11 06:05")
	c.reread <- syscall.SIGHUP
	for range 1000 { // it is heard beside the clock
		if strings.Contains(c.log.String(), "the configuration was read again") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the configuration was not read again")
}

// TestDamagedState guards that the daemon ends when what it remembers cannot be
// trusted, having sent nothing.
func TestDamagedState(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", settings)
	c.start()
	c.until("2026-05-11 06:05")
	check(t, c.end())
	path := filepath.Join(c.dir, "state", store.FileName)
	data, err := os.ReadFile(path)
	check(t, err)
	for i := 100; i < len(data); i++ {
		data[i] ^= 0x5a
	}
	check(t, os.WriteFile(path, data, 0o600))
	c.start()
	if err := <-c.ended; !errors.Is(err, store.ErrDamaged) {
		t.Errorf("it ends with %v", err)
	}
	c.stop = nil
	c.wantSent("quality@centre.example", 0)
}

// TestBusyState guards that nothing is lost while another program keeps the state
// locked.
func TestBusyState(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", settings)
	c.start()
	c.until("2026-05-11 06:59")
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "state", store.FileName))
	check(t, err)
	defer db.Close()
	conn, err := db.Conn(t.Context())
	check(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	check(t, err)
	c.until("2026-05-11 07:05")
	_, err = conn.ExecContext(t.Context(), "ROLLBACK")
	check(t, err)
	check(t, conn.Close())
	c.hop("2026-05-11 08:30", 5*time.Minute)
	check(t, c.end())
	c.wantSlots("check", "2026-05-11T07:00 done")
	c.wantSlots("digest", "2026-05-11T08:00 done")
	c.wantSent("quality@centre.example", 1)
	if !strings.Contains(c.log.String(), "another regcert has been writing to it") {
		t.Error("the log says nothing of it")
	}
}

// TestMailIsDown guards that a digest waits until mail can be sent again, that it
// is known meanwhile, and that it goes out once.
func TestMailIsDown(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", settings)
	c.write("outbox", []byte("a file where the folder should be"))
	c.start()
	c.hop("2026-05-11 11:00", 5*time.Minute)
	c.state(func(s *store.Store) {
		troubles, err := s.Troubles(t.Context())
		if err != nil || len(troubles) != 1 || troubles[0].Kind != store.TroubleMail {
			t.Errorf("the troubles are %v %v", troubles, err)
		}
	})
	c.remove("outbox")
	c.hop("2026-05-11 13:00", 5*time.Minute)
	check(t, c.end())
	c.wantSent("quality@centre.example", 1)
	c.wantSent("admin@centre.example", 0) // it would have come too late
	c.state(func(s *store.Store) {
		if troubles, err := s.Troubles(t.Context()); err != nil || len(troubles) != 0 {
			t.Errorf("there is still %v %v", troubles, err)
		}
	})
}

// TestMessageFails guards that the owner is told of a message that is refused for
// good, while others go out.
func TestMessageFails(t *testing.T) {
	t.Parallel()
	office := mailtest.Open(t, "starttls")
	c := newCentre(t, "2026-05-11 07:30", "Europe/London", strings.Replace(settings, "quality@centre.example", "gone@centre.example", 1)+
		"mail: {transport: smtp, from: regcert@centre.example, smtp: {host: 127.0.0.1, port: "+strconv.Itoa(office.Port)+", auth: none, ca_file: ca.pem}}\n")
	c.write("ca.pem", office.CA)
	c.start()
	c.until("2026-05-11 08:10")
	check(t, c.end())
	letters := office.Taken()
	if len(letters) != 1 || letters[0].To[0] != "admin@centre.example" || !strings.Contains(letters[0].Body, "the digest for Quality was not sent: ") {
		t.Errorf("delivered was %+v", letters)
	}
}

// TestEndsInTime guards that the daemon ends soon when it is told to, whatever it
// does, and that the next goes on.
func TestEndsInTime(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:59", "Europe/London", strings.Replace(settings, `path: "*.xlsx"`, `path: "*.xlsx", password_env: SLOW`, 1))
	reached, goOn := make(chan struct{}, 100), make(chan struct{})
	c.getenv = func(string) string {
		if strings.Contains(c.log.String(), "job=check") {
			reached <- struct{}{}
			<-goOn
		}
		return ""
	}
	c.start()
	for len(reached) == 0 {
		c.clock.Settle(1)
		c.clock.Next(c.clock.Now().Add(lookEvery))
		time.Sleep(time.Millisecond)
	}
	c.stop()
	c.clock.Settle(1) // it waits for what has begun
	for len(c.ended) == 0 {
		c.clock.Next(c.clock.Now().Add(time.Second))
		time.Sleep(time.Millisecond)
	}
	if err := <-c.ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
	c.stop = nil
	c.wantLogged("it is left to the next process", 1)
	close(goOn)
}

// TestBroken guards that a run which is broken off is no run that was done: the
// next process does it.
func TestBroken(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:59", "Europe/London", strings.Replace(settings, `path: "*.xlsx"`, `path: "*.xlsx", password_env: STOP`, 1))
	var stop atomic.Pointer[context.CancelFunc]
	c.getenv = func(string) string {
		if f := stop.Load(); f != nil && strings.Contains(c.log.String(), "job=check") {
			(*f)()
		}
		return ""
	}
	c.start()
	stop.Store(&c.stop)
	for !strings.Contains(c.log.String(), "job=check") { // then it stops by itself
		c.clock.Settle(1)
		c.clock.Next(c.clock.Now().Add(lookEvery))
		time.Sleep(time.Millisecond)
	}
	check(t, <-c.ended)
	c.stop = nil
	stop.Store(nil)
	c.wantSlots("check", "2026-05-11T07:00 due")
	c.start()
	c.look()
	c.look()
	check(t, c.end())
	c.wantSlots("check", "2026-05-11T07:00 done")
	if got := c.status("enrolments.xlsx", "L001"); got == "" {
		t.Error("there is no status")
	}
}

// TestNoticesAreBounded guards that what comes and goes does not fill the owner's
// mailbox.
func TestNoticesAreBounded(t *testing.T) {
	t.Parallel()
	c := newCentre(t, "2026-05-11 06:00", "Europe/London", quiet)
	right := string(c.read("config.yaml"))
	c.start()
	for hour := 6; hour < 18; hour++ { // wrong and right again, each hour
		c.write("config.yaml", []byte("nothing: 1\n"))
		c.hop("2026-05-11 "+clockText(hour, 30), 5*time.Minute)
		c.write("config.yaml", []byte(right))
		c.hop("2026-05-11 "+clockText(hour, 59), 5*time.Minute)
	}
	check(t, c.end())
	c.wantSent("admin@centre.example", noticesADay)
}

func clockText(hour, minute int) string {
	return time.Date(2026, 5, 11, hour, minute, 0, 0, time.UTC).Format("15:04")
}
