package realparts

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSchemas holds every part that regcert changed against the published
// schema of SpreadsheetML: it must have no fault that it had not before.
func TestSchemas(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	odd, _ := oddWorkbooks(t)
	kinds := map[string]int{}
	for _, set := range [][]string{sampleWorkbooks(t), odd, grownWorkbooks(t)} {
		c := newCentre(t, set)
		c.run(t)
		for _, path := range set {
			name := filepath.Base(path)
			before, after := entries(t, readFile(t, path)), entries(t, readFile(t, c.workbook(name)))
			if !slices.Equal(before.names, after.names) {
				t.Errorf("%s has the parts %q, had %q", name, after.names, before.names)
			}
			for _, part := range after.names {
				if !bytes.Equal(before.content[part], after.content[part]) {
					kinds[v.add(name+" "+part, transitional(before.content[part]), transitional(after.content[part]))]++
				}
			}
		}
	}
	for _, root := range []string{"worksheet", "styleSheet", "table", "workbook"} {
		if kinds[root] == 0 {
			t.Errorf("no part with the root %s was changed: %v", root, kinds)
		}
	}
	t.Logf("changed parts: %v", kinds)

	// The validator itself must tell right from wrong.
	const right = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"/></row></sheetData></worksheet>`
	control := v.add("control", []byte(right), []byte(strings.Replace(right, `r="A1"`, `r="A1" x="1"`, 1)))
	faults := v.faults(t)
	if control != "worksheet" || len(faults["control"]) != 1 {
		t.Errorf("of one fault in the control, %q were found", faults["control"])
	}
	delete(faults, "control")
	for part, what := range faults {
		for _, f := range what {
			t.Errorf("%s: %s", part, f)
		}
	}
}

// transitional writes a part of the strict variant in the other one, for which
// the schema is.
func transitional(part []byte) []byte {
	part = bytes.ReplaceAll(part, []byte("http://purl.oclc.org/ooxml/spreadsheetml/main"), []byte("http://schemas.openxmlformats.org/spreadsheetml/2006/main"))
	return bytes.ReplaceAll(part, []byte("http://purl.oclc.org/ooxml/officeDocument/relationships"), []byte("http://schemas.openxmlformats.org/officeDocument/2006/relationships"))
}

// validator is xmllint with the schema, and the parts to put before it.
type validator struct {
	program, schema string
	parts           []string // their names
	dir             string   // their contents, each before and after
	t               *testing.T
}

func newValidator(t *testing.T) *validator {
	t.Helper()
	v := &validator{program: program(t, "xmllint"), dir: t.TempDir(), t: t}
	schemas := os.Getenv("REGCERT_SCHEMAS")
	if schemas == "" {
		missing(t, "REGCERT_SCHEMAS does not name the folder of the schemas")
	}
	if !filepath.IsAbs(schemas) {
		schemas = filepath.Join("..", "..", schemas) // from the root of the module
	}
	v.schema = filepath.Join(schemas, "sml.xsd")
	return v
}

var rootElement = regexp.MustCompile(`<(?:\w+:)?(\w+)[\s/>]`)

// add puts a part before the validator, and returns its root element.
func (v *validator) add(part string, before, after []byte) (root string) {
	v.t.Helper()
	n := strconv.Itoa(len(v.parts))
	v.parts = append(v.parts, part)
	writeFile(v.t, filepath.Join(v.dir, n+".before"), before)
	writeFile(v.t, filepath.Join(v.dir, n+".after"), after)
	m := rootElement.FindSubmatch(after)
	if m == nil {
		v.t.Fatalf("%s has no root element", part)
	}
	return string(m[1])
}

// faults returns what is wrong with the parts afterwards and was not before.
func (v *validator) faults(t *testing.T) map[string][]string {
	t.Helper()
	args := []string{"--noout", "--schema", v.schema}
	for n := range v.parts {
		path := filepath.Join(v.dir, strconv.Itoa(n))
		args = append(args, path+".before", path+".after")
	}
	printed, err := start(t, time.Minute, v.program, args...)
	if verdicts := strings.Count(printed, " validates\n") + strings.Count(printed, " fails to validate\n"); verdicts != 2*len(v.parts) {
		t.Fatalf("%d verdicts on %d parts, %v\n%.2000s", verdicts, 2*len(v.parts), err, printed)
	}
	said := map[string]map[string]int{} // by file, how often
	for _, m := range regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(v.dir)+`.(\d+\.\w+):\d+: (.*)$`).FindAllStringSubmatch(printed, -1) {
		if said[m[1]] == nil {
			said[m[1]] = map[string]int{}
		}
		said[m[1]][m[2]]++
	}
	faults := map[string][]string{}
	for n, part := range v.parts {
		for what, times := range said[strconv.Itoa(n)+".after"] {
			if times > said[strconv.Itoa(n)+".before"][what] {
				faults[part] = append(faults[part], what)
			}
		}
	}
	return faults
}
