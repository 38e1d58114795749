package policy

import (
	"strings"
	"unicode"

	"regcert/internal/calendar"
	"regcert/internal/register"
)

// writer makes the texts of a report. Most of them occur many times, so each
// is kept once.
type writer struct {
	buf  []byte
	kept map[string]string
	days map[calendar.Date]string
}

func newWriter() *writer {
	return &writer{kept: map[string]string{}, days: map[calendar.Date]string{}}
}

// take returns what is in the buffer.
func (w *writer) take() string {
	s, ok := w.kept[string(w.buf)]
	if !ok {
		s = string(w.buf)
		w.kept[s] = s
	}
	return s
}

func (w *writer) day(d calendar.Date) string {
	s, ok := w.days[d]
	if !ok {
		s = d.Long()
		w.days[d] = s
	}
	return s
}

func (w *writer) message(p *problem, field, clause string) string {
	w.buf = w.buf[:0]
	w.fill(p.message, p, field)
	w.buf = append(w.buf, " ("...)
	w.buf = append(w.buf, clause...)
	w.buf = append(w.buf, ")."...)
	return w.take()
}

func (w *writer) action(p *problem, field string) string {
	w.buf = w.buf[:0]
	w.fill(p.action, p, field)
	return w.take()
}

// fill appends the text with the problem's parts in their places.
func (w *writer) fill(text string, p *problem, field string) {
	for {
		before, rest, found := strings.Cut(text, "{")
		w.buf = append(w.buf, before...)
		if !found {
			return
		}
		name, after, _ := strings.Cut(rest, "}")
		switch name {
		case "due":
			w.buf = append(w.buf, w.day(p.due)...)
		case "date":
			w.buf = append(w.buf, w.day(p.date)...)
		case "text":
			w.buf = append(w.buf, p.text...)
		case "other":
			w.buf = append(w.buf, p.other...)
		case "field":
			w.buf = append(w.buf, field...)
		default:
			panic("policy: a text has the unknown part {" + name + "}")
		}
		text = after
	}
}

// nextAction says who does what.
func (w *writer) nextAction(owner, action string) string {
	w.buf = append(w.buf[:0], owner...)
	w.buf = append(w.buf, ": "...)
	start := len(w.buf)
	w.buf = append(w.buf, action...)
	if text := w.buf[start:]; len(text) > 1 && 'A' <= text[0] && text[0] <= 'Z' && 'a' <= text[1] && text[1] <= 'z' { // a word, not an ID
		text[0] += 'a' - 'A'
	}
	return w.take()
}

// problems lists findings in short, worst first.
func (w *writer) problems(findings []Finding, brief []string) string {
	if len(findings) == 0 {
		return ""
	}
	w.buf = w.buf[:0]
	for _, s := range Severities() {
		for i := range findings {
			f := &findings[i]
			if f.Severity != s {
				continue
			}
			if len(w.buf) > 0 {
				w.buf = append(w.buf, "; "...)
			}
			w.buf = append(w.buf, f.Rule...)
			if f.Field != "" {
				w.buf = append(w.buf, ' ')
				w.buf = append(w.buf, f.Field...)
			}
			w.buf = append(w.buf, ' ')
			w.buf = append(w.buf, brief[i]...)
			if f.Logged {
				w.buf = append(w.buf, " (logged)"...)
			}
		}
	}
	return w.take()
}

// longestQuote is how much of a cell a message shows, in characters.
const longestQuote = 60

// quote returns what a cell holds, as a message shows it. What identifies a
// learner is never shown.
func quote(v register.Value, c register.Column) string {
	switch c {
	case register.LegalFirstName, register.LegalLastName, register.DateOfBirth, register.Email, register.Telephone, register.ULN:
		return "The cell"
	}
	if v.Text == "" {
		return "The cell"
	}
	text := []rune(v.Text)
	if len(text) > longestQuote {
		return `"` + string(text[:longestQuote]) + `…"`
	}
	return `"` + v.Text + `"`
}

func isSameText(a, b string) bool { return a == b || register.Fold(a) == register.Fold(b) }

// isSameLevel compares levels.
func isSameLevel(a, b string) bool { return a == b || NormalLevel(a) == NormalLevel(b) }

// NormalLevel returns a level as levels are compared: "Level 3", "L3", "3" and
// "3.0" are one, and so are "Entry 3" and "E3".
func NormalLevel(s string) string {
	s = strings.NewReplacer("level", "", "entry", "e", "l", "").Replace(register.Fold(s))
	s = strings.Join(strings.Fields(s), "")
	if whole, decimals, found := strings.Cut(s, "."); found && strings.Trim(decimals, "0") == "" {
		return whole
	}
	return s
}

// words returns the letters and digits of a text in lower case, with one space
// for whatever stands between them.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
