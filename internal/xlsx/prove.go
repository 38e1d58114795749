package xlsx

import (
	"bytes"
	"fmt"
	"slices"
)

// Prove compares a package with what Patch made of it, and returns an error that names the first difference which the
// patches do not account for. It shares no offsets with the patcher and splits rows by itself: every entry is the same
// byte for byte, or is a treated worksheet whose tokens are all the same but the cells written, the dimension, the spans
// of those rows and the widths of new columns; or the styles, the table or the main part, which only gained what a patch
// may add. The cells written are read back as what was asked for.
func Prove(before, after []byte, patches []SheetPatch, lim Limits) error {
	a, err := readArchive(before, lim)
	if err != nil {
		return err
	}
	b, err := readArchive(after, lim)
	if err != nil {
		return err
	}
	// Of the entries that differ every byte is read below, with size and CRC enforced; the others are the same bytes that
	// Open, and Scan or Check, have checked.
	old := &File{lim: lim, zip: a}
	if err := old.structure(map[*entry]bool{}, false); err != nil {
		return err
	}
	p := &proof{old: old, before: a, after: b, treated: map[*entry]bool{}}
	if err := p.entries(); err != nil {
		return err
	}
	for _, sp := range patches {
		if err := p.patch(&sp); err != nil {
			return err
		}
	}
	if err := p.styles(); err != nil {
		return err
	}
	if err := p.workbook(); err != nil {
		return err
	}
	for _, e := range a.entries {
		if p.changed[e] != nil {
			return differs(e.name, "it changed, and no patch asked for that")
		}
	}
	return nil
}

// proof is one call of Prove.
type proof struct {
	old           *File
	before, after *archive
	changed       map[*entry]*entry // entries of before whose content differs → their counterparts; those accounted for are taken out
	was, is       *wardrobe         // the styles of before and after; nil where there are none
	looks         map[dress]bool    // answers of dressed
	treated       map[*entry]bool   // the worksheets of before that a patch is for
	formulas      bool              // one of them holds a formula
}

func differs(part, format string, args ...any) error {
	return &Refusal{Kind: Damaged, Part: part, Detail: "the patched workbook is not what it should be: " + fmt.Sprintf(format, args...),
		Remedy: reportIt}
}

// entries pairs the entries, and finds those whose bytes differ.
func (p *proof) entries() error {
	p.changed = map[*entry]*entry{}
	if len(p.before.entries) != len(p.after.entries) {
		return differs("", "it has %d entries instead of %d", len(p.after.entries), len(p.before.entries))
	}
	if !bytes.Equal(p.before.comment, p.after.comment) {
		return differs("", "the package's comment changed")
	}
	for i, x := range p.before.entries {
		y := p.after.entries[i]
		if x.name != y.name {
			return differs(x.name, "it is %q now", y.name)
		}
		if x.crc == y.crc && x.size == y.size && x.method == y.method &&
			bytes.Equal(p.before.data[x.header:x.end], p.after.data[y.header:y.end]) && sameRecord(x.central, y.central) {
			continue
		}
		if !samePacking(x.central, y.central) {
			return differs(x.name, "its record in the package's directory changed")
		}
		p.changed[x] = y
	}
	return nil
}

// samePacking compares records of entries whose content differs: version, time stamp, attributes and comment are the same.
func samePacking(x, y []byte) bool {
	comment := func(r []byte) []byte { return r[lenCentral+int(le.Uint16(r[28:]))+int(le.Uint16(r[30:])):] }
	return bytes.Equal(x[:8], y[:8]) && bytes.Equal(x[12:16], y[12:16]) && bytes.Equal(x[32:42], y[32:42]) && bytes.Equal(comment(x), comment(y))
}

// sameRecord compares records of the directory but for the offset, and that in a Zip64 field.
func sameRecord(x, y []byte) bool {
	x, y = slices.Clone(x), slices.Clone(y)
	for _, r := range [][]byte{x, y} {
		names, extras := int(le.Uint16(r[28:])), int(le.Uint16(r[30:]))
		if le.Uint32(r[42:]) == all32 {
			zip64 := zip64Extra(r[lenCentral+names : lenCentral+names+extras])
			clear(zip64[max(0, len(zip64)-8):])
		}
		clear(r[42:46])
	}
	return bytes.Equal(x, y)
}

// take gives the counterpart of an entry that may differ, nil where it does not.
func (p *proof) take(e *entry) *entry {
	other := p.changed[e]
	delete(p.changed, e)
	return other
}

// contents inflates an entry and its counterpart.
func (p *proof) contents(x, y *entry) (before, after []byte, err error) {
	if before, err = p.before.read(x); err != nil {
		return nil, nil, err
	}
	after, err = p.after.read(y)
	return before, after, err
}

