package encrypted

import (
	"bytes"
	"slices"
	"unicode/utf16"
)

// Limits of what is read. Excel writes eleven entries, storages three deep.
const (
	maxEntries = 4096
	maxDepth   = 16
)

// reader reads a compound file. Every sector is claimed by what it belongs to,
// once: so no chain turns in a circle, and nothing read is larger than the file.
type reader struct {
	data  []byte
	size  int // of a sector, in bytes
	fat   table
	mini  table
	small []byte // the mini stream
	dir   []byte
	seen  []bool // directory entries
	read  int    // how many of them
}

// table is a FAT: which sector follows which, and which are claimed.
type table struct {
	next    []uint32
	claimed []bool
}

func (t *table) claim(n uint32) error {
	if uint64(n) >= uint64(len(t.claimed)) {
		return damaged("a chain of sectors leads out of the file")
	}
	if t.claimed[n] {
		return damaged("a sector belongs to two chains")
	}
	t.claimed[n] = true
	return nil
}

// chain claims a chain of at most that many sectors.
func (t *table) chain(start uint32, most int) ([]uint32, error) {
	var list []uint32
	for n := start; n != endOfChain && len(list) < most; n = t.next[n] {
		if err := t.claim(n); err != nil {
			return nil, err
		}
		list = append(list, n)
		if uint64(n) >= uint64(len(t.next)) {
			return nil, damaged("a chain of sectors has no end")
		}
	}
	return list, nil
}

// readCompound reads everything that a compound file holds ([MS-CFB]).
func readCompound(data []byte) (*entry, error) {
	if len(data) < headerSize || string(data[:8]) != signature {
		return nil, damaged("it is no compound file")
	}
	r := &reader{data: data}
	switch major, shift := le.Uint16(data[26:]), le.Uint16(data[30:]); {
	case major == 3 && shift == 9, major == 4 && shift == 12:
		r.size = 1 << shift
	default:
		return nil, damaged("it is a compound file of version %d with sectors of 2^%d bytes", major, shift)
	}
	if order, shift, cutoff := le.Uint16(data[28:]), le.Uint16(data[32:]), le.Uint32(data[56:]); order != 0xFFFE || shift != 6 || cutoff != miniCutoff {
		return nil, damaged("its header is not one of a compound file")
	}
	r.fat.claimed = make([]bool, max(0, (len(data)+r.size-1)/r.size-1))
	if err := r.readFAT(); err != nil {
		return nil, err
	}
	var err error
	if r.dir, err = r.whole(le.Uint32(data[48:])); err != nil {
		return nil, err
	}
	r.dir = r.dir[:len(r.dir)/entrySize*entrySize]
	if len(r.dir) == 0 || r.dir[66] != kindRoot {
		return nil, damaged("its directory has no root")
	}
	r.seen = make([]bool, len(r.dir)/entrySize)
	if err := r.readMini(); err != nil {
		return nil, err
	}
	return r.entry(0, 0)
}

// sector is the bytes of a sector; the last of a file may be cut short.
func (r *reader) sector(n uint32) []byte {
	from := (int(n) + 1) * r.size
	return r.data[from:min(from+r.size, len(r.data))]
}

// readFAT gathers the sectors of the FAT, from the header and from the chain of
// what did not find room there ([MS-CFB] 2.5.1).
func (r *reader) readFAT() error {
	add := func(list []byte) error {
		for ; len(list) >= 4; list = list[4:] {
			n := le.Uint32(list)
			if n == freeSector {
				continue
			}
			if err := r.fat.claim(n); err != nil {
				return err
			}
			r.fat.next = append(r.fat.next, numbers(r.sector(n))...)
		}
		return nil
	}
	if err := add(r.data[76 : 76+4*headerDIFAT]); err != nil {
		return err
	}
	for n := le.Uint32(r.data[68:]); n != endOfChain && n != freeSector; {
		if err := r.fat.claim(n); err != nil {
			return err
		}
		s := r.sector(n)
		if len(s) < r.size {
			return damaged("it is cut short")
		}
		if err := add(s[:r.size-4]); err != nil {
			return err
		}
		n = le.Uint32(s[r.size-4:])
	}
	return nil
}

// readMini reads the mini stream, which belongs to the root, and its FAT.
func (r *reader) readMini() error {
	list, err := r.whole(le.Uint32(r.data[60:]))
	if err != nil {
		return err
	}
	r.mini.next = numbers(list)
	if r.small, err = r.large(le.Uint32(r.dir[116:]), r.length(r.dir)); err != nil {
		return err
	}
	r.mini.claimed = make([]bool, (len(r.small)+miniSectorSize-1)/miniSectorSize)
	return nil
}

