package xlsx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// folder is the folder that an environment variable names, "" where it is not set. A relative one is taken from the
// root of the module, where people stand when they call go test.
func folder(variable string) string {
	dir := os.Getenv(variable)
	if dir == "" || filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join("..", "..", dir)
}

// corpus gives the workbooks of $REGCERT_CORPUS, by their path under it.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	root := folder("REGCERT_CORPUS")
	if root == "" {
		if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
			t.Fatal("REGCERT_CORPUS is not set")
		}
		t.Skip("REGCERT_CORPUS is not set")
	}
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(strings.ToLower(filepath.Ext(path)), ".xls") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = path
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no workbook in %s", root)
	}
	if raced { // races show in some of them as in all
		for i, name := range sortedKeys(files) {
			if i%8 > 0 {
				delete(files, name)
			}
		}
	}
	return files
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// outcome is what becomes of one workbook of the corpus; it is what NAME.json holds.
type outcome struct {
	Sheet   string            `json:"sheet,omitempty"`
	Cells   map[string]string `json:"cells,omitempty"`
	Refused string            `json:"refused,omitempty"`
	after   []byte
	kind    RefusalKind
}

// TestCorpusPatch writes three cells into the first worksheet of every workbook of the corpus: one that exists, one that
// is new in its row, and a new row. Each is either proved or refused for a reason, in good time.
func TestCorpusPatch(t *testing.T) {
	out := folder("REGCERT_CORPUS_OUT")
	files := corpus(t)
	counts, programs := map[string]int{}, producers{}
	before, after := map[string][]byte{}, map[string][]byte{}
	for _, name := range sortedKeys(files) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		got, err := patchThree(data)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		programs.add(data, got.Refused == "")
		if got.Refused != "" {
			counts["refused, "+string(got.kind)]++
			t.Logf("%s: refused: %s", name, got.Refused)
		} else {
			counts["proved"]++
			programs.addFeatures(t, data)
			for _, rule := range newlyBroken(t, data, got.after) {
				t.Errorf("%s: breaks a rule: %s", name, rule)
			}
			addParts(t, name, data, got.after, before, after)
		}
		if out != "" {
			writeOutcome(t, filepath.Join(out, filepath.FromSlash(name)), got)
		}
	}
	for _, k := range sortedKeys(counts) {
		fmt.Printf("corpus: %4d %s\n", counts[k], k)
	}
	if counts["proved"] == 0 {
		t.Error("not one workbook could be patched")
	}
	if !raced {
		programs.check(t)
	}
	noNewViolations(t, before, after)
}

