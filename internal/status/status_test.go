package status

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/store"
)

// monday is a Monday at nine in London.
var monday = time.Date(2026, time.May, 11, 8, 0, 0, 0, time.UTC)

// centre is a configuration with its state, and what a test does with them.
type centre struct {
	*testing.T
	cfg   *config.Config
	state *store.Store
}

func newCentre(t *testing.T) centre {
	t.Helper()
	cfg, err := config.Default(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Workbooks = []config.Workbook{{Path: filepath.Join(cfg.Dir, "registers", "*.xlsx"), WriteBack: true}, {Path: filepath.Join(cfg.Dir, "old.xlsx")}}
	state, err := store.Open(t.Context(), cfg.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	return centre{t, cfg, state}
}

func (c centre) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c centre) run(at time.Time, workbooks ...store.Workbook) {
	c.Helper()
	_, err := c.state.SaveRun(c.Context(), store.Run{AsOf: calendar.FromTime(at), Started: at, Finished: at.Add(2 * time.Second), Policy: "1.0", Workbooks: workbooks})
	c.ok(err)
}

func (c centre) read(now time.Time) *Status {
	c.Helper()
	s, err := Read(c.Context(), c.state, c.cfg, now)
	c.ok(err)
	return s
}

func (c centre) message(m store.Message, at time.Time) {
	c.Helper()
	m.Written, m.Deadline = at, at.Add(72*time.Hour)
	there, _, err := c.state.Enqueue(c.Context(), m, []byte("x"))
	c.ok(err)
	if m.State != "" && m.State != store.Pending {
		m.ID, m.Since = there.ID, at
		c.ok(c.state.Record(c.Context(), m, store.Pending))
	}
}

// TestNoState guards that nothing is known, and nothing wrong, before the first run.
func TestNoState(t *testing.T) {
	c := newCentre(t)
	s, err := Read(t.Context(), nil, c.cfg, monday)
	c.ok(err)
	if ok, why := s.Healthy(); !ok || !s.NoState || s.Serves || s.LastRun != nil || len(s.Workbooks) != 0 {
		t.Errorf("%v %+v", why, s)
	}
	if len(s.Jobs) != 2 || s.Jobs[0].Next.Format("2006-01-02T15:04") != "2026-05-11T12:00" || s.Jobs[1].Next.Format("2006-01-02T15:04") != "2026-05-18T08:00" {
		t.Errorf("the jobs are %+v", s.Jobs)
	}
}

// TestWorkbooks guards what is said of each workbook: that its statuses are as
// they should be, or since when they are not.
func TestWorkbooks(t *testing.T) {
	c := newCentre(t)
	friday := monday.AddDate(0, 0, -3)
	old := store.Workbook{Path: "old.xlsx", Before: "aa", Outcome: "read-only", Reason: "write_back is false in the configuration"}
	c.run(friday, store.Workbook{Path: "registers/a.xlsx", Outcome: "written", Cells: 7}, store.Workbook{Path: "registers/b.xlsx", Outcome: "unchanged"},
		store.Workbook{Path: "registers/signed.xlsx", Outcome: "read-only", Reason: "it is signed"}, old, store.Workbook{Path: "elsewhere.xlsx", Outcome: "written"})
	c.run(monday.Add(-time.Hour), store.Workbook{Path: "registers/b.xlsx", Outcome: "deferred", Reason: "it is open in Excel"},
		store.Workbook{Path: "registers/a.xlsx", Outcome: "context"}, store.Workbook{Path: "registers/signed.xlsx", Outcome: "context"}, store.Workbook{Path: "old.xlsx", Outcome: "context"})
	got := c.read(monday)
	at := func(t time.Time) time.Time { return t.Add(2 * time.Second).In(c.cfg.Location) }
	want := []Workbook{
		{Path: "registers/b.xlsx", Outcome: batch.Deferred, Reason: "it is open in Excel", Checked: at(monday.Add(-time.Hour)), Current: at(friday)},
		{Path: "registers/signed.xlsx", Outcome: batch.ReadOnly, Reason: "it is signed", Checked: at(friday)},
		{Path: "old.xlsx", Outcome: batch.ReadOnly, Reason: old.Reason, Checked: at(friday), Ready: true, Current: at(friday)},
		{Path: "registers/a.xlsx", Outcome: batch.Written, Cells: 7, Checked: at(friday), Ready: true, Current: at(friday)},
	}
	if !reflect.DeepEqual(got.Workbooks, want) {
		t.Errorf("got  %+v\nwant %+v", got.Workbooks, want)
	}
	if r := got.LastRun; r == nil || !reflect.DeepEqual(r.Treated, []string{"registers/b.xlsx"}) || r.Policy != "1.0" || r.Finished.Sub(r.Started) != 2*time.Second {
		t.Errorf("the last run is %+v", r)
	}
}

// TestTold guards that nobody is said to have been told who is not named.
func TestTold(t *testing.T) {
	c := newCentre(t)
	told := store.Trouble{Kind: store.TroubleMail, Since: monday, Reason: "cannot log in", Told: monday.Add(time.Hour)}
	c.ok(c.state.SaveTrouble(t.Context(), told))
	c.ok(c.state.Tell(t.Context(), nil, nil, []store.Trouble{told}))
	if got := c.read(monday).Troubles; len(got) != 1 || !got[0].Told.IsZero() {
		t.Errorf("without an owner: %+v", got)
	}
	c.cfg.Daemon.Owner.Address = "owner@centre.example"
	if got := c.read(monday).Troubles; len(got) != 1 || !got[0].Told.Equal(told.Told) || !got[0].Since.Equal(monday) || got[0].Reason != told.Reason {
		t.Errorf("with an owner: %+v", got)
	}
}

// TestNoLearner guards that no learner's ID comes out of a state that is full of
// them, and no address.
func TestNoLearner(t *testing.T) {
	c := newCentre(t)
	const id, address = "L-0815", "ada.archer@learners.example"
	past, err := c.state.Past(t.Context(), calendar.FromTime(monday))
	c.ok(err)
	now := past.Observe(&history.Reading{
		AsOf: calendar.FromTime(monday), Expects: func(string) bool { return true }, Tutor: func(*policy.Finding) string { return "" },
		Books:    []history.Book{{Path: "registers/a.xlsx", Read: true, Sheets: map[string]register.Kind{"Learners": register.Enrolments}}},
		Findings: []policy.Finding{{Rule: "REG-02", Severity: policy.AtRisk, Workbook: "registers/a.xlsx", Sheet: "Learners", Kind: register.Enrolments, Row: 7, LearnerID: id, Action: "Ask " + id}},
	})
	c.ok(c.state.SaveObservation(t.Context(), now, monday))
	quoting := `the cell F12 holds "` + id + ` \" ` + id + `" and “` + id + `” by ` + address + ` and "` + id
	c.run(monday, store.Workbook{Path: "registers/a.xlsx", Outcome: "failed", Reason: quoting},
		store.Workbook{Path: "registers/b.xlsx", Outcome: "failed", Reason: batch.Stumbled + "; please report it with these lines: " + id},
		store.Workbook{Path: "registers/c.xlsx", Outcome: "failed", Reason: "it is damaged\n" + id})
	for _, state := range []store.State{store.Pending, store.Failed, store.Unknown, store.Sent} {
		c.message(store.Message{Key: store.Key{Job: "digest", Slot: string(state), Recipient: address}, State: state, Error: id, Receipt: id, MessageID: id}, monday)
	}
	c.ok(c.state.Pause(t.Context(), store.Pause{Reason: "mail:25: cannot log in: 535 " + address + ` "` + id + `"`, Since: monday, Until: monday}))
	c.ok(c.state.SaveTrouble(t.Context(), store.Trouble{Kind: store.TroubleRun, Since: monday, Reason: quoting}))
	c.ok(c.state.AddSlots(t.Context(), checkJob, []string{"2026-05-11T07:00"}, monday))
	c.ok(c.state.SaveSlot(t.Context(), store.Slot{Job: checkJob, At: "2026-05-11T07:00", State: store.SlotFailed, Ended: monday, Note: quoting}))

	s := c.read(monday)
	_, why := s.Healthy()
	out, err := json.Marshal(map[string]any{"status": s, "why": why})
	c.ok(err)
	for _, secret := range []string{id, address, "0815", "archer"} {
		if strings.Contains(strings.ToLower(string(out)), strings.ToLower(secret)) {
			t.Errorf("%s stands in %s", secret, out)
		}
	}
	if s.Open["at-risk"] != 1 || len(s.Workbooks) != 3 || len(s.Mail.Stuck) != 2 || s.Mail.Pause == nil || len(s.Troubles) != 1 || len(s.Jobs[0].Last) != 1 || len(why) < 4 {
		t.Errorf("something is missing: %s", out)
	}
}

// FuzzHarmless guards that what is quoted is not shown, even where quotation marks
// are odd, and that a text of the state stays one short line without anything that
// takes hold of a terminal.
func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{"", "a\x1b[31m\u202eb", strings.Repeat("é", 2*longest), `\"`, `""`, `the 12" sheet: `, "“", batch.Stumbled, "@", "a@b\"", "\n\nx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "L-0815"
		got := Harmless(strings.ReplaceAll(text, "L-08", "") + strconv.Quote(secret))
		if strings.Contains(got, secret) || strings.ContainsAny(got, "\n\r\x1b\u202e") || len([]rune(got)) > longest {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
