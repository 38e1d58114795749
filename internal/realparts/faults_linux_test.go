package realparts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// A fault befalls one system call of the program: it is killed when it makes the call, or the call fails.
type fault struct {
	call string
	n    int    // which of the calls of that name that the process makes
	how  string // as strace says it
	on   bool   // those that follow fail, too
}

func (f fault) String() string { return fmt.Sprintf("%s at %s %s", f.how, f.call, f.when()) }

func (f fault) when() string {
	if f.on {
		return fmt.Sprint(f.n, "+")
	}
	return fmt.Sprint(f.n)
}

const killed = "signal=KILL"

// faulty are the system calls that touch files, at how many of each the program is killed, and with what errors they
// fail besides. Not every system has those with a question mark.
var faulty = []struct {
	call   string
	kills  int
	errors string
}{
	{"renameat2", 99, "EIO ENOSPC"}, {"?rename", 99, "EIO"}, {"renameat", 99, "EIO"}, {"linkat", 99, "EIO"},
	{"fsync", 99, "EIO ENOSPC"}, {"fdatasync", 99, "EIO"}, {"write", 99, "ENOSPC EIO"}, {"pwrite64", 30, "ENOSPC EIO"}, {"ftruncate", 99, "EIO"},
	{"?unlink", 99, "EIO"}, {"unlinkat", 99, "EIO"}, {"?mkdir", 99, "ENOSPC"}, {"mkdirat", 99, "ENOSPC"},
	{"fchmod", 99, "EPERM"}, {"fchown", 99, "EPERM"}, {"fsetxattr", 99, "ENOSPC"},
	{"?open", 8, "ENOSPC"}, {"openat", 12, "ENOSPC EIO"}, {"close", 6, "EIO"}, {"flock", 99, "EIO"}, {"fcntl", 6, ""},
}

// setting is what the program finds when the fault befalls it.
type setting struct {
	name    string
	prepare func(t *testing.T, b *battered)
	old     string // the register before
	part    int    // of all places where it can be killed only each so-manieth
	errors  int    // at most, of one kind at one call
}

const aLaterRun = "later run"

var befores = []setting{
	{"first run", func(*testing.T, *battered) {}, firstRegister, 1, 3},
	{aLaterRun, laterRun, laterRegister, 1, 16},
	{"later run with the state on another disk", anotherDisk, laterRegister, 2, 3},
	{"run after one that was killed before the exchange", brokenOff(0), laterRegister, 3, 3},
	{"run after one that was killed after the exchange", brokenOff(1), laterRegister, 3, 3},
}

// laterRun leaves a state with history, and a register that staff have changed since.
func laterRun(t *testing.T, b *battered) {
	b.run(t).want(t, 0, "claims.xlsx written")
	writeFile(t, b.book(), registerOf(t, laterRegister))
}

// anotherDisk is a later run, with the state on another file system than the register.
func anotherDisk(t *testing.T, b *battered) {
	dir, err := os.MkdirTemp("/dev/shm", "regcert-realparts-")
	if err != nil {
		missing(t, "there is no other file system: "+err.Error())
	}
	t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
	if os.Link(b.book(), filepath.Join(dir, "link")) == nil {
		missing(t, dir+" is on the same file system")
	}
	b.keepState(t, filepath.Join(dir, "state"))
	laterRun(t, b)
}

// brokenOff leaves a run that was killed when it made the nth call from the exchange on that renames a file.
func brokenOff(n int) func(t *testing.T, b *battered) {
	return func(t *testing.T, b *battered) {
		laterRun(t, b)
		before := b.snapshot(t)
		_, calls := b.traced(t, "")
		at := slices.IndexFunc(calls, func(c systemCall) bool {
			return strings.Contains(c.text, `"`+b.book()+`"`) && strings.Contains(c.text, "RENAME_EXCHANGE")
		})
		if at < 0 {
			t.Skip("the file system has no exchange")
		}
		f := fault{"renameat2", calls[at].n + n, killed, false}
		for range 20 {
			b.restore(t, before)
			if hit, _ := b.suffer(t, f); hit == f {
				return
			}
		}
		t.Fatalf("%v could not be brought about", f)
	}
}

// TestFaults lets one fault after the other befall the program, at each system call from the first on that concerns the
// state or the workbook. After each the workbook is the old or the new one, whole, and the next run makes good what was
// broken.
func TestFaults(t *testing.T) {
	strace := program(t, "strace")
	if out, err := start(t, tracing, strace, "-f", "true"); err != nil {
		missing(t, "strace may not trace here: "+out)
	}
	var cpus unix.CPUSet
	check(t, unix.SchedGetaffinity(0, &cpus))
	tally := &tally{survived: map[string]int{}}
	t.Run("on", func(t *testing.T) {
		shares := min(cpus.Count(), runtime.GOMAXPROCS(0))
		for cpu, share := 0, 0; share < shares; cpu++ {
			if !cpus.IsSet(cpu) {
				continue
			}
			mine := share
			t.Run(fmt.Sprintf("processor %d", cpu), func(t *testing.T) {
				t.Parallel()
				for _, s := range befores {
					t.Run(s.name, func(t *testing.T) {
						b := newBattered(t, strace, cpu)
						b.batter(t, s, mine, shares, tally)
					})
				}
			})
			share++
		}
	})
	tally.print(t)
}

