package xlsx

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// element is one element of a part with the places of its tags, so that a part can be changed at exactly those places.
type element struct {
	name       []byte // qualified
	attrs      []byte // as they stand in the start tag
	start, end int    // of the whole element
	open       int    // end of the start tag
	close      int    // start of the end tag; == end of the element where it is self-closed
	empty      bool   // self-closed
	text       bool   // there is text in it, at any depth
	children   []element
}

func (e *element) local() string { return string(localName(e.name)) }

// child gives the only child of that local name in the element's own namespace prefix; nil where there is none, and an
// error where there are several, of which only one could be meant.
func (e *element) child(local string) (*element, error) {
	var found *element
	for i := range e.children {
		c := &e.children[i]
		if c.local() != local || !bytes.Equal(prefixOf(c.name), prefixOf(e.name)) {
			continue
		}
		if found != nil {
			return nil, malformed("<%s> stands twice", c.name)
		}
		found = c
	}
	return found, nil
}

// parseTree reads a part, keeping elements down to depth levels below its root, some 100,000 of them at most in any part
// that programs write; what lies deeper is only checked for being well nested. Hence its cost stays bounded.
func parseTree(part []byte, depth int) (*element, error) {
	const deepest, most = 64, 500_000
	r, err := newReader(part, Limits{Depth: deepest})
	if err != nil {
		return nil, err
	}
	top := &element{} // a place for the root
	stack := []*element{top}
	for kept := 0; ; {
		t, err := r.next()
		if err != nil {
			return nil, err
		}
		parent := stack[len(stack)-1]
		switch t.kind {
		case tokStart, tokEmpty:
			e := element{name: t.name, attrs: t.attrs, start: t.start, open: t.end, close: t.end, end: t.end, empty: t.kind == tokEmpty}
			at := &e
			if len(stack) <= depth+1 {
				if kept++; kept > most {
					return nil, tooLarge("", "it has more than %d elements", most)
				}
				parent.children = append(parent.children, e)
				at = &parent.children[len(parent.children)-1] // its siblings come after it is closed: it does not move
			}
			if t.kind == tokStart {
				stack = append(stack, at)
			}
		case tokEnd:
			parent.close, parent.end = t.start, t.end
			stack = stack[:len(stack)-1]
		case tokText, tokCDATA:
			for i := 0; i < len(stack) && !blank(t.text); i++ {
				stack[i].text = true
			}
		case tokEOF:
			return &top.children[0], nil
		}
	}
}

// canonical is a form of one element that is the same for elements that mean the same: without prefixes and white space,
// attributes and children sorted (nothing in a font, a fill or a cell format depends on their order).
func canonical(e *element, part []byte) string {
	var attrs []string
	for rest := e.attrs; ; {
		a, more, ok, err := nextAttr(rest)
		if err != nil || !ok {
			break
		}
		rest = more
		if name := string(localName(a.name)); name != "xmlns" && string(prefixOf(a.name)) != "xmlns:" {
			attrs = append(attrs, name+"="+strings.ToUpper(string(a.value)))
		}
	}
	slices.Sort(attrs)
	var inside []string
	for i := range e.children {
		inside = append(inside, canonical(&e.children[i], part))
	}
	if len(inside) == 0 {
		inside = append(inside, string(bytes.TrimSpace(part[e.open:e.close])))
	}
	slices.Sort(inside)
	return e.local() + "(" + strings.Join(attrs, " ") + "){" + strings.Join(inside, ",") + "}"
}

// withAttr gives attrs with one attribute set: its value replaced where it stands, else added at the end. The value must
// need no escaping.
func withAttr(attrs []byte, name, value string) []byte {
	for rest := attrs; ; {
		a, more, ok, err := nextAttr(rest)
		if err != nil || !ok {
			return slices.Concat(attrs, []byte(" "+name+`="`+value+`"`))
		}
		rest = more
		if string(a.name) == name {
			shut := len(attrs) - len(more) - 1 // the closing quote
			return slices.Concat(attrs[:shut-len(a.value)], []byte(value), attrs[shut:])
		}
	}
}

// withoutAttr gives attrs without one attribute and the space before it.
func withoutAttr(attrs []byte, name string) []byte {
	for rest := attrs; ; {
		a, more, ok, err := nextAttr(rest)
		if err != nil || !ok {
			return attrs
		}
		if string(a.name) == name {
			return slices.Concat(attrs[:len(attrs)-len(rest)], more)
		}
		rest = more
	}
}

// splice is one change to a part: cut bytes from at on give way to put.
type splice struct {
	at, cut int
	put     []byte
}

// applySplices makes the changes, which are sorted by place and do not overlap; those at one place keep their order.
func applySplices(part []byte, splices []splice) []byte {
	slices.SortStableFunc(splices, func(a, b splice) int { return a.at - b.at })
	out := make([]byte, 0, len(part)+1024)
	from := 0
	for _, s := range splices {
		out = append(out, part[from:s.at]...)
		out = append(out, s.put...)
		from = s.at + s.cut
	}
	return append(out, part[from:]...)
}

// growList is the changes that put items at the end of a list and set its count, where it states one.
func growList(list *element, items [][]byte) []splice {
	attrs := list.attrs
	if _, ok := attr(attrs, "count"); ok {
		attrs = withAttr(attrs, "count", strconv.Itoa(len(list.children)+len(items)))
	}
	tag := splice{at: list.start, cut: list.open - list.start, put: slices.Concat([]byte("<"), list.name, attrs, []byte(">"))}
	put := bytes.Join(items, nil)
	if list.empty {
		tag.put = slices.Concat(tag.put, put, []byte("</"), list.name, []byte(">"))
		return []splice{tag}
	}
	return []splice{tag, {at: list.close, put: put}}
}
