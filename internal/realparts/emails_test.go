package realparts

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

// email is an email that is looked at as its reader sees it.
type email struct {
	name    string
	html    []byte
	picture digest.Picture // none where it has no bytes
	plain   bool           // without its style element, as some mail programs show it: light only
}

// emails are the digest of the sample workbooks with six weeks behind it, the
// same without style, what of it is told at once, a digest of counts alone, and
// one in which nothing needs doing.
func emails(t *testing.T) []email {
	t.Helper()
	with, err := digest.LoadTemplates("")
	check(t, err)
	render := func(name string, d *digest.Digest) email {
		html, err := with.HTML(d)
		check(t, err)
		picture, _ := d.Chart()
		return email{name: name, html: html, picture: picture}
	}
	sample := newCentre(t, nil)
	in := sample.remembering(t, func(day calendar.Date) error {
		return samples.Write(filepath.Join(string(sample), "sample-workbooks"), day)
	})
	who := digest.Recipient{Name: "Head of Quality", Views: []digest.View{{Privacy: digest.Names}}}
	all := render("all", digest.Compose(in, who))
	unstyled := all
	unstyled.name, unstyled.plain = "unstyled", true
	unstyled.html = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAll(all.html, nil)
	return []email{
		all, unstyled,
		render("urgent", digest.Escalate(in, who, digest.Urgent(in, who, nil))),
		render("counts", digest.Compose(in, digest.Recipient{Name: "The Board", Views: []digest.View{{Privacy: digest.Counts}}})),
		render("idle", digest.Compose(newCentre(t, idleWorkbook(t)).remembering(t, func(calendar.Date) error { return nil }), who)),
	}
}

// remembering reads the centre's workbooks as of each of six Mondays, as if a
// digest had been made of the first five; before, each time, staff enter what
// happened by then.
func (c centre) remembering(t *testing.T, enter func(calendar.Date) error) *digest.Input {
	t.Helper()
	last, err := calendar.ParseISO(asOf)
	check(t, err)
	past := &history.Past{Sheets: map[history.Sheet]history.Glance{}}
	for week := int64(1); ; week++ {
		day := last - calendar.Date(7*(6-week))
		check(t, enter(day))
		in, reading := c.look(t, day)
		in.Now = past.Observe(reading)
		if day == last {
			return in
		}
		for i, l := range in.Now.Changed() {
			if l.ID == 0 {
				l.ID = week*1000 + int64(i)
			}
		}
		in.Now.Recorded(history.Observation{ID: week, Day: day})
		past.Lives, past.Digests = in.Now.Lives, append(past.Digests, history.Observation{ID: week, Day: day})
		for s, kind := range in.Now.Sheets {
			past.Sheets[s] = history.Glance{Day: day, Kind: kind}
		}
	}
}

// look reads and judges the centre's workbooks as of a day.
func (c centre) look(t *testing.T, day calendar.Date) (*digest.Input, *history.Reading) {
	t.Helper()
	cfg, err := config.Load(filepath.Join(string(c), "config.yaml"))
	check(t, err)
	read := day.Time().Add(7*time.Hour + 5*time.Minute)
	job := batch.Job{
		Dir: cfg.Dir, Limits: xlsx.DefaultLimits(), Reader: register.NewReader(day, cfg.Aliases), Now: func() time.Time { return read },
		Policy: policy.Options{AsOf: day, Calendar: cfg.Calendar, Versions: cfg.Policy, JudgeFrom: cfg.JudgeFrom, SnoozeLimit: cfg.SnoozeLimit},
	}
	for _, w := range cfg.Workbooks {
		job.Workbooks = append(job.Workbooks, batch.Pattern{Glob: w.Path})
	}
	result, err := job.Check(t.Context())
	check(t, err)
	in := &digest.Input{Report: result.Report, Calendar: cfg.Calendar, Centre: cfg.Centre, ReadAt: read, Next: day + 7}
	reading := &history.Reading{
		AsOf: day, Findings: slices.Concat(result.Report.Findings, result.Report.Ready(cfg.Calendar)), Expects: func(string) bool { return true },
	}
	for _, w := range result.Workbooks {
		in.Workbooks = append(in.Workbooks, digest.Workbook{Path: w.Path, Read: true})
		b := history.Book{Path: w.Path, Read: true, Sheets: map[string]register.Kind{}}
		for _, s := range w.Sheets {
			b.Sheets[s.Name] = s.Kind
		}
		reading.Books = append(reading.Books, b)
	}
	return in, reading
}

// The emails that are looked at show what there is to show.
func TestEmailsAreFull(t *testing.T) {
	t.Parallel()
	long(t)
	want := map[string][]string{
		"all":      {"&nbsp;New&nbsp;", "&nbsp;Worse&nbsp;", "Last week ", "more than last time", "Who must act", "cid:", "since ", "Snoozed until "},
		"unstyled": {"cid:"}, "urgent": {"Newly at risk or late"}, "counts": {"cid:"}, "idle": {"Nothing needs doing"},
	}
	seen := map[string]bool{}
	for _, e := range emails(t) {
		seen[e.name] = true
		for _, s := range want[e.name] {
			if !strings.Contains(strings.ReplaceAll(string(e.html), "\u00a0", "&nbsp;"), s) {
				t.Errorf("%s does not show %q", e.name, s)
			}
		}
	}
	if len(seen) != len(want) {
		t.Errorf("there are %v", slices.Sorted(maps.Keys(seen)))
	}
}
