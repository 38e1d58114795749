package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/samples"
)

func TestSteps(t *testing.T) {
	dir := t.TempDir()
	made, rewritten := filepath.Join(dir, "register.xlsx"), filepath.Join(dir, "rewritten.xlsx")
	for _, args := range [][]string{{"make", made, "300"}, {"floor", made}, {"read", made}, {"excelize", made, rewritten}} {
		if err := step(args[0], args[1:]); err != nil {
			t.Fatalf("%s: %v", args[0], err)
		}
	}
	book, err := excelize.OpenFile(rewritten)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Enrolments")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 301 || rows[300][samples.BigColumns] != "Registered" {
		t.Errorf("%d rows, the last is %q", len(rows), rows[len(rows)-1])
	}
}

func TestStepsFailOnWhatIsNoRegister(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.xlsx")
	for _, args := range [][]string{{"floor", missing}, {"read", missing}, {"excelize", missing, missing}, {"make", missing, "many"}, {"make", missing}, {"dance"}} {
		if err := step(args[0], args[1:]); err == nil {
			t.Errorf("%q succeeds", args)
		}
	}
}

func took(name string, memory int64, milliseconds ...int) measurement {
	m := measurement{name: name, memory: memory}
	for _, ms := range milliseconds {
		m.wall = append(m.wall, time.Duration(ms)*time.Millisecond)
	}
	m.work = m.wall
	return m
}

func TestTable(t *testing.T) {
	b := &bench{options: options{rows: 100_000}, size: 12e6, done: []measurement{
		took(floor, 9e6, 900, 800, 700), took(firstRun, 301e6, 2500, 2400, 2300), took(secondRun, 200e6, 1600), took(check, 200e6, 1000), took(library, 2.2e9, 37_000),
	}}
	var out strings.Builder
	if err := b.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"100,000 rows × 28 columns, 12 MB",
		"deflate it 0.80 s 0.70 s 0.90 s 0.80 s 9.0 MB 1.00",
		"kept first run against the floor: 3.00, at most 3",
		"kept first run against excelize: 0.06, at most 0.1",
		"missed second run against the read alone: 1.60, at most 1.5",
		"missed peak memory of the first run: 301 MB, at most 300 MB",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "busy") {
		t.Errorf("the machine was not busy:\n%s", out.String())
	}
}

// What was not measured is neither kept nor missed.
func TestTableWithoutExcelize(t *testing.T) {
	b := &bench{done: []measurement{took(floor, 0, 100), took(firstRun, 0, 200)}}
	var out strings.Builder
	if err := b.print(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "kept") + strings.Count(out.String(), "missed"); got != 1 || !strings.Contains(out.String(), "unknown") {
		t.Errorf("the table is:\n%s", out.String())
	}
}

func TestBusyMachine(t *testing.T) {
	busy := took(floor, 0, 900)
	busy.work = []time.Duration{400 * time.Millisecond}
	var out strings.Builder
	if err := (&bench{done: []measurement{busy}}).print(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "the floor waited 0.90 s for 0.40 s of work") {
		t.Errorf("the table is:\n%s", out.String())
	}
}
