//go:build !windows

package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// underManager runs what serves. Service managers other than Windows' have a
// program stop by a signal, as a terminal does.
func (a *app) underManager(ctx context.Context, do func(context.Context) error) error { return do(ctx) }

// makeOwn makes a folder that belongs to the user, and into which nobody else can look.
func makeOwn(dir string, uid, gid int) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return os.Lchown(dir, uid, gid) // whoever may write above it could have put a link in its place
}

// shown is a command as it can be given to a shell.
func shown(words ...string) string {
	for i, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return !strings.ContainsRune(plain, r) }) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// plain are the characters that no shell takes for anything but themselves.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%"
