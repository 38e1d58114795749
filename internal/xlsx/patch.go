package xlsx

import (
	"fmt"
	"math"
)

// Patch gives the package with those cells written, and nothing else changed: other entries are copied as they are
// stored; in the worksheets only the cells, the dimension, the spans of their rows and the widths of new columns differ;
// styles.xml gains what the looks need; a table grows where that is asked for; and workbooks with formulas are
// recalculated when they are next opened. Errors are *Refusal: what cannot be done with certainty is not done.
//
// Text is written as inline strings: see the comment at appendText.
func (f *File) Patch(patches []SheetPatch) ([]byte, error) {
	if f.readOnly != "" {
		return nil, &Refusal{Kind: ReadOnly, Detail: f.readOnly, Remedy: "regcert only reads it"}
	}
	p := &patch{f: f, changed: map[*entry]packed{}}
	if err := p.loadStyles(); err != nil {
		return nil, err
	}
	for _, sp := range patches {
		if err := p.sheet(sp); err != nil {
			return nil, err
		}
	}
	if len(p.changed) == 0 {
		return f.zip.data, nil
	}
	if p.styles != nil && p.styles.grew() {
		p.changed[f.styles] = p.f.zip.pack(p.styles.bytes())
	}
	if err := p.survey(); err != nil {
		return nil, err
	}
	out := f.zip.rewrite(p.changed)
	if int64(len(out)) > f.lim.File {
		return nil, tooLarge("", "with the new cells the file would have %d MiB, more than the %d allowed", len(out)>>20, f.lim.File>>20)
	}
	return out, nil
}

// patch is one call of Patch.
type patch struct {
	f        *File
	changed  map[*entry]packed
	styles   *styleSheet // nil: the workbook has none
	formats  int         // how many cell formats the workbook has
	dangling *Refusal    // the first cell, row or column that refers to a format beyond these; nil: none
	formulas bool        // one was seen
}

func (p *patch) loadStyles() error {
	p.formats = math.MaxInt
	if p.f.styles == nil {
		return nil
	}
	part, err := p.f.zip.read(p.f.styles)
	if err != nil {
		return err
	}
	if p.styles, err = newStyleSheet(part); err != nil {
		return refusePart(p.f.styles.name, err)
	}
	p.formats = max(1, p.styles.cellXfs.old) // where there is none, cells without a format mean the first
	return nil
}

// dangles takes note of a reference to a cell format that is not there. Where formats are added, one of them would be
// shown in a place that nobody asked for.
func (p *patch) dangles(place string, format int) {
	if p.dangling == nil {
		p.dangling = &Refusal{Kind: Damaged, Part: place, Remedy: openAndSave,
			Detail: fmt.Sprintf("it has the cell format %d, but the workbook has only %d: it would take on the look of a status", format, p.formats)}
	}
}

// xf is the cell format for a cell that takes base over and gets the look.
func (p *patch) xf(base int, look Look) (int, error) {
	if p.styles == nil {
		if look == Date {
			return 0, &Refusal{Kind: Unsupported, Detail: "the workbook has no styles, so dates would be shown as numbers", Remedy: openAndSave}
		}
		return base, nil
	}
	xf, err := p.styles.xf(base, look)
	return xf, refusePart(p.f.styles.name, err)
}

// sheet patches one worksheet, and its table.
func (p *patch) sheet(sp SheetPatch) error {
	s := sp.Sheet
	if s == nil || s.f != p.f {
		return &Refusal{Kind: Unsupported, Detail: "the patch is for a sheet of another workbook", Remedy: "open the workbook once and patch that"}
	}
	if _, twice := p.changed[s.entry]; twice {
		return &Refusal{Kind: Unsupported, Part: s.Name, Detail: "the sheet is patched twice", Remedy: "put all its cells into one patch"}
	}
	edits, err := sp.queue()
	if err != nil || edits.empty() {
		return err
	}
	out := p.f.zip.newPacker(s.entry)
	err = p.patchSheet(&sp, edits, out)
	part := out.finish()
	if err != nil {
		return s.refuse(err)
	}
	if part.size > p.f.lim.Unpacked {
		return tooLarge(s.Name, "with the new cells the sheet would have %d MiB", part.size>>20)
	}
	p.changed[s.entry] = part
	return p.growTable(&sp)
}

func (p *patch) growTable(sp *SheetPatch) error {
	if sp.GrowTable == "" || len(sp.NewColumns) == 0 {
		return nil
	}
	for _, table := range sp.Sheet.Tables {
		if table.Name != sp.GrowTable {
			continue
		}
		e := p.f.zip.byName[partKey(table.Part)]
		part, err := p.f.zip.read(e)
		if err != nil {
			return err
		}
		var headings []string
		for i, c := range sp.NewColumns {
			if c.Col != table.Ref.LastCol+1+i || sp.HeaderRow != table.Ref.FirstRow {
				return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: fmt.Sprintf("the new columns do not follow the table %q", table.Name), Remedy: reportIt}
			}
			headings = append(headings, cellText(c.Heading))
		}
		if part, err = growTable(part, table, headings); err != nil {
			return err
		}
		p.changed[e] = p.f.zip.pack(part)
		return nil
	}
	return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: fmt.Sprintf("there is no table %q on the sheet", sp.GrowTable), Remedy: reportIt}
}