// patch proves one worksheet, and the table on it that grew.
func (p *proof) patch(sp *SheetPatch) error {
	i := slices.IndexFunc(p.old.sheets, func(s *Sheet) bool { return s.Part == sp.Sheet.Part && s.Name == sp.Sheet.Name })
	if i < 0 {
		return differs(sp.Sheet.Name, "the workbook never had that sheet")
	}
	s := p.old.sheets[i]
	edits, err := sp.queue()
	if err != nil {
		return err
	}
	if p.is == nil && p.old.styles != nil {
		if err := p.readStyles(); err != nil {
			return err
		}
	}
	p.treated[s.entry] = true
	other := p.take(s.entry)
	if other == nil {
		other = p.after.byName[partKey(s.Part)] // it did not change: it held all that was asked for
	}
	if err := p.sheet(s, other, sp, edits); err != nil {
		return s.refuse(err)
	}
	if sp.GrowTable == "" || len(sp.NewColumns) == 0 {
		return nil
	}
	for _, t := range s.Tables {
		if t.Name == sp.GrowTable {
			return p.table(t, sp)
		}
	}
	return differs(s.Name, "it has no table %q", sp.GrowTable)
}

// readStyles reads both versions of the styles.
func (p *proof) readStyles() error {
	name := p.old.styles.name
	before, after, err := p.contents(p.old.styles, p.after.byName[partKey(name)])
	if err != nil {
		return err
	}
	if p.was, err = newWardrobe(before); err == nil {
		p.is, err = newWardrobe(after)
	}
	return refusePart(name, err)
}

// styles proves that the styles only gained number formats, fonts, fills and cell formats at the ends of their lists.
func (p *proof) styles() error {
	if p.old.styles == nil {
		return nil
	}
	other := p.take(p.old.styles)
	if other == nil {
		return nil
	}
	before, after, err := p.contents(p.old.styles, other)
	if err != nil {
		return err
	}
	g := growth{
		lists: map[string]string{"numFmts": "numFmt", "fonts": "font", "fills": "fill", "cellXfs": "xf"},
		attrs: map[string]string{"numFmts": "count", "fonts": "count", "fills": "count", "cellXfs": "count"},
	}
	if err := p.grew(p.old.styles, before, after, g); err != nil {
		return err
	}
	return p.newLists(before, after, g)
}

// newLists proves that a list which the styles gained stands there once, where the schema has it, with its count alone.
func (p *proof) newLists(before, after []byte, g growth) error {
	order := []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}
	x, err := parseTree(before, 1)
	if err != nil {
		return refusePart(p.old.styles.name, err)
	}
	y, err := parseTree(after, 1)
	if err != nil {
		return refusePart(p.old.styles.name, err)
	}
	at := 0
	for i := range y.children {
		c := &y.children[i]
		if at < len(x.children) && x.children[at].local() == c.local() {
			at++
			continue
		}
		rank := slices.Index(order, c.local())
		later := slices.ContainsFunc(y.children[:i], func(e element) bool { return slices.Index(order, e.local()) >= rank })
		earlier := slices.ContainsFunc(y.children[i+1:], func(e element) bool {
			n := slices.Index(order, e.local())
			return n >= 0 && n <= rank
		})
		if _, counted := attr(c.attrs, "count"); later || earlier || !counted || !blank(withoutAttr(c.attrs, "count")) {
			return differs(p.old.styles.name, "<%s> was added", c.name)
		}
	}
	return nil
}

// workbook proves that the main part differs by fullCalcOnLoad at most, and says so where formulas may have to change.
func (p *proof) workbook() error {
	e := p.old.workbook
	other := p.take(e)
	if other == nil {
		other = p.after.byName[partKey(e.name)]
	}
	before, after, err := p.contents(e, other)
	if err != nil {
		return err
	}
	if err := p.grew(e, before, after, growth{attrs: map[string]string{"calcPr": "fullCalcOnLoad"}, added: "calcPr"}); err != nil {
		return err
	}
	root, err := parseTree(after, 1)
	if err != nil {
		return refusePart(e.name, err)
	}
	for i := range root.children {
		if c := &root.children[i]; c.local() == "calcPr" && attrBool(c.attrs, "fullCalcOnLoad", false) {
			return nil
		}
	}
	for _, s := range p.old.sheets {
		if !p.formulas && !p.treated[s.entry] {
			if p.formulas, err = p.hasFormulas(s.entry); err != nil {
				return s.refuse(err)
			}
		}
	}
	if p.formulas {
		return differs(e.name, "its formulas would not be calculated anew")
	}
	return nil
}

// hasFormulas reports whether there is a formula in a cell of a worksheet (18.3.1.40).
func (p *proof) hasFormulas(sheet *entry) (bool, error) {
	r, err := p.before.openReader(sheet, p.old.lim)
	if err != nil {
		return false, err
	}
	defer r.close()
	const inCell = 5 // worksheet, sheetData, row, c
	for {
		t, err := r.next()
		if err != nil || t.kind == tokEOF {
			return false, err
		}
		if r.depth == inCell && t.opens("f") {
			return true, nil
		}
	}
}

func (p *proof) grew(e *entry, before, after []byte, g growth) error {
	if err := g.check(before, after, p.old.lim); err != nil {
		return differs(e.name, "%v", err)
	}
	return nil
}
