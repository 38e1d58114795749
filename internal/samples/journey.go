package samples

import (
	"fmt"
	"strings"

	"regcert/internal/calendar"
)

// centre is everything that the centre's workbooks hold, by name of sheet.
type centre struct {
	sheets   map[string][]row
	comments []row

	days     *calendar.Calendar
	cohorts  map[string]row
	quals    map[string]row
	schedule []row
	places   []place
}

// place is one learner's place on a cohort.
type place struct {
	id, cohort string
	number     int // of the learner within the cohort, from 0
	enrolment  row
}

// newCentre reads the centre's tables, lets every learner go the ordinary way
// of the cohort, and then changes what went otherwise.
func newCentre() (*centre, error) {
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		return nil, err
	}
	c := &centre{sheets: map[string][]row{}, days: calendar.New(holidays, nil), cohorts: map[string]row{}, quals: map[string]row{}}
	for sheet, file := range map[string]string{
		"Qualifications": "qualifications.txt", "Units": "units.txt", "Staff": "staff.txt",
		"Sanctions": "sanctions.txt", "Withdrawals": "withdrawals.txt", "Adjustments": "adjustments.txt",
		"Centre": "centre.txt", "Sites": "sites.txt", "Contacts": "contacts.txt", "Policies": "policies.txt", "Policy Points": "points.txt",
	} {
		if c.sheets[sheet], err = readTable(file); err != nil {
			return nil, err
		}
	}
	for _, q := range c.sheets["Qualifications"] {
		c.quals[q["Qualification Code"]] = q
	}
	if c.comments, err = readTable("comments.txt"); err != nil {
		return nil, err
	}
	if c.schedule, err = readTable("schedule.txt"); err != nil {
		return nil, err
	}
	for _, step := range []func() error{c.enrol, c.assess, c.claim, c.changeEnrolments} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// enrol gives every learner the enrolment that is ordinary for the cohort.
func (c *centre) enrol() error {
	cohorts, err := readTable("cohorts.txt")
	if err != nil {
		return err
	}
	for _, k := range cohorts {
		c.cohorts[k["Cohort"]] = k
	}
	learners, err := readTable("learners.txt")
	if err != nil {
		return err
	}
	inCohort := map[string]int{}
	for _, l := range learners {
		k, ok := c.cohorts[l["Cohort"]]
		if !ok {
			return fmt.Errorf("learners.txt: %s has no cohort %q", l["Learner ID"], l["Cohort"])
		}
		p := place{id: l["Learner ID"], cohort: l["Cohort"], number: inCohort[l["Cohort"]]}
		if pasted, twice := c.find(p.id + "/" + p.cohort); twice {
			p.number = pasted.number
		}
		inCohort[p.cohort]++
		p.enrolment = c.ordinaryEnrolment(l, k, p)
		c.places = append(c.places, p)
		c.sheets["Enrolments"] = append(c.sheets["Enrolments"], p.enrolment)
	}
	return nil
}

func (c *centre) ordinaryEnrolment(learner, cohort row, p place) row {
	n := number(p.id)
	first, last := learner["Legal First Name"], learner["Legal Last Name"]
	r := row{
		"ULN":         uln(n),
		"Email":       strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(first+"."+last)) + "@learners.example",
		"Telephone":   fmt.Sprintf("07700 900%03d", n*13%1000), // numbers kept free for drama
		"ID Verified": "Yes",
	}
	for column, cell := range learner {
		r[column] = cell
	}
	for column, cell := range c.quals[cohort["Qualification Code"]] {
		r[column] = cell
	}
	for column, cell := range cohort {
		r[column] = cell
	}
	if cohort["Submitted to AIM"] == "" { // the course has not begun
		return r
	}
	r["First Attendance"] = cohort["Course Start"]
	r["Admin Notified"] = cohort["Course Start"]
	r["MIS Logged"] = "Yes"
	r["AIM Registration No"] = fmt.Sprintf("A%s%05d", cohort["AIM Confirmed"][8:], 20417+n*37+p.number)
	r["Accuracy Checked"] = c.workingDaysAfter(cohort["Submitted to AIM"], 1+p.number%4)
	r["Contactable"] = "Yes"
	return r
}

