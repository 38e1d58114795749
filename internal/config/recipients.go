package config

import (
	"maps"
	netmail "net/mail"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"regcert/internal/digest"
	"regcert/internal/likeness"
	"regcert/internal/policy"
)

// Recipient is somebody who gets email: what is said of one address under
// recipients and under tutors, taken together.
type Recipient struct {
	Name, Email string
	Views       []digest.View // what the digest tells them; none: they get no digest
	Escalations []digest.View // what they are told at once; none: nothing
	AllClear    bool          // they get a digest also where there is nothing to say
	ActionList  bool          // the action list is attached to it
	Calendar    bool          // the calendar of what is due is attached to it
}

// The words of a recipient's keys.
const (
	whenEmptyNothing  = "nothing"
	whenEmptyAllClear = "all_clear"
	attachActionList  = "action_list"
	attachCalendar    = "calendar"
)

func (c *Config) readRecipients(v value) {
	items, _ := v.items("write a list of recipients, such as [{name: Head of Quality, email: quality@centre.example}]")
	for _, item := range items {
		c.readRecipient(item)
	}
}

func (c *Config) readRecipient(item value) {
	var r Recipient
	view := digest.View{Sections: []string{digest.All}}
	escalations, whenEmpty := false, whenEmptyNothing
	seen := item.object("write name and email",
		field{"name", func(v value) { v.filled("write the recipient's name or role", &r.Name) }},
		field{"email", func(v value) { v.address(&r.Email) }},
		field{"sections", func(v value) { v.sections(&view.Sections) }},
		field{"owners", func(v value) { v.owners(&view.Owners) }},
		field{"qualifications", func(v value) {
			v.texts("write a list of Qualification Codes, in quotes if they are numbers", func(_ value, s string) { view.Codes = append(view.Codes, s) })
		}},
		field{"programmes", func(v value) {
			v.texts("write a list of names that stand under programmes:", func(item value, s string) { c.programme(item, s, &view.Codes) })
		}},
		field{"privacy", func(v value) { v.privacy(&view.Privacy) }},
		field{"when_empty", func(v value) { v.oneOf(&whenEmpty, whenEmptyNothing, whenEmptyAllClear) }},
		field{"attach", func(v value) { r.attach(v) }},
		field{"escalations", func(v value) { v.yesNo(&escalations) }},
	)
	item.wants(seen, "name", "email")
	r.AllClear = whenEmpty == whenEmptyAllClear
	if attach, ok := seen["attach"]; ok && view.Privacy == digest.Counts && (r.ActionList || r.Calendar) {
		attach.fail("what is attached names learners, and privacy: counts does not: take one of the two out")
	}
	if sections, ok := seen["sections"]; ok && len(view.Sections) == 0 && !escalations {
		sections.fail("this recipient would get nothing: name sections, write all, or take the recipient out")
	}
	if len(view.Sections) > 0 {
		r.Views = []digest.View{view}
	}
	if escalations {
		r.Escalations = []digest.View{view}
	}
	for _, other := range c.Recipients {
		// Files and commands go by the name.
		if r.Name != "" && strings.EqualFold(other.Name, r.Name) && !strings.EqualFold(other.Email, r.Email) {
			seen["name"].fail("%q is another recipient's name too: give each its own", r.Name)
		}
	}
	c.add(r)
}

// add takes a recipient up. One message goes to one address: who has several
// roles gets it once, with what all of them are told.
func (c *Config) add(r Recipient) {
	for i := range c.Recipients {
		known := &c.Recipients[i]
		if r.Email == "" || !strings.EqualFold(known.Email, r.Email) {
			continue
		}
		known.Views = append(known.Views, r.Views...)
		known.Escalations = append(known.Escalations, r.Escalations...)
		known.AllClear = known.AllClear || r.AllClear
		known.ActionList = known.ActionList || r.ActionList
		known.Calendar = known.Calendar || r.Calendar
		return
	}
	c.Recipients = append(c.Recipients, r)
}

