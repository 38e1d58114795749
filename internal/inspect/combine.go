package inspect

import (
	"fmt"
	"maps"
	"slices"

	"regcert/internal/register"
)

// Combine puts together what the configuration has to say for several workbooks
// to be read. A name stands for one thing only, whatever workbook it is in: what
// is taken by an earlier one is told.
func Combine(books []*Workbook) (register.Aliases, []string) {
	out := register.Aliases{Sheets: map[register.Kind][]string{}, Columns: map[register.Kind]map[register.Column][]string{}}
	sheets := map[string]register.Kind{}
	columns := map[register.Kind]map[string]register.Column{}
	var taken []string
	for _, w := range books {
		for _, k := range slices.Sorted(maps.Keys(w.Suggest.Sheets)) {
			for _, name := range w.Suggest.Sheets[k] {
				switch other, known := sheets[register.NormalHeading(name)]; {
				case !known:
					sheets[register.NormalHeading(name)] = k
					out.Sheets[k] = append(out.Sheets[k], name)
				case other != k:
					taken = append(taken, fmt.Sprintf("%s: the sheet %q looks like %s, and sheets of that name are taken for %s: rename it", w.Path, name, k, other))
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(w.Suggest.Columns)) {
			if columns[k] == nil {
				columns[k], out.Columns[k] = map[string]register.Column{}, map[register.Column][]string{}
			}
			for _, c := range slices.Sorted(maps.Keys(w.Suggest.Columns[k])) {
				for _, name := range w.Suggest.Columns[k][c] {
					switch other, known := columns[k][register.NormalHeading(name)]; {
					case !known:
						columns[k][register.NormalHeading(name)] = c
						out.Columns[k][c] = append(out.Columns[k][c], name)
					case other != c:
						taken = append(taken, fmt.Sprintf("%s: the heading %q of %s probably means %s, and headings of that name are taken for %s: rename it", w.Path, name, k, c, other))
					}
				}
			}
		}
	}
	return out, taken
}

// Registers lists the sheets of the workbook that are read as registers, or would
// be with what is suggested.
func (w *Workbook) Registers() []*Sheet {
	var out []*Sheet
	for i := range w.Sheets {
		if s := &w.Sheets[i]; s.Read != nil {
			out = append(out, s)
		}
	}
	return out
}
