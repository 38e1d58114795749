package xlsx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// archive is the zip package, read from its central directory. The format is that of PKWARE's APPNOTE as ISO/IEC 21320-1
// and ECMA-376 part 2 narrow it: stored or deflated entries, no encryption, one volume.
//
// It is our own reader because what matters here is what general readers are lax about: whether the two headers of an
// entry agree, whether entries overlap, and where exactly the bytes lie that are copied raw.
type archive struct {
	data    []byte
	entries []*entry          // in the order of the central directory
	byName  map[string]*entry // by partKey
	comment []byte
	flates  *flates
}

// entry is one file of the package.
type entry struct {
	name    string // as stored
	method  uint16 // 0 stored, 8 deflated
	flags   uint16
	crc     uint32
	size    int64  // bytes inflated
	packed  int64  // bytes as stored
	header  int64  // offset of the local header
	body    int64  // offset of the stored bytes
	end     int64  // offset behind them and their data descriptor
	central []byte // its whole record in the central directory
}

// The signatures and fixed lengths of APPNOTE 4.3.
const (
	sigLocal      = "PK\x03\x04"
	sigCentral    = "PK\x01\x02"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"
	sigDescriptor = "PK\x07\x08"

	lenLocal     = 30
	lenCentral   = 46
	lenEnd       = 22
	lenEnd64     = 56
	lenLocator64 = 20

	flagEncrypted  = 1<<0 | 1<<6 | 1<<13 // of any kind
	flagDescriptor = 1 << 3

	all16, all32 = 0xFFFF, 0xFFFFFFFF // "see the Zip64 extra field"
)

var le = binary.LittleEndian

