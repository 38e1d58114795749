package xlsx

import (
	"regexp"
	"strings"
	"testing"
)

// zipCase is a package that is refused, and how.
type zipCase struct {
	name    string
	entries []rawEntry
	end     rawEnd
	kind    RefusalKind
	words   []string
}

// put16 and put32 set a field of a header.
func put16(at int, v uint16) func([]byte) { return func(b []byte) { le.PutUint16(b[at:], v) } }
func put32(at int, v uint32) func([]byte) { return func(b []byte) { le.PutUint32(b[at:], v) } }

// The fields of the headers are those of APPNOTE 4.3.7, 4.3.12 and 4.3.16.
func entryCases() []zipCase {
	of := func(change func(*rawEntry)) []rawEntry { return rawBook(sheetPart, change) }
	local := func(fn func([]byte)) []rawEntry { return of(func(e *rawEntry) { e.local = fn }) }
	central := func(fn func([]byte)) []rawEntry { return of(func(e *rawEntry) { e.central = fn }) }
	called := func(name string) []rawEntry { return append(rawBook("", nil), rawEntry{name: name, text: "x"}) }
	return []zipCase{
		{name: "name in the local header", entries: local(func(b []byte) { b[lenLocal] = 'y' }), kind: Hostile, words: []string{sheetPart, "its name disagree"}},
		{name: "method in the local header", entries: local(put16(8, 0)), kind: Hostile, words: []string{sheetPart, "its compression disagree"}},
		{name: "descriptor in the local header", entries: local(put16(6, flagDescriptor)), kind: Hostile, words: []string{sheetPart, "its flags disagree"}},
		{name: "encryption in the local header", entries: local(put16(6, 1)), kind: Hostile, words: []string{"its flags disagree"}},
		{name: "check sum in the local header", entries: local(put32(14, 7)), kind: Hostile, words: []string{sheetPart, "its check sum disagree"}},
		{name: "packed size in the local header", entries: local(put32(18, 7)), kind: Hostile, words: []string{sheetPart, "its size disagree"}},
		{name: "size in the local header", entries: local(put32(22, 7)), kind: Hostile, words: []string{"its size disagree"}},
		{name: "size in the local header, left to Zip64", entries: local(put32(22, all32)), kind: Hostile, words: []string{"its size disagree"}},
		{name: "data descriptor", entries: of(func(e *rawEntry) { e.descriptor, e.behind = true, put32(4, 7) }), kind: Hostile, words: []string{sheetPart, "size and check sum disagree"}},
		{name: "size beside a data descriptor", entries: of(func(e *rawEntry) { e.descriptor, e.local = true, put32(22, 7) }), kind: Hostile, words: []string{"its size disagree"}},
		{name: "length of the local name", entries: local(put16(26, 3)), kind: Hostile, words: []string{"its name disagree"}},
		{name: "local extra field", entries: local(put16(28, 0xFFFF)), kind: Damaged, words: []string{sheetPart, "beyond the end"}},
		{name: "overlap", entries: local(put16(28, 1)), kind: Hostile, words: []string{sheetPart, "overlaps"}},
		{name: "two entries of the same bytes", entries: func() []rawEntry {
			entries := rawBook("", nil)
			entries[6].central = put32(42, 0)
			return entries
		}(), kind: Hostile, words: []string{"overlaps"}},

		{name: "offset", entries: rawBook("[Content_Types].xml", func(e *rawEntry) { e.central = put32(42, 1) }), kind: Damaged, words: []string{"[Content_Types].xml", "where it does not begin"}},
		{name: "offset behind the end", entries: rawBook("xl/sharedStrings.xml", func(e *rawEntry) { e.central = put32(42, 0x7FFFFFFF) }), kind: Damaged, words: []string{"xl/sharedStrings.xml", "where it does not begin"}},
		{name: "encrypted", entries: of(func(e *rawEntry) { e.local, e.central = put16(6, 1), put16(8, 1) }), kind: Encrypted, words: []string{sheetPart, "password"}},
		{name: "strongly encrypted", entries: central(put16(8, 1<<6)), kind: Encrypted, words: []string{sheetPart, "password"}},
		{name: "hidden headers", entries: central(put16(8, 1<<13)), kind: Encrypted, words: []string{"password"}},
		{name: "unknown compression", entries: of(func(e *rawEntry) { e.local, e.central = put16(8, 93), put16(10, 93) }), kind: Unsupported, words: []string{sheetPart, "method 93", "save it"}},
		{name: "Zip64 size that is missing", entries: central(put32(24, all32)), kind: Damaged, words: []string{sheetPart, "Zip64"}},
		{name: "stored in two sizes", entries: of(func(e *rawEntry) { e.deflate, e.central = false, put32(24, 7) }), kind: Damaged, words: []string{sheetPart, "two sizes differ"}},

		{name: "flipped bit", entries: of(func(e *rawEntry) { e.local, e.central = put32(14, 7), put32(16, 7) }), kind: Damaged, words: []string{sheetPart, "check sum"}},
		{name: "shorter than it says", entries: of(func(e *rawEntry) { e.local, e.central = put32(22, 9999), put32(24, 9999) }), kind: Damaged, words: []string{sheetPart, "shorter"}},
		{name: "longer than it says", entries: of(func(e *rawEntry) { e.local, e.central = put32(22, 7), put32(24, 7) }), kind: Damaged, words: []string{sheetPart, "longer"}},
		{name: "bytes hidden behind the deflated ones", entries: of(func(e *rawEntry) { e.tail = "PK" }), kind: Hostile, words: []string{sheetPart, "2 bytes lie hidden"}},
		{name: "not deflated at all", entries: of(func(e *rawEntry) { e.deflate, e.local, e.central = false, put16(8, 8), put16(10, 8) }), kind: Damaged, words: []string{sheetPart, "cannot be unpacked"}},

		{name: "no name", entries: called(""), kind: Hostile, words: []string{`the name ""`}},
		{name: "NUL in a name", entries: called("xl/a\x00.xml"), kind: Hostile, words: []string{`the name "xl/a\x00.xml"`}},
		{name: "escape in a name", entries: called("xl/\x1b[31m.xml"), kind: Hostile, words: []string{`\x1b[31m`}},
		{name: "name that leads out", entries: called("../../etc/passwd"), kind: Hostile, words: []string{`"../../etc/passwd"`}},
		{name: "name that leads out by backslashes", entries: called(`xl\..\..\a`), kind: Hostile, words: []string{`xl\\..\\..\\a`}},
		{name: "name that leads out by escapes", entries: called("xl/%2e%2e/a"), kind: Hostile, words: []string{"%2e%2e"}},
		{name: "the same name", entries: called(sheetPart), kind: Hostile, words: []string{"one name", sheetPart}},
		{name: "the same name, absolute", entries: called("/" + sheetPart), kind: Hostile, words: []string{"one name", "/" + sheetPart}},
		{name: "the same name, escaped", entries: called("xl/worksheets/sheet%31.xml"), kind: Hostile, words: []string{"one name", "sheet%31.xml"}},
		{name: "an entry that is not listed", entries: of(func(e *rawEntry) { e.gap = sigLocal + "hidden" }), kind: Hostile, words: []string{"does not list"}},
		{name: "an entry behind the others that is not listed", entries: rawBook("xl/sharedStrings.xml", func(e *rawEntry) { e.gap = sigLocal }), kind: Hostile, words: []string{"does not list"}},
	}
}

