package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// folder puts letters as .eml files into a folder, for people to look at, or
// for another program to fetch.
type folder struct{ dir string }

func (o *folder) String() string { return o.dir }

// Send writes the letter as a whole or not at all. A letter with the same key,
// date and recipient takes the place of the earlier one, so that it may be
// written again whenever that is in doubt: there is no dot to tell of.
func (o *folder) Send(ctx context.Context, l *Letter, _ func() error) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", o.fail("write", err)
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return "", o.fail("make the folder", err)
	}
	path := filepath.Join(o.dir, fileName(l))
	if err := writeFile(path, l.Bytes); err != nil {
		return "", o.fail("write", err)
	}
	return path, nil
}

// Check tries whether a letter could be written: in the folder, or else in the
// nearest that is there. Nothing is left behind.
func (o *folder) Check(context.Context) error {
	dir := o.dir
	info, err := os.Stat(dir)
	for ; errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir; info, err = os.Stat(dir) {
		dir = filepath.Dir(dir)
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a file, not a folder", dir)
	}
	if err != nil {
		return o.fail("make the folder", err)
	}
	f, err := os.CreateTemp(dir, ".regcert-*.tmp")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return o.fail("write", err)
	}
	return nil
}

func (o *folder) fail(step string, err error) error {
	e := &Error{Place: o.dir, Step: step, Outcome: Temporary, Err: err, Remedy: "free some space on the disk, or set another mail.outbox_dir"}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Remedy = ""
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrExist), step == "make the folder":
		e.Outcome, e.Remedy = Misconfigured, "let regcert write there, or set another mail.outbox_dir"
	}
	return e
}

// fileName is made of the date, the recipient and the key, so that a folder of
// letters sorts by date and reads at a glance.
func fileName(l *Letter) string {
	return fmt.Sprintf("%s-%s-%s.eml", l.Date.Format("2006-01-02"), Slug(l.To), hash(l.Key)[:12])
}

// Slug is s in lower-case letters, digits and hyphens, at most 60 of them.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 60 {
			break
		}
	}
	if b.Len() == 0 {
		return "recipient"
	}
	return strings.Trim(b.String(), "-")
}

// writeFile writes a file that its owner alone can read: to a temporary name,
// synced, then renamed, so that nobody ever sees half a letter.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".regcert-*.tmp") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(dir)
}

// syncDir makes a rename last through a power cut. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
