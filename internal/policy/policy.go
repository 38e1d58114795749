// Package policy judges what staff keep against the Registration &
// Certification Policy. It is pure: it reads no file and no clock.
package policy

import (
	"regcert/internal/calendar"
	"regcert/internal/register"
)

// Severity says how much a finding matters.
type Severity string

// The severities, worst first.
const (
	Breach  Severity = "breach"  // a requirement was missed and cannot be undone
	Overdue Severity = "overdue" // a due date has passed and the action is still open
	AtRisk  Severity = "at-risk" // due soon
	Todo    Severity = "todo"    // open, not near its date or with none
	Data    Severity = "data"    // a cell must be corrected before the rules can be trusted
	Info    Severity = "info"    // worth knowing; a breach that has been logged too
)

// Severities lists all severities, worst first.
func Severities() []Severity { return []Severity{Breach, Overdue, AtRisk, Todo, Data, Info} }

// Rank orders severities: 0 is the worst.
func (s Severity) Rank() int {
	switch s {
	case Breach:
		return 0
	case Overdue:
		return 1
	case AtRisk:
		return 2
	case Todo:
		return 3
	case Data:
		return 4
	default:
		return 5
	}
}

// The owners: who must act on a finding.
const (
	AdmissionsTeam     = "Admissions Team"
	AdministrationTeam = "Administration Team"
	Tutor              = "Tutor"
	Assessor           = "Assessor"
	IQA                = "IQA"
	QualityTeam        = "Quality Team"
	ComplianceTeam     = "Compliance Team"
	HeadOfQuality      = "Head of Quality"
	HeadOfOrganisation = "Head of Organisation"
)

// Owners lists all owners.
func Owners() []string {
	return []string{AdmissionsTeam, AdministrationTeam, Tutor, Assessor, IQA, QualityTeam, ComplianceTeam, HeadOfQuality, HeadOfOrganisation}
}

// Tone is what a status means for the people who read it.
type Tone uint8

// The tones.
const (
	None  Tone = iota // no colour: nothing is known or nothing is meant
	Red               // late, missed or wrong
	Amber             // due soon, or waiting for somebody
	Green             // in order
	Grey              // over, or not begun
)

// Options are what a set of workbooks is judged by.
type Options struct {
	AsOf      calendar.Date      // today, in the configured time zone
	Calendar  *calendar.Calendar // working days of the division and the centre
	Versions  []Numbers          // the policy's versions by InForce, at least one
	JudgeFrom calendar.Date      // no date: InForce of the first version
	// SnoozeLimit is how far ahead a record can be snoozed; working days are the
	// centre's. Zero: DefaultSnoozeLimit.
	SnoozeLimit calendar.Duration
	More        []Rule // beside those of the policy, each with an ID of its own
}

// Report is what the rules say of a set of workbooks.
type Report struct {
	AsOf       calendar.Date
	Policy     string       // the version in force on AsOf
	Rows       []Row        // in the order of workbooks, sheets, rows
	Findings   []Finding    // in the order of workbooks, sheets, rows, rules, fields
	NotChecked []NotChecked // in the order of rules
	Titles     Titles       // of the rules by which it was judged
	Stage      string       // how far the centre's application for recognition is; empty without a Centre sheet
}

// Row is the answer to one record of a kind that has a status.
type Row struct {
	Record     *register.Record
	Status     string
	Deadline   calendar.Date // no date where it has none or it cannot be computed
	Tone       Tone          // what the status means
	NextAction string        // who does what by when; empty where nothing is to be done
	Problems   string        // the record's findings in short, worst first
	Snooze     *Snooze       // nil where the record is not snoozed
	Policy     string        // the version that judges by the record's own clock
	Subject    string        // as of Finding
	// Of a certificate that has arrived (P 5.2(6), 5.4); no dates otherwise.
	IssueBy, HoldUntil calendar.Date
}

// Finding is one thing that a rule has to say.
type Finding struct {
	Rule, Clause      string
	Severity          Severity
	Owner             string
	Workbook, Sheet   string // empty where the finding is on no record
	Kind              register.Kind
	Row               int    // as the spreadsheet program shows it, 0 where on no record
	Col               int    // the column to look at (A = 1), 0 where there is none
	Field             string // a column's name, or what the rule says; may be empty
	LearnerID         string // as staff wrote it
	QualificationCode string // as staff wrote it
	UnitCode          string // as staff wrote it, on an Assessments record
	Subject           string // on the centre's sheets: the item, site, role, policy or point that it is about
	Due               calendar.Date
	WorkingDaysLeft   int     // centre days left to Due, negative when late; 0 without Due
	Snooze            *Snooze // nil where it is not snoozed
	Logged            bool    // a breach that the quality log already records
	Policy            string  // the version that judged it
	Message           string  // one sentence: what was found, what is expected, the clause
	Action            string  // what to do next, beginning with a verb
}

// NotChecked is a rule that could not be answered, or not of every record, and why.
type NotChecked struct{ Rule, Reason string }
