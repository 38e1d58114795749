package xlsx

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// zip64 builds a package in which every size and offset stands in Zip64 fields (APPNOTE 4.5.3), stored, its entries
// followed by data descriptors of the given form.
func zip64(parts []part, signed bool) []byte {
	var out, dir []byte
	for _, p := range parts {
		offset, n, crc := len(out), uint64(len(p.text)), crc32.ChecksumIEEE([]byte(p.text))
		extra := le.AppendUint64(le.AppendUint64([]byte{1, 0, 16, 0}, n), n)
		out = append(out, sigLocal+"\x2D\x00\x08\x00\x00\x00\x00\x00\x00\x00"...)
		out = le.AppendUint32(le.AppendUint32(le.AppendUint32(out, 0), all32), all32)
		out = le.AppendUint16(le.AppendUint16(out, uint16(len(p.name))), uint16(len(extra)))
		out = append(append(append(out, p.name...), extra...), p.text...)
		if signed {
			out = append(out, sigDescriptor...)
		}
		out = le.AppendUint64(le.AppendUint64(le.AppendUint32(out, crc), n), n)

		extra = le.AppendUint64(append(extra, 0), 0)[:4+16] // room for the offset
		extra[2] = 24
		extra = le.AppendUint64(extra, uint64(offset))
		dir = append(dir, sigCentral+"\x2D\x00\x2D\x00\x08\x00\x00\x00\x00\x00\x00\x00"...)
		dir = le.AppendUint32(le.AppendUint32(le.AppendUint32(dir, crc), all32), all32)
		dir = le.AppendUint16(le.AppendUint16(dir, uint16(len(p.name))), uint16(len(extra)))
		dir = append(dir, make([]byte, 10)...)
		dir = append(append(le.AppendUint32(dir, all32), p.name...), extra...)
	}
	start, size, n := uint64(len(out)), uint64(len(dir)), uint64(len(parts))
	out = append(out, dir...)
	end64 := uint64(len(out))
	out = append(out, sigEnd64...)
	out = append(le.AppendUint64(out, 44), 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{n, n, size, start} {
		out = le.AppendUint64(out, v)
	}
	out = append(append(out, sigLocator64...), 0, 0, 0, 0)
	out = le.AppendUint32(le.AppendUint64(out, end64), 1)
	out = append(append(out, sigEnd...), 0, 0, 0, 0)
	out = le.AppendUint32(le.AppendUint32(append(out, 0xFF, 0xFF, 0xFF, 0xFF), all32), all32)
	return append(out, 0, 0)
}

func TestZip64(t *testing.T) {
	parts := bookParts(worksheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, ""), "<t>a</t>")
	for _, signed := range []bool{false, true} {
		data := zip64(parts, signed)
		if got := cellsOf(t, data); len(got) != 1 || got[0] != `A1 2 "a"` {
			t.Fatalf("cells %q", got)
		}
		after, err := patched(t, data, SheetPatch{Edits: []Edit{cell("B1", TextValue("x"))}})
		if err != nil {
			t.Fatal(err)
		}
		if got := cellsOf(t, after); len(got) != 2 || got[1] != `B1 2 "x"` {
			t.Errorf("cells %q", got)
		}
		// A reader of its own agrees, entry by entry.
		z, err := zip.NewReader(bytes.NewReader(after), int64(len(after)))
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range z.File {
			r, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil || e.Name != parts[i].name || e.Name != sheetPart && string(content) != parts[i].text {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
	}
}

// Entries that did not change are copied with everything that belongs to them: method, time, extra fields, comment.
func TestPatchCopiesEntriesRaw(t *testing.T) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i, p := range bookParts(worksheet(`<row r="1"/>`, "")) {
		h := &zip.FileHeader{Name: p.name, Method: uint16(i % 2 * 8), Comment: "c" + p.name, Extra: []byte{0x34, 0x12, 2, 0, 7, 7}}
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(f, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetComment("made in a test"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := patched(t, buf.Bytes(), SheetPatch{Edits: []Edit{cell("B1", TextValue("x"))}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := readArchive(buf.Bytes(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	b, err := readArchive(after, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if string(b.comment) != "made in a test" {
		t.Errorf("the package's comment is %q", b.comment)
	}
	for i, x := range a.entries {
		y := b.entries[i]
		if same := bytes.Equal(a.data[x.header:x.end], b.data[y.header:y.end]); same == (x.name == sheetPart) {
			t.Errorf("%s: the same bytes: %v", x.name, same)
		}
		if !strings.HasSuffix(string(y.central), "c"+y.name) || !bytes.Contains(y.central, []byte{0x34, 0x12, 2, 0, 7, 7}) {
			t.Errorf("%s: its comment or extra field is gone", y.name)
		}
	}
}

func TestBackslashesInNames(t *testing.T) {
	parts := bookParts(worksheet(`<row r="1"><c r="A1"><v>1</v></c></row>`, ""))
	for i := range parts {
		parts[i].name = strings.ReplaceAll(parts[i].name, "/", `\`)
	}
	if got := cellsOf(t, pkg(t, parts...)); len(got) != 1 {
		t.Errorf("cells %q", got)
	}
}
