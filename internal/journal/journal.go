// Package journal makes the daemon's log: structured lines on the standard error
// stream or in a file that is rotated. What is logged is for its callers to
// answer for; that it fits on a line, and that nothing stops because of it, is
// answered for here.
package journal

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"gopkg.in/natefinch/lumberjack.v2"

	"regcert/internal/config"
)

const (
	// fullFile is how large a file gets, in MB.
	fullFile = 10
	// longest is how long a text in a line is, in characters.
	longest = 2000
	// times are in UTC, so that they sort and no hour comes twice.
	times = "2006-01-02T15:04:05.000Z"
)

// New makes the log that the settings describe. What cannot be written into its
// file goes to stderr, which is told of that once. The closer closes the file.
func New(settings config.Log, stderr io.Writer) (*slog.Logger, io.Closer) {
	var out io.Writer = stderr
	var closer io.Closer = io.NopCloser(nil)
	if settings.File != "" {
		f := &file{log: &lumberjack.Logger{Filename: settings.File, MaxSize: fullFile, MaxBackups: settings.Keep}, stderr: stderr}
		out, closer = f, f.log
	}
	options := &slog.HandlerOptions{ReplaceAttr: clean}
	if settings.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options)), closer
	}
	return slog.New(slog.NewTextHandler(out, options)), closer
}

// clean has a value fit on a line of the log.
func clean(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindTime:
		a.Value = slog.StringValue(a.Value.Time().UTC().Format(times))
	case slog.KindDuration:
		a.Value = slog.StringValue(a.Value.Duration().Round(time.Millisecond).String())
	case slog.KindString:
		a.Value = slog.StringValue(oneLine(a.Value.String()))
	case slog.KindAny:
		a.Value = slog.StringValue(oneLine(fmt.Sprint(a.Value.Any())))
	}
	return a
}

// oneLine is a text of bounded length without what takes hold of a terminal.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) <= longest {
		return text
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return text
}

// file is a file of the log. It takes whatever is written: the work goes on
// where the disk is full, or the folder is gone.
type file struct {
	log    *lumberjack.Logger
	stderr io.Writer

	mu      sync.Mutex
	failing bool
}

func (f *file) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.write(line)
	if err != nil && !f.failing {
		fmt.Fprintf(f.stderr, "regcert: the log %s cannot be written, so it goes here meanwhile: %v\n", f.log.Filename, err)
	}
	if f.failing = err != nil; f.failing {
		f.stderr.Write(line) // there is no other place to go to
	}
	return len(line), nil
}

// write writes into the file of that name, which somebody may have moved or
// deleted since the last line.
func (f *file) write(line []byte) error {
	if _, err := os.Stat(f.log.Filename); err != nil {
		f.log.Close() // what is open has another name by now, or none
		if err := os.MkdirAll(filepath.Dir(f.log.Filename), 0o700); err != nil {
			return err
		}
	}
	_, err := f.log.Write(line)
	return err
}
