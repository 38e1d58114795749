package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/status"
	"regcert/internal/store"
)

const address = "127.0.0.1:9180"

// aStatus is how regcert may be doing.
func aStatus() *status.Status {
	at := time.Date(2026, time.May, 11, 9, 0, 0, 0, time.UTC)
	return &status.Status{
		At: at, Centre: "Brackwater <Training> Centre", Serves: true, Server: "regcert serve, process 4711",
		LastRun: &status.Run{Started: at.Add(-3 * time.Second), Finished: at, AsOf: calendar.FromTime(at), Policy: "1.0", Treated: []string{"a.xlsx", "b.xlsx"}},
		Open:    map[string]int{"overdue": 3, "at-risk": 2, "todo": 7, "data": 1, "breach": 1, store.Snoozed: 4},
		Workbooks: []status.Workbook{
			{Path: "a.xlsx", Outcome: batch.Written, Cells: 12, Checked: at, Ready: true, Current: at},
			{Path: "<b>.xlsx", Outcome: batch.Deferred, Reason: "it is open in Excel", Checked: at, Current: at.AddDate(0, 0, -3)},
		},
		Jobs: []status.Job{
			{Name: "check", When: "on weekdays at 07:00", Next: at.AddDate(0, 0, 1), Last: []status.Slot{{At: at.Add(-2 * time.Hour), State: store.SlotDone, Ended: at}}},
			{Name: "digest", When: "on Mondays at 08:00", Next: at.AddDate(0, 0, 7)},
		},
		Mail:          status.Mail{Counts: map[store.State]int{store.Sent: 5, store.Pending: 1}, Oldest: at.Add(-time.Minute)},
		Troubles:      []store.Trouble{{Kind: "open", Subject: "<b>.xlsx", Since: at.AddDate(0, 0, -3), Reason: "it is open in Excel", Told: at}},
		HolidaysUntil: calendar.NewDate(2028, time.December, 31),
	}
}

func reading(s *status.Status, err error) func(context.Context) (*status.Status, error) {
	return func(context.Context) (*status.Status, error) { return s, err }
}

func ask(h http.Handler, method, target, host string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestHandler guards what is answered to whom.
func TestHandler(t *testing.T) {
	well := aStatus()
	ill := aStatus()
	ill.Mail.Pause = &store.Pause{Reason: "cannot log in", Since: ill.At, Until: ill.At}
	ill.Jobs[0].Late = ill.At.Add(-2 * time.Hour)
	gone := errors.New("state /srv/regcert.db is damaged:\nput back a copy")
	const host = "localhost:9180"
	tests := []struct {
		name                       string
		status                     *status.Status
		err                        error
		method, target, host, from string // from: the address that is listened at
		code                       int
		want                       []string
	}{
		{"well", well, nil, "GET", "/healthz", host, address, 200, []string{"^ok\n"}},
		{"ill", ill, nil, "GET", "/healthz", host, address, 503, []string{"^the check of Mon 11 May 2026 at 07:00 was not done yet\nmail has been paused since Mon 11 May 2026 at 09:00: cannot log in\n"}},
		{"unreadable", nil, gone, "GET", "/healthz", host, address, 503, []string{"^what regcert remembers cannot be read: state /srv/regcert.db is damaged: put back a copy\n"}},
		{"the page", well, nil, "GET", "/", host, address, 200, []string{"^<!DOCTYPE html>", "All is well", "Brackwater &lt;Training&gt; Centre", "&lt;b&gt;.xlsx", "statuses of Fri 8 May 2026 at 09:00",
			"<b>3</b> overdue", "<b>4</b> snoozed", "31 Dec 2028", "process 4711", "version 7", "the owner was told"}},
		{"the page, ill", ill, nil, "GET", "/", host, address, 200, []string{"Not well", "mail has been paused"}},
		{"the page, unreadable", nil, gone, "GET", "/?still", host, address, 200, []string{"Not well", "is damaged: put back a copy"}},
		{"the style", well, nil, "GET", "/style.css", host, address, 200, []string{"prefers-color-scheme"}},
		{"the head", well, nil, "HEAD", "/", host, address, 200, nil},
		{"a post", well, nil, "POST", "/", host, address, 405, nil},
		{"a deletion", well, nil, "DELETE", "/healthz", host, address, 405, nil},
		{"an unknown place", well, nil, "GET", "/healthz/", host, address, 404, nil},
		{"a way up", well, nil, "GET", "/..%2f..%2fetc/passwd", host, address, 404, nil},
		{"by the address", well, nil, "GET", "/healthz", "127.0.0.1:9180", address, 200, nil},
		{"by the newer address", well, nil, "GET", "/healthz", "[::1]:9180", "[::1]:9180", 200, nil},
		{"without a port", well, nil, "GET", "/healthz", "LOCALHOST", address, 200, nil},
		{"through a tunnel", well, nil, "GET", "/healthz", "localhost:80", address, 200, nil},
		{"by the name of a stranger", well, nil, "GET", "/", "evil.example:9180", address, 421, []string{"ask for http://127.0.0.1:9180/"}},
		{"by a name that looks like ours", well, nil, "GET", "/", "localhost.evil.example", address, 421, nil},
		{"by no name", well, nil, "GET", "/", "", address, 421, nil},
		{"from the network", well, nil, "GET", "/healthz", "registers.centre.example:9180", "192.0.2.7:9180", 200, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := ask(Handler(tt.from, reading(tt.status, tt.err), NewMetrics("version 7")), tt.method, tt.target, tt.host)
			got := body(t, r)
			if r.StatusCode != tt.code {
				t.Errorf("answered %d, want %d: %s", r.StatusCode, tt.code, got)
			}
			for _, want := range tt.want {
				if start, isStart := strings.CutPrefix(want, "^"); isStart && !strings.HasPrefix(got, start) || !strings.Contains(got, start) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
				if got := r.Header.Get(header); got != want {
					t.Errorf("%s is %q", header, got)
				}
			}
			if policy := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self';") {
				t.Errorf("the policy is %q", policy)
			}
			if refresh := r.Header.Get("Refresh"); (refresh != "") != (tt.target == "/" && tt.code == 200) {
				t.Errorf("it is read again after %q", refresh)
			}
		})
	}
}

