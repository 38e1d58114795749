package realparts

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"regcert/internal/evidence"
	"regcert/internal/samples"
)

// evidencePack is the pack of a centre over two weeks, by file.
func evidencePack(t *testing.T) (dir string) {
	t.Helper()
	c := newCentre(t, nil)
	for ago := 1; ago >= 0; ago-- {
		day := samples.AsOf() - 7
		if ago == 0 {
			day = samples.AsOf()
		}
		check(t, samples.Write(filepath.Join(string(c), "sample-workbooks"), day))
		c.regcertOn(t, day, 0, "run")
		c.regcertOn(t, day, 0, "digest", "--send")
	}
	writeFile(t, c.workbook("claims.xlsx"), []byte("damaged"))
	c.regcert(t, 3, "run")
	dir = filepath.Join(t.TempDir(), "pack")
	c.regcert(t, 0, "evidence", "--from", "2026-05-01", "--to", "2026-05-31", dir)
	return dir
}

// TestEvidenceOpens has LibreOffice open the workbook of a pack and save it again.
func TestEvidenceOpens(t *testing.T) {
	t.Parallel()
	program := newOffice(t)
	if dates := stays(t, program, filepath.Join(evidencePack(t), evidence.Workbook), 6); dates < 200 {
		t.Errorf("only %d dates were looked at", dates)
	}
}

// TestEvidenceSchemas holds the workbook of a pack against the published schema.
func TestEvidenceSchemas(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	v.holds(t, readFile(t, filepath.Join(evidencePack(t), evidence.Workbook)), 6)
}

// policyOfPage is what keeps the page of a pack from running or fetching anything,
// axe-core among it.
var policyOfPage = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>\n`)

// TestEvidenceIsAccessible has axe-core judge the page of a pack, on a phone and in
// a window, light and dark.
func TestEvidenceIsAccessible(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium", "chromium-browser", "google-chrome")
	axe := readFile(t, node(t, "axe-core", "axe.min.js"))
	page := readFile(t, filepath.Join(evidencePack(t), evidence.Page))
	if len(policyOfPage.FindAll(page, -1)) != 1 {
		t.Fatal("the page may fetch what it likes")
	}
	e := email{name: "evidence", html: policyOfPage.ReplaceAll(page, nil)}
	for _, dark := range []bool{false, true} {
		var frames []audited
		e.show(t, chromium, []byte(auditor), axe, dark, &frames, "--window-size=1200,3000", "--screenshot="+filepath.Join(t.TempDir(), "x.png"))
		if len(frames) != 2 || frames[0].Width != 360 || frames[1].Width != 800 {
			t.Fatalf("the frames are %+v", frames)
		}
		for _, f := range frames {
			f.check(t)
		}
	}
}

// TestEvidencePrints has Chromium print the page of a pack: every table is there,
// with its headings on each page.
func TestEvidencePrints(t *testing.T) {
	t.Parallel()
	chromium, reader := program(t, "chromium", "chromium-browser", "google-chrome"), program(t, "pdftotext")
	printed := filepath.Join(t.TempDir(), "page.pdf")
	said, err := start(t, time.Minute, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+t.TempDir(),
		"--no-pdf-header-footer", "--print-to-pdf="+printed, "file://"+filepath.ToSlash(filepath.Join(evidencePack(t), evidence.Page)))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, said)
	}
	text, err := start(t, time.Minute, reader, "-layout", printed, "-")
	check(t, err)
	for _, want := range []string{"Evidence: Brackwater Training Centre", "From Fri 1 May 2026 to Sun 31 May 2026", "The record begins on Mon 4 May 2026", "Summary", "Runs", "Workbooks", "Rules", "Findings", "Emails", "manifest.txt"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not printed", want)
		}
	}
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	headed := 0
	for _, p := range pages {
		if strings.Contains(p, "Learner ID") && strings.Contains(p, "What Happened Then") && strings.Contains(p, "Cell") {
			headed++
		}
	}
	if headed < 2 {
		t.Errorf("of %d pages %d have the headings of the findings", len(pages), headed)
	}
}
