package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"regcert/internal/licences"
)

// build is what the program was built from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // of the source code; empty where that is not known
	Time     string `json:"time"`     // of the revision, RFC 3339
	Modified bool   `json:"modified"` // the source code was not that of the revision
	Go       string `json:"go"`
	System   string `json:"system"`
}

// thisBuild is this program, as the build stamped it.
func thisBuild() build {
	b := build{Version: "development version", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// version is the program's version.
func version() string { return thisBuild().Version }

func (b build) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "regcert %s\n", b.Version)
	if b.Revision != "" {
		day, _, _ := strings.Cut(b.Time, "T")
		fmt.Fprintf(&out, "revision %s of %s", b.Revision, day)
		if b.Modified {
			out.WriteString(" (modified)")
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "%s %s\n", b.Go, b.System)
	return out.String()
}

func (a *app) versionCommand() *cobra.Command {
	var withLicences bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program, and the licences of what it is built with",
		Long: `Print the version, the revision of the source code that the program was built from,
the version of Go, and for which system it was built. With --licences, print the
licences of all works of others that are part of the program.`,
		Args: exactly("", 0),
		RunE: func(*cobra.Command, []string) error {
			var list []licences.Licence
			if withLicences {
				var err error
				if list, err = licences.All(); err != nil {
					return err
				}
			}
			switch {
			case a.json():
				return a.encode(struct {
					build
					Licences []licences.Licence `json:"licences,omitempty"`
				}{thisBuild(), list})
			case withLicences:
				return licences.Write(a.Out, list)
			}
			_, err := fmt.Fprint(a.Out, thisBuild())
			return err
		},
	}
	cmd.Flags().BoolVar(&withLicences, "licences", false, "print the licences")
	return cmd
}
