package cli

import (
	"encoding/json"
	"io"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/policy"
)

// document is the JSON of check and run.
type document struct {
	AsOf       calendar.Date  `json:"as_of"`
	Policy     string         `json:"policy"`
	Workbooks  []jsonWorkbook `json:"workbooks"`
	Rows       []jsonRow      `json:"rows"`
	Findings   []jsonFinding  `json:"findings"`
	NotChecked []jsonUnasked  `json:"not_checked"`
	Summary    summary        `json:"summary"`
}

type jsonWorkbook struct {
	Path        string        `json:"path"`
	SHA256      string        `json:"sha256"`
	Outcome     batch.Outcome `json:"outcome"`
	Reason      string        `json:"reason"`
	Sheets      []jsonSheet   `json:"sheets"`
	OtherSheets []string      `json:"other_sheets"`
	Remarks     []string      `json:"remarks,omitempty"`
}

type jsonSheet struct {
	Name           string   `json:"name"`
	Kind           string   `json:"kind"`
	HeaderRow      int      `json:"header_row"`
	Records        int      `json:"records"`
	UnknownColumns []string `json:"unknown_columns"`
}

type jsonRow struct {
	Workbook          string        `json:"workbook"`
	Sheet             string        `json:"sheet"`
	Row               int           `json:"row"`
	Kind              string        `json:"kind"`
	LearnerID         string        `json:"learner_id"`
	QualificationCode string        `json:"qualification_code"`
	Status            string        `json:"status"`
	Deadline          calendar.Date `json:"deadline"`
	NextAction        string        `json:"next_action"`
}

type jsonFinding struct {
	Rule              string          `json:"rule"`
	Clause            string          `json:"clause"`
	Severity          policy.Severity `json:"severity"`
	Owner             string          `json:"owner"`
	Workbook          string          `json:"workbook"`
	Sheet             string          `json:"sheet"`
	Row               int             `json:"row"`
	Field             string          `json:"field"`
	LearnerID         string          `json:"learner_id"`
	QualificationCode string          `json:"qualification_code"`
	Due               calendar.Date   `json:"due"`
	WorkingDaysLeft   *int            `json:"working_days_left"`
	SnoozedUntil      calendar.Date   `json:"snoozed_until"`
	Logged            bool            `json:"logged"`
	Policy            string          `json:"policy"`
	Message           string          `json:"message"`
}

type jsonUnasked struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// summary counts findings by severity; those that are snoozed by themselves.
type summary struct {
	Breach  int `json:"breach"`
	Overdue int `json:"overdue"`
	AtRisk  int `json:"at-risk"`
	Todo    int `json:"todo"`
	Data    int `json:"data"`
	Info    int `json:"info"`
	Snoozed int `json:"snoozed"`
}

func summarise(findings []policy.Finding) summary {
	var s summary
	for i := range findings {
		if f := &findings[i]; f.Snooze != nil {
			s.Snoozed++
		} else {
			*s.count(f.Severity)++
		}
	}
	return s
}

func (s *summary) count(severity policy.Severity) *int {
	switch severity {
	case policy.Breach:
		return &s.Breach
	case policy.Overdue:
		return &s.Overdue
	case policy.AtRisk:
		return &s.AtRisk
	case policy.Todo:
		return &s.Todo
	case policy.Data:
		return &s.Data
	default:
		return &s.Info
	}
}

// pressing reports whether anything is open that the exit code speaks of.
func (s summary) pressing() bool { return s.Breach+s.Overdue+s.AtRisk+s.Data > 0 }

// writeJSON writes the result as the one document on w.
func writeJSON(w io.Writer, result *batch.Result) error {
	report := result.Report
	doc := document{
		AsOf: report.AsOf, Policy: report.Policy, Summary: summarise(report.Findings),
		Workbooks: []jsonWorkbook{}, Rows: []jsonRow{}, Findings: []jsonFinding{}, NotChecked: []jsonUnasked{},
	}
	for i := range result.Workbooks {
		doc.Workbooks = append(doc.Workbooks, workbookJSON(&result.Workbooks[i]))
	}
	for i := range report.Rows {
		doc.Rows = append(doc.Rows, rowJSON(&report.Rows[i]))
	}
	for i := range report.Findings {
		doc.Findings = append(doc.Findings, findingJSON(&report.Findings[i]))
	}
	for _, n := range report.NotChecked {
		doc.NotChecked = append(doc.NotChecked, jsonUnasked{n.Rule, n.Reason})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

func workbookJSON(w *batch.Workbook) jsonWorkbook {
	out := jsonWorkbook{Path: w.Path, SHA256: w.SHA256, Outcome: w.Outcome, Reason: w.Reason, Sheets: []jsonSheet{}, OtherSheets: append([]string{}, w.Other...), Remarks: w.Remarks}
	for _, s := range w.Sheets {
		out.Sheets = append(out.Sheets, jsonSheet{s.Name, s.Kind.String(), s.HeaderRow, len(s.Records), append([]string{}, s.Unknown...)})
	}
	return out
}

func rowJSON(row *policy.Row) jsonRow {
	rec := row.Record
	return jsonRow{
		Workbook: rec.Sheet.Workbook, Sheet: rec.Sheet.Name, Row: rec.Row, Kind: rec.Sheet.Kind.String(),
		LearnerID: rec.LearnerID(), QualificationCode: rec.QualificationCode(),
		Status: row.Status, Deadline: row.Deadline, NextAction: row.NextAction,
	}
}

func findingJSON(f *policy.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule, Clause: f.Clause, Severity: f.Severity, Owner: f.Owner, Workbook: f.Workbook, Sheet: f.Sheet, Row: f.Row, Field: f.Field,
		LearnerID: f.LearnerID, QualificationCode: f.QualificationCode, Due: f.Due, SnoozedUntil: f.SnoozedUntil(), Logged: f.Logged, Policy: f.Policy, Message: f.Message,
	}
	if !f.Due.IsZero() {
		out.WorkingDaysLeft = &f.WorkingDaysLeft
	}
	return out
}
