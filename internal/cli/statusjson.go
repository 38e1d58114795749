package cli

import (
	"time"

	"regcert/internal/status"
	"regcert/internal/store"
)

// jsonStatus is the JSON of status. Times are in UTC; what is absent is null.
type jsonStatus struct {
	At        string               `json:"at"`
	Healthy   bool                 `json:"healthy"`
	Reasons   []string             `json:"reasons"`
	Daemon    jsonDaemon           `json:"daemon"`
	LastRun   *jsonLastRun         `json:"last_run"`
	Open      map[string]int       `json:"open"`
	Workbooks []jsonWorkbookStatus `json:"workbooks"`
	Schedule  []jsonJob            `json:"schedule"`
	Mail      jsonMailStatus       `json:"mail"`
	Troubles  []jsonTrouble        `json:"troubles"`
	Holidays  string               `json:"bank_holidays_until"`
}

type jsonDaemon struct {
	Runs bool   `json:"runs"`
	Name string `json:"name"`
}

type jsonLastRun struct {
	Started   string   `json:"started"`
	Finished  string   `json:"finished"`
	AsOf      string   `json:"as_of"`
	Policy    string   `json:"policy"`
	Workbooks []string `json:"workbooks"`
}

type jsonWorkbookStatus struct {
	Path    string  `json:"path"`
	Outcome string  `json:"outcome"`
	Reason  string  `json:"reason"`
	Cells   int     `json:"cells"`
	Checked string  `json:"checked"`
	Ready   bool    `json:"ready"`
	Current *string `json:"current"`
}

type jsonJob struct {
	Job   string     `json:"job"`
	When  string     `json:"when"`
	Next  string     `json:"next"`
	Late  *string    `json:"late"`
	Slots []jsonSlot `json:"slots"`
}

type jsonSlot struct {
	At    string  `json:"at"`
	State string  `json:"state"`
	Ended *string `json:"ended"`
	Note  string  `json:"note"`
}

type jsonMailStatus struct {
	Counts map[store.State]int `json:"counts"`
	Oldest *string             `json:"oldest_waiting"`
	Pause  *jsonPause          `json:"pause"`
	Stuck  []jsonStuck         `json:"stuck"`
}

type jsonStuck struct {
	ID      int64   `json:"id"`
	State   string  `json:"state"`
	Job     string  `json:"job"`
	Slot    string  `json:"slot"`
	Name    string  `json:"name"`
	Since   string  `json:"since"`
	NextTry *string `json:"next_try"`
}

type jsonTrouble struct {
	Kind    string  `json:"kind"`
	Subject string  `json:"subject"`
	Since   string  `json:"since"`
	Reason  string  `json:"reason"`
	Told    *string `json:"told"`
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// utcOrNull is null where there is no time.
func utcOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := utc(t)
	return &text
}

func statusDocument(s *status.Status, why []string) jsonStatus {
	doc := jsonStatus{
		At: utc(s.At), Healthy: len(why) == 0, Reasons: append([]string{}, why...), Daemon: jsonDaemon{s.Serves, s.Server}, Open: s.Open,
		Workbooks: []jsonWorkbookStatus{}, Schedule: []jsonJob{}, Troubles: []jsonTrouble{}, Holidays: s.HolidaysUntil.String(),
		Mail: jsonMailStatus{Counts: s.Mail.Counts, Oldest: utcOrNull(s.Mail.Oldest), Stuck: []jsonStuck{}},
	}
	if r := s.LastRun; r != nil {
		doc.LastRun = &jsonLastRun{utc(r.Started), utc(r.Finished), r.AsOf.String(), r.Policy, append([]string{}, r.Treated...)}
	}
	for _, w := range s.Workbooks {
		doc.Workbooks = append(doc.Workbooks, jsonWorkbookStatus{w.Path, string(w.Outcome), w.Reason, w.Cells, utc(w.Checked), w.Ready, utcOrNull(w.Current)})
	}
	for _, j := range s.Jobs {
		job := jsonJob{Job: j.Name, When: j.When, Next: utc(j.Next), Late: utcOrNull(j.Late), Slots: []jsonSlot{}}
		for _, slot := range j.Last {
			job.Slots = append(job.Slots, jsonSlot{utc(slot.At), string(slot.State), utcOrNull(slot.Ended), slot.Note})
		}
		doc.Schedule = append(doc.Schedule, job)
	}
	if p := s.Mail.Pause; p != nil {
		doc.Mail.Pause = &jsonPause{Reason: p.Reason, Since: utc(p.Since), Until: utc(p.Until)}
	}
	for _, m := range s.Mail.Stuck {
		doc.Mail.Stuck = append(doc.Mail.Stuck, jsonStuck{m.ID, string(m.State), m.Job, m.Slot, m.To, utc(m.Since), utcOrNull(m.NextTry)})
	}
	for _, t := range s.Troubles {
		doc.Troubles = append(doc.Troubles, jsonTrouble{t.Kind, t.Subject, utc(t.Since), t.Reason, utcOrNull(t.Told)})
	}
	return doc
}
