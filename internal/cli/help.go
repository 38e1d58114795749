package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/guide"
)

// helpCommand prints the help of a command, as cobra's own does, or a guide. The
// guide to the rules comes before the help of the command rules, which
// `regcert rules --help` prints.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | GUIDE]",
		Short: "Print the help of a command, or a guide: for staff, managers, administrators, on the rules",
		Long:  "Print the help of a command, or one of the guides:\n\n" + guideList(),
		// Help needs no secrets, and no right options.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				for _, g := range guide.All() {
					if g.Name == args[0] {
						_, err := fmt.Fprint(a.Out, g.Text)
						return err
					}
				}
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage("there is neither a command nor a guide %q", strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag() // so that it is listed
			return about.Help()
		},
	}
}

// guideList lists the guides, one a line.
func guideList() string {
	var b strings.Builder
	for _, g := range guide.All() {
		fmt.Fprintf(&b, "  regcert help %-8s %s\n", g.Name, g.Of)
	}
	return strings.TrimRight(b.String(), "\n")
}
