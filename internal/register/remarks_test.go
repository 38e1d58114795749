package register_test

import (
	"strings"
	"testing"

	"regcert/internal/register/registertest"
)

// TestHeadlessInWords guards that it is said how many headings a sheet needs.
func TestHeadlessInWords(t *testing.T) {
	for sheet, want := range map[string]string{
		"Claims": "at least three column names must stand in one of its first 20 rows, such as Learner ID, Qualification Code",
		"Centre": "all its column names must stand in one of its first 20 rows, such as Item, Value",
	} {
		books := registertest.Read(t, 0, "== a.xlsx\n-- "+sheet+"\nSomething | else\n1 | 2\n")
		if len(books[0].Remarks) != 1 || !strings.Contains(books[0].Remarks[0], want) {
			t.Errorf("%s: %q, want %q", sheet, books[0].Remarks, want)
		}
	}
}
