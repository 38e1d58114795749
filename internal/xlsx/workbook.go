package xlsx

import (
	"path"
	"slices"
	"strings"
)

// File is a workbook that Open has checked. It never changes, and may be used from several goroutines.
type File struct {
	lim      Limits
	zip      *archive
	workbook *entry
	styles   *entry // nil: the workbook has none
	sheets   []*Sheet
	sst      *entry // nil: the workbook has no shared strings
	strings  texts
	headings int64  // bytes of memory that those of the tables take
	dates    []bool // by cellXf: its number format shows a date or time
	date1904 bool
	readOnly string
}

// Sheet is one worksheet of a workbook.
type Sheet struct {
	Name   string
	Part   string // name of its entry in the package
	Hidden bool
	Tables []Table // the Excel tables on it

	f     *File
	entry *entry
}

// Sheets gives the worksheets in the order of the workbook, hidden ones too; chart, dialog and macro sheets are left out.
func (f *File) Sheets() []*Sheet { return f.sheets }

// Date1904 reports whether the workbook counts days from 1 January 1904 instead of 1900 (18.2.28).
func (f *File) Date1904() bool { return f.date1904 }

// ReadOnly is why this workbook is never written, "" where it may be.
func (f *File) ReadOnly() string { return f.readOnly }

// Why a workbook is never written.
const (
	isSigned = "the workbook is digitally signed, and a change would break the signature"
	isShared = "the workbook is shared in the old way, which logs every change and takes none that is not logged; stop sharing it (Review, Unshare Workbook)"
)

// Open checks the package and reads the structure of its workbook. Nothing of an entry is believed before its size and
// CRC have been found right: those of all entries but the worksheets have been when Open returns, those of a worksheet
// when its Scan or Check does. Errors are *Refusal.
func Open(data []byte, lim Limits) (*File, error) {
	a, err := readArchive(data, lim)
	if err != nil {
		return nil, err
	}
	f := &File{lim: lim, zip: a}
	read := map[*entry]bool{}
	if err := f.structure(read, true); err != nil {
		return nil, err
	}
	for _, s := range f.sheets {
		read[s.entry] = true
	}
	var rest []*entry
	for _, e := range a.entries {
		if !read[e] {
			rest = append(rest, e)
		}
		if strings.HasPrefix(partKey(e.name), "_xmlsignatures/") {
			f.readOnly = isSigned
		}
	}
	return f, a.check(rest)
}

// structure follows the relationships from the package to the workbook to its parts; the shared strings may be left out.
func (f *File) structure(read map[*entry]bool, texts bool) error {
	part, err := f.findWorkbook(read)
	if err != nil {
		return err
	}
	rels, err := f.relationships(part, read)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		e := f.zip.byName[partKey(rel.target)]
		switch {
		case e == nil:
		case rel.kind == "sharedStrings" && texts && e != f.sst:
			err = f.readStrings(e, read)
		case rel.kind == "styles" && e != f.styles:
			err = f.readStyles(e, read)
		case rel.kind == "revisionHeaders": // 18.11.1.30
			f.readOnly = isShared
		}
		if err != nil {
			return err
		}
	}
	return f.readWorkbook(rels, read)
}

// load inflates a part that is needed as a whole.
func (f *File) load(e *entry, read map[*entry]bool) ([]byte, error) {
	if e.size > f.lim.Part {
		return nil, tooLarge(e.name, "it unpacks to %d MiB, more than the %d allowed for a part of its kind", e.size>>20, f.lim.Part>>20)
	}
	part, err := f.zip.read(e)
	if err == nil {
		read[e] = true
	}
	return part, err
}

