package xlsx

import (
	"bytes"
	"fmt"
	"slices"
)

// survey looks through the sheets that no patch treats, as far as there is a question left: whether there are formulas,
// and, where cell formats are added, whether something refers to one beyond the end of their list. Where there are
// formulas, what they refer to may have changed, so the workbook is calculated in full when it is next opened (calcPr,
// 18.2.2).
func (p *patch) survey() error {
	styled := p.styles != nil && len(p.styles.cellXfs.items) > p.styles.cellXfs.old
	for _, s := range p.f.sheets {
		if p.formulas && !styled || styled && p.dangling != nil {
			break
		}
		if p.changed[s.entry].size > 0 { // it has been looked at
			continue
		}
		if err := p.look(s, styled); err != nil {
			return err
		}
	}
	if styled && p.dangling != nil {
		return p.dangling
	}
	if !p.formulas {
		return nil
	}
	return p.recalculate()
}

// look goes through a sheet, as far as the first formula where nothing is asked of styles.
func (p *patch) look(s *Sheet, styled bool) error {
	sc, err := s.open()
	if err != nil {
		return err
	}
	defer sc.close()
	sc.head = func(t *token) {
		if style := attrInt(t.attrs, "style", 0); t.opens("col") && style >= p.formats {
			p.dangles(fmt.Sprintf("%s!%s:%s", s.Name, ColName(attrInt(t.attrs, "min", 0)), ColName(attrInt(t.attrs, "max", 0))), style)
		}
	}
	for styled || !p.formulas {
		row, err := sc.row()
		if err != nil {
			return s.refuse(err)
		}
		if row == nil {
			break
		}
		p.see(s, row)
	}
	return nil
}

// see takes up what a row says of formulas and cell formats.
func (p *patch) see(s *Sheet, r *Row) {
	for i := range r.Cells {
		c := &r.Cells[i]
		p.formulas = p.formulas || c.Formula
		if c.Style >= p.formats {
			p.dangles(s.Name+"!"+CellName(r.Num, c.Col), c.Style)
		}
	}
	if style := attrInt(r.attrs, "s", 0); style >= p.formats {
		p.dangles(fmt.Sprintf("%s!%d:%d", s.Name, r.Num, r.Num), style)
	}
}

// recalculate sets fullCalcOnLoad in the main part.
func (p *patch) recalculate() error {
	part, err := p.f.zip.read(p.f.workbook)
	if err != nil {
		return err
	}
	made, err := fullCalcOnLoad(part)
	if err != nil {
		return refusePart(p.f.workbook.name, err)
	}
	if !bytes.Equal(made, part) {
		p.changed[p.f.workbook] = p.f.zip.pack(made)
	}
	return nil
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
