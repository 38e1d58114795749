package realparts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// auditor is the page that shows an email in a frame for a phone and one for a
// window, has axe-core judge it there, and sends home what is wrong. Until then
// it goes on loading, so that the browser waits.
const auditor = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>email</title>
<style>:root { color-scheme: light dark } body { margin: 0; display: flex } iframe { border: 0; flex: none; height: 3000px }</style></head>
<body><iframe src="email.html" width="360"></iframe><iframe src="email.html" width="800"></iframe><img src="report" alt="">
<script>
async function audit(frame) {
	await new Promise(loaded => frame.addEventListener("load", loaded));
	const d = frame.contentDocument, script = d.createElement("script");
	script.src = "/script.js";
	await new Promise((loaded, failed) => { script.onload = loaded; script.onerror = failed; d.body.append(script); });
	const found = await frame.contentWindow.axe.run(d);
	return {
		width: frame.contentWindow.innerWidth, scrollWidth: d.documentElement.scrollWidth, passes: found.passes.map(r => r.id),
		violations: found.violations.map(r => ({rule: r.id, impact: r.impact, help: r.help, where: r.nodes.map(n => n.html)})),
	};
}
Promise.all(Array.from(document.querySelectorAll("iframe"), audit)).catch(why => [{failed: String(why)}])
	.then(found => fetch("report", {method: "POST", body: JSON.stringify(found)}));
</script></body></html>`

// audited is what axe-core says of an email in one frame.
type audited struct {
	Failed             string
	Width, ScrollWidth int
	Passes             []string
	Violations         []struct {
		Rule, Impact, Help string
		Where              []string
	}
}

// TestAccessible has axe-core judge the emails, on a phone and in a window, light
// and dark: nothing is wrong that keeps somebody from reading them.
func TestAccessible(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	axe := readFile(t, node(t, "axe-core", "axe.min.js"))
	for _, e := range emails(t) {
		for _, dark := range []bool{false, true} {
			if dark && e.plain {
				continue
			}
			t.Run(e.name+map[bool]string{false: "/light", true: "/dark"}[dark], func(t *testing.T) {
				var frames []audited
				e.show(t, chromium, []byte(auditor), axe, dark, &frames, "--window-size=1200,3000", "--screenshot="+filepath.Join(t.TempDir(), "x.png"))
				if len(frames) != 2 || frames[0].Width != 360 || frames[1].Width != 800 {
					t.Fatalf("the frames are %+v", frames)
				}
				for _, f := range frames {
					f.check(t)
				}
			})
		}
	}
}

func (a audited) check(t *testing.T) {
	t.Helper()
	for _, rule := range []string{"color-contrast", "document-title", "html-has-lang"} {
		if !strings.Contains(strings.Join(a.Passes, " "), rule) {
			t.Errorf("at %d %s was not judged", a.Width, rule)
		}
	}
	for _, v := range a.Violations {
		report := t.Logf
		if v.Impact == "serious" || v.Impact == "critical" {
			report = t.Errorf
		}
		report("at %d: %s (%s, %s), %d times, first in %.300s", a.Width, v.Help, v.Rule, v.Impact, len(v.Where), v.Where[0])
	}
}

// node finds a file of a package that .ci/package.json names.
func node(t *testing.T, names ...string) string {
	t.Helper()
	long(t)
	path := filepath.Join(append([]string{"..", "..", ".ci", "node_modules"}, names...)...)
	if _, err := os.Stat(path); err != nil {
		missing(t, names[0]+" is not installed: npm ci --prefix .ci --ignore-scripts")
	}
	return path
}
