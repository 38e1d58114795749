package realparts

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const tracing = 10 * time.Second

// systemCall is one call in strace's log.
type systemCall struct {
	thread, name string
	n, nInThread int    // it is the nth of its name that the process makes, or the thread
	text         string // with its arguments, files by their paths
	injected     bool   // it was made to fail
}

// traced runs the program under strace, with a fault if one is given, and gives the calls that it made.
func (b *battered) traced(t *testing.T, inject string) (ended, []systemCall) {
	t.Helper()
	var names []string
	for _, c := range faulty {
		names = append(names, c.call)
	}
	b.prefix = []string{b.strace, "-f", "-y", "-o", b.log, "-e", "trace=" + strings.Join(names, ",")}
	if inject != "" {
		b.prefix = append(b.prefix, "-e", "inject="+inject)
	}
	defer func() { b.prefix = nil }()
	e := b.run(t)
	return e, parseLog(string(readFile(t, b.log)))
}

// suffer runs the program with a fault and tells which has befallen it. strace counts the calls of each thread by
// themselves, and which thread makes a call is chance: it may be another one than was meant, or none.
func (b *battered) suffer(t *testing.T, f fault) (hit fault, e ended) {
	t.Helper()
	e, calls := b.traced(t, f.call+":"+f.how+":when="+f.when())
	hit = fault{how: f.how, on: f.on}
	for _, c := range calls {
		if c.injected && hit.call == "" || f.how == killed && e.code < 0 && c.name == f.call {
			hit.call, hit.n = c.name, c.n
		}
	}
	if f.how != killed && hit.call != "" && (e.code < 0 || !b.concerns(calls[indexOf(calls, hit)])) {
		return fault{}, e // it befell the runtime
	}
	return hit, e
}

func indexOf(calls []systemCall, f fault) int {
	for i, c := range calls {
		if c.name == f.call && c.n == f.n {
			return i
		}
	}
	return -1
}

// startOn starts a program that keeps to one processor and to few threads. Go hands a goroutine to another thread when a
// watchdog finds it in the same system call twice; the watchdog sleeps 20 µs, or a tick of the clock where timers may be
// late.
func startOn(cpu int, cmd *exec.Cmd) error {
	runtime.LockOSThread() // a child has what the thread has that starts it
	defer runtime.UnlockOSThread()
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return err
	}
	one.Set(cpu)
	late := uintptr(time.Second)
	err := errors.Join(unix.SchedSetaffinity(0, &one), unix.Prctl(unix.PR_SET_TIMERSLACK, late, 0, 0, 0))
	if err == nil {
		err = cmd.Start()
	}
	return errors.Join(err, unix.SchedSetaffinity(0, &all), unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0))
}

var (
	callBegins = regexp.MustCompile(`^(\d+) +(\w+)\(`)
	callGoesOn = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
)

// parseLog reads a log that strace -f -y has written.
func parseLog(log string) (calls []systemCall) {
	counts := map[string]int{}
	running := map[string]int{} // by thread: the index of the call that it is in
	for line := range strings.Lines(log) {
		if m := callBegins.FindStringSubmatch(line); m != nil {
			thread, name := m[1], m[2]
			counts[name]++
			counts[thread+name]++
			running[thread] = len(calls)
			calls = append(calls, systemCall{thread, name, counts[name], counts[thread+name], line, false})
		} else if m = callGoesOn.FindStringSubmatch(line); m == nil {
			continue
		} else if i := running[m[1]]; i < len(calls) && calls[i].name == m[2] {
			calls[i].text += line
		}
		if last := callThread(line); strings.HasSuffix(strings.TrimSpace(line), "(INJECTED)") {
			calls[running[last]].injected = true
		}
	}
	return calls
}

func callThread(line string) string {
	thread, _, _ := strings.Cut(line, " ")
	return thread
}

// snapshot is the files and folders of a desk, by their paths.
type snapshot map[string]struct {
	mode fs.FileMode
	data string
}

func (b *battered) snapshot(t *testing.T) snapshot {
	t.Helper()
	s := snapshot{}
	for _, root := range []string{filepath.Dir(b.book()), b.state} {
		check(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // there is no state yet
			}
			check(t, err)
			info, err := e.Info()
			check(t, err)
			file := s[path]
			file.mode = info.Mode()
			if !e.IsDir() {
				file.data = string(readFile(t, path))
			}
			s[path] = file
			return nil
		}))
	}
	return s
}

// restore brings the desk back to what it was.
func (b *battered) restore(t *testing.T, s snapshot) {
	t.Helper()
	check(t, errors.Join(os.RemoveAll(filepath.Dir(b.book())), os.RemoveAll(b.state)))
	for _, path := range slices.Sorted(maps.Keys(s)) { // a folder before what is in it
		if s[path].mode.IsDir() {
			check(t, os.Mkdir(path, s[path].mode.Perm()))
		} else {
			check(t, os.WriteFile(path, []byte(s[path].data), s[path].mode.Perm()))
		}
	}
}
