package batch_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/register/registertest"
	"regcert/internal/store"
	"regcert/internal/xlsx"
)

// centre is a folder of workbooks and the job on them.
type centre struct {
	t   *testing.T
	dir string
	job batch.Job
}

// newCentre makes the workbooks of the text (registertest.Files) in a folder,
// to be judged on Mon 11 May 2026.
func newCentre(t *testing.T, text string) *centre {
	t.Helper()
	c := &centre{t: t, dir: t.TempDir()}
	for _, f := range registertest.Files(t, text) {
		c.put(f.Name, f.Data)
	}
	state, err := store.Open(t.Context(), filepath.Join(c.dir, "state"))
	check(t, err)
	t.Cleanup(func() { check(t, state.Close()) })
	c.job = batch.Job{
		State: state, Dir: c.dir, Workbooks: []batch.Pattern{c.pattern("*.xlsx")}, Limits: xlsx.DefaultLimits(),
		Backups: filepath.Join(c.dir, "state", "backups"), Keep: 3,
		Now: func() time.Time { return time.Date(2026, 5, 11, 8, 0, 0, 0, time.UTC) },
	}
	c.on("2026-05-11")
	return c
}

func (c *centre) pattern(glob string) batch.Pattern {
	return batch.Pattern{Glob: filepath.Join(c.dir, filepath.FromSlash(glob)), WriteBack: true}
}

// on sets the as-of date.
func (c *centre) on(day string) {
	c.t.Helper()
	asOf, err := calendar.ParseISO(day)
	check(c.t, err)
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	check(c.t, err)
	c.job.Reader = register.NewReader(asOf, register.Aliases{})
	c.job.Policy = policy.Options{AsOf: asOf, Calendar: calendar.New(holidays, nil), Versions: []policy.Numbers{policy.Defaults()}}
}

