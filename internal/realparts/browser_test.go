package realparts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// widths of screens, in CSS pixels: a phone, a reading pane, a window.
var widths = []int{360, 600, 800}

// bench is the page that shows a digest in one frame a width, side by side,
// measures it there, and sends home what it measured. A window of a browser
// cannot be as narrow as a phone; a frame can.
var bench = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>digest</title>
<style>:root { color-scheme: light dark } body { margin: 0; display: flex; align-items: flex-start } iframe { border: 0; margin: 0 8px 0 0; flex: none; height: 100vh }</style></head>
<body>{{range .}}<iframe src="digest.html" width="{{.}}"></iframe>{{end}}
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
		images: d.images.length + d.querySelectorAll("svg, picture, object, embed, iframe, link, script").length,
		texts: texts,
	};
}
addEventListener("load", () => {
	const home = new XMLHttpRequest();
	home.open("POST", "measured", false);
	home.send(JSON.stringify(Array.from(document.querySelectorAll("iframe"), measure)));
});
</script></body></html>`))

// measured is a digest as it stands in one frame, lengths in CSS pixels.
type measured struct {
	Width, ScrollWidth, Height int
	Dark                       bool
	Background, Card           string // computed colours
	Images                     int
	Texts                      []struct {
		Text              string
		Size, Left, Right float64
	}
}

// TestBrowser has Chromium draw digests in several widths, light and dark, and
// as mail programs do that drop the style element. With REGCERT_PICTURES the
// pictures are put into that folder, for people to look at.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	pictures, height := os.Getenv("REGCERT_PICTURES"), 12000
	if pictures == "" {
		pictures, height = t.TempDir(), 1600
	}
	all := newCentre(t, sampleWorkbooks(t)).digest(t, "head-of-quality")
	for _, page := range []struct {
		name  string
		html  []byte
		plain bool // without its style element: light only
	}{
		{"all", all, false},
		{"idle", newCentre(t, idleWorkbook(t)).digest(t, "head-of-quality"), false},
		{"unstyled", regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAll(all, nil), true},
	} {
		for _, dark := range []bool{false, true} {
			if dark && page.plain {
				continue
			}
			scheme := map[bool]string{false: "light", true: "dark"}[dark]
			t.Run(page.name+"/"+scheme, func(t *testing.T) {
				picture := filepath.Join(pictures, page.name+"-"+scheme+".png")
				frames := draw(t, chromium, page.html, dark, picture, height)
				for i, f := range frames {
					f.check(t, widths[i], dark)
				}
				checkPicture(t, picture, frames, dark)
			})
		}
	}
}

// digest composes the digests and returns the HTML of one recipient's.
func (c centre) digest(t *testing.T, recipient string) []byte {
	t.Helper()
	dir := t.TempDir()
	c.regcert(t, 0, "digest", "--preview", dir)
	return readFile(t, filepath.Join(dir, recipient+".html"))
}

// draw shows the page in frames of the widths and takes a picture of them, of
// a height in pixels.
func draw(t *testing.T, chromium string, page []byte, dark bool, picture string, height int) []measured {
	t.Helper()
	reports := make(chan []measured, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { bench.Execute(w, widths) })
	mux.HandleFunc("GET /digest.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	})
	mux.HandleFunc("POST /measured", func(w http.ResponseWriter, r *http.Request) {
		var frames []measured
		if err := json.NewDecoder(r.Body).Decode(&frames); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case reports <- frames:
		default: // one report is enough
		}
	})
	mux.HandleFunc("/favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the digest fetches %s", r.URL) })
	server := httptest.NewServer(mux)
	defer server.Close()

	across := 0
	for _, w := range widths {
		across += w + 8
	}
	printed, err := start(t, time.Minute, chromium,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars", "--force-device-scale-factor=1",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server",
		fmt.Sprintf("--blink-settings=preferredColorScheme=%d", map[bool]int{true: 0, false: 1}[dark]),
		"--user-data-dir="+t.TempDir(), fmt.Sprintf("--window-size=%d,%d", across, height), "--screenshot="+picture, server.URL+"/")
	select {
	case frames := <-reports:
		if len(frames) != len(widths) {
			t.Fatalf("%d frames were measured, want %d", len(frames), len(widths))
		}
		return frames
	default:
		t.Fatalf("the page was not shown: %v\n%.2000s", err, printed)
		return nil
	}
}

func (m measured) check(t *testing.T, width int, dark bool) {
	t.Helper()
	if m.Width != width || m.Dark != dark {
		t.Errorf("the frame is %d wide and dark is %t, want %d and %t", m.Width, m.Dark, width, dark)
	}
	if m.ScrollWidth > m.Width {
		t.Errorf("at %d the page is %d wide: it has to be scrolled sideways", width, m.ScrollWidth)
	}
	if m.Images != 0 {
		t.Errorf("%d images or the like", m.Images)
	}
	if m.Height < 200 || len(m.Texts) < 5 {
		t.Errorf("at %d the page is %d high and has %d texts: that is not the digest", width, m.Height, len(m.Texts))
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
