package schedule

import (
	"fmt"
	"sort"
	"time"
)

// Slot is one of the times that a schedule names: what a clock on the wall shows,
// to the minute. It counts minutes, so slots compare like numbers.
type Slot int64

// layout is the form in which slots are written.
const layout = "2006-01-02T15:04"

const minutesADay = 24 * 60

// ParseSlot reads what String writes.
func ParseSlot(text string) (Slot, error) {
	t, err := time.Parse(layout, text)
	if err != nil || t.Format(layout) != text {
		return 0, fmt.Errorf("%.60q is not a time such as 2026-03-29T01:30", text)
	}
	return shown(t), nil
}

// shown is what a clock in t's time zone shows at t.
func shown(t time.Time) Slot {
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	slot := seconds / 60
	if seconds%60 < 0 { // before 1970
		slot--
	}
	return Slot(slot)
}

// utc is the moment at which a clock that shows UTC shows s.
func (s Slot) utc() time.Time { return time.Unix(int64(s)*60, 0).UTC() }

// String returns the form 2026-03-29T01:30. In it, slots sort as text, too.
func (s Slot) String() string { return s.utc().Format(layout) }

// Day returns the day, such as 2026-03-29.
func (s Slot) Day() string { return s.utc().Format(time.DateOnly) }

// In returns the moment of s in a time zone: the first at which clocks there show
// s or later. So a time that clocks put forward leave out falls on the moment at
// which they are put forward, one that comes twice is the first of the two, and
// a later slot never falls on an earlier moment.
func (s Slot) In(zone *time.Location) time.Time {
	const furthest = 15 * time.Hour // no zone is further from UTC
	offset := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	// Zones change their offset at most once within a day or so.
	old, new := offset(s.utc().Add(-furthest)), offset(s.utc().Add(furthest))
	byOld, byNew := s.utc().Add(-old), s.utc().Add(-new)
	switch {
	case offset(byOld) == old:
		return byOld.In(zone)
	case offset(byNew) == new:
		return byNew.In(zone)
	}
	// By the old offset clocks are already put forward, by the new one not yet:
	// that happens in between.
	seconds := sort.Search(int(byOld.Sub(byNew)/time.Second), func(n int) bool {
		return offset(byNew.Add(time.Duration(n)*time.Second)) == new
	})
	return byNew.Add(time.Duration(seconds) * time.Second).In(zone)
}
