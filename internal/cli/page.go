package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/page"
)

// pageOf is what the page of a result tells.
func (a *app) pageOf(cfg *config.Config, result *batch.Result) *page.Report {
	return &page.Report{Centre: cfg.Centre, Program: version(), MadeAt: a.Now().In(cfg.Location), Result: result}
}

// mayOutput refuses an --output for anything but a page, and one that would take
// the place of what is no page.
func (a *app) mayOutput(path string) error {
	switch {
	case path == "":
		return nil
	case a.format != "html":
		return usage("--output goes with --format html")
	case !slices.Contains([]string{".html", ".htm"}, strings.ToLower(filepath.Ext(path))):
		return usage("--output: the name of a page ends in .html, and %s does not", path)
	}
	head, err := headOf(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return trouble(err, "Name a file in a folder that can be read and written.")
	case !page.IsPage(head):
		return &failure{code: exitUsage, err: fmt.Errorf("%s: it is there, and no page of regcert's: it may be somebody's work", path), remedy: "Nothing was written. Name another file."}
	}
	return nil
}

// headOf is what a file begins with; of what is no file, nothing.
func headOf(path string) ([]byte, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, page.HeadSize))
}

// showPage prints a page, or writes it into a file.
func (a *app) showPage(report *page.Report, path string) error {
	html, err := report.Render()
	if err != nil {
		return trouble(err, "")
	}
	if path == "" {
		_, err = a.Out.Write(html)
		return err
	}
	if err := writePage(path, html); err != nil {
		return trouble(err, "Name a file in a folder that can be written.")
	}
	return nil
}

// writePage puts a page in its place in one step. Nobody else may read it: there
// are learners in it.
func writePage(path string, html []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".regcert-*.tmp") // its mode is 0600
	if err != nil {
		return err
	}
	_, err = temp.Write(html)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}
