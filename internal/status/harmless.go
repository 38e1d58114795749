package status

import (
	"regexp"
	"strings"
	"unicode"

	"regcert/internal/batch"
)

// longest is how long a text of the state is shown, in characters.
const longest = 400

// quotes are what messages quote, which may come from cells.
var quotes = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|“[^”]*(?:”|$)`)

// addresses are addresses of email, and what stands about them without a space.
var addresses = regexp.MustCompile(`[^\s<>"(),;:]+@[^\s<>"(),;:]+`)

// Harmless is a text of the state without what it quotes from a workbook, or of
// what a server said: learners may be named there.
func Harmless(text string) string {
	if strings.HasPrefix(text, batch.Stumbled) {
		return batch.Stumbled + "; `regcert run` says what to report"
	}
	text = quotes.ReplaceAllString(text, elided)
	if i := strings.IndexByte(text, '"'); i >= 0 { // nobody knows which of them was the odd one
		text = text[:strings.IndexAny(text, `"“`)] + elided
	}
	return plain(text)
}

// elided stands where something was quoted.
const elided = "“…”"

// plain is the first line of a text without what takes hold of a terminal, and
// without addresses of email.
func plain(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = addresses.ReplaceAllString(text, "…")
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return text
}
