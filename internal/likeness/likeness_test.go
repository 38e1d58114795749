package likeness

import "testing"

// TestNearest guards that a suggestion is like what was written, or none.
func TestNearest(t *testing.T) {
	known := []string{"timezone", "state_dir", "from", "tls"}
	for name, want := range map[string]string{"time_zone": "timezone", "TimeZone": "timezone", "statedir": "state_dir", "form": "from", "fron": "from", "tsl": "tls", "x": "", "": "", "colour": "", "é": ""} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"Course-Start", "course start", 0}, {"Coures Start", "Course Start", 1}, {"Course Strat", "Course Start", 1}, {"AIM", "IQA", 3},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
