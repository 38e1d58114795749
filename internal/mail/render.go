package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"path"
	"strings"
	"time"
)

// Render makes the letter of a message: text and HTML as alternatives, the
// better one last (RFC 2046, 5.1.4), pictures related to the HTML (RFC 2387),
// attachments beside them, and the header lines that keep answering machines
// quiet (RFC 3834) and let people filter (RFC 2919). The same message gives the
// same bytes.
func Render(m Message) (*Letter, error) {
	from, err := address(m.From, "sender")
	if err != nil {
		return nil, err
	}
	to, err := address(m.To, "recipient")
	if err != nil {
		return nil, err
	}
	if m.Key == "" || !consistsOf(m.List, labelLetters) || m.Date.IsZero() {
		return nil, errors.New("mail: a message needs a key, a date and the name of its series in letters, digits and hyphens")
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	id := hash(m.Key)[:32] + "@" + domain
	body, err := content(m)
	if err != nil {
		return nil, err
	}

	var b bytes.Buffer
	line(&b, "Date", m.Date.Format(time.RFC1123Z))
	line(&b, "From", from.String())
	if m.ReplyTo.Address != "" {
		reply, err := address(m.ReplyTo, "address for answers")
		if err != nil {
			return nil, err
		}
		line(&b, "Reply-To", reply.String())
	}
	line(&b, "To", to.String())
	line(&b, "Subject", mime.QEncoding.Encode("utf-8", plain(m.Subject)))
	line(&b, "Message-ID", "<"+id+">")
	line(&b, "List-Id", fmt.Sprintf("<%s.regcert.%s>", m.List, domain))
	line(&b, "Auto-Submitted", "auto-generated")
	line(&b, "X-Auto-Response-Suppress", "All") // Exchange does not heed RFC 3834
	line(&b, "MIME-Version", "1.0")
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		if value := body.header.Get(name); value != "" {
			line(&b, name, value)
		}
	}
	b.WriteString("\r\n")
	b.Write(body.bytes)
	return &Letter{From: from.Address, To: to.Address, MessageID: id, Date: m.Date, Key: m.Key, Bytes: b.Bytes()}, nil
}

// part is a piece of a message (RFC 2046, 5.1): its header, and its bytes as
// they are sent.
type part struct {
	header textproto.MIMEHeader
	bytes  []byte
}

// content builds the body from the inside out.
func content(m Message) (part, error) {
	seal := seal(m)
	html := textPart("text/html", m.HTML)
	if len(m.Inline) > 0 {
		pictures, err := fileParts(m.Inline, "inline")
		if err != nil {
			return part{}, err
		}
		html = multi("related", map[string]string{"type": "text/html"}, seal, append([]part{html}, pictures...))
	}
	body := multi("alternative", nil, seal, []part{textPart("text/plain", m.Text), html})
	if len(m.Attachments) == 0 {
		return body, nil
	}
	files, err := fileParts(m.Attachments, "attachment")
	if err != nil {
		return part{}, err
	}
	return multi("mixed", nil, seal, append([]part{body}, files...)), nil
}

// textPart is a part of text. Writing to a buffer cannot fail.
func textPart(kind string, text []byte) part {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return part{textproto.MIMEHeader{"Content-Type": {kind + "; charset=UTF-8"}, "Content-Transfer-Encoding": {"quoted-printable"}}, b.Bytes()}
}

// multi is a part that holds others. Its boundary is of its kind, and depends
// on what the whole message says, so that no part can contain it.
func multi(kind string, params map[string]string, seal string, parts []part) part {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("regcert-" + kind + "-" + seal) // letters, digits and hyphens, 60 at most
	for _, p := range parts {
		at, _ := w.CreatePart(p.header)
		_, _ = at.Write(p.bytes)
	}
	_ = w.Close()
	all := map[string]string{"boundary": w.Boundary()}
	maps.Copy(all, params)
	return part{textproto.MIMEHeader{"Content-Type": {mime.FormatMediaType("multipart/"+kind, all)}}, b.Bytes()}
}

