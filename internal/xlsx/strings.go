package xlsx

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// texts are strings in their order, of which there may be millions: taking up one more moves none that is there.
type texts struct {
	n      int
	cost   int64 // bytes of memory
	blocks [][]string
	arena  *strings.Builder // what the last strings are cut from
	long   map[int]int      // the lengths of those that are longer than maxText, by number
}

// What texts are taken up in, once there are many.
const (
	perBlock    = 1 << 14 // strings
	arenaSize   = 1 << 18 // bytes
	perString   = 16      // bytes that a string takes besides its text
	smallestRun = 1 << 10
)

// at gives the string of that number, below n.
func (x *texts) at(i int) string { return x.blocks[i/perBlock][i%perBlock] }

// add takes up a copy of the text.
func (x *texts) add(text []byte) {
	if x.n%perBlock == 0 {
		var block []string // the only one, most of the time, and it grows
		if x.n > 0 {
			block = make([]string, 0, perBlock)
		}
		x.blocks = append(x.blocks, block)
	}
	last := &x.blocks[len(x.blocks)-1]
	*last = append(*last, x.keep(text))
	if n := textLength(text); n > maxText {
		if x.long == nil {
			x.long = map[int]int{}
		}
		x.long[x.n] = n
	}
	x.n++
	x.cost += perString + int64(len(text))
}

// keep copies the text to the end of the arena: few large pieces of memory instead of many small ones.
func (x *texts) keep(text []byte) string {
	if x.arena == nil || x.arena.Cap()-x.arena.Len() < len(text) {
		x.arena = &strings.Builder{}
		size := arenaSize
		if x.cost < arenaSize {
			size = smallestRun + 2*int(x.cost) // most workbooks are small
		}
		x.arena.Grow(max(size, len(text)))
	}
	from := x.arena.Len()
	x.arena.Write(text)
	return x.arena.String()[from:]
}

// textLength is the length of a text in UTF-16 code units; of one that cannot have more than maxText it is not counted.
func textLength(text []byte) int {
	if len(text) <= maxText {
		return len(text)
	}
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += utf16.RuneLen(r)
		text = text[size:]
	}
	return n
}

// sharedStrings reads the items of a shared strings part (18.4.9) in their order, decoded. The counts that the part
// states are not believed.
func sharedStrings(r *reader, limit int64) (texts, error) {
	var items texts
	for {
		t, err := r.next()
		if err != nil || t.kind == tokEOF {
			return items, err
		}
		if r.depth != 2 || !t.opens("si") || !mainSpace(r.space(t.name)) {
			continue
		}
		if err := r.item(t, &items); err != nil {
			return items, err
		}
		if items.cost > limit {
			return items, tooLarge("", "the texts of the workbook would take more than %d MiB", limit>>20)
		}
	}
}

// item takes up the item that t opens. Most are plain, and are taken as they are.
func (r *reader) item(t token, items *texts) error {
	if t.kind == tokEmpty {
		items.add(nil)
		return nil
	}
	rest := r.buf[r.pos:]
	if lo, hi, shut := plainItem(rest, prefixOf(t.name)); shut > 0 && !bytes.Contains(rest[lo:hi], []byte("_x")) {
		items.add(rest[lo:hi])
		r.pos += shut
		return nil
	}
	inside, err := r.inside(t)
	if err != nil {
		return err
	}
	text, err := appendRich(nil, inside)
	if err != nil {
		return err
	}
	items.add([]byte(unescapeBstr(string(text))))
	return nil
}

func mainSpace(s space) bool { return s == spaceMain || s == spaceMainStrict }

// plainItem finds the text of an item that is nothing but a <t> without anything to decode, and where its end tag
// begins; shut is 0 for others.
func plainItem(b, prefix []byte) (lo, hi, shut int) {
	lo, ok := skipTag(b, 0, "<", prefix, "t")
	if !ok {
		return 0, 0, 0
	}
	if rest, ok := bytes.CutPrefix(b[lo:], []byte(` xml:space="preserve"`)); ok {
		lo = len(b) - len(rest)
	}
	if lo >= len(b) || b[lo] != '>' {
		return 0, 0, 0
	}
	lo++
	for hi = lo; hi < len(b) && b[hi] != '<'; hi++ {
		if b[hi] == '&' || b[hi] == '\r' {
			return 0, 0, 0
		}
	}
	shut, ok = skipTag(b, hi, "</", prefix, "t>")
	if !ok {
		return 0, 0, 0
	}
	if _, ok = skipTag(b, shut, "</", prefix, "si>"); !ok {
		return 0, 0, 0
	}
	return lo, hi, shut
}

// skipTag gives the offset behind open+prefix+name, where that stands at i.
func skipTag(b []byte, i int, open string, prefix []byte, name string) (int, bool) {
	for _, s := range []string{open, string(prefix), name} {
		if len(b)-i < len(s) || string(b[i:i+len(s)]) != s {
			return 0, false
		}
		i += len(s)
	}
	return i, true
}