// readTutors makes of each tutor a recipient of what is open for their own
// learners.
func (c *Config) readTutors(v value) {
	for _, e := range v.entries("write each tutor's name, as the Tutor column has it, and address, such as {Jane Doe: jane@centre.example}") {
		r := Recipient{Name: e.key, Views: []digest.View{{Tutor: e.key}}}
		e.value.address(&r.Email)
		c.add(r)
	}
}

// readProgrammes reads which qualifications belong together.
func (c *Config) readProgrammes(v value) {
	for _, e := range v.entries("write each programme's name and its Qualification Codes, such as {Care: [610/1234/5, 603/5678/X]}") {
		var codes []string
		before := len(v.doc.problems)
		e.value.texts("write a list of Qualification Codes, in quotes if they are numbers", func(_ value, s string) { codes = append(codes, s) })
		if len(codes) == 0 && len(v.doc.problems) == before {
			e.value.fail("has no qualification: name at least one, or take the programme out")
			continue
		}
		c.Programmes[e.key] = codes
	}
}

// programme adds the qualifications of a programme.
func (c *Config) programme(v value, name string, into *[]string) {
	codes, known := c.Programmes[name]
	if !known {
		names := slices.Sorted(maps.Keys(c.Programmes))
		if near := likeness.Nearest(name, names); near != "" {
			v.fail("unknown programme %q: did you mean %q?", name, near)
		} else {
			v.fail("unknown programme %q: name it under programmes: with its Qualification Codes", name)
		}
		return
	}
	*into = append(*into, codes...)
}

// owners reads whose actions somebody is told of.
func (v value) owners(into *[]string) {
	roles := policy.Owners()
	want := "write a list of roles, such as [Quality Team]; there are " + join(roles, "and")
	v.texts(want, func(item value, s string) {
		i := slices.IndexFunc(roles, func(role string) bool { return strings.EqualFold(role, s) })
		switch near := likeness.Nearest(s, roles); {
		case i >= 0:
			*into = append(*into, roles[i])
		case near != "":
			item.fail("unknown role %q: did you mean %q?", s, near)
		default:
			item.fail("unknown role %q: %s", s, want)
		}
	})
}

func (v value) privacy(into *digest.Privacy) {
	var words []string
	for _, p := range digest.Tiers() {
		words = append(words, string(p))
	}
	var s string
	if v.oneOf(&s, words...) {
		*into = digest.Privacy(s)
	}
}

// attach reads what comes with a recipient's digest.
func (r *Recipient) attach(v value) {
	want := "write a list of " + join([]string{attachActionList, attachCalendar}, "and")
	v.texts(want, func(item value, s string) {
		switch s {
		case attachActionList:
			r.ActionList = true
		case attachCalendar:
			r.Calendar = true
		default:
			item.fail("%q cannot be attached: %s", s, want)
		}
	})
}

// address reads an address without a name.
func (v value) address(into *string) {
	const want = "write an address such as quality@centre.example"
	var s string
	if !v.filled(want, &s) {
		return
	}
	if a, err := netmail.ParseAddress(s); err != nil || a.Address != s {
		v.fail("%s is no address: %s", v.quoted(s), want)
		return
	}
	*into = s
}

// sections reads which sections of the digest somebody gets: all, or a list of
// their keys.
func (v value) sections(into *[]string) {
	want := "write all, or a list such as [claims, data] of " + join(digest.Keys(), "and")
	if word, ok := v.node.(*ast.StringNode); ok && word.Value == digest.All {
		*into = []string{digest.All}
		return
	}
	if _, ok := v.node.(*ast.SequenceNode); !ok {
		v.wrong(want)
		return
	}
	var keys []string
	v.texts(want, func(item value, key string) {
		switch {
		case key == digest.All:
			item.fail("all stands by itself: write sections: all, without a list")
		case !slices.Contains(digest.Keys(), key):
			if near := likeness.Nearest(key, digest.Keys()); near != "" {
				item.fail("unknown section %q: did you mean %q?", key, near)
			} else {
				item.fail("unknown section %q: %s", key, want)
			}
		case slices.Contains(keys, key):
			item.fail("%s stands here a second time: take one of the two out", key)
		default:
			keys = append(keys, key)
		}
	})
	*into = keys
}
