// Package likeness finds the name that somebody probably meant.
package likeness

import "unicode"

// Nearest returns the known name that is most like the given one, or "" where
// none is much like it.
func Nearest(name string, known []string) string {
	bare := letters(name)
	best, least := "", max(1, len(bare)/3)+1
	for _, k := range known {
		if d := distance(bare, letters(k)); d < least && d < max(len(bare), 1) {
			best, least = k, d
		}
	}
	return best
}

// Distance counts the insertions, deletions, replacements and swaps of
// neighbours that lead from one name to the other, case and punctuation apart.
func Distance(a, b string) int { return distance(letters(a), letters(b)) }

// letters returns a name without case and punctuation.
func letters(s string) []rune {
	var out []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// distance is the optimal string alignment of a and b.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := 1
			if a[i-1] == b[j-1] {
				replace = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
