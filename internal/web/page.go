package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"regcert/internal/policy"
	"regcert/internal/status"
)

//go:embed page.html.tmpl
var pageText string

//go:embed style.css
var styleText string

// again is after how many seconds a browser reads the page again.
const again = "60"

// seen is what the page shows.
type seen struct {
	Status  *status.Status // nil: it could not be read
	Why     []string       // what is not well
	Mail    []status.Count
	Program string
	Still   bool // the page is not read again by itself
}

// page shows people how regcert is doing. It is read again by a header: with
// ?still=1 it stays as it is, for those who need more time (WCAG 2.2, 2.2.1).
func page(source *cache, program string) http.Handler {
	t := template.Must(template.New("page").Funcs(template.FuncMap{
		"moment": status.Moment, "trouble": status.TroubleWords, "message": status.MessageWords, "tone": tone,
	}).Parse(pageText))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := seen{Program: program, Still: r.URL.Query().Has("still")}
		shown.Status, shown.Why = judge(source)
		if shown.Status != nil {
			shown.Mail = mailCounts(&shown.Status.Mail)
		}
		var out bytes.Buffer
		if err := t.Execute(&out, shown); err != nil {
			http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if !shown.Still {
			w.Header().Set("Refresh", again)
		}
		w.Write(out.Bytes())
	})
}

// style is how the page looks.
func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	strings.NewReader(styleText).WriteTo(w)
}

// mailCounts counts messages by state, those that need somebody first.
func mailCounts(m *status.Mail) (out []status.Count) {
	for _, state := range status.MessageStates() {
		if n := m.Counts[state]; n > 0 {
			out = append(out, status.Count{Words: status.MessageWords(state), N: n})
		}
	}
	return out
}

// tone is the colour of a number.
func tone(c status.Count) string {
	switch c.Severity {
	case policy.Overdue, policy.Breach:
		return "red"
	case policy.AtRisk:
		return "amber"
	case policy.Todo:
		return "blue"
	case policy.Data:
		return "violet"
	}
	return "grey"
}
