package daemon

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	texttemplate "text/template"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/jobs"
	"regcert/internal/mail"
	"regcert/internal/store"
)

// noticesADay is how many messages the owner gets a day; what comes later is in
// the first of the next day.
const noticesADay = 4

// noticeTime is how long it is tried to send one.
const noticeTime = 24 * time.Hour

// notify tells the owner what has been in the way for too long: each thing once
// for as long as it lasts, all that is new in one message.
func (s *service) notify(ctx context.Context, now time.Time) error {
	if !s.troubles.any() {
		return nil
	}
	cfg := s.cfg()
	all, err := s.state.Troubles(ctx)
	if err != nil {
		return err
	}
	var tell []store.Trouble
	for _, t := range all {
		if t.Told.IsZero() && isDue(t, cfg, now) {
			t.Told = now
			tell = append(tell, t)
		}
	}
	if len(tell) == 0 {
		return nil
	}
	owner := cfg.Daemon.Owner
	if owner.Address == "" { // there is the log
		for _, t := range tell {
			s.Log.Error("something has been in the way for long, and daemon.owner names nobody to tell", "kind", t.Kind, "subject", t.Subject, "since", t.Since, "reason", t.Reason)
		}
		return s.state.Tell(ctx, nil, nil, tell)
	}
	day := now.Format(time.DateOnly)
	n, err := s.state.CountMessages(ctx, jobs.NoticeMail, day+"/", owner.Address)
	if err != nil || n >= noticesADay {
		return err
	}
	treated, err := s.state.Treated(ctx, now.AddDate(0, -6, 0))
	if err != nil {
		return err
	}
	key := store.Key{Job: jobs.NoticeMail, Slot: fmt.Sprintf("%s/%d", day, n+1), Recipient: owner.Address}
	l, err := letter(cfg, key, tell, treated, now)
	if err != nil {
		return err
	}
	m := store.Message{Key: key, Name: owner.Name, MessageID: l.MessageID, Sender: l.From, Written: l.Date, Deadline: l.Date.Add(noticeTime)}
	if err := s.state.Tell(ctx, &m, l.Bytes, tell); err != nil {
		return err
	}
	s.Log.Info("the owner is told what is in the way", "items", len(tell))
	wakeUp(s.wakeMail)
	return nil
}

// isDue reports whether something has been in the way for so long that the owner
// is to know. That no mail goes out at all is left to the log and to whoever
// watches, as a message would say so only when it is too late.
func isDue(t store.Trouble, cfg *config.Config, now time.Time) bool {
	since := t.Since.In(cfg.Location)
	switch t.Kind {
	case store.TroubleOpen:
		first := calendar.FromTime(since)
		last := cfg.Calendar.Add(first, cfg.Daemon.OpenTooLong, calendar.Centre)
		y, m, d := last.Time().Date()
		h, min, sec := since.Clock()
		return !now.Before(time.Date(y, m, d, h, min, sec, 0, cfg.Location))
	case store.TroubleWorkbook:
		return !now.Before(since.Add(24 * time.Hour))
	case store.TroubleRun, store.TroubleSaved, store.TroubleDigest:
		return !now.Before(since.Add(time.Hour))
	case store.TroubleConfig:
		return !now.Before(since.Add(10 * time.Minute))
	case store.TroubleMail:
		return t.Subject != ""
	}
	return true
}

// told is what a notice says of one thing.
type told struct{ What, Why string }

