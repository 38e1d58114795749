package xlsx

import (
	"bytes"
	"fmt"
	"strconv"
)

// growth is what may differ in a part that only gains something.
type growth struct {
	lists map[string]string // lists that may gain items at their end: local name → that of its items
	attrs map[string]string // the one attribute of an element that may differ: local name → attribute
	added string            // an element below the root that may be new, self-closed, with nothing but its attribute of attrs
}

// check goes through both versions of a part token by token.
func (g *growth) check(before, after []byte, lim Limits) error {
	x, err := newReader(before, lim)
	if err != nil {
		return err
	}
	y, err := newReader(after, lim)
	if err != nil {
		return err
	}
	tx, err := x.next()
	if err != nil {
		return err
	}
	for {
		ty, err := y.next()
		if err != nil {
			return err
		}
		if bytes.Equal(x.buf[tx.start:tx.end], y.buf[ty.start:ty.end]) && tx.kind == ty.kind {
			if tx.kind == tokEOF {
				return g.counts(before, after, lim)
			}
		} else if g.extra(&tx, &ty, y) {
			if err := y.skip(ty); err != nil {
				return err
			}
			continue // x stays where it is
		} else if !g.sameTag(&tx, &ty, y.depth == 1) {
			return fmt.Errorf("%s became %s", quoteBytes(x.buf[tx.start:tx.end]), quoteBytes(y.buf[ty.start:ty.end]))
		} else if tx.kind == tokEmpty && ty.kind == tokStart {
			if err := g.onlyItems(y, &ty); err != nil {
				return err
			}
		}
		if tx, err = x.next(); err != nil {
			return err
		}
	}
}

// extra reports whether ty opens something that may be new where before goes on with tx.
func (g *growth) extra(tx, ty *token, y *reader) bool {
	if ty.kind != tokStart && ty.kind != tokEmpty {
		return false
	}
	name := string(ty.local())
	if y.depth == 2 && !(tx.opens(name)) {
		if name == g.added && ty.kind == tokEmpty {
			rest := withoutAttr(ty.attrs, g.attrs[name])
			return blank(rest)
		}
		return g.lists[name] != ""
	}
	// An item at the end of its list: before goes on with the list's end tag.
	return y.depth == 3 && tx.kind == tokEnd && g.lists[string(tx.local())] == name && bytes.Equal(prefixOf(tx.name), prefixOf(ty.name))
}

// sameTag reports whether two start tags differ by nothing but the attribute that may, and in that the second is not
// self-closed any more, where it is a list, or the root that gains its first ones.
func (g *growth) sameTag(tx, ty *token, root bool) bool {
	name := tx.local()
	opens := func(t *token) bool { return t.kind == tokStart || t.kind == tokEmpty }
	if !opens(tx) || !opens(ty) || !bytes.Equal(tx.name, ty.name) {
		return false
	}
	if tx.kind != ty.kind && !(tx.kind == tokEmpty && (g.lists[string(name)] != "" || root && g.added == "")) {
		return false
	}
	return sameAttrs(tx.attrs, ty.attrs, g.attrs[string(name)])
}

// sameAttrs compares attributes one by one, but for the value of one of them; that may also be new.
func sameAttrs(x, y []byte, but string) bool {
	for {
		a, restX, okX, errX := nextAttr(x)
		b, restY, okY, errY := nextAttr(y)
		if errX != nil || errY != nil {
			return false
		}
		switch {
		case okY && string(b.name) == but && !(okX && string(a.name) == but):
			y = restY
			continue
		case okX != okY:
			return false
		case !okX:
			return true
		case !bytes.Equal(a.name, b.name), !bytes.Equal(a.value, b.value) && string(a.name) != but:
			return false
		}
		x, y = restX, restY
	}
}

// onlyItems passes over a list that was empty before, up to its end.
func (g *growth) onlyItems(y *reader, list *token) error {
	item := g.lists[string(list.local())]
	for depth := y.depth; y.depth >= depth; {
		t, err := y.next()
		if err != nil {
			return err
		}
		opens := y.depth == depth+1 && (t.kind == tokStart || t.kind == tokEmpty)
		if name := string(t.local()); opens && name != item && !(depth == 1 && g.lists[name] != "") {
			return fmt.Errorf("%s stands in <%s>", quoteBytes(t.name), list.local())
		}
	}
	return nil
}

// counts holds the lists against the counts they state: one that was right is right still.
func (g *growth) counts(before, after []byte, lim Limits) error {
	old, err := g.miscounted(before, lim)
	if err != nil {
		return err
	}
	now, err := g.miscounted(after, lim)
	for list, wrong := range now {
		if wrong != "" && old[list] == "" {
			return fmt.Errorf("<%s> %s", list, wrong)
		}
	}
	return err
}

// miscounted gives the lists of a part whose count is wrong, and how.
func (g *growth) miscounted(part []byte, lim Limits) (map[string]string, error) {
	r, err := newReader(part, lim)
	if err != nil {
		return nil, err
	}
	wrong := map[string]string{}
	list, want, have := "", "", 0
	for {
		t, err := r.next()
		if err != nil || t.kind == tokEOF {
			return wrong, err
		}
		switch opens := t.kind == tokStart || t.kind == tokEmpty; {
		case opens && r.depth == 2:
			count, _ := attr(t.attrs, "count")
			list, want, have = string(t.local()), string(count), 0
		case opens && r.depth == 3:
			have++
		case t.kind == tokEnd && r.depth == 1 && g.lists[list] != "" && want != "" && want != strconv.Itoa(have):
			wrong[list] = fmt.Sprintf("states %s items and has %d", want, have)
		}
	}
}
