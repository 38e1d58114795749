package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestLooksReadBack lets another library say how cells with each look are shown.
func TestLooksReadBack(t *testing.T) {
	s := mustStyles(t, plainStyles)
	var cells strings.Builder
	type cell struct {
		base int
		look Look
	}
	var made []cell
	for base := range 5 {
		for _, look := range allLooks {
			made = append(made, cell{base, look})
			fmt.Fprintf(&cells, `<row r="%d"><c r="A%[1]d" s="%d"><v>46154</v></c></row>`, len(made), mustXF(t, s, base, look))
		}
	}
	parts := with(bookParts(worksheet(cells.String(), "")), "xl/styles.xml", string(s.bytes()))
	// excelize tells colours only where there is a theme.
	parts = with(parts, "xl/_rels/workbook.xml.rels", rels("worksheet worksheets/sheet1.xml", "styles styles.xml", "sharedStrings sharedStrings.xml", "theme theme/theme1.xml"))
	parts = with(parts, "xl/theme/theme1.xml", `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="T"><a:themeElements/></a:theme>`)
	f, err := excelize.OpenReader(bytes.NewReader(pkg(t, parts...)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	style := func(row int) *excelize.Style {
		id, err := f.GetCellStyle("Data", CellName(row, 1))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for i, c := range made {
		got := style(i + 1)
		if c.look == Date {
			if shown, err := f.GetCellValue("Data", CellName(i+1, 1)); err != nil || shown != "12/05/2026" {
				t.Errorf("base %d: a date is shown as %q, %v", c.base, shown, err)
			}
		}
		if want, ok := c.look.colours(); ok {
			if got.Fill.Type != "pattern" || got.Fill.Pattern != 1 || len(got.Fill.Color) != 1 || got.Fill.Color[0] != want.fill {
				t.Errorf("base %d, look %d: fill %+v, want %s", c.base, c.look, got.Fill, want.fill)
			}
			if got.Font.Color != want.font {
				t.Errorf("base %d, look %d: font colour %q, want %s", c.base, c.look, got.Font.Color, want.font)
			}
		}
		if c.base == 1 {
			if !got.Font.Bold || got.Font.Family != "Arial" || got.Font.Size != 12 || !got.Alignment.WrapText || len(got.Border) != 1 || got.Protection.Locked {
				t.Errorf("look %d: font, border, alignment or protection is gone: %+v", c.look, got)
			}
		}
	}
}

// corpusParts gives the parts of the corpus' workbooks that have one of these root elements, by a name fit for a file.
func corpusParts(t *testing.T, root string) map[string][]byte {
	t.Helper()
	opens := regexp.MustCompile(`<(\w+:)?` + root + `[\s/>]`)
	found := map[string][]byte{}
	for name, path := range corpus(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			continue // the corpus holds damaged ones
		}
		for _, e := range z.File {
			if !strings.HasSuffix(e.Name, ".xml") || !strings.Contains(e.Name, root[1:5]) || e.UncompressedSize64 > 16<<20 {
				continue // "tyle", "able": the name of the entry tells enough to be quick
			}
			r, err := e.Open()
			if err != nil {
				continue
			}
			part, err := io.ReadAll(r)
			if err == nil && opens.Match(part[:min(len(part), 2000)]) {
				found[strings.NewReplacer("/", "_", " ", "_").Replace(name+"_"+e.Name)] = part
			}
		}
	}
	return found
}

// TestStylesOfTheCorpus puts every look on cell formats of every styles part: nothing but the ends of lists changes, a
// second time nothing at all, and the schema has nothing to say that it did not say before.
func TestStylesOfTheCorpus(t *testing.T) {
	before, after := corpusParts(t, "styleSheet"), map[string][]byte{}
	refused := 0
	for name, part := range before {
		s, err := newStyleSheet(part)
		if err != nil {
			t.Logf("%s: refused: %v", name, err)
			refused++
			continue
		}
		bases := min(8, max(1, s.cellXfs.old))
		put := func(s *styleSheet) []int {
			var xfs []int
			for base := range bases {
				for _, look := range allLooks {
					xf, err := s.xf(base, look)
					if err != nil {
						t.Logf("%s: refused: %v", name, err)
						refused++
						return nil
					}
					xfs = append(xfs, xf)
				}
			}
			return xfs
		}
		xfs := put(s)
		if xfs == nil {
			continue
		}
		after[name] = s.bytes()
		checkAppended(t, string(part), after[name])
		again, err := newStyleSheet(after[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if now := put(again); fmt.Sprint(now) != fmt.Sprint(xfs) || !bytes.Equal(again.bytes(), after[name]) {
			t.Errorf("%s: a second run grows", name)
		}
	}
	t.Logf("%d parts, %d refused", len(before), refused)
	if refused > len(before)/50 {
		t.Errorf("%d of %d are refused", refused, len(before))
	}
	noNewViolations(t, before, after)
}

// TestTablesOfTheCorpus grows every table, or refuses it with a reason.
func TestTablesOfTheCorpus(t *testing.T) {
	before, after := corpusParts(t, "table"), map[string][]byte{}
	for name, part := range before {
		table, err := parseTable(name, part)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		grown, err := growTable(part, table, []string{"Registration Status", "Next\nAction"})
		if err != nil {
			t.Logf("refused: %v", err)
			continue
		}
		after[name] = grown
	}
	t.Logf("%d of %d tables grown", len(after), len(before))
	if len(after) < len(before)*2/3 {
		t.Errorf("only %d of %d tables grow", len(after), len(before))
	}
	noNewViolations(t, before, after)
}

// noNewViolations holds parts against the schema of SpreadsheetML in $REGCERT_SCHEMAS: what it says of one in after it
// must have said of the same one in before.
func noNewViolations(t *testing.T, before, after map[string][]byte) {
	t.Helper()
	dir := folder("REGCERT_SCHEMAS")
	lint, err := exec.LookPath("xmllint")
	if dir == "" || err != nil {
		if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
			t.Fatalf("REGCERT_SCHEMAS is %q, xmllint: %v", dir, err)
		}
		t.Log("not checked against the schema: REGCERT_SCHEMAS is not set, or there is no xmllint")
		return
	}
	check := func(parts map[string][]byte) map[string]map[string]bool {
		tmp := t.TempDir()
		args := []string{"--noout", "--schema", filepath.Join(dir, "sml.xsd")}
		for name := range after {
			path := filepath.Join(tmp, name)
			write(t, path, parts[name])
			args = append(args, path)
		}
		out, _ := exec.Command(lint, args...).CombinedOutput() // its exit code only says that there was something
		said := map[string]map[string]bool{}
		line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(tmp) + `/([^:\n]+):\d+: (.*)$`)
		for _, m := range line.FindAllStringSubmatch(string(out), -1) {
			if said[m[1]] == nil {
				said[m[1]] = map[string]bool{}
			}
			said[m[1]][m[2]] = true
		}
		if n := strings.Count(string(out), " validates\n"); n == 0 {
			t.Errorf("no part validates: the check itself is wrong\n%.500s", out)
		}
		return said
	}
	was, is := check(before), check(after)
	for name, said := range is {
		for what := range said {
			if !was[name][what] {
				t.Errorf("%s: %s", name, what)
			}
		}
	}
	t.Logf("%d parts held against the schema, %d of them had violations before", len(after), len(was))
}
