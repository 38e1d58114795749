package xlsx

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
)

// rawEntry is an entry as rawZip writes it: sound, but for what the functions change.
type rawEntry struct {
	name, text string
	deflate    bool
	descriptor bool         // sizes and check sum stand behind the bytes
	tail       string       // behind the deflated bytes, counted among them
	local      func([]byte) // change the local header, the record in the directory, and the descriptor
	central    func([]byte)
	behind     func([]byte)
	gap        string // what stands behind the entry, and belongs to none
}

// rawEnd changes the end of the package.
type rawEnd struct {
	directory string       // more bytes in the directory, counted as its own
	extra     string       // between the directory and the end
	end       func([]byte) // change the record at the end
	comment   string
	behind    string
}

// rawZip writes a package byte by byte, as no zip library would.
func rawZip(entries []rawEntry, end rawEnd) []byte {
	change := func(b []byte, fn func([]byte)) []byte {
		if fn != nil {
			fn(b)
		}
		return b
	}
	var out, dir []byte
	for _, e := range entries {
		content, method, flags := []byte(e.text), 0, 0
		if e.deflate {
			var buf bytes.Buffer
			w, _ := flate.NewWriter(&buf, 6)
			_, _ = w.Write(content)
			_ = w.Close()
			content, method = append(buf.Bytes(), e.tail...), 8
		}
		if e.descriptor {
			flags = flagDescriptor
		}
		sums := le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, crc32.ChecksumIEEE([]byte(e.text))), uint32(len(content))), uint32(len(e.text)))
		stated := sums
		if e.descriptor {
			stated = make([]byte, 12)
		}
		fields := func(sums []byte) []byte {
			b := le.AppendUint16(le.AppendUint16(le.AppendUint16(nil, 20), uint16(flags)), uint16(method))
			b = append(append(b, 0, 0, 0x21, 0), sums...)
			return append(le.AppendUint16(b, uint16(len(e.name))), 0, 0)
		}
		at := len(out)
		out = append(out, change(append(append([]byte(sigLocal), fields(stated)...), e.name...), e.local)...)
		out = append(out, content...)
		if e.descriptor {
			out = append(out, change(append([]byte(sigDescriptor), sums...), e.behind)...)
		}
		out = append(out, e.gap...)
		record := append(append([]byte(sigCentral), 20, 0), fields(sums)...)
		record = append(record, make([]byte, 10)...)
		record = append(le.AppendUint32(record, uint32(at)), e.name...)
		dir = append(dir, change(record, e.central)...)
	}
	dir = append(dir, end.directory...)
	start := len(out)
	out = append(append(out, dir...), end.extra...)
	record := append([]byte(sigEnd), 0, 0, 0, 0)
	record = le.AppendUint16(le.AppendUint16(record, uint16(len(entries))), uint16(len(entries)))
	record = le.AppendUint32(le.AppendUint32(record, uint32(len(dir))), uint32(start))
	record = append(le.AppendUint16(record, uint16(len(end.comment))), end.comment...)
	return append(append(out, change(record, end.end)...), end.behind...)
}

// rawBook is a workbook's parts as entries, with one of them changed.
func rawBook(name string, change func(*rawEntry)) []rawEntry {
	var entries []rawEntry
	for _, p := range bookParts(worksheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, ""), "<t>Learner ID</t>") {
		e := rawEntry{name: p.name, text: p.text, deflate: true}
		if p.name == name {
			change(&e)
		}
		entries = append(entries, e)
	}
	return entries
}
