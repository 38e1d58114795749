package batch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// application is split over two workbooks, half of it missing.
const application = `
	== application.xlsx
	-- Centre
	Item                   | Value      | Owner
	Organisation Name      | Mill       | Kim
	Address                | 1 Mill Way |
	Postcode               | BW1 1AA    |
	Email                  | o@x.example |
	Telephone              |            |
	Initial Super User     | Kim        |
	Web Application Sent   | 2026-04-27 |
	Login Details Received | 2026-04-29 |
	Application Section    | yes        |
	Policies Section       | yes        |
	Agreement Accepted     | yes        |
	Application Submitted  |            |
	-- Contacts
	Role    | Name | Email
	Finance | Kim  |
	-- Sites
	Site Name | Address | Postcode
	Quay      | 2 Quay  | BW1 1AB
	== policies.xlsx
	-- Policies
	Letter | Policy      | Document | Review By
	d      | Equality    | d.docx   | 2026-05-08
	a      | Appeals     | a.docx   | 2027-05-08
	b      | Complaints  |          |
	-- Policy Points
	Letter | Point      | Covered
	c      | disclosure | yes`

// The answers stand beside the rows of the centre's sheets, in columns that are
// added; nothing else changes, and a second run has nothing to write.
func TestApplicationIsAnswered(t *testing.T) {
	c := newCentre(t, application)
	before := c.bytes("application.xlsx")
	c.mustRun("application.xlsx: written\npolicies.xlsx: written")
	c.wantSheet("application.xlsx", "Centre", `
		Item | Value | Owner | Status | Next Action
		Organisation Name | Mill | Kim | OK
		Address | 1 Mill Way |  | OK
		Postcode | BW1 1AA |  | OK
		Email | o@x.example |  | OK
		Telephone |  |  | Missing | Administration Team: enter Telephone on the Centre sheet
		Initial Super User | Kim |  | OK
		Web Application Sent | 04-27-26 |  | OK
		Login Details Received | 04-29-26 |  | OK
		Application Section | yes |  | OK
		Policies Section | yes |  | OK
		Agreement Accepted | yes |  | OK
		Application Submitted |  |  | In preparation`)
	c.wantSheet("application.xlsx", "Contacts", `
		Role | Name | Email | Status
		Finance | Kim |  | Missing`)
	c.wantSheet("policies.xlsx", "Policies", `
		Letter | Policy | Document | Review By | Status | Next Action
		d | Equality | d.docx | 05-08-26 | Overdue | Quality Team: review Equal opportunities and diversity (policy d) now, and enter the next Review By; it was due by Fri 8 May 2026
		a | Appeals | a.docx | 05-08-27 | OK
		b | Complaints |  |  | Missing | Quality Team: enter the Document of Complaints (policy b)`)
	for _, ref := range differences(t, before, c.bytes("application.xlsx")) {
		if !slices.ContainsFunc([]string{"Centre!D", "Centre!E", "Contacts!D", "Sites!D"}, func(column string) bool { return strings.HasPrefix(ref, column) }) {
			t.Errorf("%s is another", ref)
		}
	}
	c.mustRun("application.xlsx: unchanged\npolicies.xlsx: unchanged")
}

// Where there is no Centre sheet, what was written stays and nothing is added.
func TestNoApplication(t *testing.T) {
	c := newCentre(t, application)
	c.mustRun("application.xlsx: written\npolicies.xlsx: written")
	c.edit("application.xlsx", func(f *excelize.File) { check(t, f.DeleteSheet("Centre")) })
	c.edit("policies.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Policies", "C4", "b.docx")) })
	c.mustRun("application.xlsx: unchanged\npolicies.xlsx: unchanged")
	if got := column(t, c.bytes("policies.xlsx"), "Policies", "E"); got != "Status, Overdue, OK, Missing" {
		t.Errorf("the statuses are %s", got)
	}
}

// An application of which a part may be in a workbook that cannot be read is not
// answered in writing.
func TestApplicationInPart(t *testing.T) {
	const doubt = "could not be read, and sheets of the centre's application may be in it; nothing was written: put that right first"
	c := newCentre(t, application)
	c.put("more.xlsx", []byte("half of a workbook"))
	if _, got := c.run(); !strings.HasPrefix(got, "application.xlsx: written\nmore.xlsx: failed!") {
		t.Errorf("with all of its sheets it was not answered:\n%s", got)
	}
	c.put("policies.xlsx", []byte("half of a workbook"))
	c.edit("application.xlsx", func(f *excelize.File) { check(t, f.SetCellStr("Centre", "B6", "01")) })
	_, got := c.run()
	if lines := strings.Split(got, "\n"); !slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "application.xlsx: deferred!: ") && strings.HasSuffix(l, doubt)
	}) {
		t.Errorf("without its policies it was answered:\n%s", got)
	}
}

// Rows that are no records any more lose what stood beside them.
func TestApplicationRowsThatAreGone(t *testing.T) {
	c := newCentre(t, application)
	c.mustRun("application.xlsx: written\npolicies.xlsx: written")
	c.edit("policies.xlsx", func(f *excelize.File) {
		for _, ref := range []string{"A2", "B2", "C2", "D2"} {
			check(t, f.SetCellValue("Policies", ref, nil))
		}
	})
	c.mustRun("application.xlsx: unchanged\npolicies.xlsx: written")
	if got := column(t, c.bytes("policies.xlsx"), "Policies", "E"); got != "Status, , OK, Missing" {
		t.Errorf("the statuses are %s", got)
	}
}
