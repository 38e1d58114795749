package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/cli"
	"regcert/internal/samples"
)

// TestMain makes of the test program what the bench starts: its own child
// processes, and regcert.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 2 && os.Args[1] == "-do":
		if step(os.Args[2], os.Args[3:]) != nil {
			os.Exit(1)
		}
	case len(os.Args) > 1 && slices.Contains([]string{"run", "check", "digest", "report"}, os.Args[1]):
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.System()))
	default:
		os.Exit(m.Run())
	}
}

func TestMeasurements(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{regcert: self, rows: 300, books: 3, large: 400, late: 300, runs: 1, excelize: true}
	b, err := newBench(o, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads(o) {
		if err := b.measureAll(l); err != nil {
			t.Fatal(err)
		}
	}
	text := printed(t, b)
	for _, want := range []string{"one register of 300 rows × 28 columns", "3 workbooks of 200 rows × 28 columns", "one register of 400 rows × 7 columns", "one register of 300 rows × 3 columns"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	for name, want := range map[string]int{limit: 3, floor: 3, readOnly: 3, firstRun: 3, secondRun: 3, check: 4, digest: 1, report: 1} {
		if got := strings.Count(text, name+" "); got != want {
			t.Errorf("%q was measured %d times, want %d:\n%s", name, got, want, text)
		}
	}
	if got := strings.Count(text, library+" "); got != 2 {
		t.Errorf("excelize was measured %d times:\n%s", got, text)
	}
}

// A run that does not do what is measured is no figure.
func TestNothingWritten(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	readOnly := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(readOnly, []byte("workbooks:\n  - {path: \"*.xlsx\", write_back: false}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := options{regcert: self, config: readOnly, rows: 20, runs: 1}
	b, err := newBench(o, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.measureAll(loads(o)[0]); err == nil || !strings.Contains(err.Error(), "has not written") {
		t.Errorf("the error is %v", err)
	}
}

func TestSteps(t *testing.T) {
	for name, columns := range map[string][]string{"wide": nil, "narrow": samples.NarrowColumns()} {
		t.Run(name, func(t *testing.T) {
			made, rewritten := t.TempDir(), t.TempDir()
			for _, args := range [][]string{{"make", made, "3", "300", strings.Join(columns, ",")}, {"hash", made}, {"floor", made}, {"read", made}, {"excelize", made, rewritten, "2"}} {
				if err := step(args[0], args[1:]); err != nil {
					t.Fatalf("%s: %v", args[0], err)
				}
			}
			if paths, err := booksIn(made); err != nil || len(paths) != 3 {
				t.Errorf("%q were made: %v", paths, err)
			}
			paths, err := booksIn(rewritten)
			if err != nil || len(paths) != 2 {
				t.Fatalf("%q were rewritten: %v", paths, err)
			}
			learners := map[string]bool{}
			for _, path := range paths {
				rows := rowsOf(t, path)
				if len(rows) != 301 || rows[300][samples.BigColumns] != "Registered" {
					t.Errorf("%d rows, the last is %q", len(rows), rows[len(rows)-1])
				}
				learners[rows[300][0]] = true
			}
			if len(learners) != 2 {
				t.Errorf("the workbooks are of the same learners: %v", learners)
			}
		})
	}
}

func rowsOf(t *testing.T, path string) [][]string {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestStepsFailOnWhatHoldsNoRegister(t *testing.T) {
	empty := t.TempDir()
	for _, args := range [][]string{
		{"hash", empty}, {"floor", empty}, {"read", empty}, {"excelize", empty, empty, "1"}, {"excelize", empty, empty, "all"},
		{"make", filepath.Join(empty, "none"), "1", "1", ""}, {"make", empty, "many", "1", ""}, {"make", empty, "1", "many", ""}, {"make", empty}, {"dance"},
	} {
		if err := step(args[0], args[1:]); err == nil {
			t.Errorf("%q succeeds", args)
		}
	}
}

func TestLoads(t *testing.T) {
	for _, test := range []struct {
		o    options
		want string
	}{
		{options{rows: 100_000, books: 500, large: 1_000_000, late: 48_000, runs: 5, excelize: true},
			"one register of 100,000 rows × 28 columns, 5 rounds, 1; 500 workbooks of 200 rows × 28 columns, 5 rounds, 20; one register of 1,000,000 rows × 7 columns, 3 rounds, 0; one register of 48,000 rows × 3 columns, 5 rounds, 0"},
		{options{rows: 300, runs: 1, excelize: true}, "one register of 300 rows × 28 columns, 1 rounds, 1"},
		{options{books: 4, runs: 1, excelize: true}, "4 workbooks of 200 rows × 28 columns, 1 rounds, 4"},
		{options{books: 4, runs: 2}, "4 workbooks of 200 rows × 28 columns, 2 rounds, 0"},
		{options{runs: 1}, ""},
	} {
		var got []string
		for _, l := range loads(test.o) {
			got = append(got, l.String()+", "+strconv.Itoa(l.rounds)+" rounds, "+strconv.Itoa(l.byLibrary))
		}
		if s := strings.Join(got, "; "); s != test.want {
			t.Errorf("%+v: %s\nwant %s", test.o, s, test.want)
		}
	}
}

// Every target is of loads that are measured.
func TestTargetsAreMeasured(t *testing.T) {
	known := map[string]bool{}
	for _, l := range loads(options{rows: 1, books: 1, large: 1, late: 1, watched: 1, runs: 1}) {
		known[l.name] = true
	}
	for _, g := range targets() {
		if !known[g.load] {
			t.Errorf("%q is of the load %q", g.what, g.load)
		}
	}
}

func took(load, name string, memory int64, milliseconds ...int) measurement {
	m := measurement{load: load1(load), name: name, memory: memory, scale: 1}
	for _, ms := range milliseconds {
		m.wall = append(m.wall, time.Duration(ms)*time.Millisecond)
	}
	m.work = m.wall
	return m
}

// load1 is the load of that name, as it is measured by default.
func load1(name string) load {
	for _, l := range loads(options{rows: 100_000, books: 500, large: 1_000_000, runs: 5, excelize: true}) {
		if l.name == name {
			return l
		}
	}
	return load{}
}

func printed(t *testing.T, b *bench) string {
	t.Helper()
	var out strings.Builder
	if err := b.print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTable(t *testing.T) {
	onSome := took(smallWorkbooks, library, 50e6, 1000)
	onSome.scale = 25
	text := printed(t, &bench{sizes: map[string]int64{largeRegister: 12e6, smallWorkbooks: 14e6, hugeRegister: 38e6}, done: []measurement{
		took(largeRegister, limit, 9e6, 20), took(largeRegister, floor, 9e6, 900, 800, 700), took(largeRegister, firstRun, 301e6, 2500, 2400, 2300), took(largeRegister, secondRun, 200e6, 1600),
		took(largeRegister, check, 200e6, 1000), took(largeRegister, library, 2.2e9, 37_000),
		took(smallWorkbooks, limit, 9e6, 30), took(smallWorkbooks, floor, 9e6, 500), took(smallWorkbooks, firstRun, 100e6, 2000), took(smallWorkbooks, secondRun, 100e6, 1000), onSome,
		took(hugeRegister, floor, 9e6, 3000), took(hugeRegister, firstRun, 1e9, 19_000),
	}})
	for _, want := range []string{
		"one register of 100,000 rows × 28 columns, 12 MB median",
		"500 workbooks of 200 rows × 28 columns, 14 MB median",
		"one register of 1,000,000 rows × 7 columns, 38 MB median",
		"deflate them 0.80 s 0.70 s 0.90 s 0.80 s 1.0 9.0 MB 125,000 rows 40.00 1.00",
		"every workbook is written 2.00 s 2.00 s 2.00 s 2.00 s 1.0 100 MB 250 workbooks 66.67 4.00",
		"(on 20 of them, × 25) 25.00 s 25.00 s 25.00 s 25.00 s 1.0 50 MB 20 workbooks 833.33 50.00",
		"All of them together, nothing to change: 2.60 s, 52 times what reading the files and hashing them takes (0.05 s).",
		"kept large register: first run against the floor: 3.00, at most 3",
		"kept large register: first run against excelize: 0.06, at most 0.1",
		"missed large register: second run against the read alone: 1.60, at most 1.5",
		"missed large register: peak memory of the first run: 301 MB, at most 300 MB",
		"kept small workbooks: first run against excelize: 0.08, at most 0.1",
		"missed huge register: first run against the floor: 6.33, at most 6",
		"kept huge register: peak memory of the first run: 1.0 GB, at most",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "busy") {
		t.Errorf("the machine was not busy:\n%s", text)
	}
}

// What was not measured is neither kept nor missed.
func TestTableWithoutExcelize(t *testing.T) {
	text := printed(t, &bench{done: []measurement{took(largeRegister, floor, 0, 100), took(largeRegister, firstRun, 0, 200)}})
	if got := strings.Count(text, "kept") + strings.Count(text, "missed"); got != 1 || !strings.Contains(text, "unknown") {
		t.Errorf("the table is:\n%s", text)
	}
}

func TestBusyMachine(t *testing.T) {
	busy := took(largeRegister, floor, 0, 900)
	busy.work = []time.Duration{400 * time.Millisecond}
	if text := printed(t, &bench{done: []measurement{busy}}); !strings.Contains(text, "waited 0.90 s for 0.40 s of work") {
		t.Errorf("the table is:\n%s", text)
	}
}