// tally counts what was survived.
type tally struct {
	mu             sync.Mutex
	survived       map[string]int // by setting and fault
	meant, reached int
}

func (y *tally) add(s setting, f fault) {
	y.mu.Lock()
	defer y.mu.Unlock()
	kind := s.name + ": " + f.how
	if f.on {
		kind += " from then on"
	}
	y.survived[kind]++
}

func (y *tally) print(t *testing.T) {
	sum, kinds := 0, make([]string, 0, len(y.survived))
	for kind, n := range y.survived {
		sum += n
		kinds = append(kinds, fmt.Sprintf("  %4d  %s", n, kind))
	}
	slices.SortFunc(kinds, func(a, b string) int { return strings.Compare(a[6:], b[6:]) })
	fmt.Printf("%d faults survived, at %d of %d places where they were meant to befall\n%s\n", sum, y.reached, y.meant, strings.Join(kinds, "\n"))
	if sum < 300 || y.reached*3 < y.meant*2 {
		t.Error("too few: is the machine very busy?")
	}
}

// battered is a desk on which the program suffers faults.
type battered struct {
	*desk
	strace   string
	log      string
	old, new []byte
	rows     []row    // of an undisturbed run
	versions []string // that the register has had before
}

func newBattered(t *testing.T, strace string, cpu int) *battered {
	t.Helper()
	b := &battered{desk: newDesk(t, registerOf(t, firstRegister)), strace: strace, log: filepath.Join(t.TempDir(), "log")}
	b.start = func(cmd *exec.Cmd) error { return startOn(cpu, cmd) }
	return b
}

// learn prepares the desk, and finds out what comes of it without a fault.
func (b *battered) learn(t *testing.T, s setting) (before snapshot) {
	t.Helper()
	s.prepare(t, b)
	before = b.snapshot(t)
	b.old = registerOf(t, s.old)
	b.versions = []string{string(registerOf(t, firstRegister)), string(b.old)}
	e := b.run(t)
	b.new, b.rows = readFile(t, b.book()), e.Rows
	if e.code != 0 || string(b.new) == string(b.old) || len(b.rows) == 0 {
		t.Fatalf("without a fault: exit code %d, %d rows\n%s%s", e.code, len(b.rows), e.stderr, e.stdout)
	}
	b.restore(t, before)
	return before
}

// batter tries this share of a setting's faults.
func (b *battered) batter(t *testing.T, s setting, share, shares int, tally *tally) {
	before := b.learn(t, s)
	_, calls := b.traced(t, "")
	var faults []fault
	for i, f := range b.faults(calls, s) {
		if i%shares == share {
			faults = append(faults, f)
		}
	}
	reached := map[fault]bool{}
	for _, f := range faults {
		tries := 4
		if b.must(s, f) {
			tries = 120
		}
		for try := 0; !reached[f] && try < tries; try++ {
			b.restore(t, before)
			meant := f
			if try%2 == 1 { // perhaps the calls come from several threads, as they did without a fault
				meant.n = calls[indexOf(calls, f)].nInThread
			}
			hit, e := b.suffer(t, meant)
			if hit.call == "" || reached[hit] {
				continue
			}
			reached[hit] = true
			if t.Run(hit.String(), func(t *testing.T) { b.judge(t, hit, e) }) {
				tally.add(s, hit)
			}
		}
	}
	tally.mu.Lock()
	defer tally.mu.Unlock()
	tally.meant += len(faults)
	for _, f := range faults {
		if reached[f] {
			tally.reached++
		} else if b.must(s, f) {
			t.Errorf("%v could not be brought about", f)
		}
	}
}

// must tells of the faults that are tried until they befall the program: at the calls that the protocol stands on.
func (b *battered) must(s setting, f fault) bool {
	return f.call == "renameat2" || s.name == aLaterRun && f.how == killed && slices.Contains([]string{"fsync", "write", "unlinkat"}, f.call)
}

