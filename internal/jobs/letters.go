package jobs

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"regcert/internal/batch"
	"regcert/internal/config"
	"regcert/internal/digest"
	"regcert/internal/history"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// The jobs that send email, as the state and List-Id name them.
const (
	DigestMail     = "digest"
	EscalationMail = "escalation"
	NoticeMail     = "notice"
)

// Letter is an email for one recipient, rendered.
type Letter struct {
	*mail.Letter
	To      config.Recipient
	Subject string
	Base    string // what the names of its files begin with
	Files   []File // what a preview shows of it

	key     store.Key
	isEmpty bool             // there is nothing to say in it
	tells   []history.Matter // what is urgent in it, where the recipient is told that at once, too
}

// IsSilent reports whether it is not sent, as there is nothing to say.
func (l *Letter) IsSilent() bool { return l.isEmpty && !l.To.AllClear }

// File is a part of an email that can be looked at by itself.
type File struct {
	Name string
	Data []byte
}

// Writer composes and renders emails from one look at the workbooks.
type Writer struct {
	cfg       *config.Config
	in        *digest.Input
	slot      string // the day that digests are for
	templates *digest.Templates
	bases     map[string]string // by address: what the names of a recipient's files begin with
	now       time.Time
}

// Writer gives the writer of emails about a result.
func (o *Office) Writer(result *batch.Result) (*Writer, error) {
	templates, err := digest.LoadTemplates(o.Config.Templates)
	if err != nil {
		return nil, &Setting{err}
	}
	in := o.DigestInput(result)
	return &Writer{cfg: o.Config, in: in, slot: in.Report.AsOf.String(), templates: templates, bases: bases(o.Config.Recipients), now: o.now()}, nil
}

// Text is the text of the digest for somebody.
func (w *Writer) Text(who digest.Recipient) ([]byte, error) {
	return w.templates.Text(digest.Compose(w.in, who))
}

// bases makes names of files of the recipients' names, each its own.
func bases(recipients []config.Recipient) map[string]string {
	taken, out := map[string]bool{}, map[string]string{}
	for _, r := range recipients {
		base := mail.Slug(r.Name)
		for n := 2; taken[base]; n++ {
			base = fmt.Sprintf("%s-%d", mail.Slug(r.Name), n)
		}
		taken[base], out[r.Email] = true, base
	}
	return out
}

// DigestInput is what emails are composed of.
func (o *Office) DigestInput(result *batch.Result) *digest.Input {
	in := &digest.Input{
		Now: result.Now, Report: result.Whole, Centre: o.Config.Centre, ReadAt: o.now(), Next: o.Config.NextDigest(result.Report.AsOf),
	}
	for _, w := range result.Workbooks {
		read := w.Outcome != batch.Failed && (w.Outcome != batch.Deferred || len(w.Sheets) > 0)
		in.Workbooks = append(in.Workbooks, digest.Workbook{Path: w.Path, Read: read, Troubled: w.Troubled, Reason: w.Reason, Unread: w.Headless})
	}
	return in
}

// Digests composes the digest of each of the recipients who gets one.
func (w *Writer) Digests(recipients []config.Recipient) ([]Letter, error) {
	var out []Letter
	for _, r := range recipients {
		if len(r.Views) == 0 {
			continue
		}
		l, err := w.digest(r)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// digest composes the digest of a recipient.
func (w *Writer) digest(r config.Recipient) (Letter, error) {
	who := digest.Recipient{Name: r.Name, Views: r.Views}
	d := digest.Compose(w.in, who)
	key, day := store.Key{Job: DigestMail, Slot: w.slot, Recipient: r.Email}, w.in.Report.AsOf.String()
	var attached []mail.File
	if r.ActionList {
		data, err := digest.ActionList(w.in, who)
		if err != nil {
			return Letter{}, err
		}
		if data != nil {
			attached = append(attached, mail.File{Name: "actions-" + day + ".xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: data})
			d.Listed = "in the attached action list"
		}
	}
	if r.Calendar {
		if data, ok := digest.Calendar(w.in, who); ok {
			attached = append(attached, mail.File{Name: "due-" + day + ".ics", Type: "text/calendar; charset=utf-8; method=PUBLISH", Data: data})
		}
	}
	l, err := w.render(key, r, d, attached)
	if err != nil {
		return Letter{}, err
	}
	l.isEmpty = d.IsEmpty()
	if len(r.Escalations) > 0 {
		l.tells = digest.Urgent(w.in, who, nil)
	}
	return l, nil
}

// render makes the letter of an email.
func (w *Writer) render(key store.Key, r config.Recipient, d *digest.Digest, attached []mail.File) (Letter, error) {
	text, err := w.templates.Text(d)
	if err != nil {
		return Letter{}, err
	}
	html, err := w.templates.HTML(d)
	if err != nil {
		return Letter{}, err
	}
	m := mail.Message{
		From: w.cfg.Mail.From, ReplyTo: w.cfg.Mail.ReplyTo, To: netmail.Address{Name: r.Name, Address: r.Email}, Subject: d.Subject(), Text: text, HTML: html,
		Attachments: attached, Date: w.now.Truncate(time.Second), Key: key.Joined(), List: key.Job,
	}
	l := Letter{key: key, To: r, Base: w.bases[r.Email], Subject: m.Subject}
	shown := string(html)
	if picture, ok := d.Chart(); ok {
		m.Inline = []mail.File{{Name: picture.Name, Type: "image/png", ContentID: picture.CID, Data: picture.PNG}}
		l.Files = append(l.Files, File{l.Base + "-" + picture.Name, picture.PNG})
		shown = strings.ReplaceAll(shown, "cid:"+picture.CID, l.Base+"-"+picture.Name)
	}
	if l.Letter, err = mail.Render(m); err != nil {
		return Letter{}, &Setting{err}
	}
	l.Files = append(l.Files, File{l.Base + ".eml", l.Bytes}, File{l.Base + ".html", []byte(shown)}, File{l.Base + ".txt", text})
	for _, f := range attached {
		l.Files = append(l.Files, File{l.Base + "-" + f.Name, f.Data})
	}
	return l, nil
}
