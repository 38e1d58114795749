package cli

import (
	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// difference is the JSON of policy diff.
type difference struct {
	AsOf     calendar.Date    `json:"as_of"`
	Policy   string           `json:"policy"`
	With     string           `json:"with"`
	From     calendar.Date    `json:"from"`
	Numbers  []jsonNumber     `json:"numbers"`
	DueDates jsonDueDates     `json:"due_dates"`
	Statuses []jsonMove       `json:"statuses"`
	Rules    []jsonRuleChange `json:"rules"`
	Late     jsonThen         `json:"late"`
	NotRead  []jsonUnread     `json:"not_read"`
}

type jsonNumber struct {
	Number string `json:"number"`
	Now    string `json:"now"`
	Then   string `json:"then"`
}

type jsonDueDates struct {
	All         int `json:"all"`
	Moved       int `json:"moved"`
	Earlier     int `json:"earlier"`
	MostEarlier int `json:"days_earlier_at_most"`
	Later       int `json:"later"`
	MostLater   int `json:"days_later_at_most"`
}

type jsonMove struct {
	Kind     string   `json:"kind"`
	From     string   `json:"from"`
	To       string   `json:"to"`
	Rows     int      `json:"rows"`
	Learners []string `json:"learner_ids"`
}

type jsonRuleChange struct {
	Rule   string   `json:"rule"`
	Raised jsonThen `json:"raised"`
	Late   jsonThen `json:"late"`
}

type jsonThen struct {
	Now  int `json:"now"`
	Then int `json:"then"`
}

func suppositionJSON(s *supposition) difference {
	out := difference{
		AsOf: s.asOf, Policy: s.now.Version, With: s.file, From: s.from, Numbers: numbersJSON(valuesOf(&s.now), valuesOf(&s.other)),
		DueDates: jsonDueDates{s.Dates, s.Earlier + s.Later, s.Earlier, s.Sooner, s.Later, s.Further},
		Statuses: []jsonMove{}, Rules: []jsonRuleChange{}, Late: jsonThen{s.Late, s.LateThen}, NotRead: unreadJSON(s.unread),
	}
	for _, m := range s.Moves {
		out.Statuses = append(out.Statuses, jsonMove{m.Kind.String(), m.From, m.To, m.Records, append([]string{}, m.Learners...)})
	}
	for _, r := range s.Rules {
		out.Rules = append(out.Rules, jsonRuleChange{r.Rule, jsonThen{r.Raised, r.Then}, jsonThen{r.Late, r.LateThen}})
	}
	return out
}

// numbersJSON lists the numbers that differ.
func numbersJSON(now, then map[string]string) []jsonNumber {
	out := []jsonNumber{}
	for _, k := range policy.NumberKeys() {
		if now[k.Key] != then[k.Key] {
			out = append(out, jsonNumber{k.Key, now[k.Key], then[k.Key]})
		}
	}
	return out
}
