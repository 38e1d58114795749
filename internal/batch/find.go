package batch

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"regcert/internal/xlsx"
)

// Pattern is a configured workbook, or a glob of several.
type Pattern struct {
	Glob      string // absolute
	WriteBack bool
}

// source is a workbook of the set.
type source struct {
	path      string // absolute
	name      string // as reports show it
	writeBack bool
	context   bool // read so that others can be judged, not treated itself
}

// find lists the workbooks of the set, each once: the configured ones in their
// order, a glob's matches sorted by path, then those that are only named. With
// named workbooks all others are context.
func (j *Job) find() ([]source, error) {
	var list []source
	at := map[string]int{}
	add := func(path string, writeBack bool) {
		if _, known := at[path]; !known {
			at[path] = len(list)
			list = append(list, source{path: path, name: j.display(path), writeBack: writeBack, context: len(j.Named) > 0})
		}
	}
	for _, p := range j.Workbooks {
		matches, err := filepath.Glob(p.Glob)
		if err != nil {
			return nil, fmt.Errorf("workbooks: %q is not a pattern for file names: %w", p.Glob, err)
		}
		if len(matches) == 0 && !strings.ContainsAny(p.Glob, "*?[") {
			matches = []string{p.Glob} // its absence is reported like any other trouble with it
		}
		slices.Sort(matches)
		for _, m := range matches {
			if !xlsx.IsTransient(filepath.Base(m)) {
				add(m, p.WriteBack)
			}
		}
	}
	for _, name := range j.Named {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		add(path, true)
		list[at[path]].context = false
	}
	return list, nil
}

// display names a path relative to the configuration, where it lies below it.
func (j *Job) display(path string) string {
	rel, err := filepath.Rel(j.Dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}
