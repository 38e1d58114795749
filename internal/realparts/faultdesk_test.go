package realparts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"regcert/internal/register/registertest"
	"regcert/internal/store"
)

// built is the program as users have it, built once; TestMain removes it.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "regcert-realparts-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "regcert")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/regcert").CombinedOutput(); err != nil {
		return path, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, _ := built(); path != "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// The register on the desk, as it was first, and as staff have changed it since.
const (
	firstRegister = `
		== claims.xlsx
		-- Adjustments
		Learner ID | Type       | Recorded On | Stored
		L1         | extra time | 2026-04-01  | yes
		L2         | reader     | 2026-04-02  | no`
	laterRegister = firstRegister + `
		L3         | scribe     | 2026-04-03  | yes
		L4         | prompter   | 2026-04-07  |`
)

// desk is a folder with a register and a configuration, on which the built program works as a process of its own.
type desk struct {
	program string
	dir     string // holds config.yaml and Registers
	state   string
	prefix  []string // what runs the program: strace and its options
	start   func(*exec.Cmd) error
}

// newDesk makes a desk with a register of that content.
func newDesk(t *testing.T, content []byte) *desk {
	t.Helper()
	program, err := built()
	check(t, err)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	d := &desk{program: program, dir: dir, start: (*exec.Cmd).Start}
	check(t, os.Mkdir(filepath.Join(dir, "Registers"), 0o755))
	writeFile(t, d.book(), content)
	d.keepState(t, filepath.Join(dir, "state"))
	return d
}

// keepState says where the state is.
func (d *desk) keepState(t *testing.T, dir string) {
	t.Helper()
	d.state = dir
	writeFile(t, filepath.Join(d.dir, "config.yaml"), fmt.Appendf(nil, "workbooks:\n  - path: Registers/*.xlsx\nstate_dir: '%s'\n", dir))
}

// registerOf makes the workbook that a table describes.
func registerOf(t *testing.T, table string) []byte {
	t.Helper()
	return registertest.Files(t, table)[0].Data
}

func (d *desk) book() string              { return d.beside("claims.xlsx") }
func (d *desk) beside(name string) string { return filepath.Join(d.dir, "Registers", name) }

// ended is how a run ended.
type ended struct {
	report
	code           int // -1: by a signal
	stdout, stderr string
}

// command is one run of the program.
func (d *desk) command(ctx context.Context, args ...string) *exec.Cmd {
	args = slices.Concat(d.prefix, []string{d.program, "run", "--config", filepath.Join(d.dir, "config.yaml"), "--as-of", asOf}, args)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	// One processor and no collector: the program's calls then mostly come from one thread.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "TZ=UTC")
	cmd.Dir = d.dir
	return cmd
}

// running is a run that has begun.
type running struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
	err            error
	done           chan struct{} // closed when it has ended
}

// begin has the program run.
func (d *desk) begin(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	r := &running{Cmd: d.command(ctx, append([]string{"--format", "json"}, args...)...), done: make(chan struct{})}
	r.Stdout, r.Stderr = &r.stdout, &r.stderr
	check(t, d.start(r.Cmd))
	go func() {
		defer close(r.done)
		defer cancel()
		r.err = errors.Join(r.Wait(), ctx.Err())
	}()
	return r
}

// end waits for the end of the run. It may have died, but neither hang nor break down.
func (r *running) end(t *testing.T) ended {
	t.Helper()
	<-r.done
	var exit *exec.ExitError
	if r.err != nil && !errors.As(r.err, &exit) || errors.Is(r.err, context.DeadlineExceeded) {
		t.Fatal(r.err)
	}
	e := ended{code: r.ProcessState.ExitCode(), stdout: r.stdout.String(), stderr: r.stderr.String()}
	if strings.Contains(e.stderr, "goroutine ") || strings.Contains(e.stdout, "stumbled") {
		t.Errorf("it broke down (exit code %d):\n%.3000s\n%.1000s", e.code, e.stderr, e.stdout)
	}
	if strings.HasPrefix(e.stdout, "{") && e.code >= 0 {
		// What could not be printed whole, because of a fault, is no report.
		if err := json.Unmarshal([]byte(e.stdout), &e.report); err != nil && e.code == 0 {
			t.Errorf("%v in:\n%s", err, e.stdout)
		}
	}
	return e
}

// run has the program run to its end.
func (d *desk) run(t *testing.T, args ...string) ended {
	t.Helper()
	return d.begin(t, args...).end(t)
}

// outcomes is what became of the workbooks: "claims.xlsx written, b.xlsx deferred".
func (e ended) outcomes() string {
	var list []string
	for _, w := range e.Workbooks {
		list = append(list, filepath.Base(w.Path)+" "+w.Outcome)
	}
	return strings.Join(list, ", ")
}

// want fails the test where the run did not end so.
func (e ended) want(t *testing.T, code int, outcomes string) {
	t.Helper()
	if e.code != code || e.outcomes() != outcomes {
		t.Fatalf("exit code %d, %s; want %d, %s\n%s%s", e.code, e.outcomes(), code, outcomes, e.stderr, e.stdout)
	}
}

// sumOf is the SHA-256 of a file that must be there.
func sumOf(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	return sha256.Sum256(readFile(t, path))
}

// others are the files beside the register.
func (d *desk) others(t *testing.T) []string {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(d.book()))
	check(t, err)
	var names []string
	for _, e := range list {
		if e.Name() != filepath.Base(d.book()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// conflicts are the conflict copies beside the register.
func (d *desk) conflicts(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(d.others(t), func(name string) bool { return !strings.Contains(name, "(conflicted copy regcert ") })
}

// copies are the paths of what is kept from before writes.
func (d *desk) copies(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.state, "backups", "*", "*"))
	check(t, err)
	return paths
}

// wantSoundState has the state of a process that is gone checked, on a copy: to open it would put it in order.
func (d *desk) wantSoundState(t *testing.T) {
	t.Helper()
	scratch := filepath.Join(t.TempDir(), store.FileName)
	for _, ending := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(d.state, store.FileName+ending))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it died before it made one
		}
		check(t, err)
		writeFile(t, scratch+ending, data)
	}
	db, err := sql.Open("sqlite", scratch)
	check(t, err)
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the state is not sound: %s, %v", verdict, err)
	}
}

// stateHolds tells whether a text stands anywhere in the state's files, freed pages and log included.
func (d *desk) stateHolds(t *testing.T, text string) bool {
	t.Helper()
	holds := false
	check(t, filepath.WalkDir(d.state, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			holds = holds || bytes.Contains(readFile(t, path), []byte(text))
		}
		return err
	}))
	return holds
}
