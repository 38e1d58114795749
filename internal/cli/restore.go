package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/swap"
)

// restoreCommand lists and restores the copies from before each write.
func (a *app) restoreCommand() *cobra.Command {
	var list bool
	var to string
	cmd := &cobra.Command{
		Use:   "restore WORKBOOK [--list | --to WHEN]",
		Short: "List the copies of a workbook from before each write, and put one back",
		Long: `Before each write regcert keeps a copy of the workbook. This lists the copies with
what regcert changed then, the latest first, or puts one of them back.

--to WHEN names a copy by its time as the list shows it, or by the beginning of
that (2026-05-11, "2026-05-11 09:12"), or is "latest". The version that the workbook
has now is kept as a copy, too. A workbook that was deleted is made again.

The next ` + "`regcert run`" + ` writes statuses into it again; set write_back: false for it
in the configuration if that is not wanted.

Exit code: 0 done; 2 the command or the configuration is wrong; 3 it could not be
restored.`,
		Example: "  regcert restore enrolments.xlsx\n  regcert restore enrolments.xlsx --to \"2026-05-11 09:12\"",
		Args:    exactly("the workbook", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch given := cmd.Flags().Changed("to"); {
			case list && given:
				return usage("--list and --to exclude each other")
			case given && strings.TrimSpace(to) == "":
				return usage("--to needs a time, as `regcert restore WORKBOOK` lists them, or \"latest\"")
			}
			return a.restore(cmd.Context(), args[0], to)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the copies (as without an option)")
	cmd.Flags().StringVar(&to, "to", "", "put the copy of that time back")
	return cmd
}

func (a *app) restore(ctx context.Context, named, to string) error {
	cfg, err := a.configOrNamed([]string{named})
	if err != nil {
		return err
	}
	path, err := filepath.Abs(named)
	if err != nil {
		return usage("%v", err)
	}
	if _, err := os.Stat(cfg.StateDir); err != nil {
		return noCopies(named, cfg)
	}
	state, err := a.openState(ctx, cfg)
	if err != nil {
		return err
	}
	defer state.Close()
	office, _ := a.office(cfg, state, "restore")
	job := office.Job(nil)
	versions, err := job.Versions(ctx, path)
	if err != nil {
		return trouble(err, "")
	}
	if len(versions) == 0 {
		return noCopies(named, cfg)
	}
	slices.Reverse(versions)
	if to == "" {
		return a.listVersions(named, versions, cfg.Location)
	}
	chosen, err := choose(versions, to, cfg.Location)
	if err != nil {
		return err
	}
	done, err := job.Restore(ctx, path, chosen)
	a.tellResumed(done.Resumed)
	return a.tellRestored(named, chosen.At.In(cfg.Location), done, err)
}

func noCopies(named string, cfg *config.Config) error {
	return usage("there is no copy of %s: regcert has not written it yet, or its copies are not in %s", named, filepath.Join(cfg.StateDir, "backups"))
}

// How the times of copies are written: shown to the second, told apart to the
// thousandth.
const (
	versionTime  = "2006-01-02 15:04:05"
	versionShown = "Mon " + versionTime
	versionExact = versionTime + ".000"
)

// choose finds the copy that a time, or the beginning of one, means.
func choose(versions []batch.Version, to string, zone *time.Location) (batch.Version, error) {
	if to == "latest" {
		return versions[0], nil
	}
	want := strings.TrimSuffix(strings.Replace(to, "T", " ", 1), " ")
	var found []batch.Version
	for _, v := range versions {
		if strings.HasPrefix(v.At.In(zone).Format(versionExact), want) && want != "" {
			found = append(found, v)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return batch.Version{}, usage("there is no copy of %q; `regcert restore WORKBOOK` lists them, the latest is of %s", to, versions[0].At.In(zone).Format(versionTime))
	default:
		return batch.Version{}, usage("%d copies are of %q, from %s to %s: say it more exactly", len(found), to,
			found[len(found)-1].At.In(zone).Format(versionExact), found[0].At.In(zone).Format(versionExact))
	}
}

// tellRestored prints what has become of the workbook.
func (a *app) tellRestored(named string, at time.Time, done batch.Restored, err error) error {
	if done.Conflict != "" || slices.ContainsFunc(done.Resumed, func(r swap.Resumed) bool { return r.Conflict != "" }) {
		a.code = exitTrouble
	}
	var held *swap.Held
	switch {
	case errors.As(err, &held):
		return trouble(fmt.Errorf("%s was not restored: %w", named, err), "Close it, and try again.")
	case swap.Deferred(err):
		return trouble(fmt.Errorf("%s was not restored: %w", named, err), "Try again in a moment.")
	case err != nil && !done.Written && !done.Made:
		return busy(trouble(fmt.Errorf("%s was not restored: %w", named, err), ""))
	case done.Unchanged:
		fmt.Fprintf(a.Out, "%s is that version already.\n", printable(named))
	case done.Made:
		fmt.Fprintf(a.Out, "%s is there again, as it was before the write of %s.\n", printable(named), at.Format(versionShown))
	default:
		fmt.Fprintf(a.Out, "%s is again as it was before the write of %s.\nThe version that it had is kept as a copy, too.\n", printable(named), at.Format(versionShown))
	}
	if err != nil {
		return trouble(err, "")
	}
	return nil
}

// listVersions prints the copies, the latest first.
func (a *app) listVersions(named string, versions []batch.Version, zone *time.Location) error {
	if a.json() {
		return a.encode(versionsDocument(named, versions))
	}
	p := a.printer()
	p.linef("Copies of %s, each from before a write, the latest first:", printable(named))
	p.linef("")
	for _, v := range versions {
		p.linef("  %s  %8s  %s", v.At.In(zone).Format(versionShown), humanize.Bytes(uint64(v.Size)), printable(changesInWords(v)))
		if v.Write != nil && v.Write.Kept.Path != "" {
			p.linef("  %s  somebody saved it meanwhile: %s", strings.Repeat(" ", len(versionShown)+10), printable(v.Write.Kept.Path))
		}
	}
	p.linef("")
	p.linef("`regcert restore %s --to \"%s\"` puts one back.", printable(named), versions[0].At.In(zone).Format(versionTime))
	return nil
}

// changesInWords says what the write that a copy is from before has changed.
func changesInWords(v batch.Version) string {
	switch {
	case v.Write == nil:
		return "what was written then is not recorded"
	case v.Write.State == swap.Undone:
		return "nothing was written then"
	case len(v.Write.Changes) == 0:
		return "before the " + v.Write.Reason
	}
	cells := 0
	var sheets []string
	columns := map[string][]string{}
	for _, c := range v.Write.Changes {
		cells += c.Cells
		if !slices.Contains(sheets, c.Sheet) {
			sheets = append(sheets, c.Sheet)
		}
		columns[c.Sheet] = append(columns[c.Sheet], fmt.Sprintf("%s %d", c.Column, c.Cells))
	}
	parts := make([]string, len(sheets))
	for i, sheet := range sheets {
		parts[i] = sheet + ": " + strings.Join(columns[sheet], ", ")
	}
	return fmt.Sprintf("%s written (%s)", plural(cells, "cell"), strings.Join(parts, "; "))
}

// jsonVersions is the JSON of restore: the copies, the latest first.
type jsonVersions struct {
	Workbook string        `json:"workbook"`
	Copies   []jsonVersion `json:"copies"`
}

type jsonVersion struct {
	At       string       `json:"at"` // UTC
	Path     string       `json:"path"`
	Bytes    int64        `json:"bytes"`
	Reason   string       `json:"reason"`
	Cells    int          `json:"cells"`
	Changes  []jsonChange `json:"changes"`
	Conflict string       `json:"conflict"`
}

type jsonChange struct {
	Sheet  string `json:"sheet"`
	Column string `json:"column"`
	Cells  int    `json:"cells"`
}

func versionsDocument(named string, versions []batch.Version) jsonVersions {
	doc := jsonVersions{Workbook: filepath.ToSlash(named), Copies: []jsonVersion{}}
	for _, v := range versions {
		j := jsonVersion{At: v.At.UTC().Format(time.RFC3339), Path: v.Path, Bytes: v.Size, Changes: []jsonChange{}}
		if v.Write != nil {
			j.Reason, j.Conflict = v.Write.Reason, v.Write.Kept.Path
			for _, c := range v.Write.Changes {
				j.Cells += c.Cells
				j.Changes = append(j.Changes, jsonChange(c))
			}
		}
		doc.Copies = append(doc.Copies, j)
	}
	return doc
}
