package samples

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/policy"
)

func makeBig(t *testing.T, rows int, seed uint64) []byte {
	t.Helper()
	var made bytes.Buffer
	if err := WriteRegister(&made, Register{Rows: rows, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	return made.Bytes()
}

func TestRegisterIsJudged(t *testing.T) {
	const rows = 5000
	report := judge(t, []Workbook{{"register.xlsx", makeBig(t, rows, 1)}})
	if len(report.Rows) != rows {
		t.Fatalf("%d records of %d rows", len(report.Rows), rows)
	}
	if unknown := report.Rows[0].Record.Sheet.Unknown; len(unknown) != 1 || unknown[0] != "Ethnicity" {
		t.Errorf("unknown columns: %q", unknown)
	}
	count := map[string]int{}
	for _, r := range report.Rows {
		count[r.Status]++
	}
	if n := count["Registered"]; n < rows*8/10 || n > rows*98/100 {
		t.Errorf("%d of %d are registered", n, rows)
	}
	for _, status := range []string{"Registered late", "Awaiting confirmation", "Due", "Not started"} {
		if count[status] == 0 {
			t.Errorf("nobody is %q: %v", status, count)
		}
	}
	raised := map[policy.Severity]int{}
	for _, f := range report.Findings {
		raised[f.Severity]++
	}
	if raised[policy.Data] == 0 || raised[policy.Data] > rows/20 {
		t.Errorf("%d cells of %d rows are to be corrected", raised[policy.Data], rows)
	}
}

// A second reader must see what was meant.
func TestRegisterAsExcelizeSeesIt(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(makeBig(t, 3, 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Enrolments")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || len(rows[0]) != BigColumns {
		t.Fatalf("%d rows, %d headings", len(rows), len(rows[0]))
	}
	for i, h := range bigHeadings {
		if rows[0][i] != h {
			t.Errorf("heading %d is %q, not %q", i+1, rows[0][i], h)
		}
	}
	for _, row := range rows[1:] {
		cell := map[string]string{}
		for i, v := range row {
			cell[bigHeadings[i]] = v
		}
		if len(cell["ULN"]) != 10 || cell["Email"] == "" || cell["ID Verified"] != "Yes" {
			t.Errorf("a row reads %q", row)
		}
		for _, h := range []string{"Date of Birth", "Course Start", "Submitted to AIM"} {
			if _, ok := parseDate(cell[h]); !ok {
				t.Errorf("%s shows %q", h, cell[h])
			}
		}
	}
}

func TestRegisterFollowsItsSeed(t *testing.T) {
	first := makeBig(t, 200, 1)
	if !bytes.Equal(first, makeBig(t, 200, 1)) {
		t.Error("the same seed makes other bytes")
	}
	if bytes.Equal(first, makeBig(t, 200, 2)) {
		t.Error("another seed makes the same bytes")
	}
}

// A narrow register has the rows of a wide one in fewer columns.
func TestNarrowRegister(t *testing.T) {
	read := func(r Register) [][]string {
		t.Helper()
		var made bytes.Buffer
		if err := WriteRegister(&made, r); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(&made)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		rows, err := book.GetRows("Enrolments")
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	wide, narrow := read(Register{Rows: 200, Seed: 1}), read(Register{Rows: 200, Seed: 1, Columns: NarrowColumns()})
	if len(narrow) != 201 || !slices.Equal(narrow[0], NarrowColumns()) {
		t.Fatalf("%d rows under %q", len(narrow), narrow[0])
	}
	cell := func(row []string, col int) string {
		if col < len(row) {
			return row[col]
		}
		return ""
	}
	for i := range narrow {
		for j, h := range NarrowColumns() {
			if got, want := cell(narrow[i], j), cell(wide[i], slices.Index(bigHeadings[:], h)); got != want {
				t.Errorf("%s of row %d is %q, not %q", h, i+1, got, want)
			}
		}
	}
}

// Several registers are of different learners.
func TestRegistersShareNoLearner(t *testing.T) {
	var set []Workbook
	for i := range 3 {
		var made bytes.Buffer
		if err := WriteRegister(&made, Register{Rows: 100, After: i * 100, Seed: uint64(i)}); err != nil {
			t.Fatal(err)
		}
		set = append(set, Workbook{fmt.Sprintf("%d.xlsx", i), made.Bytes()})
	}
	report := judge(t, set)
	learners := map[string]bool{}
	for _, r := range report.Rows {
		learners[r.Record.LearnerID()] = true
	}
	if len(learners) != 300 {
		t.Errorf("%d learners instead of 300", len(learners))
	}
	for _, f := range report.Findings {
		if f.Rule == "DAT-05" {
			t.Errorf("a learner is enrolled twice: %s", f.Message)
		}
	}
}

func TestULN(t *testing.T) {
	const some = 200_000
	seen := make(map[string]bool, some)
	for n := range some {
		u := uln(n)
		sum := 0
		for i := range u {
			sum += (10 - i) * int(u[i]-'0')
		}
		if len(u) != 10 || u[0] == '0' || sum%11 != 10 {
			t.Fatalf("%d: %s is not right", n, u)
		}
		if seen[u] {
			t.Fatalf("%d: %s comes twice", n, u)
		}
		seen[u] = true
	}
}

func BenchmarkWriteRegister(b *testing.B) {
	for b.Loop() {
		if err := WriteRegister(io.Discard, Register{Rows: 10_000, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
