package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"regcert/internal/calendar"
)

// RuleSet is by what records are judged, for the record: the rules, and the
// numbers of each version of the policy.
type RuleSet struct {
	JudgeFrom calendar.Date `json:"judge_from"` // what lies before is not judged
	Versions  []SetVersion  `json:"versions"`   // by InForce
	Rules     []SetRule     `json:"rules"`      // in the order of IDs
}

// SetVersion is a version of the policy in a RuleSet.
type SetVersion struct {
	Version  string            `json:"version"`
	InForce  calendar.Date     `json:"in_force"`
	ReviewBy calendar.Date     `json:"review_by"`
	Numbers  map[string]string `json:"numbers"` // as of Numbers.Values
}

// SetRule is a rule in a RuleSet.
type SetRule struct {
	ID                string     `json:"id"`
	Clause            string     `json:"clause"`
	Severities        []Severity `json:"severities"`
	Owner             string     `json:"owner"`
	OwnerOnEnrolments string     `json:"owner_on_enrolments,omitempty"`
	ClauseOnCentre    string     `json:"clause_on_centre,omitempty"`
	Title             string     `json:"title"`
	Numbers           []string   `json:"numbers"`           // the keys of those that it uses
	Wording           string     `json:"wording,omitempty"` // of a rule that is not the policy's: what it asks
}

// RuleSet returns by what the options have records judged.
func (o *Options) RuleSet() *RuleSet {
	s := &RuleSet{JudgeFrom: o.JudgeFrom}
	if s.JudgeFrom.IsZero() {
		s.JudgeFrom = o.Versions[0].InForce
	}
	for i := range o.Versions {
		v := &o.Versions[i]
		s.Versions = append(s.Versions, SetVersion{v.Version, v.InForce, v.ReviewBy, v.Values(snoozeAhead(o.SnoozeLimit))})
	}
	for _, r := range AllRules(o.More) {
		s.Rules = append(s.Rules, SetRule{r.ID, r.Clause, r.Severities, r.Owner, r.OwnerOnEnrolments, r.ClauseOnCentre, r.Title, r.Numbers, r.Wording})
	}
	return s
}

// Text is the set in a form in which it can be kept, and its SHA-256 in
// hexadecimal. The same set has the same text.
func (s *RuleSet) Text() (text, sum string, err error) {
	data, err := json.Marshal(s)
	if err != nil {
		return "", "", err
	}
	hash := sha256.Sum256(data)
	return string(data), hex.EncodeToString(hash[:]), nil
}

// ParseRuleSet reads what Text has written.
func ParseRuleSet(text string) (*RuleSet, error) {
	s := &RuleSet{}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("a rule set: %w", err)
	}
	return s, nil
}

// Values returns the numbers as people read them, such as "25 working days", by
// key, with the snooze limit, which belongs to no version.
func (n *Numbers) Values(snoozeLimit calendar.Duration) map[string]string {
	values := map[string]string{SnoozeLimitKey: snoozeLimit.String()}
	for _, k := range NumberKeys() {
		switch {
		case k.Years == nil:
			values[k.Key] = k.Duration(n).String()
		case *k.Years(n) == 1:
			values[k.Key] = "1 year"
		default:
			values[k.Key] = fmt.Sprintf("%d years", *k.Years(n))
		}
	}
	return values
}
