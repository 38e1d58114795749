package xlsx

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// wardrobe is a styles part as the proof reads it.
type wardrobe struct {
	formats, fonts, fills [][]byte
	codes                 map[int]string // number formats that the part defines, by id
}

func newWardrobe(part []byte) (*wardrobe, error) {
	root, err := parseTree(part, 2)
	if err != nil {
		return nil, err
	}
	w := &wardrobe{codes: map[int]string{}}
	for _, list := range root.children {
		for _, item := range list.children {
			raw := part[item.start:item.end]
			switch list.local() {
			case "numFmts":
				w.codes[attrInt(item.attrs, "numFmtId", -1)] = attrString(item.attrs, "formatCode")
			case "fonts":
				w.fonts = append(w.fonts, raw)
			case "fills":
				w.fills = append(w.fills, raw)
			case "cellXfs":
				w.formats = append(w.formats, raw)
			}
		}
	}
	if len(w.formats) == 0 { // cells without a format mean this one
		w.formats = [][]byte{[]byte("<xf/>")}
	}
	if len(w.fonts) == 0 {
		w.fonts = [][]byte{[]byte(defaultFont)}
	}
	return w, nil
}

// format is one cell format taken apart.
type format struct {
	attrs      map[string]string
	font, fill []byte // whole elements; fill is nil where the part has no such
	rest       string // border, style, alignment, protection and all else
}

// looked are the attributes of a cell format that a look may change.
var looked = []string{"numFmtId", "fontId", "fillId", "applyNumberFormat", "applyFont", "applyFill", "quotePrefix", "pivotButton"}

// format takes a cell format apart: to the letter, or so that those that mean the same are equal.
func (w *wardrobe) format(index int, exact bool) (f format, ok bool) {
	if index < 0 || index >= len(w.formats) {
		return f, false
	}
	e, err := parseTree(w.formats[index], 64)
	if err != nil {
		return f, false
	}
	f.attrs = attrMap(e.attrs)
	children := inside(e, w.formats[index])
	if !exact {
		slices.Sort(children)
		f.plain()
	}
	font, fill := f.id("fontId"), f.id("fillId")
	if font < 0 || font >= len(w.fonts) || fill < 0 || fill > 0 && fill >= len(w.fills) {
		return f, false
	}
	f.font = w.fonts[font]
	if fill < len(w.fills) {
		f.fill = w.fills[fill]
	}
	others := maps.Clone(f.attrs)
	for _, name := range looked {
		delete(others, name)
	}
	f.rest = inOrder(others) + strings.Join(children, ",")
	return f, true
}

// plain writes the attributes of a cell format (18.8.45) in one way, and leaves out those that say no more than the default.
func (f format) plain() {
	for name := range f.attrs {
		switch {
		case strings.HasPrefix(name, "apply"), name == "quotePrefix", name == "pivotButton":
			if !f.flag(name) {
				delete(f.attrs, name)
			} else {
				f.attrs[name] = "1"
			}
		case strings.HasSuffix(name, "Id"):
			if f.attrs[name] = strconv.Itoa(f.id(name)); f.id(name) == 0 {
				delete(f.attrs, name)
			}
		}
	}
}

func (f format) flag(name string) bool {
	return f.attrs[name] == "1" || f.attrs[name] == "TRUE" || f.attrs[name] == "ON"
}

func (f format) id(name string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(f.attrs[name]))
	return n
}

// attrMap is attributes by their local names, in capitals; declarations of namespaces are left out.
func attrMap(attrs []byte) map[string]string {
	all := map[string]string{}
	for {
		a, rest, ok, err := nextAttr(attrs)
		if err != nil || !ok {
			return all
		}
		attrs = rest
		if !bytes.HasPrefix(a.name, []byte("xmlns")) {
			all[string(localName(a.name))] = strings.ToUpper(string(a.value))
		}
	}
}

// inside is what the children of an element say, whatever their prefixes, or its text where it has none.
func inside(e *element, part []byte) []string {
	var all []string
	if text := bytes.TrimSpace(part[e.open:e.close]); len(e.children) == 0 && len(text) > 0 {
		return append(all, string(text))
	}
	for i := range e.children {
		c := &e.children[i]
		all = append(all, c.local()+inOrder(attrMap(c.attrs))+"{"+strings.Join(inside(c, part), ",")+"}")
	}
	return all
}

func inOrder(attrs map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		all = append(all, name+"="+attrs[name])
	}
	return "(" + strings.Join(all, " ") + ")"
}
