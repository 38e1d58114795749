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

// TestReplaceRacesWithSaves lets somebody save without pause while the file is read, patched and replaced again and
// again. Every version that somebody saved must be the workbook, a copy, a conflict copy, or have been displaced by the
// next save (the saver keeps what it displaces).
func TestReplaceRacesWithSaves(t *testing.T) {
	const rounds = 5000
	d := newDesk(t)
	if way, err := probe(system{}, d.dir); err != nil || way != Exchange {
		missing(t, "an exchange on this file system")
	}
	d.save(d.book, "save 0")
	copies := func(round int) string { return filepath.Join(d.backup.Dir, fmt.Sprint(round/50)) } // small folders are listed quickly
	saver := startSaver(t, d)

	exchanges := 0
	do := faulty{files: system{}, hit: func(op string) error {
		if op == "exchange" {
			exchanges++
		}
		return nil
	}}
	swapper := d.swapper(do)
	if _, err := swapper.way(d.dir); err != nil {
		t.Fatal(err)
	}
	written, late := 0, 0
	found := map[string]bool{}
	for round := 0; round < rounds; {
		data, sum, err := Read(d.book, 1<<20)
		if errors.Is(err, ErrChanging) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		round++
		exchanges = 0
		done, err := swapper.Replace(t.Context(), Order{Path: d.book, Before: sum, After: fmt.Appendf(data[:len(data):len(data)], ", patch %d", round),
			Backup: Backup{Dir: copies(round), Keep: rounds, At: replacedAt.Add(time.Duration(round) * time.Millisecond)}})
		switch {
		case err == nil && done.Written:
			written++
		case !errors.Is(err, ErrChanged):
			t.Fatalf("round %d: %+v, %v", round, done, err)
		case exchanges > 0:
			late++
		}
	}
	saves := saver.stop(found)
	for _, text := range folder(t, d.dir) {
		found[text] = true
	}
	for round := 0; round <= rounds; round += 50 {
		for _, text := range folder(t, copies(round)) {
			found[text] = true
		}
	}
	for n := range saves + 1 {
		if !found[fmt.Sprintf("save %d", n)] {
			t.Errorf("save %d of %d is lost", n, saves)
		}
	}
	fmt.Printf("%d saves raced with %d replacements: %d written, %d put back after the exchange, none lost\n", saves, rounds, written, late)
	if written == 0 || saves < rounds/10 {
		t.Errorf("no race: %d written, %d saves", written, saves)
	}
}

// saver saves without pause.
type saver struct {
	stopped   atomic.Bool
	done      chan struct{}
	saves     int
	displaced map[string]bool
}

func startSaver(t *testing.T, d *desk) *saver {
	s := &saver{done: make(chan struct{}), displaced: map[string]bool{}}
	mine := filepath.Join(d.dir, "saver.tmp")
	go func() {
		defer close(s.done)
		for !s.stopped.Load() {
			s.saves++
			if err := os.WriteFile(mine, fmt.Appendf(nil, "save %d", s.saves), 0o644); err != nil {
				t.Error(err)
				return
			}
			if err := exchange(d.book, mine); err != nil {
				t.Error(err)
				return
			}
			out, err := os.ReadFile(mine)
			if err != nil {
				t.Error(err)
				return
			}
			s.displaced[string(out)] = true
			time.Sleep(time.Duration(s.saves%7) * 40 * time.Microsecond)
		}
	}()
	return s
}

// stop gives how often was saved, and adds what the saves displaced.
func (s *saver) stop(found map[string]bool) int {
	s.stopped.Store(true)
	<-s.done
	for text := range s.displaced {
		found[text] = true
	}
	return s.saves
}