// letter makes the message that tells the owner.
func letter(cfg *config.Config, key store.Key, list []store.Trouble, treated []store.Treated, now time.Time) (*mail.Letter, error) {
	page := struct {
		Centre, File, At string
		Items            []told
	}{Centre: cfg.Centre, File: cfg.File, At: now.Format("Mon 2 Jan 2006 at 15:04")}
	for _, t := range list {
		page.Items = append(page.Items, told{inWords(t, cfg, treated, now), t.Reason})
	}
	var text, html bytes.Buffer
	if err := textNotice().Execute(&text, page); err != nil {
		return nil, err
	}
	if err := htmlNotice().Execute(&html, page); err != nil {
		return nil, err
	}
	subject := page.Items[0].What
	if more := len(page.Items) - 1; more > 0 {
		subject = fmt.Sprintf("%s, and %d more", subject, more)
	}
	to := cfg.Daemon.Owner
	return mail.Render(mail.Message{
		From: cfg.Mail.From, ReplyTo: cfg.Mail.ReplyTo, To: to, Subject: "regcert: " + subject, Text: text.Bytes(), HTML: html.Bytes(),
		Date: now.Truncate(time.Second), Key: key.Joined(), List: key.Job,
	})
}

// inWords says in a few words what is in the way, and since when.
func inWords(t store.Trouble, cfg *config.Config, treated []store.Treated, now time.Time) string {
	since := t.Since.In(cfg.Location)
	day := since.Format("Mon 2 Jan")
	if now.Sub(since) < 6*24*time.Hour {
		day = since.Weekday().String()
	}
	if calendar.FromTime(since) == calendar.FromTime(now) {
		day = since.Format("15:04")
	}
	switch t.Kind {
	case store.TroubleOpen, store.TroubleWorkbook:
		what := t.Subject + " could not be written since " + day
		if t.Kind == store.TroubleWorkbook {
			what = t.Subject + " could not be read or written since " + day
		}
		return what + statusesOf(t.Subject, cfg, treated, now)
	case store.TroubleConflict:
		return "two versions of a workbook are to be compared"
	case store.TroubleRun, store.TroubleSaved:
		return "the workbooks could not be checked since " + day
	case store.TroubleDigest:
		return "the digest could not be composed since " + day
	case store.TroubleMail:
		return t.Subject + " was not sent; `regcert mail` says more"
	case store.TroubleConfig:
		return "the configuration is wrong since " + day + ", and the one before is in force"
	case store.TroubleCalendar:
		return "the list of bank holidays ends"
	case store.TroubleClock:
		return "the clock is wrong, or was"
	}
	return t.Kind + " since " + day
}

// statusesOf says how old the statuses in a workbook are.
func statusesOf(path string, cfg *config.Config, treated []store.Treated, now time.Time) string {
	for _, w := range treated {
		if w.Path == path {
			switch days := calendar.FromTime(now) - calendar.FromTime(w.At.In(cfg.Location)); days {
			case 0:
				return "; its statuses are of today"
			case 1:
				return "; its statuses are one day old"
			default:
				return fmt.Sprintf("; its statuses are %d days old", days)
			}
		}
	}
	return "; it has no statuses yet"
}

func textNotice() *texttemplate.Template {
	return texttemplate.Must(texttemplate.New("text").Parse(`Something keeps regcert{{with .Centre}} at {{.}}{{end}} from its work:
{{range .Items}}
- {{.What}}
  {{.Why}}
{{end}}
` + "`regcert status` and `regcert doctor` on the computer that it runs on say more." + ` Each of
these is told once for as long as it lasts.

Written on {{.At}}; the configuration is {{.File}}.
`))
}

func htmlNotice() *template.Template {
	return template.Must(template.New("html").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>What keeps regcert from its work</title></head>
<body style="margin:0;padding:24px;font:16px/24px 'Segoe UI',Arial,sans-serif;">
<h1 style="font-size:20px;line-height:28px;margin:0 0 12px;">Something keeps regcert{{with .Centre}} at {{.}}{{end}} from its work</h1>
<ul style="margin:0 0 16px;padding-left:22px;">
{{range .Items}}<li style="margin:0 0 10px;"><b>{{.What}}</b><br>{{.Why}}</li>
{{end}}</ul>
<p style="margin:0 0 12px;"><code>regcert status</code> and <code>regcert doctor</code> on the computer that it runs on say more. Each of these is told once for as long as it lasts.</p>
<p style="margin:0;font-size:14px;">Written on {{.At}}; the configuration is {{.File}}.</p>
</body>
</html>
`))
}
