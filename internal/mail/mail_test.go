package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"regexp"
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

// leaf is a part of a letter that holds no other.
type leaf struct {
	header textproto.MIMEHeader
	data   string // decoded; of a text the lines end in LF
}

// parse reads a letter as a mail program does: its header, how its parts lie in
// each other, and those that hold none.
func parse(t testing.TB, raw []byte) (header netmail.Header, shape string, leaves []leaf) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	shape, leaves = parsePart(t, textproto.MIMEHeader(m.Header), m.Body)
	return m.Header, shape, leaves
}

func parsePart(t testing.TB, header textproto.MIMEHeader, body io.Reader) (shape string, leaves []leaf) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("the content is %q: %v", header.Get("Content-Type"), err)
	}
	if container, ok := strings.CutPrefix(kind, "multipart/"); ok {
		var shapes []string
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return container + "(" + strings.Join(shapes, " ") + ")", leaves
			}
			if err != nil {
				t.Fatal(err)
			}
			shape, below := parsePart(t, p.Header, p)
			shapes, leaves = append(shapes, shape), append(leaves, below...)
		}
	}
	switch coding := header.Get("Content-Transfer-Encoding"); coding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	default:
		t.Fatalf("a part is encoded as %q", coding)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	l := leaf{header, string(b)}
	if strings.HasPrefix(kind, "text/") {
		l.data = strings.ReplaceAll(l.data, "\r\n", "\n")
	}
	return kind, []leaf{l}
}

