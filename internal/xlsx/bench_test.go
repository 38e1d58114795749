package xlsx

import (
	"bytes"
	"sync"
	"testing"

	"github.com/klauspost/compress/flate"
)

// big is a package with a sheet of 100,000 rows × 28 columns, made once, and the size of that sheet.
var big = sync.OnceValues(func() ([]byte, int64) {
	sheet, sst := bigSheet(100_000, 28)
	t := &testing.B{}
	return book(t, sheet, sst...), int64(len(sheet))
})

// bigPatch writes four cells into every row, as a run does: three looks, one date.
func bigPatch(b *testing.B, f *File) []SheetPatch {
	b.Helper()
	texts := []string{"At risk", "Register with the awarding organisation by 15 May", "Registered"}
	var edits []Edit
	for row := 2; row <= 100_000; row++ {
		edits = append(edits,
			Edit{Row: row, Col: 29, Value: TextValue(texts[row%3]), Look: Red + Look(row%3), NeighbourCol: 28},
			Edit{Row: row, Col: 30, Value: DateValue(46000 + row%300), Look: Date, NeighbourCol: 28},
			Edit{Row: row, Col: 31, Value: TextValue(texts[(row+1)%3]), Look: Plain, NeighbourCol: 28},
			Edit{Row: row, Col: 32, Value: DateValue(46000), Look: Date, NeighbourCol: 28})
	}
	return []SheetPatch{{Sheet: f.Sheets()[0], Edits: edits}}
}

func BenchmarkFloorInflate(b *testing.B) {
	data, size := big()
	a, err := readArchive(data, DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	e := a.byName["xl/worksheets/sheet1.xml"]
	buf := make([]byte, chunk)
	b.SetBytes(size)
	for b.Loop() {
		if err := drain(a.inflate(e), buf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFloorDeflate(b *testing.B) {
	data, size := big()
	a, _ := readArchive(data, DefaultLimits())
	sheet, err := a.read(a.byName["xl/worksheets/sheet1.xml"])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, flate.BestSpeed)
		_, _ = w.Write(sheet)
		_ = w.Close()
		b.ReportMetric(float64(out.Len()), "bytes/file")
	}
}

func BenchmarkOpen(b *testing.B) {
	data, size := big()
	b.SetBytes(size)
	for b.Loop() {
		if _, err := Open(data, DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRows takes rows apart that are in memory: what the scanner costs without inflating.
func BenchmarkRows(b *testing.B) {
	data, size := big()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	sheet, err := f.zip.read(f.sheets[0].entry)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		r, err := newReader(sheet, f.lim)
		if err != nil {
			b.Fatal(err)
		}
		sc := &sheetScan{reader: r, f: f}
		n := 0
		for row, err := sc.row(); row != nil || err != nil; row, err = sc.row() {
			if err != nil {
				b.Fatal(err)
			}
			n += len(row.Cells)
		}
		if n != 2_800_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	data, size := big()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		n := 0
		if err := f.sheets[0].Scan(func(r *Row) error { n += len(r.Cells); return nil }); err != nil || n != 2_800_000 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	data, size := big()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	patches := bigPatch(b, f)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := f.Patch(patches); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProve(b *testing.B) {
	data, size := big()
	f, err := Open(data, DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	patches := bigPatch(b, f)
	after, err := f.Patch(patches)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		if err := Prove(data, after, patches, DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
