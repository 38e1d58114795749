package policy

// polRules is the rule on the policy itself (P 7).
func polRules() []Rule {
	return []Rule{
		{ID: "POL-01", Clause: "P 7.1", Severities: []Severity{Overdue, AtRisk}, Owner: HeadOfQuality, clock: noClock, report: policyReview,
			Title:     "Policy is due for review",
			Rationale: "The policy is reviewed every year, or its numbers may no longer be the awarding body's."},
	}
}

func policyReview(j *judge) {
	n := j.now
	p := problem{severity: AtRisk, due: n.ReviewBy, text: n.Version, brief: "review due soon",
		message: "Version {text} of the policy is to be reviewed by {due}",
		action:  "Review the policy by {due} and enter the new version in the configuration"}
	switch {
	case n.ReviewBy.IsZero():
		return
	case j.asOf > n.ReviewBy:
		p.severity, p.brief = Overdue, "review overdue"
		p.message = "Version {text} of the policy was to be reviewed by {due}"
		p.action = "Review the policy now and enter the new version in the configuration; it was due by {due}"
	case !j.isSoon(n.ReviewBy, n.ReviewWarning):
		return
	}
	j.raise(p)
}
