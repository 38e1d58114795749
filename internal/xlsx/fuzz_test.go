package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// seedRows are rows in many forms, for the fuzz targets.
var seedRows = []string{
	`<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><f>A1</f><v>2</v></c></row>`,
	`<row r="2" spans="1:3" ht="15"/><row r="9"><c r="C9" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>`,
	`<row><c><v>1</v></c><c t="b"><v>1</v></c></row> <!-- x --> <row r='7'><c r='B7' t='e'><v>#N/A</v></c ></row>`,
	`<row r="1"><c r="A1" t="str"><f t="array" ref="A1:B2">x</f><v>a&amp;b</v></c></row><row r="2"><c r="A2"><v><![CDATA[1]]></v></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c><c r="B1" t="d"><v>2026-01-01</v></c><c r="C1" s=""/></row>`,
	`<row r="1" hidden="1"><c r="A1"><extLst><ext/></extLst></c><y:z/></row>`,
	"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>_x000D_\r\né😀</v></c></row>",
}

var tightLimits = Limits{File: 1 << 20, Unpacked: 1 << 20, Entries: 50, Ratio: 1000, RatioFloor: 1 << 10, Depth: 32, Part: 1 << 18, Strings: 1 << 18}

// FuzzOpen: whatever the bytes, Open and Scan end with a Refusal or with values.
func FuzzOpen(f *testing.F) {
	for _, rows := range seedRows {
		f.Add(book(f, worksheet(rows, ""), "<t>a</t>"))
	}
	f.Add([]byte("PK\x05\x06"))
	f.Add(ole("EncryptedPackage"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(data, tightLimits)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		for _, s := range file.Sheets() {
			err := s.Scan(func(r *Row) error {
				for i := range r.Cells {
					_, _ = r.Cells[i].Text(), r.Cells[i].IsDateFormat()
					r.Cells[i].Number()
				}
				return nil
			})
			if err != nil {
				mustRefuse(t, err)
			}
		}
	})
}

func mustRefuse(t *testing.T, err error) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not a Refusal: %v (%T)", err, err)
	}
	if r.Kind == "" || r.Detail == "" {
		t.Fatalf("says nothing: %+v", r)
	}
}

// sheetFile is a File with one sheet of that text, without a package around it.
func sheetFile(t testing.TB, sheet string) *File {
	parts := bookParts(sheet, "<t>a</t>", "<t>b &amp; c</t>")
	for i := range parts {
		parts[i].store = true
	}
	file, err := Open(pkg(t, parts...), DefaultLimits())
	if err != nil {
		t.Skip(err)
	}
	return file
}

// FuzzRow: the quick way and the thorough way through a row see the same, however the bytes come in.
func FuzzRow(f *testing.F) {
	for _, rows := range seedRows {
		f.Add(rows, uint16(7))
	}
	file := sheetFile(f, worksheet("", ""))
	f.Fuzz(func(t *testing.T, rows string, cut uint16) {
		scan := func(slow bool) (string, error) {
			p := newRowParser(file, nil, 20)
			p.slow = slow
			var out strings.Builder
			for b := []byte(rows); len(b) > 0; {
				n, err := p.parse(b, true)
				if err != nil {
					return out.String(), err
				}
				describe(&out, &p.row)
				p.last = p.row.Num
				b = b[n:]
			}
			return out.String(), nil
		}
		quick, err1 := scan(false)
		slow, err2 := scan(true)
		if (err1 == nil) != (err2 == nil) || quick != slow {
			t.Fatalf("quick: %s %v\nslow:  %s %v", quick, err1, slow, err2)
		}
		// With less than all of the row there, more is asked for, or the same error found.
		if n := int(cut) % (len(rows) + 1); err1 == nil && n < len(rows) {
			p := newRowParser(file, nil, 20)
			if got, err := p.parse([]byte(rows[:n]), false); err == nil && !bytes.HasSuffix([]byte(rows[:got]), []byte(">")) {
				t.Fatalf("a row of %d bytes, %q", got, rows[:got])
			} else if err != nil && err != errMore {
				t.Fatalf("cut at %d: %v", n, err)
			}
		}
	})
}

