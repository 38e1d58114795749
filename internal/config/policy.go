package config

import (
	"os"
	"slices"

	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// maxClosure bounds a closure, in days: a longer one is a slip in a year.
const maxClosure = 366

func (c *Config) readCalendar(v value) {
	division := calendar.EnglandAndWales
	var file string
	var closures []calendar.Span
	before := len(v.doc.problems)
	seen := v.object("write division, bank_holidays or closures",
		field{"division", func(v value) {
			var words []string
			for _, d := range calendar.Divisions() {
				words = append(words, string(d))
			}
			v.oneOf((*string)(&division), words...)
		}},
		field{"bank_holidays", func(v value) {
			if v.text("write the path of a file, or nothing in quotes", &file) && file != "" {
				file = c.resolve(file)
			}
		}},
		field{"closures", func(v value) {
			const want = `write a list of days or runs of days, such as ["2026-12-24", "2026-12-29..2026-12-31"]`
			v.texts(want, func(item value, text string) {
				if span, ok := item.span(text); ok {
					closures = append(closures, span)
				}
			})
		}},
	)
	if len(v.doc.problems) > before {
		return
	}
	var added []byte
	if file != "" {
		var err error
		if added, err = os.ReadFile(file); err != nil {
			seen["bank_holidays"].fail("the file cannot be read: %v: correct the path, or take the line out for the built-in list", err)
			return
		}
	}
	holidays, err := calendar.BankHolidays(division, added)
	if err == nil {
		c.ListedUntil, err = calendar.ListedUntil(division, added)
	}
	if err != nil {
		seen["bank_holidays"].fail("%s: %v: take the published bank-holidays.json, or take the line out for the built-in list", file, err)
		return
	}
	c.Calendar = calendar.New(holidays, closures)
}

// warnMonths is how many months before the list of bank holidays ends somebody is
// told: in time for the deadlines that are counted then.
const warnMonths = 12

// ListEndsSoon reports whether, seen from a day, the list of bank holidays ends
// within 12 months, or has ended.
func (c *Config) ListEndsSoon(from calendar.Date) bool {
	return c.ListedUntil <= from.AddMonths(warnMonths)
}

// span reads a closure.
func (v value) span(text string) (calendar.Span, bool) {
	span, err := calendar.ParseSpan(text)
	switch {
	case err != nil:
		v.fail("%v", err)
	case span.From.Year() < 2000 || span.To.Year() > 2100:
		v.fail("%s lies outside the years 2000 to 2100: correct the year", v.quoted(text))
	case span.To-span.From >= maxClosure:
		v.fail("%s is longer than a year: correct its days", v.quoted(text))
	default:
		return span, true
	}
	return calendar.Span{}, false
}

func (c *Config) readPolicy(v value) {
	items, ok := v.items("write a list of policy versions, each with version, in_force and review_by")
	if !ok || len(items) == 0 {
		return // the default version
	}
	c.Policy = nil
	for _, item := range items {
		n, seen := readVersion(item)
		if at, ok := seen["version"]; ok && slices.ContainsFunc(c.Policy, func(o policy.Numbers) bool { return n.Version != "" && o.Version == n.Version }) {
			at.fail("version %q stands here a second time: give each version a name of its own", n.Version)
		}
		for _, other := range c.Policy {
			if !n.InForce.IsZero() && n.InForce == other.InForce {
				seen["in_force"].fail("version %q above comes into force on %s too, and two versions cannot judge the same day: correct one of the two", other.Version, n.InForce)
			}
		}
		c.Policy = append(c.Policy, n)
	}
	slices.SortStableFunc(c.Policy, func(a, b policy.Numbers) int { return int(a.InForce - b.InForce) })
}

// readVersion reads one version of the policy. What it does not say is as by
// default, but its name and dates: those are nobody's default.
func readVersion(v value) (policy.Numbers, map[string]value) {
	n := policy.Defaults()
	n.Version, n.InForce, n.ReviewBy = "", 0, 0
	seen := readNumbers(v, &n)
	v.wants(seen, "version", "in_force", "review_by")
	return n, seen
}

// LoadVersion reads a file with one version of the policy, written as an entry of
// the configuration's policy. What it does not say is as in base, but the name
// and the first day, which are then empty. An error about its content is an
// *Error.
func LoadVersion(path string, base policy.Numbers) (policy.Numbers, error) {
	text, err := read(path, "name the file with the other numbers, written as an entry under policy in config.yaml")
	if err != nil {
		return base, err
	}
	n := base
	n.Version, n.InForce = "", 0
	doc := newDocument(text)
	if root, ok := doc.parse(text, "registration_short"); ok {
		root.path = "policy"
		readNumbers(root, &n)
	}
	if len(doc.problems) > 0 {
		return base, &Error{File: path, Problems: doc.sorted()}
	}
	return n, nil
}

// readNumbers takes over what a version of the policy says, and returns which
// keys stand there.
func readNumbers(v value, n *policy.Numbers) map[string]value {
	fields := []field{
		{"version", func(v value) { v.filled(`write its name in quotes, such as "1.0"`, &n.Version) }},
		{"in_force", func(v value) { v.date(&n.InForce) }},
		{"review_by", func(v value) { v.date(&n.ReviewBy) }},
	}
	for _, k := range policy.NumberKeys() {
		fields = append(fields, field{k.Key, func(v value) {
			if k.Years != nil {
				v.number(0, 120, "an age in years", k.Years(n))
			} else {
				v.duration(k.Duration(n))
			}
		}})
	}
	seen := v.object("write a policy version, such as {version: \"1.0\", in_force: 2026-03-24, review_by: 2027-03-23}", fields...)
	if n.MinAge > n.MaxAge {
		at, ok := seen["min_age"]
		if !ok {
			at = seen["max_age"]
		}
		at.fail("min_age, %d, is above max_age, %d: correct one of the two", n.MinAge, n.MaxAge)
	}
	return seen
}
