package realparts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regcert/internal/samples"
)

// checkPages are pages of check: of a centre as it is, with workbooks that cannot
// be read, and of one in which nothing needs doing.
func checkPages(t *testing.T) map[string]email {
	t.Helper()
	pages := map[string]email{}
	add := func(name string, c centre, code int) {
		pages[name] = email{name: "check-" + name, html: c.regcert(t, code, "check", "--format", "html")}
	}
	well := newCentre(t, sampleWorkbooks(t))
	add("sample", well, 1)
	ill := newCentre(t, sampleWorkbooks(t))
	writeFile(t, ill.workbook("claims.xlsx"), []byte("damaged"))
	writeFile(t, ill.workbook("old.xlsx"), []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	add("ill", ill, 3)
	add("idle", newCentre(t, idleWorkbook(t)), 0)
	return pages
}

// pageAuditor is auditor for a phone and a window, with everything opened that can
// be.
var pageAuditor = strings.NewReplacer(
	`width="800"`, `width="1000"`, `height: 3000px`, `height: 6000px`,
	`const found = await`, `for (const closed of d.querySelectorAll("details")) closed.open = true;
	const found = await`,
).Replace(auditor)

// TestCheckPageAccessible has axe-core judge the page, on a phone and in a window,
// light and dark, and takes pictures of it. With REGCERT_PICTURES they are put into
// that folder.
func TestCheckPageAccessible(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	axe := readFile(t, node(t, "axe-core", "axe.min.js"))
	pictures := os.Getenv("REGCERT_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	for name, e := range checkPages(t) {
		if len(policyOfPage.FindAll(e.html, -1)) != 1 {
			t.Fatal("the page may fetch what it likes")
		}
		e.html = policyOfPage.ReplaceAll(e.html, nil) // it keeps axe-core out, too
		for _, dark := range []bool{false, true} {
			scheme := map[bool]string{false: "light", true: "dark"}[dark]
			t.Run(name+"/"+scheme, func(t *testing.T) {
				var frames []audited
				e.show(t, chromium, []byte(pageAuditor), axe, dark, &frames, "--window-size=1376,6000", "--screenshot="+filepath.Join(pictures, e.name+"-"+scheme+".png"))
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

// driver is the page that shows a page of check in a frame, uses its filters as
// somebody would, and sends home what is then seen. One step looks at the page in a
// frame in which no script runs.
const driver = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>check</title></head>
<body><iframe id="live" src="email.html" width="1000" height="1200"></iframe><img src="report" alt="">
<script>
const steps = STEPS;
const loaded = frame => new Promise(done => frame.addEventListener("load", done));
const live = document.getElementById("live"), begun = performance.now();
function look(d, what, took) {
	const isSeen = element => element.checkVisibility();
	const parts = Array.from(d.querySelectorAll(".block[data-severity] tbody tr"));
	return {
		what, took, said: d.getElementById("said").textContent, form: isSeen(d.getElementById("filters")),
		findings: parts.filter(row => !row.hidden).length, seen: parts.filter(isSeen).length,
		sections: Array.from(d.querySelectorAll(".block[data-severity]")).filter(isSeen).map(s => s.querySelector("h2").textContent.trim().replace(/\s+/g, " ")),
		rows: Array.from(d.querySelectorAll("table.rows tbody tr")).filter(isSeen).length,
		first: parts.find(isSeen)?.textContent.trim().replace(/\s+/g, " ") ?? "",
	};
}
async function drive() {
	const d = live.contentDocument, form = d.getElementById("filters"), said = d.getElementById("said"), seen = [];
	seen.push(look(d, "at first", performance.now() - begun));
	for (const step of steps) {
		if (step.still) {
			const still = document.createElement("iframe");
			still.sandbox = "allow-same-origin";
			still.width = 1000;
			still.src = "email.html";
			const shown = loaded(still);
			document.body.append(still);
			await shown;
			seen.push(look(still.contentDocument, "without scripts", 0));
			continue;
		}
		const from = performance.now(), changed = new Promise(done => new MutationObserver(done).observe(said, { childList: true }));
		if (step.hash) live.contentWindow.location.hash = step.hash;
		else if (step.reset) form.querySelector("button").click();
		else {
			for (const name of ["q", "owner", "severity", "workbook"]) form[name].value = step[name] ?? "";
			form.q.dispatchEvent(new Event("input", { bubbles: true }));
		}
		await changed;
		await new Promise(done => live.contentWindow.requestAnimationFrame(() => setTimeout(done)));
		seen.push(look(d, JSON.stringify(step), performance.now() - from));
	}
	return seen;
}
loaded(live).then(drive).catch(why => [{what: String(why)}])
	.then(found => fetch("report", {method: "POST", body: JSON.stringify(found)}));
</script></body></html>`

// step is what somebody does with the filters.
type step map[string]any

// looked is what is then seen.
type looked struct {
	What, Said, First    string
	Form                 bool
	Took                 float64 // in milliseconds
	Findings, Seen, Rows int
	Sections             []string
}

// drive has the browser do steps on a page: before them comes what is seen at first.
func (e email) drive(t *testing.T, chromium string, steps ...step) []looked {
	t.Helper()
	text, err := json.Marshal(steps)
	check(t, err)
	var seen []looked
	e.show(t, chromium, []byte(strings.Replace(driver, "STEPS", string(text), 1)), nil, false, &seen, "--window-size=1100,1300", "--screenshot="+filepath.Join(t.TempDir(), "x.png"))
	if len(seen) != len(steps)+1 {
		t.Fatalf("%d steps lead to %+v", len(steps), seen)
	}
	return seen
}

// TestCheckPageFilters has a browser search and filter the page, as it is: what is
// then seen is what check says in JSON.
func TestCheckPageFilters(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	c := newCentre(t, sampleWorkbooks(t))
	var want struct {
		Rows     []struct{}
		Findings []struct {
			Severity, Owner, Workbook string
			Snoozed                   *string `json:"snoozed_until"`
			LearnerID                 string  `json:"learner_id"`
		}
	}
	check(t, json.Unmarshal(c.regcert(t, 1, "check", "--format", "json"), &want))
	owner, severity, book, learner := 0, 0, 0, 0
	for _, f := range want.Findings {
		if f.Owner == "Compliance Team" {
			owner++
			if f.Workbook == "sample-workbooks/claims.xlsx" && f.LearnerID == "L-015" {
				learner++
			}
		}
		if f.Severity == "at-risk" && f.Snoozed == nil {
			severity++
		}
		if f.Workbook == "sample-workbooks/claims.xlsx" {
			book++
		}
	}
	all := len(want.Findings)
	if owner == 0 || severity == 0 || book == 0 || learner == 0 || owner == all || book == all {
		t.Fatalf("the samples show nothing: %d, %d, %d, %d of %d", owner, severity, book, learner, all)
	}
	e := email{name: "check", html: c.regcert(t, 1, "check", "--format", "html")}
	counts := []int{
		all, all, owner, severity, book, learner, 0, all, owner, all, severity,
	}
	seen := e.drive(t, chromium,
		step{"still": true}, step{"owner": "Compliance Team"}, step{"severity": "At risk"}, step{"workbook": "claims.xlsx"},
		step{"owner": "Compliance Team", "workbook": "claims.xlsx", "q": " aim  l-015"},
		step{"q": "no such text"}, step{"reset": true}, step{"hash": "#owner=Compliance+Team"}, step{"reset": true}, step{"hash": "#severity=At%20risk&owner=Nobody"})
	for i, s := range seen {
		if s.Findings != counts[i] || s.Seen != counts[i] {
			t.Errorf("%s: %d findings are left, and %d seen, want %d", s.What, s.Findings, s.Seen, counts[i])
		}
		if s.Form != (i != 1) {
			t.Errorf("%s: the filters are seen: %t", s.What, s.Form)
		}
		said := ""
		if counts[i] != all {
			said = fmt.Sprintf("%d of %d findings", counts[i], all)
		}
		if !strings.HasPrefix(s.Said, said) || said == "" && s.Said != "" {
			t.Errorf("%s: it is said %q", s.What, s.Said)
		}
	}
	if got := seen[3].Sections; !slices.Equal(got, []string{fmt.Sprintf("At risk %d of %[1]d", severity)}) {
		t.Errorf("at risk: the sections are %q", got)
	}
	if first := seen[5].First; !strings.HasPrefix(first, "L-015") || !strings.Contains(first, "Claims!L17") {
		t.Errorf("the claim of L-015 is told as %q", first)
	}
	if rows := seen[5].Rows; rows != 1 {
		t.Errorf("of the registers %d rows of L-015 are opened, want the one of the claim", rows)
	}
	if seen[0].Rows != 0 || seen[6].Rows != 0 || len(seen[6].Sections) != 0 {
		t.Errorf("rows are open that nobody has opened, or sections seen with nothing in them: %+v, %+v", seen[0], seen[6])
	}
}

// TestCheckPageLarge has a browser open and filter a page of 50,000 findings. It
// wants the computer for itself.
func TestCheckPageLarge(t *testing.T) {
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	c := newCentre(t, nil)
	var book bytes.Buffer
	check(t, samples.WriteRegister(&book, samples.Register{Rows: 50_000, Columns: []string{"Learner ID", "Qualification Code", "Course Start"}}))
	writeFile(t, c.workbook("enrolments.xlsx"), book.Bytes())
	began := time.Now()
	e := email{name: "large", html: c.regcert(t, 1, "check", "--format", "html")}
	t.Logf("%d MiB, made in %v", len(e.html)>>20, time.Since(began).Round(time.Millisecond))
	if len(e.html) > 40<<20 {
		t.Errorf("the page has %d bytes", len(e.html))
	}
	for _, s := range e.drive(t, chromium, step{"q": "L002346"}, step{"severity": "At risk"}, step{"owner": "Administration Team"}, step{"reset": true}) {
		t.Logf("%-32s %5.0f ms: %d findings, %d seen; %s", s.What, s.Took, s.Findings, s.Seen, s.Said)
		switch {
		case s.Findings == 0 || s.Seen == 0 || s.Seen > 4000:
			t.Errorf("%s: %d findings are seen of %d", s.What, s.Seen, s.Findings)
		case s.Took > 30_000:
			t.Errorf("%s took %.0f ms", s.What, s.Took)
		}
	}
}

// TestCheckPagePrints has Chromium print the page: all of it, with headings on each
// sheet of paper, and nothing that can only be clicked.
func TestCheckPagePrints(t *testing.T) {
	t.Parallel()
	chromium, reader := program(t, "chromium", "chromium-browser", "google-chrome"), program(t, "pdftotext")
	c := newCentre(t, sampleWorkbooks(t))
	page, printed := filepath.Join(t.TempDir(), "page.html"), filepath.Join(t.TempDir(), "page.pdf")
	c.regcert(t, 1, "check", "--format", "html", "--output", page)
	said, err := start(t, time.Minute, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+t.TempDir(),
		"--no-pdf-header-footer", "--print-to-pdf="+printed, "file://"+filepath.ToSlash(page))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, said)
	}
	text, err := start(t, time.Minute, reader, "-layout", printed, "-")
	check(t, err)
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) < 8 || len(pages) > 30 {
		t.Errorf("it is printed on %d pages", len(pages))
	}
	for i, p := range pages[:len(pages)-1] {
		isHeaded := strings.Contains(p, "Learner") || strings.Contains(p, "About") // the centre's rows are about no learner
		if !isHeaded || !strings.Contains(p, "Who must act") {
			t.Errorf("page %d has no headings:\n%.600s", i+1, p)
		}
	}
	if strings.Contains(text, "Show all") || strings.Contains(text, "Search") {
		t.Error("the filters are printed")
	}
	var want struct {
		Rows []struct {
			LearnerID string `json:"learner_id"`
			Status    string
		}
		Findings []struct{ Rule, Clause, Owner string }
	}
	check(t, json.Unmarshal(c.regcert(t, 1, "check", "--format", "json"), &want))
	lines := strings.Split(text, "\n")
	for _, r := range want.Rows {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, r.LearnerID) && strings.Contains(l, r.Status) }) {
			t.Errorf("the status of %s, %s, is not printed", r.LearnerID, r.Status)
		}
	}
	for _, f := range want.Findings {
		if !strings.Contains(text, f.Rule) || !strings.Contains(text, f.Clause) || !strings.Contains(text, strings.Fields(f.Owner)[0]) {
			t.Errorf("%s, %s, for %s is not printed", f.Rule, f.Clause, f.Owner)
		}
	}
}