func describe(out *strings.Builder, r *Row) {
	fmt.Fprintf(out, "row %d %v %d %v %v:", r.Num, r.Hidden, r.shut, r.alien, r.areas)
	for i := range r.Cells {
		c := &r.Cells[i]
		fmt.Fprintf(out, " [%d %d %d %v %v %v %d-%d %q]", c.Col, c.Style, c.Kind, c.Formula, c.NoValue, c.str, c.start, c.end, c.Text())
	}
}

// FuzzSheet: a worksheet of any bytes is scanned, or refused.
func FuzzSheet(f *testing.F) {
	for _, rows := range seedRows {
		f.Add([]byte(worksheet(rows, `<dimension ref="A1:B2"/>|<mergeCells><mergeCell ref="D1:E2"/></mergeCells>`)))
		f.Add([]byte(prefixed(worksheet(rows, ""))))
	}
	f.Add([]byte("\xEF\xBB\xBF<worksheet/>"))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		file := sheetFile(t, string(sheet))
		if err := file.Sheets()[0].Scan(func(*Row) error { return nil }); err != nil {
			mustRefuse(t, err)
		}
	})
}

// FuzzPatch: cells at any place of any worksheet are refused, or written so that the proof holds, they are read back as
// asked, and every other cell is read as before.
func FuzzPatch(f *testing.F) {
	for i, rows := range seedRows {
		f.Add([]byte(worksheet(rows, `<dimension ref="A1:B2"/>|<mergeCells><mergeCell ref="D1:E2"/></mergeCells>`)), "text", uint64(i))
		f.Add([]byte(prefixed(worksheet(rows, ""))), " _x0041_ <&\n", uint64(i))
	}
	f.Add([]byte(strings.Replace(worksheet("", ""), "<sheetData></sheetData>", "<sheetData/>", 1)), "", uint64(1))
	f.Fuzz(func(t *testing.T, sheet []byte, text string, seed uint64) {
		file := sheetFile(t, string(sheet))
		edits := randomEdits(rand.New(rand.NewPCG(seed, 1)), text)
		mustPatch(t, file, SheetPatch{Sheet: file.Sheets()[0], Edits: edits})
	})
}

// mustPatch writes cells into the first sheet, and holds the result to what Patch promises.
func mustPatch(t *testing.T, file *File, sp SheetPatch) {
	t.Helper()
	patches := []SheetPatch{sp}
	after, err := file.Patch(patches)
	if err != nil {
		mustRefuse(t, err)
		return
	}
	// A package that was just below a limit may be just above it with the new cells: tight limits are for reading.
	if err := Prove(file.zip.data, after, patches, DefaultLimits()); err != nil {
		t.Fatalf("patched, but not proved: %v", err)
	}
	again, err := Open(after, DefaultLimits())
	if err != nil {
		t.Fatalf("patched, but not opened: %v", err)
	}
	want := values(t, file)
	for _, c := range sp.NewColumns {
		want[CellName(sp.HeaderRow, c.Col)] = c.Heading
	}
	for _, e := range sp.Edits {
		place := CellName(e.Row, e.Col)
		switch {
		case e.Value.kind == Number:
			want[place] = fmt.Sprint(e.Value.serial)
		case e.Value.text != "":
			want[place] = e.Value.text
		default:
			delete(want, place)
		}
	}
	if got := values(t, again); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}

// randomEdits are a few cells among the first ones of a sheet, in order.
func randomEdits(r *rand.Rand, text string) []Edit {
	var edits []Edit
	for row := 1; row <= 10; row++ {
		for col := 1; col <= 5; col++ {
			if r.IntN(6) > 0 {
				continue
			}
			e := Edit{Row: row, Col: col, Look: Look(r.IntN(7)), NeighbourCol: r.IntN(4)}
			switch r.IntN(4) {
			case 0:
			case 1:
				e.Value = DateValue(46000 + r.IntN(500))
				e.Look = Date
			default:
				e.Value = TextValue(text)
			}
			edits = append(edits, e)
		}
	}
	return edits
}

// values gives the cells of the first sheet that hold some text, by reference.
func values(t *testing.T, f *File) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := f.Sheets()[0].Scan(func(r *Row) error {
		for i := range r.Cells {
			if v := r.Cells[i].Text(); v != "" {
				got[CellName(r.Num, r.Cells[i].Col)] = v
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("patched, but not scanned: %v", err)
	}
	return got
}