// findWorkbook gives the name of the main part: the target of the package's officeDocument relationship.
func (f *File) findWorkbook(read map[*entry]bool) (string, error) {
	const remedy = "open it in Excel and save it as Excel workbook (.xlsx)"
	rels, err := f.relationships("", read)
	if err != nil {
		return "", err
	}
	// Signatures may stand anywhere in the package (ECMA-376 part 2, 13.2.2).
	if slices.ContainsFunc(rels, func(r relationship) bool { return r.kind == "origin" }) {
		f.readOnly = isSigned
	}
	for _, rel := range rels {
		if rel.kind != "officeDocument" {
			continue
		}
		e := f.zip.byName[partKey(rel.target)]
		switch {
		case strings.HasSuffix(partKey(rel.target), ".bin"):
			return "", &Refusal{Kind: Binary, Detail: "this is a binary workbook (.xlsb)", Remedy: remedy}
		case e == nil:
			return "", damaged(rel.target, "the package has no such part, though it says that this is the workbook")
		}
		f.workbook = e
		return strings.TrimPrefix(strings.ReplaceAll(e.name, `\`, "/"), "/"), nil
	}
	what := "the package holds no workbook"
	for _, e := range f.zip.entries {
		switch key := partKey(e.name); {
		case strings.HasPrefix(key, "word/"):
			what = "this is a Word document, not a workbook"
		case strings.HasPrefix(key, "ppt/"):
			what = "this is a PowerPoint presentation, not a workbook"
		case key == "content.xml":
			what = "this is an OpenDocument file, not an Excel workbook"
		}
	}
	return "", &Refusal{Kind: NotWorkbook, Detail: what, Remedy: remedy}
}

// relationship is one line of a .rels part (ECMA-376 part 2, 6.5.3).
type relationship struct {
	id     string
	kind   string // the last segment of its type, the same for transitional and strict
	target string // name of the part, resolved
}

// relationships reads those of a part, "" for the package. External targets are left out: nothing outside is ever fetched.
func (f *File) relationships(part string, read map[*entry]bool) ([]relationship, error) {
	dir, file := path.Split(part)
	e := f.zip.byName[partKey(dir+"_rels/"+file+".rels")]
	if e == nil {
		return nil, nil
	}
	xml, err := f.load(e, read)
	if err != nil {
		return nil, err
	}
	var rels []relationship
	err = f.each(xml, func(r *reader, t token) error {
		if !t.opens("Relationship") || r.space(t.name) != spaceRels || attrString(t.attrs, "TargetMode") == "External" {
			return nil
		}
		target := strings.ReplaceAll(attrString(t.attrs, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = "/" + dir + target
		}
		if len(rels) >= 10*f.lim.Entries {
			return hostile("", "it has more than %d relationships to parts of the package, which are fewer", len(rels))
		}
		rels = append(rels, relationship{attrString(t.attrs, "Id"), path.Base(attrString(t.attrs, "Type")), strings.TrimPrefix(path.Clean(target), "/")})
		return nil
	})
	return rels, refusePart(e.name, err)
}

// each calls fn with every start tag of a part that is in memory, to its end.
func (f *File) each(part []byte, fn func(r *reader, t token) error) error {
	r, err := newReader(part, f.lim)
	if err != nil {
		return err
	}
	for {
		t, err := r.next()
		if err != nil || t.kind == tokEOF {
			return err
		}
		if t.kind == tokStart || t.kind == tokEmpty {
			if err := fn(r, t); err != nil {
				return err
			}
		}
	}
}

// readWorkbook reads the sheets in their order, and the date system (18.2.27).
func (f *File) readWorkbook(rels []relationship, read map[*entry]bool) error {
	xml, err := f.load(f.workbook, read)
	if err != nil {
		return err
	}
	byID := make(map[string]relationship, len(rels))
	for _, rel := range rels {
		byID[rel.id] = rel
	}
	names := map[string]bool{}
	err = f.each(xml, func(r *reader, t token) error {
		space := r.space(t.name)
		if space != spaceMain && space != spaceMainStrict {
			if r.depth == 1 {
				return &Refusal{Kind: NotWorkbook, Detail: "its main part is no workbook", Remedy: openAndSave}
			}
			return nil
		}
		switch {
		case r.depth == 2 && t.opens("workbookPr"):
			f.date1904 = attrBool(t.attrs, "date1904", false)
		case r.depth == 3 && t.opens("sheet"):
			id, _ := attrLocal(t.attrs, "id")
			rel := byID[string(id)]
			if rel.kind != "worksheet" {
				return nil
			}
			name := attrString(t.attrs, "name")
			if key := strings.ToLower(name); names[key] {
				return hostile("", "two sheets have the name %q", name)
			} else {
				names[key] = true
			}
			state := attrString(t.attrs, "state")
			return f.addSheet(name, rel.target, state == "hidden" || state == "veryHidden", read)
		}
		return nil
	})
	return refusePart(f.workbook.name, err)
}

func (f *File) addSheet(name, part string, hidden bool, read map[*entry]bool) error {
	e := f.zip.byName[partKey(part)]
	if e == nil {
		return damaged(part, "the package lacks the part of sheet %q", name)
	}
	for _, other := range f.sheets {
		if other.entry == e {
			return hostile(part, "two sheets, %q and %q, share one part", other.Name, name)
		}
	}
	s := &Sheet{Name: name, Part: e.name, Hidden: hidden, f: f, entry: e}
	f.sheets = append(f.sheets, s)
	rels, err := f.relationships(part, read)
	if err != nil {
		return err
	}
	for _, rel := range rels {
		e := f.zip.byName[partKey(rel.target)]
		if rel.kind != "table" || e == nil {
			continue
		}
		if read[e] {
			return hostile(e.name, "two relationships lead to this table")
		}
		xml, err := f.load(e, read)
		if err != nil {
			return err
		}
		table, err := parseTable(e.name, xml)
		if err != nil {
			return refusePart(e.name, err)
		}
		for _, name := range table.Columns {
			f.headings += perString + int64(len(name))
		}
		if f.headings > f.lim.Part {
			return tooLarge(e.name, "up to here, the headings of the tables take more than %d MiB", f.lim.Part>>20)
		}
		s.Tables = append(s.Tables, table)
	}
	return nil
}

// readStrings reads the shared strings (18.4.9) as they are inflated.
func (f *File) readStrings(e *entry, read map[*entry]bool) error {
	if f.sst != nil {
		return hostile(e.name, "the workbook has two parts of shared strings")
	}
	f.sst = e
	r, err := f.zip.openReader(e, f.lim)
	if err == nil {
		defer r.close()
		f.strings, err = sharedStrings(r, f.lim.Strings)
	}
	if err != nil {
		if damage := f.zip.check([]*entry{e}); damage != nil {
			return damage // tells more than what the damage led to
		}
		return refusePart(e.name, err)
	}
	read[e] = true
	return nil
}

// readStyles finds out which cell styles show dates.
func (f *File) readStyles(e *entry, read map[*entry]bool) error {
	if f.styles != nil {
		return hostile(e.name, "the workbook has two parts of styles")
	}
	f.styles = e
	part, err := f.load(e, read)
	if err != nil {
		return err
	}
	s, err := newStyleSheet(part)
	if err != nil {
		return refusePart(f.styles.name, err)
	}
	f.dates = s.dates
	return nil
}
