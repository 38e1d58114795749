package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"regcert"
	"regcert/internal/config"
	"regcert/internal/inspect"
)

// initCommand writes a configuration for workbooks that are there.
func (a *app) initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init FOLDER",
		Short: "Look at a folder of workbooks and write a configuration for them",
		Long: `Look at the workbooks in a folder and below it, find out which of them are registers
and what their sheets and headings mean, and write a commented config.yaml into the
folder that says so. The workbooks are not changed. What nobody can find out is left
to you: who gets the digest, and the passwords of workbooks that have one.

A config.yaml that is there is left alone; with --force it is kept under another
name, and a new one is written.

Exit code: 0 done; 2 there is a configuration already, or nothing looks like a
register; 3 something could not be read or written.`,
		Example: "  regcert init Registers",
		Args:    exactly("the folder to look at", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.json() {
				return usage("init writes a configuration; `regcert inspect --format json` says what is in a workbook as JSON")
			}
			return a.init(cmd.Context(), args[0], force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write a new config.yaml where there is one, which is kept")
	return cmd
}

func (a *app) init(ctx context.Context, dir string, force bool) error {
	target := filepath.Join(dir, defaultConfig)
	if _, err := os.Lstat(target); err == nil && !force {
		return &failure{code: exitUsage, err: fmt.Errorf("%s is there already", target),
			remedy: "Nothing was written. `regcert init --force` keeps it under another name and writes a new one."}
	}
	seen, err := lookThrough(dir)
	if err != nil {
		return &failure{code: exitUsage, err: err, remedy: "Name the folder in which your workbooks are."}
	}
	f, err := a.inspectFound(ctx, dir, seen)
	if err != nil {
		return err
	}
	a.code = exitDone
	for i := range f.all {
		if w := &f.all[i]; w.Troubled && !w.Protected {
			a.code = exitTrouble
		}
	}
	p := a.printer()
	p.found(f)
	if !f.hasRegister() {
		return &failure{code: exitUsage, err: fmt.Errorf("nothing in %s looks like a register", dir),
			remedy: "Nothing was written. `regcert inspect WORKBOOK` says more of a workbook; `regcert new FOLDER` makes empty ones."}
	}
	d := config.Draft{Timezone: timezoneOf(a.Getenv), Workbooks: f.drafts(), Aliases: f.suggest}
	text, err := d.Text(regcert.Example())
	if err == nil {
		err = tryOut(dir, text)
	}
	if err != nil {
		return trouble(err, "Nothing was written.")
	}
	kept, err := replaceConfig(target, text)
	if err != nil {
		return trouble(err, "Let the user who types this write in the folder.")
	}
	p.linef("")
	p.linef("%s was written, with the time zone %s.", printable(target), d.Timezone)
	if lines := config.AliasLines(d.Aliases); len(lines) > 0 {
		p.linef("It takes these names of yours for regcert's; look whether all are meant so:")
		for _, line := range lines {
			p.linef("  %s", printable(line))
		}
	}
	if kept != "" {
		p.linef("The one that was there is now %s.", printable(kept))
	}
	p.linef("")
	p.next(target)
	return nil
}

// tryOut reads a configuration as it will be read from the folder.
func tryOut(dir, text string) error {
	f, err := os.CreateTemp(dir, ".regcert-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = config.Load(f.Name())
	return err
}

// replaceConfig writes a configuration. One that is there is renamed, and its new
// name returned.
func replaceConfig(target, text string) (kept string, err error) {
	if _, err := os.Lstat(target); err == nil {
		for n := 1; ; n++ {
			kept = fmt.Sprintf("%s.before-%d", target, n)
			if _, err := os.Lstat(kept); errors.Is(err, fs.ErrNotExist) {
				break
			}
		}
		if err := os.Rename(target, kept); err != nil {
			return "", err
		}
	}
	return kept, writeNew(target, []byte(text))
}

// hasRegister reports whether a workbook looks like a register.
func (f *found) hasRegister() bool {
	for _, b := range f.books {
		if isRegister(b) {
			return true
		}
	}
	return false
}

func isRegister(b *inspect.Workbook) bool { return b != nil && len(b.Registers()) > 0 }
