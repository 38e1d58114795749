package xlsx

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestProveSeesEveryMutation changes one thing at a time in what was patched: every element of every part that may differ
// is lost, doubled, or changes places with the next; every attribute is lost or has another value; every text is another;
// and every other part is changed, lost, or changes its content with another. None of these may be proved.
func TestProveSeesEveryMutation(t *testing.T) {
	before, f, patches := staffBook(t)
	after, err := f.Patch(patches)
	if err != nil {
		t.Fatal(err)
	}
	if err := Prove(before, after, patches, DefaultLimits()); err != nil {
		t.Fatalf("what Patch made is not proved: %v", err)
	}
	for _, rule := range newlyBroken(t, before, after) {
		t.Errorf("breaks a rule: %s", rule)
	}
	tried := map[string]int{}
	try := func(kind, what string, bad []byte) {
		tried[kind]++
		if Prove(before, bad, patches, DefaultLimits()) == nil {
			t.Errorf("proved although %s", what)
		}
	}
	a, err := readArchive(after, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	old, _ := readArchive(before, DefaultLimits())
	changed := 0
	for i, e := range a.entries {
		put := func(now []byte) []byte { return a.rewrite(map[*entry]packed{e: a.pack(now)}) }
		part := []byte(text(t, after, e.name))
		if bytes.Equal(part, []byte(text(t, before, old.entries[i].name))) {
			try("other part", e.name+" changed", put(append(bytes.Clone(part), ' ')))
			try("other part", e.name+" is empty", put(nil))
			next := a.entries[(i+1)%len(a.entries)]
			try("other part", e.name+" has the content of "+next.name, put([]byte(text(t, after, next.name))))
			continue
		}
		changed++
		for _, m := range mutations(t, part) {
			try(m.kind, e.name+": "+m.what, put(m.part))
		}
	}
	if changed != 5 {
		t.Errorf("%d parts changed, want the two sheets, the table, the styles and the main part", changed)
	}
	t.Logf("not proved: %v", tried)
}

type mutation struct {
	kind, what string
	part       []byte
}

// mutations are all changes of one element, attribute or text of a part.
func mutations(t *testing.T, part []byte) []mutation {
	t.Helper()
	root, err := parseTree(part, 64)
	if err != nil {
		t.Fatal(err)
	}
	var all []mutation
	add := func(kind string, e *element, what string, splices ...splice) {
		now := applySplices(part, splices)
		if !bytes.Equal(now, part) {
			all = append(all, mutation{kind, fmt.Sprintf("%s %.90q: %s", kind, part[e.start:e.open], what), now})
		}
	}
	var walk func(e *element, next *element)
	walk = func(e, next *element) {
		self := bytes.Clone(part[e.start:e.end])
		if e != root {
			add("element lost", e, "", splice{at: e.start, cut: len(self)})
			add("element doubled", e, "", splice{at: e.end, put: self})
		}
		if next != nil {
			between := part[e.end:next.start]
			add("elements swapped", e, "", splice{at: e.start, cut: next.end - e.start, put: slices.Concat(part[next.start:next.end], between, self)})
		}
		tag := func(attrs []byte) splice {
			return splice{at: e.start, cut: 1 + len(e.name) + len(e.attrs), put: slices.Concat([]byte("<"), e.name, attrs)}
		}
		for rest := e.attrs; ; {
			a, more, ok, err := nextAttr(rest)
			if err != nil || !ok {
				break
			}
			rest = more
			add("attribute lost", e, string(a.name), tag(withoutAttr(e.attrs, string(a.name))))
			add("attribute changed", e, string(a.name), tag(withAttr(e.attrs, string(a.name), otherValue(string(a.value)))))
		}
		if inside := part[e.open:e.close]; len(e.children) == 0 && len(inside) > 0 {
			add("text changed", e, "", splice{at: e.open, cut: len(inside), put: []byte(otherValue(string(inside)))})
			add("text lost", e, "", splice{at: e.open, cut: len(inside)})
		}
		for i := range e.children {
			var next *element
			if i+1 < len(e.children) {
				next = &e.children[i+1]
			}
			walk(&e.children[i], next)
		}
	}
	walk(root, nil)
	return all
}

// otherValue is a value of the same kind, but another one.
func otherValue(v string) string {
	switch {
	case v == "":
		return "1"
	case strings.ContainsAny(v[len(v)-1:], "012345678"):
		return v[:len(v)-1] + string(v[len(v)-1]+1)
	case v[len(v)-1] == '9':
		return v[:len(v)-1] + "8"
	}
	return v[:len(v)-1] + string(v[len(v)-1]^1)
}
