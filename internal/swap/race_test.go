package swap

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// TestReplaceRacesWithSaves lets somebody save without pause while the workbook is read, patched and replaced again and
// again. Every version that somebody saved must be the workbook, a copy, a conflict copy, or have been displaced by the
// next save (the saver keeps what it displaces).
func TestReplaceRacesWithSaves(t *testing.T) {
	const rounds = 400
	d := newDesk(t)
	mine := filepath.Join(d.dir, "saver.tmp")
	do := systemOps()
	do.sync = func(*os.File) error { return nil } // this is about order, not about the disk
	do.syncDir = func(string) error { return nil }
	d.save(mine, "probe")
	if err := do.exchange(d.book, mine); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the file system has no exchange")
	}
	d.save(d.book, "save 0")
	d.backup.Keep = 10 * rounds

	var stop atomic.Bool
	saved := make(chan map[string]bool) // what the saver displaced
	saves := 0
	go func() {
		displaced := map[string]bool{}
		defer func() { saved <- displaced }()
		for !stop.Load() {
			saves++
			if err := os.WriteFile(mine, fmt.Appendf(nil, "save %d", saves), 0o644); err != nil {
				t.Error(err)
				return
			}
			if err := do.exchange(d.book, mine); err != nil {
				t.Error(err)
				return
			}
			out, err := os.ReadFile(mine)
			if err != nil {
				t.Error(err)
				return
			}
			displaced[string(out)] = true
			time.Sleep(time.Duration(saves%7) * 40 * time.Microsecond)
		}
	}()

	written, late := 0, 0
	exchanges := 0
	exchange := do.exchange
	counting := do
	counting.exchange = func(a, b string) error { exchanges++; return exchange(a, b) }
	found := map[string]bool{}
	for round := range rounds {
		data, sum, err := Read(d.book, 1<<20)
		if errors.Is(err, ErrChanging) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		d.backup.At = replacedAt.Add(time.Duration(round) * time.Millisecond)
		exchanges = 0
		done, err := counting.replace(d.book, sum, fmt.Appendf(data[:len(data):len(data)], ", patch %d", round), d.backup)
		switch {
		case err == nil && done.Written:
			written++
		case !errors.Is(err, ErrChanged):
			t.Fatalf("round %d: %+v, %v", round, done, err)
		case exchanges > 0:
			late++
		}
		if done.Conflict != "" {
			text, err := os.ReadFile(done.Conflict)
			if err != nil {
				t.Fatal(err)
			}
			found[string(text)] = true
		}
	}
	stop.Store(true)
	for text := range <-saved {
		found[text] = true
	}
	for _, text := range files(t, d.backup.Dir) {
		found[text] = true
	}
	book, err := os.ReadFile(d.book)
	if err != nil {
		t.Fatal(err)
	}
	found[string(book)] = true
	for n := range saves + 1 {
		if !found[fmt.Sprintf("save %d", n)] {
			t.Errorf("save %d of %d is lost", n, saves)
		}
	}
	t.Logf("%d saves against %d rounds: %d written, %d put back after the exchange", saves, rounds, written, late)
	if written == 0 || saves < 2 {
		t.Errorf("no race: %d written, %d saves", written, saves)
	}
}
