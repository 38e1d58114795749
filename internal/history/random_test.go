package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/policy"
	"regcert/internal/register"
)

// world is a centre whose workbooks change at random.
type world struct {
	rnd  *rand.Rand
	open map[string]policy.Finding // by what tells them apart
	rows int
}

func (w *world) step() {
	for range 1 + w.rnd.IntN(6) {
		id, book := fmt.Sprintf("L%d", w.rnd.IntN(12)), string(rune('a'+w.rnd.IntN(3)))
		rule := []string{"REG-01", "REG-02", "CLM-04", "CRT-01", "DAT-02", ""}[w.rnd.IntN(6)]
		key := rule + id + book
		if _, there := w.open[key]; there && w.rnd.IntN(2) == 0 {
			delete(w.open, key)
			continue
		}
		w.rows++
		f := policy.Finding{Rule: rule, Severity: policy.Severities()[w.rnd.IntN(5)], Kind: register.Claims, LearnerID: id, QualificationCode: "q", Workbook: book, Sheet: "S",
			Row: w.rows, Due: monday + calendar.Date(w.rnd.IntN(60)), Owner: policy.Owners()[w.rnd.IntN(3)]}
		if w.rnd.IntN(4) == 0 {
			f.Snooze = &policy.Snooze{Until: monday + 400}
		}
		w.open[key] = f
	}
}

// reading is what can be seen, in a random order, with some workbooks missing.
func (w *world) reading(day calendar.Date) *Reading {
	r := &Reading{AsOf: day, Expects: func(string) bool { return true }}
	missing := map[string]bool{}
	for _, b := range []string{"a", "b", "c"} {
		missing[b] = w.rnd.IntN(5) == 0
		if !missing[b] || w.rnd.IntN(2) == 0 { // else it is gone
			book := Book{Path: b, Read: !missing[b]}
			if book.Read {
				book.Sheets = map[string]register.Kind{"S": register.Claims}
			}
			r.Books = append(r.Books, book)
		}
	}
	for _, f := range w.open {
		if !missing[f.Workbook] {
			r.Findings = append(r.Findings, f)
		}
	}
	w.rnd.Shuffle(len(r.Findings), func(i, j int) { r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i] })
	return r
}

// Whatever happens, the balance adds up for everybody, what cannot be seen stays
// open, and there is a life for each finding and no life for two.
func TestHistoryAddsUp(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	for seed := range rounds {
		w := &world{rnd: rand.New(rand.NewPCG(uint64(seed), 1)), open: map[string]policy.Finding{}}
		d := newDiary(t)
		for week := range 20 {
			w.step()
			r := w.reading(monday + calendar.Date(7*week))
			before := map[*Life]Standing{}
			for _, l := range d.past.Lives {
				before[l] = l.At(Present)
			}
			now := d.observe(r)
			checkLives(t, now, r, before)
			for _, admit := range []Admit{
				everything,
				func(l *Life, _ Standing) bool { return l.Owner == policy.Owners()[0] },
				func(_ *Life, s Standing) bool { return s.Severity == policy.Breach },
			} {
				for _, base := range []Observation{{}, now.Past.Observations[w.rnd.IntN(len(now.Past.Observations))]} {
					b := now.Balance(base, admit)
					if b.Before+b.New+b.Woken-b.Closed-b.Snoozed != b.Now {
						t.Fatalf("seed %d, week %d: %+v does not add up", seed, week, b)
					}
				}
			}
			if b := now.Balance(Observation{}, everything); b.Now != opened(now) || b.Before != 0 {
				t.Fatalf("seed %d, week %d: %d are open, the balance says %+v", seed, week, opened(now), b)
			}
			last := now.Weeks(1, everything)[0]
			if n := last.Overdue + last.AtRisk + last.Other; n != opened(now) {
				t.Fatalf("seed %d, week %d: %d are open, the week says %d", seed, week, opened(now), n)
			}
			if t.Failed() {
				t.Fatalf("seed %d, week %d", seed, week)
			}
		}
	}
}

// opened counts the matters that are open.
func opened(now *Now) int {
	n := 0
	for _, m := range now.Matters {
		if m.Snooze == nil && m.Severity != policy.Info {
			n++
		}
	}
	return n
}

func checkLives(t *testing.T, now *Now, r *Reading, before map[*Life]Standing) {
	t.Helper()
	seen := map[*Life]bool{}
	for _, m := range now.Matters {
		if seen[m.Life] {
			t.Errorf("two findings have one life: %+v", m.Life)
		}
		seen[m.Life] = true
		if m.Life.Severity != m.Severity || (m.Snooze != nil) != (m.Life.State == Snoozed) {
			t.Errorf("%+v is not as its life %+v", m.Finding, m.Life)
		}
		if m.AsOf.IsZero() != slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return f.Rule == m.Rule && f.LearnerID == m.LearnerID && f.Workbook == m.Workbook && f.Row == m.Row && f.Severity == m.Severity
		}) {
			t.Errorf("%+v is as of %s", m.Finding, m.AsOf)
		}
	}
	isUnread := func(workbook string) bool { // and there
		return slices.ContainsFunc(r.Books, func(b Book) bool { return b.Path == workbook && !b.Read })
	}
	for l, was := range before {
		if was.State != Closed && l.State == Closed && isUnread(l.Workbook) {
			t.Errorf("%+v was closed, and %s was not read", l, l.Workbook)
		}
		if l.State != Closed != seen[l] {
			t.Errorf("%+v is %s, and told: %t", l, l.State, seen[l])
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !slices.ContainsFunc(now.Matters, func(m Matter) bool { return m.Finding == f }) {
			t.Errorf("nothing is told of %+v", f)
		}
	}
	for _, l := range now.Lives {
		for i := 1; i < len(l.Events); i++ {
			a, b := l.Events[i-1], l.Events[i]
			if a.State == b.State && a.Severity == b.Severity || a.Observation >= b.Observation || a.Day > b.Day {
				t.Errorf("the events of %+v", l)
			}
		}
	}
}

// The order of rows makes no difference.
func TestHistoryIgnoresOrder(t *testing.T) {
	for seed := range 50 {
		var stories []string
		for order := range 2 {
			w := &world{rnd: rand.New(rand.NewPCG(uint64(seed), 2)), open: map[string]policy.Finding{}}
			d := newDiary(t)
			for week := range 10 {
				w.step()
				r := &Reading{AsOf: monday + calendar.Date(7*week), Books: []Book{{Path: "a", Read: true, Sheets: map[string]register.Kind{"S": register.Claims}}, {Path: "b", Read: true}, {Path: "c", Read: true}}, Expects: func(string) bool { return true }}
				for _, f := range w.open {
					f.Row = 0 // rows are sorted and moved all the time
					r.Findings = append(r.Findings, f)
				}
				slices.SortFunc(r.Findings, func(a, b policy.Finding) int {
					return (1 - 2*order) * slices.Compare([]string{a.Rule, a.LearnerID, a.Workbook, string(a.Severity), a.Due.String()}, []string{b.Rule, b.LearnerID, b.Workbook, string(b.Severity), b.Due.String()})
				})
				d.observe(r)
			}
			stories = append(stories, d.story())
		}
		if stories[0] != stories[1] {
			t.Fatalf("seed %d: in one order\n%s\nin the other\n%s", seed, stories[0], stories[1])
		}
	}
}
