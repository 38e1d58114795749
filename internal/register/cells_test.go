package register_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

// What a record holds is what was read, in registers of more rows than room is
// made for at a time and of more different texts than are looked up, whether
// the texts are shared strings or stand in the cells, with rows between that are
// no records.
func TestManyRowsKeepTheirCells(t *testing.T) {
	const rows = 5000
	start := calendar.NewDate(2025, 9, 1)
	shared, inline := excelize.NewFile(), excelize.NewFile()
	defer shared.Close()
	defer inline.Close()
	for _, book := range []*excelize.File{shared, inline} {
		if err := book.SetSheetName("Sheet1", "Enrolments"); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := inline.NewStreamWriter("Enrolments") // writes texts into the cells
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows + 1 {
		row := []any{"Learner ID", "Qualification Code", "Course Start", "ID Verified", "Tutor"}
		switch {
		case i%7 == 3:
			row = []any{nil, "n/a", nil, "no", nil} // says nothing: no record
		case i > 0:
			row = []any{fmt.Sprintf("l%05d", i), fmt.Sprintf("610/%04d/x", i%3), int(start) + i%300, []string{"Yes", "no", "maybe", "n/a"}[i%4], fmt.Sprintf("  Tutor\u00a0%d ", i)}
		}
		at := fmt.Sprintf("A%d", i+1)
		if err := shared.SetSheetRow("Enrolments", at, &row); err != nil {
			t.Fatal(err)
		}
		if err := stream.SetRow(at, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, book := range map[string]*excelize.File{"shared": shared, "inline": inline} {
		t.Run(name, func(t *testing.T) {
			records := readBook(t, book).Sheets[0].Records
			n := 0
			for i := 1; i <= rows; i++ {
				if i%7 == 3 {
					continue
				}
				r := &records[n]
				n++
				verified := []register.Value{{State: register.Readable, Answer: register.Yes}, {State: register.Readable, Answer: register.No}, {State: register.Unreadable, Text: "maybe"}, {State: register.NA}}[i%4]
				want := map[register.Column]register.Value{
					register.LearnerID:         {State: register.Readable, Text: fmt.Sprintf("l%05d", i)},
					register.QualificationCode: {State: register.Readable, Text: fmt.Sprintf("610/%04d/x", i%3)},
					register.CourseStart:       {State: register.Readable, Date: start + calendar.Date(i%300)},
					register.IDVerified:        verified,
					register.Tutor:             {State: register.Readable, Text: fmt.Sprintf("Tutor %d", i)},
					register.Email:             {}, // no such column
				}
				for c, v := range want {
					if got := r.Value(c); got != v {
						t.Fatalf("%s of row %d is %+v, not %+v", c, i+1, got, v)
					}
				}
				key := register.Key{ID: fmt.Sprintf("l%05d", i), Code: fmt.Sprintf("610%04dx", i%3)}
				if r.Row != i+1 || r.Key != key {
					t.Fatalf("row %d is %d with the key %+v", i+1, r.Row, r.Key)
				}
			}
			if len(records) != n {
				t.Errorf("%d records instead of %d", len(records), n)
			}
		})
	}
}

func readBook(t *testing.T, book *excelize.File) *register.Workbook {
	t.Helper()
	var data bytes.Buffer
	if err := book.Write(&data); err != nil {
		t.Fatal(err)
	}
	file, err := xlsx.Open(data.Bytes(), xlsx.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	read, err := register.NewReader(calendar.NewDate(2026, 5, 11), register.Aliases{}).Read("many.xlsx", file)
	if err != nil {
		t.Fatal(err)
	}
	return read
}
