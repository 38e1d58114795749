package realparts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// widths of screens, in CSS pixels: a phone, a reading pane, a window.
var widths = []int{360, 600, 800}

// bench is the page that shows an email in one frame a width, side by side,
// measures it there, and sends home what it measured. A window of a browser
// cannot be as narrow as a phone; a frame can.
var bench = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>email</title>
<style>:root { color-scheme: light dark } body { margin: 0; display: flex; align-items: flex-start } iframe { border: 0; margin: 0 8px 0 0; flex: none; height: 100vh }</style></head>
<body>{{range .}}<iframe src="email.html" width="{{.}}"></iframe>{{end}}
<script>
function measure(frame) {
	const w = frame.contentWindow, d = w.document, root = d.documentElement;
	const texts = [], walker = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode, text = node.data.trim(), range = d.createRange();
		range.selectNodeContents(node);
		const box = range.getBoundingClientRect();
		if (!text || !box.width || !box.height) continue;
		texts.push({text: text, size: parseFloat(w.getComputedStyle(node.parentElement).fontSize), left: box.left, right: box.right});
	}
	return {
		width: w.innerWidth, scrollWidth: root.scrollWidth, height: Math.round(d.querySelector(".card").getBoundingClientRect().height),
		dark: w.matchMedia("(prefers-color-scheme: dark)").matches,
		background: w.getComputedStyle(d.body).backgroundColor,
		card: w.getComputedStyle(d.querySelector(".card")).backgroundColor,
		pictures: Array.from(d.images, i => ({wide: i.width, high: i.height, own: i.naturalWidth})),
		strangers: d.querySelectorAll("svg, picture, object, embed, iframe, link, script").length,
		texts: texts,
	};
}
addEventListener("load", () => {
	const home = new XMLHttpRequest();
	home.open("POST", "report", false);
	home.send(JSON.stringify(Array.from(document.querySelectorAll("iframe"), measure)));
});
</script></body></html>`))

// measured is an email as it stands in one frame, lengths in CSS pixels.
type measured struct {
	Width, ScrollWidth, Height int
	Dark                       bool
	Background, Card           string                          // computed colours
	Pictures                   []struct{ Wide, High, Own int } // Own is the width in pixels of its own
	Strangers                  int                             // elements that may fetch something
	Texts                      []struct {
		Text              string
		Size, Left, Right float64
	}
}

// TestBrowser has Chromium draw emails in several widths, light and dark, and
// as mail programs do that drop the style element. With REGCERT_PICTURES the
// pictures are put into that folder, for people to look at.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	pictures, height := os.Getenv("REGCERT_PICTURES"), 12000
	if pictures == "" {
		pictures, height = t.TempDir(), 1600
	}
	for _, e := range emails(t) {
		for _, dark := range []bool{false, true} {
			if dark && e.plain {
				continue
			}
			scheme := map[bool]string{false: "light", true: "dark"}[dark]
			t.Run(e.name+"/"+scheme, func(t *testing.T) {
				picture := filepath.Join(pictures, e.name+"-"+scheme+".png")
				frames := e.draw(t, chromium, dark, picture, height)
				for i, f := range frames {
					f.check(t, widths[i], dark, e.cid != "")
				}
				checkPicture(t, picture, frames, dark)
			})
		}
	}
}

// draw shows the email in frames of the widths and takes a picture of them, of
// a height in pixels.
func (e email) draw(t *testing.T, chromium string, dark bool, picture string, height int) []measured {
	t.Helper()
	var page bytes.Buffer
	check(t, bench.Execute(&page, widths))
	across := 0
	for _, w := range widths {
		across += w + 8
	}
	var frames []measured
	e.show(t, chromium, page.Bytes(), nil, dark, &frames, fmt.Sprintf("--window-size=%d,%d", across, height), "--screenshot="+picture)
	if len(frames) != len(widths) {
		t.Fatalf("%d frames were measured, want %d", len(frames), len(widths))
	}
	return frames
}

// show has the browser open a page that shows the email, beside which a script
// may stand, and reads the report that the page sends home.
func (e email) show(t *testing.T, chromium string, page, script []byte, dark bool, report any, options ...string) {
	t.Helper()
	reports, reported := make(chan []byte, 1), make(chan struct{})
	served := func(kind string, content []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Write(content)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", served("text/html; charset=utf-8", page))
	mux.HandleFunc("GET /email.html", served("text/html; charset=utf-8", bytes.ReplaceAll(e.html, []byte(`src="cid:`), []byte(`src="/cid/`))))
	if e.cid != "" {
		mux.HandleFunc("GET /cid/"+e.cid, served("image/png", e.picture))
	}
	if script != nil {
		mux.HandleFunc("GET /script.js", served("text/javascript", script))
	}
	mux.HandleFunc("POST /report", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case reports <- body:
			close(reported)
		default: // one report is enough
		}
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) { // it comes when it is there
		select {
		case <-reported:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the email fetches %s", r.URL) })
	server := httptest.NewServer(mux)
	defer server.Close()
	printed, err := start(t, time.Minute, chromium, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars", "--force-device-scale-factor=1",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server",
		fmt.Sprintf("--blink-settings=preferredColorScheme=%d", map[bool]int{true: 0, false: 1}[dark]),
		"--user-data-dir=" + t.TempDir(),
	}, append(options, server.URL+"/")...)...)
	select {
	case body := <-reports:
		if err := json.Unmarshal(body, report); err != nil {
			t.Fatalf("%v: %.500s", err, body)
		}
	default:
		t.Fatalf("the page was not shown: %v\n%.2000s", err, printed)
	}
}

func (m measured) check(t *testing.T, width int, dark, pictured bool) {
	t.Helper()
	if m.Width != width || m.Dark != dark {
		t.Errorf("the frame is %d wide and dark is %t, want %d and %t", m.Width, m.Dark, width, dark)
	}
	if m.ScrollWidth > m.Width {
		t.Errorf("at %d the page is %d wide: it has to be scrolled sideways", width, m.ScrollWidth)
	}
	if m.Strangers != 0 {
		t.Errorf("%d elements that may fetch something", m.Strangers)
	}
	if (len(m.Pictures) == 1) != pictured || len(m.Pictures) > 1 {
		t.Errorf("%d pictures, where there is one: %t", len(m.Pictures), pictured)
	}
	for _, p := range m.Pictures {
		if p.Own < 2*p.Wide || p.Wide < min(width, 620)-60 || p.High < p.Wide/3 || p.High > p.Wide {
			t.Errorf("at %d the picture of %d pixels is shown %d wide and %d high", width, p.Own, p.Wide, p.High)
		}
	}
	if m.Height < 200 || len(m.Texts) < 5 {
		t.Errorf("at %d the page is %d high and has %d texts: that is not the email", width, m.Height, len(m.Texts))
	}
	m.checkTexts(t)
	for _, colour := range []string{m.Background, m.Card} {
		var r, g, b int
		if _, err := fmt.Sscanf(colour, "rgb(%d, %d, %d)", &r, &g, &b); err != nil {
			t.Errorf("a background is %q: %v", colour, err)
		} else if dark && max(r, g, b) > 64 || !dark && min(r, g, b) < 224 {
			t.Errorf("where dark is %t a background is %s", dark, colour)
		}
	}
}

// checkTexts wants every text to be large enough to be read, and to keep away
// from the edges. What is wrong with one text is wrong with many: a few are told.
func (m measured) checkTexts(t *testing.T) {
	t.Helper()
	wrong := 0
	for _, text := range m.Texts {
		small, out := text.Size < 12, text.Left < 8 || text.Right > float64(m.Width)-8
		if !small && !out {
			continue
		}
		if wrong++; wrong <= 3 {
			t.Errorf("at %d %.40q is %.1f px high and reaches from %.0f to %.0f, want at least 12 px, and 8 px from the edges",
				m.Width, text.Text, text.Size, text.Left, text.Right)
		}
	}
	if wrong > 3 {
		t.Errorf("at %d so are %d more texts", m.Width, wrong-3)
	}
}

// checkPicture wants the picture to have what was measured, and to be light or
// dark for the most part.
func checkPicture(t *testing.T, path string, frames []measured, dark bool) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(readFile(t, path)))
	check(t, err)
	left := 0
	for _, f := range frames {
		frame := image.Rect(left, 0, left+f.Width, min(f.Height, img.Bounds().Dy()))
		if !frame.In(img.Bounds()) {
			t.Fatalf("the picture is %v, and a frame %v", img.Bounds(), frame)
		}
		var lights []int
		for y := frame.Min.Y; y < frame.Max.Y; y += 3 {
			for x := frame.Min.X; x < frame.Max.X; x += 3 {
				r, g, b, _ := img.At(x, y).RGBA()
				lights = append(lights, int(r+g+b)/3>>8)
			}
		}
		slices.Sort(lights)
		darkest, middle, lightest := lights[0], lights[len(lights)/2], lights[len(lights)-1]
		if dark && middle > 64 || !dark && middle < 224 {
			t.Errorf("%d wide: the middle of all pixels has the lightness %d of 255 where dark is %t", f.Width, middle, dark)
		}
		if lightest-darkest < 128 {
			t.Errorf("%d wide: no text is seen, the pixels are from %d to %d", f.Width, darkest, lightest)
		}
		left += f.Width + 8
	}
}

// idleWorkbook makes a set in which nothing needs doing.
func idleWorkbook(t *testing.T) []string {
	t.Helper()
	return tables(t, strings.ReplaceAll(`
		== enrolments.xlsx
		-- Enrolments
		HEAD
		I001 | 9276308686 | Ida | Ives | 2000-01-02 | ida@learners.example | 610/9112/4 | 2026-03-30 | 2026-06-30 | 2026-03-30 | 2026-03-30 | yes | yes | 2026-04-01 | 2026-04-02 | AIM-1 | 2026-04-02
	`, "HEAD", "Learner ID | ULN | Legal First Name | Legal Last Name | Date of Birth | Email | Qualification Code | Course Start | Course End | "+
		"First Attendance | Admin Notified | ID Verified | MIS Logged | Submitted to AIM | AIM Confirmed | AIM Registration No | Accuracy Checked"))
}