// addParts takes up the parts that a patch changed, for the schema to look at.
func addParts(t *testing.T, name string, data, patched []byte, before, after map[string][]byte) {
	t.Helper()
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	b, err := readArchive(patched, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range a.entries {
		y := b.entries[i]
		if x.crc == y.crc || x.size > 4<<20 {
			continue
		}
		key := strings.NewReplacer("/", "_", " ", "_", `\`, "_", ":", "_").Replace(name + "_" + x.name)
		old, err := a.read(x)
		if err != nil {
			t.Fatal(err)
		}
		now, err := b.read(y)
		if err != nil {
			t.Fatal(err)
		}
		// Excel itself writes this attribute, though the schema does not have it.
		space := []byte(` xml:space="preserve"`)
		before[key], after[key] = bytes.ReplaceAll(old, space, nil), bytes.ReplaceAll(now, space, nil)
	}
}

// TestCorpusNewColumns adds two columns to the right of what is there, with headings and widths, on every worksheet, or
// on each by itself where one of them is refused; a table that ends there grows over them.
func TestCorpusNewColumns(t *testing.T) {
	files := corpus(t)
	before, after := map[string][]byte{}, map[string][]byte{}
	tables, sheets := 0, 0
	for _, name := range sortedKeys(files) {
		data, err := os.ReadFile(files[name])
		if err != nil {
			t.Fatal(err)
		}
		f, err := openWhole(data, DefaultLimits())
		if err != nil {
			continue
		}
		var all []SheetPatch
		for i, sheet := range f.Sheets() {
			if sp, err := newColumns(sheet); err == nil && sp.NewColumns[1].Col <= MaxCol && (i < 5 || len(sheet.Tables) > 0) {
				all = append(all, sp)
			}
		}
		if len(all) == 0 {
			continue
		}
		runs := [][]SheetPatch{all}
		if _, err := f.Patch(all); err != nil {
			runs = slices.Collect(slices.Chunk(all, 1))
		}
		for i, patches := range runs {
			made, err := f.Patch(patches)
			if err != nil {
				mustRefuse(t, err)
				t.Logf("%s: refused: %v", name, err)
				continue
			}
			if err := Prove(data, made, patches, DefaultLimits()); err != nil {
				t.Errorf("%s: patched, but not proved: %v", name, err)
				continue
			}
			for _, sp := range patches {
				sheets++
				if sp.GrowTable != "" {
					tables++
				}
			}
			for _, rule := range newlyBroken(t, data, made) {
				t.Errorf("%s: breaks a rule: %s", name, rule)
			}
			addParts(t, fmt.Sprintf("%s_%d", name, i), data, made, before, after)
		}
	}
	fmt.Printf("corpus: %4d worksheets with new columns, %d tables grew\n", sheets, tables)
	if tables < 20 && !raced {
		t.Errorf("only %d tables grew", tables)
	}
	noNewViolations(t, before, after)
}

func newColumns(sheet *Sheet) (SheetPatch, error) {
	sp := SheetPatch{Sheet: sheet, HeaderRow: 1}
	last := 1
	err := sheet.Scan(func(r *Row) error {
		if n := len(r.Cells); n > 0 {
			last = max(last, r.Cells[n-1].Col)
		}
		return nil
	})
	for _, table := range sheet.Tables {
		if table.Ref.LastCol >= last && table.HeaderRows == 1 {
			last, sp.HeaderRow, sp.GrowTable = table.Ref.LastCol, table.Ref.FirstRow, table.Name
		}
	}
	sp.NewColumns = []NewColumn{{Col: last + 1, Heading: "Registration Status", Width: 20}, {Col: last + 2, Heading: "Next\nAction", Width: 40.5}}
	sp.Edits = []Edit{{Row: sp.HeaderRow + 1, Col: last + 1, Value: TextValue("Overdue"), Look: Red, NeighbourCol: last}, {Row: sp.HeaderRow + 1, Col: last + 2, Value: TextValue("Register"), NeighbourCol: last}}
	return sp, err
}

func writeOutcome(t *testing.T, path string, got outcome) {
	t.Helper()
	js, err := json.MarshalIndent(got, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path+".json", append(js, '\n'), 0o644)
	}
	if err == nil && got.after != nil {
		err = os.WriteFile(path, got.after, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// patchThree makes the three cells and proves them. An error is one that must not be: a proof that fails, or an error
// which is no Refusal.
func patchThree(data []byte) (outcome, error) {
	lim := DefaultLimits()
	refused := func(err error) (outcome, error) {
		var r *Refusal
		if !errors.As(err, &r) {
			return outcome{}, fmt.Errorf("not a Refusal: %w", err)
		}
		return outcome{Refused: r.Error(), kind: r.Kind}, nil
	}
	f, err := openWhole(data, lim)
	if err != nil {
		return refused(err)
	}
	if len(f.Sheets()) == 0 {
		return outcome{Refused: "no worksheet", kind: NotWorkbook}, nil
	}
	sheet := f.Sheets()[0]
	existing, fresh, row, last, err := candidates(sheet)
	if err != nil {
		return refused(err)
	}
	// Where a cell belongs to a merged range, a pivot table and the like, the next one is tried.
	for try := 0; ; try++ {
		edits := []Edit{{Row: row, Col: 2, Value: TextValue("new row <&> ünïcode _x0041_"), Look: Amber}}
		for _, some := range [][]Edit{existing, fresh} {
			if len(some) > 0 {
				edits = append(edits, some[0])
			}
		}
		slices.SortFunc(edits, compareEdits)
		patches := []SheetPatch{{Sheet: sheet, Edits: edits}}
		after, err := f.Patch(patches)
		var r *Refusal
		if errors.As(err, &r) && r.Kind == Occupied && try < 200 {
			taken := func(some []Edit) bool {
				return len(some) > 0 && strings.HasSuffix(r.Part, "!"+CellName(some[0].Row, some[0].Col))
			}
			switch {
			case taken(existing) && len(existing) > 1:
				existing = existing[1:]
				continue
			case taken(fresh) && len(fresh) > 1:
				fresh = fresh[1:]
				continue
			case strings.HasSuffix(r.Part, "!"+CellName(row, 2)) && row < last:
				row = last
				continue
			}
		}
		if err != nil {
			return refused(err)
		}
		if err := Prove(data, after, patches, lim); err != nil {
			return outcome{}, fmt.Errorf("patched, but not proved: %w", err)
		}
		got := outcome{Sheet: sheet.Name, Cells: map[string]string{}, after: after}
		for _, e := range edits {
			got.Cells[CellName(e.Row, e.Col)] = e.Value.text
		}
		return got, nil
	}
}

// candidates gives cells that hold a value and no formula, cells that may be added to an existing row, and the number of
// a row that is not there: one between others, if there is one; and of the first one behind them all.
func candidates(sheet *Sheet) (existing, fresh []Edit, row, last int, err error) {
	gap := 0
	err = sheet.Scan(func(r *Row) error {
		if r.Num > last+1 && last > 0 && gap == 0 {
			gap = last + 1
		}
		last = r.Num
		end := 0
		for i := range r.Cells {
			c := &r.Cells[i]
			end = c.Col
			if c.Kind != None && !c.Formula && len(existing) < 100 {
				existing = append(existing, Edit{Row: r.Num, Col: c.Col, Value: TextValue(" existing\n\"cell\" "), Look: Green})
			}
		}
		if end+2 <= MaxCol && len(fresh) < 100 {
			fresh = append(fresh, Edit{Row: r.Num, Col: end + 2, Value: TextValue("new cell"), Look: Red})
		}
		return nil
	})
	last++
	if row = gap; row == 0 {
		row = last
	}
	return existing, fresh, row, last, err
}
