package actionlist

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

var monday = calendar.NewDate(2026, time.May, 11)

// sample is a workbook with a table of each kind of cell, and an empty one.
func sample() *Book {
	return &Book{
		Title: "Action list", Centre: "Wheel & Barrow", AsOf: monday, For: "Claims desk", Warnings: []string{"Could not be read: claims.xlsx."},
		MadeAt: time.Date(2026, 5, 11, 9, 0, 0, 0, time.FixedZone("", 3600)),
		Sheets: []Sheet{
			{Name: "Actions", About: "2 actions", Frozen: 1, Printed: 3, Columns: []Column{{"Status", 12}, {"Due", 10}, {"Days Left", 7}, {"Note", 20}}, Rows: [][]Cell{
				{Status("Overdue", Red), Day(monday - 3), Number(-1), Text("=1+1")},
				{Status("To do", Blue), Day(0), Number(0), Text("")},
			}},
			{Name: "Claims tracker", Clause: "P 5.3", About: "0 claims", Columns: []Column{{"Learner ID", 11}, {"Claim Deadline", 10}}},
		},
	}
}

func made(t testing.TB, b *Book) []byte {
	t.Helper()
	data, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheWorkbook(t *testing.T) {
	data := made(t, sample())
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for cell, want := range map[string]string{
		"Actions!A1": "Actions", "Actions!A2": "Wheel & Barrow · as of Mon 11 May 2026 · for Claims desk · 2 actions", "Actions!A3": "Could not be read: claims.xlsx.",
		"Actions!A4": "Status", "Actions!D4": "Note", "Actions!A5": "Overdue", "Actions!B5": "08/05/2026", "Actions!C5": "-1", "Actions!D5": "=1+1",
		"Actions!B6": "", "Actions!C6": "0", "Actions!D6": "",
		"Claims tracker!A1": "Claims tracker (P 5.3)", "Claims tracker!A4": "Learner ID", "Claims tracker!A5": "",
	} {
		sheet, ref, _ := strings.Cut(cell, "!")
		if got, err := book.GetCellValue(sheet, ref); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", cell, got, err, want)
		}
	}
	if serial, err := book.GetCellValue("Actions", "B5", excelize.Options{RawCellValue: true}); err != nil || serial != "46150" {
		t.Errorf("8 May 2026 is stored as %q, %v, want its serial 46150", serial, err)
	}
	for sheet, want := range map[string]string{"Actions": "Actions A4:D6", "Claims tracker": "Claims_tracker A4:B5"} { // a table has a row at least
		tables, err := book.GetTables(sheet)
		if err != nil || len(tables) != 1 || tables[0].Name+" "+tables[0].Range != want {
			t.Errorf("the tables of %s are %+v, %v, want %s", sheet, tables, err, want)
		}
	}
	names := map[string]string{}
	for _, n := range book.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	for name, want := range map[string]string{
		"Actions _xlnm.Print_Area": "'Actions'!$A$1:$C$6", "Actions _xlnm.Print_Titles": "'Actions'!$4:$4", "Claims tracker _xlnm.Print_Area": "'Claims tracker'!$A$1:$B$5",
	} {
		if names[name] != want {
			t.Errorf("%s is %q, want %q", name, names[name], want)
		}
	}
	if panes, err := book.GetPanes("Actions"); err != nil || !panes.Freeze || panes.XSplit != 1 || panes.YSplit != 4 {
		t.Errorf("the panes are %+v, %v, want one column and four rows frozen", panes, err)
	}
	if props, err := book.GetDocProps(); err != nil || props.Title != "Action list" || props.Created != "2026-05-11T08:00:00Z" {
		t.Errorf("the properties are %+v, %v", props, err)
	}
	if f, err := xlsx.Open(data, xlsx.DefaultLimits()); err != nil || f.ReadOnly() != "" {
		t.Errorf("our own reader says %v", err)
	}
}

