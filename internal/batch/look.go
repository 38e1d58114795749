package batch

import (
	"context"

	"regcert/internal/xlsx"
)

// Look opens the named workbooks, one after the other, and shows each. It returns
// what became of them: those that could not be opened have a reason.
func (j *Job) Look(ctx context.Context, show func(path string, file *xlsx.File) error) ([]Workbook, error) {
	sources, err := j.find(nil)
	if err != nil {
		return nil, err
	}
	var looked []Workbook
	for _, s := range sources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.context {
			continue
		}
		l := &loaded{source: s, result: Workbook{Path: s.name, Outcome: Unchanged}}
		l.attempt(func(l *loaded) {
			if !l.load(j) {
				return
			}
			if err := show(l.name, l.file); err != nil {
				l.notOpened(err, j.Now())
			}
		})
		looked = append(looked, l.result)
	}
	return looked, nil
}
