package cli

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
	digestJob     = "digest"
	escalationJob = "escalation"
)

// letter is an email for one recipient, rendered.
type letter struct {
	*mail.Letter
	key     store.Key
	to      config.Recipient
	base    string // what the names of its files begin with
	subject string
	isEmpty bool             // there is nothing to say in it
	tells   []history.Matter // what is urgent in it, where the recipient is told that at once, too
	files   []file           // what a preview shows of it
}

// isSilent reports whether it is not sent, as there is nothing to say.
func (l *letter) isSilent() bool { return l.isEmpty && !l.to.AllClear }

// file is a part of an email that can be looked at by itself.
type file struct {
	name string
	data []byte
}

// writer composes and renders emails from one look at the workbooks.
type writer struct {
	cfg       *config.Config
	in        *digest.Input
	templates *digest.Templates
	bases     map[string]string // by address: what the names of a recipient's files begin with
	now       time.Time
}

func (a *app) writer(cfg *config.Config, result *batch.Result) (*writer, error) {
	templates, err := digest.LoadTemplates(cfg.Templates)
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	return &writer{cfg: cfg, in: a.digestInput(cfg, result), templates: templates, bases: bases(cfg.Recipients), now: a.Now().In(cfg.Location)}, nil
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

// digestInput is what emails are composed of.
func (a *app) digestInput(cfg *config.Config, result *batch.Result) *digest.Input {
	in := &digest.Input{
		Now: result.Now, Report: result.Whole, Centre: cfg.Centre, ReadAt: a.Now().In(cfg.Location), Next: cfg.NextDigest(result.Report.AsOf),
	}
	for _, w := range result.Workbooks {
		read := w.Outcome != batch.Failed && (w.Outcome != batch.Deferred || len(w.Sheets) > 0)
		in.Workbooks = append(in.Workbooks, digest.Workbook{Path: w.Path, Read: read, Troubled: w.Troubled, Reason: w.Reason, Unread: w.Headless})
	}
	return in
}

// digests composes the digest of each of the recipients who gets one.
func (w *writer) digests(recipients []config.Recipient) ([]letter, error) {
	var out []letter
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
func (w *writer) digest(r config.Recipient) (letter, error) {
	who := digest.Recipient{Name: r.Name, Views: r.Views}
	d := digest.Compose(w.in, who)
	key := store.Key{Job: digestJob, Slot: w.in.Report.AsOf.String(), Recipient: r.Email}
	var attached []mail.File
	if r.ActionList {
		data, err := digest.ActionList(w.in, who)
		if err != nil {
			return letter{}, err
		}
		if data != nil {
			attached = append(attached, mail.File{Name: "actions-" + key.Slot + ".xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: data})
			d.Listed = "in the attached action list"
		}
	}
	if r.Calendar {
		if data, ok := digest.Calendar(w.in, who); ok {
			attached = append(attached, mail.File{Name: "due-" + key.Slot + ".ics", Type: "text/calendar; charset=utf-8; method=PUBLISH", Data: data})
		}
	}
	l, err := w.render(key, r, d, attached)
	if err != nil {
		return letter{}, err
	}
	l.isEmpty = d.IsEmpty()
	if len(r.Escalations) > 0 {
		l.tells = digest.Urgent(w.in, who, nil)
	}
	return l, nil
}

// render makes the letter of an email.
func (w *writer) render(key store.Key, r config.Recipient, d *digest.Digest, attached []mail.File) (letter, error) {
	text, err := w.templates.Text(d)
	if err != nil {
		return letter{}, err
	}
	html, err := w.templates.HTML(d)
	if err != nil {
		return letter{}, err
	}
	m := mail.Message{
		From: w.cfg.Mail.From, ReplyTo: w.cfg.Mail.ReplyTo, To: netmail.Address{Name: r.Name, Address: r.Email}, Subject: d.Subject(), Text: text, HTML: html,
		Attachments: attached, Date: w.now.Truncate(time.Second), Key: key.Joined(), List: key.Job,
	}
	l := letter{key: key, to: r, base: w.bases[r.Email], subject: m.Subject}
	shown := string(html)
	if picture, ok := d.Chart(); ok {
		m.Inline = []mail.File{{Name: picture.Name, Type: "image/png", ContentID: picture.CID, Data: picture.PNG}}
		l.files = append(l.files, file{l.base + "-" + picture.Name, picture.PNG})
		shown = strings.ReplaceAll(shown, "cid:"+picture.CID, l.base+"-"+picture.Name)
	}
	if l.Letter, err = mail.Render(m); err != nil {
		return letter{}, &failure{code: exitUsage, err: err}
	}
	l.files = append(l.files, file{l.base + ".eml", l.Bytes}, file{l.base + ".html", []byte(shown)}, file{l.base + ".txt", text})
	for _, f := range attached {
		l.files = append(l.files, file{l.base + "-" + f.Name, f.Data})
	}
	return l, nil
}
