package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func message(to string) Message {
	return Message{
		From:    netmail.Address{Name: "Regcert", Address: "regcert@centre.example"},
		To:      netmail.Address{Name: "Quality Team", Address: to},
		Subject: "Registrations and claims, Mon 11 May 2026: 3 overdue",
		Text:    []byte("Overdue claims\n\n.a line that begins with a dot\nÜber 100 % = all\n"),
		HTML:    []byte("<html><body><p>Überfällig</p></body></html>\n"),
		Date:    time.Date(2026, 5, 11, 8, 0, 0, 0, time.FixedZone("BST", 3600)),
		Key:     "digest 2026-05-11 " + to,
		List:    "digest",
	}
}

func letter(t testing.TB, to string) *Letter {
	t.Helper()
	l, err := Render(message(to))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// parse reads a letter as a mail program does.
func parse(t testing.TB, raw []byte) (header netmail.Header, text, html string) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the content is %q (%v), want alternatives", kind, err)
	}
	var parts []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"}
		if got := p.Header.Get("Content-Type"); len(parts) == 2 || got != want[len(parts)] {
			t.Fatalf("part %d is %q", len(parts)+1, got)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, strings.ReplaceAll(string(b), "\r\n", "\n"))
	}
	if len(parts) != 2 {
		t.Fatalf("%d parts, want text and HTML", len(parts))
	}
	return m.Header, parts[0], parts[1]
}

func TestRender(t *testing.T) {
	m := message("quality@centre.example")
	l := letter(t, m.To.Address)
	h, text, html := parse(t, l.Bytes)
	for name, want := range map[string]string{
		"From":           `"Regcert" <regcert@centre.example>`,
		"To":             `"Quality Team" <quality@centre.example>`,
		"Subject":        m.Subject,
		"Date":           "Mon, 11 May 2026 08:00:00 +0100",
		"Message-Id":     "<" + l.MessageID + ">",
		"Auto-Submitted": "auto-generated",
		"List-Id":        "<digest.regcert.centre.example>",
		"Mime-Version":   "1.0",
	} {
		if got := h[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q once", name, got, want)
		}
	}
	if text != string(m.Text) || html != string(m.HTML) {
		t.Errorf("the parts are %q and %q", text, html)
	}
	for line := range bytes.SplitSeq(l.Bytes, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Fatalf("a line of %d bytes, or one that is not ended by CRLF: %.80q", len(line), line)
		}
	}
	if l.From != "regcert@centre.example" || l.To != "quality@centre.example" || !strings.HasSuffix(l.MessageID, "@centre.example") {
		t.Errorf("envelope %s → %s, Message-ID %s", l.From, l.To, l.MessageID)
	}
}

// What was sent is sent again with the same bytes; another key is another letter.
func TestRenderIsDeterministic(t *testing.T) {
	a, b := letter(t, "quality@centre.example"), letter(t, "quality@centre.example")
	if !bytes.Equal(a.Bytes, b.Bytes) || a.MessageID != b.MessageID {
		t.Error("one message gave two letters")
	}
	m := message("quality@centre.example")
	m.Text = []byte("something else")
	c, err := Render(m)
	if err != nil || c.MessageID != a.MessageID {
		t.Errorf("the same key gave another Message-ID (%v)", err)
	}
	m.Key += "'"
	if d, err := Render(m); err != nil || d.MessageID == a.MessageID {
		t.Errorf("another key gave the same Message-ID (%v)", err)
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"no recipient":               func(m *Message) { m.To.Address = "" },
		"two recipients":             func(m *Message) { m.To.Address = "a@centre.example, b@centre.example" },
		"a name with the address":    func(m *Message) { m.To.Address = "A <a@centre.example>" },
		"a line break":               func(m *Message) { m.To.Address = "a@centre.example\r\nBcc: b@centre.example" },
		"no domain":                  func(m *Message) { m.From.Address = "regcert" },
		"an address beyond ASCII":    func(m *Message) { m.To.Address = "jörg@centre.example" },
		"a quoted local part":        func(m *Message) { m.To.Address = `"a b"@centre.example` },
		"no key":                     func(m *Message) { m.Key = "" },
		"no date":                    func(m *Message) { m.Date = time.Time{} },
		"a series that is no label":  func(m *Message) { m.List = "a>\r\nBcc: b@centre.example" },
		"a series without any label": func(m *Message) { m.List = "" },
	} {
		m := message("quality@centre.example")
		change(&m)
		if l, err := Render(m); err == nil {
			t.Errorf("%s: rendered to %s", name, l.To)
		}
	}
}

