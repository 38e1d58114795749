package register

import (
	"maps"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

// MadeUp is a workbook with one record, as if the texts stood in its cells.
func MadeUp(asOf calendar.Date, kind Kind, cells map[Column]string) *Workbook {
	s := &Sheet{Workbook: "example.xlsx", Name: kind.String(), Kind: kind, HeaderRow: 1, LastCol: len(cells), width: len(cells)}
	sr := sheetReader{cells: cellReader{asOf: asOf}, out: s, words: map[string]int32{}, codes: map[string]string{}}
	row := s.room(0)
	for i, c := range slices.Sorted(maps.Keys(cells)) {
		s.column[c], s.position[c] = int16(i+1), uint8(i+1)
		row[i] = sr.pack(sr.cells.text(c, clean(cells[c]), false), &xlsx.Cell{})
	}
	r := Record{Sheet: s, Row: 2}
	r.Key = Key{ID: NormalID(r.LearnerID()), Code: sr.normalCode(r.QualificationCode())}
	s.Records = []Record{r}
	return &Workbook{Path: s.Workbook, Sheets: []*Sheet{s}}
}
