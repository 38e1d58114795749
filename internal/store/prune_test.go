package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/swap"
)

// prune takes out what is older than a day, as a Prune does that comes a day after
// another.
func prune(t *testing.T, s *Store, before calendar.Date, now time.Time) (Pruned, error) {
	t.Helper()
	if _, err := s.db.Exec(`INSERT INTO pruning VALUES (1, ?, '', 0) ON CONFLICT DO UPDATE SET at = excluded.at`, moment(now.Add(-pruneEvery))); err != nil {
		t.Fatal(err)
	}
	return s.Prune(t.Context(), before+1, now)
}

// TestPrune guards what goes and what stays, with the boundary on both sides.
func TestPrune(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	ctx := t.Context()
	at := func(day int) time.Time { return (day0 + calendar.Date(day)).Time() }
	ids := map[string]int64{}
	for day, words := range []string{"L1 L2 L3 L4", "L2 L3 L4", "L3 L4"} { // L1 is closed on day 1, L2 on day 2
		now := observe(t, s, reading(day, words))
		for _, m := range now.Matters {
			ids[m.LearnerID] = m.Life.ID
		}
		if _, err := s.SaveRun(ctx, Run{Finished: at(day), Rules: ruleSet(func(o *policy.Options) { o.Versions[0].Claim.N = 5 + day }), Observation: int64(day + 1),
			Workbooks: []Workbook{{Path: "a.xlsx", Outcome: "unchanged", Counts: map[string]int{"todo": 1}}, {Path: "b.xlsx", Outcome: "context"}}}); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveDigest(ctx, now.Past.Observations[day]); err != nil {
			t.Fatal(err)
		}
		if err := s.AddSlots(ctx, "check", []string{(day0 + calendar.Date(day)).String() + "T07:00"}, at(day)); err != nil {
			t.Fatal(err)
		}
		for _, state := range []State{Pending, Sent, Failed, Unknown, DotSent} {
			m := Message{Key: Key{Job: "escalation", Slot: fmt.Sprint(day, state), Recipient: "a"}, Written: at(day), Deadline: at(day)}
			m, _, err := s.Enqueue(ctx, m, []byte("text"), Told{ids["L4"], policy.AtRisk})
			if err != nil {
				t.Fatal(err)
			}
			m.State, m.Since = state, at(day)
			if err := s.Record(ctx, m, Pending); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.Enqueue(ctx, Message{Key: Key{Job: "digest", Slot: fmt.Sprint(day), Recipient: "a"}, Written: at(day), Deadline: at(day)}, []byte("x")); err != nil {
			t.Fatal(err)
		}
		for _, state := range []swap.State{swap.Intended, swap.Settled} {
			if _, err := s.Intend(ctx, swap.Intent{Path: "a.xlsx", Way: "rename", At: at(day), State: state}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if slots, err := s.DueSlots(ctx); err != nil || len(slots) != 3 {
		t.Fatal(slots, err)
	} else {
		for _, slot := range slots[:2] {
			slot.State = SlotDone
			if err := s.SaveSlot(ctx, slot); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func() string {
		var out []string
		for _, q := range []string{"finding", "finding_event", "observation", "digest", "run", "run_workbook", "run_workbook_count", "rule_set", "message", "message WHERE length(bytes) > 0", "told", "replacement", "slot"} {
			var n int
			if err := s.db.QueryRow(`SELECT count(*) FROM ` + q).Scan(&n); err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprint(n))
		}
		return strings.Join(out, " ")
	}
	// 6 findings: four learners, one on no record, one on a heading.
	const all = "6 8 3 3 3 6 3 3 18 15 15 6 3"
	for _, c := range []struct {
		before, now int // days of the test
		want        Pruned
		left        string
	}{
		{-1, 3, Pruned{}, all}, {0, 3, Pruned{}, all},
		{1, 1 + history.Memory, Pruned{}, "6 8 3 3 3 3 3 3 18 15 15 6 3"}, // Memory is kept, but not what was context
		{1, 2 + history.Memory, Pruned{Messages: 2, Runs: 1}, "6 8 3 2 2 2 2 2 16 11 14 5 2"},
		{2, 1000, Pruned{Findings: 1, Messages: 2, Runs: 1}, "5 6 2 1 1 1 1 1 14 7 13 4 1"},
		{3, 1000, Pruned{Findings: 1, Messages: 2, Runs: 1}, "4 4 1 0 0 0 0 0 12 3 12 3 1"},
		{3, 1001, Pruned{}, "4 4 1 0 0 0 0 0 12 3 12 3 1"},
	} {
		c.want.Before = day0 + min(calendar.Date(c.before), calendar.Date(c.now)-1-history.Memory)
		got, err := prune(t, s, day0+calendar.Date(c.before), at(c.now))
		if err != nil || got != c.want {
			t.Errorf("before day %d on day %d: %+v, %v; want %+v", c.before, c.now, got, err, c.want)
		}
		if left := count(); left != c.left {
			t.Errorf("before day %d on day %d there are left\n%s, want\n%s", c.before, c.now, left, c.left)
		}
	}
	last, was, err := s.LastPruning(ctx)
	if err != nil || !was || last != (Pruning{at(1001), day0 + 3}) {
		t.Errorf("the last pruning is %+v, %t, %v", last, was, err)
	}
	if told, err := s.Told(ctx, "a"); err != nil || told[ids["L4"]] != policy.AtRisk {
		t.Errorf("who was told of what is open is forgotten: %v, %v", told, err)
	}
	if open, err := s.Pending(ctx); err != nil || len(open) != 3 {
		t.Errorf("%d writes are not at their end, %v", len(open), err)
	}
	if _, err := prune(t, s, day0, at(1002)); err != nil {
		t.Fatal(err)
	}
	if last, _, err := s.LastPruning(ctx); err != nil || last != (Pruning{at(1002), day0 + 3}) {
		t.Errorf("what is gone is not said to be any more: %+v, %v", last, err)
	}
}

// TestPruneSheets guards that a sheet at which something open stands is not
// forgotten, however long ago it was read.
func TestPruneSheets(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	observe(t, s, reading(0, "L1"))
	if _, err := prune(t, s, day0+1, day0.Time().AddDate(2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	past, err := s.Past(t.Context(), day0+1)
	want := map[history.Sheet]history.Glance{{Workbook: "a.xlsx", Name: "Learners"}: {Day: day0, Kind: register.Enrolments}, {Workbook: "b.xlsx", Name: "Claims"}: {Day: day0, Kind: register.Claims}}
	if err != nil || !reflect.DeepEqual(past.Sheets, want) {
		t.Errorf("the sheets are %v, %v", past.Sheets, err)
	}
}

// TestLastPruningOfNothing guards that a new state was never pruned.
func TestLastPruningOfNothing(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	if last, was, err := s.LastPruning(t.Context()); was || err != nil {
		t.Errorf("%+v, %t, %v", last, was, err)
	}
}

// TestPruneDistrustsTheClock guards that a clock which is years ahead for a while,
// or a long time in which nobody ran regcert, costs nothing of the history.
func TestPruneDistrustsTheClock(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	const keep = 200
	prune := func(day, hour int, want string) {
		t.Helper()
		now := (day0 + calendar.Date(day)).Time().Add(time.Duration(hour) * time.Hour)
		got, err := s.Prune(t.Context(), day0+calendar.Date(day)-keep, now)
		last, _, failed := s.LastPruning(t.Context())
		if day := fmt.Sprint(got.Before, " ", last.At.Format("2006-01-02 15"), " ", last.Before); err != nil || failed != nil || day != want {
			t.Errorf("%s, %v, %v; want %s", day, err, failed, want)
		}
	}
	prune(0, 8, " 2026-05-04 08 ")                         // the first
	prune(1, 7, " 2026-05-04 08 ")                         // not yet
	prune(1, 8, "2025-10-16 2026-05-05 08 2025-10-16")     // as of the day before
	prune(1000, 8, "2025-10-17 2029-01-28 08 2025-10-17")  // years ahead
	prune(1, 20, "2025-10-17 2026-05-05 20 2025-10-17")    // and back
	prune(301, 20, "2025-10-17 2027-03-01 20 2025-10-17")  // after a long time
	prune(302, 20, "2026-08-13 2027-03-02 20 2026-08-13")  // and then as always
	prune(300, 20, "2026-08-12 2027-02-28 20 2026-08-13")  // what is gone is gone
	prune(1300, 20, "2026-08-12 2029-11-24 20 2026-08-13") // years ahead,
	prune(1301, 20, "2029-05-08 2029-11-25 20 2029-05-08") // and for longer than a day
}

// learner is the ID of a learner as it stands nowhere by chance.
func learner(n int) string { return fmt.Sprintf("LEARNER-%05d-X", n) }

// TestPrunedIsGone guards that after pruning the ID of a learner about whom
// nothing is remembered stands in none of the state's files, and that the file
// gets smaller; while somebody else is reading, the next pruning does it.
func TestPrunedIsGone(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	rnd := rand.New(rand.NewPCG(1, 2))
	ctx := t.Context()
	const learners = 1000
	stays := func(n int) bool { return n%3 == 0 }
	var staying string
	for n := range learners {
		if stays(n) {
			staying += learner(n) + " "
		}
	}
	for day := range 20 {
		var words strings.Builder
		for range learners / 2 {
			fmt.Fprint(&words, learner(rnd.IntN(learners)), []string{" ", "/overdue "}[rnd.IntN(2)])
		}
		r := reading(day, words.String())
		for i := range r.Findings {
			r.Findings[i].Action = strings.Repeat("again ", rnd.IntN(100)) // rows grow, and move from page to page
		}
		now := observe(t, s, r)
		m := Message{Key: Key{Job: "escalation", Slot: fmt.Sprint(day), Recipient: "a"}, Written: day0.Time(), Deadline: day0.Time()}
		m, _, err := s.Enqueue(ctx, m, []byte(words.String()), Told{now.Matters[0].Life.ID, policy.AtRisk})
		if err != nil {
			t.Fatal(err)
		}
		m.State, m.Since = Failed, day0.Time()
		if err := s.Record(ctx, m, Pending); err != nil {
			t.Fatal(err)
		}
	}
	observe(t, s, reading(20, staying))
	standing := func() (size, ids int) {
		for _, name := range []string{FileName, FileName + "-wal", FileName + "-shm"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if name == FileName {
				size = len(data)
			}
			data = bytes.ToUpper(data) // IDs as they are compared, too
			for n := range learners {
				if !stays(n) && bytes.Contains(data, []byte(learner(n))) {
					ids++
				}
			}
		}
		return size, ids
	}
	if _, err := s.db.Exec(`PRAGMA wal_checkpoint`); err != nil {
		t.Fatal(err)
	}
	before, ids := standing()
	if ids < learners/2 {
		t.Fatalf("only %d learners stand in the files", ids)
	}
	other := mustOpen(t, dir)
	if _, err := s.db.Exec(`PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	at := day0.Time().AddDate(2, 0, 0)
	if _, err := s.Prune(ctx, day0, at.Add(-pruneEvery)); err != nil {
		t.Fatal(err)
	}
	writer, err := other.db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Prune(ctx, day0+22, at)
	wantError(t, err, "another regcert has been writing")
	if err := writer.Rollback(); err != nil {
		t.Fatal(err)
	}
	conn, err := other.db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, `BEGIN DEFERRED`); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM finding`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Prune(ctx, day0+22, at); err != nil || got.Findings < learners/2 {
		t.Fatalf("while somebody reads: %+v, %v", got, err)
	}
	if _, ids := standing(); ids == 0 {
		t.Fatal("the reader kept nothing in the files: this tests nothing")
	}
	if _, err := conn.ExecContext(ctx, `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Prune(ctx, day0+22, at.Add(pruneEvery)); err != nil || got.Findings != 0 {
		t.Fatalf("afterwards: %+v, %v", got, err)
	}
	if after, ids := standing(); ids != 0 || after > before*3/4 {
		t.Errorf("%d learners stand in the files, which had %d bytes and have %d", ids, before, after)
	}
	if past, err := s.Past(ctx, day0+21); err != nil || len(past.Lives) != 2+(learners+2)/3 {
		t.Errorf("%d findings are left, %v", len(past.Lives), err)
	}
}

// TestPrunedAllOrNothing guards that a pruning for which there is no room leaves
// all as it was.
func TestPrunedAllOrNothing(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	observe(t, s, reading(0, "L1"))
	observe(t, s, reading(1, ""))
	if _, err := s.db.Exec(`CREATE TRIGGER full BEFORE DELETE ON observation BEGIN SELECT RAISE(ABORT, 'no room'); END`); err != nil {
		t.Fatal(err)
	}
	_, err := prune(t, s, day0+2, day0.Time().AddDate(2, 0, 0))
	wantError(t, err, "cannot take out what is old", "no room")
	if past, err := s.Past(t.Context(), day0+1); err != nil || len(past.Lives) != 3 {
		t.Errorf("%d findings are left, %v", len(past.Lives), err)
	}
}

// centre is what two workbooks show at random, from day to day.
type centre struct {
	rnd  *rand.Rand
	open map[string]policy.Severity // by learner
}

// reading is what can be seen of it, in a random order; whole says that nothing
// is missing.
func (c *centre) reading(day int, whole bool) *history.Reading {
	for range c.rnd.IntN(5) {
		id := fmt.Sprint("L", c.rnd.IntN(12))
		if _, there := c.open[id]; there && c.rnd.IntN(2) == 0 {
			delete(c.open, id)
			continue
		}
		c.open[id] = policy.Severities()[c.rnd.IntN(4)]
	}
	var words []string
	for id, severity := range c.open {
		words = append(words, []string{"", "", "zz"}[c.rnd.IntN(3)]+id+"/"+string(severity))
	}
	slices.Sort(words)
	r := reading(day, strings.Join(words, " "))
	for i := range r.Books {
		if !whole && c.rnd.IntN(5) == 0 { // it cannot be read
			gone := r.Books[i].Path
			r.Books[i] = history.Book{Path: gone, Gone: c.rnd.IntN(2) == 0}
			r.Findings = slices.DeleteFunc(r.Findings, func(f policy.Finding) bool { return f.Workbook == gone })
		}
	}
	return r
}

// story tells what a state makes of a reading, without its numbers for things.
func story(t *testing.T, s *Store, r *history.Reading, told map[int64]policy.Severity) string {
	t.Helper()
	past, err := s.Past(t.Context(), r.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	now := past.Observe(r)
	var lines []string
	base, found := past.Baseline(r.AsOf)
	for _, m := range now.Matters {
		lines = append(lines, fmt.Sprint(m.Rule, m.LearnerID, m.Severity, m.Life.State, m.Life.Until, m.AsOf, m.Life.First(), m.Life.Since(), m.Life.Change(base.ID), m.Life.Tutor, now.Doubtful(m), told[m.Life.ID]))
	}
	slices.Sort(lines)
	all := func(*history.Life, history.Standing) bool { return true }
	lines = append(lines, fmt.Sprintf("%v %+v %+v %s %d changed", found, now.Balance(base, all), now.Weeks(12, all), past.Last(), len(now.Changed())))
	return strings.Join(lines, "\n")
}

// TestPruningChangesNothingOfThePresent guards that two states which have seen the
// same say the same of the present, although one is pruned at random times.
func TestPruningChangesNothingOfThePresent(t *testing.T) {
	seeds := 20
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		c := &centre{rnd: rand.New(rand.NewPCG(uint64(seed), 3)), open: map[string]policy.Severity{}}
		whole, pruned := mustOpen(t, t.TempDir()), mustOpen(t, t.TempDir())
		gone := 0
		for day, step := 0, 0; step < 60; step++ {
			jump := c.rnd.IntN(12) == 0
			if day += 1 + c.rnd.IntN(14); jump { // nobody has looked for long
				day += c.rnd.IntN(400)
			}
			r := c.reading(day, jump)
			var stories []string
			for _, s := range []*Store{whole, pruned} {
				told, err := s.Told(t.Context(), "a")
				if err != nil {
					t.Fatal(err)
				}
				stories = append(stories, story(t, s, r, told))
				now := observe(t, s, r)
				m := Message{Key: Key{Job: "escalation", Slot: fmt.Sprint(step), Recipient: "a"}, Written: r.AsOf.Time(), Deadline: r.AsOf.Time()}
				var tells []Told
				for _, m := range now.Matters {
					if told[m.Life.ID] == "" && step%3 == 0 {
						tells = append(tells, Told{m.Life.ID, m.Severity})
					}
				}
				if _, _, err := s.Enqueue(t.Context(), m, []byte("x"), tells...); err != nil {
					t.Fatal(err)
				}
				if step%4 == 0 {
					if err := s.SaveDigest(t.Context(), now.Past.Observations[len(now.Past.Observations)-1]); err != nil {
						t.Fatal(err)
					}
				}
			}
			if stories[0] != stories[1] {
				t.Fatalf("seed %d, day %d: the whole state says\n%s\nthe pruned one\n%s", seed, day, stories[0], stories[1])
			}
			if c.rnd.IntN(3) == 0 {
				p, err := prune(t, pruned, r.AsOf-calendar.Date(c.rnd.IntN(300)), r.AsOf.Time())
				if err != nil {
					t.Fatal(err)
				}
				gone += p.Findings
			}
		}
		if gone == 0 {
			t.Errorf("seed %d: nothing was pruned", seed)
		}
	}
}
