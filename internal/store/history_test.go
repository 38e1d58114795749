package store

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
)

var day0 = calendar.NewDate(2026, time.May, 4)

// reading is what two workbooks show on a day: a finding for each word, in the
// form learner or learner/severity; "zz" in front of it puts it to sleep.
func reading(day int, words string) *history.Reading {
	r := &history.Reading{
		AsOf: day0 + calendar.Date(day), Expects: func(string) bool { return true }, Tutor: func(*policy.Finding) string { return "Jane Doe" },
		Books: []history.Book{{Path: "a.xlsx", Read: true, Sheets: map[string]register.Kind{"Learners": register.Enrolments, "Old": register.Claims}}, {Path: "b.xlsx", Read: true, Sheets: map[string]register.Kind{"Claims": register.Claims}}},
	}
	for word := range strings.FieldsSeq(words) {
		word, asleep := strings.CutPrefix(word, "zz")
		id, severity, _ := strings.Cut(word, "/")
		f := policy.Finding{
			Rule: "REG-11", Clause: "P 4.1(5)", Severity: policy.Severity(severity), Owner: policy.QualityTeam, Workbook: "a.xlsx", Sheet: "Learners", Kind: register.Enrolments,
			Row: 7, Col: 22, Field: "Registration Expiry", LearnerID: id, QualificationCode: "610/1234/5", UnitCode: "U 1", Due: day0 + 9, Action: "Claim the certificate",
		}
		if severity == "" {
			f.Severity = policy.AtRisk
		}
		if asleep {
			f.Snooze = &policy.Snooze{Until: day0 + 30, Reason: "Waits for Mia Moss", By: "Owen Marsh"}
		}
		r.Findings = append(r.Findings, f)
	}
	// On no record, and on a header row.
	r.Findings = append(r.Findings, policy.Finding{Rule: "POL-01", Severity: policy.Overdue, Owner: policy.HeadOfQuality, Due: day0}, policy.Finding{Rule: "DAT-12", Severity: policy.Data, Workbook: "b.xlsx", Sheet: "Claims", Kind: register.Claims, Row: 1, Field: "Next Action"})
	return r
}

// observe does what a run does with a reading.
func observe(t testing.TB, s *Store, r *history.Reading) *history.Now {
	t.Helper()
	past, err := s.Past(t.Context(), r.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	now := past.Observe(r)
	if err := s.SaveObservation(t.Context(), now, monday); err != nil {
		t.Fatal(err)
	}
	return now
}

// TestHistoryComesBack guards that what is remembered is what was seen.
func TestHistoryComesBack(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for day, words := range []string{"L1 L2 L3", "L1/overdue zzL2", "L1/overdue L2 L4", "L2 L3 L4/overdue"} {
		now := observe(t, s, reading(day, words))
		if day == 1 {
			if err := s.SaveDigest(t.Context(), now.Past.Observations[1]); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(now.Changed()); n != 0 {
			t.Errorf("%d findings are not recorded", n)
		}
		past, err := s.Past(t.Context(), day0+calendar.Date(day))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprintf("%+v", values(past.Lives)), fmt.Sprintf("%+v", values(now.Lives)); got != want {
			t.Errorf("on day %d\n got %s\nwant %s", day, got, want)
		}
		if !reflect.DeepEqual(past.Observations, now.Past.Observations) || past.Last() != day0+calendar.Date(day) {
			t.Errorf("observations %+v, want %+v", past.Observations, now.Past.Observations)
		}
		if len(past.Sheets) != 3 || past.Sheets[history.Sheet{Workbook: "a.xlsx", Name: "Old"}] != (history.Glance{Day: day0 + calendar.Date(day), Kind: register.Claims}) {
			t.Errorf("sheets %v", past.Sheets)
		}
	}
	// Another digest of the day changes nothing.
	if err := s.SaveDigest(t.Context(), history.Observation{ID: 4, Day: day0 + 1}); err != nil {
		t.Fatal(err)
	}
	past, err := s.Past(t.Context(), day0+7)
	if want := []history.Observation{{ID: 2, Day: day0 + 1}}; err != nil || !reflect.DeepEqual(past.Digests, want) {
		t.Errorf("the digests are %+v, %v; want %+v", past.Digests, err, want)
	}
	// No name is held, neither the tutor's nor what a snooze says.
	var names int
	for _, word := range []string{"Jane", "Mia", "Owen"} {
		var n int
		if err := s.db.QueryRow(`SELECT count(*) FROM finding WHERE tutor LIKE ?1 OR action LIKE ?1 OR field LIKE ?1`, "%"+word+"%").Scan(&n); err != nil {
			t.Fatal(err)
		}
		names += n
	}
	if names != 0 || past.Lives[0].Tutor != history.Pseudonym("jane doe") {
		t.Errorf("%d names are held; the tutor is %q", names, past.Lives[0].Tutor)
	}
}

// values are the lives without their addresses, as far as they are recorded.
func values(lives []*history.Life) []history.Life {
	var out []history.Life
	for _, l := range lives {
		out = append(out, history.Life{ID: l.ID, Key: l.Key, Sight: l.Sight, Events: l.Events})
	}
	return out
}

// TestHistoryForgets guards that what was closed long ago is not looked at any
// more, and what is open is.
func TestHistoryForgets(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	observe(t, s, reading(0, "L1 L2"))
	observe(t, s, reading(1, "L2"))
	for day, want := range map[int]int{1 + history.Memory: 4, 2 + history.Memory: 3} {
		past, err := s.Past(t.Context(), day0+calendar.Date(day))
		if err != nil || len(past.Lives) != want {
			t.Errorf("after %d days there are %d lives, %v; want %d", day, len(past.Lives), err, want)
		}
	}
	if now := observe(t, s, reading(2+history.Memory, "L1 L2")); now.Matters[0].Life.Change(2) != history.New {
		t.Error("what comes back after a quarter is not new")
	}
}

// TestHistoryAllOrNothing guards that an observation which does not fit leaves
// nothing behind, and can be made again.
func TestHistoryAllOrNothing(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	observe(t, s, reading(0, "L1"))
	if _, err := s.db.Exec(`PRAGMA max_page_count = 60`); err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&words, "M%d ", i)
	}
	past, err := s.Past(t.Context(), day0+1)
	if err != nil {
		t.Fatal(err)
	}
	now := past.Observe(reading(1, words.String()))
	wantError(t, s.SaveObservation(t.Context(), now, monday), "the disk is full", "make room")
	if _, err := s.db.Exec(`PRAGMA max_page_count = 100000`); err != nil {
		t.Fatal(err)
	}
	if past, err := s.Past(t.Context(), day0+1); err != nil || len(past.Lives) != 3 || len(past.Observations) != 1 || past.Lives[0].State != history.Open {
		t.Errorf("%d lives, %d observations, %v; want what was there", len(past.Lives), len(past.Observations), err)
	}
	if err := s.SaveObservation(t.Context(), now, monday); err != nil {
		t.Fatal(err)
	}
	if past, err := s.Past(t.Context(), day0+1); err != nil || len(past.Lives) != 5003 || past.Lives[0].State != history.Closed {
		t.Errorf("%d lives, %v; want all", len(past.Lives), err)
	}
}

func BenchmarkHistory50000(b *testing.B) {
	s := mustOpen(b, b.TempDir())
	r := reading(0, "L1")
	for i := range 50_000 {
		f := r.Findings[0]
		f.LearnerID = fmt.Sprint("L", i)
		r.Findings = append(r.Findings, f)
	}
	observe(b, s, r)
	for b.Loop() {
		observe(b, s, r)
	}
}