// partKey makes names comparable: part names do not tell case apart (ECMA-376 part 2, 6.2.2.3), and some producers write
// backslashes, a leading slash, or escapes (%20) in one place and not in the other.
func partKey(name string) string {
	if strings.IndexByte(name, '%') >= 0 {
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
	}
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// stored gives the bytes of an entry as the package holds them.
func (a *archive) stored(e *entry) []byte { return a.data[e.body : e.body+e.packed] }

func damaged(part, format string, args ...any) error {
	return &Refusal{Kind: Damaged, Part: part, Detail: fmt.Sprintf(format, args...), Remedy: restoreCopy}
}

func hostile(part, format string, args ...any) error {
	return &Refusal{Kind: Hostile, Part: part, Detail: fmt.Sprintf(format, args...),
		Remedy: "no spreadsheet program writes such a file: find out where it came from before anybody opens it"}
}

func tooLarge(part, format string, args ...any) error {
	return &Refusal{Kind: TooLarge, Part: part, Detail: fmt.Sprintf(format, args...),
		Remedy: "remove what does not belong in it (pictures, formatted empty rows), or split the workbook"}
}

// readArchive reads the directory of a package and holds it against the local headers and the limits.
// It inflates nothing yet.
func readArchive(data []byte, lim Limits) (*archive, error) {
	if err := recognise(data, lim); err != nil {
		return nil, err
	}
	dir, err := findDirectory(data)
	if err != nil {
		return nil, err
	}
	if dir.entries > lim.Entries {
		return nil, tooLarge("", "the package has %d entries, more than the %d allowed", dir.entries, lim.Entries)
	}
	a := &archive{data: data, byName: make(map[string]*entry, dir.entries), comment: dir.comment, flates: new(flates)}
	rest := data[dir.offset : dir.offset+dir.size]
	for range dir.entries {
		e, n, err := readCentral(rest)
		if err != nil {
			return nil, err
		}
		rest = rest[n:]
		if err := a.add(e); err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 {
		return nil, damaged("", "the package's directory holds %d bytes more than its entries", len(rest))
	}
	if err := a.locate(dir.offset); err != nil {
		return nil, err
	}
	return a, a.checkLimits(lim)
}

// add files an entry under its name.
func (a *archive) add(e *entry) error {
	key := partKey(e.name)
	if e.name == "" || strings.ContainsFunc(key, unicode.IsControl) || slices.Contains(strings.Split(key, "/"), "..") {
		return hostile("", "one of its entries has the name %s", quoteBytes([]byte(e.name)))
	}
	if first := a.byName[key]; first != nil {
		return hostile("", "two entries have one name, %s and %s: programs differ in which they read", visible(first.name), visible(e.name))
	}
	a.byName[key] = e
	a.entries = append(a.entries, e)
	return nil
}

// locate finds each entry's bytes through its local header, and makes sure that no two share any, and that no entry lies
// among them which the directory does not list.
func (a *archive) locate(limit int64) error {
	order := append([]*entry(nil), a.entries...)
	sort.Slice(order, func(i, j int) bool { return order[i].header < order[j].header })
	end := int64(0)
	for i, e := range order {
		next := limit
		if i+1 < len(order) {
			next = order[i+1].header
		}
		if err := e.readLocal(a.data, next, limit); err != nil {
			return err
		}
		if e.end > next {
			return hostile(e.name, "this entry overlaps another")
		}
		if bytes.HasPrefix(a.data[end:e.header], []byte(sigLocal)) {
			return hidden(end)
		}
		end = e.end
	}
	if bytes.HasPrefix(a.data[end:limit], []byte(sigLocal)) {
		return hidden(end)
	}
	return nil
}

func hidden(at int64) error {
	return hostile("", "at byte %d lies an entry that the package's directory does not list: programs differ in whether they read it", at)
}

func (a *archive) checkLimits(lim Limits) error {
	var total int64
	for _, e := range a.entries {
		total += e.size
		if e.size > lim.Unpacked || total > lim.Unpacked {
			return tooLarge(e.name, "unpacked, the package is larger than the %d MiB allowed", lim.Unpacked>>20)
		}
		if e.size > lim.RatioFloor && e.size/int64(lim.Ratio) > e.packed {
			return tooLarge(e.name, "%d bytes unpack to %d, more than the 1:%d allowed", e.packed, e.size, lim.Ratio)
		}
	}
	return nil
}

// directory is what the records at the end of the file say.
type directory struct {
	entries      int
	offset, size int64
	comment      []byte
}

func findDirectory(data []byte) (directory, error) {
	var d directory
	truncated := damaged("", "the end of the package is missing, as after an interrupted copy or download")
	at, err := findEnd(data)
	if err != nil {
		return d, err
	}
	if at < 0 {
		return d, truncated
	}
	end := data[at:]
	d.comment = end[lenEnd:]
	d.entries = int(le.Uint16(end[10:]))
	d.size, d.offset = int64(le.Uint32(end[12:])), int64(le.Uint32(end[16:]))
	if le.Uint16(end[4:]) != 0 && le.Uint16(end[4:]) != all16 || le.Uint16(end[8:]) != le.Uint16(end[10:]) {
		return d, damaged("", "the package is one volume of several")
	}
	limit := int64(at)
	if l := at - lenLocator64; l >= 0 && string(data[l:l+4]) == sigLocator64 {
		r := le.Uint64(data[l+8:])
		if r > uint64(l) || uint64(l)-r < lenEnd64 || string(data[r:r+4]) != sigEnd64 {
			return d, truncated
		}
		rec := data[r:]
		n, size, offset := le.Uint64(rec[32:]), le.Uint64(rec[40:]), le.Uint64(rec[48:])
		if n > uint64(len(data)) || size > uint64(len(data)) || offset > uint64(len(data)) {
			return d, truncated
		}
		if !agree(uint64(d.entries), all16, n) || !agree(uint64(d.size), all32, size) || !agree(uint64(d.offset), all32, offset) {
			return d, hostile("", "the package's two ends disagree: programs differ in which they believe")
		}
		d.entries, d.size, d.offset = int(n), int64(size), int64(offset)
		limit = int64(r)
	}
	if d.offset+d.size != limit {
		return d, damaged("", "the package's directory is not where the end of the file says")
	}
	return d, nil
}

// agree reports whether a field of the end leaves it to the Zip64 one, or says the same.
func agree(field, asked, zip64 uint64) bool { return field == asked || field == zip64 }

// findEnd gives where the record at the end of the package stands, behind which there is nothing but its comment; -1 where
// there is none.
func findEnd(data []byte) (int, error) {
	at, other := -1, -1
	for i := len(data) - lenEnd; i >= max(0, len(data)-lenEnd-all16); i-- {
		if string(data[i:i+4]) != sigEnd {
			continue
		}
		switch behind := len(data) - (i + lenEnd + int(le.Uint16(data[i+20:]))); {
		case behind == 0 && at >= 0:
			return -1, hostile("", "the package has two ends, one in the comment of the other: programs differ in which they believe")
		case behind == 0:
			at = i
		case behind > 0 && other < 0:
			other = behind
		}
	}
	if at < 0 && other > 0 {
		return -1, damaged("", "%d bytes stand behind the end of the package, which do not belong to it", other)
	}
	return at, nil
}

// readCentral reads the first record of the directory and says how long it is.
func readCentral(b []byte) (*entry, int, error) {
	if len(b) < lenCentral || string(b[:4]) != sigCentral {
		return nil, 0, damaged("", "the package's directory is damaged")
	}
	names, extras, comments := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	n := lenCentral + names + extras + comments
	if len(b) < n {
		return nil, 0, damaged("", "the package's directory is damaged")
	}
	e := &entry{
		name: string(b[lenCentral : lenCentral+names]), central: b[:n:n],
		flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), crc: le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])), size: int64(le.Uint32(b[24:])), header: int64(le.Uint32(b[42:])),
	}
	zip64 := zip64Extra(b[lenCentral+names : lenCentral+names+extras])
	for _, field := range []*int64{&e.size, &e.packed, &e.header} {
		if *field != all32 {
			continue
		}
		if len(zip64) < 8 || le.Uint64(zip64) > 1<<40 {
			return nil, 0, damaged(e.name, "its Zip64 sizes are missing")
		}
		*field = int64(le.Uint64(zip64))
		zip64 = zip64[8:]
	}
	switch {
	case e.flags&flagEncrypted != 0:
		return nil, 0, &Refusal{Kind: Encrypted, Part: e.name, Detail: "the entry is encrypted", Remedy: "save the workbook without a zip password"}
	case e.method != 0 && e.method != 8:
		return nil, 0, &Refusal{Kind: Unsupported, Part: e.name, Detail: fmt.Sprintf("it is compressed by method %d, which workbooks do not use", e.method), Remedy: openAndSave}
	case e.method == 0 && e.size != e.packed:
		return nil, 0, damaged(e.name, "it is stored as it is, yet its two sizes differ")
	}
	return e, n, nil
}

