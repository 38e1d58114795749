// Command dist builds the archives in which regcert is given away, one for each
// system and processor, with their checksums. The same commit gives the same
// bytes, on any computer with the same Go. `make dist` runs it.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"regcert/internal/licences"
)

// targets are the systems and processors.
const targets = "linux/amd64,linux/arm64,windows/amd64,windows/arm64,darwin/amd64,darwin/arm64"

// sums is the file with the checksums, as sha256sum writes and checks them.
const sums = "SHA256SUMS"

func main() {
	out := flag.String("out", "dist", "the `folder` for the archives; what is in it is removed")
	only := flag.String("targets", targets, "which archives to build")
	again := flag.Bool("again", false, "build from a copy of the checkout in another folder instead, and compare with what is in the folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := build
	if *again {
		do = compare
	}
	if err := do(ctx, ".", *out, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// build builds the archives from the checkout in a folder.
func build(ctx context.Context, checkout, out string, targets []string) error {
	committed, err := run(ctx, checkout, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(committed), 10, 64)
	if err != nil {
		return err
	}
	common, err := commonFiles(checkout)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o755)); err != nil {
		return err
	}
	var list strings.Builder
	for _, target := range targets {
		system, processor, _ := strings.Cut(target, "/")
		program, err := compile(ctx, checkout, system, processor)
		if err != nil {
			return err
		}
		a := archive{folder: "regcert-" + system + "-" + processor, at: time.Unix(seconds, 0).UTC(), files: append([]file{program}, common...)}
		name, data, err := a.pack(system == "windows")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(data), name)
	}
	fmt.Print(list.String())
	return os.WriteFile(filepath.Join(out, sums), []byte(list.String()), 0o644)
}

// commonFiles are the files that stand in every archive beside the program.
func commonFiles(checkout string) ([]file, error) {
	var files []file
	for _, name := range []string{"README.md", "CHANGELOG.md", "LICENSE", "config.yaml"} {
		data, err := os.ReadFile(filepath.Join(checkout, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, data: data})
	}
	list, err := licences.All()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := licences.Write(&text, list); err != nil {
		return nil, err
	}
	return append(files, file{name: "THIRD-PARTY-LICENCES.txt", data: text.Bytes()}), nil
}

// compile builds the program. It does not tell where.
func compile(ctx context.Context, checkout, system, processor string) (file, error) {
	dir, err := os.MkdirTemp("", "regcert-dist-")
	if err != nil {
		return file{}, err
	}
	defer os.RemoveAll(dir)
	program := file{name: "regcert", executable: true}
	if system == "windows" {
		program.name += ".exe"
	}
	path := filepath.Join(dir, program.name)
	env := []string{"CGO_ENABLED=0", "GOOS=" + system, "GOARCH=" + processor}
	if _, err := run(ctx, checkout, env, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, "./cmd/regcert"); err != nil {
		return file{}, err
	}
	if program.data, err = os.ReadFile(path); err != nil {
		return file{}, err
	}
	where, err := filepath.Abs(checkout)
	if err != nil {
		return file{}, err
	}
	if bytes.Contains(program.data, []byte(where+string(filepath.Separator))) {
		return file{}, fmt.Errorf("%s for %s/%s has the folder %s in it, where it was built", program.name, system, processor, where)
	}
	return program, nil
}

// compare builds the archives once more, from a copy of the checkout, and wants
// the same bytes.
func compare(ctx context.Context, checkout, out string, targets []string) error {
	dir, err := os.MkdirTemp("", "regcert-dist-again-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "a folder of another name")
	if err := copyCheckout(ctx, checkout, copied); err != nil {
		return err
	}
	again := filepath.Join(dir, "dist")
	if err := build(ctx, copied, again, targets); err != nil {
		return err
	}
	first, err := os.ReadFile(filepath.Join(out, sums))
	if err != nil {
		return err
	}
	second, err := os.ReadFile(filepath.Join(again, sums))
	if err != nil {
		return err
	}
	if !bytes.Equal(first, second) {
		return fmt.Errorf("the archives are others, when they are built in another folder; those in %s have\n%s", out, first)
	}
	fmt.Println("The same bytes, built in another folder.")
	return nil
}

// copyCheckout copies what is committed, or is to be, with the repository itself.
func copyCheckout(ctx context.Context, from, to string) error {
	list, err := run(ctx, from, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it is to be removed
		}
		if err != nil {
			return err
		}
		info, err := os.Stat(filepath.Join(from, name))
		if err != nil {
			return err
		}
		path := filepath.Join(to, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, info.Mode())); err != nil {
			return err
		}
	}
	repository := filepath.Join(from, ".git")
	if info, err := os.Stat(repository); err != nil || info.IsDir() {
		return errors.Join(err, os.CopyFS(filepath.Join(to, ".git"), os.DirFS(repository)))
	}
	data, err := os.ReadFile(repository) // of a second working tree
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, ".git"), data, 0o644)
}

// run runs a program in a folder and returns what it prints.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}
