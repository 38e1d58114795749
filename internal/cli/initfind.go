package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"regcert/internal/actionlist"
	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/inspect"
	"regcert/internal/store"
	"regcert/internal/swap"
)

// How far a folder of workbooks is looked through: so many folders deep, and so
// many workbooks.
const (
	mostDeep      = 4
	mostWorkbooks = 300
)

// seenFile is a workbook that was seen in a folder.
type seenFile struct {
	path    string // relative to the folder, with slashes
	report  bool   // regcert wrote it: an action list
	copy    bool   // that a synchronising program made of another
	without string // the environment variable in which its password is looked for
}

// found is what was found in a folder.
type found struct {
	*inspected
	files []seenFile // in the order of paths
	more  bool       // there are more than are looked at
}

// lookThrough lists the workbooks in a folder and below it: not those in hidden
// folders, nor the copies that regcert keeps.
func lookThrough(dir string) (*found, error) {
	f := &found{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(dir, file)
		switch {
		case err != nil && file == dir:
			return err
		case err != nil || relErr != nil:
			return nil // a folder that nobody may look into holds no register of theirs
		case entry.IsDir():
			_, state := os.Stat(filepath.Join(file, store.FileName))
			if file != dir && (strings.HasPrefix(entry.Name(), ".") || strings.Count(filepath.ToSlash(rel), "/") >= mostDeep-1 || state == nil) {
				return fs.SkipDir
			}
			return nil
		case !isWorkbookName(entry.Name()) || !entry.Type().IsRegular():
			return nil
		case len(f.files) == mostWorkbooks:
			f.more = true
			return fs.SkipAll
		}
		f.files = append(f.files, seenFile{path: filepath.ToSlash(rel), report: isReport(file), copy: batch.IsConflictCopy(entry.Name()), without: passwordVariable(entry.Name())})
		return nil
	})
	if err == nil && len(f.files) == 0 {
		err = fmt.Errorf("%s holds no workbook (.xlsx or .xlsm)", dir)
	}
	return f, err
}

func isWorkbookName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx", ".xlsm":
		return !swap.IsTransient(name) && !strings.HasPrefix(name, ".")
	}
	return false
}

// isReport reports whether a workbook is an action list of regcert's.
func isReport(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && actionlist.IsUntouched(f, info.Size())
}

// passwordVariable names the environment variable for the password of a workbook:
// CLAIMS_2026_PASSWORD for claims-2026.xlsx.
func passwordVariable(name string) string {
	base := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, strings.TrimSuffix(name, filepath.Ext(name)))
	if base == "" || unicode.IsDigit(rune(base[0])) {
		base = "_" + base
	}
	return base + "_PASSWORD"
}

// inspectFound looks into the workbooks, with the passwords that are there.
func (a *app) inspectFound(ctx context.Context, dir string, f *found) (*found, error) {
	cfg, err := config.Default(dir)
	if err != nil {
		return nil, err
	}
	var named []string
	for _, file := range f.files {
		if file.report || file.copy {
			continue
		}
		whole := filepath.Join(cfg.Dir, filepath.FromSlash(file.path))
		named = append(named, whole)
		if a.Getenv(file.without) != "" {
			cfg.Workbooks = append(cfg.Workbooks, config.Workbook{Path: config.Literal(whole), PasswordEnv: file.without})
		}
	}
	f.inspected = &inspected{}
	if len(named) > 0 {
		f.inspected, err = a.inspect(ctx, cfg, named)
	}
	return f, err
}

// drafts lists the registers as the configuration names them: all workbooks of a
// folder together where they all are registers, else one by one.
func (f *found) drafts() []config.DraftWorkbook {
	alike := map[string]bool{} // folders in which all are registers without a password
	count := map[string]int{}
	for _, file := range f.files {
		folder := path.Dir(file.path)
		if count[folder]++; count[folder] == 1 {
			alike[folder] = true
		}
		if file.copy {
			continue // no pattern reads them
		}
		if !isRegister(f.of(file.path)) || f.locked(file) != "" || path.Ext(file.path) != ".xlsx" {
			alike[folder] = false
		}
	}
	var list []config.DraftWorkbook
	done := map[string]bool{}
	for _, file := range f.files {
		folder := path.Dir(file.path)
		switch variable := f.locked(file); {
		case alike[folder] && count[folder] > 1:
			if !done[folder] {
				done[folder] = true
				list = append(list, config.DraftWorkbook{Path: path.Join(config.Literal(folder), "*.xlsx"), Pattern: true})
			}
		case variable != "" && !isRegister(f.of(file.path)):
			list = append(list, config.DraftWorkbook{Path: file.path, PasswordEnv: variable, Note: "not looked into: take it out if it is no register"})
		case isRegister(f.of(file.path)):
			list = append(list, config.DraftWorkbook{Path: file.path, PasswordEnv: variable})
		}
	}
	return list
}

// result is what became of a workbook when it was looked into; nil where it was
// not.
func (f *found) result(file seenFile) *batch.Workbook {
	for i := range f.all {
		if f.all[i].Path == file.path {
			return &f.all[i]
		}
	}
	return nil
}

// locked returns the environment variable for the password of a workbook that
// has one, else nothing.
func (f *found) locked(file seenFile) string {
	if r := f.result(file); r != nil && r.Protected {
		return file.without
	}
	return ""
}

// found prints what was seen in a folder.
func (p printer) found(f *found) {
	width := 0
	for _, file := range f.files {
		width = max(width, len([]rune(file.path)))
	}
	for _, file := range f.files {
		p.linef("  %-*s  %s", width, printable(file.path), printable(f.inWords(file)))
		if book := f.of(file.path); isRegister(book) {
			for _, remark := range book.Book.Remarks {
				p.linef("  %-*s    to put right: %s", width, "", printable(remark))
			}
		}
	}
	for _, t := range f.taken {
		p.linef("  to put right: %s", printable(t))
	}
	if f.more {
		p.linef("  and there are more: only %d workbooks are looked at", mostWorkbooks)
	}
}

// inWords says what a workbook is.
func (f *found) inWords(file seenFile) string {
	switch book, result := f.of(file.path), f.result(file); {
	case file.report:
		return "an action list that regcert wrote"
	case file.copy:
		return "a copy that was made because two changed a workbook at once: take over what is right in it and delete it"
	case book == nil && result.Protected:
		return fmt.Sprintf("has a password: put it into the environment variable %s, and it can be looked into", file.without)
	case book == nil:
		return "could not be read: " + result.Reason
	case !isRegister(book):
		return "no register"
	default:
		var parts []string
		for _, s := range book.Registers() {
			what := s.Kind.String()
			if s.By != inspect.ByName {
				what += fmt.Sprintf(" (its sheet %q)", s.Name)
			}
			parts = append(parts, what+": "+plural(len(s.Read.Records), "row"))
		}
		return strings.Join(parts, ", ")
	}
}