func endCases() []zipCase {
	whole := rawBook("", nil)
	zip64 := func(entries uint64) string {
		record := le.AppendUint64([]byte(sigEnd64), 44)
		record = append(record, make([]byte, 12)...)
		for _, v := range []uint64{entries, entries, 0, 0} {
			record = le.AppendUint64(record, v)
		}
		return string(record)
	}
	locator := func(at uint64) string {
		return sigLocator64 + "\x00\x00\x00\x00" + string(le.AppendUint64(nil, at)) + "\x01\x00\x00\x00"
	}
	size := uint64(len(rawZip(whole, rawEnd{})) - lenEnd)
	return []zipCase{
		{name: "one volume", end: rawEnd{end: put16(4, 1)}, kind: Damaged, words: []string{"one volume of several"}},
		{name: "two counts", end: rawEnd{end: put16(8, 6)}, kind: Damaged, words: []string{"one volume of several"}},
		{name: "fewer entries than there are", end: rawEnd{end: func(b []byte) { b[8], b[10] = 6, 6 }}, kind: Damaged, words: []string{"bytes more than its entries"}},
		{name: "more entries than there are", end: rawEnd{end: func(b []byte) { b[8], b[10] = 8, 8 }}, kind: Damaged, words: []string{"directory is damaged"}},
		{name: "directory elsewhere", end: rawEnd{end: put32(16, 5)}, kind: Damaged, words: []string{"not where the end of the file says"}},
		{name: "directory beyond the end", end: rawEnd{end: put32(12, 0x7FFFFFFF)}, kind: Damaged, words: []string{"not where the end of the file says"}},
		{name: "bytes in the directory", end: rawEnd{directory: "hidden"}, kind: Damaged, words: []string{"6 bytes more than its entries"}},
		{name: "bytes behind the directory", end: rawEnd{extra: "hidden"}, kind: Damaged, words: []string{"not where the end of the file says"}},
		{name: "bytes behind the end", end: rawEnd{behind: "\r\n"}, kind: Damaged, words: []string{"2 bytes stand behind the end"}},
		{name: "an end in the comment of the end", end: rawEnd{comment: sigEnd + strings.Repeat("\x00", lenEnd-4)}, kind: Hostile, words: []string{"two ends"}},
		{name: "Zip64 end that is not there", end: rawEnd{extra: locator(0)}, kind: Damaged, words: []string{"end of the package is missing"}},
		{name: "Zip64 end far away", end: rawEnd{extra: locator(1 << 60)}, kind: Damaged, words: []string{"end of the package is missing"}},
		{name: "Zip64 end of impossible numbers", end: rawEnd{extra: zip64(1<<62) + locator(size)}, kind: Damaged, words: []string{"end of the package is missing"}},
		{name: "Zip64 end that disagrees", end: rawEnd{extra: zip64(1) + locator(size)}, kind: Hostile, words: []string{"two ends disagree"}},
	}
}