// whole reads a chain to its end.
func (r *reader) whole(start uint32) ([]byte, error) {
	if start == freeSector { // some write this for a mini FAT without sectors
		return nil, nil
	}
	list, err := r.fat.chain(start, len(r.fat.claimed))
	if err != nil {
		return nil, err
	}
	var b []byte
	for _, n := range list {
		b = append(b, r.sector(n)...)
	}
	return b, nil
}

// large reads a stream of that many bytes from sectors of the file.
func (r *reader) large(start uint32, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	list, err := r.fat.chain(start, (size+r.size-1)/r.size)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, min(size, len(list)*r.size))
	for _, n := range list {
		b = append(b, r.sector(n)[:min(len(r.sector(n)), cap(b)-len(b))]...)
	}
	if len(b) != size {
		return nil, damaged("a stream is cut short")
	}
	return b, nil
}

// stream reads the content of a stream.
func (r *reader) stream(d []byte) ([]byte, error) {
	start, size := le.Uint32(d[116:]), r.length(d)
	if size >= miniCutoff || size == 0 {
		return r.large(start, size)
	}
	list, err := r.mini.chain(start, (size+miniSectorSize-1)/miniSectorSize)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(list)*miniSectorSize)
	for _, n := range list {
		from := int(n) * miniSectorSize
		b = append(b, r.small[from:min(from+miniSectorSize, len(r.small))]...)
	}
	if len(b) < size {
		return nil, damaged("a stream is cut short")
	}
	return b[:size], nil
}

// length is the number of bytes of the stream of a directory entry, at most one
// more than the file has. In version 3 the upper half may hold anything
// ([MS-CFB] 2.6.1).
func (r *reader) length(d []byte) int {
	size := le.Uint64(d[120:])
	if r.size == headerSize {
		size &= 0xFFFFFFFF
	}
	return int(min(size, uint64(len(r.data))+1))
}

// entry reads a directory entry and what is in it.
func (r *reader) entry(id uint32, depth int) (*entry, error) {
	d := r.dir[int(id)*entrySize:][:entrySize]
	e := &entry{kind: d[66], state: le.Uint32(d[96:]), class: [16]byte(d[80:]), times: [16]byte(d[100:])}
	var err error
	if e.name, err = entryName(d); err != nil {
		return nil, err
	}
	switch {
	case e.kind == kindStream:
		e.content, err = r.stream(d)
		return e, err
	case e.kind != kindStorage && (e.kind != kindRoot || id != 0):
		return nil, damaged("its directory has an entry of the unknown kind %d", e.kind)
	case depth > maxDepth:
		return nil, damaged("its storages stand more than %d deep in each other", maxDepth)
	}
	ids, err := r.siblings(le.Uint32(d[76:]))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		c, err := r.entry(id, depth+1)
		if err != nil {
			return nil, err
		}
		e.children = append(e.children, c)
	}
	slices.SortFunc(e.children, func(a, b *entry) int { return compareNames(a.name, b.name) })
	for i := 1; i < len(e.children); i++ {
		if compareNames(e.children[i-1].name, e.children[i].name) == 0 {
			return nil, damaged("its directory has two entries %q", e.children[i].name)
		}
	}
	return e, nil
}

// siblings lists the entries of a storage. They stand in a binary tree, which
// some programs do not keep balanced or in order.
func (r *reader) siblings(top uint32) ([]uint32, error) {
	var ids []uint32
	for stack := []uint32{top}; len(stack) > 0; {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if id == noEntry {
			continue
		}
		if uint64(id) >= uint64(len(r.seen)) || id == 0 || r.seen[id] {
			return nil, damaged("its directory is no tree")
		}
		r.seen[id] = true
		ids = append(ids, id)
		if r.read++; r.read > maxEntries {
			return nil, damaged("its directory has more than %d entries", maxEntries)
		}
		d := r.dir[int(id)*entrySize:]
		stack = append(stack, le.Uint32(d[68:]), le.Uint32(d[72:]))
	}
	return ids, nil
}

// entryName reads the name of a directory entry.
func entryName(d []byte) (string, error) {
	size := int(le.Uint16(d[64:])) // with the zero at its end
	if size < 4 || size > 64 || size%2 != 0 {
		return "", damaged("its directory has an entry without a name")
	}
	var units []uint16
	for i := 0; i < size-2; i += 2 {
		units = append(units, le.Uint16(d[i:]))
	}
	name := string(utf16.Decode(units))
	if !bytes.Equal(utf16Bytes(name), d[:size-2]) {
		return "", damaged("its directory has the unreadable name %q", name)
	}
	return name, nil
}

func numbers(b []byte) []uint32 {
	list := make([]uint32, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, le.Uint32(b))
	}
	return list
}
