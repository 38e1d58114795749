package realparts

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regcert/internal/calendar"
	"regcert/internal/samples"
)

// email is an email that is looked at as its reader sees it.
type email struct {
	name    string
	html    []byte
	cid     string // of the picture that comes with it; empty where none does
	picture []byte
	plain   bool // without its style element, as some mail programs show it: light only
}

// readers get the emails that are looked at.
const readers = `
centre: Brackwater Training Centre
workbooks: [{path: sample-workbooks/*.xlsx}]
recipients:
  - {name: All, email: all@centre.example, sections: all, privacy: names, when_empty: all_clear}
  - {name: Counts, email: counts@centre.example, sections: all, privacy: counts}
  - {name: Urgent, email: urgent@centre.example, sections: [], privacy: names, escalations: true}
`

// emails are those of a centre whose staff have entered what happened from week
// to week, and who had a digest on each of the last five Mondays: the digest of
// today, the same without its style element, one of counts alone, and what is
// told at once; and a digest in which nothing needs doing.
func emails(t *testing.T) []email {
	t.Helper()
	c := newCentre(t, nil)
	writeFile(t, filepath.Join(string(c), "config.yaml"), []byte(readers))
	for ago := calendar.Date(5); ago >= 0; ago-- {
		day := samples.AsOf() - 7*ago
		check(t, samples.Write(filepath.Join(string(c), "sample-workbooks"), day))
		if ago > 0 {
			c.regcertOn(t, day, 0, "digest", "--send")
		}
	}
	dir := t.TempDir()
	c.regcert(t, 0, "digest", "--preview", dir)
	c.regcert(t, 0, "run")
	sent, err := filepath.Glob(filepath.Join(string(c), "outbox", "*urgent*.eml"))
	if err != nil || len(sent) != 1 {
		t.Fatalf("sent at once: %q, %v", sent, err)
	}
	idle := newCentre(t, idleWorkbook(t))
	writeFile(t, filepath.Join(string(idle), "config.yaml"), []byte(readers))
	idle.regcert(t, 0, "digest", "--preview", filepath.Join(dir, "idle"))

	all := read(t, "all", filepath.Join(dir, "all.eml"))
	unstyled := all
	unstyled.name, unstyled.plain = "unstyled", true
	unstyled.html = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAll(all.html, nil)
	return []email{
		all, unstyled, read(t, "counts", filepath.Join(dir, "counts.eml")), read(t, "urgent", sent[0]), read(t, "idle", filepath.Join(dir, "idle", "all.eml")),
	}
}

// read reads an email as a mail program does.
func read(t *testing.T, name, path string) email {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(readFile(t, path)))
	check(t, err)
	e := email{name: name}
	e.take(t, textproto.MIMEHeader(m.Header), m.Body)
	return e
}

// take reads a part of an email, and those in it.
func (e *email) take(t *testing.T, header textproto.MIMEHeader, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	check(t, err)
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextPart()
			if errors.Is(err, io.EOF) {
				return
			}
			check(t, err)
			e.take(t, p.Header, p)
		}
	}
	if header.Get("Content-Transfer-Encoding") == "base64" {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	check(t, err)
	switch kind {
	case "text/html":
		e.html = content
	case "image/png":
		e.cid, e.picture = strings.Trim(header.Get("Content-ID"), "<>"), content
	}
}

// The emails that are looked at show what there is to show.
func TestEmailsAreFull(t *testing.T) {
	t.Parallel()
	long(t)
	want := map[string][]string{
		"all":      {"&nbsp;New&nbsp;", "&nbsp;Worse&nbsp;", "Last week ", "more than last time", "Who must act", "cid:", "open since ", "Snoozed until "},
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
		if len(e.html) > 100_000 || len(e.picture) > 30_000 {
			t.Errorf("%s has %d bytes of HTML and %d of its picture", e.name, len(e.html), len(e.picture))
		}
	}
	if len(seen) != len(want) {
		t.Errorf("there are %v", slices.Sorted(maps.Keys(seen)))
	}
}
