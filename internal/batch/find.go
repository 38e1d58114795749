package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"regcert/internal/swap"
)

// Pattern is a configured workbook, or a glob of several.
type Pattern struct {
	Glob      string // absolute
	WriteBack bool
	Password  Password
}

// Password opens an encrypted workbook.
type Password struct {
	Text   string // never shown
	Source string // what holds it, such as "$REGISTER_PASSWORD", for messages; empty where none is configured
}

// source is a workbook of the set.
type source struct {
	path      string // absolute
	name      string // as reports show it
	writeBack bool
	password  Password
	context   bool // read so that others can be judged, not treated itself
	copy      bool // a conflict copy, which nobody has asked for by name
	expected  bool // a run has read it of late
}

// find lists the workbooks of the set, each once: the configured ones in their
// order, a glob's matches sorted by path, then those that are only named. With
// named workbooks all others are context. Spreadsheet programs' lock files and
// regcert's own temporary files are none.
func (j *Job) find(expected []string) ([]source, error) {
	var f finder
	for _, p := range j.Workbooks {
		matches, err := filepath.Glob(p.Glob)
		if err != nil {
			return nil, fmt.Errorf("workbooks: %q is not a pattern for file names: %w", p.Glob, err)
		}
		path, isLiteral := literal(p.Glob)
		if isLiteral && len(matches) == 0 {
			matches = []string{path} // its absence is reported like any other trouble with it
		}
		matches = append(matches, j.vanished(expected, p.Glob, matches)...)
		slices.Sort(matches)
		for _, m := range matches {
			name := j.display(m)
			f.add(source{path: m, name: name, writeBack: p.WriteBack, password: p.Password, context: len(j.Named) > 0,
				copy: !isLiteral && j.isConflictCopy(m, matches), expected: slices.Contains(expected, name)})
		}
	}
	for _, name := range j.Named {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		for _, m := range named(path) {
			f.add(source{path: m, name: j.display(m), writeBack: true, expected: slices.Contains(expected, j.display(m))})
		}
	}
	return f.list, nil
}

// File is a workbook of the set, as it is found.
type File struct {
	Path string // absolute
	Name string // as reports show it
}

// Files lists the configured workbooks without reading them. Conflict copies are
// none.
func (j *Job) Files() ([]File, error) {
	sources, err := j.find(nil)
	var out []File
	for _, s := range sources {
		if !s.copy {
			out = append(out, File{s.path, s.name})
		}
	}
	return out, err
}

// vanished lists the expected workbooks that the pattern should have matched.
// One that is not there is not a register without rows: spreadsheet programs
// make a workbook vanish for a moment when they save it.
func (j *Job) vanished(expected []string, glob string, matches []string) []string {
	var out []string
	for _, name := range expected {
		path := j.pathOf(name)
		if ok, err := filepath.Match(glob, path); ok && err == nil && !slices.Contains(matches, path) {
			out = append(out, path)
		}
	}
	return out
}

// pathOf is the path of a workbook that reports show under a name.
func (j *Job) pathOf(name string) string {
	if path := filepath.FromSlash(name); filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(j.Dir, filepath.FromSlash(name))
}

// expects reports whether a workbook would be one of the configured ones, if it
// were there.
func (j *Job) expects(name string) bool {
	path := j.pathOf(name)
	return slices.ContainsFunc(j.Workbooks, func(p Pattern) bool {
		ok, err := filepath.Match(p.Glob, path)
		return ok && err == nil
	})
}

// named is the workbook that a name on the command line means, or several where
// the shell has left a wildcard to us.
func named(path string) []string {
	if _, err := os.Stat(path); err == nil || !strings.ContainsAny(filepath.Base(path), "*?") {
		return []string{path}
	}
	if matches, err := filepath.Glob(path); err == nil && len(matches) > 0 {
		return matches
	}
	return []string{path}
}

// finder gathers workbooks, each file once, whatever paths lead to it.
type finder struct {
	list  []source
	infos []os.FileInfo // by source; nil where there is no file
}

// add takes up a workbook. One that is there already is written only if it may
// be under either entry, and is context only if it is so under both.
func (f *finder) add(s source) {
	if swap.IsTransient(filepath.Base(s.path)) {
		return
	}
	info, _ := os.Stat(s.path) // what is wrong with it is found out when it is read
	for i := range f.list {
		same := f.infos[i] != nil && info != nil && os.SameFile(f.infos[i], info)
		if known := &f.list[i]; same || known.path == s.path {
			known.writeBack = known.writeBack && s.writeBack
			known.context = known.context && s.context
			known.copy = known.copy && s.copy
			known.expected = known.expected || s.expected
			return
		}
	}
	f.list, f.infos = append(f.list, s), append(f.infos, info)
}

// conflictCopy is how the version that lost is named: by regcert, Dropbox,
// Nextcloud and the like, Syncthing, Seafile, Synology, Google Drive, and by
// OneDrive, which puts the device's name behind the file's.
var conflictCopy = regexp.MustCompile(`(?i)conflicted copy|\.sync-conflict-|SFConflict|_conflict-\d{6,}|_conflict\.[^.]+$|[(\[]conflict[)\]]|-(DESKTOP|LAPTOP|WIN)-[0-9A-Z]{5,}\.[^.]+$`)

// IsConflictCopy tells a conflict copy by its file's name.
func IsConflictCopy(name string) bool { return conflictCopy.MatchString(name) }

// isConflictCopy tells a conflict copy by its name; one that OneDrive made on
// this computer also by the workbook beside it whose copy it is.
func (j *Job) isConflictCopy(path string, beside []string) bool {
	if IsConflictCopy(filepath.Base(path)) {
		return true
	}
	ext := filepath.Ext(path)
	original, ok := strings.CutSuffix(strings.TrimSuffix(path, ext), "-"+j.Host)
	return ok && j.Host != "" && slices.Contains(beside, original+ext)
}

// literal is the one path that a pattern (filepath.Match) matches, if it has no
// wildcard. A character in brackets stands for itself, and so does one behind a
// backslash, where that separates no folders.
func literal(glob string) (path string, ok bool) {
	escapes := `\[([^\\^\]])\]`
	if filepath.Separator != '\\' {
		escapes += `|\\(.)`
	}
	escape := regexp.MustCompile(escapes)
	if strings.ContainsAny(escape.ReplaceAllString(glob, ""), "*?[") {
		return "", false
	}
	return escape.ReplaceAllString(glob, "$1$2"), true
}

// display names a path relative to the configuration, where it lies below it.
func (j *Job) display(path string) string {
	rel, err := filepath.Rel(j.Dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}