func TestRender(t *testing.T) {
	m := message("quality@centre.example")
	l := letter(t, m.To.Address)
	h, shape, parts := parse(t, l.Bytes)
	if shape != "alternative(text/plain text/html)" {
		t.Errorf("the parts are %s", shape)
	}
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
	if parts[0].data != string(m.Text) || parts[1].data != string(m.HTML) {
		t.Errorf("the parts are %q and %q", parts[0].data, parts[1].data)
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

// withFiles is a message with all that one can have.
func withFiles() Message {
	m := message("quality@centre.example")
	m.ReplyTo = netmail.Address{Name: "Quality", Address: "answers@centre.example"}
	m.Inline = []File{{Name: "weeks.png", Type: "image/png", ContentID: "weeks@regcert", Data: []byte("\x89PNG" + strings.Repeat("\x00\r\n", 500))}}
	m.Attachments = []File{
		{Name: "Action list: 2026/27.XLSX", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: []byte("PK")},
		{Name: "due.ics", Type: "text/calendar; charset=utf-8; method=PUBLISH", Data: nil},
	}
	return m
}

// The parts lie as mail programs want them: the HTML last of the alternatives,
// with its pictures, and attachments beside both.
func TestRenderFiles(t *testing.T) {
	both := withFiles()
	const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	for _, c := range []struct {
		change func(*Message)
		shape  string
	}{
		{func(*Message) {}, "mixed(alternative(text/plain related(text/html image/png)) " + xlsx + " text/calendar)"},
		{func(m *Message) { m.Inline = nil }, "mixed(alternative(text/plain text/html) " + xlsx + " text/calendar)"},
		{func(m *Message) { m.Attachments = nil }, "alternative(text/plain related(text/html image/png))"},
	} {
		m := both
		c.change(&m)
		l, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, shape, _ := parse(t, l.Bytes); shape != c.shape {
			t.Errorf("the parts are %s, want %s", shape, c.shape)
		}
	}
	l, err := Render(both)
	if err != nil {
		t.Fatal(err)
	}
	h, _, parts := parse(t, l.Bytes)
	if got := h.Get("Reply-To"); got != `"Quality" <answers@centre.example>` {
		t.Errorf("answers go to %s", got)
	}
	for i, want := range map[int]leaf{
		2: {textproto.MIMEHeader{"Content-Id": {"<weeks@regcert>"}, "Content-Disposition": {"inline; filename=weeks.png"}, "Content-Type": {"image/png; name=weeks.png"}}, string(both.Inline[0].Data)},
		3: {textproto.MIMEHeader{"Content-Disposition": {"attachment; filename=action-list-2026-27.xlsx"}, "Content-Type": {xlsx + "; name=action-list-2026-27.xlsx"}}, "PK"},
		4: {textproto.MIMEHeader{"Content-Disposition": {"attachment; filename=due.ics"}, "Content-Type": {"text/calendar; charset=utf-8; method=PUBLISH; name=due.ics"}}, ""},
	} {
		if parts[i].data != want.data {
			t.Errorf("part %d says %q, want %q", i, parts[i].data, want.data)
		}
		for name, value := range want.header {
			if !slices.Equal(parts[i].header[name], value) {
				t.Errorf("part %d: %s is %q, want %q", i, name, parts[i].header[name], value)
			}
		}
	}
	again, err := Render(withFiles())
	if err != nil || !bytes.Equal(l.Bytes, again.Bytes) {
		t.Errorf("one message gave two letters (%v)", err)
	}
	boundaries := map[string]bool{}
	for _, b := range regexp.MustCompile(`boundary=\S+`).FindAllString(string(l.Bytes), -1) {
		boundaries[strings.TrimSuffix(b, ";")] = true
	}
	if len(boundaries) != 3 {
		t.Errorf("the boundaries are %v, want three", boundaries)
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
		"answers to nobody":          func(m *Message) { m.ReplyTo.Address = "a@centre.example, b@centre.example" },
		"a picture without an ID":    func(m *Message) { m.Inline = []File{{Name: "a.png", Type: "image/png"}} },
		"an odd content ID":          func(m *Message) { m.Inline = []File{{Name: "a.png", Type: "image/png", ContentID: "a>\r\nX: y"}} },
		"a file of no type":          func(m *Message) { m.Attachments = []File{{Name: "a.png"}} },
		"a type with a line break":   func(m *Message) { m.Attachments = []File{{Name: "a.png", Type: "image/png\r\nX: y"}} },
	} {
		m := message("quality@centre.example")
		change(&m)
		if l, err := Render(m); err == nil {
			t.Errorf("%s: rendered to %s", name, l.To)
		}
	}
}

// Whatever stands in the texts and names, there is one header line of each kind,
// the parts are those that were put in, and they say what they were given.
func FuzzRender(f *testing.F) {
	f.Add("Quality Team", "Registrations: 3 overdue", "text", "<p>html</p>", "actions.xlsx", []byte("PK"))
	f.Add("A\r\nBcc: x@evil.example", "S\r\nBcc: x@evil.example\r\n\r\nbody", "--regcert-\n.\n\n.\r\n", "\x00\u202e\u2028", "a\r\nX: y.\"", []byte("\r\n.\r\n"))
	f.Add("\"<x@evil.example>, y", "\n", strings.Repeat("x", 30000), strings.Repeat("é", 3000), strings.Repeat("../", 100)+"passwd", []byte{})
	f.Add("\x1d\\0", "\x7f", "\xd2\xd2\xd2\x7f\x99", "s", ".", []byte{0})
	f.Add("=?utf-8?q?=0d=0aBcc:?=", "\u202e\ufeff", "=", "\r", "COM1", []byte("-"))
	f.Add("=\xff", "=\xffutf-8?q?=0d0=aBcc:?=", "", "", "", []byte{})
	f.Add("", "=?utf-8?q?=0d=0aBcc:?=", "a\r", "\nb", "Ü.png", bytes.Repeat([]byte{0xff}, 1000))
	f.Fuzz(func(t *testing.T, name, subject, text, html, file string, data []byte) {
		m := message("quality@centre.example")
		m.To.Name, m.ReplyTo, m.Subject, m.Text, m.HTML = name, netmail.Address{Name: name, Address: "answers@centre.example"}, subject, []byte(text), []byte(html)
		m.Inline = []File{{Name: file, Type: "image/png", ContentID: "picture", Data: data}}
		m.Attachments = []File{{Name: file, Type: "application/octet-stream", Data: data}}
		l, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		h, shape, parts := parse(t, l.Bytes)
		var names []string
		for k, v := range h {
			if names = append(names, k); len(v) != 1 {
				t.Errorf("%s stands %d times", k, len(v))
			}
		}
		slices.Sort(names)
		want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "List-Id", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To", "X-Auto-Response-Suppress"}
		if !slices.Equal(names, want) {
			t.Errorf("the header has %q, want %q", names, want)
		}
		for field, address := range map[string]string{"To": "quality@centre.example", "Reply-To": "answers@centre.example"} {
			if to, err := h.AddressList(field); err != nil || len(to) != 1 || to[0].Address != address {
				t.Errorf("%s is %v (%v)", field, to, err)
			}
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject")); err != nil || got != plain(subject) {
			t.Errorf("the subject is %q (%v), want %q", got, err, plain(subject))
		}
		for row := range bytes.SplitSeq(l.Bytes, []byte("\r\n")) {
			if len(row) > 998 || bytes.ContainsAny(row, "\r\n") {
				t.Fatalf("a line of %d bytes, or one that is not ended by CRLF: %.80q", len(row), row)
			}
		}
		if shape != "mixed(alternative(text/plain related(text/html image/png)) application/octet-stream)" {
			t.Fatalf("the parts are %s", shape)
		}
		for _, p := range parts[2:] {
			_, params, err := mime.ParseMediaType(p.header.Get("Content-Disposition"))
			if got := params["filename"]; err != nil || len(got) > 80 || !consistsOf(strings.ReplaceAll(got, ".", ""), labelLetters) || strings.Count(got, ".") > 1 {
				t.Errorf("the file's name is %q (%v)", got, err)
			}
			if p.data != string(data) || len(p.header) > 4 {
				t.Errorf("the file is %.100q with %v, want %.100q", p.data, p.header, data)
			}
		}
		unix := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
		if strings.ContainsRune(strings.ReplaceAll(text+" "+html, "\r\n", ""), '\r') {
			return // a lone CR becomes a line break on its way
		}
		if parts[0].data != unix(text) || parts[1].data != unix(html) {
			t.Errorf("the parts are %.200q and %.200q, want %.200q and %.200q", parts[0].data, parts[1].data, unix(text), unix(html))
		}
	})
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
		{"mail.smtp.oauth2.token_url", func(s *Settings) { s.SMTP.Auth = "xoauth2" }},
		{"begins with https://", func(s *Settings) {
			s.SMTP.Auth, s.SMTP.OAuth2 = "xoauth2", OAuth2{TokenURL: "http://login.example/", ClientID: "c", ClientSecret: "hunter2"}
		}},
		{"mail.smtp.oauth2.client_id", func(s *Settings) { s.SMTP.Auth, s.SMTP.OAuth2 = "xoauth2", OAuth2{TokenURL: "https://login.example/"} }},
		{"no client secret for login.example; put it into $S", func(s *Settings) {
			s.SMTP.Auth, s.SMTP.OAuth2 = "xoauth2", OAuth2{TokenURL: "https://login.example/", ClientID: "c", Secret: "$S"}
		}},
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
