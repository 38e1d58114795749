package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/actionlist"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/store"
	"regcert/internal/swap"
)

// reportCommand writes the action list on demand.
func (a *app) reportCommand() *cobra.Command {
	var recipient string
	cmd := &cobra.Command{
		Use:   "report FILE.xlsx",
		Short: "Write the action list and the registers of the policy into a workbook",
		Long: `Read and judge the workbooks, and write a workbook with what there is to do, the
registration log, the claims tracker, the withdrawal register, the certificates, and
what is on file for the recognition of the centre.

--recipient NAME writes what that recipient of the configuration is told, and no
more. Without it everything is listed, by Learner ID.

FILE.xlsx is replaced only where it is such a workbook that nobody has saved since;
anything else that is there is left alone.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a workbook could
not be read, or FILE.xlsx could not be written.`,
		Example: "  regcert report actions.xlsx\n  regcert report claims-desk.xlsx --recipient \"Claims desk\"",
		Args:    exactly("the workbook to write", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.json() {
				return usage("report writes a workbook; `regcert check --format json` gives the same findings as JSON")
			}
			return a.report(cmd.Context(), args[0], recipient)
		},
	}
	cmd.Flags().StringVar(&recipient, "recipient", "", "write what this recipient is told")
	return cmd
}

func (a *app) report(ctx context.Context, path, recipient string) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	who, err := recipientNamed(cfg, recipient)
	if err != nil {
		return err
	}
	if err := mayReplace(path, cfg); err != nil {
		return err
	}
	state, err := a.stateIfAny(ctx, cfg)
	if err != nil {
		return err
	}
	if state != nil {
		defer state.Close()
	}
	office, result, err := a.compared(ctx, cfg, state, "report")
	if err != nil {
		return err
	}
	if result.Troubled() {
		a.code = exitTrouble
	}
	workbook, err := digest.ActionList(office.DigestInput(result), who)
	switch {
	case err != nil:
		return trouble(err, "")
	case workbook == nil:
		return usage("%s is told numbers only (privacy: counts), and an action list names learners", who.Name)
	}
	if err := writeReport(path, workbook, cfg); err != nil {
		return err
	}
	whom := ""
	if who.Name != "" {
		whom = " for " + printable(who.Name)
	}
	a.printer().linef("%s: the action list as of %s%s", printable(path), result.Report.AsOf.Long(), whom)
	return nil
}

// stateIfAny opens what is remembered, where anything is.
func (a *app) stateIfAny(ctx context.Context, cfg *config.Config) (*store.Store, error) {
	if _, err := os.Stat(filepath.Join(cfg.StateDir, store.FileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return a.openState(ctx, cfg)
}

// recipientNamed finds the recipient that a name means, without case; without a
// name it is somebody who is told everything.
func recipientNamed(cfg *config.Config, name string) (digest.Recipient, error) {
	if name == "" {
		return digest.Recipient{}, nil
	}
	r, err := configuredRecipient(cfg, name)
	return digest.Recipient{Name: r.Name, Views: r.Views}, err
}

// configuredRecipient finds the recipient of digests that a name means, without
// case.
func configuredRecipient(cfg *config.Config, name string) (config.Recipient, error) {
	var names []string
	for _, r := range cfg.Recipients {
		switch {
		case len(r.Views) == 0: // gets no digest
		case strings.EqualFold(r.Name, name):
			return r, nil
		default:
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return config.Recipient{}, noRecipients()
	}
	return config.Recipient{}, &failure{code: exitUsage, err: fmt.Errorf("no recipient is called %q", name), remedy: "There are: " + strings.Join(names, ", ") + "."}
}

// mayReplace refuses to write over anything but a report that nobody has saved
// since, and in the place of a register.
func mayReplace(path string, cfg *config.Config) error {
	refuse := func(why string) error {
		return &failure{code: exitUsage, err: fmt.Errorf("%s: %s", path, why), remedy: "Nothing was written. Name another file."}
	}
	if !strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return refuse("the name of a report ends in .xlsx")
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return usage("%v", err)
	}
	resolved := whole
	if dir, err := filepath.EvalSymlinks(filepath.Dir(whole)); err == nil {
		resolved = filepath.Join(dir, filepath.Base(whole))
	}
	for _, w := range cfg.Workbooks {
		if slices.ContainsFunc([]string{whole, resolved}, func(p string) bool { ok, err := filepath.Match(w.Path, p); return ok && err == nil }) {
			return refuse("the configuration has it as a workbook of the set")
		}
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return trouble(err, "Name a file in a folder that can be read and written.")
	case !info.Mode().IsRegular():
		return refuse("it is there, and no file")
	}
	if held := swap.Holder(path); held != nil {
		return trouble(fmt.Errorf("%s: %w", path, held), "Close it there, or name another file.")
	}
	file, err := os.Open(path)
	if err != nil {
		return trouble(err, "Name another file.")
	}
	defer file.Close()
	if !actionlist.IsUntouched(file, info.Size()) {
		return refuse("it is there, and no report as regcert left it: it may be somebody's work")
	}
	return nil
}

// writeReport puts a report in its place in one step: whatever happens, there is
// the old one or the new one, whole.
func writeReport(path string, workbook []byte, cfg *config.Config) (err error) {
	const remedy = "Name a file in a folder that can be written."
	temp, err := os.CreateTemp(filepath.Dir(path), ".regcert-*.tmp")
	if err != nil {
		return trouble(err, remedy)
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(workbook)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return trouble(err, remedy)
	}
	if err := mayReplace(path, cfg); err != nil { // reading took a while, and somebody may have come
		return err
	}
	if before, err := os.Stat(path); err == nil { // who may read the old one may read the new one
		if err := os.Chmod(temp.Name(), before.Mode().Perm()); err != nil {
			return trouble(err, remedy)
		}
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return trouble(err, remedy)
	}
	return nil
}
