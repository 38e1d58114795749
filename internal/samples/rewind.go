package samples

import (
	"regcert/internal/calendar"
)

// rewind takes out of all records what happened after a day, up to the day for
// which they are made: dates that were mistyped as later ones stay.
func (c *centre) rewind(day calendar.Date) {
	for _, rows := range c.sheets {
		for _, r := range rows {
			for heading, typed := range r {
				if d, ok := parseDate(typed); ok && d > day && d <= AsOf() && !mayLieAhead(heading) {
					r[heading] = ""
				}
			}
			if r["Assessed On"] == "" && r["Decision"] != "" {
				r["Decision"] = ""
			}
		}
	}
}

// mayLieAhead reports whether a date under the heading can be entered before it
// comes.
func mayLieAhead(heading string) bool {
	switch heading {
	case "Course Start", "Course End", "Registration Expiry", "Withdrawn On", "Approved From", "Approved To", "From", "To", "Snooze Until", "Review By":
		return true
	}
	return false
}
