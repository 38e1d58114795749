package config

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"regcert/internal/likeness"
)

// entry is a key and its value.
type entry struct {
	key   string
	at    *token.Token // the key's place
	value value
}

// failKey notes a problem with the key itself.
func (e entry) failKey(format string, args ...any) {
	e.value.doc.fail(e.at, format, args...)
}

// entries reads a group of keys, each once. Nothing at all is an empty group:
// its lines may have been commented out.
func (v value) entries(want string) []entry {
	var pairs []*ast.MappingValueNode
	switch n := v.node.(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		v.wrong(want)
	}
	seen := map[string]bool{}
	var out []entry
	for _, pair := range pairs {
		at := pair.Key.GetToken()
		name, ok := pair.Key.(*ast.StringNode)
		if !ok {
			v.doc.fail(at, "%q is no key: write text, such as state_dir", at.Value)
			continue
		}
		if seen[name.Value] {
			v.doc.fail(at, "the key %q stands here a second time: take one of the two out", name.Value)
			continue
		}
		seen[name.Value] = true
		out = append(out, entry{name.Value, at, v.child(name.Value, at, pair.Value)})
	}
	return out
}

// child is the value of a key. What has no place of its own on the line, such
// as nothing or a block of more lines, is shown at its key.
func (v value) child(key string, at *token.Token, node ast.Node) value {
	c := value{doc: v.doc, path: key, node: node, at: at}
	if v.path != "" {
		c.path = v.path + "." + key
	}
	switch node.(type) {
	case nil, *ast.NullNode, *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.LiteralNode:
	default:
		c.at = node.GetToken()
	}
	return c
}

// field is a key that may stand in a group, and what reads its value.
type field struct {
	key  string
	read func(value)
}

// object reads a group of known keys and returns those that stand there.
func (v value) object(want string, fields ...field) map[string]value {
	seen := map[string]value{}
next:
	for _, e := range v.entries(want) {
		for _, f := range fields {
			if f.key == e.key {
				seen[e.key] = e.value
				f.read(e.value)
				continue next
			}
		}
		known := make([]string, len(fields))
		for i, f := range fields {
			known[i] = f.key
		}
		e.unknown("key", known)
	}
	return seen
}

// unknown notes a key that nobody knows, with the one that was probably meant.
func (e entry) unknown(what string, known []string) {
	namesOnly := strings.HasSuffix(e.key, "_env") || strings.HasSuffix(e.key, "_file")
	near := likeness.Nearest(e.key, known)
	switch {
	case isSecret(e.key) && !namesOnly:
		remedy := ""
		if i := slices.IndexFunc(known, func(k string) bool { return strings.HasSuffix(k, "_env") }); i >= 0 {
			remedy = ": put it into an environment variable, and the variable's name into " + known[i]
		}
		e.failKey("unknown %s %q; secrets do not stand in this file%s", what, e.key, remedy)
	case near != "":
		e.failKey("unknown %s %q: did you mean %q?", what, e.key, near)
	default:
		e.failKey("unknown %s %q: known here: %s", what, e.key, strings.Join(known, ", "))
	}
}

// wants notes which of the wanted keys are not there, unless what stands there
// is no group of keys, which is noted already.
func (v value) wants(seen map[string]value, keys ...string) {
	missing := slices.DeleteFunc(keys, func(key string) bool { _, ok := seen[key]; return ok })
	if len(missing) == 0 || !v.isGroup() {
		return
	}
	if len(missing) == 1 {
		v.fail("%s is missing: add it", missing[0])
		return
	}
	v.fail("%s are missing: add them", join(missing, "and"))
}

// join joins words as one says them: a, b or c.
func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