// assess gives every learner the units of the cohort's schedule, and then
// changes what went otherwise.
func (c *centre) assess() error {
	changes, err := readChanges("assessments.txt")
	if err != nil {
		return err
	}
	used := make([]bool, len(changes))
	seen := map[string]bool{}
	for _, p := range c.places {
		if seen[p.id+p.cohort] {
			continue // an enrolment that was pasted twice
		}
		seen[p.id+p.cohort] = true
		for _, unit := range c.schedule {
			if unit["Cohort"] != p.cohort {
				continue
			}
			r, removed := c.ordinaryAssessment(p, unit), false
			for i, ch := range changes {
				if p.is(ch.who) && (ch.unit == "*" || ch.unit == unit["Unit Code"]) {
					used[i], removed = true, removed || ch.remove
					r.change(ch.cells)
				}
			}
			if !removed {
				c.sheets["Assessments"] = append(c.sheets["Assessments"], r)
			}
		}
	}
	return allUsed("assessments.txt", changes, used)
}

func (c *centre) ordinaryAssessment(p place, unit row) row {
	r := row{"Learner ID": p.id, "Qualification Code": c.cohorts[p.cohort]["Qualification Code"]}
	for column, cell := range unit {
		r[column] = cell
	}
	for _, column := range []string{"Assessed On", "IQA Signed Off"} {
		r[column] = c.workingDaysAfter(unit[column], p.number%3)
	}
	if r["Assessed On"] != "" {
		r["Decision"] = "Achieved"
	}
	return r
}

// claim fills the claims tracker, a row a line of claims.txt.
func (c *centre) claim() error {
	claims, err := readChanges("claims.txt")
	if err != nil {
		return err
	}
	for i, ch := range claims {
		p, ok := c.find(ch.who)
		if !ok {
			return fmt.Errorf("claims.txt: nobody is %q", ch.who)
		}
		r := row{"EQA Sampling": "Yes", "Consent to Claim": "Yes", "Documents Complete": "Yes"}
		for _, column := range []string{"Learner ID", "Qualification Code", "Legal First Name", "Legal Last Name", "Date of Birth", "ULN"} {
			r[column] = p.enrolment[column]
		}
		r.change(ch.cells)
		if r["Claim Confirmed"] != "" {
			r["Claim Ref"] = fmt.Sprintf("C%s-%04d", r["Claim Confirmed"][8:], 3108+i*17)
		}
		if r["Certificate Received"] != "" {
			r["Certificate No"] = fmt.Sprintf("AQ%s%05d", r["Certificate Received"][8:], 61240+i*29)
		}
		c.sheets["Claims"] = append(c.sheets["Claims"], r)
	}
	return nil
}

// changeEnrolments comes after the claims were filled from the enrolments, so
// that a mistake on one sheet is not on the other too.
func (c *centre) changeEnrolments() error {
	changes, err := readChanges("enrolments.txt")
	if err != nil {
		return err
	}
	used := make([]bool, len(changes))
	for i, ch := range changes {
		for _, p := range c.places {
			if p.is(ch.who) {
				used[i] = true
				p.enrolment.change(ch.cells)
			}
		}
	}
	return allUsed("enrolments.txt", changes, used)
}

// is reports whether who names the place: by Learner ID, or by Learner ID and
// cohort.
func (p place) is(who string) bool { return who == p.id || who == p.id+"/"+p.cohort }

func (c *centre) find(who string) (place, bool) {
	for _, p := range c.places {
		if p.is(who) {
			return p, true
		}
	}
	return place{}, false
}

func (r row) change(cells row) {
	for column, cell := range cells {
		r[column] = cell
	}
}

func allUsed(name string, changes []change, used []bool) error {
	for i, u := range used {
		if !u {
			return fmt.Errorf("%s: nothing is %s %s", name, changes[i].who, changes[i].unit)
		}
	}
	return nil
}

// number returns the number in a Learner ID.
func number(id string) int {
	n := 0
	fmt.Sscanf(id, "L-%d", &n)
	return n
}

// workingDaysAfter returns the day that many working days after a date as
// staff write it, or nothing where there is none.
func (c *centre) workingDaysAfter(date string, n int) string {
	d, ok := parseDate(date)
	if !ok {
		return ""
	}
	return c.days.Nth(d, n, calendar.AwardingBody).UK()
}
