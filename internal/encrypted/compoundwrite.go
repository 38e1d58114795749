package encrypted

import (
	"errors"
	"math"
	"math/bits"
)

// writer lays a compound file out, of version 3 with sectors of 512 bytes:
// header, DIFAT, FAT, directory, mini FAT, mini stream, large streams.
type writer struct {
	entries []*node  // in the order of the directory; the root is the first
	mini    []uint32 // the FAT of the mini stream
	small   []byte   // the mini stream
	out     []byte
	fat     []uint32
}

// node is an entry with its place.
type node struct {
	*entry
	red                bool
	left, right, child uint32
	start              uint32
	size               int
}

const (
	sectorSize   = headerSize
	difatNumbers = sectorSize/4 - 1 // of FAT sectors in a DIFAT sector, before the number of the next one
)

func sectors(size int) int { return (size + sectorSize - 1) / sectorSize }

// write makes the compound file of a root storage.
func (e *entry) write() ([]byte, error) {
	w := &writer{}
	w.add(e)
	w.placeSmall()
	size := uint64(0)
	parts := sectors(len(w.entries)*entrySize) + sectors(4*len(w.mini)) + sectors(len(w.small))
	for _, n := range w.entries {
		if size += uint64(len(n.content)); n.large() {
			parts += sectors(len(n.content))
		}
	}
	if size > math.MaxInt32/2 { // beyond, the format has rules of its own
		return nil, errors.New("it is too large for a compound file")
	}
	fats, difats := fatSectors(parts)
	w.out = make([]byte, 0, (1+difats+fats+parts)*sectorSize)
	w.out = append(w.out, make([]byte, (1+difats+fats)*sectorSize)...)
	w.fat = make([]uint32, 0, fats*sectorSize/4)
	for range difats {
		w.fat = append(w.fat, difatSector)
	}
	for range fats {
		w.fat = append(w.fat, fatSector)
	}
	w.body()
	w.header(fats, difats)
	return w.out, nil
}

// fatSectors is how many sectors the FAT needs for itself and that many others,
// and the list of its sectors beyond those in the header.
func fatSectors(others int) (fats, difats int) {
	for {
		need := sectors(4 * (others + fats + difats))
		more := (max(0, need-headerDIFAT) + difatNumbers - 1) / difatNumbers
		if need == fats && more == difats {
			return fats, difats
		}
		fats, difats = need, more
	}
}

// add puts an entry and what is in it into the directory, and returns its place there.
func (w *writer) add(e *entry) uint32 {
	n := &node{entry: e, left: noEntry, right: noEntry, child: noEntry, start: endOfChain, size: len(e.content)}
	id := uint32(len(w.entries))
	w.entries = append(w.entries, n)
	var ids []uint32
	for _, c := range e.children {
		ids = append(ids, w.add(c))
	}
	n.child = w.tree(ids, 0, bits.Len(uint(len(ids)+1))-1)
	return id
}

// tree joins siblings in order to a red-black tree ([MS-CFB] 2.6.4): as even as
// can be, and red is the level below those that are full.
func (w *writer) tree(ids []uint32, level, full int) uint32 {
	if len(ids) == 0 {
		return noEntry
	}
	middle := len(ids) / 2
	n := w.entries[ids[middle]]
	n.red = level == full
	n.left = w.tree(ids[:middle], level+1, full)
	n.right = w.tree(ids[middle+1:], level+1, full)
	return ids[middle]
}

func (n *node) large() bool { return n.kind == kindStream && len(n.content) >= miniCutoff }

// placeSmall gathers the small streams.
func (w *writer) placeSmall() {
	for _, n := range w.entries {
		if n.kind != kindStream || n.large() || n.size == 0 {
			continue
		}
		n.start = uint32(len(w.mini))
		w.mini = appendChain(w.mini, (n.size+miniSectorSize-1)/miniSectorSize)
		w.small = append(w.small, n.content...)
		w.small = append(w.small, make([]byte, len(w.mini)*miniSectorSize-len(w.small))...)
	}
}

