package samples

// plan says what a workbook is made of.
type plan struct {
	name, title string
	sheets      []layout
	overview    *overview
}

// layout says how a sheet is laid out. Its columns stand in columns.txt.
type layout struct {
	sheet  string
	title  string // merged over the columns above the header row; empty: none
	table  string // the name of the Excel table; empty: a plain range with a filter
	frozen int    // columns that stay in view
	tab    string // colour of the tab
	marks  []mark
}

// mark is a conditional format: where the condition holds, the columns are
// filled. In the condition a column in [brackets] is its cell on the same row,
// and [asat] is the cell with the day that the workbook is looked at.
type mark struct {
	columns   []string
	condition string // empty: the value stands in the column more than once
	fill      string
}

// overview is the sheet that counts statuses, with a chart of the first block.
type overview struct {
	sheet, title string
	counts       []count
}

// count is a block of formulas that count the rows of a sheet by one column.
type count struct {
	heading, of   string
	sheet, column string
	values        []string // empty: the first column of the sheet Qualifications
}

// Colours of the centre's workbooks: muted, with dark text that stays readable
// on them.
const (
	ink, slate, pale    = "1F2937", "2F4858", "E8EEF1"
	rose, straw, silver = "F8D7DA", "FFF3CD", "E5E7EB"
)

// plans are the centre's four workbooks. Enrolments, Withdrawals and Claims
// have the columns that regcert writes, still empty; the other sheets do not.
func plans() []plan {
	return []plan{
		{name: "enrolments.xlsx", title: "Enrolments register 2025/26",
			sheets: []layout{
				{sheet: "Enrolments", title: "Brackwater Training Centre: enrolments register 2025/26", table: "Register", frozen: 4, tab: slate,
					marks: []mark{
						{columns: []string{"Learner ID"}, condition: `OR([Registration Status]="Overdue",[Registration Status]="Submitted late")`, fill: rose},
						{columns: []string{"Learner ID"}, condition: `[Registration Status]="At risk"`, fill: straw},
						{columns: []string{"Registration Expiry"}, condition: `AND(ISNUMBER([Registration Expiry]),[Registration Expiry]<[asat]+60)`, fill: straw},
						{columns: []string{"ULN"}, fill: rose},
					}},
				{sheet: "Withdrawals", title: "Withdrawals register", frozen: 2, tab: "8A5A44",
					marks: []mark{{columns: []string{"Withdrawn On"}, condition: `AND(ISNUMBER([Withdrawn On]),[Submitted to AIM]="")`, fill: straw}}},
				{sheet: "Adjustments", frozen: 1, tab: "6B7A3A"},
				{sheet: "Qualifications", tab: "9CA3AF"},
			},
			overview: &overview{sheet: "Summary", title: "Brackwater Training Centre: where we stand", counts: []count{
				{heading: "Registrations", of: "Learners", sheet: "Enrolments", column: "Registration Status",
					values: []string{"Registered", "Registered late", "Awaiting confirmation", "Submitted late", "Due", "At risk", "Overdue", "Not started", "Withdrawn", "Check data"}},
				{heading: "Withdrawals", of: "Learners", sheet: "Withdrawals", column: "Withdrawal Status",
					values: []string{"Withdrawn", "Withdrawn late", "Submitted", "Submitted late", "Due", "At risk", "Overdue", "Planned", "Not registered", "Check data"}},
				{heading: "Qualification", of: "Enrolments", sheet: "Enrolments", column: "Qualification Code"},
			}}},
		{name: "assessments.xlsx", title: "Unit results 2025/26",
			sheets: []layout{
				{sheet: "Assessments", table: "Results", frozen: 3, tab: slate,
					marks: []mark{{columns: []string{"Assessed On", "Decision"}, condition: `AND([Started On]<>"",[Assessed On]="")`, fill: silver}}},
				{sheet: "Units", tab: "9CA3AF"},
				{sheet: "Staff", tab: "9CA3AF"},
			}},
		{name: "claims.xlsx", title: "Claims tracker",
			sheets: []layout{
				{sheet: "Claims", title: "Certificate claims tracker", table: "Tracker", frozen: 2, tab: slate,
					marks: []mark{
						{columns: []string{"Learner ID"}, condition: `OR([Claim Status]="Overdue",[Claim Status]="Issue overdue",[Claim Status]="Blocked")`, fill: rose},
						{columns: []string{"Certificate Received"}, condition: `AND(ISNUMBER([Certificate Received]),[Certificate Issued]="",[Destroyed On]="")`, fill: straw},
					}},
				{sheet: "Sanctions", tab: "8A5A44"},
			},
			overview: &overview{sheet: "Overview", title: "Certificate claims: where we stand", counts: []count{
				{heading: "Claims", of: "Learners", sheet: "Claims", column: "Claim Status",
					values: []string{"In progress", "Awaiting IQA", "Ready to claim", "Blocked", "At risk", "Overdue", "Claimed", "Claimed late", "Claimed ineligible",
						"To issue", "Issue overdue", "Issued", "Issued late", "Uncollected", "Collected", "Destroyed", "Check data"}},
			}}},
		{name: "centre.xlsx", title: "Recognition of the centre",
			sheets: []layout{
				{sheet: "Centre", title: "Brackwater Training Centre: recognition by AIM", frozen: 1, tab: slate},
				{sheet: "Sites", frozen: 1, tab: "8A5A44"},
				{sheet: "Contacts", frozen: 1, tab: "8A5A44"},
				{sheet: "Policies", table: "PolicyList", frozen: 2, tab: "6B7A3A",
					marks: []mark{{columns: []string{"Document"}, condition: `[Document]=""`, fill: straw}}},
				{sheet: "Policy Points", frozen: 2, tab: "6B7A3A"},
			}},
	}
}
