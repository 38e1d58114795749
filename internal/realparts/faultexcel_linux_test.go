package realparts

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSavesOfOthers has the program run again and again while somebody saves the register as Excel does (a new file
// beside it, the old one deleted, the new one renamed) or in place, with Excel's owner file beside it or without. What
// somebody saved last is never lost: it is the workbook, a copy, or a conflict copy.
func TestSavesOfOthers(t *testing.T) {
	long(t)
	t.Parallel()
	const lasting = 20 * time.Second
	d := newDesk(t, registerOf(t, savedRegister))
	d.run(t).want(t, 0, "claims.xlsx written")
	excel := newExcel(t, d)
	go excel.work()
	kept := t.TempDir() // where a person puts the conflict copies
	outcomes := map[string]int{}
	rounds, met := 0, 0
	for begin := time.Now(); time.Since(begin) < lasting; rounds++ {
		before := excel.open.Load()
		e := d.run(t)
		isOpen := before%2 == 1 && excel.open.Load() == before
		wrote := excel.judge(e, isOpen)
		if isOpen && !wrote {
			met++
		}
		for _, w := range e.Workbooks {
			outcomes[w.Outcome]++
		}
		excel.keepConflicts(kept)
		if t.Failed() {
			break
		}
	}
	excel.stop()
	for range 5 {
		if e := d.run(t); e.code == 0 {
			break
		}
		excel.keepConflicts(kept)
	}
	d.run(t).want(t, 0, "claims.xlsx unchanged")
	d.wantSoundState(t)
	if others := d.others(t); len(others) > 0 {
		t.Errorf("%q are left behind", others)
	}
	lost, conflicts := excel.lost(kept)
	if len(lost) > 0 {
		t.Errorf("of %d saves %v are lost", excel.saves, lost)
	}
	fmt.Printf("%d saves (%d in place) while regcert ran %d times (%v), %d of them with the owner file there all along: %d conflict copies, none lost\n",
		excel.saves, excel.inPlace, rounds, outcomes, met, conflicts)
	if excel.saves < 50 || rounds < 20 || met < 3 || outcomes["written"] < 5 {
		t.Error("that was no race")
	}
}

const savedRegister = `
	== claims.xlsx
	-- Adjustments
	Learner ID | Type        | Recorded On | Stored
	L1         | SAVE-000000 | 2026-04-01  | yes
	L2         | reader      | 2026-04-02  | no`

// excel saves the register on a desk until it is stopped.
type excel struct {
	t        *testing.T
	d        *desk
	rand     *rand.Rand
	aside    string // a folder for what it takes away
	template []byte
	stopped  atomic.Bool
	done     chan struct{}
	open     atomic.Int64 // odd while the owner file is there

	saves, inPlace int
	replaced       map[int]bool // the saves that it has replaced by later ones itself
}

func newExcel(t *testing.T, d *desk) *excel {
	return &excel{
		t: t, d: d, rand: rand.New(rand.NewPCG(1, 2)), aside: t.TempDir(), template: registerOf(t, savedRegister),
		done: make(chan struct{}), replaced: map[int]bool{0: true},
	}
}

func (x *excel) work() {
	defer close(x.done)
	for !x.stopped.Load() && !x.t.Failed() {
		owner := x.d.beside("~$claims.xlsx")
		withOwner := x.rand.IntN(2) == 0
		if withOwner {
			x.check(os.WriteFile(owner, ownerFile("Jo Bloggs"), 0o644))
			x.open.Add(1)
		}
		for range 1 + x.rand.IntN(6) {
			x.pause(60 * time.Millisecond)
			x.saves++
			if x.rand.IntN(3) == 0 {
				x.saveInPlace(x.saves)
			} else {
				x.saveAnew(x.saves)
			}
		}
		if withOwner {
			x.pause(400 * time.Millisecond)
			x.open.Add(1)
			x.check(os.Remove(owner))
		}
		x.pause(200 * time.Millisecond)
	}
}

func (x *excel) stop() {
	x.stopped.Store(true)
	<-x.done
}

// saveAnew saves as Excel does.
func (x *excel) saveAnew(n int) {
	temp := x.d.beside(fmt.Sprintf("%08X", x.rand.Uint32()))
	x.check(os.WriteFile(temp, x.version(n), 0o644))
	for {
		gone := filepath.Join(x.aside, fmt.Sprint(n))
		err := os.Rename(x.d.book(), gone)
		if err == nil {
			data, readErr := os.ReadFile(gone)
			x.check(readErr)
			x.replace(data)
		} else if !errors.Is(err, fs.ErrNotExist) {
			x.check(err)
		}
		x.pause(2 * time.Millisecond)
		err = unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, x.d.book(), unix.RENAME_NOREPLACE)
		if !errors.Is(err, fs.ErrExist) {
			x.check(err)
			return
		}
	}
}