// What means something is coloured by it, and can be read; text stays text when
// somebody edits it.
func TestLooks(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(made(t, sample())))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for ref, want := range map[string]look{"A5": {tone: Red}, "A6": {tone: Blue}, "B5": {kind: isDay}, "C5": {kind: isNumber}, "D5": {kind: isText}, "D6": {}} {
		id, err := book.GetCellStyle("Actions", ref)
		if err != nil {
			t.Fatal(err)
		}
		got, err := book.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		fill, _ := want.tone.colours()
		if is := strings.Join(got.Fill.Color, ""); is != fill {
			t.Errorf("%s is filled with %q, want %q", ref, is, fill)
		}
		if isText := got.NumFmt == formatText; isText != (want.kind != isDay && want.kind != isNumber) {
			t.Errorf("%s has the number format %d", ref, got.NumFmt)
		}
	}
}

func TestSameBookSameBytes(t *testing.T) {
	first := made(t, sample())
	for range 8 { // excelize writes the sheets in any order
		if !bytes.Equal(made(t, sample()), first) {
			t.Fatal("the same book gave other bytes")
		}
	}
}

// What is personal stays in memory, however much it is.
func TestNothingOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(dir, long, long); err != nil {
		t.Fatal(err)
	}
	b := sample()
	rows := make([][]Cell, excelize.StreamChunkSize/300+1)
	for i := range rows {
		rows[i] = []Cell{Text(strings.Repeat("A", 300)), {}, {}, {}}
	}
	b.Sheets[0].Rows = rows
	made(t, b)
	if info, err := os.Stat(dir); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("a file was made in the folder for temporary files, and perhaps taken away again: %v", err)
	}
}

func TestIsUntouched(t *testing.T) {
	data := made(t, sample())
	saved := func(change func(*excelize.File) error) []byte {
		book, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if err := change(book); err != nil {
			t.Fatal(err)
		}
		buf, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	staff, err := os.ReadFile(filepath.Join("..", "..", "sample-workbooks", "claims.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		want bool
	}{
		"as it was made": {data, true},
		"saved by Excel": {saved(func(f *excelize.File) error {
			return f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel"})
		}), false},
		"of staff":    {staff, false},
		"cut off":     {data[:len(data)-1], false},
		"no workbook": {[]byte("Learner ID,Note\n"), false},
		"empty":       {nil, false},
	} {
		if got := IsUntouched(bytes.NewReader(c.file), int64(len(c.file))); got != c.want {
			t.Errorf("a workbook %s counts as untouched: %v", name, got)
		}
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  int
	}{
		{"", 10, 1}, {"At risk", 12, 1}, {"Administration Team", 15, 2}, {"the end of it", 1000, 1},
		{strings.Repeat("0", 9), 10, 1}, {strings.Repeat("0", 10), 10, 2}, {strings.Repeat("0", 18), 10, 2}, {strings.Repeat("0", 19), 10, 3}, // 0.8 of the width stays free
		{"a " + strings.Repeat("0", 9), 10, 2}, {strings.Repeat("0", 9) + " a", 10, 2}, {strings.Repeat("日", 5), 10, 2},
	} {
		if got := lines(c.text, c.width); got != c.want {
			t.Errorf("lines(%q, %v) = %d, want %d", c.text, c.width, got, c.want)
		}
	}
}

// A sheet that nobody could make is an error, not half a workbook.
func TestImpossible(t *testing.T) {
	for name, change := range map[string]func(*Book){
		"a sheet without a name":       func(b *Book) { b.Sheets[1].Name = "" },
		"a sheet with a name too long": func(b *Book) { b.Sheets[1].Name = strings.Repeat("n", 32) },
		"a footer too long":            func(b *Book) { b.Title = strings.Repeat("n", 300) },
	} {
		b := sample()
		change(b)
		if data, err := b.Bytes(); err == nil || data != nil {
			t.Errorf("%s gave %d bytes and the error %v", name, len(data), err)
		}
	}
}

// What looks like two escaped characters is text to every reader.
func TestOverlappingEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"_x065F_x000D_": "_x065F_ x000D_", "_x0041_x0042_x0043_": "_x0041_ x0042_x0043_", "_x0041_": "_x0041_", "_x0041_ _x0042_": "_x0041_ _x0042_", "a_x_b": "a_x_b", "_xGGGG_x0041_": "_xGGGG_x0041_",
	} {
		if got := Text(in).String(); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