// zip64Extra is the body of the Zip64 extra field (APPNOTE 4.5.3), if there is one.
func zip64Extra(extra []byte) []byte {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if len(extra) < 4+n {
			return nil
		}
		if id == 1 {
			return extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	return nil
}

// readLocal finds the entry's bytes and holds its local header against the central one.
func (e *entry) readLocal(data []byte, next, limit int64) error {
	if e.header < 0 || e.header+lenLocal > limit || string(data[e.header:e.header+4]) != sigLocal {
		return damaged(e.name, "the package's directory points to a place where it does not begin")
	}
	b := data[e.header:limit]
	names, extras := int64(le.Uint16(b[26:])), int64(le.Uint16(b[28:]))
	e.body = e.header + lenLocal + names + extras
	if e.body > limit || e.packed > limit-e.body {
		return damaged(e.name, "it reaches beyond the end of the package")
	}
	differ := func(about string) error {
		return hostile(e.name, "the two places that give its %s disagree: programs differ in which they believe", about)
	}
	const meaning = flagEncrypted | flagDescriptor
	switch {
	case string(b[lenLocal:lenLocal+names]) != e.name:
		return differ("name")
	case le.Uint16(b[8:]) != e.method:
		return differ("compression")
	case le.Uint16(b[6:])&meaning != e.flags&meaning:
		return differ("flags")
	}
	crc, packed, size := le.Uint32(b[14:]), int64(le.Uint32(b[18:])), int64(le.Uint32(b[22:]))
	zip64 := zip64Extra(b[lenLocal+names : lenLocal+names+extras])
	for _, field := range []*int64{&size, &packed} {
		if *field == all32 && len(zip64) >= 8 {
			*field = int64(le.Uint64(zip64))
			zip64 = zip64[8:]
		}
	}
	same := func(local, central int64) bool {
		return local == central || e.flags&flagDescriptor != 0 && (local == 0 || local == all32)
	}
	switch {
	case !same(int64(crc), int64(e.crc)):
		return differ("check sum")
	case !same(packed, e.packed) || !same(size, e.size):
		return differ("size")
	}
	e.end = e.body + e.packed
	if e.flags&flagDescriptor != 0 {
		n, ok := e.descriptor(data[e.end:limit], next-e.end)
		if !ok {
			return differ("size and check sum")
		}
		e.end += n
	}
	return nil
}

// descriptor measures the data descriptor behind the stored bytes (APPNOTE 4.3.9): with or without a signature, with
// sizes of four or eight bytes. Where two readings fit, the one that fills the gap to the next entry is right.
func (e *entry) descriptor(b []byte, gap int64) (int64, bool) {
	found := int64(-1)
	for _, sig := range []string{sigDescriptor, ""} {
		for _, wide := range []bool{false, true} {
			want := le.AppendUint32([]byte(sig), e.crc)
			if wide {
				want = le.AppendUint64(le.AppendUint64(want, uint64(e.packed)), uint64(e.size))
			} else {
				want = le.AppendUint32(le.AppendUint32(want, uint32(e.packed)), uint32(e.size))
			}
			if !bytes.HasPrefix(b, want) {
				continue
			}
			if n := int64(len(want)); found < 0 || n == gap {
				found = n
			}
		}
	}
	return found, found >= 0
}