// saveInPlace saves as simple programs do.
func (x *excel) saveInPlace(n int) {
	x.inPlace++
	file, err := os.OpenFile(x.d.book(), os.O_RDWR, 0)
	x.check(err)
	if err != nil {
		return
	}
	defer file.Close()
	before, err := io.ReadAll(file)
	x.check(err)
	x.replace(before)
	data := x.version(n)
	x.check(file.Truncate(0))
	_, err = file.WriteAt(data[:len(data)/2], 0)
	x.check(err)
	x.pause(3 * time.Millisecond)
	_, err = file.WriteAt(data[len(data)/2:], int64(len(data)/2))
	x.check(err)
}

func (x *excel) check(err error) {
	if err != nil {
		x.t.Error(err)
	}
}

func (x *excel) pause(most time.Duration) { time.Sleep(time.Duration(x.rand.Int64N(int64(most)))) }

// version is the register with the number of a save in a column that regcert never writes.
func (x *excel) version(n int) []byte {
	return repack(x.t, x.template, func(_, text string) string {
		return strings.ReplaceAll(text, "SAVE-000000", fmt.Sprintf("SAVE-%06d", n))
	})
}

// replace notes that a version was replaced by a later save.
func (x *excel) replace(data []byte) {
	if n := saveIn(data); n >= 0 {
		x.replaced[n] = true
	} else {
		x.t.Errorf("what a save replaced was no workbook, but %d bytes", len(data))
	}
}

var saveNumber = regexp.MustCompile(`SAVE-(\d{6})`)

// saveIn is the number of the save that a version goes back to, -1 where it is no whole workbook.
func saveIn(data []byte) int {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return -1
	}
	number := -1
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			return -1
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return -1
		}
		if m := saveNumber.FindSubmatch(text); m != nil {
			number, _ = strconv.Atoi(string(m[1])) // six digits
		}
	}
	return number
}

// judge holds what must hold of each run.
func (x *excel) judge(e ended, isOpen bool) (wrote bool) {
	if e.code != 0 && e.code != 3 || len(e.Workbooks) == 0 {
		x.t.Errorf("exit code %d:\n%s%s", e.code, e.stderr, e.stdout)
	}
	for _, w := range e.Workbooks {
		switch w.Outcome {
		case "written":
			wrote = true
		case "unchanged", "deferred":
		default:
			x.t.Errorf("%s is %s: %s", w.Path, w.Outcome, w.Reason)
		}
	}
	if isOpen && wrote {
		x.t.Errorf("it was written while the owner file was there:\n%s", e.stdout)
	}
	return wrote
}

// keepConflicts takes the conflict copies away, as a person does who has seen to them.
func (x *excel) keepConflicts(kept string) {
	for _, name := range x.d.conflicts(x.t) {
		check(x.t, os.Rename(x.d.beside(name), filepath.Join(kept, name)))
	}
}

// lost are the saves that no later one has replaced and that are nowhere to be found.
func (x *excel) lost(kept string) (lost []int, conflicts int) {
	found := map[int]bool{saveIn(readFile(x.t, x.d.book())): true}
	for _, path := range x.d.copies(x.t) {
		found[saveIn(readFile(x.t, path))] = true
	}
	entries, err := os.ReadDir(kept)
	check(x.t, err)
	for _, e := range entries {
		found[saveIn(readFile(x.t, filepath.Join(kept, e.Name())))] = true
	}
	for n := range x.saves + 1 {
		if !found[n] && !x.replaced[n] {
			lost = append(lost, n)
		}
	}
	return lost, len(entries)
}
