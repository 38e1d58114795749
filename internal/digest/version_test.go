package digest

import (
	"bytes"
	"strings"
	"testing"
)

// TestVersionThatJudged: where another version of the policy judged than the one
// in force today, the email, the action list and the calendar say which.
func TestVersionThatJudged(t *testing.T) {
	in := reportOf(t, findings(t, testCalendar(t), `
		REG-02 | at-risk | L015 | 610/1234/5 | 2026-05-19 | enrolments.xlsx Enrolments!R18 | Administration Team | Submit the registration
		REG-02 | at-risk | L016 | 610/1234/5 | 2026-05-20 | enrolments.xlsx Enrolments!R19 | Administration Team | Submit the registration
	`)...)
	for i := range in.Report.Findings {
		in.Report.Findings[i].Policy = []string{"1.0", "1.1"}[i]
	}
	in.Report.Policy = "1.1"
	in.look(t)
	wantRows(t, "the actions", columns(t, actionBook(in, Recipient{}), "Actions", "Learner ID", clause), []string{"L015|P 3.2, policy 1.0", "L016|P 3.2"})
	text, html := rendered(t, builtIn(t), Compose(in, Recipient{}))
	calendar, _ := Calendar(in, Recipient{})
	for what, got := range map[string][]byte{"text": text, "page": html, "calendar": bytes.ReplaceAll(bytes.ReplaceAll(calendar, []byte("\r\n "), nil), []byte(`\,`), []byte(","))} {
		if strings.Count(string(got), "REG-02 P 3.2, policy 1.0") != 1 || strings.Contains(string(got), "P 3.2, policy 1.1") {
			t.Errorf("the %s is\n%s", what, got)
		}
	}
}