// faults chooses those that are tried in a setting.
func (b *battered) faults(calls []systemCall, s setting) (list []fault) {
	from := slices.IndexFunc(calls, func(c systemCall) bool { return b.concerns(c) })
	for _, c := range faulty {
		name := strings.TrimPrefix(c.call, "?")
		var all, failing []int
		for _, call := range calls[from:] {
			if call.name != name {
				continue
			}
			all = append(all, call.n)
			// What fails is to be the program's own doing, not the runtime's, and its report is not on a file.
			if b.concerns(call) && (!strings.HasPrefix(name, "open") || strings.Contains(call.text, "O_CREAT")) {
				failing = append(failing, call.n)
			}
		}
		for _, n := range evenly(all, (min(len(all), c.kills)+s.part-1)/s.part) {
			list = append(list, fault{name, n, killed, false})
		}
		for i, kind := range strings.Fields(c.errors) {
			for _, n := range evenly(failing, s.errors/(i+1)) {
				list = append(list, fault{name, n, "error=" + kind, false})
			}
			if i == 0 && slices.Contains([]string{"renameat2", "fsync", "pwrite64"}, name) { // a disk that stays full, or broken
				for _, n := range evenly(failing, (s.errors+1)/2) {
					list = append(list, fault{name, n, "error=" + kind, true})
				}
			}
		}
	}
	return list
}

// concerns tells whether a call is about the state or the folder of the register.
func (b *battered) concerns(c systemCall) bool {
	return strings.Contains(c.text, b.state) || strings.Contains(c.text, filepath.Dir(b.book()))
}

// evenly takes at most so many of a list, spread over it.
func evenly(list []int, most int) []int {
	if len(list) <= most {
		return list
	}
	var out []int
	for i := range most {
		out = append(out, list[i*len(list)/most])
	}
	return out
}

// judge holds what must hold after a fault, and after the run that follows it.
func (b *battered) judge(t *testing.T, f fault, e ended) {
	now := string(readFile(t, b.book()))
	switch {
	case now != string(b.old) && now != string(b.new):
		t.Errorf("the workbook is neither the old nor the new one, but has %d bytes", len(now))
	case f.how != killed && e.code == 0 && now != string(b.new):
		t.Errorf("the exit code is 0, and the workbook not written:\n%s", e.stdout)
	case f.how != killed && e.code != 0 && (e.code != 3 || !says(e.stdout+e.stderr)):
		t.Errorf("exit code %d, and it does not say why:\n%s%s", e.code, e.stderr, e.stdout)
	case e.outcomes() == "claims.xlsx written" && now != string(b.new):
		t.Errorf("it says that it wrote the workbook:\n%s", e.stdout)
	}
	b.wantWholeCopies(t, true)
	b.wantSoundState(t)

	next := b.run(t)
	if next.code != 0 || !reflect.DeepEqual(next.Rows, b.rows) {
		t.Errorf("the next run: exit code %d\n%s%s", next.code, next.stderr, next.stdout)
	}
	if now := readFile(t, b.book()); string(now) != string(b.new) {
		t.Errorf("the next run has not made it the new one:\n%s%s", next.stderr, next.stdout)
	}
	for _, name := range b.others(t) {
		// What cannot be moved to the copies, because they are on another disk, stays for ten minutes.
		stays := !strings.HasPrefix(b.state, b.dir) || f.how != killed && strings.HasPrefix(f.call, "rename")
		if !stays || !slices.Contains(b.versions, string(readFile(t, b.beside(name)))) {
			t.Errorf("%s is left behind beside it", name)
		}
	}
	b.wantWholeCopies(t, false)
	b.wantSoundState(t)

	stamp := b.stamp(t)
	b.run(t).want(t, 0, "claims.xlsx unchanged")
	if b.stamp(t) != stamp || string(readFile(t, b.book())) != string(b.new) {
		t.Error("one more run has touched it")
	}
}

// says tells whether a report gives an error of the system as the reason.
func says(text string) bool {
	return slices.ContainsFunc([]string{"input/output error", "disk I/O error", "no space left on device", "disk is full", "operation not permitted", "regcert.db cannot be written"}, func(why string) bool {
		return strings.Contains(text, why)
	})
}

// wantWholeCopies wants each copy to be a version that the register has had, and the one from before the write to be
// among them once all is done.
func (b *battered) wantWholeCopies(t *testing.T, underWay bool) {
	t.Helper()
	found := false
	for _, path := range b.copies(t) {
		if underWay && filepath.Ext(path) == ".part" {
			continue
		}
		data := string(readFile(t, path))
		found = found || data == string(b.old)
		if !slices.Contains(b.versions, data) {
			t.Errorf("%s is no copy, but %d bytes", filepath.Base(path), len(data))
		}
	}
	if !found && !underWay {
		t.Error("there is no copy from before the write")
	}
}

func (b *battered) stamp(t *testing.T) string {
	t.Helper()
	info, err := os.Stat(b.book())
	check(t, err)
	return fmt.Sprint(info.ModTime(), info.Mode(), info.Size())
}
