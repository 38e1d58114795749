package policy

import (
	"fmt"
	"strings"

	"regcert/internal/calendar"
)

// Text says how the date was counted, such as "25 working days from Mon 30 Mar
// 2026 (K5): skips Fri 3 Apr Good Friday = Wed 6 May 2026". Where says where the
// day stands from which was counted; it may be empty.
func (c *Count) Text(where string) string {
	var b strings.Builder
	b.WriteString(c.Period.String())
	if c.Period.Unit == calendar.WorkingDays && c.Clock == calendar.Centre {
		b.WriteString(" of the centre")
	}
	b.WriteString(" from " + c.From.Long())
	if where != "" {
		b.WriteString(" (" + where + ")")
	}
	for i, s := range c.Skipped {
		between := ", "
		if i == 0 {
			between = ": skips "
		}
		day := s.Date.Time().Format("Mon 2 Jan")
		if s.Date.Year() != c.From.Year() {
			day = s.Date.Long()
		}
		fmt.Fprintf(&b, "%s%s %s", between, day, s.Reason)
	}
	b.WriteString(" = " + c.Date.Long())
	return b.String()
}
