package realparts

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/mail/mailtest"
)

// TestWeekOfTheDaemon has the daemon go through a week, second by second of a clock
// that tests move, with the files and the mail server that there really are: each
// recipient has one digest in the mailbox, what is urgent is told, and what staff
// save has its statuses.
func TestWeekOfTheDaemon(t *testing.T) {
	long(t)
	t.Parallel()
	server := startMailServer(t)
	c := newCentre(t, sampleWorkbooks(t))
	put := func(name, text string) { writeFile(t, filepath.Join(string(c), name), []byte(text)) }
	put("ca.pem", string(readFile(t, filepath.Join(server.dir, "cert.pem"))))
	put("password.txt", mailtest.Password+"\n")
	put("config.yaml", fmt.Sprintf(`
workbooks: [{path: sample-workbooks/*.xlsx}]
recipients:
  - {name: Head of Quality, email: quality@centre.example, escalations: true}
  - {name: Claims Desk, email: claims@centre.example, sections: [claims]}
mail:
  transport: smtp
  from: regcert@centre.example
  smtp: {host: 127.0.0.1, port: %d, tls: starttls, username: %s, password_file: password.txt, ca_file: ca.pem}
daemon: {owner: {name: Admin, email: admin@centre.example}}
`, server.port, mailtest.User))
	began := time.Now()
	d := serve(t, c, "2026-05-10 18:00")
	workbook := filepath.Join(string(c), "sample-workbooks", "enrolments.xlsx")
	asStaffHaveIt := readFile(t, workbook)
	d.until("2026-05-13 14:00")
	treated := readFile(t, workbook)
	writeFile(t, workbook, asStaffHaveIt)
	d.until("2026-05-13 14:01")
	if again := readFile(t, workbook); string(again) == string(asStaffHaveIt) || len(again) < len(treated)*9/10 {
		t.Error("what staff saved has no statuses after a minute")
	}
	d.until("2026-05-17 18:00")
	d.end()
	t.Logf("a week took %v", time.Since(began).Round(time.Second))
	if took := time.Since(began); took > time.Minute {
		t.Errorf("a week took %v, more than a minute", took)
	}
	server.mailbox(t, "claims", 1)
	digests, urgent := 0, 0
	letters, err := filepath.Glob(filepath.Join(server.dir, "mail", "quality", "new", "*"))
	check(t, err)
	for _, path := range letters {
		digests += strings.Count(string(readFile(t, path)), "List-Id: <digest.")
		urgent += strings.Count(string(readFile(t, path)), "List-Id: <escalation.")
	}
	// What there is at first, and each morning what has become at risk or overdue.
	if digests != 1 || urgent != 6 {
		t.Errorf("quality has %d digests and %d messages of what is urgent", digests, urgent)
	}
	server.mailbox(t, "admin", 0)
}
