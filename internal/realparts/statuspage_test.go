package realparts

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/config"
	"regcert/internal/samples"
	"regcert/internal/status"
	"regcert/internal/store"
	"regcert/internal/web"
)

// statusPages are pages about a centre in which all is well, and about one with all
// the troubles that there can be, as they are served.
func statusPages(t *testing.T) map[string]http.Handler {
	t.Helper()
	pages := map[string]http.Handler{}
	for _, name := range []string{"well", "ill"} {
		c := newCentre(t, sampleWorkbooks(t))
		c.run(t)
		cfg, err := config.Load(filepath.Join(string(c), "config.yaml"))
		check(t, err)
		cfg.Daemon.Owner.Address = "owner@centre.example"
		state, err := store.Open(t.Context(), cfg.StateDir)
		check(t, err)
		t.Cleanup(func() { check(t, state.Close()) })
		now := samples.AsOf().Time().Add(8 * time.Hour)
		if name == "ill" {
			trouble(t, state, now)
		}
		read := func(ctx context.Context) (*status.Status, error) { return status.Read(ctx, state, cfg, now) }
		pages[name] = web.Handler("127.0.0.1:9180", read, web.NewMetrics("v1.2.3"))
	}
	return pages
}

// trouble puts every kind of trouble into a state.
func trouble(t *testing.T, state *store.Store, now time.Time) {
	t.Helper()
	ctx, before := t.Context(), now.Add(-50*time.Hour)
	_, err := state.SaveRun(ctx, store.Run{AsOf: samples.AsOf(), Started: now.Add(-time.Minute), Finished: now, Policy: "1.0", Workbooks: []store.Workbook{
		{Path: "sample-workbooks/claims.xlsx", Outcome: "deferred", Reason: "it is open in Excel since Fri 8 May 2026, 16:10; nothing was written: close it, and it is tried again on the next run"},
		{Path: "sample-workbooks/assessments.xlsx", Outcome: "context"}, {Path: "sample-workbooks/enrolments.xlsx", Outcome: "context"},
	}})
	check(t, err)
	for _, kind := range store.TroubleKinds() {
		subject := map[string]string{"open": "sample-workbooks/claims.xlsx", "workbook": "sample-workbooks/a register with a long name, of the spring.xlsx"}[kind]
		told := store.Trouble{Kind: kind, Subject: subject, Since: before, Reason: "this is as it is, and somebody has to put it right", Told: now}
		check(t, state.SaveTrouble(ctx, told))
		check(t, state.Tell(ctx, nil, nil, []store.Trouble{told}))
	}
	check(t, state.AddSlots(ctx, "check", []string{"2026-05-08T17:00", "2026-05-11T07:00"}, before))
	check(t, state.AddSlots(ctx, "digest", []string{"2026-05-11T08:00"}, before))
	check(t, state.SaveSlot(ctx, store.Slot{Job: "check", At: "2026-05-08T17:00", State: store.SlotFailed, NextTry: now, Ended: now, Note: "it could not be done in time"}))
	check(t, state.Pause(ctx, store.Pause{Reason: "smtp.centre.example:587: cannot log in: 535 authentication failed; look whether the password is right", Since: before, Until: now}))
	for _, s := range []store.State{store.Pending, store.Failed, store.Unknown, store.Sent} {
		m, _, err := state.Enqueue(ctx, store.Message{Key: store.Key{Job: "digest", Slot: "2026-05-11", Recipient: string(s) + "@centre.example"}, Name: "Head of Quality", Written: before, Deadline: now}, []byte("x"))
		check(t, err)
		if s != store.Pending {
			m.State, m.Since, m.NextTry = s, now, time.Time{}
			check(t, state.Record(ctx, m, store.Pending))
		}
	}
}

// get asks a handler.
func get(t *testing.T, h http.Handler, target string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "127.0.0.1:9180"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// TestStatusPageAccessible has axe-core judge the page, on a phone and in a window,
// light and dark, and takes pictures of it. With REGCERT_PICTURES they are put into
// that folder.
func TestStatusPageAccessible(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	axe := readFile(t, node(t, "axe-core", "axe.min.js"))
	pictures := os.Getenv("REGCERT_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	wide := strings.Replace(auditor, `width="800"`, `width="1000"`, 1)
	for name, page := range statusPages(t) {
		style := "<style>" + get(t, page, "/style.css") + "</style>" // it may be in no frame as it is served
		html := strings.Replace(get(t, page, "/"), `<link rel="stylesheet" href="style.css">`, style, 1)
		e := email{name: "status-" + name, html: []byte(html)}
		for _, dark := range []bool{false, true} {
			scheme := map[bool]string{false: "light", true: "dark"}[dark]
			t.Run(name+"/"+scheme, func(t *testing.T) {
				var frames []audited
				e.show(t, chromium, []byte(wide), axe, dark, &frames, "--window-size=1376,2400", "--screenshot="+filepath.Join(pictures, e.name+"-"+scheme+".png"))
				if len(frames) != 2 || frames[0].Width != 360 || frames[1].Width != 1000 {
					t.Fatalf("the frames are %+v", frames)
				}
				for _, f := range frames {
					f.check(t)
					if f.ScrollWidth > f.Width {
						t.Errorf("at %d the page is %d wide: it has to be scrolled sideways", f.Width, f.ScrollWidth)
					}
				}
			})
		}
	}
}

// TestStatusPageServed has a browser open the page as it is served: it looks as it
// should although nothing may be fetched but its style.
func TestStatusPageServed(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	server := httptest.NewServer(statusPages(t)["ill"])
	defer server.Close()
	picture := filepath.Join(t.TempDir(), "page.png")
	printed, err := start(t, time.Minute, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--force-device-scale-factor=1",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-proxy-server",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--blink-settings=preferredColorScheme=1", "--enable-logging=stderr", "--user-data-dir="+t.TempDir(),
		"--window-size=1000,800", "--screenshot="+picture, server.URL+"/?still=1")
	if err != nil || strings.Contains(printed, "Content Security Policy") {
		t.Fatalf("%v\n%.2000s", err, printed)
	}
	img, err := png.Decode(bytes.NewReader(readFile(t, picture)))
	check(t, err)
	if r, g, b, _ := img.At(5, 5).RGBA(); r>>8 != 0x1f || g>>8 != 0x3a || b>>8 != 0x5f {
		t.Errorf("the head of the page has the colour %x %x %x: its style is missing", r>>8, g>>8, b>>8)
	}
}