func (c *centre) path(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

// put writes a file with a time stamp that a later write would not have.
func (c *centre) put(name string, data []byte) {
	c.t.Helper()
	check(c.t, os.MkdirAll(filepath.Dir(c.path(name)), 0o755))
	check(c.t, os.WriteFile(c.path(name), data, 0o644))
	long := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	check(c.t, os.Chtimes(c.path(name), long, long))
}

func (c *centre) bytes(name string) []byte {
	c.t.Helper()
	data, err := os.ReadFile(c.path(name))
	check(c.t, err)
	return data
}

// edit changes a workbook as staff would, in a program of their own.
func (c *centre) edit(name string, change func(*excelize.File)) {
	c.t.Helper()
	f := open(c.t, c.bytes(name))
	change(f)
	buf, err := f.WriteToBuffer()
	check(c.t, err)
	c.put(name, buf.Bytes())
}

// run runs the job and gives the outcomes, "name: outcome" a line, with the
// reasons where there are any.
func (c *centre) run() (*batch.Result, string) {
	c.t.Helper()
	result, err := c.job.Run(context.Background())
	check(c.t, err)
	return result, outcomes(result)
}

func outcomes(result *batch.Result) string {
	var lines []string
	for _, w := range result.Workbooks {
		line := fmt.Sprintf("%s: %s", w.Path, w.Outcome)
		if w.Troubled {
			line += "!"
		}
		if w.Reason != "" {
			line += ": " + w.Reason
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// mustRun runs the job and wants the outcomes.
func (c *centre) mustRun(want string) *batch.Result {
	c.t.Helper()
	result, got := c.run()
	if want = trimLines(want); got != want {
		c.t.Fatalf("outcomes:\n%s\nwant:\n%s", got, want)
	}
	return result
}

// wantSheet compares what another reader sees on a sheet with lines of cells
// between bars; a line that ends in … is the beginning of what stands there.
func (c *centre) wantSheet(name, sheet, want string) {
	c.t.Helper()
	got := strings.Split(show(c.t, c.bytes(name), sheet), "\n")
	lines := strings.Split(trimLines(want), "\n")
	same := slices.EqualFunc(got, lines, func(g, w string) bool {
		if start, cut := strings.CutSuffix(w, "…"); cut {
			return strings.HasPrefix(g, start)
		}
		return g == w
	})
	if !same {
		c.t.Errorf("%s, %s:\n%s\nwant:\n%s", name, sheet, strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// show writes a sheet as text, as people see it; empty rows at the end are left out.
func show(t *testing.T, data []byte, sheet string) string {
	t.Helper()
	f := open(t, data)
	defer f.Close()
	rows, err := f.GetRows(sheet)
	check(t, err)
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.TrimSpace(strings.TrimRight(strings.Join(row, " | "), " |")))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	check(t, err)
	return f
}

// differences lists the cells whose raw value, formula or style differ, as
// another reader sees them.
func differences(t *testing.T, before, after []byte) []string {
	t.Helper()
	old, now := cellsOf(t, before), cellsOf(t, after)
	var list []string
	for cell := range now {
		if old[cell] != now[cell] {
			list = append(list, cell)
		}
	}
	for cell := range old {
		if _, still := now[cell]; !still {
			list = append(list, cell)
		}
	}
	slices.Sort(list)
	return list
}

func cellsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	f := open(t, data)
	defer f.Close()
	cells := map[string]string{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		check(t, err)
		for r, row := range rows {
			for col, value := range row {
				ref, err := excelize.CoordinatesToCellName(col+1, r+1)
				check(t, err)
				formula, err := f.GetCellFormula(sheet, ref)
				check(t, err)
				style, err := f.GetCellStyle(sheet, ref)
				check(t, err)
				if value != "" || formula != "" {
					cells[sheet+"!"+ref] = fmt.Sprintf("%q %q %d", value, formula, style)
				}
			}
		}
	}
	return cells
}

// changedParts lists the parts of the package that differ.
func changedParts(t *testing.T, before, after []byte) []string {
	t.Helper()
	old, now := partsOf(t, before), partsOf(t, after)
	if a, b := slices.Sorted(maps.Keys(old)), slices.Sorted(maps.Keys(now)); !slices.Equal(a, b) {
		t.Fatalf("the package has the parts %q and had %q", b, a)
	}
	var list []string
	for name := range old {
		if old[name] != now[name] {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func partsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	parts := map[string]string{}
	for _, entry := range r.File {
		in, err := entry.Open()
		check(t, err)
		content, err := io.ReadAll(in)
		check(t, err)
		parts[entry.Name] = string(content)
	}
	return parts
}

// trimLines takes the indentation of a text in a test away.
func trimLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" || len(lines) > 0 {
			lines = append(lines, line)
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite changes parts of a package and adds empty ones, for what the library
// that makes workbooks cannot make.
func rewrite(t *testing.T, data []byte, change func(name, part string) string, added ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	parts := partsOf(t, data)
	for _, name := range append(slices.Sorted(maps.Keys(parts)), added...) {
		part, err := w.Create(name)
		check(t, err)
		_, err = io.WriteString(part, change(name, parts[name]))
		check(t, err)
	}
	check(t, w.Close())
	return out.Bytes()
}

// backups lists the copies that were kept of a workbook, the oldest first.
func (c *centre) backups(name string) []string {
	c.t.Helper()
	list, err := filepath.Glob(filepath.Join(c.job.Backups, filepath.Base(name)+"-*", "*"))
	check(c.t, err)
	return list
}

// column gives the texts of a column, as people see them.
func column(t *testing.T, data []byte, sheet, col string) string {
	t.Helper()
	f := open(t, data)
	defer f.Close()
	n, err := excelize.ColumnNameToNumber(col)
	check(t, err)
	cols, err := f.GetCols(sheet)
	check(t, err)
	if n > len(cols) {
		return ""
	}
	return strings.Join(cols[n-1], ", ")
}
