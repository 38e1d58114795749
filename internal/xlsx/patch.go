package xlsx

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is the most a cell may hold, in UTF-16 code units ("Excel specifications and limits").
const maxText = 32767

// CellValue is what is written into a cell. The zero value leaves the cell without a value.
type CellValue struct {
	kind   Kind
	text   string
	serial int
}

// TextValue is a string, never a formula. What XML cannot hold is dropped from it, and what is longer than a cell may
// hold is cut.
func TextValue(s string) CellValue { return CellValue{kind: Text, text: cellText(s)} }

// DateValue is a day as a number, in the workbook's own date system (File.Date1904).
func DateValue(serial int) CellValue { return CellValue{kind: Number, serial: serial} }

// Clear leaves a cell without a value.
var Clear = CellValue{}

// cellText is s as a cell can hold it.
func cellText(s string) string {
	units := 0
	var b strings.Builder
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				continue
			}
		}
		if !legalXML(r) {
			continue
		}
		if units += utf16.RuneLen(r); units > maxText {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Edit is one cell to be written.
type Edit struct {
	Row, Col     int
	Value        CellValue
	Look         Look
	NeighbourCol int // the column whose cell in the same row lends font, border and alignment; 0: the cell's own
}

// NewColumn is a column that is added: its heading, which has the look of the heading on its left, and its width.
type NewColumn struct {
	Col     int
	Heading string
	Width   float64 // in characters, as 18.3.1.13 counts; 0 leaves the sheet's default. A width that is set already stays
}

// SheetPatch is what is written into one worksheet.
type SheetPatch struct {
	Sheet      *Sheet // of the File that is patched
	HeaderRow  int    // where the headings of NewColumns go
	NewColumns []NewColumn
	Edits      []Edit // in the order of rows, then columns
	GrowTable  string // the name of the table that grows over NewColumns; "" where none does
}

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
	if p.styles != nil {
		if part := p.styles.bytes(); len(part) != len(p.stylesPart) {
			p.changed[f.styles] = pack(part)
		}
	}
	if err := p.recalculate(); err != nil {
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
	f          *File
	changed    map[*entry]packed
	styles     *styleSheet // nil: the workbook has none
	stylesPart []byte
	formulas   bool // one was seen in a treated sheet
}

func (p *patch) loadStyles() error {
	if p.f.styles == nil {
		return nil
	}
	part, err := p.f.zip.read(p.f.styles)
	if err != nil {
		return err
	}
	p.stylesPart = part
	p.styles, err = newStyleSheet(part)
	return refusePart(p.f.styles.name, err)
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
	edits, err := sp.cells()
	if err != nil {
		return err
	}
	if len(edits) == 0 {
		return nil
	}
	out := newPacker(s.entry)
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

// cells gives all cells that the patch writes, headings too, in order; an edit of a heading's cell is refused.
func (sp *SheetPatch) cells() ([]Edit, error) {
	refuse := func(row, col int, what string) error {
		return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: fmt.Sprintf("the cell at row %d, column %d %s", row, col, what)}
	}
	var heads []Edit
	for _, c := range sp.NewColumns {
		heads = append(heads, Edit{Row: sp.HeaderRow, Col: c.Col, Value: TextValue(c.Heading), Look: Heading, NeighbourCol: leftNeighbour})
	}
	edits := make([]Edit, 0, len(sp.Edits)+len(heads))
	rest := sp.Edits
	for _, e := range heads {
		for len(rest) > 0 && before(rest[0], e) {
			edits = append(edits, rest[0])
			rest = rest[1:]
		}
		edits = append(edits, e)
	}
	edits = append(edits, rest...)
	for i, e := range edits {
		switch {
		case e.Row < 1 || e.Row > MaxRow || e.Col < 1 || e.Col > MaxCol:
			return nil, refuse(e.Row, e.Col, "lies beyond the edge of a worksheet")
		case i > 0 && !before(edits[i-1], e):
			return nil, refuse(e.Row, e.Col, "is written twice, or out of order")
		}
	}
	return edits, nil
}

// leftNeighbour as Edit.NeighbourCol stands for the nearest cell on the left that is not ours.
const leftNeighbour = -1

func before(a, b Edit) bool { return a.Row < b.Row || a.Row == b.Row && a.Col < b.Col }

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
				return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: fmt.Sprintf("the new columns do not follow the table %q", table.Name)}
			}
			headings = append(headings, cellText(c.Heading))
		}
		if part, err = growTable(part, table, headings); err != nil {
			return err
		}
		p.changed[e] = pack(part)
		return nil
	}
	return &Refusal{Kind: Unsupported, Part: sp.Sheet.Name, Detail: fmt.Sprintf("there is no table %q on the sheet", sp.GrowTable)}
}
