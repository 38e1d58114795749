package inspect

import (
	"strings"
	"testing"
	"time"

	"regcert/internal/register"
)

// TestWide guards that rows of as many texts as a sheet has columns do not take
// long.
func TestWide(t *testing.T) {
	row := strings.TrimSuffix(strings.Repeat("Coures Strat | ", 16384), " | ") + "\n"
	begun := time.Now()
	w := inspectText(t, "== a.xlsx\n-- Wide\n"+strings.Repeat(row, 8), register.Aliases{})
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if w.Sheets[0].Kind != 0 {
		t.Errorf("it is taken for %s", w.Sheets[0].Kind)
	}
}