// TestNothingFromElsewhere guards that the page fetches nothing but its style, and
// runs nothing.
func TestNothingFromElsewhere(t *testing.T) {
	got := body(t, ask(Handler(address, reading(aStatus(), nil), NewMetrics("")), "GET", "/", address))
	if n := strings.Count(got, "href="); n != 2 || !strings.Contains(got, `href="style.css"`) || !strings.Contains(got, `href="/?still=1"`) {
		t.Errorf("it leads elsewhere:\n%s", got)
	}
	for _, no := range []string{"src=", "<script", "style=", "url(", "@import", "onload"} {
		if strings.Contains(got, no) || strings.Contains(styleText, no) {
			t.Errorf("it has %s:\n%s", no, got)
		}
	}
}

// TestCache guards that however many ask, it is found out every few seconds only,
// and that an error is not kept for longer.
func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		h := Handler(address, func(ctx context.Context) (*status.Status, error) {
			if _, limited := ctx.Deadline(); !limited {
				t.Error("it may take for ever")
			}
			if asked++; asked == 1 {
				return nil, errors.New("busy")
			}
			return aStatus(), nil
		}, NewMetrics(""))
		for _, step := range []struct {
			wait        time.Duration
			asked, code int
		}{{0, 1, 503}, {fresh - 1, 1, 503}, {1, 2, 200}, {0, 2, 200}, {fresh, 3, 200}} {
			time.Sleep(step.wait)
			for range 5 {
				if r := ask(h, "GET", "/healthz", address); r.StatusCode != step.code || asked != step.asked {
					t.Errorf("after %s: asked %d times, answered %d; want %+v", step.wait, asked, r.StatusCode, step)
				}
			}
		}
	})
}

// TestMetrics guards the names and numbers that a program which watches sees.
func TestMetrics(t *testing.T) {
	m := NewMetrics("version 7")
	m.Ran(RunDone)
	m.Ran(RunDone)
	m.Ran(RunFailed)
	got := body(t, ask(Handler(address, reading(aStatus(), nil), m), "GET", "/metrics", address))
	for _, want := range []string{
		`regcert_build_info{version="version 7"} 1`, `regcert_runs_total{outcome="done"} 2`, `regcert_runs_total{outcome="failed"} 1`, `regcert_runs_total{outcome="troubled"} 0`,
		`regcert_state_readable 1`, `regcert_healthy 1`, `regcert_last_run_timestamp_seconds 1.7784`, `regcert_last_run_duration_seconds 3`,
		`regcert_open_findings{severity="overdue"} 3`, `regcert_open_findings{severity="snoozed"} 4`, `regcert_open_findings{severity="info"} 0`,
		`regcert_workbooks{outcome="written"} 1`, `regcert_workbooks{outcome="deferred"} 1`, `regcert_workbooks{outcome="failed"} 0`, `regcert_stale_workbooks 1`,
		`regcert_messages{state="sent"} 5`, `regcert_messages{state="failed"} 0`, `regcert_mail_paused 0`, `regcert_oldest_waiting_message_timestamp_seconds 1.7784`,
		`regcert_troubles{kind="open"} 1`, `regcert_troubles{kind="run"} 0`, `regcert_next_slot_timestamp_seconds{job="check"} 1.7785`, `regcert_next_slot_timestamp_seconds{job="digest"} 1.779`,
		`regcert_bank_holidays_until_timestamp_seconds 1.861`, `go_goroutines `,
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	got = body(t, ask(Handler(address, reading(nil, errors.New("damaged")), m), "GET", "/metrics", address))
	if !strings.Contains(got, "\nregcert_state_readable 0\n") || !strings.Contains(got, "\nregcert_healthy 0\n") || strings.Contains(got, "regcert_workbooks") || !strings.Contains(got, "regcert_runs_total") {
		t.Errorf("where the state cannot be read:\n%s", got)
	}
	problems, err := testutil.GatherAndLint(m.gatherer(&cache{read: reading(aStatus(), nil)}))
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}
