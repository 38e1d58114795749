package config

import (
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/robfig/cron/v3"

	"regcert/internal/digest"
)

func (c *Config) readRecipients(v value) {
	items, _ := v.items("write a list of recipients, such as [{name: Head of Quality, email: quality@centre.example}]")
	for _, item := range items {
		r := Recipient{Sections: []string{digest.All}}
		seen := item.object("write name and email",
			field{"name", func(v value) { v.filled("write the recipient's name or role", &r.Name) }},
			field{"email", func(v value) { v.address(&r.Email) }},
			field{"sections", func(v value) { v.sections(&r.Sections) }},
			field{"escalations", func(v value) { v.yesNo(&r.Escalations) }},
		)
		item.wants(seen, "name", "email")
		if sections, ok := seen["sections"]; ok && len(r.Sections) == 0 && !r.Escalations {
			sections.fail("this recipient would get nothing: name sections, write all, or take the recipient out")
		}
		for _, other := range c.Recipients {
			// One message goes to one address, so the second would never come.
			if r.Email != "" && strings.EqualFold(other.Email, r.Email) {
				seen["email"].fail("%s is the address of %q too: give the sections of both to one of them", r.Email, other.Name)
			}
			if r.Name != "" && strings.EqualFold(other.Name, r.Name) {
				seen["name"].fail("%q is another recipient's name too: give each its own", r.Name)
			}
		}
		c.Recipients = append(c.Recipients, r)
	}
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
			item.fail("all stands by itself, without a list: sections: all")
		case !slices.Contains(digest.Keys(), key):
			if near := nearest(key, digest.Keys()); near != "" {
				item.fail("unknown section %q: did you mean %q?", key, near)
			} else {
				item.fail("unknown section %q: %s", key, want)
			}
		case slices.Contains(keys, key):
			item.fail("%s stands here a second time", key)
		default:
			keys = append(keys, key)
		}
	})
	*into = keys
}

func (s *Schedule) read(v value) {
	v.object("write check, digest or catch_up",
		field{"check", func(v value) { v.cron(&s.Check) }},
		field{"digest", func(v value) { v.cron(&s.Digest) }},
		field{"catch_up", func(v value) { v.hours(&s.CatchUp) }},
	)
}

// cron reads when a job is done.
func (v value) cron(into *string) {
	const want = `write minute, hour, day, month and weekday, such as "0 8 * * MON"`
	var s string
	if !v.filled(want, &s) {
		return
	}
	if strings.Contains(s, "TZ=") {
		v.fail("%s names a time zone: set timezone, which all jobs follow, and leave it out here", v.quoted(s))
		return
	}
	if len(strings.Fields(s)) != 5 {
		v.fail("%s does not have five parts: %s", v.quoted(s), want)
		return
	}
	schedule, err := cron.ParseStandard(s)
	if err != nil {
		v.fail("%s is no schedule (%v): %s", v.quoted(s), err, want)
		return
	}
	// The search ends after five years, within which every day of these years
	// comes, 29 February too.
	if schedule.Next(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		v.fail("%s never comes, as there is no such day: %s", v.quoted(s), want)
		return
	}
	*into = s
}

// hours reads a time as clocks measure it.
func (v value) hours(into *time.Duration) {
	const want = "write hours and minutes such as 24h or 90m"
	var s string
	if !v.filled(want, &s) {
		return
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		v.fail("%s is no such time: %s", v.quoted(s), want)
		return
	}
	*into = d
}
