package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"regcert/internal/register/registertest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"regcert": func() {
			streams := System()
			// Whatever machine the tests run on, and whenever.
			streams.ClockUnset = os.Getenv("CLOCK_UNSET") != ""
			streams.ClosesWindow = os.Getenv("BY_ICON") != ""
			streams.Folder = os.Getenv("PROGRAM_FOLDER")
			streams.Open = func(path string) error {
				opened := os.Getenv("OPENED")
				if opened == "" {
					return errors.New("there is no browser")
				}
				return os.WriteFile(opened, []byte(path+"\n"), 0o600)
			}
			if now, err := time.Parse(time.RFC3339, os.Getenv("NOW")); err == nil {
				streams.Now = func() time.Time { return now.Local() }
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(Main(ctx, os.Args[1:], streams))
		},
	})
}

// TestScripts runs the commands as users do. Besides testscript's own commands
// the scripts have:
//
//	workbooks FILE…   makes the workbooks that the text files describe
//	code N regcert …  runs regcert and wants the exit code N
//	same FILE FILE    wants two files to have the same bytes
//	eventually FILE REGEXP  wants a file to say that within 30 seconds
//
// The environment variable NOW sets regcert's clock, and CLOCK_UNSET says that
// nothing keeps it right. BY_ICON says that the window closes with regcert,
// PROGRAM_FOLDER where the program is; what it opens is noted in the file OPENED, and
// without that there is no browser. SAMPLES is the folder of the sample workbooks.
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../sample-workbooks")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLES", samples)
			return nil
		},
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"workbooks":  makeWorkbooks,
			"code":       wantCode,
			"same":       wantSame,
			"eventually": eventually,
		},
	})
}

func makeWorkbooks(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("workbooks cannot be negated")
	}
	for _, arg := range args {
		for _, f := range registertest.Files(scriptTB{ts: ts}, ts.ReadFile(arg)) {
			ts.Check(os.WriteFile(ts.MkAbs(f.Name), f.Data, 0o644))
		}
	}
}

// scriptTB lets a script's commands use helpers for tests.
type scriptTB struct {
	testing.TB
	ts *testscript.TestScript
}

func (s scriptTB) Helper()           {}
func (s scriptTB) Fatal(args ...any) { s.ts.Fatalf("%v", args) }

func wantCode(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func wantSame(ts *testscript.TestScript, neg bool, args []string) {
	if same := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); same == neg {
		ts.Fatalf("%s and %s: same bytes is %v", args[0], args[1], same)
	}
}

func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("eventually cannot be negated")
	}
	want := regexp.MustCompile(args[1])
	var text []byte
	for range 300 {
		text, _ = os.ReadFile(ts.MkAbs(args[0])) // it may be still to come
		if want.Match(text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%s does not say %s:\n%s", args[0], want, text)
}