// body writes everything behind the FAT, in the order in which places are given.
func (w *writer) body() {
	root, at := w.entries[0], len(w.fat)
	place := func(size int) uint32 {
		if size == 0 {
			return endOfChain
		}
		start := uint32(len(w.fat))
		w.fat = appendChain(w.fat, sectors(size))
		return start
	}
	place(len(w.entries) * entrySize) // the directory is where the FAT ends
	miniFAT := place(4 * len(w.mini))
	root.start, root.size = place(len(w.small)), len(w.small)
	for _, n := range w.entries {
		if n.large() {
			n.start = place(n.size)
		}
	}
	le.PutUint32(w.out[48:], uint32(at))
	le.PutUint32(w.out[60:], miniFAT)
	le.PutUint32(w.out[64:], uint32(sectors(4*len(w.mini))))

	for _, n := range w.entries {
		w.out = n.append(w.out)
	}
	for len(w.out)%sectorSize != 0 {
		w.out = (&node{entry: &entry{}, left: noEntry, right: noEntry, child: noEntry}).append(w.out)
	}
	for _, n := range w.mini {
		w.out = le.AppendUint32(w.out, n)
	}
	w.fill(0xFF)
	w.out = append(w.out, w.small...)
	w.fill(0)
	for _, n := range w.entries {
		if n.large() {
			w.out = append(w.out, n.content...)
			w.fill(0)
		}
	}
}

// fill fills the last sector up.
func (w *writer) fill(b byte) {
	for len(w.out)%sectorSize != 0 {
		w.out = append(w.out, b)
	}
}

// header writes the header, the list of the FAT's sectors and the FAT
// ([MS-CFB] 2.2, 2.3, 2.5).
func (w *writer) header(fats, difats int) {
	h := w.out
	copy(h, signature)
	for at, value := range map[int]uint16{24: 0x3E, 26: 3, 28: 0xFFFE, 30: 9, 32: 6} {
		le.PutUint16(h[at:], value)
	}
	le.PutUint32(h[44:], uint32(fats))
	le.PutUint32(h[56:], miniCutoff)
	le.PutUint32(h[68:], endOfChain)
	le.PutUint32(h[72:], uint32(difats))
	if difats > 0 {
		le.PutUint32(h[68:], 0)
	}
	fat := func(i int) uint32 {
		if i < fats {
			return uint32(difats + i)
		}
		return freeSector
	}
	for i := range headerDIFAT {
		le.PutUint32(h[76+4*i:], fat(i))
	}
	for s := range difats {
		list := h[(1+s)*sectorSize:]
		for i := range difatNumbers {
			le.PutUint32(list[4*i:], fat(headerDIFAT+s*difatNumbers+i))
		}
		next := uint32(s + 1)
		if s == difats-1 {
			next = endOfChain
		}
		le.PutUint32(list[4*difatNumbers:], next)
	}
	for i := range fats * sectorSize / 4 {
		next := uint32(freeSector)
		if i < len(w.fat) {
			next = w.fat[i]
		}
		le.PutUint32(h[(1+difats)*sectorSize+4*i:], next)
	}
}

// append writes a directory entry ([MS-CFB] 2.6.1).
func (n *node) append(out []byte) []byte {
	var d [entrySize]byte
	if n.kind != 0 {
		size := copy(d[:62], utf16Bytes(n.name))
		le.PutUint16(d[64:], uint16(size+2))
		d[66], d[67] = n.kind, 1
		if n.red {
			d[67] = 0
		}
		copy(d[80:], n.class[:])
		le.PutUint32(d[96:], n.state)
		copy(d[100:], n.times[:])
		le.PutUint32(d[116:], n.start)
		le.PutUint32(d[120:], uint32(n.size))
	}
	le.PutUint32(d[68:], n.left)
	le.PutUint32(d[72:], n.right)
	le.PutUint32(d[76:], n.child)
	if n.kind == kindStorage {
		le.PutUint32(d[116:], 0) // a storage has no sectors
	}
	return append(out, d[:]...)
}

// appendChain appends a chain of sectors that follow each other.
func appendChain(table []uint32, n int) []uint32 {
	for i := range n {
		next := uint32(len(table) + 1)
		if i == n-1 {
			next = endOfChain
		}
		table = append(table, next)
	}
	return table
}
