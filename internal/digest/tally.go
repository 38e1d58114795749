package digest

import (
	"slices"
	"strings"

	"regcert/internal/policy"
)

// OwnerTally says how many findings of each severity one role has to act on.
type OwnerTally struct {
	Owner string
	N     []int // by severity, in the order that was asked for
}

// TallyByOwner counts findings of some severities by who must act, those with
// most of the first severity first.
func TallyByOwner(findings []policy.Finding, severities []policy.Severity) []OwnerTally {
	at := map[string]int{}
	var out []OwnerTally
	for i := range findings {
		f := &findings[i]
		column := slices.Index(severities, f.Severity)
		if column < 0 {
			continue
		}
		place, known := at[f.Owner]
		if !known {
			place = len(out)
			at[f.Owner] = place
			out = append(out, OwnerTally{Owner: f.Owner, N: make([]int, len(severities))})
		}
		out[place].N[column]++
	}
	slices.SortFunc(out, func(a, b OwnerTally) int {
		if d := slices.Compare(b.N, a.N); d != 0 {
			return d
		}
		return strings.Compare(a.Owner, b.Owner)
	})
	return out
}

// NothingInWords says that nothing needs doing, as far as anything could be read.
func NothingInWords(isSnoozed, isRead, isUnread bool) string {
	text := "Nothing needs doing"
	switch {
	case !isRead:
		return "Nothing could be checked."
	case isSnoozed:
		text = "Besides what is snoozed, nothing needs doing"
	}
	if isUnread {
		text += " in what could be read"
	}
	return text + "."
}
