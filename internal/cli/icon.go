package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/page"
)

// isThere reports whether all of these are files or folders: Windows passes those
// that are dropped on the program's icon.
func isThere(paths []string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool { _, err := os.Stat(path); return err != nil })
}

// areWorkbooks reports whether all of these are named like workbooks, those too
// of which the page says why they cannot be read.
func areWorkbooks(paths []string) bool {
	endings := []string{".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".ods", ".csv"}
	return !slices.ContainsFunc(paths, func(path string) bool { return !slices.Contains(endings, strings.ToLower(filepath.Ext(path))) })
}

// byIcon checks workbooks for somebody who has no terminal, and shows in the
// browser what was found, or why nothing could be.
func (a *app) byIcon(ctx context.Context, paths []string) error {
	if a.json() {
		return usage("--format goes with `regcert check %s`", paths[0])
	}
	cfg, result, failed := a.checkByIcon(ctx, paths)
	report := &page.Report{Program: version(), MadeAt: a.Now(), Failure: failureLines(failed)}
	if failed == nil {
		report = a.pageOf(cfg, result)
		a.judge(result)
		a.printer().linef("%s on %s: %s", printable(filepath.Base(paths[0])+others(len(paths)-1)), result.Report.AsOf.Long(), a.printer().counts(result))
	}
	path, err := a.keepPage(cfg, report, nameOf(paths))
	if err != nil {
		return cmp.Or(failed, err)
	}
	if err := a.Open(path); err != nil {
		a.warn("the browser could not be opened (%v): open the report yourself", err)
		a.printer().linef("The report: %s", printable(path))
	} else {
		a.printer().linef("The report is open in your browser: %s", printable(path))
	}
	return failed
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// checkByIcon checks workbooks by the configuration that is near the first.
func (a *app) checkByIcon(ctx context.Context, paths []string) (*config.Config, *batch.Result, error) {
	cfg, err := a.configNear(paths[0])
	if err != nil {
		return nil, nil, err
	}
	result, err := a.check(ctx, cfg, paths)
	return cfg, result, err
}

// configNear reads the configuration that is meant for a workbook: the one that
// --config names, the one in the workbook's folder or the one above it, or the one
// beside the program. Without any the defaults are taken.
func (a *app) configNear(workbook string) (*config.Config, error) {
	if a.configFile != defaultConfig {
		return a.config()
	}
	whole, err := filepath.Abs(workbook)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(whole)
	for _, dir := range []string{folder, filepath.Dir(folder), a.Folder} {
		file := filepath.Join(dir, defaultConfig)
		if _, err := os.Stat(file); err == nil && dir != "" {
			a.configFile = file
			return a.config()
		}
	}
	return config.Default(folder)
}

// failureLines is what a page says of a failure: what it is, and what to do.
func failureLines(err error) []string {
	if err == nil {
		return nil
	}
	f := asFailure(err)
	lines := strings.Split(f.err.Error(), "\n")
	if f.remedy != "" {
		lines = append(lines, f.remedy)
	}
	return lines
}

// The pages that are kept.
const (
	mostPages   = 20
	longestName = 80 // characters of a workbook's name in that of its page
)

// pageName is how a page is named that regcert keeps.
var pageName = regexp.MustCompile(`-\d{4}-\d{2}-\d{2}\.html$`)

// nameOf is what the page of workbooks is called, without the day.
func nameOf(paths []string) string {
	base := filepath.Base(paths[0])
	name := []rune(strings.TrimSuffix(base, filepath.Ext(base)))
	return string(name[:min(len(name), longestName)]) + strings.ReplaceAll(others(len(paths)-1), " ", "-")
}

// keepPage writes a page beside the state or, where there is no configuration or
// the state is not this user's to write, among the files that programs keep for
// the user. The oldest pages there are deleted.
func (a *app) keepPage(cfg *config.Config, report *page.Report, name string) (path string, err error) {
	html, err := report.Render()
	if err != nil {
		return "", trouble(err, "")
	}
	day := report.MadeAt.Format(time.DateOnly)
	if report.Result != nil {
		day = report.Result.Report.AsOf.String()
	}
	name += "-" + day + ".html"
	if cfg != nil && cfg.File != "" {
		path, err := a.keepIn(filepath.Join(cfg.StateDir, jobs.PagesFolder), name, html)
		if err == nil {
			return path, nil
		}
	}
	cache, err := a.CacheDir()
	if err == nil {
		path, err = a.keepIn(filepath.Join(cache, "regcert", jobs.PagesFolder), name, html)
	}
	if err != nil {
		return "", trouble(fmt.Errorf("the report could not be written: %w", err), "`regcert check FILE.xlsx` prints it in a terminal.")
	}
	return path, nil
}

func (a *app) keepIn(dir, name string, html []byte) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(dir, name)
	if err := writePage(path, html); err != nil {
		return "", err
	}
	if err := prunePages(dir); err != nil {
		a.note("regcert: old reports could not be deleted: %v", err)
	}
	return path, nil
}

// prunePages deletes the oldest pages of a folder, and nothing else in it.
func prunePages(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var pages []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && pageName.MatchString(e.Name()) {
			pages = append(pages, info)
		}
	}
	slices.SortFunc(pages, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, info := range pages[min(len(pages), mostPages):] {
		if err := os.Remove(filepath.Join(dir, info.Name())); err != nil {
			return err
		}
	}
	return nil
}

// hold waits until somebody has read what was printed, where the window would
// close.
func (a *app) hold() {
	if a.ClosesWindow {
		fmt.Fprint(a.Err, "Press Enter to close this window.")
		bufio.NewReader(a.In).ReadString('\n')
	}
}
