package xlsx

import (
	"bytes"
	"strings"
)

// sharedStrings reads the items of a shared strings part (18.4.9) in their order, decoded. Most are plain: those share
// one copy of the part instead of having one each. The counts that the part states are not believed.
func sharedStrings(part []byte, lim Limits) ([]string, error) {
	r, err := newReader(part, lim)
	if err != nil {
		return nil, err
	}
	all := string(part)
	items := make([]string, 0, bytes.Count(part, []byte("si>"))/2+1)
	for {
		t, err := r.next()
		if err != nil || t.kind == tokEOF {
			return items, err
		}
		if r.depth != 2 || !t.opens("si") || !mainSpace(r.space(t.name)) {
			continue
		}
		if t.kind == tokEmpty {
			items = append(items, "")
			continue
		}
		from := t.end
		if lo, hi, shut := plainItem(part[from:], prefixOf(t.name)); shut > 0 && !strings.Contains(all[from+lo:from+hi], "_x") {
			items = append(items, all[from+lo:from+hi])
			r.pos = from + shut
			continue
		}
		to, err := r.inside(t)
		if err != nil {
			return nil, err
		}
		text, err := appendRich(nil, part[from:to])
		if err != nil {
			return nil, err
		}
		items = append(items, unescapeBstr(string(text)))
	}
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