func fileParts(files []File, disposition string) ([]part, error) {
	var parts []part
	for _, f := range files {
		kind, params, err := mime.ParseMediaType(f.Type)
		if err != nil || !strings.Contains(kind, "/") {
			return nil, fmt.Errorf("mail: the file %q has the media type %q, which is none", f.Name, f.Type)
		}
		name := fileNameOf(f.Name)
		params["name"] = name
		h := textproto.MIMEHeader{
			"Content-Type":              {mime.FormatMediaType(kind, params)},
			"Content-Transfer-Encoding": {"base64"},
			"Content-Disposition":       {mime.FormatMediaType(disposition, map[string]string{"filename": name})},
		}
		if disposition == "inline" {
			if !consistsOf(f.ContentID, labelLetters+"._@") {
				return nil, fmt.Errorf("mail: the picture %q has the content ID %q: it needs one in letters, digits and any of . - _ @", f.Name, f.ContentID)
			}
			h.Set("Content-Id", "<"+f.ContentID+">")
		}
		parts = append(parts, part{h, encoded(f.Data)})
	}
	return parts, nil
}

// encoded is data in base64, in lines of 76 characters (RFC 2045, 6.8).
func encoded(data []byte) []byte {
	const width = 76
	text := base64.StdEncoding.AppendEncode(nil, data)
	var b bytes.Buffer
	for len(text) > width {
		b.Write(text[:width])
		b.WriteString("\r\n")
		text = text[width:]
	}
	b.Write(text)
	return b.Bytes()
}

// line writes a line of the header, folded at spaces where it would be longer
// than 76 characters (RFC 5322, 2.2.3).
func line(w io.StringWriter, name, value string) {
	const width = 76
	column := len(name) + 1
	_, _ = w.WriteString(name + ":")
	for word := range strings.SplitSeq(value, " ") {
		if column+1+len(word) > width && column > len(name)+1 {
			_, _ = w.WriteString("\r\n")
			column = 0
		}
		_, _ = w.WriteString(" " + word)
		column += 1 + len(word)
	}
	_, _ = w.WriteString("\r\n")
}

// address checks that a can stand on every server's envelope: in ASCII, because
// few servers take others (RFC 6531), and without quotes.
func address(a netmail.Address, role string) (*netmail.Address, error) {
	p, err := netmail.ParseAddress(a.Address)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"`, r) }
	if err != nil || p.Address != a.Address || strings.IndexFunc(a.Address, odd) >= 0 {
		return nil, fmt.Errorf("mail: the %s %q is not an address such as name@centre.example", role, a.Address)
	}
	// A backslash in an encoded name is more than some mail programs can read.
	return &netmail.Address{Name: strings.ReplaceAll(plain(a.Name), `\`, ""), Address: a.Address}, nil
}

// plain makes one short line of a text for the header, which no reader takes
// for an encoded word (RFC 2047).
func plain(text string) string { return strings.ReplaceAll(clean(text), "=?", "= ?") }

// seal is a hash of all that a message says.
func seal(m Message) string {
	all := []string{m.Key, string(m.Text), string(m.HTML)}
	for _, f := range append(m.Inline[:len(m.Inline):len(m.Inline)], m.Attachments...) {
		all = append(all, f.Name, f.Type, f.ContentID, string(f.Data))
	}
	return hash(all...)[:40]
}

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fileNameOf is a file's name as every system can store it.
func fileNameOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if len(ext) > 10 || !consistsOf(strings.TrimPrefix(ext, "."), labelLetters) {
		return Slug(name)
	}
	return Slug(strings.TrimSuffix(name, path.Ext(name))) + ext
}

const labelLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

// consistsOf reports whether s is made of some of the letters, and not empty.
func consistsOf(s, letters string) bool { return s != "" && strings.Trim(s, letters) == "" }
