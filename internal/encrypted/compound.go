package encrypted

import (
	"bytes"
	"cmp"
	"slices"
	"unicode"
	"unicode/utf16"
)

// Sector numbers with a meaning ([MS-CFB] 2.1).
const (
	difatSector = 0xFFFFFFFC
	fatSector   = 0xFFFFFFFD
	endOfChain  = 0xFFFFFFFE
	freeSector  = 0xFFFFFFFF
	noEntry     = 0xFFFFFFFF // of directory entries
)

// Sizes in bytes ([MS-CFB] 2.2 and 2.6.1).
const (
	headerSize     = 512
	miniSectorSize = 64
	miniCutoff     = 4096 // smaller streams stand in the mini stream
	entrySize      = 128
	headerDIFAT    = 109 // numbers of FAT sectors in the header
)

const signature = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// Kinds of directory entries ([MS-CFB] 2.6.1).
const (
	kindStorage = 1
	kindStream  = 2
	kindRoot    = 5
)

// entry is a stream of a compound file, or a storage with what is in it.
type entry struct {
	kind     byte
	name     string
	class    [16]byte // of the object
	state    uint32   // bits of the user's
	times    [16]byte // created, modified
	content  []byte   // of a stream
	children []*entry // of a storage, in the order of the format
}

// compareNames is the order of the entries of a storage ([MS-CFB] 2.6.4).
func compareNames(a, b string) int {
	x, y := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	return slices.CompareFunc(x, y, func(p, q uint16) int { return cmp.Compare(upper(p), upper(q)) })
}

// upper folds one code unit, as the format does; surrogates stay.
func upper(u uint16) uint16 {
	if r := unicode.ToUpper(rune(u)); r <= 0xFFFF {
		return uint16(r)
	}
	return u
}

// child is the entry of that name, nil if there is none.
func (e *entry) child(name string) *entry {
	for _, c := range e.children {
		if compareNames(c.name, name) == 0 {
			return c
		}
	}
	return nil
}

// at is the entry at the end of a path, nil if there is none.
func (e *entry) at(path ...string) *entry {
	for _, name := range path {
		if e = e.child(name); e == nil {
			return nil
		}
	}
	return e
}

// take takes a stream out of a storage, nil if there is none.
func (e *entry) take(name string) *entry {
	c := e.child(name)
	if c == nil || c.kind != kindStream {
		return nil
	}
	e.children = slices.DeleteFunc(e.children, func(x *entry) bool { return x == c })
	return c
}

// with is a copy of the storage with more entries in it.
func (e *entry) with(more ...*entry) *entry {
	c := *e
	c.children = slices.Concat(e.children, more)
	slices.SortFunc(c.children, func(a, b *entry) int { return compareNames(a.name, b.name) })
	return &c
}

// equal reports whether two entries hold the same.
func (e *entry) equal(o *entry) bool {
	return e.kind == o.kind && e.name == o.name && e.class == o.class && e.state == o.state && e.times == o.times &&
		bytes.Equal(e.content, o.content) && slices.EqualFunc(e.children, o.children, (*entry).equal)
}