// TestZipRefusals: each way in which a zip package can lie or be damaged is refused, says which entry and what is wrong,
// and what to do; the package without the lie is read.
func TestZipRefusals(t *testing.T) {
	whole := rawBook("", nil)
	for _, sound := range [][]rawEntry{
		whole,
		rawBook(sheetPart, func(e *rawEntry) { e.descriptor = true }),
		rawBook(sheetPart, func(e *rawEntry) { e.deflate = false }),
		rawBook(sheetPart, func(e *rawEntry) { e.gap = "some bytes" }), // as programs leave them that change a package in place
		rawBook(sheetPart, func(e *rawEntry) { e.name = "/xl/worksheets/sheet%31.xml" }),
	} {
		if got := cellsOf(t, rawZip(sound, rawEnd{comment: "made in a test"})); len(got) != 1 {
			t.Fatalf("cells %q", got)
		}
	}
	said := map[string]string{}
	for _, c := range append(entryCases(), endCases()...) {
		t.Run(c.name, func(t *testing.T) {
			if c.entries == nil {
				c.entries = whole
			}
			_, err := openWhole(rawZip(c.entries, c.end), DefaultLimits())
			refused(t, err, c.kind, c.words...)
			wellPut(t, err)
			said[message(err)] = c.name
		})
	}
	// Not one message for everything: there are about as many as there are things to say.
	if len(said) < 24 {
		t.Errorf("only %d different messages", len(said))
	}
}

// message is what an error says whatever the workbook is.
func message(err error) string {
	return regexp.MustCompile(`"[^"]*"|\S+\.xml|\d+`).ReplaceAllString(err.Error(), "…")
}
