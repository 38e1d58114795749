package register

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean drops invisible characters, trims white space and collapses what is
// left of it to single spaces.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case isInvisible(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isClean reports whether s is plain ASCII that clean would leave as it is.
func isClean(s string) bool {
	previous := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || (c == ' ' && previous == ' ') {
			return false
		}
		previous = c
	}
	return previous != ' ' || s == ""
}

func isInvisible(r rune) bool {
	switch r {
	case '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD':
		return true
	}
	return false
}

// Fold returns text as it is compared: without case, with one kind of
// apostrophe.
func Fold(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "’", "'"))
}

// NormalID returns a Learner ID as IDs are compared.
func NormalID(s string) string { return Fold(s) }

// NormalCode returns a code of a qualification or unit as codes are compared:
// without case, slashes, hyphens and white space.
func NormalCode(s string) string {
	return Fold(strings.Map(func(r rune) rune {
		if r == '/' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

// NormalHeading returns a heading or sheet name as names are compared: letters
// and digits only, without case.
func NormalHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// word is the longest of the words that stateOf and answerOf know, in lower
// case: most cells hold none of them, so they are compared without garbage.
type word [len("not applicable")]byte

// of returns s in lower case, as far as ASCII goes, or nothing where it is
// longer than any known word.
func (w *word) of(s string) []byte {
	if len(s) > len(w) {
		return nil
	}
	for i := range len(s) {
		w[i] = s[i]
		if 'A' <= s[i] && s[i] <= 'Z' {
			w[i] += 'a' - 'A'
		}
	}
	return w[:len(s)]
}

// stateOf tells blank words and words for "not applicable" from the rest of
// clean text.
func stateOf(s string) State {
	if len(s) > len(word{}) {
		return Readable
	}
	var w word
	switch string(w.of(s)) {
	case "", "-", "–", "—", "?", "tbc", "tba":
		return Blank
	case "n/a", "na", "not applicable", "not required":
		return NA
	}
	return Readable
}

// answerOf reads the words for yes and no in clean text.
func answerOf(s string) Answer {
	var w word
	switch string(w.of(s)) {
	case "y", "yes", "true", "1", "✓", "✔", "x", "done", "complete", "completed":
		return Yes
	case "n", "no", "false", "0":
		return No
	}
	return NoAnswer
}

// IsNoWord reports whether text is a word for no.
func IsNoWord(s string) bool { return answerOf(s) == No }

// IsAchieved reports whether a readable Decision says that the unit is
// achieved.
func IsAchieved(decision string) bool {
	switch strings.ToLower(decision) {
	case "achieved", "pass", "passed", "merit", "distinction", "complete", "completed", "yes":
		return true
	}
	return false
}

// isNotAchieved reports whether a Decision is one of the words for a unit that
// is not achieved yet.
func isNotAchieved(decision string) bool {
	switch strings.ToLower(decision) {
	case "refer", "referred", "fail", "failed", "not yet achieved", "not achieved", "in progress", "pending", "resubmit", "no":
		return true
	}
	return false
}

// Roles reads a Role cell: whether it names the assessor, the IQA, or both.
func Roles(s string) (assessor, iqa bool) {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		switch w {
		case "assessor":
			assessor = true
		case "iqa":
			iqa = true
		case "both":
			assessor, iqa = true, true
		}
	}
	return assessor, iqa
}

// IsAccepted reports whether a Recommendation says so, without more.
func IsAccepted(verdict string) bool { return Fold(verdict) == "accept" }

// IsAcceptedWithActions reports whether a Recommendation asks for actions first.
func IsAcceptedWithActions(verdict string) bool { return Fold(verdict) == "accept with actions" }

// IsRejected reports whether a Recommendation says so.
func IsRejected(verdict string) bool { return Fold(verdict) == "reject" }
