package daemon

import (
	"context"
	"time"
)

// chores does once a day what is to be done once a day.
func (s *service) chores(_ context.Context, now time.Time) error {
	today := now.Format(time.DateOnly)
	if s.today == today {
		return nil
	}
	s.today = today
	return nil
}

// beside lists what is done beside the desks until ctx ends.
func (s *service) beside() []func(context.Context) { return nil }
