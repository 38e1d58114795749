package realparts

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"regcert/internal/blank"
)

// TestEmptyWorkbooksOpen has LibreOffice open the workbooks of regcert new and
// save them again: every sheet, heading, list and filter is still there.
func TestEmptyWorkbooksOpen(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	made, err := blank.Workbooks()
	check(t, err)
	dir := t.TempDir()
	for _, w := range made {
		path := filepath.Join(dir, w.Name)
		check(t, os.WriteFile(path, w.Data, 0o644))
		was, saved := openBook(t, path), openBook(t, program.open(t, path)[path])
		if a, b := was.GetSheetList(), saved.GetSheetList(); !slices.Equal(a, b) {
			t.Fatalf("%s: the sheets are %q, and %q after LibreOffice", w.Name, a, b)
		}
		for _, sheet := range was.GetSheetList() {
			want, err := was.GetRows(sheet)
			check(t, err)
			got, err := saved.GetRows(sheet)
			check(t, err)
			if len(got) < 1 || len(want) < 1 || !slices.Equal(got[0], want[0]) {
				t.Errorf("%s: the headings are %q, and %q after LibreOffice", sheet, want, got)
			}
			lists, err := was.GetDataValidations(sheet)
			check(t, err)
			kept, err := saved.GetDataValidations(sheet)
			check(t, err)
			words := func(typ string) (before, after int) {
				for _, r := range lists {
					if r.Type == typ {
						before++
					}
				}
				for _, r := range kept {
					if r.Type == typ {
						after++
					}
				}
				return before, after
			}
			for _, typ := range []string{"list", "date"} {
				if before, after := words(typ); (before > 0) != (after > 0) || after > before { // equal ones are put together
					t.Errorf("%s: %d columns offer a %s, and %d after LibreOffice", sheet, before, typ, after)
				}
			}
		}
	}
}