// Whatever stands in the texts and names, there is one header line of each kind,
// two parts, and they say what they were given.
func FuzzRender(f *testing.F) {
	f.Add("Quality Team", "Registrations: 3 overdue", "text", "<p>html</p>")
	f.Add("A\r\nBcc: x@evil.example", "S\r\nBcc: x@evil.example\r\n\r\nbody", "--regcert-\n.\n\n.\r\n", "\x00\u202e\u2028")
	f.Add("\"<x@evil.example>, y", "\n", strings.Repeat("x", 30000), strings.Repeat("é", 3000))
	f.Add("\x1d\\0", "\x7f", "\xd2\xd2\xd2\x7f\x99", "s")
	f.Add("=?utf-8?q?=0d=0aBcc:?=", "\u202e\ufeff", "=", "\r")
	f.Add("", "", "a\r", "\nb")
	f.Fuzz(func(t *testing.T, name, subject, text, html string) {
		m := message("quality@centre.example")
		m.To.Name, m.Subject, m.Text, m.HTML = name, subject, []byte(text), []byte(html)
		l, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		h, gotText, gotHTML := parse(t, l.Bytes)
		var names []string
		for k, v := range h {
			if names = append(names, k); len(v) != 1 {
				t.Errorf("%s stands %d times", k, len(v))
			}
		}
		slices.Sort(names)
		want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "List-Id", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress"}
		if !slices.Equal(names, want) {
			t.Errorf("the header has %q, want %q", names, want)
		}
		if to, err := h.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "quality@centre.example" {
			t.Errorf("the recipients are %v (%v)", to, err)
		}
		unix := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
		if strings.ContainsRune(strings.ReplaceAll(text+" "+html, "\r\n", ""), '\r') {
			return // a lone CR becomes a line break on its way
		}
		if gotText != unix(text) || gotHTML != unix(html) {
			t.Errorf("the parts are %.200q and %.200q, want %.200q and %.200q", gotText, gotHTML, unix(text), unix(html))
		}
	})
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "outbox")
	tr, err := New(Settings{OutboxDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	l := letter(t, "Head.of-Quality@centre.example")
	path, err := tr.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if base := filepath.Base(path); filepath.Dir(path) != dir || !strings.HasPrefix(base, "2026-05-11-head-of-quality-centre-example-") || filepath.Ext(base) != ".eml" {
		t.Errorf("the letter lies in %s", path)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, l.Bytes) {
		t.Errorf("the file does not hold the letter (%v)", err)
	}
	if runtime.GOOS != "windows" {
		for p, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has the mode %v (%v), want %v", p, info.Mode().Perm(), err, want)
			}
		}
	}
	again, err := tr.Send(t.Context(), l)
	if err != nil || again != path {
		t.Errorf("the same letter lies in %s (%v), want its first place", again, err)
	}
	if other, err := tr.Send(t.Context(), letter(t, "other@centre.example")); err != nil || other == path {
		t.Errorf("another recipient's letter lies in %s (%v)", other, err)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Errorf("the outbox holds %q, want two letters", names)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".regcert-*")); len(left) != 0 {
		t.Errorf("temporary files were left behind: %q", left)
	}
}

func TestOutboxFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tr, err := New(Settings{OutboxDir: filepath.Join(file, "outbox")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tr.Send(t.Context(), letter(t, "quality@centre.example"))
	if e := failure(t, err); e.Outcome != Misconfigured || !strings.Contains(err.Error(), "mail.outbox_dir") {
		t.Errorf("a folder that cannot be made: %v", err)
	}

	// The letter's name is taken by a folder: nothing is left half done.
	dir := t.TempDir()
	l := letter(t, "quality@centre.example")
	if err := os.MkdirAll(filepath.Join(dir, fileName(l), "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	tr, _ = New(Settings{OutboxDir: dir})
	if _, err := tr.Send(t.Context(), l); err == nil {
		t.Error("a letter took the place of a folder")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".regcert-*")); len(left) != 0 {
		t.Errorf("temporary files were left behind: %q", left)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.Send(ctx, l); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Head.of.Quality@Centre.example": "head-of-quality-centre-example",
		"../../etc/passwd":               "etc-passwd",
		"Ü@.":                            "recipient",
		strings.Repeat("ab.", 40):        strings.Repeat("ab-", 20)[:59],
	} {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	good := SMTP{Host: "smtp.centre.example", Username: "u", Password: "hunter2"}
	for _, c := range []struct {
		say    string
		change func(*Settings)
	}{
		{`"pigeon"`, func(s *Settings) { s.Transport = "pigeon" }},
		{"mail.outbox_dir", func(s *Settings) { s.Transport = "outbox" }},
		{"mail.smtp.host", func(s *Settings) { s.SMTP.Host = "" }},
		{"mail.smtp.host", func(s *Settings) { s.SMTP.Host = "smtp://x" }},
		{"never sent without", func(s *Settings) { s.SMTP.TLS = "none" }},
		{"mail.smtp.port", func(s *Settings) { s.SMTP.Port = 70000 }},
		{"mail.smtp.username", func(s *Settings) { s.SMTP.Username = "" }},
		{"put it into $SMTP_PASSWORD", func(s *Settings) { s.SMTP.Password, s.SMTP.Secret = "", "$SMTP_PASSWORD" }},
		{"wants a login", func(s *Settings) { s.SMTP.Auth = "none" }},
		{"mail.smtp.auth", func(s *Settings) { s.SMTP.Auth = "cram-md5" }},
		{"BEGIN CERTIFICATE", func(s *Settings) { s.SMTP.CA = []byte("nothing") }},
	} {
		s := Settings{Transport: "smtp", SMTP: good}
		c.change(&s)
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), c.say) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: error %v, want in it %q", s.SMTP.Host, err, c.say)
		}
	}
	for mode, want := range map[string]string{"": "smtp.centre.example:587", "tls": "smtp.centre.example:465"} {
		s := good
		s.TLS = mode
		if tr, err := New(Settings{Transport: "smtp", SMTP: s}); err != nil || tr.String() != want {
			t.Errorf("tls %q: %v (%v), want %s", mode, tr, err, want)
		}
	}
}
