package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"regcert"
	"regcert/internal/blank"
	"regcert/internal/config"
	"regcert/internal/samples"
)

// newFile is a file to be made.
type newFile struct {
	name string
	data []byte
}

// newCommand makes the workbooks of a centre that has none yet.
func (a *app) newCommand() *cobra.Command {
	var sample bool
	cmd := &cobra.Command{
		Use:   "new DIR",
		Short: "Make empty workbooks for a centre, with every sheet and column, and a configuration",
		Long: `Make the folder DIR with empty workbooks for a centre, ready to be filled in: every
sheet and column that regcert reads, drop-down lists, date formats and filters, and
what belongs into a column when its heading is selected. With them comes a commented
config.yaml. DIR must not be there yet, or be empty.

With --sample the workbooks are those of a fictitious centre, as they were on the
as-of date (at the latest Mon 11 May 2026, for which they are made).

Exit code: 0 done; 2 DIR is not empty; 3 something could not be written.`,
		Example: "  regcert new Registers\n  regcert new --sample try-it",
		Args:    exactly("the folder to make", 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if a.json() {
				return usage("new makes workbooks; it has nothing to say as JSON")
			}
			makeFiles := a.blankFiles
			if sample {
				makeFiles = a.sampleFiles
			}
			files, err := makeFiles()
			if err != nil {
				return trouble(err, "")
			}
			if err := makeFolder(args[0], files); err != nil {
				return err
			}
			a.printer().made(args[0], files)
			return nil
		},
	}
	cmd.Flags().BoolVar(&sample, "sample", false, "make the workbooks of a fictitious centre instead")
	return cmd
}

// blankFiles are the empty workbooks and their configuration.
func (a *app) blankFiles() ([]newFile, error) {
	made, err := blank.Workbooks()
	if err != nil {
		return nil, err
	}
	d := config.Draft{Timezone: timezoneOf(a.Getenv)}
	var files []newFile
	for _, w := range made {
		files = append(files, newFile{w.Name, w.Data})
		d.Workbooks = append(d.Workbooks, config.DraftWorkbook{Path: w.Name})
	}
	text, err := d.Text(regcert.Example())
	return append(files, newFile{defaultConfig, []byte(text)}), err
}

// sampleFiles are the sample workbooks and the configuration that comes with
// them.
func (a *app) sampleFiles() ([]newFile, error) {
	day := samples.AsOf()
	if asOf := a.day(); !asOf.IsZero() {
		day = min(day, asOf)
	}
	made, err := samples.WorkbooksOn(day)
	if err != nil {
		return nil, err
	}
	var files []newFile
	for _, w := range made {
		files = append(files, newFile{w.Name, w.Data})
	}
	text := strings.Replace(regcert.Example(), "path: sample-workbooks/*.xlsx", `path: "*.xlsx"`, 1)
	return append(files, newFile{defaultConfig, []byte(text)}), nil
}

// makeFolder makes a folder with files in it, if it is not there or empty.
func makeFolder(dir string, files []newFile) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return trouble(err, "Name a folder in a place that can be written.")
		}
	case err != nil:
		return &failure{code: exitUsage, err: err, remedy: "Name a folder that is not there yet, or is empty."}
	case len(entries) > 0:
		return &failure{code: exitUsage, err: fmt.Errorf("%s is not empty", dir), remedy: "Nothing was written. Name a folder that is not there yet, or is empty."}
	}
	for _, f := range files {
		if err := writeNew(filepath.Join(dir, f.name), f.data); err != nil {
			return trouble(err, "Name a folder in a place that can be written.")
		}
	}
	return nil
}

// made says what a new folder holds, and what to do next.
func (p printer) made(dir string, files []newFile) {
	p.linef("%s has:", printable(dir))
	for _, f := range files {
		p.linef("  %s", f.name)
	}
	p.linef("")
	p.next(filepath.Join(dir, defaultConfig))
}

// next says what to do with a new configuration.
func (p printer) next(path string) {
	arg := ""
	if path != defaultConfig {
		arg = " --config " + quotedArg(printable(path))
	}
	p.linef("Next, in this order:")
	p.linef("  regcert doctor%s", arg)
	p.linef("      finds out whether everything is in place")
	p.linef("  regcert check%s", arg)
	p.linef("      prints what needs doing, and changes nothing")
	p.linef("  regcert run%s", arg)
	p.linef("      writes a status, a deadline and the next action beside each row")
	p.linef("Who gets the weekly email is to be put into %s, under recipients.", printable(path))
}

// writeNew writes a file where none is.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// quotedArg is an argument as it is typed on a command line.
func quotedArg(arg string) string {
	if strings.ContainsAny(arg, " &()'") {
		return `"` + arg + `"`
	}
	return arg
}
