package cli

import (
	"context"

	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/inspect"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// inspectCommand says what is in workbooks, known or not.
func (a *app) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect WORKBOOK…",
		Short: "Say what regcert makes of a workbook: its sheets, headings and dates, and what to configure",
		Long: `Look into workbooks that regcert may never have seen, and say of each sheet which
register it is or looks like, which heading means which column, and how many rows
and unreadable dates there are. What the configuration has to say for them to be
read so is printed as lines to put into it. Nothing is written, and no name, date
of birth or other personal column is shown.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 a workbook could
not be read (the others were looked at).`,
		Example: "  regcert inspect Registers/learners.xlsx\n  regcert inspect *.xlsx --format json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("regcert inspect: the workbook to look into is missing")
			}
			cfg, err := a.configOrNamed(args)
			if err != nil {
				return err
			}
			found, err := a.inspect(cmd.Context(), cfg, args)
			if err != nil {
				return err
			}
			if a.json() {
				return a.encode(found.json())
			}
			a.printer().inspected(found)
			return nil
		},
	}
}

// inspected is what was found out about workbooks.
type inspected struct {
	books      []*inspect.Workbook // those that could be read
	all        []batch.Workbook
	notChecked []policy.NotChecked // with these workbooks alone
	suggest    register.Aliases    // what the configuration has to say for all of them
	taken      []string            // what it cannot say
}

// of returns what was found out about a workbook, nil where it could not be read.
func (f *inspected) of(path string) *inspect.Workbook {
	for _, b := range f.books {
		if b.Path == path {
			return b
		}
	}
	return nil
}

// inspect looks into the named workbooks.
func (a *app) inspect(ctx context.Context, cfg *config.Config, named []string) (*inspected, error) {
	office, wipe := a.office(cfg, nil, "inspect")
	defer wipe()
	job := office.Job(named)
	found := &inspected{}
	var err error
	found.all, err = job.Look(ctx, func(path string, file *xlsx.File) error {
		book, err := inspect.Inspect(path, file, job.Policy.AsOf, cfg.Aliases)
		if err == nil {
			found.books = append(found.books, book)
		}
		return err
	})
	if err != nil {
		return nil, trouble(err, "")
	}
	found.suggest, found.taken = inspect.Combine(found.books)
	var read []*register.Workbook
	for _, b := range found.books {
		read = append(read, b.Book)
	}
	if len(read) < len(found.all) {
		a.code = exitTrouble
	}
	found.notChecked = policy.Judge(read, job.Policy).NotChecked
	return found, nil
}
