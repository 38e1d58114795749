package swap

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// world is one history: a replacement, what people did meanwhile, crashes, and the processes that came after.
type world struct {
	*model
	journal *memo
	moments int                   // operations until everything had happened
	shared  bool                  // the copies are on another device
	hit     func(op string) error // makes operations fail; nil: none does
}

// live lets a history happen.
func live(way Way, links bool, schedule []event) *world {
	w := &world{model: newModel(way, links, schedule), journal: &memo{}}
	w.replace()
	w.do(w.tick)    // when the process has ended
	for w.crashed { // the next one, which may crash, too
		w.crashed = false
		w.resume(0)
		w.do(w.tick)
	}
	w.moments = w.ops
	w.schedule = nil
	w.endSaving()
	w.resume(Grace)
	return w
}

func (w *world) replace() {
	w.do(func() {
		done, err := w.swapper().Replace(context.Background(), Order{Path: modelBook, Before: sha256.Sum256([]byte(oldText)), After: []byte(newText),
			Backup: Backup{Dir: modelCopies, Keep: 3, At: replacedAt}})
		if err == nil && (!done.Written || w.journal.states() != "placed") || err != nil && done.Written && w.names[modelBook].content == oldText {
			w.fail("%+v, %v, but the journal says %s", done, err, w.journal.states())
		}
	})
}

func (w *world) fail(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

func (w *world) swapper() *Swapper {
	s := New(w.journal)
	s.do, s.pause = w.model, func() {}
	if w.shared {
		s.do = acrossDevices{s.do, inFolder}
	}
	if w.hit != nil {
		s.do = faulty{files: s.do, hit: w.hit, syncs: true}
	}
	s.ways[inFolder] = w.way
	return s
}

func (w *world) resume(after time.Duration) {
	w.do(func() {
		told, err := w.swapper().Resume(context.Background(), replacedAt.Add(after))
		if err != nil {
			w.fail("%v", err)
		}
		for _, r := range told {
			if r.Err != nil && len(w.schedule) == 0 && after >= Grace { // in the end everything must be resolved
				w.fail("%v", r.Err)
			}
		}
	})
}

// judge holds the invariants: the file is whole, every version that somebody saved and did not replace himself exists
// somewhere, and everything has come to rest.
func (w *world) judge() string {
	book, ok := w.names[modelBook]
	if !ok || strings.Contains(book.content, tornText) {
		w.fail("in the end the workbook is %+v", book)
	}
	found := w.versions()
	for _, text := range w.saved() {
		if !found[text] && !w.gone[text] {
			w.fail("%q is lost", text)
		}
	}
	for name := range w.names {
		if IsTransient(strings.TrimPrefix(name, inFolder+"/")) {
			w.fail("%s is left behind", name)
		}
	}
	if state := w.journal.states(); state != "" && state != "settled" && state != "undone" {
		w.fail("the journal says %s", state)
	}
	if w.saves == 0 && ok && book.content == newText && !found[oldText] {
		w.fail("the old version is nowhere")
	}
	return w.broken
}

// explorer goes through all histories with a number of events.
type explorer struct {
	t         *testing.T
	way       Way
	links     bool
	histories int
	ends      map[string]int // how replacements ended
	wrong     int
}

func (x *explorer) explore(schedule []event, depth int) {
	w := live(x.way, x.links, schedule)
	x.histories++
	if wrong := w.judge(); wrong != "" {
		if x.wrong++; x.wrong <= 3 {
			x.t.Errorf("%v: %s\n%s", schedule, wrong, w.describe())
		}
		return
	}
	x.ends[w.journal.states()]++
	if depth == 0 {
		return
	}
	first := 0
	if n := len(schedule); n > 0 {
		first = schedule[n-1].at
	}
	for at := first; at <= w.moments; at++ {
		for _, k := range next(schedule) {
			x.explore(append(slices.Clip(schedule), event{at, k}), depth-1)
		}
	}
}

// next are the events that can follow: one person writes in place at a time.
func next(schedule []event) []kind {
	kinds := []kind{saveOver, crash, powerNew, powerOld}
	writing := false
	for _, e := range schedule {
		writing = e.kind == saveBegin || writing && e.kind != saveEnd && e.kind != powerNew && e.kind != powerOld
	}
	if writing {
		return append(kinds, saveEnd)
	}
	return append(kinds, saveBegin)
}

func (w *world) describe() string {
	var lines []string
	for name, f := range w.names {
		lines = append(lines, fmt.Sprintf("  %s: %q", name, f.content))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n  journal: " + w.journal.states()
}

// TestEveryHistory explores, to a bounded depth, what people and crashes can do to a replacement: the protocol that is
// explored is the program's own.
func TestEveryHistory(t *testing.T) {
	for _, c := range []struct {
		way   Way
		links bool
		depth int
	}{{Exchange, true, 3}, {ReplaceFile, true, 3}, {Rename, true, 3}, {Rename, false, 2}} {
		t.Run(fmt.Sprint(c.way, " links ", c.links), func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				c.depth = 2
			}
			x := &explorer{t: t, way: c.way, links: c.links, ends: map[string]int{}}
			x.explore(nil, c.depth)
			fmt.Printf("%s (links %v), %d events: %d histories, ended %v\n", c.way, c.links, c.depth, x.histories, x.ends)
			if x.histories < 1000 || x.ends["settled"] == 0 || x.ends["undone"] == 0 {
				t.Errorf("%d histories, ended %v", x.histories, x.ends)
			}
		})
	}
}
