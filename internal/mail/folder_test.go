package mail

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "outbox")
	tr, err := New(Settings{OutboxDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Check(t.Context()); err != nil {
		t.Errorf("a folder that can be made: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(filepath.Dir(dir))); err != nil || len(left) != 0 {
		t.Errorf("the check left %v (%v)", left, err)
	}
	l := letter(t, "Head.of-Quality@centre.example")
	path, err := tr.Send(t.Context(), l, nil)
	if err != nil {
		t.Fatal(err)
	}
	if base := filepath.Base(path); filepath.Dir(path) != dir || !strings.HasPrefix(base, "2026-05-11-head-of-quality-centre-example-") || filepath.Ext(base) != ".eml" {
		t.Errorf("the letter lies in %s", path)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, l.Bytes) {
		t.Errorf("the file does not hold the letter (%v)", err)
	}
	if runtime.GOOS != "windows" {
		for p, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has the mode %v (%v), want %v", p, info.Mode().Perm(), err, want)
			}
		}
	}
	again, err := tr.Send(t.Context(), l, nil)
	if err != nil || again != path {
		t.Errorf("the same letter lies in %s (%v), want its first place", again, err)
	}
	if other, err := tr.Send(t.Context(), letter(t, "other@centre.example"), nil); err != nil || other == path {
		t.Errorf("another recipient's letter lies in %s (%v)", other, err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Errorf("the outbox holds %q, want two letters", names)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".regcert-*")); len(left) != 0 {
		t.Errorf("temporary files were left behind: %q", left)
	}
}

func TestOutboxFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tr, err := New(Settings{OutboxDir: filepath.Join(file, "outbox")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tr.Send(t.Context(), letter(t, "quality@centre.example"), nil)
	if e := failure(t, err); e.Outcome != Misconfigured || !strings.Contains(err.Error(), "mail.outbox_dir") {
		t.Errorf("a folder that cannot be made: %v", err)
	}
	if e := failure(t, tr.Check(t.Context())); e.Outcome != Misconfigured || !strings.Contains(e.Error(), "mail.outbox_dir") {
		t.Errorf("checking a folder that cannot be made: %v", e)
	}

	// The letter's name is taken by a folder: nothing is left half done.
	dir := t.TempDir()
	l := letter(t, "quality@centre.example")
	if err := os.MkdirAll(filepath.Join(dir, fileName(l), "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	tr, _ = New(Settings{OutboxDir: dir})
	if _, err := tr.Send(t.Context(), l, nil); err == nil {
		t.Error("a letter took the place of a folder")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".regcert-*")); len(left) != 0 {
		t.Errorf("temporary files were left behind: %q", left)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.Send(ctx, l, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
