package xlsx

import (
	"errors"
	"slices"
)

// recalculate has the workbook calculated in full when it is next opened, where it holds formulas: what they refer to
// may have changed (calcPr, 18.2.2).
func (p *patch) recalculate() error {
	formulas := p.formulas
	for _, s := range p.f.sheets {
		if formulas {
			break
		}
		if p.changed[s.entry].size > 0 { // it has been looked at
			continue
		}
		var err error
		if formulas, err = s.hasFormulas(); err != nil {
			return err
		}
	}
	if !formulas {
		return nil
	}
	part, err := p.f.zip.read(p.f.workbook)
	if err != nil {
		return err
	}
	made, err := fullCalcOnLoad(part)
	if err != nil {
		return refusePart(p.f.workbook.name, err)
	}
	if len(made) != len(part) || string(made) != string(part) {
		p.changed[p.f.workbook] = pack(made)
	}
	return nil
}

func (s *Sheet) hasFormulas() (bool, error) {
	found := errors.New("found")
	err := s.Scan(func(r *Row) error {
		for i := range r.Cells {
			if r.Cells[i].Formula {
				return found
			}
		}
		return nil
	})
	if err == found {
		return true, nil
	}
	return false, err
}

// beforeCalcPr are the children of a workbook that stand before calcPr (18.2.27).
var beforeCalcPr = []string{"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
	"functionGroups", "externalReferences", "definedNames"}

// fullCalcOnLoad is the main part with that set.
func fullCalcOnLoad(part []byte) ([]byte, error) {
	root, err := parseTree(part, 1)
	if err != nil {
		return nil, err
	}
	calc, err := root.child("calcPr")
	if err != nil {
		return nil, err
	}
	if calc != nil {
		if attrBool(calc.attrs, "fullCalcOnLoad", false) {
			return part, nil
		}
		tag := slices.Concat([]byte("<"), calc.name, withAttr(calc.attrs, "fullCalcOnLoad", "1"))
		return applySplices(part, []splice{{at: calc.start, cut: 1 + len(calc.name) + len(calc.attrs), put: tag}}), nil
	}
	at := root.open
	for i := range root.children {
		if c := &root.children[i]; slices.Contains(beforeCalcPr, c.local()) {
			at = c.end
		}
	}
	tag := slices.Concat([]byte("<"), prefixOf(root.name), []byte(`calcPr fullCalcOnLoad="1"/>`))
	return applySplices(part, []splice{{at: at, put: tag}}), nil
}
